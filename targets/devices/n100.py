"""Mini PCs with an Intel N95, N97, N100 or N200."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="n100",
    description="Intel N95 to N200, four small cores with VNNI and one memory channel: INT8, four "
    "threads.",
    engine=EngineName.ONNXRUNTIME,
    minimum_engine="1.32.0",
    providers=("CPUExecutionProvider",),
    kv_cache=KvCache.SHARED_BUFFER,
    fast_convolutions=True,
    convolved_products=True,
    architectures=("x86_64",),
    boards=("N95", "N97", "N100", "N200", "i3-N305"),
)
