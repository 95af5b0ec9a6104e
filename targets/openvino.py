"""The adapter to OpenVINO."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.targets.errors import TargetError
from voicepack.targets.fixed_lengths import FixedLengthSession
from voicepack.targets.instruction_sets import avoid_slow_int8
from voicepack.targets.openvino_cache import Compilation, CompiledGraph
from voicepack.targets.openvino_session import KeepingSession, OpenVinoSession
from voicepack.targets.openvino_settings import choose_device, lengths_on, settings
from voicepack.targets.openvino_shapes import of_length, varying_axis
from voicepack.targets.openvino_state import ORDER, keep_state
from voicepack.targets.profile import TargetProfile
from voicepack.targets.quiet_import import import_quietly
from voicepack.targets.session import Arithmetic, EngineOptions, Session
from voicepack.targets.version import at_least

if TYPE_CHECKING:
    import openvino


@dataclass(frozen=True)
class OpenVino:
    """Opens graphs on the devices of a target profile."""

    profile: TargetProfile

    def check(self, options: EngineOptions) -> None:
        """Look for the engine and the device; see `Engine.check`."""
        self._device(options)

    def open(self, model: Path, options: EngineOptions) -> Session:
        """Load a graph; see `Engine.open`. One that returns what it takes gets a state."""
        device = self._device(options)
        try:
            lengths = lengths_on(device, self.profile, options)
            if lengths:
                return _fixed(model, device, options, lengths)
            graph = _compiled_before(device, options) or _compiled(model, device, options)
            return _session(graph, model.stem)
        except RuntimeError as error:
            raise TargetError(
                f"{model}: openvino cannot load this graph on {device}: {error}. Export the voice "
                "again for a target that this machine runs."
            ) from error

    def _device(self, options: EngineOptions) -> str:
        _require(self.profile)
        # Holds for the process, so it has to come before the first graph, whichever that is.
        if options.arithmetic is Arithmetic.INTEGER:
            avoid_slow_int8()
        return choose_device(_core(), self.profile, options)


def _compiled_before(device: str, options: EngineOptions) -> CompiledGraph | None:
    """Load a graph without reading it, so that whether it has a state is seen when it is found."""
    core = _core()
    for stateful in (True, False):
        chosen = settings(core, device, options, stateful)
        if found := Compilation(device, chosen, options.content).load(core):
            return found
    return None


def _compiled(model: Path, device: str, options: EngineOptions) -> CompiledGraph:
    core = _core()
    network = core.read_model(model)
    chosen = settings(core, device, options, stateful=keep_state(network))
    return Compilation(device, chosen, options.content).compile(core, network)


def _session(graph: CompiledGraph, name: str) -> OpenVinoSession:
    inputs = {port.get_any_name() for port in graph.model.inputs}
    return KeepingSession(graph, name) if ORDER in inputs else OpenVinoSession(graph, name)


def _fixed(
    model: Path, device: str, options: EngineOptions, lengths: Iterable[int]
) -> FixedLengthSession:
    """Compile a graph for each of several lengths."""
    core = _core()
    network = core.read_model(model)
    varying = varying_axis(network)
    chosen = settings(core, device, options, stateful=False)

    def load(length: int) -> OpenVinoSession:
        content = f"{options.content}, {length} long" if options.content else ""
        compilation = Compilation(device, chosen, content)
        graph = compilation.load(core) or compilation.compile(
            core, of_length(network, varying, length)
        )
        return OpenVinoSession(graph, model.stem)

    return FixedLengthSession(model.stem, {length: load(length) for length in lengths}, varying)


def _require(profile: TargetProfile) -> None:
    """Say how to get the engine where there is none that is new enough."""
    try:
        openvino = import_quietly("openvino")
    except ModuleNotFoundError as error:
        raise TargetError(
            f"target {profile.name} needs openvino, which is not installed: "
            f"pip install 'voicepack[{profile.extra}]'"
        ) from error
    if not at_least(openvino.__version__, profile.minimum_engine):
        raise TargetError(
            f"target {profile.name} needs openvino {profile.minimum_engine} or newer, found "
            f"{openvino.__version__}. Upgrade it: pip install -U 'voicepack[{profile.extra}]'"
        )


@cache
def _core() -> openvino.Core:
    """Start the engine, once: a core finds the devices and keeps them."""
    import openvino

    return openvino.Core()
