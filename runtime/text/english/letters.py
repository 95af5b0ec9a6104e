"""Guesses how an unknown word is said from its letters, with the small net of g2p_en."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np
import numpy.typing as npt

from voicepack.runtime.text.data_files import load_arrays

FloatArray = npt.NDArray[np.float32]

GRAPHEMES = ("<pad>", "<unk>", "</s>", *"abcdefghijklmnopqrstuvwxyz")
PHONES = (
    "<pad> <unk> <s> </s> AA0 AA1 AA2 AE0 AE1 AE2 AH0 AH1 AH2 AO0 AO1 AO2 AW0 AW1 AW2 AY0 AY1 AY2 "
    "B CH D DH EH0 EH1 EH2 ER0 ER1 ER2 EY0 EY1 EY2 F G HH IH0 IH1 IH2 IY0 IY1 IY2 JH K L M N NG "
    "OW0 OW1 OW2 OY0 OY1 OY2 P R S SH T TH UH0 UH1 UH2 UW UW0 UW1 UW2 V W Y Z ZH"
).split()
START, END = PHONES.index("<s>"), PHONES.index("</s>")
MOST_PHONES = 20
LONGEST_WORD = 64
"""Letters read; no word of English is longer."""


class LetterToSound:
    """A letter encoder and a phone decoder, one gated recurrent layer of 256 units each.

    The weights are stored in half precision and computed with in single precision.

    Source: Park and Kim, g2p_en (github.com/Kyubyong/g2p), checkpoint of version 2.1.0.
    """

    def __init__(self) -> None:
        arrays = load_arrays("english_letters.npz")
        weights = {name: array.astype(np.float32) for name, array in arrays.items()}
        self._encoder = _GatedLayer(weights, "enc")
        self._decoder = _GatedLayer(weights, "dec")
        self._output_weight: FloatArray = weights["fc_w"]
        self._output_bias: FloatArray = weights["fc_b"]

    def guess(self, word: str) -> tuple[str, ...]:
        """Guess the phones of a word in lower case; at most 20, and rarely none."""
        state = self._encoder.read(_grapheme_ids(word[:LONGEST_WORD]))
        phone = START
        phones = []
        for _ in range(MOST_PHONES):
            state = self._decoder.step(phone, state)
            phone = int((self._output_weight @ state + self._output_bias).argmax())
            if phone == END:
                break
            phones.append(PHONES[phone])
        return tuple(phones)


class _GatedLayer:
    def __init__(self, weights: dict[str, FloatArray], side: str) -> None:
        # What each symbol gives to the gates is the same at every step, so it is computed once.
        self._inputs: FloatArray = (
            weights[f"{side}_emb"] @ weights[f"{side}_w_ih"].T + weights[f"{side}_b_ih"]
        )
        self._weight: FloatArray = weights[f"{side}_w_hh"]
        self._bias: FloatArray = weights[f"{side}_b_hh"]
        self._size = self._weight.shape[1]

    def read(self, symbols: Iterable[int]) -> FloatArray:
        state: FloatArray = np.zeros(self._size, np.float32)
        for symbol in symbols:
            state = self.step(symbol, state)
        return state

    def step(self, symbol: int, state: FloatArray) -> FloatArray:
        given = self._inputs[symbol]
        kept = self._weight @ state + self._bias
        split = 2 * self._size
        reset, update = np.split(1 / (1 + np.exp(-(given[:split] + kept[:split]))), 2)
        proposed = np.tanh(given[split:] + reset * kept[split:])
        moved: FloatArray = (1 - update) * proposed + update * state
        return moved


def _grapheme_ids(word: str) -> list[int]:
    unknown = GRAPHEMES.index("<unk>")
    ids = [GRAPHEMES.index(letter) if letter in GRAPHEMES else unknown for letter in word]
    return [*ids, GRAPHEMES.index("</s>")]
