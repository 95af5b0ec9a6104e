"""Any 64-bit CPU with an older ONNX Runtime."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="cpu-portable",
    description="64-bit CPUs with ONNX Runtime 1.20 or newer (Python 3.10 ends at 1.23): standard "
    "operators only, the host keeps the keys and values.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.20.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.PORTABLE,
    block_weights=False,  # 1.20 and 1.21 refuse blocks of 8 bits, on ARM64 1.22 is slow with them
    fast_convolutions=True,
    convolved_products=True,
)
