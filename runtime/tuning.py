"""How a voice best uses one machine: measured there, written beside the pack, never into it."""

from __future__ import annotations

import hashlib
import json
import logging
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.dataclass_json import Faults, read_record
from voicepack.runtime.manifest_json import MANIFEST_NAME
from voicepack.targets.cores import available_cores, default_threads
from voicepack.targets.machine import this_machine
from voicepack.targets.session import CachePrecision, EngineOptions

logger = logging.getLogger(__name__)

SUFFIX = ".tuning.json"


@dataclass(frozen=True)
class Tuning:
    """Choices that change speed and memory; sound only by the precisions. None leaves one to us."""

    target: str | None = None
    """Which of the pack's targets."""
    threads: int | None = None
    """Threads inside one operator."""
    spinning: bool | None = None
    """Let idle threads spin: a little faster, but they hold the cores."""
    cache: CachePrecision | None = None
    """How exactly keys and values are kept, where the engine decides it."""
    piece_frames: int | None = None
    """Latent frames that the vocoder computes at once."""

    def or_else(self, other: Tuning) -> Tuning:
        """Fill what is not chosen here with the choices of another."""
        mine = {name: value for name, value in asdict(self).items() if value is not None}
        return Tuning(**(asdict(other) | mine))

    def engine_options(self) -> EngineOptions:
        """Return what concerns the engine."""
        return EngineOptions(
            threads=self.threads or default_threads(),
            spinning=bool(self.spinning),
            cache=self.cache or CachePrecision.F16,
        )


@dataclass(frozen=True)
class TuningFile:
    """A tuning and what it was measured for."""

    machine: str
    pack_sha256: str
    """Of the manifest, which holds the hash of every other file."""
    tuning: Tuning


def tuning_path(pack: Path) -> Path:
    """Name the tuning of a pack: voices/my.voicepack -> voices/my.voicepack.tuning.json."""
    path = pack.absolute()
    return path.with_name(path.name + SUFFIX)


def write_tuning(pack: Path, tuning: Tuning) -> Path:
    """Write a tuning beside its pack, in the place of an earlier one.

    Raises:
        OSError: Nothing can be written there.
    """
    document = asdict(TuningFile(_machine(), _pack_sha256(pack), tuning))
    with replaced_file(tuning_path(pack)) as temporary:
        temporary.write_text(json.dumps(document, indent=2) + "\n", encoding="utf-8")
    return tuning_path(pack)


def read_tuning(pack: Path) -> Tuning:
    """Read the tuning beside a pack; without one nothing is chosen.

    A file that was measured elsewhere or for another pack, or is damaged, is passed over with a
    warning: a tuning may make speech slower, it may not stop it.
    """
    path = tuning_path(pack)
    if not path.is_file():
        return Tuning()
    faults: Faults = []
    try:
        found = read_record(TuningFile, json.loads(path.read_text(encoding="utf-8")), faults)
    except (OSError, ValueError, RecursionError) as error:
        faults.append(str(error))
    if not faults and found.machine != _machine():
        faults.append(f"measured on {found.machine!r}, this is {_machine()!r}")
    if not faults and found.pack_sha256 != _pack_sha256(pack):
        faults.append("measured for another content of the pack")
    if faults:
        logger.warning("%s is passed over: %s. Run `voicepack tune` again.", path, faults[0])
        return Tuning()
    return found.tuning


def describe(tuning: Tuning) -> str:
    """Write what was chosen, such as "threads 4, spinning off"."""
    chosen = {field.name: getattr(tuning, field.name) for field in fields(tuning)}
    return ", ".join(
        f"{name.replace('_', ' ')} {_word(value)}"
        for name, value in chosen.items()
        if value is not None
    )


def _word(value: object) -> object:
    if isinstance(value, bool):
        return "on" if value else "off"
    return value.value if isinstance(value, CachePrecision) else value


def _machine() -> str:
    machine = this_machine()
    return f"{machine.architecture}, {machine.name}, {available_cores()} core(s)"


def _pack_sha256(pack: Path) -> str:
    return hashlib.sha256((pack / MANIFEST_NAME).read_bytes()).hexdigest()
