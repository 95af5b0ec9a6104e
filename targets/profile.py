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
    recipe: str = "int8"
    """The quantization recipe that suits the device best."""
    extra: str = "cpu"
    """The extra of this project that installs the engine."""
    architectures: tuple[str, ...] = ("x86_64", "aarch64")
    """What `platform.machine()` says there."""
    boards: tuple[str, ...] = ()
    """Parts of the names of the boards or processors that are meant; none means any."""
    threads: int = 4
    """Worker threads at most; more slow the decode step down, which is bound by memory."""
    fast_cores_only: bool = False
    """Keep workers off the slow cores of a processor that has two kinds."""
    memory: int = 0
    """Megabytes that a voice may take there; 0 sets no limit."""
