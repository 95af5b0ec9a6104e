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
    block_weights=False,  # they would take 5 % more of a step and be no closer to fp32
    extra="openvino",
    # OpenVINO makes kernels for every length anew, 0.2 to 0.4 s and 40 to 90 MB each at full size,
    # and keeps a thousand. Windows of these two are a quarter more work than pieces cut to measure.
    vocoder_frames=(48, 96),
)
