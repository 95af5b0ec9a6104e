"""The manifest of a voice pack: everything there is to know without opening a graph."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from voicepack.runtime.contract import GraphRole, Precision

FORMAT = 1
"""The pack format this version writes, and the newest it reads."""
LAYERED_START = "layered-start"
"""Required of who reads a pack in which a graph of its own starts sentences."""
SUPPORTED_FEATURES = frozenset({LAYERED_START})
"""Required features this runtime knows."""


@dataclass(frozen=True)
class TensorSpec:
    """An input or output of a graph."""

    name: str
    dtype: str
    """NumPy name, such as "float32"."""
    shape: tuple[int | str, ...]
    """A name stands for a size known only when the graph runs."""


@dataclass(frozen=True)
class GraphEntry:
    """One graph of the pack."""

    role: GraphRole
    file: str
    """Path inside the pack, with forward slashes."""
    weights: str
    """Path of the external weights, beside `file`."""
    precision: Precision
    opset: int
    engine: str
    """Engine the graph is meant for, such as "onnxruntime"."""
    minimum_engine: str
    """The oldest version of the engine that runs it."""
    inputs: tuple[TensorSpec, ...]
    outputs: tuple[TensorSpec, ...]
    kv_cache: str = ""
    """text2semantic only: "shared-buffer", "portable" or "stateful"."""
    context_frames: int = 0
    """Vocoder only: latent frames before and after a frame that its audio depends on. With it, a
    long sentence can be computed in pieces; 0 says that it is not known."""

    def content(self, files: Mapping[str, FileRecord]) -> str:
        """Name what is in the graph and its weights: the same for the same, wherever it lies."""
        return "".join(files[path].sha256 for path in (self.file, self.weights))


@dataclass(frozen=True)
class Variant:
    """The voice compiled for one more target. Files may be those of other variants."""

    target: str
    graphs: tuple[GraphEntry, ...]
    embeddings: str
    """Path of the host-side embedding tables."""
    quality: dict[str, Any] | None = None
    """Report of the last quality check."""


@dataclass(frozen=True)
class FileRecord:
    """Size and hash of a file, so that opening can verify it."""

    sha256: str
    size: int
    """Bytes."""


@dataclass(frozen=True)
class Text2SemanticShape:
    """Dimensions the host needs to feed text2semantic."""

    num_layers: int
    num_heads: int
    head_size: int
    vocabulary: int
    """Semantic tokens plus the one that ends speech, which is the last."""


@dataclass(frozen=True)
class ReferenceEntry:
    """A named reference; its arrays are in `file`."""

    name: str
    language: str
    text: str
    file: str


@dataclass(frozen=True)
class SamplingDefaults:
    """How this voice is sampled when the caller does not say."""

    top_k: int = 15
    top_p: float = 1.0
    temperature: float = 1.0
    repetition_penalty: float = 1.35


@dataclass(frozen=True)
class Provenance:
    """Where the pack comes from."""

    exporter: str
    """Name and version of what wrote the pack."""
    sources: dict[str, str] = field(default_factory=dict)
    """Role ("gpt", "sovits", "hubert", "reference default") -> sha256 of the source file."""
    training: dict[str, str] = field(default_factory=dict)
    """What the checkpoints say of themselves, such as "gpt": "GPT-e15"."""


@dataclass(frozen=True)
class Rights:
    """What may be done with the voice. Empty means: not stated."""

    licence: str = ""
    """SPDX identifier or a name."""
    voice_owner: str = ""
    consent: str = ""
    """The owner's consent statement, or where it is kept."""


@dataclass(frozen=True)
class Marking:
    """How audio made with the pack says that it is synthetic."""

    metadata: bool = True
    """Files carry a note that they are AI-generated."""


@dataclass(frozen=True)
class Manifest:
    """Everything in `manifest.json`."""

    name: str
    generation: str
    """Model generation, such as "v2"."""
    target: str
    """Target profile the graphs were compiled for."""
    sample_rate: int
    """Hertz."""
    semantic_rate: int
    """Semantic tokens a second."""
    symbols: str
    """Symbol table id, "v1" or "v2"."""
    symbols_sha256: str
    languages: tuple[str, ...]
    """Languages the generation was trained for."""
    text2semantic: Text2SemanticShape
    embeddings: str
    """Path of the host-side embedding tables."""
    graphs: tuple[GraphEntry, ...]
    references: tuple[ReferenceEntry, ...]
    """The first is the default."""
    provenance: Provenance
    variants: tuple[Variant, ...] = ()
    """The same voice for other targets; what stands in the manifest itself comes first."""
    files: dict[str, FileRecord] = field(default_factory=dict)
    """Path inside the pack -> record, for every file but the manifest."""
    shared_components: dict[str, str] = field(default_factory=dict)
    """Role -> sha256 of components that live outside the pack, such as a language pack."""
    lexicon: str = ""
    """Path of the words whose pronunciation the maker gave; empty where there are none."""
    sampling: SamplingDefaults = SamplingDefaults()
    quality: dict[str, Any] | None = None
    """Report of the last quality check, with the hash of its budget."""
    rights: Rights = Rights()
    marking: Marking = Marking()
    required_features: tuple[str, ...] = ()
    """A runtime that does not know one of these refuses the pack."""
    format: int = FORMAT

    @property
    def all_graphs(self) -> tuple[GraphEntry, ...]:
        """The graphs of every target; one that two targets share occurs twice."""
        others = (graph for variant in self.variants for graph in variant.graphs)
        return (*self.graphs, *others)

    @property
    def targets(self) -> tuple[str, ...]:
        """Every target the voice was compiled for."""
        return (self.target, *(variant.target for variant in self.variants))
