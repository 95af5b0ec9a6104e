"""The manifest of a language pack, and which ones this runtime accepts."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field

from voicepack.runtime.contract import GraphRole
from voicepack.runtime.dataclass_json import Faults, as_json, read_record
from voicepack.runtime.errors import PackError
from voicepack.runtime.json_document import read_document
from voicepack.runtime.manifest import FileRecord, GraphEntry, Provenance
from voicepack.runtime.manifest_json import file_faults, sha256_faults

KIND = "language pack"
"""Tells this manifest from that of a voice pack."""
FORMAT = 1
"""The format this version writes, and the newest it reads."""
SUFFIX = ".languagepack"
BERT = GraphRole.BERT.value
"""Under this name a voice pack lists which BERT it was made with."""

_AGAIN = "Get the language pack again, or make it again with `voicepack export-language`."


@dataclass(frozen=True)
class BertEntry:
    """What gives each character of a text its features."""

    graph: GraphEntry
    vocabulary: str
    """Path of the words, one a line."""
    identity: str
    """sha256 that all packs made from the same BERT share, in whatever precision."""
    width: int
    """Features of a character."""
    num_positions: int
    """Tokens that the graph takes at once, the marks at both ends counted."""
    snr_db: float | None = None
    """How close the features are to those in full precision, on a few sentences; null if equal."""


@dataclass(frozen=True)
class G2pwEntry:
    """What reads characters by their context."""

    graph: GraphEntry
    tables: str
    """Path of the characters and readings, see `text.chinese.g2pw_tables`."""


@dataclass(frozen=True)
class LanguageManifest:
    """Everything in `manifest.json` of a language pack."""

    language: str
    """Code of the language, such as "zh"."""
    bert: BertEntry
    provenance: Provenance
    g2pw: G2pwEntry | None = None
    files: dict[str, FileRecord] = field(default_factory=dict)
    """Path inside the pack -> record, for every file but the manifest."""
    kind: str = KIND
    format: int = FORMAT

    @property
    def graphs(self) -> tuple[GraphEntry, ...]:
        """All graphs of the pack."""
        return (self.bert.graph, self.g2pw.graph) if self.g2pw else (self.bert.graph,)


def dump(manifest: LanguageManifest) -> str:
    """Write a manifest as JSON; equal manifests give equal text, kind and format come first."""
    fields = as_json(manifest)
    assert isinstance(fields, dict)
    ordered = {"kind": fields.pop("kind"), "format": fields.pop("format"), **fields}
    return json.dumps(ordered, indent=2, ensure_ascii=False, allow_nan=False) + "\n"


def parse(text: str, source: str) -> LanguageManifest:
    """Read a manifest and check everything that can be checked without the pack's files.

    Args:
        text: Content of `manifest.json`.
        source: Where it comes from, for the messages.

    Raises:
        PackError: It is no manifest of a language pack, is meant for a newer runtime, or has
            faults; all are named.
    """
    try:
        document = read_document(text)
    except ValueError as error:
        raise PackError(f"{source}: not a manifest ({error}). {_AGAIN}") from error
    _refuse_foreign(document, source)
    faults: Faults = []
    manifest = read_record(LanguageManifest, document, faults)
    if not faults:
        faults += _faults(manifest)
    if faults:
        listed = "\n  ".join(faults)
        raise PackError(f"{source}: the manifest is damaged:\n  {listed}\n{_AGAIN}")
    return manifest


def _refuse_foreign(document: dict[str, object], source: str) -> None:
    kind, version = document.get("kind"), document.get("format")
    if kind != KIND:
        raise PackError(
            f"{source}: not a language pack: its kind is {kind!r}, expected {KIND!r}. Give the "
            "folder that `voicepack export-language` wrote."
        )
    if not isinstance(version, int) or isinstance(version, bool) or not 1 <= version <= FORMAT:
        raise PackError(
            f"{source}: language pack format {version!r}, but this runtime reads 1 to {FORMAT}. "
            "Upgrade voicepack, or make the language pack again with this version."
        )


def _faults(manifest: LanguageManifest) -> Iterator[str]:
    bert = manifest.bert
    yield from file_faults(manifest.files)
    yield from sha256_faults("bert.identity", bert.identity)
    for name, size, least in (("width", bert.width, 1), ("num_positions", bert.num_positions, 3)):
        if not least <= size <= 1_000_000:
            yield f"bert.{name}: {size} is outside {least} to 1000000"
    links = {"bert.vocabulary": bert.vocabulary}
    if manifest.g2pw:
        links["g2pw.tables"] = manifest.g2pw.tables
    for graph in manifest.graphs:
        role = graph.role.value
        links |= {f"{role}.graph.file": graph.file, f"{role}.graph.weights": graph.weights}
    for where, path in links.items():
        if path not in manifest.files:
            yield f"{where}: {path!r} is not listed in files"
