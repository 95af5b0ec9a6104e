"""Which targets this machine can run, and which of several fits it best."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from importlib.util import find_spec

from voicepack.targets.catalogue import find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.machine import Machine
from voicepack.targets.profile import EngineName, TargetProfile
from voicepack.targets.quiet_import import import_quietly
from voicepack.targets.version import at_least

CPU_PROVIDER = "CPUExecutionProvider"


@dataclass(frozen=True)
class Choice:
    """A target, and why it was taken."""

    profile: TargetProfile
    reason: str
    """Empty where there was no choice."""


def machine_fault(profile: TargetProfile, machine: Machine) -> str:
    """Say why the machine is not one that the profile means; "" if it is."""
    if machine.architecture not in profile.architectures:
        return f"is for {' or '.join(profile.architectures)}, found {machine.architecture}"
    if profile.boards and not _named(profile, machine):
        return f"is for {' or '.join(profile.boards)}, found {machine.name or 'no name'}"
    return ""


def engine_fault(profile: TargetProfile) -> str:
    """Say why the engine installed here cannot run the profile; "" if it can."""
    name = profile.engine.value
    if find_spec(name) is None:
        return f"needs {name}: pip install 'voicepack[{profile.extra}]'"
    engine = import_quietly(name)
    if not at_least(engine.__version__, profile.minimum_engine):
        return f"needs {name} {profile.minimum_engine} or newer, found {engine.__version__}"
    if profile.engine is EngineName.ONNXRUNTIME:
        wanted = [each for each in profile.providers if each != CPU_PROVIDER]
        if wanted and not set(wanted) & set(engine.get_available_providers()):
            return f"needs an onnxruntime with {' or '.join(wanted)}"
    return ""


def choose(names: Iterable[str], machine: Machine) -> Choice:
    """Choose among targets the one that fits a machine best.

    One that names the machine's board comes before one that names only its architecture; among
    equals the first wins. A target of other machines is taken only where its engine runs here and
    no better one does.

    Args:
        names: Targets that a pack was compiled for.
        machine: Where it is to speak.

    Raises:
        TargetError: None of them can run here. Says why for each, and what to install.
    """
    ranked = sorted((find_profile(name) for name in names), key=lambda each: _rank(each, machine))
    faults: list[str] = []
    for profile in ranked:
        fault = engine_fault(profile)
        if not fault:
            return Choice(profile, _reason(profile, machine, faults))
        faults.append(f"{profile.name} {fault}")
    raise TargetError("no target of this pack can run here: " + "; ".join(faults) + ".")


def _rank(profile: TargetProfile, machine: Machine) -> int:
    if machine_fault(profile, machine):
        return 2
    return 0 if profile.boards else 1


def _reason(profile: TargetProfile, machine: Machine, faults: list[str]) -> str:
    fault = machine_fault(profile, machine)
    if fault:
        fit = f"nothing nearer runs here, though it {fault}"
    elif profile.boards:
        fit = f"made for {machine.name}"
    else:
        fit = f"fits any {machine.architecture}"
    return "; ".join([fit, *faults])


def _named(profile: TargetProfile, machine: Machine) -> bool:
    return any(board.lower() in machine.name.lower() for board in profile.boards)
