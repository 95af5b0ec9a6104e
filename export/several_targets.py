"""One export for several targets: a pack for each, joined into one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path

from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.runtime.combining import combine_made
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import Progress, silent


def export_for_targets(
    job: ExportJob,
    targets: Sequence[str],
    destination: Path,
    progress: Progress = silent,
    overwrite: bool = False,
) -> VoicePack:
    """Compile a trained voice into one voice pack for several targets.

    Args:
        job: As for `export_voice`; its target plays no part.
        targets: At least one; the first comes first where nothing else decides.
        destination: The folder to be.
        progress: Hears of every step, once for each target.
        overwrite: Replace a voice pack that is already there; nothing else is ever replaced.

    Raises:
        EdgeError: As `export_voice`.
    """
    jobs = [replace(job, target=target) for target in targets]
    if len(jobs) == 1:
        return export_voice(jobs[0], destination, progress, overwrite)
    make = [partial(export_voice, each, progress=progress) for each in jobs]
    return combine_made(make, destination, overwrite=overwrite)
