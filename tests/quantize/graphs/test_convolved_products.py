"""A feed-forward layer, whose second product has more inputs than outputs."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.convolved_products import (
    convolve_products,
    has_convolutions,
    multiply_again,
)
from voicepack.runtime.phones import FloatArray

RANDOM = np.random.default_rng(0)
SHAPES = {"fc1.weight": (16, 64), "fc1.bias": (64,), "fc2.weight": (64, 16), "fc2.bias": (16,)}
WEIGHTS = {name: RANDOM.standard_normal(shape).astype(np.float32) for name, shape in SHAPES.items()}


def layer() -> onnx.ModelProto:
    nodes = [
        helper.make_node("Gemm", ["x", "fc1.weight", "fc1.bias"], ["fc1"], name="fc1"),
        helper.make_node("Relu", ["fc1"], ["active"], name="active"),
        helper.make_node("Gemm", ["active", "fc2.weight", "fc2.bias"], ["y"], name="y"),
    ]
    graph = helper.make_graph(
        nodes,
        "layer",
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
    first, first_bias, second, second_bias = WEIGHTS.values()
    result: FloatArray = np.maximum(rows @ first + first_bias, 0) @ second + second_bias
    return result


def kinds(model: onnx.ModelProto) -> Counter[str]:
    return Counter(node.op_type for node in model.graph.node)


@pytest.mark.parametrize("num_rows", [1, 5])
def test_the_convolution_gives_what_the_product_gives(num_rows: int) -> None:
    rows = RANDOM.standard_normal((num_rows, 16)).astype(np.float32)

    convolved = convolve_products(layer())

    assert (kinds(convolved)["Gemm"], kinds(convolved)["Conv"]) == (1, 1)
    np.testing.assert_allclose(run(convolved, rows), by_hand(rows), rtol=1e-4, atol=1e-4)


def test_weights_keep_their_names() -> None:
    convolved = convolve_products(layer())

    shapes = {each.name: tuple(each.dims) for each in convolved.graph.initializer}
    assert shapes == SHAPES | {"fc2.weight": (16, 64, 1, 1), "pixel_axes": (2,)}


def test_the_way_back_leads_to_the_same_products_and_weights() -> None:
    back = multiply_again(convolve_products(layer()))

    assert [(node.op_type, node.input, node.output) for node in back.graph.node] == [
        (node.op_type, node.input, node.output) for node in layer().graph.node
    ]
    found = {each.name: numpy_helper.to_array(each) for each in back.graph.initializer}
    assert found.keys() == WEIGHTS.keys()
    assert all(np.array_equal(found[name], array) for name, array in WEIGHTS.items())


def test_convolutions_are_told_from_products() -> None:
    assert has_convolutions(convolve_products(layer()))
    assert not has_convolutions(layer())
    assert kinds(multiply_again(layer())) == kinds(layer())


def test_a_weight_stored_in_half_precision_is_turned_as_it_is() -> None:
    rows = RANDOM.standard_normal((3, 16)).astype(np.float32)
    halved = store_as_half(layer(), {"fc2.weight"})

    convolved = convolve_products(halved)

    assert kinds(convolved) == kinds(convolve_products(layer())) + Counter(["Cast"])
    shapes = {each.name: tuple(each.dims) for each in convolved.graph.initializer}
    assert shapes["fc2.weight.half"] == (16, 64, 1, 1)
    np.testing.assert_allclose(run(convolved, rows), run(halved, rows), rtol=1e-4, atol=1e-4)
