"""Text to the numbers that BERT reads, one for each character."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from voicepack.runtime.errors import TextError
from voicepack.runtime.phones import IntArray

START, END, UNKNOWN = "[CLS]", "[SEP]", "[UNK]"


@dataclass(frozen=True)
class BertTokenizer:
    """Looks up every character by itself.

    Voices were trained with a feature vector for each character, so a character is a token. That is
    what transformers' BertTokenizer does with Chinese and with marks, which is all that normalized
    Chinese consists of. It joins letters to words, and drops spaces, control characters and bare
    accents; here each of them stays a token, or the vectors would belong to other characters.

    Source: BertNormalizer and BertPreTokenizer of huggingface/tokenizers.
    """

    numbers: dict[str, int]
    """Word -> number."""

    @staticmethod
    def read(vocabulary: str, source: str) -> BertTokenizer:
        """Read `vocab.txt`, a word a line; its number is that of the line, from 0.

        Raises:
            TextError: One of the special words is missing.
        """
        words = vocabulary.removesuffix("\n").split("\n")
        tokenizer = BertTokenizer({word: number for number, word in enumerate(words) if word})
        missing = [word for word in (START, END, UNKNOWN) if word not in tokenizer.numbers]
        if missing:
            raise TextError(
                f"{source}: not a vocabulary of BERT: of {len(words)} words none is "
                f"{' or '.join(missing)}. Make the language pack again from a whole BERT."
            )
        return tokenizer

    @cached_property
    def size(self) -> int:
        """One more than the largest number."""
        return max(self.numbers.values()) + 1

    def ids(self, text: str) -> IntArray:
        """Number the characters of a text.

        Args:
            text: Anything.

        Returns:
            int64, (characters + 2,): the mark of the start, the characters, the mark of the end.
        """
        unknown = self.numbers[UNKNOWN]
        found = (self.numbers.get(_plain(character), unknown) for character in text)
        return np.array([self.numbers[START], *found, self.numbers[END]], np.int64)


def _plain(character: str) -> str:
    """Take the accent off, and make the letter small."""
    parts = unicodedata.normalize("NFD", character)
    return "".join(part for part in parts if unicodedata.category(part) != "Mn").lower()
