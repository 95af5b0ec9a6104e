"""Attention of text2semantic, portable flavour: standard operators, the host keeps the cache."""

from __future__ import annotations

import numpy as np

from voicepack.export.text2semantic import Text2SemanticSizes
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class PortableAttention:
    """Attention by standard operators over the host's cache and the new keys and values.

    The cache is never concatenated with what is new, which would copy it: scores are computed
    against each and only the scores are joined.
    """

    def __init__(self, builder: GraphBuilder, sizes: Text2SemanticSizes) -> None:
        self._builder = builder
        self._sizes = sizes
        self._new_keys: list[str] = []
        self._new_values: list[str] = []
        scale = np.array(sizes.head_size**-0.5, np.float32)
        self._scale = builder.weight("attention_scale", scale)
        heads = np.array([1, -1, 3, sizes.num_heads, sizes.head_size], np.int64)
        self._split_heads = builder.weight("split_heads", heads)
        self._join_heads = builder.weight("join_heads", np.array([-1, sizes.width], np.int64))
        self._split = ""

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer; see `Attention.attend`."""
        query, key, value = self._heads(qkv, layer)
        heads, size = self._sizes.num_heads, self._sizes.head_size
        op, at = self._builder.op, f"blocks.{layer}"
        past_key = self._builder.input(Tensors.past_key(layer), [1, heads, "capacity", size])
        past_value = self._builder.input(Tensors.past_value(layer), [1, heads, "capacity", size])
        split = self._split_sizes(past_value, value)
        # Keys on the left: with one query that is a matrix times a vector, twice as fast here as a
        # vector times a transposed matrix, and keys lie in memory as values do.
        past_scores = op("MatMul", [past_key, query], f"{at}.past_scores")
        new_scores = op("MatMul", [key, query], f"{at}.new_scores")
        by_key = op("Concat", [past_scores, new_scores], f"{at}.scores_by_key", axis=2)
        scores = op("Transpose", [by_key], f"{at}.scores", perm=[0, 1, 3, 2])
        biased = op("Add", [scores, Tensors.BIAS], f"{at}.biased_scores")
        weights = op("Softmax", [biased], f"{at}.attention_weights", axis=-1)
        parts = [f"{at}.past_weights", f"{at}.new_weights"]
        past_weights, new_weights = self._builder.ops("Split", [weights, split], parts, axis=-1)
        past_sum = op("MatMul", [past_weights, past_value], f"{at}.past_sum")
        new_sum = op("MatMul", [new_weights, value], f"{at}.new_sum")
        attended = op("Add", [past_sum, new_sum], f"{at}.heads")
        by_position = op("Transpose", [attended], f"{at}.heads_last", perm=[0, 2, 1, 3])
        return op("Reshape", [by_position, self._join_heads], f"{at}.attention")

    def finish(self) -> None:
        """Return the new keys and values of all layers as two tensors: two copies to the host."""
        layers, heads = self._sizes.num_layers, self._sizes.num_heads
        size = self._sizes.head_size
        self._builder.op("Concat", self._new_keys, Tensors.NEW_KEYS, axis=0)
        self._builder.op("Concat", self._new_values, Tensors.NEW_VALUES, axis=0)
        self._builder.output(Tensors.NEW_KEYS, [layers, heads, "new", size])
        self._builder.output(Tensors.NEW_VALUES, [layers, heads, "new", size])

    def _heads(self, qkv: str, layer: int) -> tuple[str, str, str]:
        """Split into scaled queries (1, H, D, S), and keys and values (1, H, S, D)."""
        op, at = self._builder.op, f"blocks.{layer}"
        heads = op("Reshape", [qkv, self._split_heads], f"{at}.qkv_heads")
        parts = [f"{at}.query_part", f"{at}.key_part", f"{at}.value_part"]
        thirds = self._builder.weight("thirds", np.ones(3, np.int64))
        query, key, value = self._builder.ops("Split", [heads, thirds], parts, axis=2)
        axis = self._builder.weight("part_axis", np.array([2], np.int64))
        query, key, value = (
            op("Squeeze", [part, axis], f"{part}.flat") for part in (query, key, value)
        )
        query = op("Mul", [query, self._scale], f"{at}.scaled_query")
        query = op("Transpose", [query], f"{at}.query", perm=[0, 2, 3, 1])
        key = op("Transpose", [key], f"{at}.key", perm=[0, 2, 1, 3])
        value = op("Transpose", [value], f"{at}.value", perm=[0, 2, 1, 3])
        self._new_keys.append(key)
        self._new_values.append(value)
        return query, key, value

    def _split_sizes(self, past_value: str, value: str) -> str:
        """Compute [capacity, new] once; every layer splits its attention weights alike."""
        if not self._split:
            axis = self._builder.weight("length_axis", np.array([2], np.int64))
            lengths = []
            for source, name in ((past_value, "capacity"), (value, "new")):
                shape = self._builder.op("Shape", [source], f"{name}_shape")
                lengths.append(self._builder.op("Gather", [shape, axis], f"{name}_length"))
            self._split = self._builder.op("Concat", lengths, "split_sizes", axis=0)
        return self._split
