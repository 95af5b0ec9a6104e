"""A graph that is loaded when it is first needed, once, whoever needs it."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from voicepack.runtime.lazy_session import LazySession
from voicepack.targets.errors import TargetError
from voicepack.targets.session import Array, Session


class Doubling:
    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        return {"y": 2 * inputs["x"]}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        raise NotImplementedError


INPUTS = {"x": np.array([1, 2])}


def test_nothing_is_loaded_until_it_is_needed() -> None:
    loads: list[str] = []

    def load() -> Session:
        loads.append("loaded")
        return Doubling()

    session = LazySession(load)
    assert not loads

    assert session.run(INPUTS)["y"].tolist() == [2, 4]
    assert loads == ["loaded"]


def test_threads_that_need_it_at_once_load_it_once() -> None:
    loads: list[int] = []
    all_here = threading.Barrier(4)

    def load() -> Session:
        loads.append(threading.get_ident())
        return Doubling()

    session = LazySession(load)

    def need() -> list[int]:
        all_here.wait()
        found: list[int] = session.run(INPUTS)["y"].tolist()
        return found

    with ThreadPoolExecutor(4) as pool:
        found = [each.result() for each in [pool.submit(need) for _ in range(4)]]

    assert found == [[2, 4]] * 4
    assert len(loads) == 1


def test_beginning_does_not_wait() -> None:
    may_load = threading.Event()

    def load() -> Session:
        may_load.wait()
        return Doubling()

    session = LazySession(load)
    session.begin()
    may_load.set()

    assert session.run(INPUTS)["y"].tolist() == [2, 4]


def test_a_graph_that_is_refused_is_refused_whenever_it_is_needed() -> None:
    def load() -> Session:
        raise TargetError("vocoder.onnx: cannot load this graph")

    session = LazySession(load)
    session.begin()

    for _ in range(2):
        with pytest.raises(TargetError, match=r"vocoder\.onnx"):
            session.run(INPUTS)
