"""What the runtime asks of an inference engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy.typing as npt

Array = npt.NDArray[Any]


class Arithmetic(str, Enum):
    """How exactly an engine is to compute what a graph says."""

    EXACT = "exact"
    """In 32 bits throughout: graphs in full precision, which others are compared with."""
    HALF = "half"
    """In 16 bits where the device is faster so."""
    INTEGER = "integer"
    """The graph holds rounded weights: products in 8 bits, the rest as `HALF`."""


class CachePrecision(str, Enum):
    """How exactly an engine keeps keys and values, where that is not part of the graph."""

    F16 = "f16"
    U8 = "u8"
    """In 8 bits: less to read for each token, but each number has to be widened."""


@dataclass(frozen=True)
class EngineOptions:
    """How an engine may use the machine."""

    threads: int
    """Worker threads inside one operator, at least 1."""
    spinning: bool = False
    """Let idle workers spin: a little faster, but they hold the cores between two calls."""
    cores: tuple[int, ...] = ()
    """Cores that workers are bound to; none leaves them to the system."""
    frugal: bool = False
    """Give memory back after each run: a little slower, but less is held between two sentences."""
    role: str = ""
    """Which graph of a voice is opened, for targets that use several devices; else their first."""
    arithmetic: Arithmetic = Arithmetic.EXACT
    """For engines that choose the precision when they load a graph."""
    cache: CachePrecision = CachePrecision.F16
    """For engines that keep keys and values by themselves; `EXACT` graphs keep 32 bits."""
    content: str = ""
    """Stands for what is in the graph and its weights, such as their hashes: engines keep what they
    compiled under this name, and nothing without one."""


class Session(Protocol):
    """One loaded graph."""

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute every output of the graph that is not part of the state.

        Args:
            inputs: name -> array, contiguous, with the dtype the graph declares.

        Returns:
            name -> array, freshly allocated.

        Raises:
            TargetError: The engine refused the inputs or failed.
        """
        ...

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """Bind arrays that stay in place between runs.

        Args:
            state: input name -> (output name or "", array). The engine reads the array as that
                input at every run and, where an output is named, writes it as that output into the
                same memory. The caller keeps the array and may read or write it between runs.

        Returns:
            A session over the same loaded graph whose `run` takes the other inputs only.
        """
        ...


@runtime_checkable
class StatefulSession(Session, Protocol):
    """A graph whose engine keeps a state between runs by itself.

    The state is every input `past_*` for which there is an output `present_*`: what one run returns
    is what the next one takes. `run` neither takes nor returns them.
    """

    def forget(self) -> None:
        """Go back to an empty state: the next run is the first of a new sequence."""
        ...


class Engine(Protocol):
    """Opens graphs."""

    def check(self, options: EngineOptions) -> None:
        """Look whether a graph could be opened with these options, without opening one.

        Raises:
            TargetError: The engine is not installed, too old, or has not the device.
        """
        ...

    def open(self, model: Path, options: EngineOptions) -> Session:
        """Load a graph from disk.

        Args:
            model: The `.onnx` file; its weights lie beside it.
            options: Threads and spinning.

        Raises:
            TargetError: The engine is not installed, too old, or refuses the graph.
        """
        ...
