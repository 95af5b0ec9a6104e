"""On which device OpenVINO computes a graph, and how."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicepack.targets.errors import TargetError
from voicepack.targets.profile import TargetProfile
from voicepack.targets.session import Arithmetic, CachePrecision, EngineOptions

if TYPE_CHECKING:
    import openvino

CPU = "CPU"
VOCODER = "vocoder"
"""The role of the graph that most of the audio's work is in."""
HALF_TYPES = {"BF16": "bf16", "FP16": "f16"}
"""What a device says it can -> the hint that makes it do so, best first."""
ROUNDED_TOGETHER = "128"
"""Activations that share a scale where a matrix of 8 bits multiplies them. 32, the default, takes
5 % more of a decode step and 15 % more of a prefill; the error of the logits is 0.8 dB smaller."""

KEPT_KERNELS = "100"
"""Kernels that a graph keeps for lengths it has seen. 5000, the default, is as good as a leak: each
new length of the latent graph adds 8 MB, and hardly one comes again."""


def choose_device(core: openvino.Core, profile: TargetProfile, options: EngineOptions) -> str:
    """Name the device for a graph.

    Graphs in full precision are computed on the CPU whatever the target: an NPU has no 32 bits, and
    what others are compared with should be the same everywhere.

    Raises:
        TargetError: OpenVINO finds no such device.
    """
    if options.arithmetic is Arithmetic.EXACT:
        return CPU
    device = profile.devices.get(options.role, CPU)
    found = core.available_devices
    if not any(each.partition(".")[0] == device for each in found):
        raise TargetError(
            f"target {profile.name} computes the {options.role} on {device}, but OpenVINO finds "
            f"only {', '.join(found)}. Install the driver of the {device}, or export the voice for "
            "openvino-cpu."
        )
    return device


def lengths_on(device: str, profile: TargetProfile, options: EngineOptions) -> tuple[int, ...]:
    """List the lengths that a graph is compiled for on a device; none where any will do."""
    fixed = device != CPU and options.role == VOCODER
    return profile.vocoder_frames if fixed else ()


def settings(
    core: openvino.Core, device: str, options: EngineOptions, stateful: bool
) -> dict[str, str]:
    """Choose the properties that a graph is compiled with.

    Nothing that decides a number is left to OpenVINO: its default precision is 32, 16 or bfloat16
    depending on the CPU.

    Args:
        core: The engine.
        device: Such as "CPU".
        options: What the caller asks for.
        stateful: Whether the graph keeps keys and values.
    """
    chosen = {
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_PRECISION_HINT": _float_type(core, device, options, stateful),
    }
    if device != CPU:
        return chosen
    return chosen | {
        "INFERENCE_NUM_THREADS": str(options.threads),
        "NUM_STREAMS": "1",
        # Pinned, two voices on one machine would both sit on its first cores.
        "ENABLE_CPU_PINNING": "NO",
        "KV_CACHE_PRECISION": _kept_type(options, stateful),
        "DYNAMIC_QUANTIZATION_GROUP_SIZE": ROUNDED_TOGETHER,
        "CPU_RUNTIME_CACHE_CAPACITY": KEPT_KERNELS,
    }


def _kept_type(options: EngineOptions, stateful: bool) -> str:
    if options.arithmetic is Arithmetic.EXACT:
        return "f32"
    # Where nothing is kept the choice is none, and must not make OpenVINO compile once more.
    return (options.cache if stateful else CachePrecision.F16).value


def _float_type(core: openvino.Core, device: str, options: EngineOptions, stateful: bool) -> str:
    exact = options.arithmetic is Arithmetic.EXACT
    # A decode step waits for weights, which are 8 bits already: bfloat16 would gain nothing there
    # and double the error.
    if exact or (stateful and options.arithmetic is Arithmetic.INTEGER):
        return "f32"
    able = core.get_property(device, "OPTIMIZATION_CAPABILITIES")
    return next((hint for can, hint in HALF_TYPES.items() if can in able), "f32")
