"""Finds words that no dictionary knows, by what each character does in the words that are known."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays

FloatArray = npt.NDArray[np.float64]
IntArray = npt.NDArray[np.int64]
NEVER = -3.14e100
"""Stands for the logarithm of zero, so that the least bad way can still be found."""


class TaggedCharacters:
    """A hidden Markov model whose states are a place in a word (B, M, E or S) and a kind of word.

    Of equally likely states the one with the greater name is taken, as jieba does; states are
    numbered in the order of their names.
    """

    def __init__(self) -> None:
        arrays = load_arrays("chinese_tagged_characters.npz")
        self._places: list[str] = arrays["places"].tolist()
        self._tags: list[str] = arrays["tags"].tolist()
        self._start: FloatArray = arrays["start"].astype(np.float64)
        self._transitions: FloatArray = arrays["transitions"].astype(np.float64)
        self._followed = np.isfinite(self._transitions)
        self._rows = {code: row for row, code in enumerate(arrays["characters"].tolist())}
        self._offsets = np.cumsum([0, *arrays["num_states"].tolist()])
        self._states = arrays["states"].astype(np.int64)
        values: FloatArray = arrays["values"].astype(np.float64)
        self._emissions = values[arrays["emissions"].astype(np.uint16, copy=False)]
        self._listed = arrays["listed"]

    def cut(self, text: str) -> Iterator[tuple[str, str]]:
        """Cut Chinese characters, at least one, into words with their tags."""
        states = self._likeliest_states(text)
        begin = done = 0
        for i, state in enumerate(states):
            place = self._places[state]
            if place == "B":
                begin = i
            elif place in "ES":
                yield text[begin if place == "E" else i : i + 1], self._tags[state]
                done = i + 1
        if done < len(text):
            yield text[done:], self._tags[states[done]]

    def _likeliest_states(self, text: str) -> list[int]:
        emissions, states = self._character(text[0])
        scores = (self._start + emissions)[states]
        ways_back: list[tuple[IntArray, IntArray]] = []
        for character in text[1:]:
            before = states
            emissions, states = self._character(character)
            states = self._reachable(before, states)
            transitions = self._transitions[np.ix_(before, states)]
            ways = scores[:, None] + transitions + emissions[states]
            best = len(before) - 1 - ways[::-1].argmax(axis=0)
            scores = ways[best, np.arange(len(states))]
            ways_back.append((states, before[best]))
        found = [int(states[len(states) - 1 - scores[::-1].argmax()])]
        for states, before in reversed(ways_back):
            found.append(int(before[np.searchsorted(states, found[-1])]))
        return found[::-1]

    def _character(self, character: str) -> tuple[FloatArray, IntArray]:
        """Give the logarithm of how likely each state writes a character, and its usual states.

        Returns:
            float64, (num_states,), and int64, (num_usual,), ascending. An unusual character has
            all states.
        """
        emissions = np.full(len(self._tags), NEVER)
        row = self._rows.get(ord(character))
        if row is None:
            return emissions, np.arange(len(emissions))
        here = slice(self._offsets[row], self._offsets[row + 1])
        emissions[self._states[here]] = self._emissions[here]
        usual = self._states[here][self._listed[here]]
        return emissions, usual if len(usual) else np.arange(len(emissions))

    def _reachable(self, before: IntArray, states: IntArray) -> IntArray:
        """Keep the states that can follow; where none can, all that can follow take their place."""
        can_follow = np.logical_or.reduce(self._followed[before])
        reachable = states[can_follow[states]]
        return reachable if len(reachable) else np.flatnonzero(can_follow)
