"""Finds the choices with which a pack speaks fastest on this machine, by trying them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from voicepack.runtime.measuring import Speed, measure_speed
from voicepack.runtime.pack import read_manifest
from voicepack.runtime.pieces import PIECE_FRAMES
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.tuning import Tuning, describe
from voicepack.targets.catalogue import find_profile
from voicepack.targets.cores import available_cores
from voicepack.targets.errors import TargetError
from voicepack.targets.selection import engine_fault

WORTH = 0.97
"""What takes more cores or memory must take at most this part of the time, or it is noise."""
PIECES = (50, 100, PIECE_FRAMES, 300)
"""Latent frames at once; the fewest, which take the least memory, come first."""


@dataclass(frozen=True)
class Trial:
    """A choice that was tried."""

    tuning: Tuning
    speed: Speed


def tune(
    pack: Path, sentence_s: float, repetitions: int, progress: Progress = silent
) -> list[Trial]:
    """Try one choice after the other, each with the best of those before it.

    Args:
        pack: The voice pack.
        sentence_s: Seconds of speech of the sentence that is tried.
        repetitions: Runs of each stage of it.
        progress: Hears of every trial.

    Returns:
        Every trial; the last is of what was found best.

    Raises:
        PackError: The pack is missing, damaged or unsafe.
        TargetError: None of its targets can run here.
    """
    trials: list[Trial] = []
    best: Trial | None = None
    for stage in STAGES:
        for tuning in stage(pack, best.tuning if best else Tuning()):
            progress(len(trials), len(trials) + 1, describe(tuning))
            trial = Trial(tuning, measure_speed(pack, sentence_s, repetitions, tuning))
            trials.append(trial)
            if best is None or trial.speed.total_s < WORTH * best.speed.total_s:
                best = trial
    assert best is not None
    progress(len(trials), len(trials), "")
    return [*trials, best]


def _targets(pack: Path, best: Tuning) -> Iterator[Tuning]:
    """The targets that can run here; with the keys and values, and precisions, of each."""
    names = read_manifest(pack).targets
    faults = {name: engine_fault(find_profile(name)) for name in names}
    if all(faults.values()):
        reasons = "; ".join(f"{name} {fault}" for name, fault in faults.items())
        raise TargetError(f"{pack}: nothing to tune, no target of it runs here: {reasons}.")
    for name in names:
        if not faults[name]:
            yield Tuning(name, threads=1, spinning=False, piece_frames=PIECE_FRAMES)


def _threads(pack: Path, best: Tuning) -> Iterator[Tuning]:
    cores = available_cores()
    counts: Iterable[int] = sorted({2, 3, 4, cores // 2, cores})
    for count in counts:
        if 1 < count <= cores:
            yield replace(best, threads=count)


def _spinning(pack: Path, best: Tuning) -> Iterator[Tuning]:
    if best.threads != 1:
        yield replace(best, spinning=True)


def _pieces(pack: Path, best: Tuning) -> Iterator[Tuning]:
    for frames in PIECES:
        if frames != best.piece_frames:
            yield replace(best, piece_frames=frames)


STAGES = (_targets, _threads, _spinning, _pieces)
