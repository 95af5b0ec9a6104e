import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import find_linear

WEIGHTS = {
    "weight": np.ones((3, 2), np.float32),
    "bias": np.ones(2, np.float32),
    "stack": np.ones((2, 3, 2), np.float32),
    "flag": np.array(True),
    "spare": np.ones(2, np.float32),
}


def model_of(nodes: list[onnx.NodeProto], *outputs: str) -> onnx.ModelProto:
    graph = helper.make_graph(
        nodes,
        "test",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, ["rows", 3])],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT, ["rows", 2]) for name in outputs],
        [numpy_helper.from_array(array, name) for name, array in WEIGHTS.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)])


PRODUCT = helper.make_node("MatMul", ["x", "weight"], ["y"])
AFFINE = helper.make_node("Gemm", ["x", "weight", "bias"], ["y"])
TURNED = helper.make_node("Gemm", ["x", "weight", "bias"], ["y"], transB=1)


@pytest.mark.parametrize(("node", "bias"), [(PRODUCT, ""), (AFFINE, "bias")])
def test_a_product_is_found_with_the_bias_it_has(node: onnx.NodeProto, bias: str) -> None:
    (found,) = find_linear(GraphEditor(model_of([node], "y")))

    assert (found.source, found.weight, found.bias, found.result) == ("x", "weight", bias, "y")
    assert found.node == node


def test_a_product_by_a_turned_weight_is_none() -> None:
    assert not list(find_linear(GraphEditor(model_of([TURNED], "y"))))


@pytest.mark.parametrize("second", ["stack", "x"])
def test_products_by_a_stack_or_by_a_computed_matrix_are_none(second: str) -> None:
    node = helper.make_node("MatMul", ["x", second], ["y"])

    assert not list(find_linear(GraphEditor(model_of([node], "y"))))


def test_replaced_nodes_stand_where_the_last_of_them_stood_and_unread_weights_go() -> None:
    bias = helper.make_node("Add", ["y", "bias"], ["sum"])
    after = helper.make_node("Relu", ["sum"], ["z"])
    editor = GraphEditor(model_of([PRODUCT, bias, after], "z"))
    scale = editor.add_weight("scale", np.ones(3, np.float32))

    editor.replace([PRODUCT, bias], [helper.make_node("Mul", ["x", scale], ["sum"])])
    edited = editor.model()

    assert [node.op_type for node in edited.graph.node] == ["Mul", "Relu"]
    assert [each.name for each in edited.graph.initializer] == ["scale"]
    onnx.checker.check_model(edited)


def test_weights_that_only_a_branch_reads_are_kept() -> None:
    out = [helper.make_tensor_value_info("inner", TensorProto.FLOAT, None)]
    branch = [helper.make_node("Mul", ["spare", "spare"], ["inner"])]
    choice = helper.make_node(
        "If",
        ["flag"],
        ["y"],
        then_branch=helper.make_graph(branch, "then", [], out),
        else_branch=helper.make_graph(branch, "else", [], out),
    )

    edited = GraphEditor(model_of([choice], "y")).model()

    assert {each.name for each in edited.graph.initializer} == {"flag", "spare"}
