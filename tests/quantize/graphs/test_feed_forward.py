"""Feed-forward layers, of which a small net has two."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.feed_forward import (
    convolve_feed_forward,
    is_convolved,
    multiply_feed_forward,
)
from voicepack.runtime.phones import FloatArray

RANDOM = np.random.default_rng(0)
SHAPES = {"fc1.weight": (16, 64), "fc1.bias": (64,), "fc2.weight": (64, 16), "fc2.bias": (16,)}
WEIGHTS = {
    f"{layer}.{name}": RANDOM.standard_normal(shape).astype(np.float32)
    for layer in (0, 1)
    for name, shape in SHAPES.items()
}


def net() -> onnx.ModelProto:
    """Two layers, the second of which reads the first."""
    nodes = []
    for layer, (source, result) in enumerate((("x", "middle"), ("middle", "y"))):
        names = [f"{layer}.{name}" for name in SHAPES]
        nodes += [
            helper.make_node("Gemm", [source, *names[:2]], [f"{layer}.fc1"], name=f"{layer}.fc1"),
            helper.make_node("Relu", [f"{layer}.fc1"], [f"{layer}.relu"], name=f"{layer}.relu"),
            helper.make_node("Gemm", [f"{layer}.relu", *names[2:]], [result], name=f"{layer}.fc2"),
        ]
    graph = helper.make_graph(
        nodes,
        "net",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 16])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, ["rows", 16])],
        [numpy_helper.from_array(array, name) for name, array in WEIGHTS.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=10)


def run(model: onnx.ModelProto, rows: FloatArray) -> FloatArray:
    onnx.checker.check_model(model, full_check=True)
    (result,) = ReferenceEvaluator(model).run(None, {"x": rows})
    assert isinstance(result, np.ndarray)
    return result


def by_hand(rows: FloatArray) -> FloatArray:
    for layer in (0, 1):
        first, first_bias, second, second_bias = (WEIGHTS[f"{layer}.{name}"] for name in SHAPES)
        rows = np.maximum(rows @ first + first_bias, 0) @ second + second_bias
    return rows


def kinds(model: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


@pytest.mark.parametrize("num_rows", [1, 5])
def test_convolutions_give_what_the_products_give(num_rows: int) -> None:
    rows = RANDOM.standard_normal((num_rows, 16)).astype(np.float32)

    convolved = convolve_feed_forward(net())

    assert kinds(convolved)["Conv"] == 4
    assert kinds(convolved)["Gemm"] == 0
    np.testing.assert_allclose(run(convolved, rows), by_hand(rows), rtol=1e-4, atol=1e-3)


def test_the_way_back_leads_to_the_same_products_and_weights() -> None:
    back = multiply_feed_forward(convolve_feed_forward(net()))

    rows = RANDOM.standard_normal((3, 16)).astype(np.float32)
    assert kinds(back) == kinds(net())
    found = {each.name: numpy_helper.to_array(each) for each in back.graph.initializer}
    assert found.keys() == WEIGHTS.keys()
    assert all((found[name] == array).all() for name, array in WEIGHTS.items())
    np.testing.assert_allclose(run(back, rows), by_hand(rows), rtol=1e-4, atol=1e-3)


def test_only_convolutions_are_told_from_products() -> None:
    assert is_convolved(convolve_feed_forward(net()))
    assert not is_convolved(net())
    assert kinds(multiply_feed_forward(net())) == kinds(net())


def test_a_layer_with_a_weight_in_half_precision_stays_as_it_is() -> None:
    halved = store_as_half(net(), {"1.fc2.weight"})

    convolved = convolve_feed_forward(halved)

    assert kinds(convolved)["Gemm"] == kinds(convolved)["Conv"] == 2
