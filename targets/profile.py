"""What the compiler and the runtime have to know about a device family."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum


class EngineName(str, Enum):
    """The inference engines there are adapters for."""

    ONNXRUNTIME = "onnxruntime"


class KvCache(str, Enum):
    """How text2semantic keeps keys and values between decode steps."""

    SHARED_BUFFER = "shared-buffer"
    """The engine updates a preallocated cache in place (contrib GroupQueryAttention)."""
    PORTABLE = "portable"
    """Standard operators: the graph returns the new keys and values, the host writes them."""


@dataclass(frozen=True)
class TargetProfile:
    """A device family."""

    name: str
    description: str
    """One sentence: which devices, and why these choices."""
    engine: EngineName
    minimum_engine: str
    """The oldest engine version that runs the graphs, such as "1.32.0"."""
    providers: tuple[str, ...]
    """ONNX Runtime execution providers, best first."""
    kv_cache: KvCache
