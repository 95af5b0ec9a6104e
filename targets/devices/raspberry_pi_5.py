"""Raspberry Pi 5."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="raspberry-pi-5",
    description="Raspberry Pi 5, four Cortex-A76 with dot products: INT8 in blocks. Its half "
    "precision gives other numbers than x86 (45 dB), so fp16 only stores weights.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.32.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.SHARED_BUFFER,
    architectures=("aarch64",),
    boards=("Raspberry Pi 5", "Raspberry Pi Compute Module 5"),
    memory_mb=1000,
)
