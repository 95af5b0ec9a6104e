"""The manifest of a language pack as people read it."""

from __future__ import annotations

from collections.abc import Iterator

from voicepack.runtime.language_manifest import LanguageManifest
from voicepack.runtime.summary import Fact, Row, format_bytes, origin, write_summary

GRAPH_COLUMNS = ("Graph", "Precision", "Opset", "Size", "Engine")


def summarize_language(manifest: LanguageManifest) -> str:
    """Write what is in a language pack as a few lines of text and a table."""
    facts = [*_facts(manifest), *origin(manifest.provenance)]
    return write_summary(facts, [(GRAPH_COLUMNS, _graphs(manifest))])


def _facts(manifest: LanguageManifest) -> Iterator[Fact]:
    bert = manifest.bert
    yield "Language", manifest.language
    yield "Size", format_bytes(sum(record.size for record in manifest.files.values()))
    yield "BERT", f"sha256 {bert.identity[:16]}…"
    yield "Features", f"{bert.width} a character, {bert.num_positions} tokens at once"
    yield "Closeness", "exact" if bert.snr_db is None else f"{bert.snr_db:.1f} dB"
    yield "Readings", "by g2pW" if manifest.g2pw else "by dictionary (no g2pW)"


def _graphs(manifest: LanguageManifest) -> Iterator[Row]:
    for graph in manifest.graphs:
        size = manifest.files[graph.file].size + manifest.files[graph.weights].size
        yield (
            graph.role.value,
            graph.precision.value,
            str(graph.opset),
            format_bytes(size),
            f"{graph.engine} >= {graph.minimum_engine}",
        )
