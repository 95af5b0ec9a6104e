"""Which execution providers ONNX Runtime is to compute a graph with, and how they are set."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection
from pathlib import Path

from voicepack.targets.cache_folder import cache_folder
from voicepack.targets.profile import TargetProfile
from voicepack.targets.session import Arithmetic, EngineOptions

logger = logging.getLogger(__name__)

CPU = "CPUExecutionProvider"
CUDA = "CUDAExecutionProvider"
TENSORRT = "TensorrtExecutionProvider"


def wanted_providers(profile: TargetProfile, role: str) -> tuple[str, ...]:
    """List the providers for a graph, best first: the role's own, then those of every graph."""
    own = profile.devices.get(role)
    return (own, *profile.providers) if own else profile.providers


def usable_providers(
    profile: TargetProfile, options: EngineOptions, available: Collection[str], model: Path
) -> list[str]:
    """Keep the providers that this ONNX Runtime was built with; a fall-back is warned of.

    Args:
        profile: The target.
        options: Says which graph of a voice it is.
        available: What `onnxruntime.get_available_providers()` says.
        model: What the warning calls the graph.
    """
    wanted = wanted_providers(profile, options.role)
    usable = [each for each in wanted if each in available] or [CPU]
    if usable[0] != wanted[0]:
        missing = ", ".join(wanted[: wanted.index(usable[0])] if usable[0] in wanted else wanted)
        logger.warning("%s runs on %s: this onnxruntime has no %s.", model.stem, usable[0], missing)
    return usable


def provider_options(
    provider: str, profile: TargetProfile, options: EngineOptions, model: Path, version: str
) -> dict[str, str]:
    """Set a provider as the profile says; TensorRT also gets a cache, and leave to halve.

    Args:
        provider: Such as "CUDAExecutionProvider".
        profile: The target.
        options: Says how exactly the graph is to be computed.
        model: The graph.
        version: Of ONNX Runtime.
    """
    chosen = dict(profile.provider_options.get(provider, {}))
    if provider == TENSORRT:
        engines = cache_folder() / "tensorrt" / version / _digest(model)
        chosen["trt_engine_cache_path"] = chosen["trt_timing_cache_path"] = str(engines)
        chosen["trt_fp16_enable"] = str(options.arithmetic is not Arithmetic.EXACT)
    return chosen


def _digest(model: Path) -> str:
    """Hash a graph and the weights beside it.

    Engines hold weights, but ONNX Runtime names them after the structure of the graph, which two
    voices share: in one folder the second voice would speak with the weights of the first
    (microsoft/onnxruntime, issue 6455).
    """
    digest = hashlib.sha256()
    for file in sorted(model.parent.glob(f"{model.stem}.*")):
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
