"""The baseline: what peers export, keys and values concatenated and returned whole."""

from __future__ import annotations

import numpy as np

from voicepack.export.text2semantic import Text2SemanticSizes
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class NaiveBuilder(GraphBuilder):
    """Writes a linear layer as torch's exporter does for a batch: a product and an addition."""

    def linear(self, rows: str, name: str, weight: str, bias: str | None = None) -> str:
        """Multiply by a weight, then add a bias; see `GraphBuilder.linear`."""
        product = self.op("MatMul", [rows, weight], name if bias is None else f"{name}.matmul")
        return product if bias is None else self.op("Add", [product, bias], name)


class NaiveAttention:
    """Takes (T, width) keys and values of a layer, returns them with the new ones appended."""

    def __init__(self, builder: GraphBuilder, sizes: Text2SemanticSizes) -> None:
        self._builder = builder
        self._sizes = sizes
        heads = np.array([1, -1, sizes.num_heads, sizes.head_size], np.int64)
        self._split_heads = builder.weight("split_heads", heads)
        self._join_heads = builder.weight("join_heads", np.array([-1, sizes.width], np.int64))
        self._scale = builder.weight("scale", np.array(sizes.head_size**-0.5, np.float32))

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer; see `Attention.attend`."""
        op, at = self._builder.op, f"blocks.{layer}"
        parts = [f"{at}.query", f"{at}.new_key", f"{at}.new_value"]
        query, key, value = self._builder.ops("Split", [qkv], parts, axis=1)
        key = self._append(Tensors.past_key(layer), key, Tensors.present_key(layer))
        value = self._append(Tensors.past_value(layer), value, Tensors.present_value(layer))
        query = op("Mul", [self._heads(query, [0, 2, 1, 3]), self._scale], f"{at}.scaled")
        scores = op("MatMul", [query, self._heads(key, [0, 2, 3, 1])], f"{at}.scores")
        biased = op("Add", [scores, Tensors.BIAS], f"{at}.biased")
        weights = op("Softmax", [biased], f"{at}.weights", axis=-1)
        attended = op("MatMul", [weights, self._heads(value, [0, 2, 1, 3])], f"{at}.attended")
        last = op("Transpose", [attended], f"{at}.heads_last", perm=[0, 2, 1, 3])
        return op("Reshape", [last, self._join_heads], f"{at}.attention")

    def finish(self) -> None:
        """Nothing remains to be done after the last layer."""

    def _append(self, past: str, new: str, present: str) -> str:
        self._builder.input(past, ["past", self._sizes.width])
        self._builder.op("Concat", [past, new], present, axis=0)
        self._builder.output(present, ["total", self._sizes.width])
        return present

    def _heads(self, source: str, order: list[int]) -> str:
        heads = self._builder.op("Reshape", [source, self._split_heads], f"{source}.heads")
        return self._builder.op("Transpose", [heads], f"{source}.by_head", perm=order)
