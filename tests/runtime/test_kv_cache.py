"""What the host does with an INT8 cache, on a stand-in for the engine."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.kv_cache import cache_dtype, make_decoder
from voicepack.runtime.manifest import TensorSpec, Text2SemanticShape
from voicepack.targets.errors import TargetError
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, Session

SHAPE = Text2SemanticShape(num_layers=2, num_heads=1, head_size=4, vocabulary=3)
LOGITS = np.array([[1, 2, 3]], np.float32)


class StandIn:
    """Answers an unbound run as the contract says: with the new positions alone, here all 7."""

    def __init__(self) -> None:
        self.state: dict[str, Array] = {}
        self.bound_runs: list[dict[str, Array]] = []

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        new = inputs[Tensors.HIDDEN].shape[1]
        assert inputs[Tensors.past_key(1)].dtype == np.int8
        names = [Tensors.present_key(0), Tensors.present_value(0)]
        names += [Tensors.present_key(1), Tensors.present_value(1)]
        return {name: np.full((1, 1, new, 4), 7, np.int8) for name in names} | {"logits": LOGITS}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        self.state = {name: array for name, (_, array) in state.items()}
        return Bound(self)


class Bound(StandIn):
    """Remembers what it was asked; the state is not among it."""

    def __init__(self, owner: StandIn) -> None:
        super().__init__()
        self._owner = owner

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self._owner.bound_runs.append(dict(inputs))
        return {"logits": LOGITS}


def rows(count: int) -> np.ndarray:
    return np.ones((count, 4), np.float32)


def test_a_prefill_is_stored_in_the_buffers_that_steps_are_bound_to() -> None:
    engine = StandIn()
    decoder = make_decoder(KvCache.SHARED_BUFFER, engine, SHAPE, np.int8)

    logits = decoder.prefill(rows(5), num_text=2)

    assert logits.tolist() == [1, 2, 3]
    assert len(engine.state) == 4
    for cache in engine.state.values():
        assert cache.dtype == np.int8
        assert (cache[:, :, :5] == 7).all()
        assert not cache[:, :, 5:].any()
    assert not engine.bound_runs


def test_steps_run_bound_and_count_the_positions() -> None:
    engine = StandIn()
    decoder = make_decoder(KvCache.SHARED_BUFFER, engine, SHAPE, np.int8)
    decoder.prefill(rows(5), num_text=2)

    decoder.step(rows(1)[0])
    decoder.step(rows(1)[0])

    first, second = engine.bound_runs
    assert first[Tensors.TOTAL_LENGTH] == 6
    assert second[Tensors.TOTAL_LENGTH] == 7
    assert second[Tensors.LAST_POSITION].tolist() == [6]
    assert second[Tensors.BIAS].shape == (1, 1, 1, 7)


def test_a_second_sentence_starts_anew() -> None:
    engine = StandIn()
    decoder = make_decoder(KvCache.SHARED_BUFFER, engine, SHAPE, np.int8)
    decoder.prefill(rows(5), num_text=2)
    decoder.step(rows(1)[0])

    decoder.prefill(rows(3), num_text=2)
    decoder.step(rows(1)[0])

    assert engine.bound_runs[-1][Tensors.TOTAL_LENGTH] == 4


def test_the_dtype_of_the_cache_is_read_from_the_graph_s_inputs() -> None:
    hidden = TensorSpec(Tensors.HIDDEN, "float32", (1, "new", 4))
    key = TensorSpec(Tensors.past_key(0), "int8", (1, 1, "capacity", 4))

    assert cache_dtype([hidden, key]) == np.int8


class Keeping:
    """An engine that keeps a state, and what it was asked since it last forgot it."""

    def __init__(self) -> None:
        self.runs: list[dict[str, Array]] = [{}]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.runs.append(dict(inputs))
        return {"logits": LOGITS}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        return self

    def forget(self) -> None:
        self.runs = []


def test_a_stateful_engine_forgets_before_a_prefill_and_sees_all_positions_after_it() -> None:
    engine = Keeping()
    decoder = make_decoder(KvCache.STATEFUL, engine, SHAPE)

    decoder.prefill(rows(5), num_text=2)
    decoder.step(rows(1)[0])
    logits = decoder.step(rows(1)[0])

    assert logits.tolist() == [1, 2, 3]
    assert [run[Tensors.BIAS].shape for run in engine.runs] == [
        (1, 1, 5, 5),
        (1, 1, 1, 6),
        (1, 1, 1, 7),
    ]
    assert not engine.runs[-1][Tensors.BIAS].any()


def test_an_engine_without_state_is_refused_for_a_stateful_graph() -> None:
    with pytest.raises(TargetError, match="keeps keys and values by itself, and this one does not"):
        make_decoder(KvCache.STATEFUL, StandIn(), SHAPE)
