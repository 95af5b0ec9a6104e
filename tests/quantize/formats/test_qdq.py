import numpy as np
import onnx
import pytest
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from voicepack.quantize.calibration.ranges import Range
from voicepack.quantize.formats.qdq import insert_qdq, tensors_around

RANGES = {"x": Range(0.0, 2.55), "conv": Range(-1.27, 1.28)}
"""Scales of 0.01 each."""


def shortcut_model(weight: float, bias: float) -> onnx.ModelProto:
    """y = x + (weight * x + bias), one channel."""
    nodes = [
        helper.make_node("Conv", ["x", "w", "b"], ["conv"], name="conv", kernel_shape=[1]),
        helper.make_node("Add", ["x", "conv"], ["y"], name="y"),
    ]
    values = [helper.make_tensor_value_info(name, 1, [1, 1, "n"]) for name in ("x", "y")]
    graph = helper.make_graph(
        nodes,
        "shortcut",
        values[:1],
        values[1:],
        [
            numpy_helper.from_array(np.full((1, 1, 1), weight, np.float32), "w"),
            numpy_helper.from_array(np.full(1, bias, np.float32), "b"),
        ],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 19)], ir_version=9)


def shortcut_of(model: onnx.ModelProto, x: float) -> float:
    (y,) = ReferenceEvaluator(model).run(None, {"x": np.full((1, 1, 1), x, np.float32)})
    return float(np.asarray(y).item())


def test_ranges_are_needed_for_what_chosen_nodes_read_and_make_but_not_for_weights() -> None:
    assert tensors_around(shortcut_model(1.0, 0.0), {"conv"}) == ["x", "conv"]
    assert tensors_around(shortcut_model(1.0, 0.0), {"y"}) == ["x", "conv", "y"]


def test_the_result_is_what_rounding_by_hand_gives() -> None:
    # The weight 0.5 is 63 steps. x = 0.504 becomes 0.50, so the product and the bias of 0.123 make
    # 0.373, which becomes 0.37. The shortcut adds x itself.
    model = insert_qdq(shortcut_model(0.5, 0.123), {"conv"}, RANGES)

    found = shortcut_of(model, 0.504)

    assert found == pytest.approx(0.504 + 0.37, abs=1e-6)


def test_who_is_not_chosen_reads_the_exact_tensor_unless_a_chosen_node_made_it() -> None:
    model = insert_qdq(shortcut_model(0.5, 0.0), {"conv"}, RANGES)

    addition = next(node for node in model.graph.node if node.name == "y")
    assert list(addition.input) == ["x", "conv.rounded"]


def test_a_bias_far_larger_than_its_weights_is_kept() -> None:
    model = insert_qdq(shortcut_model(1e-12, 1.0), {"conv"}, RANGES)

    found = shortcut_of(model, 0.0)

    assert found == pytest.approx(1.0, abs=0.005)  # half a step
