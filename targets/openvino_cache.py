"""Graphs as OpenVINO compiled them, kept in files: a later start loads them and compiles nothing.

OpenVINO's own `CACHE_DIR` reads and hashes a graph before it finds it again, or goes by the graph's
path and leaves the file of weights out.
"""

from __future__ import annotations

import hashlib
import json
import logging
import mmap
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

import numpy as np

from voicepack.targets.cache_folder import cache_folder

if TYPE_CHECKING:
    import openvino

CAN_BE_KEPT = "EXPORT_IMPORT"
"""What a device says that writes and reads compiled graphs."""

REVISION = 2
"""Of what the adapter changes in a graph before it is compiled: raised, all are compiled anew."""

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class CompiledGraph:
    """A graph that is ready to run."""

    model: openvino.CompiledModel
    source: mmap.mmap | None = None
    """The file that it reads its weights from; none where they were just compiled."""

    def forget_source(self) -> None:
        """Hand back the memory of the file; what is still needed of it is read again.

        The first run packs the weights for the processor, and from then on the file's own are as
        good as never read. They would count as used memory all the same.
        """
        if self.source is not None and hasattr(mmap, "MADV_DONTNEED"):
            self.source.madvise(mmap.MADV_DONTNEED)


@dataclass(frozen=True)
class Compilation:
    """All that decides what a graph is compiled to."""

    device: str
    settings: Mapping[str, str]
    content: str
    """Stands for the graph and its weights; empty where the result is not to be kept."""

    def load(self, core: openvino.Core) -> CompiledGraph | None:
        """Load what was compiled before; None where there is nothing, or nothing of use."""
        file = self._file(core)
        if file is None or not file.exists():
            return None
        try:
            return _import(core, file, self)
        except (OSError, RuntimeError, ValueError) as error:
            logger.warning("%s: not what was compiled, so made anew: %s", file, error)
            return None

    def compile(self, core: openvino.Core, network: openvino.Model) -> CompiledGraph:
        """Compile a graph, and keep the result for the next time."""
        compiled = core.compile_model(network, self.device, dict(self.settings))
        file = self._file(core)
        if file is not None:
            _keep(compiled, file)
        return CompiledGraph(compiled)

    def _file(self, core: openvino.Core) -> Path | None:
        able = core.get_property(self.device, "OPTIMIZATION_CAPABILITIES")
        if not self.content or CAN_BE_KEPT not in able:
            return None
        # The same folder may serve several machines, and a graph is compiled for one processor.
        machine = [core.get_property(self.device, "FULL_DEVICE_NAME"), sorted(able)]
        decisive = [REVISION, self.content, self.device, sorted(self.settings.items()), machine]
        key = hashlib.sha256(json.dumps(decisive).encode()).hexdigest()
        return cache_folder() / "openvino" / _version() / f"{key}.blob"


def _import(core: openvino.Core, file: Path, compilation: Compilation) -> CompiledGraph:
    from openvino import Tensor

    with file.open("rb") as opened:
        # Never written to, but OpenVINO asks for memory that could be.
        source = mmap.mmap(opened.fileno(), 0, access=mmap.ACCESS_COPY)
    tensor = Tensor(np.frombuffer(source, np.uint8), shared_memory=True)
    model = core.import_model(tensor, compilation.device, dict(compilation.settings))
    return CompiledGraph(model, source)


def _keep(compiled: openvino.CompiledModel, file: Path) -> None:
    """Write a compiled graph, complete or not at all. A voice speaks without it, too."""
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with TemporaryDirectory(dir=file.parent) as folder:
            partial = Path(folder) / file.name
            with partial.open("wb") as opened:
                opened.write(compiled.export_model().getbuffer())
                os.fsync(opened.fileno())
            partial.replace(file)
    except OSError as error:
        logger.warning("%s: the compiled graph could not be kept: %s", file, error)


def _version() -> str:
    import openvino

    return str(openvino.__version__).partition("-")[0]
