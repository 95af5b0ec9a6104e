"""Which execution providers ONNX Runtime is to compute a graph with, and how they are set."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Collection

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
    profile: TargetProfile, options: EngineOptions, available: Collection[str]
) -> list[str]:
    """Keep the providers that this ONNX Runtime was built with.

    Where a graph of a voice has to fall back, a warning says what it runs on.

    Args:
        profile: The target.
        options: Says which graph of a voice it is, if it is one.
        available: What `onnxruntime.get_available_providers()` says.
    """
    wanted = wanted_providers(profile, options.role)
    usable = [each for each in wanted if each in available] or [CPU]
    if options.role and usable[0] != wanted[0]:
        missing = ", ".join(each for each in wanted if each not in available)
        logger.warning(
            "%s runs on %s: this onnxruntime has no %s.", options.role, usable[0], missing
        )
    return usable


def provider_options(
    provider: str, profile: TargetProfile, options: EngineOptions, version: str
) -> dict[str, str]:
    """Set a provider as the profile says; TensorRT also gets leave to halve, and a cache.

    Args:
        provider: Such as "CUDAExecutionProvider".
        profile: The target.
        options: Says how exactly the graph is to be computed, and what is in it.
        version: Of ONNX Runtime.
    """
    chosen = dict(profile.provider_options.get(provider, {}))
    if provider == TENSORRT:
        chosen["trt_fp16_enable"] = str(options.arithmetic is not Arithmetic.EXACT)
        chosen |= _engine_cache(options.content, version)
    return chosen


def _engine_cache(content: str, version: str) -> dict[str, str]:
    """Keep what TensorRT builds; what has no name is built anew each time.

    Engines hold weights, but ONNX Runtime names them after the structure of the graph, which two
    voices share: in one folder the second voice would speak with the weights of the first
    (microsoft/onnxruntime, issue 6455).
    """
    if not content:
        return {}
    name = hashlib.sha256(content.encode()).hexdigest()[:16]
    folder = str(cache_folder() / "tensorrt" / version / name)
    return {
        "trt_engine_cache_enable": "True",
        "trt_engine_cache_path": folder,
        "trt_timing_cache_enable": "True",
        "trt_timing_cache_path": folder,
    }
