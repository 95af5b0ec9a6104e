"""A voice pack of a few bytes, made without any engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.language_manifest import BertEntry, LanguageManifest
from voicepack.runtime.language_pack import LanguagePack, write_language_pack
from voicepack.runtime.manifest import (
    GraphEntry,
    Manifest,
    Provenance,
    TensorSpec,
    Text2SemanticShape,
)
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import Build, write_pack, write_prompt
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.text.symbols import symbol_table

Edit = Callable[[str, object], None]
MakeLanguagePack = Callable[..., LanguagePack]
WIDTH = 8
VOICE_GRAPHS = (
    GraphRole.TEXT2SEMANTIC,
    GraphRole.LATENT,
    GraphRole.VOCODER,
    GraphRole.SPEAKER,
)


@pytest.fixture
def build() -> Build:
    """What fills a small pack: three graphs, two references, embedding tables."""
    return _build


@pytest.fixture
def pack(tmp_path: Path) -> VoicePack:
    """A small pack on disk."""
    return write_pack(tmp_path / "tiny.voicepack", _build)


@pytest.fixture
def make_language_pack(tmp_path: Path) -> MakeLanguagePack:
    """Write a language pack of a few bytes: `make(name, identity=..., width=...)`."""

    def make(
        name: str = "zh.languagepack", identity: str = "a" * 64, width: int = 1024
    ) -> LanguagePack:
        def build(folder: Path) -> LanguageManifest:
            (folder / "vocab.txt").write_text("[UNK]\n[CLS]\n[SEP]\n你\n好\n", "utf-8")
            graph = _graph(folder, GraphRole.BERT)
            entry = BertEntry(graph, "vocab.txt", identity, width, num_positions=6)
            return LanguageManifest("zh", entry, Provenance("voicepack test"))

        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return write_language_pack(path, build)

    return make


@pytest.fixture
def edit(pack: VoicePack) -> Edit:
    """Change one place of the pack's manifest, such as ("graphs/0/file", "a.onnx")."""
    file = pack.root / "manifest.json"

    def change(place: str, value: object) -> None:
        document = json.loads(file.read_text("utf-8"))
        *way, last = [int(key) if key.isdigit() else key for key in place.split("/")]
        target = document
        for key in way:
            target = target[key]
        target[last] = value
        file.write_text(json.dumps(document), "utf-8")

    return change


def _build(folder: Path) -> Manifest:
    tables().save(folder / "embeddings.npz", np.float16)
    return Manifest(
        name="tiny",
        generation="v2",
        target="cpu",
        sample_rate=32000,
        semantic_rate=25,
        symbols="v2",
        symbols_sha256=symbol_table("v2").sha256,
        languages=("en", "zh"),
        text2semantic=Text2SemanticShape(2, 2, WIDTH // 2, 1025),
        embeddings="embeddings.npz",
        graphs=tuple(_graph(folder, role) for role in VOICE_GRAPHS),
        references=(
            write_prompt(folder, prompt("default", "Hello.")),
            write_prompt(folder, prompt("calm", "")),
        ),
        provenance=Provenance("voicepack test", {"gpt": "1" * 64}, {"gpt": "GPT-e15"}),
    )


def prompt(name: str, text: str) -> Prompt:
    """A reference; one without text has no prompt."""
    length = len(text)
    return Prompt(
        name=name,
        language="en",
        text=text,
        phones=Phones(np.arange(length, dtype=np.int64)),
        tokens=np.arange(2 * length, dtype=np.int64),
        embedding=np.linspace(-1, 1, 4, dtype=np.float32),
    )


def tables() -> EmbeddingTables:
    """Embedding tables of the real number of rows, but narrow."""
    random = np.random.default_rng(7)
    return EmbeddingTables(
        phone=random.standard_normal((732, WIDTH), np.float32),
        token=random.standard_normal((1025, WIDTH), np.float32),
        feature_weight=random.standard_normal((1024, WIDTH), np.float32),
        feature_bias=random.standard_normal(WIDTH, np.float32),
        text_position_scale=1.5,
        token_position_scale=0.25,
    )


def _graph(folder: Path, role: GraphRole) -> GraphEntry:
    name = role.value
    (folder / f"{name}.onnx").write_bytes(model_reading(f"{name}.data"))
    (folder / f"{name}.data").write_bytes(f"weights of {name}".encode())
    hidden = TensorSpec("hidden", "float32", (1, "length", WIDTH))
    return GraphEntry(
        role=role,
        file=f"{name}.onnx",
        weights=f"{name}.data",
        precision=Precision.FP32,
        opset=17,
        engine="onnxruntime",
        minimum_engine="1.20.0",
        inputs=(hidden,),
        outputs=(hidden,),
    )


def model_reading(location: str) -> bytes:
    """Serialize an ONNX model with one initializer, which lies in the file `location`."""
    entry = message(1, b"location") + message(2, location.encode())
    return message(7, message(5, message(13, entry)))


def message(number: int, content: bytes) -> bytes:
    """Serialize a protocol buffer field that holds bytes."""
    assert len(content) < 128 * 128
    low, high = len(content) & 0x7F, len(content) >> 7
    return bytes([number << 3 | 2, low | 0x80, high]) + content
