from pathlib import Path

import numpy as np
import onnx
import pytest

from voicepack.quantize.errors import GraphError
from voicepack.quantize.graphs.graph import (
    ALIGNMENT,
    GraphSpec,
    Tensors,
    check_graph,
    check_interface,
    load_graph,
    relative_error,
    save_graph,
    weights_path,
)
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.manifest import TensorSpec
from voicepack.targets.errors import TargetError

WEIGHT = np.random.default_rng(0).standard_normal((20, 30)).astype(np.float32)
SPEC = GraphSpec(
    role=GraphRole.VOCODER,
    inputs=(TensorSpec("x", "float32", ("rows", 20)),),
    outputs=(TensorSpec("y", "float32", ("rows", 30)),),
)
EXAMPLES: list[Tensors] = [{"x": np.ones((rows, 20), np.float32)} for rows in (1, 3)]


def affine_model() -> onnx.ModelProto:
    node = onnx.helper.make_node("Gemm", ["x", "weight", "bias"], ["y"])
    node.metadata_props.add(key="source", value="/home/someone/model.py")
    graph = onnx.helper.make_graph(
        [node],
        "affine",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["rows", 20])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["rows", 30])],
        [
            onnx.numpy_helper.from_array(np.ones(30, np.float32), "bias"),
            onnx.numpy_helper.from_array(WEIGHT, "weight"),
            onnx.numpy_helper.from_array(WEIGHT + 1, "unused"),
        ],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])


def affine(inputs: Tensors) -> Tensors:
    return {"y": inputs["x"] @ WEIGHT + 1}


@pytest.fixture
def saved(tmp_path: Path) -> Path:
    path = tmp_path / "affine.onnx"
    save_graph(affine_model(), path)
    return path


def test_a_saved_graph_reads_back_with_the_same_weights(saved: Path) -> None:
    read = {tensor.name: tensor for tensor in onnx.load(saved).graph.initializer}

    np.testing.assert_array_equal(onnx.numpy_helper.to_array(read["weight"]), WEIGHT)
    np.testing.assert_array_equal(onnx.numpy_helper.to_array(read["unused"]), WEIGHT + 1)


def test_a_graph_is_loaded_as_it_was_saved_even_from_weights_that_two_packs_share(
    saved: Path,
) -> None:
    (saved.parent / "shared.data").hardlink_to(weights_path(saved))

    read = {tensor.name: tensor for tensor in load_graph(saved).graph.initializer}

    expected = {tensor.name: tensor for tensor in affine_model().graph.initializer}
    assert read.keys() == expected.keys()
    for name, tensor in expected.items():
        np.testing.assert_array_equal(
            onnx.numpy_helper.to_array(read[name]), onnx.numpy_helper.to_array(tensor)
        )


def test_large_weights_lie_aligned_in_the_data_file_and_small_ones_in_the_graph(
    saved: Path,
) -> None:
    initializers = onnx.load(saved, load_external_data=False).graph.initializer
    places = {
        tensor.name: {entry.key: entry.value for entry in tensor.external_data}
        for tensor in initializers
    }

    assert places["bias"] == {}
    assert places["weight"] == {"location": "affine.data", "offset": "0", "length": "2400"}
    assert int(places["unused"]["offset"]) % ALIGNMENT == 0
    assert weights_path(saved).stat().st_size == 2432 + 2400


def test_the_same_graph_gives_the_same_bytes(saved: Path, tmp_path: Path) -> None:
    again = tmp_path / "again" / "affine.onnx"
    again.parent.mkdir()

    save_graph(affine_model(), again)

    assert again.read_bytes() == saved.read_bytes()
    assert weights_path(again).read_bytes() == weights_path(saved).read_bytes()


def test_nothing_about_the_exporting_machine_is_saved(saved: Path) -> None:
    assert b"someone" not in saved.read_bytes()


def test_a_graph_that_computes_the_same_passes(saved: Path) -> None:
    assert check_graph(saved, SPEC, affine, EXAMPLES, tolerance=1e-6) <= 1e-6


def test_a_graph_that_computes_something_else_is_refused_with_the_figure(saved: Path) -> None:
    def too_large(inputs: Tensors) -> Tensors:
        return {"y": affine(inputs)["y"] * np.float32(1.25)}

    with pytest.raises(GraphError, match=r"output y differs .* by 2\.00e-01"):
        check_graph(saved, SPEC, too_large, EXAMPLES, tolerance=1e-4)


def test_a_graph_that_computes_nan_is_refused(saved: Path) -> None:
    nan: list[Tensors] = [{"x": np.full((1, 20), np.nan, np.float32)}]

    with pytest.raises(GraphError, match="nan"):
        check_graph(saved, SPEC, affine, nan, tolerance=1e-4)


def test_a_graph_that_the_engine_refuses_is_named(saved: Path) -> None:
    weights_path(saved).write_bytes(b"")

    with pytest.raises(TargetError, match=r"affine\.onnx: onnxruntime .* cannot load this graph"):
        check_graph(saved, SPEC, affine, EXAMPLES, tolerance=1e-4)


def test_every_tensor_that_breaks_the_contract_is_named(saved: Path) -> None:
    wrong = GraphSpec(
        role=GraphRole.VOCODER,
        inputs=(TensorSpec("x", "float32", ("rows", 21)), TensorSpec("z", "int64", (1,))),
        outputs=SPEC.outputs,
    )

    with pytest.raises(
        GraphError, match=r"input x: found .*20.* expected .*21.*; input z: found none"
    ):
        check_interface(saved, wrong)


def test_relative_error_is_the_ratio_of_norms() -> None:
    expected = np.array([3.0, 4.0], np.float32)

    assert relative_error(expected + np.array([0.3, 0.4], np.float32), expected) == pytest.approx(
        0.1
    )
    assert relative_error(expected, expected) == 0
    assert relative_error(expected[:1], expected) == float("inf")
