"""`manifest.json`: what a manifest looks like on disk, and which ones this runtime accepts."""

from __future__ import annotations

import json
import math
import re
from collections.abc import Iterator, Mapping

from voicepack.runtime.dataclass_json import Faults, as_json, read_record
from voicepack.runtime.errors import PackError
from voicepack.runtime.json_document import read_document
from voicepack.runtime.manifest import FORMAT, SUPPORTED_FEATURES, FileRecord, Manifest
from voicepack.runtime.pack_paths import colliding_paths, path_fault
from voicepack.runtime.text.symbols import TABLE_SIZES, symbol_table

MANIFEST_NAME = "manifest.json"
MAX_MANIFEST_BYTES = 16 << 20
MAX_FILE_BYTES = 16 << 30
MAX_FILES = 1000

_MAX_FAULTS_SHOWN = 20
_SHA256 = re.compile(r"[0-9a-f]{64}")


def dump(manifest: Manifest) -> str:
    """Write a manifest as JSON: equal manifests give equal text, the format comes first.

    Raises:
        PackError: The quality report holds a number that JSON cannot express.
    """
    fields = as_json(manifest)
    assert isinstance(fields, dict)
    ordered = {"format": fields.pop("format"), **fields}
    try:
        return json.dumps(ordered, indent=2, ensure_ascii=False, allow_nan=False) + "\n"
    except ValueError as error:
        raise PackError(
            f"The manifest of {manifest.name} cannot be written: {error}. "
            "Leave numbers that are not finite out of the quality report."
        ) from error


def parse(text: str, source: str) -> Manifest:
    """Read a manifest and check everything that can be checked without the pack's files.

    Args:
        text: Content of `manifest.json`.
        source: Where it comes from, for the messages.

    Raises:
        PackError: It is not a manifest, is meant for a newer runtime, or has faults; all are named.
    """
    document = _document(text, source)
    _refuse_newer(document, source)
    faults: Faults = []
    manifest = read_record(Manifest, document, faults)
    if not faults:
        faults += _faults(manifest)
    if faults:
        shown = "\n  ".join(faults[:_MAX_FAULTS_SHOWN])
        more = f"\n  and {len(faults) - _MAX_FAULTS_SHOWN} more" * (len(faults) > _MAX_FAULTS_SHOWN)
        raise PackError(
            f"{source}: the manifest is damaged, get the pack again or export it again:\n"
            f"  {shown}{more}"
        )
    return manifest


def _document(text: str, source: str) -> dict[str, object]:
    try:
        return read_document(text)
    except ValueError as error:
        raise PackError(f"{source}: not a manifest ({error}). Get the pack again.") from error


def _refuse_newer(document: dict[str, object], source: str) -> None:
    """Stop before anything is read that a newer format may have changed."""
    version = document.get("format")
    if not isinstance(version, int) or isinstance(version, bool) or version < 1:
        raise PackError(f"{source}: not a manifest: its format is {version!r}, expected a number.")
    if version > FORMAT:
        raise PackError(
            f"{source}: pack format {version}, but this runtime reads up to {FORMAT}. "
            "Upgrade voicepack, or export the voice again with this version."
        )
    features = document.get("required_features", [])
    unknown = (
        [f for f in features if f not in SUPPORTED_FEATURES] if isinstance(features, list) else []
    )
    if unknown:
        raise PackError(
            f"{source}: the pack needs {', '.join(map(repr, unknown))}, which this runtime "
            "does not have. Upgrade voicepack, or export the voice again without it."
        )


def _faults(manifest: Manifest) -> list[str]:
    return [
        *_range_faults(manifest),
        *_symbol_faults(manifest),
        *file_faults(manifest.files),
        *_component_faults(manifest),
        *_link_faults(manifest),
        *_repeated("graphs", [graph.role.value for graph in manifest.graphs]),
        *(
            fault
            for i, variant in enumerate(manifest.variants)
            for fault in _repeated(f"variants[{i}].graphs", [g.role.value for g in variant.graphs])
        ),
        *_repeated("targets", list(manifest.targets)),
        *_repeated("references", [reference.name for reference in manifest.references]),
    ]


def _range_faults(manifest: Manifest) -> Iterator[str]:
    shape, sampling = manifest.text2semantic, manifest.sampling
    ranges: list[tuple[str, float, float, float]] = [
        ("sample_rate", manifest.sample_rate, 8_000, 192_000),
        ("semantic_rate", manifest.semantic_rate, 1, 1_000),
        ("text2semantic.num_layers", shape.num_layers, 1, 1_000),
        ("text2semantic.num_heads", shape.num_heads, 1, 1_000),
        ("text2semantic.head_size", shape.head_size, 1, 10_000),
        ("text2semantic.vocabulary", shape.vocabulary, 2, 1_000_000),
        ("sampling.top_k", sampling.top_k, 1, 1_000_000),
        ("sampling.top_p", sampling.top_p, math.ulp(0.0), 1),
        ("sampling.temperature", sampling.temperature, math.ulp(0.0), 100),
        ("sampling.repetition_penalty", sampling.repetition_penalty, math.ulp(0.0), 100),
        *((f"graphs[{i}].opset", g.opset, 1, 1_000) for i, g in enumerate(manifest.graphs)),
    ]
    for where, value, low, high in ranges:
        if not low <= value <= high:
            yield f"{where}: {value} is outside {low:g} to {high:g}"
    if not manifest.references:
        yield "references: a voice needs at least one"


def file_faults(files: Mapping[str, FileRecord]) -> Iterator[str]:
    """Say what is wrong with the list of files of a pack, of a voice or of a language."""
    if len(files) > MAX_FILES:
        yield f"files: {len(files)} of them, at most {MAX_FILES} are read"
    for path, record in files.items():
        fault = path_fault(path)
        if fault:
            yield f"files: {path!r} {fault}"
        if not 0 <= record.size <= MAX_FILE_BYTES:
            yield f"files[{path!r}].size: {record.size} is outside 0 to {MAX_FILE_BYTES}"
        yield from sha256_faults(f"files[{path!r}].sha256", record.sha256)
    for path in colliding_paths([*files, MANIFEST_NAME]):
        yield f"files: {path!r} is the same as another path on some file systems"


def sha256_faults(where: str, sha256: str) -> Iterator[str]:
    """Say what is wrong with a hash."""
    if not _SHA256.fullmatch(sha256):
        yield f"{where}: expected 64 hexadecimal digits in lower case, found {sha256[:70]!r}"


def _component_faults(manifest: Manifest) -> Iterator[str]:
    for role, sha256 in manifest.shared_components.items():
        yield from sha256_faults(f"shared_components[{role!r}]", sha256)


def _symbol_faults(manifest: Manifest) -> Iterator[str]:
    """The phones of a pack are numbers, so both sides must mean the same table by its name."""
    if manifest.symbols not in TABLE_SIZES:
        yield f"symbols: {manifest.symbols!r} is none of {', '.join(TABLE_SIZES)}"
    elif manifest.symbols_sha256 != symbol_table(manifest.symbols).sha256:
        yield f"symbols_sha256: the table {manifest.symbols} of this runtime has another hash"


def _link_faults(manifest: Manifest) -> Iterator[str]:
    """Whatever the manifest points at must be among its verified files."""
    links = {"embeddings": manifest.embeddings}
    if manifest.lexicon:
        links["lexicon"] = manifest.lexicon
    for i, graph in enumerate(manifest.graphs):
        links |= {f"graphs[{i}].file": graph.file, f"graphs[{i}].weights": graph.weights}
    for i, variant in enumerate(manifest.variants):
        links[f"variants[{i}].embeddings"] = variant.embeddings
        for j, graph in enumerate(variant.graphs):
            where = f"variants[{i}].graphs[{j}]"
            links |= {f"{where}.file": graph.file, f"{where}.weights": graph.weights}
    for i, reference in enumerate(manifest.references):
        links[f"references[{i}].file"] = reference.file
    for where, path in links.items():
        if path not in manifest.files:
            yield f"{where}: {path!r} is not listed in files"


def _repeated(where: str, names: list[str]) -> Iterator[str]:
    for name in sorted({name for name in names if names.count(name) > 1}):
        yield f"{where}: {name!r} occurs more than once"
