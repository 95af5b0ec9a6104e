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


PRODUCT = helper.make_node("MatMul", ["x", "weight"], ["product"])
SUM = helper.make_node("Add", ["product", "bias"], ["y"])


def test_a_product_and_the_bias_behind_it_are_one() -> None:
    (found,) = find_linear(GraphEditor(model_of([PRODUCT, SUM], "y")))

    assert (found.source, found.weight, found.bias, found.result) == ("x", "weight", "bias", "y")
    assert len(found.nodes) == 2


def test_a_product_that_is_also_read_without_its_bias_stays_alone() -> None:
    (found,) = find_linear(GraphEditor(model_of([PRODUCT, SUM], "y", "product")))

    assert (found.bias, found.result) == ("", "product")


@pytest.mark.parametrize("second", ["stack", "x"])
def test_products_by_a_stack_or_by_a_computed_matrix_are_none(second: str) -> None:
    node = helper.make_node("MatMul", ["x", second], ["y"])

    assert not list(find_linear(GraphEditor(model_of([node], "y"))))


def test_replaced_nodes_stand_where_the_last_of_them_stood_and_unread_weights_go() -> None:
    after = helper.make_node("Relu", ["y"], ["z"])
    editor = GraphEditor(model_of([PRODUCT, SUM, after], "z"))
    scale = editor.add_weight("scale", np.ones(3, np.float32))

    editor.replace([PRODUCT, SUM], [helper.make_node("Mul", ["x", scale], ["y"])])
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
