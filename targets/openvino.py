"""The adapter to OpenVINO."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.targets.errors import TargetError
from voicepack.targets.fixed_lengths import FixedLengthSession
from voicepack.targets.instruction_sets import avoid_slow_int8
from voicepack.targets.openvino_session import KeepingSession, OpenVinoSession
from voicepack.targets.openvino_settings import choose_device, lengths_on, settings
from voicepack.targets.openvino_shapes import of_length, varying_axis
from voicepack.targets.openvino_state import keep_state
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

    def open(self, model: Path, options: EngineOptions) -> Session:
        """Load a graph; see `Engine.open`. One that returns what it takes gets a state."""
        _require(self.profile)
        if options.arithmetic is Arithmetic.INTEGER:
            avoid_slow_int8()
        device = choose_device(_core(), self.profile, options)
        try:
            return self._load(model, device, options)
        except RuntimeError as error:
            raise TargetError(
                f"{model}: openvino cannot load this graph on {device}: {error}. Export the voice "
                "again for a target that this machine runs."
            ) from error

    def _load(self, model: Path, device: str, options: EngineOptions) -> Session:
        core, name = _core(), model.stem
        network = core.read_model(model)
        stateful = keep_state(network)
        chosen = settings(core, device, options, stateful)
        lengths = lengths_on(device, self.profile, options)
        if not lengths:
            compiled = core.compile_model(network, device, chosen)
            return KeepingSession(compiled, name) if stateful else OpenVinoSession(compiled, name)
        varying = varying_axis(network)
        fixed = {length: of_length(network, varying, length) for length in lengths}
        sessions = {
            length: OpenVinoSession(core.compile_model(each, device, chosen), name)
            for length, each in fixed.items()
        }
        return FixedLengthSession(name, sessions, varying)


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
