"""What the host hands to the graph of one layer, on a stand-in for the engine."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime import layered_start
from voicepack.runtime.contract import Text2SemanticTensor
from voicepack.runtime.errors import PackError
from voicepack.runtime.kv_cache import make_decoder
from voicepack.runtime.layered_start import LayeredStart
from voicepack.runtime.manifest import TensorSpec, Text2SemanticShape
from voicepack.runtime.onnx_weights import MappedWeights
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, Session

onnx = pytest.importorskip("onnx")

SHAPE = Text2SemanticShape(num_layers=3, num_heads=1, head_size=4, vocabulary=3)
INPUTS = (
    TensorSpec("rows", "float32", ("rows", 4)),
    TensorSpec("parts", "int64", (2,)),
    TensorSpec("token_bias", "float32", (1, 1, "tokens", "rows")),
    TensorSpec("last", "bool", ()),
    TensorSpec("largest_code", "float32", ()),
    TensorSpec("bias", "float32", (4,)),
)


@pytest.fixture
def weights(tmp_path: Path) -> MappedWeights:
    """Layer i has a bias of i + 1."""
    tensors = [
        onnx.numpy_helper.from_array(np.full(4, layer + 1, np.float32), f"blocks.{layer}.bias")
        for layer in range(SHAPE.num_layers)
    ]
    model = onnx.ModelProto(graph=onnx.GraphProto(initializer=tensors))
    (tmp_path / "later.onnx").write_bytes(model.SerializeToString())
    (tmp_path / "later.data").touch()
    return MappedWeights(tmp_path / "later.onnx", tmp_path / "later.data")


class Layer:
    """Adds the layer's bias to its rows; keys are the layer's number, values its negative."""

    def __init__(self) -> None:
        self.asked: list[dict[str, Array]] = []

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.asked.append(dict(inputs))
        rows = inputs["rows"]
        keys = np.full((1, 1, len(rows), 4), inputs["bias"][0], np.int8)
        rows = (rows[-1:] if inputs["last"] else rows) + inputs["bias"]
        return {"next_rows": rows, "keys": keys, "values": -keys, "logits": rows[-1:, :3]}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        raise AssertionError("a layer has no state")


class Later:
    """Remembers its buffers and what it was asked."""

    def __init__(self) -> None:
        self.buffers: dict[str, Array] = {}
        self.asked: list[dict[str, Array]] = []

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.asked.append(dict(inputs))
        return {"logits": np.array([[1, 2, 3]], np.float32)}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        self.buffers = {name: array for name, (_, array) in state.items()}
        return self


def test_layers_run_in_order_and_the_last_for_its_last_row_alone(weights: MappedWeights) -> None:
    layer = Layer()
    start = LayeredStart(layer, INPUTS, SHAPE.num_layers, weights)
    rows = np.zeros((5, 4), np.float32)

    found: list[tuple[int, int]] = []
    bias = np.arange(25, dtype=np.float32).reshape(5, 5)
    logits = start.run(
        rows, 2, bias, lambda at, keys, values: found.append((at, int(keys[0, 0, 0, 0])))
    )

    assert found == [(0, 1), (1, 2), (2, 3)]
    assert logits.tolist() == [6, 6, 6]
    assert [asked["rows"][0, 0] for asked in layer.asked] == [0, 1, 3]
    assert [bool(asked["last"]) for asked in layer.asked] == [False, False, True]
    assert all(asked["parts"].tolist() == [2, 3] for asked in layer.asked)
    assert all((asked["token_bias"] == bias[None, None, 2:]).all() for asked in layer.asked)


@pytest.mark.parametrize(("saturates", "largest"), [(False, 127), (True, 63)])
def test_rows_have_seven_bits_where_products_of_eight_are_cut_off(
    weights: MappedWeights, monkeypatch: pytest.MonkeyPatch, saturates: bool, largest: int
) -> None:
    monkeypatch.setattr(layered_start, "int8_saturates", lambda: saturates)
    layer = Layer()
    start = LayeredStart(layer, INPUTS, SHAPE.num_layers, weights)
    rows = np.zeros((5, 4), np.float32)

    start.run(rows, 2, np.zeros((5, 5), np.float32), lambda at, keys, values: None)

    assert {float(asked["largest_code"]) for asked in layer.asked} == {largest}
    # The largest weight's code is 255; instructions before VNNI add two products in 16 bits.
    assert saturates == (2 * 255 * (largest + 1) < 2**15)


def test_a_layer_without_a_weight_that_the_graph_takes_is_refused(weights: MappedWeights) -> None:
    with pytest.raises(PackError, match=r"blocks\.3\.bias has 0 bytes"):
        LayeredStart(Layer(), INPUTS, SHAPE.num_layers + 1, weights)


def test_keys_and_values_are_stored_where_later_positions_find_them(
    weights: MappedWeights,
) -> None:
    later = Later()
    start = LayeredStart(Layer(), INPUTS, SHAPE.num_layers, weights)
    decoder = make_decoder(KvCache.SHARED_BUFFER, later, SHAPE, np.int8, start)
    hidden = np.arange(20, dtype=np.float32).reshape(5, 4)

    logits = decoder.prefill(hidden, num_text=2)
    decoder.step(hidden[0])

    assert logits.tolist() == [22, 23, 24]  # 16, 17, 18 and the biases 1 + 2 + 3
    for layer in range(SHAPE.num_layers):
        keys = later.buffers[Text2SemanticTensor.past_key(layer)]
        values = later.buffers[Text2SemanticTensor.past_value(layer)]
        assert (keys[:, :, :5] == layer + 1).all()
        assert (values[:, :, :5] == -layer - 1).all()
        assert not keys[:, :, 5:].any()
    (asked,) = later.asked
    assert asked.keys() == {"hidden", "total_length", "last_position"}
    np.testing.assert_array_equal(asked["hidden"], hidden[None, :1])
    assert (int(asked["total_length"]), asked["last_position"].tolist()) == (6, [5])
