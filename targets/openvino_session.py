"""A graph that OpenVINO has loaded."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from voicepack.targets.errors import TargetError
from voicepack.targets.openvino_cache import CompiledGraph
from voicepack.targets.openvino_state import ORDER
from voicepack.targets.session import Array, Session

State = Mapping[str, tuple[str, Array]]
NO_STATE: State = {}


class OpenVinoSession:
    """A graph, some of its inputs and outputs perhaps bound to the caller's memory.

    Args:
        graph: The graph.
        name: What errors call it.
        state: As for `Session.with_state`.
    """

    def __init__(self, graph: CompiledGraph, name: str, state: State = NO_STATE) -> None:
        from openvino import Tensor

        self._graph = graph
        self._name = name
        # The tensors do not copy: they look into the arrays, so these must live as long as we do.
        self._state = dict(state)
        self._request = graph.model.create_infer_request()
        for key, (output, array) in state.items():
            for bound in filter(None, (key, output)):
                self._request.set_tensor(bound, Tensor(array, shared_memory=True))
        bound_outputs = {output for output, _ in state.values()}
        names = (port.get_any_name() for port in graph.model.outputs)
        self._results = [each for each in names if each not in bound_outputs]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the outputs that are not state; see `Session.run`."""
        results = self._compute(inputs)
        self._graph.forget_source()
        return results

    def _compute(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        from openvino import Tensor

        # As with the state: the request looks into these until it is given others.
        self._given = {
            name: np.require(each, requirements=["C", "W"]) for name, each in inputs.items()
        }
        try:
            # `infer` takes inputs as well, but looking at each of them takes 1 % of a decode step.
            for name, array in self._given.items():
                self._request.set_tensor(name, Tensor(array, shared_memory=True))
            self._request.infer(share_outputs=True)
        except RuntimeError as error:
            raise TargetError(f"{self._name}: openvino failed: {error}") from error
        return {name: self._request.get_tensor(name).data.copy() for name in self._results}

    def with_state(self, state: State) -> Session:
        """Bind arrays that stay in place; see `Session.with_state`."""
        return OpenVinoSession(self._graph, self._name, {**self._state, **state})


class KeepingSession(OpenVinoSession):
    """A graph whose state OpenVINO keeps; see `StatefulSession`."""

    _begins = True
    """Whether the next run is the first of a sequence."""

    def __init__(self, graph: CompiledGraph, name: str) -> None:
        super().__init__(graph, name, {ORDER: ("", np.zeros(1, np.int32))})

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the outputs that are not state; see `Session.run`."""
        results = self._compute(inputs)
        if self._begins:  # A later step is short: reading the file again would slow it down.
            self._graph.forget_source()
            self._begins = False
        return results

    def forget(self) -> None:
        """Empty the state; see `StatefulSession.forget`."""
        self._request.reset_state()
        self._begins = True
