"""What the runtime asks of an inference engine."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import numpy.typing as npt

Array = npt.NDArray[Any]


@dataclass(frozen=True)
class EngineOptions:
    """How an engine may use the machine."""

    threads: int
    """Worker threads inside one operator, at least 1."""
    spinning: bool = False
    """Let idle workers spin: a little faster, but they hold the cores between two calls."""


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


class Engine(Protocol):
    """Opens graphs."""

    def open(self, model: Path, options: EngineOptions) -> Session:
        """Load a graph from disk.

        Args:
            model: The `.onnx` file; its weights lie beside it.
            options: Threads and spinning.

        Raises:
            TargetError: The engine is not installed, too old, or refuses the graph.
        """
        ...
