"""Sentences to calibrate and to check with: built in for each language, or a user's own file."""

from __future__ import annotations

from enum import Enum
from importlib.resources import files
from pathlib import Path

from voicepack.quantize.errors import QualityError
from voicepack.runtime.text.modes import MODES

COMMENT = "#"
"""Lines of a sentence file that begin with it are skipped, as empty ones are."""


class SentenceUse(str, Enum):
    """What sentences are for. No sentence serves both, or a check would ask what was rehearsed."""

    CALIBRATION = "calibration"
    CHECK = "check"


def built_in_sentences(language: str, use: SentenceUse) -> tuple[str, ...]:
    """Return the sentences that come with this package: everyday life, roads and homes.

    Args:
        language: Code of the language, such as "en", or a mode that mixes it with others.
        use: Calibration or check.

    Raises:
        QualityError: There are none in that language.
    """
    folder = files("voicepack.quantize") / "sentences"
    code = MODES[language].language if language in MODES else language
    file = folder / f"{code}_{use.value}.txt"
    if not file.is_file():
        names = (entry.name for entry in folder.iterdir())
        known = sorted({name.partition("_")[0] for name in names})
        raise QualityError(
            f"There are no built-in {use.value} sentences in {language!r}, only in "
            f"{', '.join(known)}. Give a file with one sentence a line."
        )
    return _sentences(file.read_text(encoding="utf-8"))


def read_sentences(path: Path) -> tuple[str, ...]:
    """Read a user's file: UTF-8, one sentence a line.

    Raises:
        QualityError: The file cannot be read, or holds no sentence.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise QualityError(
            f"{path}: no sentences could be read ({error}). Expected UTF-8 text, a sentence a line."
        ) from error
    found = _sentences(text)
    if not found:
        raise QualityError(f"{path}: holds no sentence. Write one a line.")
    return found


def _sentences(text: str) -> tuple[str, ...]:
    lines = (line.strip() for line in text.splitlines())
    return tuple(line for line in lines if line and not line.startswith(COMMENT))
