"""Attention of text2semantic, on-device flavour: the stateful one from older operators."""

from __future__ import annotations

import numpy as np

from voicepack.export.stateful_attention import StatefulAttention
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class OnDeviceAttention(StatefulAttention):
    """Attention by operators that TensorRT, and CUDA in every supported ONNX Runtime, can run.

    The cache is copied at each step, inside the GPU's memory: 59 MB at 300 positions of a full-size
    voice. Handed over by the host, half of that would take the slower way from its memory.
    """

    def attended(self, query: str, keys: str, values: str, layer: int) -> str:
        """Add softmax(query x keys + bias) x values; see `StatefulAttention.attended`."""
        op, at = self.builder.op, f"blocks.{layer}"
        scale = np.array(self.sizes.head_size**-0.5, np.float32)
        scaled = op("Mul", [query, self.builder.weight("attention_scale", scale)], f"{at}.scaled")
        turned = op("Transpose", [keys], f"{at}.keys_turned", perm=[0, 1, 3, 2])
        scores = op("MatMul", [scaled, turned], f"{at}.scores")
        biased = op("Add", [scores, Tensors.BIAS], f"{at}.biased_scores")
        weights = op("Softmax", [biased], f"{at}.attention_weights", axis=-1)
        return op("MatMul", [weights, values], f"{at}.heads")
