"""Intel NPUs with OpenVINO."""

from voicepack.targets.profile import EngineName, KvCache, TargetProfile

PROFILE = TargetProfile(
    name="openvino-npu",
    description="Intel Core Ultra with OpenVINO: the NPU, which needs fixed shapes, computes the "
    "vocoder, nine tenths of the audio's work; all that varies in length stays on the CPU. Not "
    "measured on an NPU.",
    engine=EngineName.OPENVINO,
    minimum_engine="2026.2.0",
    providers=(),
    kv_cache=KvCache.STATEFUL,
    block_weights=False,
    recipe="fp16",
    extra="openvino",
    architectures=("x86_64",),
    boards=("Core(TM) Ultra",),
    devices={"vocoder": "NPU"},
    # Each half as long again as the one before: windows of them cover a sentence with a third more
    # work at most, and what is shorter than the first (0.6 s) is rare.
    vocoder_frames=(32, 48, 72, 108, 162),
)
