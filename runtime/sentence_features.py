"""The linguistic features of a sentence: Chinese parts have some, all others have zeros."""

from __future__ import annotations

from typing import Protocol

import numpy as np

from voicepack.runtime.phones import FloatArray, Phones
from voicepack.runtime.text.sentences import Sentence
from voicepack.runtime.text.spoken_parts import SpokenSegment

FEATURE_LANGUAGE = "zh"
"""The language that voices were trained to hear features of. Cantonese, which is written with the
same characters, is not."""


class TextFeatures(Protocol):
    """What reads a text and gives each character its features; `bert.Bert` is one."""

    def features(self, text: str) -> FloatArray:
        """Return float32, (characters, width)."""
        ...


def has_features(sentence: Sentence) -> bool:
    """Tell whether a part of the sentence is in a language that has features."""
    return any(segment.language == FEATURE_LANGUAGE for segment in sentence.segments)


def featured_phones(sentence: Sentence, bert: TextFeatures) -> Phones:
    """Give every phone of a sentence the features of the character it belongs to.

    Args:
        sentence: Pronounced.
        bert: Reads the Chinese parts, each by itself.

    Returns:
        Phones without features where no part of the sentence has any.

    Source: upstream `TTS_infer_pack/TextPreprocessor.py`, get_phones_and_bert.
    """
    if not has_features(sentence):
        return Phones(sentence.ids)
    width = bert.features("").shape[1]
    parts = [_features(segment, bert, width) for segment in sentence.segments]
    return Phones(sentence.ids, np.concatenate(parts))


def _features(segment: SpokenSegment, bert: TextFeatures, width: int) -> FloatArray:
    said = segment.pronunciation
    if segment.language != FEATURE_LANGUAGE or said.word2ph is None:
        return np.zeros((len(said.phones), width), np.float32)
    return np.repeat(bert.features(said.normalized), said.word2ph, axis=0)
