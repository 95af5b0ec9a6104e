"""Readings of Chinese characters by their context, from g2pW.

Source: Chen et al., "g2pW: A Conditional Weighted Softmax BERT for Polyphone Disambiguation in
Mandarin", 2022; how it is asked: upstream `text/g2pw/onnx_api.py`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.contract import G2pwTensor
from voicepack.runtime.errors import TextError
from voicepack.runtime.text.chinese.g2pw_tables import G2pwTables
from voicepack.targets.session import Array, Session

CONTEXT = 16
"""Characters before the first and behind the last asked one that the graph gets to see."""
LONGEST = 510
"""Characters that BERT can take."""

Convert = Callable[[str], str]


@dataclass(frozen=True)
class G2pw:
    """The graph of a language pack, loaded; see `polyphones.Polyphones`."""

    session: Session
    tokenizer: BertTokenizer
    tables: G2pwTables
    to_traditional: Convert
    """Simplified to traditional characters as in Taiwan, which the graph was trained on."""

    def readings(self, sentence: str) -> tuple[str | None, ...]:
        """Read each character; None where another source knows better."""
        text = traditional(sentence, self.to_traditional)
        found = [self.tables.fixed.get(character) or None for character in text]
        asked = [place for place, character in enumerate(text) if character in self.tables.places]
        for places in _windows(asked):
            start = max(0, places[0] - CONTEXT)
            stop = places[-1] + CONTEXT + 1
            chosen = self._choose(text[start:stop], [place - start for place in places])
            for place, reading in zip(places, chosen, strict=True):
                found[place] = reading or None
        return tuple(found)

    def _choose(self, text: str, places: list[int]) -> list[str]:
        probabilities = next(iter(self.session.run(self.inputs(text, places)).values()))
        return [self.tables.readings[best] for best in np.argmax(probabilities, axis=1)]

    def inputs(self, text: str, places: Sequence[int]) -> dict[str, Array]:
        """Ask about some characters of a text.

        Args:
            text: Traditional, up to 510 characters.
            places: At least one; the characters there are known to the tables.

        Returns:
            What the graph takes, see `contract.G2pwTensor`.
        """
        ids = self.tokenizer.ids(text)[None]
        characters = [self.tables.places[text[place]] for place in places]
        return {
            G2pwTensor.INPUT_IDS: ids,
            G2pwTensor.TOKEN_TYPES: np.zeros_like(ids),
            G2pwTensor.ATTENTION_MASK: np.ones_like(ids),
            G2pwTensor.CHOICES: np.stack([self.tables.mask(each) for each in characters]),
            G2pwTensor.CHARACTERS: np.array(characters, np.int64),
            G2pwTensor.POSITIONS: np.array(places, np.int64) + 1,  # the mark of the start
        }


def traditional(sentence: str, convert: Convert) -> str:
    """Convert a sentence, character for character where its length would change."""
    converted = convert(sentence)
    if len(converted) == len(sentence):
        return converted
    each = ((character, convert(character)) for character in sentence)
    return "".join(new if len(new) == 1 else old for old, new in each)


def load_converter() -> Convert:
    """Load the conversion that upstream uses.

    Raises:
        TextError: The package it needs is not installed.
    """
    try:
        from opencc import OpenCC
    except ModuleNotFoundError as error:
        raise TextError(
            f"g2pW, which this language pack brings, needs {error.name}, which is not installed: "
            "pip install 'voicepack[g2pw]'"
        ) from error
    convert: Convert = OpenCC("s2tw").convert
    return convert


def _windows(places: list[int]) -> Iterator[list[int]]:
    """Group places so that each group, with its context, is short enough for the graph."""
    group: list[int] = []
    for place in places:
        if group and place - group[0] + 2 * CONTEXT + 1 > LONGEST:
            yield group
            group = []
        group.append(place)
    if group:
        yield group
