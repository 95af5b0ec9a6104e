"""CPUs with OpenVINO."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="openvino-cpu",
    description="64-bit CPUs with OpenVINO, which keeps keys and values by itself: the fastest "
    "vocoder where the CPU computes with bfloat16.",
    engine=EngineName.OPENVINO,
    minimum_engine="2026.2.0",
    providers=(),
    kv_cache=KvCache.STATEFUL,
    extra="openvino",
)
