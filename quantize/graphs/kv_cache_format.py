"""Turns the key/value cache of a shared-buffer text2semantic graph into INT8."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import onnx
from onnx import TensorProto, helper

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.graphs.graph_editor import CONTRIB, GraphEditor
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.phones import FloatArray

LARGEST = 127
HEADROOM = 1.5
"""Over the largest magnitude on calibration data. A key that is cut off costs far more than a
coarser step: after two sentences of calibration, KL 6e-3 without headroom and 1e-4 with it."""


@dataclass(frozen=True)
class CacheRange:
    """The largest magnitudes of a layer's keys and values, float32, (heads, head_size)."""

    keys: FloatArray
    values: FloatArray


def use_int8_cache(model: onnx.ModelProto, ranges: Mapping[int, CacheRange]) -> onnx.ModelProto:
    """Return the graph with an INT8 cache, one scale for each channel of each head.

    GroupQueryAttention is three to four times slower on an INT8 cache than on its own float32
    input when there are many rows at once. So each layer gets a branch: while nothing is cached,
    it attends in float32 and returns the rounded new keys and values, which the host stores;
    after that it attends over the cache and writes it in place.

    Args:
        model: Shared-buffer flavour with a float32 cache; stays as it is.
        ranges: Layer -> what was seen on calibration data.

    Raises:
        RecipeError: A layer was not calibrated.
    """
    editor = GraphEditor(model)
    layers = [node for node in editor.nodes() if node.op_type == "GroupQueryAttention"]
    if len(ranges) != len(layers):
        raise RecipeError(
            f"an int8 key/value cache needs calibrated ranges of all {len(layers)} layers, found "
            f"{len(ranges)}. Give calibration sentences, or set kv_cache to fp32."
        )
    for layer, attention in enumerate(layers):
        _branch(editor, attention, ranges[layer])
    names = (Tensors.past_key, Tensors.past_value, Tensors.present_key, Tensors.present_value)
    every_cache = [name(layer) for layer in range(len(layers)) for name in names]
    editor.retype(every_cache, TensorProto.INT8)
    editor.prepend(_starts(editor))
    return editor.model()


def _starts(editor: GraphEditor) -> list[onnx.NodeProto]:
    """Compute whether nothing is cached yet: all positions there are, are new."""
    axis = editor.add_weight("length_axis", np.array(1, np.int64))
    return [
        helper.make_node("Shape", [Tensors.HIDDEN], ["hidden_shape"]),
        helper.make_node("Gather", ["hidden_shape", axis], ["num_new"]),
        helper.make_node("Cast", ["num_new"], ["num_new_int32"], to=TensorProto.INT32),
        helper.make_node("Equal", ["num_new_int32", Tensors.TOTAL_LENGTH], ["starts"]),
    ]


def _branch(editor: GraphEditor, attention: onnx.NodeProto, ranges: CacheRange) -> None:
    choice = helper.make_node(
        "If",
        ["starts"],
        list(attention.output),
        name=attention.name,
        then_branch=_start(editor, attention, ranges),
        else_branch=_step(editor, attention, ranges),
    )
    editor.replace([attention], [choice])


def _start(editor: GraphEditor, attention: onnx.NodeProto, ranges: CacheRange) -> onnx.GraphProto:
    """Attend among the new positions in float32; round their keys and values for the cache."""
    at = f"{attention.name}.start"
    inputs = list(attention.input)
    inputs[3:5] = ["", ""]  # no past
    results = [at, f"{at}.key", f"{at}.value"]
    nodes = [_attention(attention, inputs, results)]
    for name, largest in ((results[1], ranges.keys), (results[2], ranges.values)):
        nodes += _rounding(editor, name, np.reciprocal(_scales(largest)))
    return _graph("start", nodes, [at, f"{at}.key.int8", f"{at}.value.int8"])


def _rounding(editor: GraphEditor, name: str, factors: FloatArray) -> list[onnx.NodeProto]:
    """Round as the engine does for later positions.

    QuantizeLinear knows scales along one axis only, so heads and channels are scaled before it.
    """
    factor = editor.add_weight(f"{name}.factor", factors[None, :, None, :])
    one = editor.add_weight("step_of_one", np.array(1, np.float32))
    zero = editor.add_weight("int8_zero", np.array(0, np.int8))
    return [
        helper.make_node("Mul", [name, factor], [f"{name}.steps"], name=f"{name}.steps"),
        helper.make_node(
            "QuantizeLinear", [f"{name}.steps", one, zero], [f"{name}.int8"], name=f"{name}.int8"
        ),
    ]


def _step(editor: GraphEditor, attention: onnx.NodeProto, ranges: CacheRange) -> onnx.GraphProto:
    """Attend over the cache, which the engine rounds and writes in place."""
    at = f"{attention.name}.step"
    results = [at, f"{at}.key", f"{at}.value"]
    scales = [
        editor.add_weight(f"{name}.scale", _scales(largest).reshape(-1))
        for name, largest in ((results[1], ranges.keys), (results[2], ranges.values))
    ]
    node = _attention(attention, [*attention.input, "", *scales], results)
    for name, value in (
        ("k_quant_type", "PER_CHANNEL"),
        ("v_quant_type", "PER_CHANNEL"),
        ("kv_cache_bit_width", 8),
    ):
        node.attribute.append(helper.make_attribute(name, value))
    return _graph("step", [node], results)


def _attention(like: onnx.NodeProto, inputs: list[str], outputs: list[str]) -> onnx.NodeProto:
    node = helper.make_node(like.op_type, inputs, outputs, name=outputs[0], domain=CONTRIB)
    node.attribute.extend(like.attribute)
    return node


def _graph(name: str, nodes: list[onnx.NodeProto], outputs: list[str]) -> onnx.GraphProto:
    kinds = (TensorProto.FLOAT, TensorProto.INT8, TensorProto.INT8)
    return helper.make_graph(
        nodes,
        name,
        [],
        [
            helper.make_tensor_value_info(output, kind, None)
            for output, kind in zip(outputs, kinds, strict=True)
        ],
    )


def _scales(largest: FloatArray) -> FloatArray:
    scales: FloatArray = np.maximum(largest * (HEADROOM / LARGEST), np.finfo(np.float32).tiny)
    return scales.astype(np.float32)
