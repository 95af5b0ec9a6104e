"""A manifest as people read it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from voicepack.runtime.contract import GraphRole
from voicepack.runtime.manifest import Manifest, Provenance

Fact = tuple[str, str]
"""A name and what stands behind it."""
Row = Sequence[str]
GRAPH_COLUMNS = ("Graph", "Target", "Precision", "Opset", "Size", "Engine", "Cache")
REFERENCE_COLUMNS = ("Reference", "Language", "Text")


def summarize(manifest: Manifest) -> str:
    """Write what is in a pack as a few lines of text and two tables."""
    facts = [*_facts(manifest), *_rights(manifest), *origin(manifest.provenance)]
    for role, sha256 in manifest.shared_components.items():
        facts.append((f"Needs {role}", f"sha256 {sha256[:16]}…"))
    graphs = (GRAPH_COLUMNS, _graphs(manifest))
    return write_summary(facts, [graphs, (REFERENCE_COLUMNS, _references(manifest))])


def write_summary(facts: Sequence[Fact], tables: Iterable[tuple[Row, Iterable[Row]]]) -> str:
    """Write facts, then tables of a head and rows, with nothing that could steer a terminal."""
    width = max(len(name) for name, _ in facts)
    lines = [f"{name:{width}}  {fact}" for name, fact in facts]
    for head, rows in tables:
        lines += ["", *_table(head, rows)]
    return "\n".join(map(_printable, lines))


def format_bytes(size: int) -> str:
    """Write a number of bytes with three digits or so, in decimal units."""
    if size < 1000:
        return f"{size} bytes"
    for unit, name in ((10**9, "GB"), (10**6, "MB")):
        if size >= unit:
            return f"{size / unit:.1f} {name}"
    return f"{size / 1000:.1f} kB"


def _facts(manifest: Manifest) -> Iterator[Fact]:
    yield "Voice", manifest.name
    yield "Generation", manifest.generation
    yield "Target", ", ".join(manifest.targets)
    yield "Sample rate", f"{manifest.sample_rate} Hz"
    yield "Languages", ", ".join(manifest.languages)
    yield "Size", format_bytes(sum(record.size for record in manifest.files.values()))
    yield "Sampling", ", ".join(f"{n} {value}" for n, value in vars(manifest.sampling).items())
    yield "Quality", _quality(manifest.quality)


def _quality(report: dict[str, Any] | None) -> str:
    if report is None:
        return "not checked"
    verdict = "within budget" if report.get("passed") is True else "not within budget"
    return f"{verdict} (--json shows the report)"


def _rights(manifest: Manifest) -> Iterator[Fact]:
    yield "Licence", manifest.rights.licence or "not stated"
    yield "Voice owner", manifest.rights.voice_owner or "not stated"
    yield "Consent", manifest.rights.consent or "not stated"
    yield "Marking", "audio says that it is AI-generated" if manifest.marking.metadata else "none"


def origin(provenance: Provenance) -> Iterator[Fact]:
    """Tell what made a pack, and of which files."""
    yield "Made by", provenance.exporter
    for role, description in provenance.training.items():
        yield f"  {role} says", description
    for role, sha256 in provenance.sources.items():
        yield f"  {role} file", f"sha256 {sha256[:16]}…"


def _graphs(manifest: Manifest) -> Iterator[Row]:
    compiled = {manifest.target: manifest.graphs}
    compiled |= {variant.target: variant.graphs for variant in manifest.variants}
    for target, graphs in compiled.items():
        for graph in graphs:
            size = manifest.files[graph.file].size
            if graph.role is not GraphRole.TEXT2SEMANTIC_START:  # its weights are text2semantic's
                size += manifest.files[graph.weights].size
            yield (
                graph.role.value,
                target,
                graph.precision.value,
                str(graph.opset),
                format_bytes(size),
                f"{graph.engine} >= {graph.minimum_engine}",
                graph.kv_cache,
            )


def _references(manifest: Manifest) -> Iterator[Row]:
    for reference in manifest.references:
        yield reference.name, reference.language, reference.text or "(no text)"


def _table(head: Row, rows: Iterable[Row]) -> list[str]:
    lines = [head, *rows]
    widths = [max(map(len, column)) for column in zip(*lines, strict=True)]
    return ["  ".join(map(str.ljust, line, widths)).rstrip() for line in lines]


def _printable(line: str) -> str:
    """Keep text of a stranger's pack from steering the terminal."""
    return "".join(c if c.isprintable() else "\N{REPLACEMENT CHARACTER}" for c in line)
