"""The adapter to ONNX Runtime."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.targets.errors import TargetError
from voicepack.targets.freed_memory import give_back_freed_memory
from voicepack.targets.onnx_providers import provider_options, usable_providers
from voicepack.targets.onnx_session import OnnxRuntimeSession
from voicepack.targets.onnx_state import PRESENT, KeepingSession
from voicepack.targets.profile import KvCache, TargetProfile
from voicepack.targets.saturation import int8_saturates
from voicepack.targets.session import EngineOptions
from voicepack.targets.shared_arena import share_arena
from voicepack.targets.version import at_least

if TYPE_CHECKING:
    import onnxruntime


@dataclass(frozen=True)
class OnnxRuntime:
    """Opens graphs with the execution providers of a target profile."""

    profile: TargetProfile

    def check(self, options: EngineOptions) -> None:
        """Look for the engine; see `Engine.check`. There is always a device: it falls back."""
        _import(self.profile)

    def open(self, model: Path, options: EngineOptions) -> OnnxRuntimeSession:
        """Load a graph; see `Engine.open`."""
        ort = _import(self.profile)
        usable = usable_providers(self.profile, options, ort.get_available_providers())
        chosen = [
            (each, provider_options(each, self.profile, options, ort.__version__))
            for each in usable
        ]
        try:
            session = ort.InferenceSession(
                str(model), _session_options(ort, options), providers=chosen
            )
        except Exception as error:  # the binding raises a dozen types without a common base
            raise TargetError(
                f"{model}: onnxruntime {ort.__version__} cannot load this graph: {error}. "
                f"Export the voice again for a target this machine runs."
            ) from error
        give_back_freed_memory()
        keeps = any(each.name.startswith(PRESENT) for each in session.get_outputs())
        keeping = keeps and self.profile.kv_cache is KvCache.ON_DEVICE
        kind = KeepingSession if keeping else OnnxRuntimeSession
        return kind(session, model.stem, _run_options(ort, options))


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
            "--target cpu-portable-1.23, or cpu-portable for 1.20."
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
    share_arena(ort, session)
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
