"""Rewrites transposed convolutions as convolution and pixel shuffle, which is exact.

A transposed convolution with stride r makes r samples out of each frame. Each of the r has its own
taps of the kernel, so it is an ordinary convolution, and r of them are one with r times the
channels. Engines have INT8 kernels for that one only.

Source: Shi et al., "Is the deconvolution layer the same as a convolutional layer?", 2016.
"""

from __future__ import annotations

import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.runtime.phones import FloatArray


def shuffle_pixels(model: onnx.ModelProto) -> onnx.ModelProto:
    """Return the graph without transposed convolutions; their weights' names end in `.phases`.

    Args:
        model: Stays as it is. Its transposed convolutions are of height 1, in one group, not
            dilated, with a bias, and lengthen their input exactly `stride` times.
    """
    editor = GraphEditor(model)
    for node in list(editor.nodes()):
        if node.op_type == "ConvTranspose":
            editor.replace([node], _convolution_and_shuffle(editor, node))
    return editor.model()


def _convolution_and_shuffle(editor: GraphEditor, node: onnx.NodeProto) -> list[onnx.NodeProto]:
    attributes = {each.name: helper.get_attribute_value(each) for each in node.attribute}
    source, weight, bias = node.input
    rate, padding = attributes["strides"][1], attributes["pads"][1]
    kernel, before, after = interleaved_kernel(editor.weight(weight)[:, :, 0], rate, padding)
    num_outputs, num_inputs, num_shifts = kernel.shape[1:]
    folded = kernel.reshape(rate * num_outputs, num_inputs, 1, num_shifts)
    kernel_name = editor.add_weight(f"{weight}.phases", folded)
    bias_name = editor.add_weight(f"{bias}.phases", np.tile(editor.weight(bias), rate))
    split_shape = np.array([1, rate, num_outputs, -1], np.int64)
    woven_shape = np.array([1, num_outputs, 1, -1], np.int64)
    result = node.output[0]
    phases, split, woven = f"{result}.phases", f"{result}.split", f"{result}.woven"
    to_split = editor.add_weight(f"{split}.shape", split_shape)
    to_woven = editor.add_weight(f"{woven}.shape", woven_shape)
    return [
        helper.make_node(
            "Conv",
            [source, kernel_name, bias_name],
            [phases],
            name=phases,
            kernel_shape=[1, num_shifts],
            pads=[0, before, 0, after],
        ),
        helper.make_node("Reshape", [phases, to_split], [split], name=split),
        helper.make_node("Transpose", [split], [woven], name=woven, perm=[0, 2, 3, 1]),
        helper.make_node("Reshape", [woven, to_woven], [result], name=result),
    ]


def interleaved_kernel(kernel: FloatArray, rate: int, padding: int) -> tuple[FloatArray, int, int]:
    """Sort the taps of a transposed convolution by the sample of a frame that they reach.

    Output sample `rate * t + phase` gets from frame `t + shift` the tap at
    `phase + padding - rate * shift`, where the kernel has one.

    Args:
        kernel: float32, (inputs, outputs, taps).
        rate: Stride, at least 1.
        padding: Samples cut off at the start.

    Returns:
        float32, (rate, outputs, inputs, shifts), and the frames of padding before and after.
    """
    num_inputs, num_outputs, num_taps = kernel.shape
    first = -((num_taps - 1 - padding) // rate)
    last = (rate - 1 + padding) // rate
    sorted_taps = np.zeros((rate, num_outputs, num_inputs, last - first + 1), kernel.dtype)
    for phase in range(rate):
        for shift in range(first, last + 1):
            tap = phase + padding - rate * shift
            if 0 <= tap < num_taps:
                sorted_taps[phase, :, :, shift - first] = kernel[:, :, tap].T
    return sorted_taps, -first, last
