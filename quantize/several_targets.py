"""Quantizes a pack for several targets: each by a recipe that suits it, joined into one again."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from voicepack.quantize.pipeline import QuantizedPack, QuantizeJob, quantize_pack
from voicepack.runtime.combining import combine_made
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.variants import compiled_for


def quantize_targets(
    jobs: Sequence[QuantizeJob],
    destination: Path,
    progress: Progress = silent,
    overwrite: bool = False,
) -> tuple[QuantizedPack, ...]:
    """Quantize one voice for several targets into one pack.

    Args:
        jobs: One for each target, with the pack as `compiled_for` it.
        destination: The folder to be.
        progress: Hears of every step, once for each target.
        overwrite: Replace a voice pack that is already there; nothing else is ever replaced.

    Returns:
        What became of each target, its pack seen in the one that was written.

    Raises:
        EdgeError: As `quantize_pack`.
    """
    if len(jobs) == 1:
        return (quantize_pack(jobs[0], destination, progress, overwrite),)
    made: list[QuantizedPack] = []

    def note(job: QuantizeJob, folder: Path) -> VoicePack:
        made.append(quantize_pack(job, folder, progress))
        return made[-1].pack

    make: list[Callable[[Path], VoicePack]] = [partial(note, job) for job in jobs]
    joined = combine_made(make, destination, overwrite=overwrite)
    return tuple(
        replace(each, pack=compiled_for(joined, each.pack.manifest.target)) for each in made
    )
