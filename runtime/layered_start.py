"""The start of a sentence, layer by layer: a small graph that is handed each layer's weights."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np

from voicepack.runtime.contract import StartLayerTensor as Tensors
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.runtime.phones import FloatArray
from voicepack.targets.saturation import int8_saturates
from voicepack.targets.session import Array, Session

Store = Callable[[int, Array, Array], None]
NO_WEIGHTS = (
    Tensors.ROWS,
    Tensors.PARTS,
    Tensors.TOKEN_BIAS,
    Tensors.LAST,
    Tensors.LARGEST_CODE,
)
EIGHT_BITS, SEVEN_BITS = 127, 63
"""The largest codes of rows. Two products with 63 fit into 16 bits, for a weight's is at most 255,
two with 127 do not."""


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
        largest = SEVEN_BITS if int8_saturates() else EIGHT_BITS
        self._largest_code = np.array(largest, np.float32)
        taken = [spec for spec in inputs if spec.name not in NO_WEIGHTS]
        self._session = session
        self._weights = weights
        self._layers: list[dict[str, Array]] = [
            {spec.name: weights.array(Tensors.in_layer(layer, spec.name), spec) for spec in taken}
            for layer in range(num_layers)
        ]

    def run(self, rows: FloatArray, num_text: int, bias: FloatArray, store: Store) -> FloatArray:
        """Compute layer after layer, with the weights of one at a time in memory.

        Args:
            rows: float32, (S, width): embedded phones, then embedded prompt tokens.
            num_text: How many of them are phones.
            bias: float32, (S, S): which hide which, see `prefill_bias`.
            store: Receives each layer's number, keys and values: int8, (1, heads, S, head size).

        Returns:
            float32, (vocabulary,): logits after the last position.
        """
        parts = np.array([num_text, len(rows) - num_text], np.int64)
        last = len(self._layers) - 1
        outputs: dict[str, Array] = {Tensors.NEXT_ROWS: rows}
        for layer, weights in enumerate(self._layers):
            given = {
                Tensors.ROWS: outputs[Tensors.NEXT_ROWS],
                Tensors.PARTS: parts,
                Tensors.TOKEN_BIAS: bias[None, None, num_text:],
                Tensors.LAST: np.array(layer == last),
                Tensors.LARGEST_CODE: self._largest_code,
            }
            outputs = self._session.run(given | weights)
            self._weights.give_back()
            store(layer, outputs[Tensors.KEYS], outputs[Tensors.VALUES])
        logits: FloatArray = outputs[Tensors.LOGITS][0]
        return logits
