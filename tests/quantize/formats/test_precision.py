from pathlib import Path

import numpy as np
import onnx
import onnxruntime as ort

from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.graph import save_graph, weights_path


def scaling_model(scale: np.ndarray) -> onnx.ModelProto:
    shape = list(scale.shape)
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("Mul", ["x", "scale"], ["y"])],
        "scaling",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, shape)],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, shape)],
        [onnx.numpy_helper.from_array(scale, "scale")],
    )
    return onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", 18)])


def scale_ones(model: onnx.ModelProto, size: int) -> np.ndarray:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (scaled,) = session.run(None, {"x": np.ones(size, np.float32)})
    return np.asarray(scaled)


def stored_types(model: onnx.ModelProto) -> list[int]:
    return [initializer.data_type for initializer in model.graph.initializer]


def test_weights_are_the_nearest_half_and_the_graph_still_computes_in_single() -> None:
    scale = np.linspace(-3, 3, 1000, dtype=np.float32)

    scaled = scale_ones(store_as_half(scaling_model(scale)), scale.size)

    assert scaled.dtype == np.float32
    np.testing.assert_array_equal(scaled, scale.astype(np.float16).astype(np.float32))


def test_half_storage_takes_half_the_bytes(tmp_path: Path) -> None:
    model = scaling_model(np.ones(1024, np.float32))

    save_graph(model, tmp_path / "single.onnx")
    save_graph(store_as_half(model), tmp_path / "half.onnx")

    assert weights_path(tmp_path / "single.onnx").stat().st_size == 4096
    assert weights_path(tmp_path / "half.onnx").stat().st_size == 2048


def test_weights_beyond_the_range_of_half_stay_single() -> None:
    scale = np.full(1000, 1.0, np.float32)
    scale[7] = 65520.0  # the smallest number that rounds to infinity

    model = store_as_half(scaling_model(scale))

    assert stored_types(model) == [onnx.TensorProto.FLOAT]
    np.testing.assert_array_equal(scale_ones(model, scale.size), scale)


def test_small_weights_stay_single() -> None:
    assert stored_types(store_as_half(scaling_model(np.ones(16, np.float32)))) == [
        onnx.TensorProto.FLOAT
    ]


def test_the_given_graph_is_left_as_it_is() -> None:
    model = scaling_model(np.ones(1000, np.float32))
    before = model.SerializeToString(deterministic=True)

    store_as_half(model)

    assert model.SerializeToString(deterministic=True) == before
