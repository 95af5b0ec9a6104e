"""`voicepack bench`: how fast a voice pack is on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from voicepack.runtime.measuring import Speed, measure_speed


@click.command()
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.option("--threads", type=click.IntRange(min=1), help="[default: free cores, at most 4]")
@click.option(
    "--seconds", type=click.FloatRange(0.5, 60), default=8.0, show_default=True, help="Speech."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, times in seconds.")
def bench(pack: Path, threads: int | None, seconds: float, repeat: int, as_json: bool) -> None:
    """Measure how fast PACK speaks here, stage by stage, on tokens of a fixed number.

    \b
    Examples:
      voicepack bench my.voicepack
      voicepack bench my.voicepack --threads 1 --json
    """
    speed = measure_speed(pack, threads, seconds, repeat)
    if as_json:
        extra = {"total_s": speed.total_s, "real_time_factor": speed.real_time_factor}
        click.echo(json.dumps(asdict(speed) | extra, indent=2))
    else:
        click.echo(_table(speed))


def _table(speed: Speed) -> str:
    rows = [
        ("load", f"{speed.load_s:.2f} s"),
        ("prefill", f"{speed.prefill_s * 1000:.0f} ms"),
        ("token", f"{speed.step_s * 1000:.2f} ms  (up to context {speed.context})"),
        ("latent", f"{speed.latent_s * 1000:.0f} ms"),
        ("vocoder", f"{speed.vocoder_s * 1000:.0f} ms"),
        ("sentence", f"{speed.total_s:.2f} s for {speed.audio_s:.2f} s of speech"),
        ("real-time factor", f"{speed.real_time_factor:.2f}"),
        ("peak memory", f"{speed.peak_memory / 2**20:.0f} MiB"),
    ]
    return "\n".join(f"{name:<17}{value}" for name, value in rows)
