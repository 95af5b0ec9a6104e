"""Attention of text2semantic, stateful flavour: the engine makes keys and values a state."""

from __future__ import annotations

import numpy as np

from voicepack.export.text2semantic import Text2SemanticSizes
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class StatefulAttention:
    """Attention over the past keys and values with the new ones behind them, which it returns.

    Any engine could run the graph and would copy them at every step. One that makes them its state
    has an operator for just this: append in place, then attend.
    """

    def __init__(self, builder: GraphBuilder, sizes: Text2SemanticSizes) -> None:
        self.builder = builder
        self.sizes = sizes
        heads = np.array([1, -1, 3 * sizes.num_heads, sizes.head_size], np.int64)
        self._split_heads = builder.weight("split_heads", heads)
        self._join_heads = builder.weight("join_heads", np.array([-1, sizes.width], np.int64))
        self._thirds = builder.weight("thirds", np.full(3, sizes.num_heads, np.int64))

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer; see `Attention.attend`."""
        op, at = self.builder.op, f"blocks.{layer}"
        split = op("Reshape", [qkv, self._split_heads], f"{at}.qkv_heads")
        names = [f"{at}.query", f"{at}.key", f"{at}.value"]
        parts = self.builder.ops("Split", [split, self._thirds], names, axis=2)
        query, key, value = (self._heads_first(part) for part in parts)
        keys = self._append(Tensors.past_key(layer), key, Tensors.present_key(layer))
        values = self._append(Tensors.past_value(layer), value, Tensors.present_value(layer))
        attended = self.attended(query, keys, values, layer)
        by_position = op("Transpose", [attended], f"{at}.heads_last", perm=[0, 2, 1, 3])
        return op("Reshape", [by_position, self._join_heads], f"{at}.attention")

    def attended(self, query: str, keys: str, values: str, layer: int) -> str:
        """Add what looks at all keys; returns the name of a (1, H, S, D) tensor."""
        return self.builder.op(
            "Attention",
            [query, keys, values, Tensors.BIAS],
            f"blocks.{layer}.heads",
            scale=self.sizes.head_size**-0.5,
        )

    def finish(self) -> None:
        """Nothing remains to be done after the last layer."""

    def _heads_first(self, part: str) -> str:
        """Turn (1, S, H, D) into (1, H, S, D)."""
        return self.builder.op("Transpose", [part], f"{part}.heads", perm=[0, 2, 1, 3])

    def _append(self, past: str, new: str, present: str) -> str:
        heads, size = self.sizes.num_heads, self.sizes.head_size
        self.builder.input(past, [1, heads, "past", size])
        self.builder.op("Concat", [past, new], present, axis=2)
        self.builder.output(present, [1, heads, "total", size])
        return present
