"""Attention over a state, of two heads of four channels, as OpenVINO computes it."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest
from onnx import TensorProto, helper

from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.openvino_state import keep_state
from voicepack.targets.session import EngineOptions

pytestmark = [
    pytest.mark.openvino,
    pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed"),
]

Shape = list[int | None]
FloatArray = npt.NDArray[np.float32]
HEADS, CHANNELS = 2, 4
HEADS_FIRST = (0, 2, 1, 3)


def turned(new: str) -> onnx.NodeProto:
    return helper.make_node("Transpose", [new], [f"{new}_heads"], perm=HEADS_FIRST)


def appended(name: str, new: str) -> onnx.NodeProto:
    return helper.make_node("Concat", [f"past_{name}", new], [f"present_{name}"], axis=2)


def save(folder: Path, nodes: list[onnx.NodeProto], new_shape: Shape) -> Path:
    """Save a graph of an attention to keys and values that `nodes` append; all are (1, H, L, D)."""
    attended = helper.make_node(
        "Attention", ["q_heads", "present_k", "present_v", "bias"], ["heads"], scale=0.5
    )
    by_position = helper.make_node("Transpose", ["heads"], ["attended"], perm=HEADS_FIRST)
    by_heads: Shape = [1, HEADS, None, CHANNELS]
    by_positions: Shape = [1, None, HEADS, CHANNELS]
    inputs = {"q": by_positions, "k": new_shape, "v": new_shape, "bias": [1, 1, None, None]}
    past = {"past_k": by_heads, "past_v": by_heads}
    outputs = {"attended": by_positions, "present_k": by_heads, "present_v": by_heads}
    graph = helper.make_graph(
        [turned("q"), *nodes, attended, by_position],
        "graph",
        [tensor(*each) for each in (inputs | past).items()],
        [tensor(*each) for each in outputs.items()],
    )
    path = folder / "graph.onnx"
    opset = [helper.make_opsetid("", 23)]
    onnx.save(helper.make_model(graph, opset_imports=opset, ir_version=11), path)
    return path


def tensor(name: str, shape: Shape) -> onnx.ValueInfoProto:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, shape)


@pytest.fixture
def turning(tmp_path: Path) -> Path:
    """Takes positions first and turns them, as text2semantic does."""
    nodes = [turned("k"), turned("v"), appended("k", "k_heads"), appended("v", "v_heads")]
    return save(tmp_path, nodes, [1, None, HEADS, CHANNELS])


@pytest.fixture
def heads_first(tmp_path: Path) -> Path:
    """Takes keys and values with heads first."""
    return save(tmp_path, [appended("k", "k"), appended("v", "v")], [1, HEADS, None, CHANNELS])


@pytest.fixture
def positions() -> dict[str, FloatArray]:
    """Five positions, each (1, 5, 2, 4), and a bias that hides what is to come."""
    random = np.random.default_rng(0)
    shape = (1, 5, HEADS, CHANNELS)
    arrays = {name: random.standard_normal(shape, np.float32) for name in "qkv"}
    return arrays | {"bias": np.triu(np.full((1, 1, 5, 5), -1e9, np.float32), k=1)}


def by_hand(positions: dict[str, FloatArray]) -> FloatArray:
    """Attend with NumPy: softmax(q k / 2 + bias) v, for each head."""
    scores = np.einsum("bqhd,bkhd->bhqk", positions["q"], positions["k"]) / 2 + positions["bias"]
    weights = np.exp(scores)
    weights /= weights.sum(axis=-1, keepdims=True)
    attended: FloatArray = np.einsum("bhqk,bkhd->bqhd", weights, positions["v"])
    return attended


def part(positions: dict[str, FloatArray], begin: int, end: int) -> dict[str, FloatArray]:
    new = {name: np.ascontiguousarray(positions[name][:, begin:end]) for name in "qkv"}
    return new | {"bias": np.ascontiguousarray(positions["bias"][:, :, begin:end, :end])}


def operators(path: Path) -> list[str]:
    """Name what OpenVINO computes one after the other, once the graph has a state."""
    import openvino

    core = openvino.Core()
    network = core.read_model(path)
    keep_state(network)
    exactly = {"INFERENCE_PRECISION_HINT": "f32"}
    compiled = core.compile_model(network, "CPU", exactly).get_runtime_model()
    return [node.get_rt_info()["layerType"].astype(str) for node in compiled.get_ordered_ops()]


def test_one_operator_turns_appends_and_attends(turning: Path) -> None:
    around = {"Input", "Const", "Output", "MemoryInput", "MemoryOutput"}

    found = [each for each in operators(turning) if each not in around]

    # What is attended is turned back behind it.
    assert found == ["ScaledDotProductAttention", "Transpose"]


def test_later_positions_attend_to_earlier_ones_as_in_one_run(
    turning: Path, positions: dict[str, FloatArray]
) -> None:
    session = engine_of(find_profile("openvino-cpu")).open(turning, EngineOptions(threads=1))

    runs = [session.run(part(positions, *ends))["attended"] for ends in ((0, 3), (3, 4), (4, 5))]

    # In 32 bits.
    assert np.concatenate(runs, axis=1) == pytest.approx(by_hand(positions), abs=1e-5)


def test_keys_that_come_with_heads_first_are_appended_as_they_come(
    heads_first: Path, positions: dict[str, FloatArray]
) -> None:
    session = engine_of(find_profile("openvino-cpu")).open(heads_first, EngineOptions(threads=1))

    def run(begin: int, end: int) -> FloatArray:
        new = part(positions, begin, end)
        keys = {name: new[name].transpose(HEADS_FIRST).copy() for name in "kv"}
        return session.run(new | keys)["attended"]

    runs = [run(0, 3), run(3, 5)]

    assert np.concatenate(runs, axis=1) == pytest.approx(by_hand(positions), abs=1e-5)
