"""A graph that ONNX Runtime has loaded."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from voicepack.targets.errors import TargetError
from voicepack.targets.session import Array, Session

if TYPE_CHECKING:
    import onnxruntime


class OnnxRuntimeSession:
    """A graph loaded in ONNX Runtime; every call is stateless."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        name: str,
        run_options: onnxruntime.RunOptions,
    ) -> None:
        self._session = session
        self._name = name
        self._run_options = run_options
        self._outputs = [output.name for output in session.get_outputs()]

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute every output; see `Session.run`."""
        try:
            values = self._session.run(self._outputs, dict(inputs), self._run_options)
        except Exception as error:
            raise TargetError(f"{self._name}: onnxruntime failed: {error}") from error
        return dict(zip(self._outputs, values, strict=True))

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """Bind arrays that stay in place; see `Session.with_state`."""
        return _BoundSession(self._session, self._name, state, self._run_options)


class _BoundSession:
    """A loaded graph with some inputs and outputs bound to the caller's memory."""

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        name: str,
        state: Mapping[str, tuple[str, Array]],
        run_options: onnxruntime.RunOptions,
    ) -> None:
        from onnxruntime import OrtValue

        self._session = session
        self._name = name
        self._run_options = run_options
        self._binding = session.io_binding()
        # The values do not copy: they look into the arrays, so both must live as long as we do.
        self._state = {key: (output, array) for key, (output, array) in state.items()}
        self._values = {
            key: OrtValue.ortvalue_from_numpy(array) for key, (_, array) in state.items()
        }
        self._results = [
            output.name
            for output in session.get_outputs()
            if output.name not in {bound for bound, _ in state.values()}
        ]
        for key, (output, _) in state.items():
            self._binding.bind_ortvalue_input(key, self._values[key])
            if output:
                self._binding.bind_ortvalue_output(output, self._values[key])

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the outputs that are not state; see `Session.run`."""
        for name, array in inputs.items():
            self._binding.bind_cpu_input(name, array)
        for name in self._results:
            self._binding.bind_output(name)
        try:
            self._session.run_with_iobinding(self._binding, self._run_options)
        except Exception as error:
            raise TargetError(f"{self._name}: onnxruntime failed: {error}") from error
        outputs = self._binding.get_outputs()
        names = [name for name, _ in self._state.values() if name] + self._results
        values = dict(zip(names, outputs, strict=True))
        return {name: np.asarray(values[name].numpy()) for name in self._results}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """Bind other arrays to the same loaded graph; see `Session.with_state`."""
        both = {**self._state, **state}
        return _BoundSession(self._session, self._name, both, self._run_options)
