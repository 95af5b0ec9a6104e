"""Reading weights where they lie, compared with the onnx package."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.onnx_weights import MappedWeights

onnx = pytest.importorskip("onnx")

LARGE = np.arange(600, dtype=np.float32).reshape(20, 30)
CODES = np.arange(256, dtype=np.uint8).reshape(4, 8, 8)
SMALL = np.array([3, 4, 5], np.int8)


def save(folder: Path, arrays: dict[str, np.ndarray], threshold: int = 100) -> MappedWeights:
    """Let the onnx package write a graph with its larger weights in a file of their own."""
    weights = [onnx.numpy_helper.from_array(array, name) for name, array in arrays.items()]
    node = onnx.helper.make_node("Identity", ["x"], ["y"])
    graph = onnx.helper.make_graph([node], "g", [], [], weights)
    (folder / "m.data").touch()
    onnx.save(
        onnx.helper.make_model(graph),
        folder / "m.onnx",
        save_as_external_data=True,
        location="m.data",
        size_threshold=threshold,
    )
    return MappedWeights(folder / "m.onnx", folder / "m.data")


def test_weights_in_the_file_and_in_the_graph_are_found(tmp_path: Path) -> None:
    weights = save(tmp_path, {"large": LARGE, "codes": CODES, "small": SMALL})
    assert (tmp_path / "m.data").stat().st_size >= LARGE.nbytes + CODES.nbytes
    for name, array in (("large", LARGE), ("codes", CODES), ("small", SMALL)):
        found = weights.array(name, TensorSpec(name, str(array.dtype), array.shape))
        np.testing.assert_array_equal(found, array, strict=True)
        assert not found.flags.writeable


def test_a_weight_can_be_seen_in_another_shape(tmp_path: Path) -> None:
    weights = save(tmp_path, {"codes": CODES})
    found = weights.array("codes", TensorSpec("any", "uint8", (4, 64)))
    np.testing.assert_array_equal(found, CODES.reshape(4, 64))


def test_what_was_given_back_can_be_read_again(tmp_path: Path) -> None:
    weights = save(tmp_path, {"large": LARGE})
    found = weights.array("large", TensorSpec("large", "float32", LARGE.shape))
    before = found.sum()
    weights.give_back()
    assert found.sum() == before == LARGE.sum()


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux has it")
def test_what_was_given_back_is_no_longer_in_memory(tmp_path: Path) -> None:
    many = np.ones(2**22, np.float32)
    weights = save(tmp_path, {"many": many})
    found = weights.array("many", TensorSpec("many", "float32", many.shape))
    assert found.sum() == many.size
    held = mapped_bytes()

    weights.give_back()

    assert held - mapped_bytes() > 0.9 * many.nbytes


def mapped_bytes() -> int:
    """Bytes of files that this process has in memory."""
    lines = Path("/proc/self/status").read_text().splitlines()
    status = dict(line.split(":", 1) for line in lines)
    return int(status["RssFile"].split()[0]) * 1024


def test_a_graph_without_large_weights_has_an_empty_file(tmp_path: Path) -> None:
    weights = save(tmp_path, {"small": SMALL})
    assert (tmp_path / "m.data").stat().st_size == 0
    assert weights.array("small", TensorSpec("small", "int8", (3,))).tolist() == [3, 4, 5]
    weights.give_back()


@pytest.mark.parametrize(
    ("spec", "fault"),
    [
        (TensorSpec("none", "float32", (600,)), "weight none has 0 bytes"),
        (TensorSpec("large", "float32", (601,)), r"weight large has 2400 bytes, expected float32"),
        (TensorSpec("large", "float32", (20, "n")), r"in the shape \(20, 'n'\)"),
        (TensorSpec("large", "float64", (300,)), "expected float64"),
        (TensorSpec("large", "object", (300,)), "expected object"),
        (TensorSpec("large", "telepathy", (600,)), "expected telepathy"),
        (TensorSpec("large", "float32", (-20, -30)), r"in the shape \(-20, -30\)"),
    ],
)
def test_a_weight_that_does_not_fit_is_named(tmp_path: Path, spec: TensorSpec, fault: str) -> None:
    weights = save(tmp_path, {"large": LARGE})
    with pytest.raises(PackError, match=fault):
        weights.array(spec.name, spec)


@pytest.mark.parametrize(
    "entry",
    [
        {"offset": "1", "length": "2400"},
        {"offset": "99999999", "length": "2400"},
        {"offset": "-8", "length": "2400"},
        {"offset": "0", "length": "-2400"},
        {},
    ],
)
def test_places_outside_the_file_are_refused(tmp_path: Path, entry: dict[str, str]) -> None:
    tensor = onnx.TensorProto(name="w", data_type=1, dims=[600], data_location=1)
    for key, value in {"location": "m.data", **entry}.items():
        tensor.external_data.add(key=key, value=value)
    model = onnx.ModelProto(graph=onnx.GraphProto(initializer=[tensor]))
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    (tmp_path / "m.data").write_bytes(LARGE.tobytes())
    weights = MappedWeights(tmp_path / "m.onnx", tmp_path / "m.data")
    with pytest.raises(PackError, match="weight w has"):
        weights.array("w", TensorSpec("w", "float32", (600,)))


@given(content=st.binary(max_size=200))
def test_any_bytes_are_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    folder = tmp_path_factory.mktemp("any")
    (folder / "m.onnx").write_bytes(content)
    (folder / "m.data").write_bytes(b"0" * 64)
    with pytest.raises(PackError, match=r"not an ONNX graph|has 0 bytes"):
        MappedWeights(folder / "m.onnx", folder / "m.data").array(
            "blocks.0.qkv.weight.int8", TensorSpec("q", "uint8", (4,))
        )
