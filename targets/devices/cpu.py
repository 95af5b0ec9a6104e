"""Any 64-bit CPU with a current ONNX Runtime."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="cpu",
    description="64-bit CPUs with ONNX Runtime 1.32 or newer: keys and values stay in one buffer, "
    "which is the fastest way to decode there.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.32.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.SHARED_BUFFER,
    fast_convolutions=True,
    convolved_products=True,
)
