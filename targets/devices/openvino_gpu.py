"""Intel GPUs with OpenVINO."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="openvino-gpu",
    description="Intel GPUs with OpenVINO: they compute the audio in half precision. Tokens stay "
    "on the CPU, which reads the same memory and starts a step sooner. Not measured on a GPU.",
    engine=EngineName.OPENVINO,
    minimum_engine="2026.2.0",
    providers=(),
    kv_cache=KvCache.STATEFUL,
    block_weights=False,
    recipe="fp16",
    extra="openvino",
    architectures=("x86_64",),
    devices={"latent": "GPU", "vocoder": "GPU"},
)
