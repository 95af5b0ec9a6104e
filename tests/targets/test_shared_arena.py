"""One arena for all graphs, watched from outside: the memory of a process."""

import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from voicepack.targets.shared_arena import share_arena

onnx = pytest.importorskip("onnx", reason="needs the quantize extra")
pytest.importorskip("onnxruntime", reason="needs the cpu extra")

TEMPORARY = 64 * 2**20
"""Bytes of what each graph computes on its way."""
RUN_IN_TURN = f"""
import sys, resource, numpy, onnxruntime
from pathlib import Path
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions
engine = engine_of(find_profile("cpu"))
graphs = [engine.open(Path(path), EngineOptions(threads=1)) for path in sys.argv[1:]]
row = numpy.ones((1, {TEMPORARY // 4}), numpy.float32)
peaks = []
for graph in graphs:
    graph.run({{"row": row}})
    peaks.append(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024)
print(peaks[-1] - peaks[0])
"""


HOLD_BETWEEN_RUNS = """
import sys, numpy
from pathlib import Path
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions
options = EngineOptions(threads=1, frugal=sys.argv[1] == "frugal")
graph = engine_of(find_profile("cpu")).open(Path(sys.argv[2]), options)
sizes = [int(size) for size in sys.argv[3:]]
for size in sizes:
    graph.run({"row": numpy.ones((1, size // 4), numpy.float32)})
status = dict(line.split(":", 1) for line in open("/proc/self/status"))
print(*(int(status[key].split()[0]) * 1024 for key in ("VmRSS", "VmHWM")))
"""


@pytest.mark.skipif(sys.platform != "linux", reason="memory is read as Linux has it")
def test_a_frugal_session_holds_less_between_runs_and_peaks_no_higher(tmp_path: Path) -> None:
    path = _graph_with_a_large_temporary(tmp_path / "large.onnx")
    sizes = [TEMPORARY // part for part in (8, 3, 1, 5, 1)]

    def memory(manner: str) -> tuple[int, int]:
        command = [sys.executable, "-c", HOLD_BETWEEN_RUNS, manner, str(path), *map(str, sizes)]
        ran = subprocess.run(command, capture_output=True, text=True, check=True)
        held, peak = map(int, ran.stdout.split())
        return held, peak

    (held, peak), (held_frugally, frugal_peak) = memory("plain"), memory("frugal")

    assert held_frugally < held - TEMPORARY
    assert frugal_peak < peak + TEMPORARY / 8


@pytest.mark.skipif(sys.platform == "win32", reason="peak memory is read as POSIX has it")
def test_graphs_that_run_in_turn_need_the_memory_of_one(tmp_path: Path) -> None:
    paths = [str(_graph_with_a_large_temporary(tmp_path / f"{place}.onnx")) for place in range(3)]
    ran = subprocess.run(
        [sys.executable, "-c", RUN_IN_TURN, *paths], capture_output=True, text=True, check=True
    )
    assert int(ran.stdout) < TEMPORARY / 2


def test_an_arena_of_the_program_around_us_is_used() -> None:
    entries: dict[str, str] = {}
    share_arena(_engine("An allocator for this device has already been registered"), _into(entries))
    assert entries == {"session.use_env_allocators": "1"}


def test_an_engine_without_arena_says_why() -> None:
    with pytest.raises(RuntimeError, match="out of memory"):
        share_arena(_engine("out of memory"), _into({}))


def _graph_with_a_large_temporary(path: Path) -> Path:
    from onnx import TensorProto, helper, numpy_helper

    axes = numpy_helper.from_array(np.array([1], np.int64), "axes")
    graph = helper.make_graph(
        [
            helper.make_node("Reciprocal", ["row"], ["large"]),
            helper.make_node("Mul", ["large", "row"], ["product"]),
            helper.make_node("ReduceSum", ["product", "axes"], ["sum"]),
        ],
        "large",
        [helper.make_tensor_value_info("row", TensorProto.FLOAT, [1, "n"])],
        [helper.make_tensor_value_info("sum", TensorProto.FLOAT, [1, 1])],
        [axes],
    )
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    onnx.save(model, path)
    return path


class _RefusingEngine:
    """Stands in for an engine that takes no other arena."""

    OrtAllocatorType = SimpleNamespace(ORT_ARENA_ALLOCATOR=1)
    OrtMemType = SimpleNamespace(DEFAULT=0)

    def __init__(self, complaint: str) -> None:
        self._complaint = complaint

    def OrtArenaCfg(self, settings: object) -> object:  # noqa: N802, the engine's name
        return settings

    def OrtMemoryInfo(self, *fields: object) -> object:  # noqa: N802, the engine's name
        return fields

    def create_and_register_allocator(self, memory: object, settings: object) -> None:
        raise RuntimeError(self._complaint)


def _engine(complaint: str) -> Any:
    return _RefusingEngine(complaint)


def _into(entries: dict[str, str]) -> Any:
    return SimpleNamespace(add_session_config_entry=entries.__setitem__)
