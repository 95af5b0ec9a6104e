"""Raspberry Pi 4."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="raspberry-pi-4",
    description="Raspberry Pi 4, four Cortex-A72 without dot products: plain INT8 matrices, as the "
    "kernels for blocks need dot products, and nearly the whole vocoder in INT8. "
    "Real time is doubtful.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.20.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.PORTABLE,
    block_weights=False,
    recipe="int8-fast",
    architectures=("aarch64",),
    boards=("Raspberry Pi 4", "Raspberry Pi Compute Module 4"),
    memory_mb=600,
)
