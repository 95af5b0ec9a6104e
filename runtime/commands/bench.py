"""`voicepack bench`: how fast a voice pack is on this machine."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from voicepack.runtime.bandwidth import memory_bandwidth
from voicepack.runtime.fresh_process import measure_in_fresh_process
from voicepack.runtime.measuring import Speed, measure_speed
from voicepack.runtime.tuning import Tuning, read_tuning

PACK = click.Path(exists=True, path_type=Path)
ROWS = (
    ("load", "load_s", "{:.2f} s", 1),
    ("load, later", "later_load_s", "{:.2f} s", 1),
    ("prefill", "prefill_s", "{:.0f} ms", 1000),
    ("token", "step_s", "{:.2f} ms", 1000),
    ("tokens a second", "tokens_per_s", "{:.0f}", 1),
    ("latent", "latent_s", "{:.0f} ms", 1000),
    ("vocoder", "vocoder_s", "{:.0f} ms", 1000),
    ("first audio", "first_audio_s", "{:.2f} s", 1),
    ("sentence", "total_s", "{:.2f} s", 1),
    ("real-time factor", "real_time_factor", "{:.3f}", 1),
    ("peak memory", "peak_memory", "{:.0f} MB", 1e-6),
)
"""Label, field of the measurement, how it is printed, and what it is multiplied by for that."""


@click.command()
@click.argument("pack", type=PACK)
@click.option("--baseline", type=PACK, help="Another pack to compare with, measured in turn.")
@click.option("--target", help="Which of the targets of PACK.  [default: what fits here]")
@click.option("--threads", type=click.IntRange(min=1), help="[default: free cores, at most 4]")
@click.option(
    "--seconds", type=click.FloatRange(0.5, 60), default=8.0, show_default=True, help="Speech."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, times in seconds.")
def bench(
    pack: Path,
    baseline: Path | None,
    target: str | None,
    threads: int | None,
    seconds: float,
    repeat: int,
    as_json: bool,
) -> None:
    """Measure how fast PACK speaks here, stage by stage.

    Every voice gets the same number of tokens to speak. The limit of a token is the time in which
    one core reads the weights once.

    \b
    Examples:
      voicepack bench my.voicepack
      voicepack bench my.voicepack --baseline my-fp32.voicepack --threads 1
      voicepack bench my.voicepack --threads 1 --json
    """
    options = ["--seconds", str(seconds), "--repeat", str(repeat)]
    if threads is not None:
        options += ["--threads", str(threads)]
    other = measure_in_fresh_process(baseline, options) if baseline else None
    tuning = Tuning(target, threads).or_else(read_tuning(pack))
    ours = _figures(measure_speed(pack, seconds, repeat, tuning))
    if as_json:
        click.echo(json.dumps(ours | ({"baseline": other} if other else {}), indent=2))
    else:
        click.echo(_table(ours, other))


def _figures(speed: Speed) -> dict[str, Any]:
    """Return every figure by its name; the bandwidth is measured now, after the peak memory."""
    bandwidth = memory_bandwidth()
    return asdict(speed) | {
        "tokens_per_s": speed.tokens_per_s,
        "first_audio_s": speed.first_audio_s,
        "total_s": speed.total_s,
        "real_time_factor": speed.real_time_factor,
        "bandwidth": bandwidth,
        "step_limit_s": speed.weights / bandwidth,
    }


def _table(ours: Mapping[str, Any], other: Mapping[str, Any] | None) -> str:
    lines = [
        f"target {ours['target']}, {ours['threads']} thread(s), {ours['audio_s']:.2f} s of speech, "
        f"contexts up to {ours['context']}",
        f"{'':<18}{'this pack':>12}" + (f"{'baseline':>12}{'ratio':>8}" if other else ""),
    ]
    for label, name, form, factor in ROWS:
        line = f"{label:<18}{form.format(ours[name] * factor):>12}"
        if other:
            line += f"{form.format(other[name] * factor):>12}"
            line += f"{ours[name] / other[name]:>8.2f}"
        lines.append(line)
    limit, bandwidth = ours["step_limit_s"], ours["bandwidth"]
    lines.append(
        f"limit of a token: {limit * 1000:.2f} ms, its weights read once at "
        f"{bandwidth / 1e9:.1f} GB/s (one core, measured now)"
    )
    return "\n".join(lines)
