"""Any 64-bit CPU with ONNX Runtime 1.23, the last one for Python 3.10."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="cpu-portable-1.23",
    description="64-bit CPUs with ONNX Runtime 1.23 or newer (Python 3.10 ends there): as "
    "cpu-portable, and INT8 in blocks, which x86-64 has had since 1.22 and ARM64 since 1.23.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.23.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.PORTABLE,
    fast_convolutions=True,
    convolved_products=True,
)
