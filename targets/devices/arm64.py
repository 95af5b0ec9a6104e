"""64-bit ARM processors with a current ONNX Runtime."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="arm64",
    description="ARM64 processors with dot products (Cortex-A76, Graviton, Apple) and ONNX Runtime "
    "1.32 or newer: as cpu, and only the fast cores of a processor that has two kinds.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.32.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.SHARED_BUFFER,
    architectures=("aarch64",),
    bind_to_fast_cores=True,
)
