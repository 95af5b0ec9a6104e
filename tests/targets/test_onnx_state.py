"""A state that ONNX Runtime keeps where it computes, here on the CPU where there is no GPU."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from onnx import TensorProto, helper

from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.session import EngineOptions, Session, StatefulSession

OPTIONS = EngineOptions(threads=1, role="text2semantic")


@pytest.fixture
def appending(tmp_path: Path) -> Path:
    """Returns all rows it was ever given, and the sum of them."""
    sizes: dict[str, list[int | str]] = {
        "new": ["new", 2],
        "past_all": ["past", 2],
        "sum": [],
        "present_all": ["total", 2],
    }
    values = {
        name: helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)
        for name, shape in sizes.items()
    }
    graph = helper.make_graph(
        [
            helper.make_node("Concat", ["past_all", "new"], ["present_all"], axis=0),
            helper.make_node("ReduceSum", ["present_all"], ["sum"], keepdims=0),
        ],
        "graph",
        [values["new"], values["past_all"]],
        [values["sum"], values["present_all"]],
    )
    path = tmp_path / "graph.onnx"
    opset = [helper.make_opsetid("", 17)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=8), path)
    return path


def opened(path: Path, target: str) -> Session:
    return engine_of(find_profile(target)).open(path, OPTIONS)


def rows(*values: float) -> np.ndarray:
    return np.array(values, np.float32).reshape(-1, 2)


def test_a_graph_keeps_what_it_returned_until_told_to_forget(appending: Path) -> None:
    session = opened(appending, "jetson-orin")

    assert isinstance(session, StatefulSession)
    assert session.run({"new": rows(1, 2, 3, 4)}) == {"sum": 10}
    assert session.run({"new": rows(5, 6)}) == {"sum": 21}
    session.forget()
    assert session.run({"new": rows(7, 8)}) == {"sum": 15}


def test_other_flavours_hand_the_state_to_the_host(appending: Path) -> None:
    session = opened(appending, "cpu-portable")

    found = session.run({"new": rows(1, 2), "past_all": rows(3, 4)})

    assert not isinstance(session, StatefulSession)
    assert found["present_all"].tolist() == [[3, 4], [1, 2]]


def test_inputs_that_do_not_fit_are_refused_and_change_nothing(appending: Path) -> None:
    session = opened(appending, "jetson-orin")
    session.run({"new": rows(1, 2)})

    with pytest.raises(TargetError, match="graph: onnxruntime failed"):
        session.run({"new": np.ones((1, 3), np.float32)})

    assert session.run({"new": rows(3, 4)}) == {"sum": 10}


@pytest.mark.cuda
@pytest.mark.skipif(
    "CUDAExecutionProvider" not in onnxruntime.get_available_providers(),
    reason="this onnxruntime has no CUDAExecutionProvider",
)
def test_on_a_gpu_the_state_stays_in_its_memory(
    appending: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    session = opened(appending, "jetson-orin")
    copied: list[str] = []
    numpy = onnxruntime.OrtValue.numpy

    def counted(value: onnxruntime.OrtValue) -> np.ndarray:
        copied.append(value.device_name())
        return np.asarray(numpy(value))

    monkeypatch.setattr(onnxruntime.OrtValue, "numpy", counted)

    assert session.run({"new": rows(1, 2)}) == {"sum": 3}
    assert session.run({"new": rows(3, 4)}) == {"sum": 10}
    assert copied == ["cpu", "cpu"]  # the sums, which were bound to the host
