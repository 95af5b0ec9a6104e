"""Word error rate of an independent recogniser: pocketsphinx with its generic English model."""

from __future__ import annotations

import re
import subprocess
import tempfile
from pathlib import Path

import numpy as np
import soundfile
import soxr

MODEL = Path("/usr/share/pocketsphinx/model/en-us")
SAMPLE_RATE = 16000
PEAK = 0.6
SILENCE_S = 0.2


def recognize(sounds: list[Path]) -> list[str]:
    """Write down what each sound file says; empty where nothing was understood.

    Raises:
        CalledProcessError: pocketsphinx or its model is missing, or it failed.
    """
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        names = [f"{number:05d}" for number in range(len(sounds))]
        for sound, stem in zip(sounds, names, strict=True):
            _write_raw(sound, folder / f"{stem}.raw")
        (folder / "list").write_text("\n".join(names) + "\n", encoding="utf-8")
        options = {
            "-hmm": MODEL / "en-us",
            "-lm": MODEL / "en-us.lm.bin",
            "-dict": MODEL / "cmudict-en-us.dict",
            "-ctl": folder / "list",
            "-cepdir": folder,
            "-cepext": ".raw",
            "-adcin": "yes",
            "-hyp": folder / "said",
        }
        command = ["pocketsphinx_batch", *(str(part) for pair in options.items() for part in pair)]
        subprocess.run(command, check=True, capture_output=True)
        said = (folder / "said").read_text(encoding="utf-8")
    found = dict(_parse(line) for line in said.splitlines())
    return [found.get(stem, "") for stem in names]


def word_error_rate(wanted: list[str], heard: list[str]) -> float:
    """Count substituted, missing and additional words, divided by the words wanted."""
    errors = sum(word_errors(one, other) for one, other in zip(wanted, heard, strict=True))
    return errors / sum(len(words(text)) for text in wanted)


def word_errors(wanted: str, heard: str) -> int:
    """Count the edits between two texts, in words."""
    row = list(range(len(words(heard)) + 1))
    for place, word in enumerate(words(wanted), 1):
        diagonal, row[0] = row[0], place
        for column, other in enumerate(words(heard), 1):
            change = diagonal + (word != other)
            diagonal, row[column] = row[column], min(row[column] + 1, row[column - 1] + 1, change)
    return row[-1]


def words(text: str) -> list[str]:
    """Cut a text into words in lower case."""
    return re.findall(r"[a-z']+", text.lower().replace("-", " "))


def _write_raw(sound: Path, raw: Path) -> None:
    samples, rate = soundfile.read(sound, dtype="float32")
    heard = soxr.resample(samples, rate, SAMPLE_RATE)
    silence = np.zeros(round(SILENCE_S * SAMPLE_RATE))
    padded = np.concatenate([silence, heard * PEAK / (np.abs(heard).max() + 1e-9), silence])
    # Digital silence would be minus infinity to the recogniser.
    padded += np.random.default_rng(0).normal(scale=1e-4, size=padded.size)
    raw.write_bytes((padded * 32767).astype("<i2").tobytes())


def _parse(line: str) -> tuple[str, str]:
    text, _, rest = line.rpartition(" (")
    return rest.split()[0], re.sub(r"\(\d+\)", "", text)
