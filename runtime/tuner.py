"""Finds the choices with which a pack speaks fastest on this machine, by trying them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from voicepack.runtime.measuring import Speed, measure_speed
from voicepack.runtime.pack import VoicePack, read_manifest
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.tuning import Tuning, describe
from voicepack.runtime.tuning_stages import STAGES
from voicepack.runtime.variants import compiled_for
from voicepack.targets.catalogue import find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.selection import engine_fault

WORTH = 0.97
"""What takes more cores or memory, or is less exact, must take at most this part of the time, or it
is noise."""


@dataclass(frozen=True)
class Trial:
    """A choice that was tried."""

    tuning: Tuning
    speed: Speed


@dataclass(frozen=True)
class Tuned:
    """What was tried, and what came of it."""

    trials: tuple[Trial, ...]
    """In the order in which they were tried."""
    best: Trial
    settled: tuple[str, ...]
    """A sentence for each thing that could not be chosen."""


def tune(pack: Path, sentence_s: float, repetitions: int, progress: Progress = silent) -> Tuned:
    """Try one choice after the other, each with the best of those before it.

    Args:
        pack: The voice pack.
        sentence_s: Seconds of speech of the sentence that is tried.
        repetitions: Runs of each stage of it.
        progress: Hears of every trial.

    Raises:
        PackError: The pack is missing, damaged or unsafe.
        TargetError: None of its targets can run here.
    """
    trials: list[Trial] = []

    def best_of(tunings: Iterator[Tuning], best: Trial | None) -> Trial | None:
        for tuning in tunings:
            progress(len(trials), len(trials) + 1, describe(tuning))
            trials.append(Trial(tuning, measure_speed(pack, sentence_s, repetitions, tuning)))
            if best is None or trials[-1].speed.total_s < WORTH * best.speed.total_s:
                best = trials[-1]
        return best

    best = best_of(_targets(pack), None)
    assert best is not None
    seen = compiled_for(VoicePack(pack, read_manifest(pack)), best.speed.target)
    settled = []
    for stage in STAGES:
        if why := stage.settled(seen):
            settled.append(f"{stage.what}: nothing to choose, {why}")
        else:
            best = best_of(stage.choices(best.tuning), best) or best
    progress(len(trials), len(trials), "")
    return Tuned(tuple(trials), best, tuple(settled))


def _targets(pack: Path) -> Iterator[Tuning]:
    """The targets that can run here; with the keys and values, and precisions, of each."""
    names = read_manifest(pack).targets
    faults = {name: engine_fault(find_profile(name)) for name in names}
    if all(faults.values()):
        reasons = "; ".join(f"{name} {fault}" for name, fault in faults.items())
        raise TargetError(f"{pack}: nothing to tune, no target of it runs here: {reasons}.")
    for name in names:
        if not faults[name]:
            yield Tuning(name, threads=1, spinning=False)
