"""A graph that is loaded when it is first needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor

from voicepack.targets.session import Array, Session


class LazySession:
    """Loads a graph once, from when it is first asked for, in a thread of its own.

    Args:
        load: Loads it. What it raises is raised by every call that waits for the graph.
    """

    def __init__(self, load: Callable[[], Session]) -> None:
        self._load = load
        self._beginning = threading.Lock()
        self._loading: Future[Session] | None = None

    def begin(self) -> None:
        """Start loading, where nobody has, and do not wait for it."""
        self._begun()

    def loaded(self) -> Session:
        """Wait for the graph.

        Raises:
            TargetError: The engine refuses it.
        """
        return self._begun().result()

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute every output; see `Session.run`."""
        return self.loaded().run(inputs)

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """Bind arrays that stay in place; see `Session.with_state`."""
        return self.loaded().with_state(state)

    def _begun(self) -> Future[Session]:
        with self._beginning:
            if self._loading is None:
                worker = ThreadPoolExecutor(max_workers=1)
                self._loading = worker.submit(self._load)
                worker.shutdown(wait=False)
            return self._loading
