"""Attention of text2semantic, shared-buffer flavour: the engine keeps keys and values."""

from __future__ import annotations

import numpy as np
import onnx
from onnx import TensorProto, helper

from voicepack.export.text2semantic import Text2SemanticSizes
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.quantize.graphs.graph_editor import CONTRIB
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class SharedBufferAttention:
    """Attention by GroupQueryAttention: the engine writes new keys and values into the cache.

    Each layer has a branch. What starts a sentence is told by the bias who sees whom. A later
    position sees all before it, as in any causal net, and for those the engine has kernels that
    take a third less time.
    """

    def __init__(self, builder: GraphBuilder, sizes: Text2SemanticSizes) -> None:
        self._builder = builder
        self._sizes = sizes
        builder.input(Tensors.TOTAL_LENGTH, [], TensorProto.INT32)
        builder.input(Tensors.LAST_POSITION, [1], TensorProto.INT32)
        self._batch = builder.weight("batch_axis", np.array([0], np.int64))
        self._starts = self._nothing_is_cached()

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer; see `Attention.attend`."""
        cache: list[int | str] = [1, self._sizes.num_heads, "capacity", self._sizes.head_size]
        past = [
            self._builder.input(Tensors.past_key(layer), cache),
            self._builder.input(Tensors.past_value(layer), cache),
        ]
        present = [Tensors.present_key(layer), Tensors.present_value(layer)]
        at = f"blocks.{layer}.attention"
        batch = self._builder.op("Unsqueeze", [qkv, self._batch], f"{qkv}.batch")
        self._builder.ops(
            "If",
            [self._starts],
            [at, *present],
            then_branch=self._branch(f"{at}.start", batch, past, Tensors.BIAS),
            else_branch=self._branch(f"{at}.step", batch, past, ""),
        )
        for output in present:
            self._builder.output(output, cache)
        return self._builder.op("Squeeze", [at, self._batch], f"{at}.rows")

    def finish(self) -> None:
        """Nothing remains to be done after the last layer."""

    def _nothing_is_cached(self) -> str:
        """Compare the new positions with those there are."""
        op = self._builder.op
        axis = self._builder.weight("length_axis", np.array(1, np.int64))
        shape = op("Shape", [Tensors.HIDDEN], "hidden_shape")
        num_new = op("Gather", [shape, axis], "num_new")
        num_new = op("Cast", [num_new], "num_new.int32", to=TensorProto.INT32)
        return op("Equal", [num_new, Tensors.TOTAL_LENGTH], "starts")

    def _branch(self, at: str, qkv: str, past: list[str], bias: str) -> onnx.GraphProto:
        outputs = [at, f"{at}.key", f"{at}.value"]
        # Queries, keys and values go in as one; the empty names are rotary tables and positions.
        lengths = [Tensors.LAST_POSITION, Tensors.TOTAL_LENGTH]
        node = helper.make_node(
            "GroupQueryAttention",
            [qkv, "", "", *past, *lengths, "", "", "", bias],
            outputs,
            name=at,
            domain=CONTRIB,
            num_heads=self._sizes.num_heads,
            kv_num_heads=self._sizes.num_heads,
            causal=0 if bias else 1,
        )
        values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in outputs]
        return helper.make_graph([node], at, [], values)
