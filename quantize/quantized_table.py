"""What quantization did to each graph, as people read it."""

from __future__ import annotations

import math

from voicepack.quantize.pipeline import QuantizedPack


def quantized_table(made: QuantizedPack) -> str:
    """Say what became of each graph, as a table."""
    rows = [("graph", "precision", "MB before", "after", "ratio", "SNR")]
    for graph in made.graphs:
        role, precision = graph.entry.role.value, graph.entry.precision.value
        sizes = _sizes(graph.full_bytes, graph.num_bytes)
        rows.append((role, precision, *sizes, _decibels(graph.error)))
    before = sum(graph.full_bytes for graph in made.graphs)
    after = sum(graph.num_bytes for graph in made.graphs)
    rows.append(("all graphs", "", *_sizes(before, after), ""))
    lines = [
        f"{name:<15}{precision:<10}{old:>10}{new:>9}{ratio:>8}{snr:>11}".rstrip()
        for name, precision, old, new, ratio, snr in rows
    ]
    return "\n".join([*lines, *(f"note: {note}" for note in made.notes)])


def _sizes(before: int, after: int) -> tuple[str, str, str]:
    return f"{before / 1e6:.1f}", f"{after / 1e6:.1f}", f"{after / before:.3f}"


def _decibels(error: float) -> str:
    return f"{-20 * math.log10(error):.1f} dB" if error else "exact"
