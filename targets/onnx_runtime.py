"""The adapter to ONNX Runtime."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from voicepack.targets.errors import TargetError
from voicepack.targets.profile import TargetProfile
from voicepack.targets.saturation import int8_saturates
from voicepack.targets.session import Array, EngineOptions, Session
from voicepack.targets.version import at_least

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True)
class OnnxRuntime:
    """Opens graphs with the execution providers of a target profile."""

    profile: TargetProfile

    def open(self, model: Path, options: EngineOptions) -> OnnxRuntimeSession:
        """Load a graph; see `Engine.open`."""
        ort = _import(self.profile)
        try:
            session = ort.InferenceSession(
                str(model), _session_options(ort, options), providers=list(self.profile.providers)
            )
        except Exception as error:  # the binding raises a dozen types without a common base
            raise TargetError(
                f"{model}: onnxruntime {ort.__version__} cannot load this graph: {error}. "
                f"Export the voice again for a target this machine runs."
            ) from error
        return OnnxRuntimeSession(session, model.stem, _run_options(ort, options))


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


def _import(profile: TargetProfile) -> onnxruntime:
    """Import the engine, or say how to get one that is new enough."""
    try:
        import onnxruntime as ort
    except ModuleNotFoundError as error:
        raise TargetError(
            f"target {profile.name} needs onnxruntime, which is not installed: "
            "pip install 'voicepack[cpu]'"
        ) from error
    if not at_least(ort.__version__, profile.minimum_engine):
        raise TargetError(
            f"target {profile.name} needs onnxruntime {profile.minimum_engine} or newer, found "
            f"{ort.__version__}. Upgrade it, or export the voice for an older engine: "
            "--target cpu-portable."
        )
    return ort


def _session_options(ort: onnxruntime, options: EngineOptions) -> onnxruntime.SessionOptions:
    """Translate our options; the rest is fixed for one short-lived graph at a time."""
    session = ort.SessionOptions()
    session.intra_op_num_threads = options.threads
    session.inter_op_num_threads = 1
    if options.cores and options.threads > 1:
        # The caller's thread is one of them, so there is one worker less; cores count from 1.
        bound = ",".join(str(core + 1) for core in options.cores)
        affinities = ";".join([bound] * (options.threads - 1))
        session.add_session_config_entry("session.intra_op_thread_affinities", affinities)
    session.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    # A pattern plans memory for the shapes of one run. Sentences differ in length, so it would only
    # keep what the longest one needed: 170 MB more at the peak, and no time gained.
    session.enable_mem_pattern = False
    session.log_severity_level = 3
    spinning = "1" if options.spinning else "0"
    session.add_session_config_entry("session.intra_op.allow_spinning", spinning)
    # Fused with the addition before it, a layer norm takes eight times as long for many rows.
    session.add_session_config_entry(
        "optimization.disable_specified_optimizers", "SkipLayerNormFusion"
    )
    if int8_saturates():
        # Makes INT8 weights unsigned, so that every CPU computes the same numbers. It would do so
        # with VNNI too, where nothing saturates, and take nearly twice as long for many rows.
        session.add_session_config_entry("session.x64quantprecision", "1")
    return session


def _run_options(ort: onnxruntime, options: EngineOptions) -> onnxruntime.RunOptions:
    """Translate what concerns a single run."""
    run = ort.RunOptions()
    if options.frugal:
        run.add_run_config_entry("memory.enable_memory_arena_shrinkage", "cpu:0")
    return run
