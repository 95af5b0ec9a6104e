"""Finds the newest checkpoints of a voice in the folders where training leaves them.

Source: the names that upstream's `s1_train.py` and `s2_train.py` give their files.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voicepack.export.errors import CheckpointError

_GPT_NAME = re.compile(r"(?P<voice>.+)-e(?P<epoch>\d+)(?P<step>)\.ckpt")
_SOVITS_NAME = re.compile(r"(?P<voice>.+)_e(?P<epoch>\d+)_s(?P<step>\d+)(?:_l\d+)?\.pth")


@dataclass(frozen=True)
class CheckpointPair:
    """The two files of a voice."""

    gpt: Path
    sovits: Path


@dataclass(frozen=True)
class _TrainedFile:
    """A checkpoint, and what its name says of it."""

    path: Path
    voice: str
    """The whole stem where the name follows no rule."""
    age: tuple[int, int, float]
    """Epoch, step (-1 where the name says none) and time of writing: the largest is the newest."""


def find_pair(gpt: Path, sovits: Path, voice: str | None = None) -> CheckpointPair:
    """Take files as they are, and the newest file of a voice from folders.

    Args:
        gpt: A GPT checkpoint, or a folder with `NAME-eEPOCH.ckpt` files, as `GPT_weights_v2`.
        sovits: A SoVITS checkpoint, or a folder with `NAME_eEPOCH_sSTEP.pth` files.
        voice: Name of the voice in the folders; None where they leave no choice.

    Raises:
        CheckpointError: A folder holds no checkpoint, or none of `voice`; or the folders hold
            several voices, which are named.
    """
    gpt_files = _trained_files(gpt, ".ckpt", _GPT_NAME)
    sovits_files = _trained_files(sovits, ".pth", _SOVITS_NAME)
    if voice is None:
        voice_of_gpt, voice_of_sovits = _only_voices(gpt, gpt_files, sovits, sovits_files)
    else:
        voice_of_gpt = voice if gpt.is_dir() else gpt_files[0].voice
        voice_of_sovits = voice if sovits.is_dir() else sovits_files[0].voice
    return CheckpointPair(
        _newest(gpt, gpt_files, voice_of_gpt), _newest(sovits, sovits_files, voice_of_sovits)
    )


def _trained_files(place: Path, ending: str, rule: re.Pattern[str]) -> list[_TrainedFile]:
    """List the checkpoints in a folder, or the one that is named itself, which need not exist."""
    if not place.is_dir():
        return [_trained_file(place, rule, 0.0)]
    paths = sorted(path for path in place.glob(f"*{ending}") if path.is_file())
    if not paths:
        raise CheckpointError(
            f"{place}: no {ending} file in this folder. Give the folder that training wrote "
            "finished weights to, such as GPT_weights_v2 or SoVITS_weights_v2, or a file."
        )
    return [_trained_file(path, rule, path.stat().st_mtime) for path in paths]


def _trained_file(path: Path, rule: re.Pattern[str], written: float) -> _TrainedFile:
    found = rule.fullmatch(path.name)
    if found is None:
        return _TrainedFile(path, path.stem, (-1, -1, written))
    return _TrainedFile(
        path, found["voice"], (int(found["epoch"]), int(found["step"] or -1), written)
    )


def _only_voices(
    gpt: Path, gpt_files: Sequence[_TrainedFile], sovits: Path, sovits_files: Sequence[_TrainedFile]
) -> tuple[str, str]:
    """Return the voice to take from each side, which two lone voices need not share."""
    gpt_voices, sovits_voices = (
        {each.voice for each in side} for side in (gpt_files, sovits_files)
    )
    if len(gpt_voices) == len(sovits_voices) == 1:
        return gpt_voices.pop(), sovits_voices.pop()
    common = gpt_voices & sovits_voices
    if len(common) == 1:
        (voice,) = common
        return voice, voice
    raise CheckpointError(
        f"{gpt} holds {_listed(gpt_voices)} and {sovits} holds {_listed(sovits_voices)}: "
        f"{'none is' if not common else f'{_listed(common)} are'} in both. "
        "Say which voice is meant (--voice), or give the files themselves."
    )


def _newest(place: Path, files: Sequence[_TrainedFile], voice: str) -> Path:
    of_voice = [file for file in files if file.voice == voice]
    if not of_voice:
        raise CheckpointError(
            f"{place}: no checkpoint of a voice {voice!r}, only of "
            f"{_listed({file.voice for file in files})}. Check --voice."
        )
    return max(of_voice, key=lambda file: file.age).path


def _listed(voices: set[str]) -> str:
    return ", ".join(repr(voice) for voice in sorted(voices))
