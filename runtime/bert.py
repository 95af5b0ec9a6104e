"""BERT at run time: a feature vector for each character of a text."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.contract import BertTensor
from voicepack.runtime.phones import FloatArray
from voicepack.targets.session import Array

Compute = Callable[[Mapping[str, Array]], Mapping[str, Array]]
"""What a session's `run` is: inputs by name -> outputs by name, see `contract.BertTensor`."""
NUM_MARKS = 2
"""Tokens that stand for the start and the end of a text."""


@dataclass(frozen=True)
class Bert:
    """A BERT that is loaded: the graph of a language pack."""

    compute: Compute
    tokenizer: BertTokenizer
    width: int
    """Features of a character."""
    num_positions: int
    """Tokens that the graph takes at once, the marks included."""

    def features(self, text: str) -> FloatArray:
        """Read a text.

        Args:
            text: Normalized. One that is longer than the graph takes is read in parts, which do not
                see each other; upstream fails there.

        Returns:
            float32, (characters, width).
        """
        step = self.num_positions - NUM_MARKS
        parts = [self._read(text[start : start + step]) for start in range(0, len(text), step)]
        return np.concatenate([np.empty((0, self.width), np.float32), *parts])

    def _read(self, text: str) -> FloatArray:
        ids = self.tokenizer.ids(text)[None]
        rows = self.compute({BertTensor.INPUT_IDS: ids})[BertTensor.FEATURES]
        return np.asarray(rows, np.float32)[1:-1]
