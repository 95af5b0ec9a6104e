"""Lets festival speak: sound and phone times, by its voice cmu_us_slt_arctic_hts."""

from __future__ import annotations

import subprocess
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile

from voicepack.runtime.phones import FloatArray

SAMPLE_RATE = 32000
"""Hertz of this festival voice."""
VOICE = "(voice_cmu_us_slt_arctic_hts)"
SENTENCES_A_RUN = 200


@dataclass(frozen=True)
class SourceSpeech:
    """A sentence as festival says it."""

    samples: FloatArray
    """float32, (num_samples,), at `SAMPLE_RATE`."""
    phones: tuple[str, ...]
    """Festival's names of its 41 phones, "pau" for pauses."""
    ends_s: tuple[float, ...]
    """When each phone ends, in seconds."""


def speak(sentences: list[str], numbers: range, folder: Path) -> None:
    """Write `NUMBER.wav` and `NUMBER.segs` of the numbered sentences that have none yet.

    Raises:
        CalledProcessError: Festival or its voice is missing, or it failed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    for start in range(numbers.start, numbers.stop, SENTENCES_A_RUN):
        wanted = range(start, min(start + SENTENCES_A_RUN, numbers.stop))
        lines = [
            _command(sentences[number], folder / f"{number:05d}")
            for number in wanted
            if not (folder / f"{number:05d}.segs").exists()
        ]
        if lines:
            script = folder / f"{start:05d}.scm"
            script.write_text("\n".join([VOICE, *lines]), encoding="utf-8")
            subprocess.run(["festival", "-b", str(script)], check=True)
            script.unlink()


def read_speech(folder: Path, number: int) -> SourceSpeech:
    """Read a sentence that `speak` wrote."""
    samples, _ = soundfile.read(folder / f"{number:05d}.wav", dtype="float32")
    lines = (folder / f"{number:05d}.segs").read_text(encoding="utf-8").splitlines()
    rows = [line.split() for line in lines if not line.startswith("#")]
    return SourceSpeech(
        samples=np.asarray(samples, np.float32),
        phones=tuple(row[2] for row in rows),
        ends_s=tuple(float(row[0]) for row in rows),
    )


def _command(sentence: str, path: Path) -> str:
    quoted = sentence.replace("\\", "").replace('"', "")
    return (
        f'(set! said (utt.synth (Utterance Text "{quoted}")))'
        f'(utt.save.wave said "{path}.wav" \'riff)'
        f'(utt.save.segs said "{path}.segs")'
    )
