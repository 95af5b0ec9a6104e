"""Matrix multiplication in INT8: weights per output channel, activations at each call."""

from __future__ import annotations

import onnx
from onnx import TensorProto, helper

from voicepack.quantize.formats.channel_rounding import LARGEST_STORED, round_channels
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import Linear


def use_dynamic_int8(editor: GraphEditor, linear: Linear) -> None:
    """Replace a multiplication by its INT8 form, in standard operators.

    ONNX Runtime fuses them into one DynamicQuantizeMatMul, so a graph that runs anywhere costs
    nothing. Weights are signed, activations unsigned: the fastest pair on x86 by far once there
    is more than one row. Where that pair would saturate (AVX2 and AVX-512 without VNNI), the
    engine adapter has ONNX Runtime turn the weights unsigned.
    """
    at, weight = linear.result, linear.weight
    rounded_weight = round_channels(editor.weight(weight), axis=1, largest=LARGEST_STORED)
    coded = editor.add_weight(f"{weight}.int8", rounded_weight.codes)
    scale = editor.add_weight(f"{weight}.scale", rounded_weight.scales)
    scaled = f"{at}.scaled" if linear.bias else at
    rounded = [f"{at}.rounded", f"{at}.step", f"{at}.zero"]
    nodes = [
        _node("DynamicQuantizeLinear", [linear.source], rounded),
        _node("MatMulInteger", [rounded[0], coded, rounded[2]], [f"{at}.integer"]),
        helper.make_node(
            "Cast", [f"{at}.integer"], [f"{at}.float"], name=f"{at}.float", to=TensorProto.FLOAT
        ),
        _node("Mul", [rounded[1], scale], [f"{at}.scales"]),
        _node("Mul", [f"{at}.float", f"{at}.scales"], [scaled]),
    ]
    if linear.bias:
        nodes.append(_node("Add", [scaled, linear.bias], [at]))
    editor.replace([linear.node], nodes)


def _node(kind: str, inputs: list[str], outputs: list[str]) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, outputs, name=outputs[0])
