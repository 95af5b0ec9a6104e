"""Attention of text2semantic, shared-buffer flavour: the engine keeps keys and values."""

from __future__ import annotations

from onnx import TensorProto

from voicepack.export.graph_builder import GraphBuilder
from voicepack.export.text2semantic import Text2SemanticSizes
from voicepack.quantize.graphs.graph_editor import CONTRIB
from voicepack.runtime.contract import Text2SemanticTensor as Tensors


class SharedBufferAttention:
    """Attention by GroupQueryAttention: the engine writes new keys and values into the cache."""

    def __init__(self, builder: GraphBuilder, sizes: Text2SemanticSizes) -> None:
        self._builder = builder
        self._sizes = sizes
        builder.input(Tensors.TOTAL_LENGTH, [], TensorProto.INT32)
        builder.input(Tensors.LAST_POSITION, [1], TensorProto.INT32)

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer; see `Attention.attend`."""
        cache: list[int | str] = [1, self._sizes.num_heads, "capacity", self._sizes.head_size]
        past = [
            self._builder.input(Tensors.past_key(layer), cache),
            self._builder.input(Tensors.past_value(layer), cache),
        ]
        present = [Tensors.present_key(layer), Tensors.present_value(layer)]
        lengths = [Tensors.LAST_POSITION, Tensors.TOTAL_LENGTH]
        name = f"blocks.{layer}.attention"
        # Queries, keys and values go in as one; the empty names are rotary tables and positions.
        attended, _, _ = self._builder.ops(
            "GroupQueryAttention",
            [qkv, "", "", *past, *lengths, "", "", "", Tensors.BIAS],
            [name, *present],
            domain=CONTRIB,
            num_heads=self._sizes.num_heads,
            kv_num_heads=self._sizes.num_heads,
            causal=0,  # phones see each other in both directions; the bias hides the rest
        )
        for output in present:
            self._builder.output(output, cache)
        return attended

    def finish(self) -> None:
        """Nothing remains to be done after the last layer."""
