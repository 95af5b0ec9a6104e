"""The adapter to OpenVINO, on graphs of a few numbers."""

from __future__ import annotations

import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper

from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.session import Arithmetic, EngineOptions, Session, StatefulSession

pytestmark = [
    pytest.mark.openvino,
    pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed"),
]

Shape = list[int | str | None]


def vector(values: list[float]) -> np.ndarray:
    return np.array(values, np.float32)


def save(
    folder: Path, nodes: list[onnx.NodeProto], inputs: dict[str, Shape], outputs: dict[str, Shape]
) -> Path:
    def declare(shapes: dict[str, Shape]) -> list[onnx.ValueInfoProto]:
        return [
            helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
            for name, shape in shapes.items()
        ]

    graph = helper.make_graph(nodes, "graph", declare(inputs), declare(outputs))
    path = folder / "graph.onnx"
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Compiled graphs of a test stay in its own folder."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "voicepack" / "openvino"


@pytest.fixture
def appending(tmp_path: Path) -> Path:
    """Returns all it was ever given, and the sum of that."""
    return save(
        tmp_path,
        [
            helper.make_node("Concat", ["past_all", "new"], ["present_all"], axis=1),
            helper.make_node("ReduceSum", ["present_all"], ["sum"], keepdims=0),
        ],
        {"new": [1, "new"], "past_all": [1, "past"]},
        {"sum": [], "present_all": [1, "total"]},
    )


@pytest.fixture
def adding(tmp_path: Path) -> Path:
    return save(
        tmp_path,
        [helper.make_node("Add", ["x", "offset"], ["y"])],
        {"x": ["n"], "offset": [1]},
        {"y": ["n"]},
    )


def opened(path: Path) -> Session:
    return engine_of(find_profile("openvino-cpu")).open(path, EngineOptions(threads=1))


def named(path: Path, content: str) -> Session:
    options = EngineOptions(threads=1, content=content)
    return engine_of(find_profile("openvino-cpu")).open(path, options)


def test_a_graph_that_returns_what_it_takes_keeps_it_until_told_to_forget(
    appending: Path,
) -> None:
    session = opened(appending)

    assert isinstance(session, StatefulSession)
    assert session.run({"new": vector([1, 2])[None]}) == {"sum": 3}
    assert session.run({"new": vector([4])[None]}) == {"sum": 7}
    session.forget()
    assert session.run({"new": vector([5])[None]}) == {"sum": 5}


def test_other_graphs_keep_nothing(adding: Path) -> None:
    session = opened(adding)

    found = session.run({"x": vector([1, 2]), "offset": vector([10])})

    assert not isinstance(session, StatefulSession)
    assert found["y"].tolist() == [11, 12]


def test_arrays_that_must_not_be_written_to_are_read(adding: Path) -> None:
    x = vector([1, 2])
    x.flags.writeable = False

    found = opened(adding).run({"x": x, "offset": vector([10])})

    assert found["y"].tolist() == [11, 12]


def test_results_are_the_callers_own(adding: Path) -> None:
    session = opened(adding)
    first = session.run({"x": vector([1]), "offset": vector([10])})["y"]

    session.run({"x": vector([2]), "offset": vector([10])})

    assert first.tolist() == [11]


def test_a_bound_array_is_read_anew_at_every_run(adding: Path) -> None:
    offset = vector([10])
    session = opened(adding).with_state({"offset": ("", offset)})
    assert session.run({"x": vector([1])})["y"].tolist() == [11]

    offset[0] = 20

    assert session.run({"x": vector([1])})["y"].tolist() == [21]


def test_a_bound_output_is_written_in_place_and_not_returned(tmp_path: Path) -> None:
    doubling = save(
        tmp_path,
        [helper.make_node("Add", ["x", "x"], ["twice"]), helper.make_node("Neg", ["x"], ["y"])],
        {"x": [2]},
        {"twice": [2], "y": [2]},
    )
    state = vector([1, 2])

    found = opened(doubling).with_state({"x": ("twice", state)}).run({})

    assert state.tolist() == [2, 4]
    assert found.keys() == {"y"}


def test_inputs_that_do_not_fit_are_an_error_that_names_the_graph(adding: Path) -> None:
    with pytest.raises(TargetError, match="graph: openvino failed"):
        opened(adding).run({"x": vector([1]), "offset": vector([1, 2])})


def test_a_device_that_is_not_there_is_named_before_a_graph_is_opened() -> None:
    options = EngineOptions(threads=1, role="vocoder", arithmetic=Arithmetic.HALF)

    with pytest.raises(TargetError, match="computes the vocoder on NPU, but OpenVINO finds only"):
        engine_of(find_profile("openvino-npu")).check(options)


def test_a_file_that_is_no_graph_is_named(tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"not a graph")

    with pytest.raises(TargetError, match=r"broken\.onnx: openvino cannot load"):
        opened(broken)


def test_a_graph_is_compiled_once_and_then_not_even_read(appending: Path, cache: Path) -> None:
    named(appending, "v1")
    (first,) = cache.rglob("*.blob")
    appending.unlink()

    session = named(appending, "v1")

    assert isinstance(session, StatefulSession)
    assert session.run({"new": vector([1, 2])[None]}) == {"sum": 3}
    assert session.run({"new": vector([4])[None]}) == {"sum": 7}
    assert list(cache.rglob("*")) == [first.parent, first]


def test_other_content_in_the_same_file_is_compiled_anew(tmp_path: Path, cache: Path) -> None:
    path = save(tmp_path, [helper.make_node("Neg", ["x"], ["y"])], {"x": [2]}, {"y": [2]})
    named(path, "v1")
    save(tmp_path, [helper.make_node("Abs", ["x"], ["y"])], {"x": [2]}, {"y": [2]})

    session = named(path, "v2")

    assert session.run({"x": vector([-1, 2])})["y"].tolist() == [1, 2]
    assert len(list(cache.rglob("*.blob"))) == 2


@pytest.mark.parametrize("missing", [100, 1000, 10**6])
def test_a_kept_graph_that_is_cut_off_is_made_anew(
    adding: Path, cache: Path, missing: int, caplog: pytest.LogCaptureFixture
) -> None:
    named(adding, "v1")
    (kept,) = cache.rglob("*.blob")
    whole = kept.read_bytes()
    kept.write_bytes(whole[:-missing])

    session = named(adding, "v1")

    assert session.run({"x": vector([1]), "offset": vector([10])})["y"].tolist() == [11]
    assert len(kept.read_bytes()) == len(whole)
    assert "made anew" in caplog.text


def test_where_nothing_can_be_kept_a_graph_still_opens(
    adding: Path, cache: Path, caplog: pytest.LogCaptureFixture
) -> None:
    cache.parent.mkdir(parents=True)
    cache.write_text("a file in the folder's place")

    session = named(adding, "v1")

    assert session.run({"x": vector([1]), "offset": vector([10])})["y"].tolist() == [11]
    assert "could not be kept" in caplog.text


def test_a_graph_without_a_name_for_its_content_is_not_kept(adding: Path, cache: Path) -> None:
    opened(adding)

    assert not cache.exists()


def test_the_engine_reports_nothing_home(tmp_path: Path) -> None:
    code = """
import sys
from voicepack.targets.catalogue import find_profile
from voicepack.targets.selection import engine_fault
assert engine_fault(find_profile("openvino-cpu")) == ""
assert "openvino" in sys.modules and not sys.modules["openvino_telemetry"]
"""
    subprocess.run([sys.executable, "-c", code], check=True, env={"HOME": str(tmp_path)})

    assert list(tmp_path.iterdir()) == []
