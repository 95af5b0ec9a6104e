"""The start of a sentence, layer by layer: a small graph that is handed each layer's weights."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import numpy as np

from voicepack.runtime.contract import StartLayerTensor as Tensors
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.runtime.phones import FloatArray
from voicepack.targets.session import Array, Session

NO_WEIGHTS = (Tensors.ROWS, Tensors.PARTS, Tensors.FIRST)


class LayeredStart:
    """Computes keys and values of the first positions.

    Args:
        session: The loaded graph of one layer, see `StartLayerTensor`.
        inputs: What it takes.
        num_layers: Of text2semantic.
        weights: Those of text2semantic.

    Raises:
        PackError: Text2semantic lacks a weight that the graph takes.
    """

    def __init__(
        self,
        session: Session,
        inputs: Iterable[TensorSpec],
        num_layers: int,
        weights: MappedWeights,
    ) -> None:
        taken = [spec for spec in inputs if spec.name not in NO_WEIGHTS]
        self._session = session
        self._weights = weights
        self._layers: list[dict[str, Array]] = [
            {spec.name: weights.array(Tensors.in_layer(layer, spec.name), spec) for spec in taken}
            for layer in range(num_layers)
        ]

    def keys_and_values(self, rows: FloatArray, num_text: int) -> Iterator[tuple[Array, Array]]:
        """Compute layer after layer, and hold the weights of one at a time in memory.

        Args:
            rows: float32, (S, width): embedded phones, then embedded prompt tokens.
            num_text: How many of them are phones.

        Yields:
            Keys and values of each layer, int8, (1, heads, S, head size).
        """
        parts = np.array([num_text, len(rows) - num_text], np.int64)
        last = len(rows) - 1
        for layer, weights in enumerate(self._layers):
            first = last if layer == len(self._layers) - 1 else 0
            places = {Tensors.PARTS: parts, Tensors.FIRST: np.array([first], np.int64)}
            outputs = self._session.run({Tensors.ROWS: rows, **places, **weights})
            self._weights.give_back()
            rows = outputs[Tensors.NEXT_ROWS]
            yield outputs[Tensors.KEYS], outputs[Tensors.VALUES]
