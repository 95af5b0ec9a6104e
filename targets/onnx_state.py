"""A graph whose keys and values ONNX Runtime keeps where it computes, on a GPU say."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

import numpy as np

from voicepack.targets.errors import TargetError
from voicepack.targets.onnx_providers import CUDA, TENSORRT
from voicepack.targets.onnx_session import OnnxRuntimeSession
from voicepack.targets.session import Array

if TYPE_CHECKING:
    import onnxruntime

PAST, PRESENT = "past_", "present_"
DEVICES = {CUDA: "cuda", TENSORRT: "cuda"}
"""Provider -> where it keeps tensors; the others keep them in the host's memory."""


class KeepingSession(OnnxRuntimeSession):
    """What one run returns as `present_*` stays on the device and is `past_*` of the next.

    See `StatefulSession`.
    """

    def __init__(
        self,
        session: onnxruntime.InferenceSession,
        name: str,
        run_options: onnxruntime.RunOptions,
    ) -> None:
        super().__init__(session, name, run_options)
        self._device = DEVICES.get(session.get_providers()[0], "cpu")
        self._past = {
            each.name: each.shape for each in session.get_inputs() if each.name.startswith(PAST)
        }
        self._state: dict[str, onnxruntime.OrtValue] = {}
        self._results = [name for name in self._outputs if not name.startswith(PRESENT)]
        self.forget()

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """Compute the outputs that are not state; see `Session.run`."""
        binding = self._session.io_binding()
        for name, array in inputs.items():
            binding.bind_cpu_input(name, array)
        for name, value in self._state.items():
            binding.bind_ortvalue_input(name, value)
            binding.bind_output(PRESENT + name.removeprefix(PAST), self._device)
        for name in self._results:
            binding.bind_output(name)
        try:
            self._session.run_with_iobinding(binding, self._run_options)
        except Exception as error:  # the binding raises a dozen types without a common base
            raise TargetError(f"{self._name}: onnxruntime failed: {error}") from error
        values = binding.get_outputs()
        self._state = dict(zip(self._state, values, strict=False))
        results = values[len(self._state) :]
        return {
            name: np.asarray(value.numpy())
            for name, value in zip(self._results, results, strict=True)
        }

    def forget(self) -> None:
        """Empty the state; see `StatefulSession.forget`."""
        from onnxruntime import OrtValue

        self._state = {
            name: OrtValue.ortvalue_from_shape_and_type(
                [size if isinstance(size, int) else 0 for size in shape], np.float32, self._device
            )
            for name, shape in self._past.items()
        }
