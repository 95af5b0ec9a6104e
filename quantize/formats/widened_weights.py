"""Weights that are stored rounded and widened in front of a multiplication.

Engines that fuse the two, as OpenVINO does, keep them rounded in memory and round activations too.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, helper

from voicepack.quantize.formats.block_weights import BlockWeights
from voicepack.quantize.formats.channel_rounding import LARGEST_STORED, round_channels
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import Linear


def widen_channels(editor: GraphEditor, linear: Linear) -> None:
    """Store a weight in 8 bits with a scale for each output, and widen it where it is read."""
    rounded = round_channels(editor.weight(linear.weight), axis=1, largest=LARGEST_STORED)
    codes = editor.add_weight(f"{linear.weight}.int8", rounded.codes.T)
    scales = editor.add_weight(f"{linear.weight}.scale", rounded.scales)
    wide = f"{linear.weight}.wide"
    node = helper.make_node("DequantizeLinear", [codes, scales], [wide], name=wide, axis=0)
    _multiply(editor, linear, node)


def widen_blocks(editor: GraphEditor, linear: Linear, weights: BlockWeights) -> None:
    """Store a weight in 4 or 8 bits with a scale for each block, and widen it where it is read."""
    name = f"{linear.weight}.int{weights.bits}"
    # The two's complement of a code minus the middle one.
    signed = (weights.codes ^ 2 ** (weights.bits - 1)).astype(np.uint8)
    if weights.bits == 4:
        codes = editor.add_tensor(_pack(name, signed & 15))
    else:
        codes = editor.add_weight(name, signed.view(np.int8))
    scales = editor.add_weight(f"{linear.weight}.scale", weights.scales)
    wide = f"{linear.weight}.wide"
    node = helper.make_node(
        "DequantizeLinear",
        [codes, scales],
        [wide],
        name=wide,
        axis=1,
        block_size=min(weights.block_size, weights.codes.shape[1]),
    )
    _multiply(editor, linear, node)


def _pack(name: str, nibbles: npt.NDArray[np.uint8]) -> TensorProto:
    """Put two 4-bit numbers into a byte, the first in its low half. Rows are of even length."""
    flat = nibbles.reshape(-1)
    tensor = TensorProto(name=name, data_type=TensorProto.INT4, dims=nibbles.shape)
    tensor.raw_data = (flat[0::2] | (flat[1::2] << 4)).tobytes()
    return tensor


def _multiply(editor: GraphEditor, linear: Linear, widening: onnx.NodeProto) -> None:
    """Multiply as before, by a weight that a node widens from (outputs, inputs)."""
    reading = helper.make_node(
        "Gemm",
        [linear.source, *widening.output, *filter(None, [linear.bias])],
        [linear.result],
        name=linear.result,
        transB=1,
    )
    editor.replace([linear.node], [widening, reading])
