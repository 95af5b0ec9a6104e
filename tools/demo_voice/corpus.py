"""The training data: phones and codes of every sentence, sound and acoustic frames of some."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from acoustic_frames import acoustic_frames
from resynthesis import STEP_S, pitch_of, resynthesize
from semantic_codes import encode
from source_speech import read_speech
from token_grid import place_on_grid

from voicepack.runtime.phones import FloatArray, IntArray
from voicepack.runtime.text.english.corrections import load
from voicepack.runtime.text.symbols import symbol_table


@dataclass(frozen=True)
class Example:
    """A sentence to learn from."""

    phones: IntArray
    """int64: of our front end, as ids of the v2 table."""
    codes: IntArray
    """int64, (num_tokens,)."""


@dataclass(frozen=True)
class SoundExample(Example):
    """A sentence with its sound."""

    frames: FloatArray
    """float32, (num_tokens * 2, channels)."""
    samples: npt.NDArray[np.int16]
    """int16, (num_tokens * 1280,), 32 kHz."""


LOUDNESS = 0.9
"""Of the samples beside the source's."""


def prepare_codes(sentences: list[str], numbers: range, speech: Path, file: Path) -> None:
    """Write phones and codes of the numbered sentences to an `.npz` file."""
    table = symbol_table("v2")
    front_end = load(table)
    phones, codes = [], []
    for number in numbers:
        source = read_speech(speech, number)
        pitch = pitch_of(source.samples)
        codes.append(encode(place_on_grid(source.phones, source.ends_s, pitch, STEP_S)))
        phones.append(table.ids(front_end.pronounce(sentences[number]).phones))
    _save(file, phones=phones, codes=codes)


def prepare_sound(numbers: range, speech: Path, file: Path) -> None:
    """Write sound and acoustic frames of the numbered sentences to an `.npz` file."""
    samples, frames = [], []
    for number in numbers:
        said = resynthesize(read_speech(speech, number))
        limited = np.clip(said.samples * LOUDNESS, -1, 1)
        samples.append(np.round(limited * 32767).astype(np.int16))
        frames.append(acoustic_frames(said))
    _save(file, samples=samples, frames=frames)


def read_examples(files: list[Path]) -> list[Example]:
    """Read what `prepare_codes` wrote."""
    read = [_load(file) for file in files]
    return [
        Example(phones, codes)
        for arrays in read
        for phones, codes in zip(arrays["phones"], arrays["codes"], strict=True)
    ]


def read_sound(examples: list[Example], files: list[Path]) -> list[SoundExample]:
    """Read what `prepare_sound` wrote, for the first examples."""
    read = [_load(file) for file in files]
    frames = [one for arrays in read for one in arrays["frames"]]
    samples = [one for arrays in read for one in arrays["samples"]]
    return [
        SoundExample(example.phones, example.codes, *rest)
        for example, *rest in zip(examples, frames, samples, strict=False)
    ]


def _save(file: Path, **columns: Sequence[npt.NDArray[Any]]) -> None:
    """Write ragged columns: rows one after the other, and how long each is."""
    arrays: dict[str, Any] = {}
    for name, rows in columns.items():
        arrays[name] = np.concatenate(rows)
        arrays[f"{name}_lengths"] = np.array([len(row) for row in rows])
    partial = file.with_suffix(".partial.npz")
    np.savez(partial, **arrays)
    partial.rename(file)


def _load(file: Path) -> dict[str, list[npt.NDArray[Any]]]:
    with np.load(file) as archive:
        names = [name for name in archive.files if not name.endswith("_lengths")]
        return {
            name: np.split(archive[name], np.cumsum(archive[f"{name}_lengths"])[:-1])
            for name in names
        }
