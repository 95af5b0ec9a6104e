"""A graph for devices that want to know every size beforehand: compiled once for each length."""

from __future__ import annotations

from collections.abc import Mapping

from voicepack.targets.errors import TargetError
from voicepack.targets.session import Array, Session


class FixedLengthSession:
    """Runs the session that was compiled for the length of its input.

    Args:
        name: What errors call the graph.
        sessions: Length -> session.
        varying: Name of the input whose length varies, and the axis.
    """

    def __init__(
        self, name: str, sessions: Mapping[int, Session], varying: tuple[str, int]
    ) -> None:
        self._name = name
        self._sessions = sessions
        self._varying = varying

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute every output; see `Session.run`."""
        name, axis = self._varying
        length = inputs[name].shape[axis]
        if length not in self._sessions:
            known = ", ".join(map(str, self._sessions))
            raise TargetError(
                f"{self._name}: compiled for {known} along axis {axis} of {name}, not for {length}."
            )
        return self._sessions[length].run(inputs)

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """Bind arrays that stay in place; see `Session.with_state`."""
        bound = {length: each.with_state(state) for length, each in self._sessions.items()}
        return FixedLengthSession(self._name, bound, self._varying)
