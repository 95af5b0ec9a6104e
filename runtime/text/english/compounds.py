"""Finds the words in a compound: "chatbot" is "chat" and "bot"."""

from __future__ import annotations

import zlib

import numpy as np

from voicepack.runtime.text.data_files import load_arrays

LONGEST_WORD = 24
LONGEST_COMPOUND = 250
"""Letters looked at together, so that time stays linear in the length."""
TOTAL = 1_024_908_267_229.0
"""Words counted for the frequencies."""


class WordFrequencies:
    """How often each of 333 000 English words is written, found by a 32-bit hash of the word.

    A strange word passes for a known one once in 13 000 times, which only a compound of rare
    words would show.
    """

    def __init__(self) -> None:
        arrays = load_arrays("english_words.npz")
        high_halves = np.arange(1 << 16, dtype=np.uint32) << 16
        repeated = np.repeat(high_halves, arrays["words_per_high_half"].astype(np.int64))
        self._hashes = (repeated + arrays["low_halves"].astype(np.uint32)).astype(np.uint32)
        self._log_steps = arrays["log_steps"]
        self._least_steps = float(arrays["least_steps"][()])
        self._step = float(arrays["step"][()])

    def log_probabilities(self, words: list[str]) -> list[float]:
        """Say how likely each word is, as a logarithm to base ten.

        A word never seen is the less likely the longer it is, which makes it fall into words.
        """
        hashes = np.array([zlib.crc32(word.encode()) for word in words], np.uint32)
        places = np.searchsorted(self._hashes, hashes).clip(max=self._hashes.size - 1)
        known = self._hashes[places] == hashes
        steps = self._log_steps[places] + self._least_steps
        seen = steps * self._step - np.log10(TOTAL)
        unseen = 1.0 - np.log10(TOTAL) - np.array([len(word) for word in words])
        scores: list[float] = np.where(known, seen, unseen).tolist()
        return scores


def split_compound(letters: str, frequencies: WordFrequencies) -> list[str]:
    """Cut letters into their most likely words.

    Args:
        letters: Lower-case letters of one written word.
        frequencies: How likely each word is.

    Returns:
        The words in order, one where the whole is most likely a word; none for no letters.

    Source: Norvig, "Natural Language Corpus Data", in Beautiful Data, 2009, with words taken as
    independent: pairs of words decide one compound in a hundred and would double the data.
    """
    words = []
    for start in range(0, len(letters), LONGEST_COMPOUND):
        words += _most_likely_words(letters[start : start + LONGEST_COMPOUND], frequencies)
    return words


def _most_likely_words(letters: str, frequencies: WordFrequencies) -> list[str]:
    length = len(letters)
    spans = [
        (start, end)
        for end in range(1, length + 1)
        for start in range(max(0, end - LONGEST_WORD), end)
    ]
    scores = frequencies.log_probabilities([letters[start:end] for start, end in spans])
    best = [0.0] + [-np.inf] * length
    begins = [0] * (length + 1)
    for (start, end), score in zip(spans, scores, strict=True):
        if best[start] + score > best[end]:
            best[end] = best[start] + score
            begins[end] = start
    words = []
    end = length
    while end:
        words.append(letters[begins[end] : end])
        end = begins[end]
    return words[::-1]
