"""Weights that are stored rounded multiply as what they stand for."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper, numpy_helper

from voicepack.quantize.formats.block_weights import round_blocks
from voicepack.quantize.formats.channel_rounding import round_channels
from voicepack.quantize.formats.widened_weights import widen_blocks, widen_channels
from voicepack.quantize.graphs.graph import load_graph, save_graph
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import find_linear

RANDOM = np.random.default_rng(0)
WEIGHT = RANDOM.standard_normal((64, 6)).astype(np.float32)
X = RANDOM.standard_normal((3, 64)).astype(np.float32)


def product_model() -> onnx.ModelProto:
    graph = helper.make_graph(
        [helper.make_node("MatMul", ["x", "weight"], ["y"])],
        "product",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [None, 64])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [None, 6])],
        [numpy_helper.from_array(WEIGHT, "weight")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 21)], ir_version=10)


def product(model: onnx.ModelProto) -> np.ndarray:
    options = ort.SessionOptions()
    # Fused, the nodes round activations too.
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(
        model.SerializeToString(), options, providers=["CPUExecutionProvider"]
    )
    return np.asarray(session.run(None, {"x": X})[0])


def test_a_scale_for_each_output() -> None:
    editor = GraphEditor(product_model())
    (linear,) = find_linear(editor)

    widen_channels(editor, linear)

    rounded = round_channels(WEIGHT, axis=1, largest=127)
    expected = X @ (rounded.codes * rounded.scales)
    np.testing.assert_allclose(product(editor.model()), expected, rtol=1e-4, atol=1e-4)


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("block_size", [16, 32, 128])
def test_a_scale_for_each_block(bits: int, block_size: int) -> None:
    editor = GraphEditor(product_model())
    (linear,) = find_linear(editor)
    rounded = round_blocks(WEIGHT, bits, block_size)

    widen_blocks(editor, linear, rounded)

    expected = X @ rounded.dequantized()
    np.testing.assert_allclose(product(editor.model()), expected, rtol=1e-4, atol=1e-4)


def test_4_bits_take_half_a_byte_on_disk_and_come_back(tmp_path: Path) -> None:
    editor = GraphEditor(product_model())
    (linear,) = find_linear(editor)
    widen_blocks(editor, linear, round_blocks(WEIGHT, 4, 16))
    model = editor.model()
    path = tmp_path / "product.onnx"

    save_graph(model, path)

    (codes,) = [each for each in load_graph(path).graph.initializer if "int4" in each.name]
    assert len(codes.raw_data) == WEIGHT.size / 2
    np.testing.assert_array_equal(product(load_graph(path)), product(model))
