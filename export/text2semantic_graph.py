"""The ONNX graph of text2semantic, one for prefill and decode step, in every cache flavour.

Built node by node instead of traced: what decides the speed of a step is how keys and values are
kept, and a traced graph would return them whole. Names of weights are those of the torch module, so
quantization can speak of `blocks.3.fc1.weight`.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

import numpy as np
import onnx

from voicepack.export.on_device_attention import OnDeviceAttention
from voicepack.export.portable_attention import PortableAttention
from voicepack.export.shared_buffer_attention import SharedBufferAttention
from voicepack.export.stateful_attention import StatefulAttention
from voicepack.export.text2semantic import Text2Semantic, Text2SemanticSizes
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.targets.profile import KvCache

OPSET = 17
"""The first with LayerNormalization."""
STATEFUL_OPSET = 23
"""The first with Attention."""


class Attention(Protocol):
    """How one flavour of the graph attends, and where it keeps keys and values."""

    def attend(self, qkv: str, layer: int) -> str:
        """Add the attention of a layer.

        Args:
            qkv: Name of a (S, 3 * width) tensor: queries, keys and values of the new positions.
            layer: From 0.

        Returns:
            Name of a (S, width) tensor.
        """
        ...

    def finish(self) -> None:
        """Add what comes after the last layer."""
        ...


def text2semantic_graph(net: Text2Semantic, kv_cache: KvCache) -> onnx.ModelProto:
    """Build the graph described by `contract.Text2SemanticTensor`, in float32."""
    flavours: dict[KvCache, Callable[[GraphBuilder, Text2SemanticSizes], Attention]] = {
        KvCache.SHARED_BUFFER: SharedBufferAttention,
        KvCache.PORTABLE: PortableAttention,
        KvCache.STATEFUL: StatefulAttention,
        KvCache.ON_DEVICE: OnDeviceAttention,
    }
    opset = STATEFUL_OPSET if kv_cache is KvCache.STATEFUL else OPSET
    return build_graph(net, flavours[kv_cache], GraphBuilder("text2semantic", opset))


def build_graph(
    net: Text2Semantic,
    make_attention: Callable[[GraphBuilder, Text2SemanticSizes], Attention],
    builder: GraphBuilder,
) -> onnx.ModelProto:
    """Build the graph around a given kind of attention."""
    sizes = net.sizes
    hidden = builder.input(Tensors.HIDDEN, [1, "new", sizes.width])
    builder.input(Tensors.BIAS, [1, 1, "new", "total"])
    attention = make_attention(builder, sizes)
    _add_weights(builder, net)
    batch = builder.weight("batch_axis", np.array([0], np.int64))
    rows = builder.op("Squeeze", [hidden, batch], "rows")
    for layer in range(sizes.num_layers):
        attended = _attend(builder, attention, rows, layer)
        if layer == sizes.num_layers - 1:  # the others have served as keys and values
            rows, attended = _last(builder, rows), _last(builder, attended)
        rows = _mix(builder, rows, attended, layer)
    attention.finish()
    builder.linear(rows, Tensors.LOGITS, "head.weight")
    builder.output(Tensors.LOGITS, [1, sizes.vocabulary])
    return builder.model()


def _add_weights(builder: GraphBuilder, net: Text2Semantic) -> None:
    """Store the weights of layers and head; matrices as (inputs, outputs), as MatMul wants them."""
    for name, tensor in net.state_dict().items():
        if name.startswith(("blocks.", "head.")):
            array = tensor.numpy()
            builder.weight(name, array.T if array.ndim == 2 else array)


def _attend(builder: GraphBuilder, attention: Attention, rows: str, layer: int) -> str:
    """Add the first half of a layer, in which positions see each other."""
    at = f"blocks.{layer}"
    qkv = builder.linear(rows, f"{at}.qkv", f"{at}.qkv.weight", f"{at}.qkv.bias")
    return attention.attend(qkv, layer)


def _mix(builder: GraphBuilder, rows: str, attended: str, layer: int) -> str:
    """Add the second half of a post-norm layer, in which each position is alone."""
    at = f"blocks.{layer}"
    mixed = builder.linear(attended, f"{at}.out", f"{at}.out.weight", f"{at}.out.bias")
    rows = _add_and_norm(builder, rows, mixed, f"{at}.attention_norm")
    expanded = builder.linear(rows, f"{at}.fc1", f"{at}.fc1.weight", f"{at}.fc1.bias")
    active = builder.op("Relu", [expanded], f"{at}.relu")
    reduced = builder.linear(active, f"{at}.fc2", f"{at}.fc2.weight", f"{at}.fc2.bias")
    return _add_and_norm(builder, rows, reduced, f"{at}.feed_forward_norm")


def _add_and_norm(builder: GraphBuilder, residual: str, update: str, name: str) -> str:
    total = builder.op("Add", [residual, update], f"{name}.sum")
    parameters = [f"{name}.weight", f"{name}.bias"]
    return builder.op("LayerNormalization", [total, *parameters], name, epsilon=1e-5, axis=-1)


def _last(builder: GraphBuilder, rows: str) -> str:
    """Pick the position whose logits are wanted."""
    index = builder.weight(Tensors.LAST_INDEX, np.array([-1], np.int64))
    return builder.op("Gather", [rows, index], f"{rows}.last", axis=0)
