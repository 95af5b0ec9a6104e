"""`voicepack tune`: find out how a voice pack speaks fastest on this machine."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path

import click

from voicepack.runtime.commands.progress import shown_progress
from voicepack.runtime.tuner import Trial
from voicepack.runtime.tuner import tune as try_choices
from voicepack.runtime.tuning import describe, write_tuning


@click.command()
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--seconds", type=click.FloatRange(0.5, 60), default=6.0, show_default=True, help="Speech."
)
@click.option("--repeat", type=click.IntRange(min=1), default=3, show_default=True, help="Runs.")
@click.option("--json", "as_json", is_flag=True, help="Print every trial as JSON.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def tune(pack: Path, seconds: float, repeat: int, as_json: bool, quiet: bool) -> None:
    """Measure on this machine how PACK speaks fastest, and remember it beside PACK.

    Tries the pack's targets, numbers of threads, spinning, the precision of keys and values, and
    the size of the vocoder's pieces, and says where there is nothing to choose. The choice goes
    into PACK.tuning.json and is used from then on; what is said with options counts more. Sound
    does not depend on it, but for precisions. Let nothing else run meanwhile.

    \b
    Examples:
      voicepack tune my.voicepack
      rm my.voicepack.tuning.json     # forget it
    """
    with shown_progress(quiet) as progress:
        tuned = try_choices(pack, seconds, repeat, progress)
    path = write_tuning(pack, tuned.best.tuning)
    if as_json:
        click.echo(json.dumps([_fields(trial) for trial in tuned.trials], indent=2))
        return
    for trial in tuned.trials:
        click.echo(_line(trial) + ("  <- best" if trial == tuned.best else ""))
    click.echo("".join(f"\n{sentence}" for sentence in tuned.settled))
    click.echo(f"\n{path}: {describe(tuned.best.tuning)}")


def _fields(trial: Trial) -> dict[str, object]:
    speed = {"total_s": trial.speed.total_s, "real_time_factor": trial.speed.real_time_factor}
    return asdict(trial.tuning) | speed | {"peak_memory": trial.speed.peak_memory}


def _line(trial: Trial) -> str:
    return f"{trial.speed.real_time_factor:6.3f} real-time factor  {describe(trial.tuning)}"
