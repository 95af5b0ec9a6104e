"""What the compiler and the runtime have to know about a device family."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class EngineName(str, Enum):
    """The inference engines there are adapters for."""

    ONNXRUNTIME = "onnxruntime"
    OPENVINO = "openvino"


class KvCache(str, Enum):
    """How text2semantic keeps keys and values between decode steps."""

    SHARED_BUFFER = "shared-buffer"
    """The engine updates a preallocated cache in place (contrib GroupQueryAttention)."""
    PORTABLE = "portable"
    """Standard operators: the graph returns the new keys and values, the host writes them."""
    STATEFUL = "stateful"
    """The graph returns all keys and values, and the engine makes them a state that it keeps."""
    ON_DEVICE = "on-device"
    """The same from standard operators: what one run returned stays on the GPU for the next."""


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
    """ONNX Runtime execution providers, best first; empty for other engines."""
    kv_cache: KvCache
    recipe: str = "int8"
    """The quantization recipe that suits the device best."""
    extra: str = "cpu"
    """The extra of this project that installs the engine."""
    architectures: tuple[str, ...] = ("x86_64", "aarch64")
    """What `platform.machine()` says there."""
    boards: tuple[str, ...] = ()
    """Parts of the names of the boards or processors that are meant; none means any."""
    fast_convolutions: bool = False
    """Compute long convolutions of the vocoder with fewer multiplications and more additions."""
    convolved_products: bool = False
    """Compute products of text2semantic in full precision as convolutions, where the engine's
    kernels read the weights of those faster."""
    block_weights: bool = True
    """Keep 8-bit weights of text2semantic in blocks, where a recipe has them; one scale for each
    output is what every engine knows."""
    bind_to_fast_cores: bool = False
    """Keep workers off the slow cores of a processor that has two kinds."""
    memory_mb: int = 0
    """What a voice should stay within there, for `--memory-limit`; 0 names nothing."""
    devices: Mapping[str, str] = field(default_factory=dict, hash=False)
    """Role of a graph -> what computes it: a device of OpenVINO, where the others stay on the CPU,
    or an execution provider of ONNX Runtime, which is tried before `providers`."""
    provider_options: Mapping[str, Mapping[str, str]] = field(default_factory=dict, hash=False)
    """ONNX Runtime only: execution provider -> its settings."""
    vocoder_frames: tuple[int, ...] = ()
    """Numbers of latent frames, ascending, that the vocoder is given where its device wants fixed
    shapes or its engine is best with few; empty where any number will do."""
