"""Which device computes a graph, and with which numbers; on a stand-in for OpenVINO."""

from __future__ import annotations

import os
import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import pytest

from voicepack.targets import instruction_sets
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.openvino_settings import choose_device, lengths_on, settings
from voicepack.targets.session import Arithmetic, CachePrecision, EngineOptions

EXACT = EngineOptions(threads=2, role="vocoder")
HALF = replace(EXACT, arithmetic=Arithmetic.HALF)
INTEGER = replace(EXACT, arithmetic=Arithmetic.INTEGER)


@dataclass
class StandIn:
    """What OpenVINO says of a machine."""

    available_devices: tuple[str, ...] = ("CPU",)
    capabilities: tuple[str, ...] = ("FP32", "INT8", "BF16")

    def get_property(self, device: str, name: str) -> tuple[str, ...]:
        assert (device, name) == ("CPU", "OPTIMIZATION_CAPABILITIES")
        return self.capabilities


def core(*devices: str) -> Any:
    return cast(Any, StandIn(devices))


@pytest.fixture(autouse=True)
def version(monkeypatch: pytest.MonkeyPatch) -> None:
    module = type(sys)("openvino")
    module.__version__ = "2026.4.1-22982"  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, "openvino", module)


def test_a_target_s_devices_are_for_the_roles_it_names() -> None:
    npu = find_profile("openvino-npu")

    assert choose_device(core("CPU", "NPU"), npu, HALF) == "NPU"
    assert choose_device(core("CPU", "NPU"), npu, replace(HALF, role="latent")) == "CPU"
    assert choose_device(core("CPU", "GPU.0"), find_profile("openvino-gpu"), HALF) == "GPU"


def test_what_must_be_exact_is_computed_on_the_cpu() -> None:
    assert choose_device(core("CPU"), find_profile("openvino-npu"), EXACT) == "CPU"


def test_a_device_that_is_not_there_is_named_with_those_that_are() -> None:
    with pytest.raises(TargetError, match=r"vocoder on NPU, but OpenVINO finds only CPU, GPU\.0"):
        choose_device(core("CPU", "GPU.0"), find_profile("openvino-npu"), HALF)


def test_shapes_are_fixed_only_where_the_device_wants_it() -> None:
    npu = find_profile("openvino-npu")

    assert lengths_on("NPU", npu, HALF) == npu.vocoder_frames
    assert lengths_on("CPU", npu, EXACT) == ()
    assert lengths_on("GPU", find_profile("openvino-gpu"), HALF) == ()


@pytest.mark.parametrize(
    ("options", "stateful", "expected"),
    [
        (EXACT, True, ("f32", "f32")),
        (EXACT, False, ("f32", "f32")),
        (HALF, True, ("bf16", "f16")),
        (HALF, False, ("bf16", "f16")),
        (INTEGER, True, ("f32", "f16")),
        (INTEGER, False, ("bf16", "f16")),
    ],
)
def test_the_precision_of_numbers_and_of_kept_ones_is_always_said(
    options: EngineOptions, stateful: bool, expected: tuple[str, str]
) -> None:
    chosen = settings(core("CPU"), "CPU", options, stateful)

    assert (chosen["INFERENCE_PRECISION_HINT"], chosen["KV_CACHE_PRECISION"]) == expected


@pytest.mark.parametrize(
    ("options", "stateful", "kept"),
    [(INTEGER, True, "u8"), (INTEGER, False, "f16"), (EXACT, True, "f32")],
)
def test_keys_and_values_are_kept_as_asked_but_in_full_precision(
    options: EngineOptions, stateful: bool, kept: str
) -> None:
    asked = replace(options, cache=CachePrecision.U8)

    assert settings(core("CPU"), "CPU", asked, stateful)["KV_CACHE_PRECISION"] == kept


@pytest.mark.parametrize(("capabilities", "hint"), [(("FP32",), "f32"), (("FP32", "FP16"), "f16")])
def test_16_bits_are_those_that_the_device_has(capabilities: tuple[str, ...], hint: str) -> None:
    machine = cast(Any, StandIn(capabilities=capabilities))

    assert settings(machine, "CPU", HALF, stateful=False)["INFERENCE_PRECISION_HINT"] == hint


def test_as_many_threads_work_as_are_asked_for() -> None:
    assert settings(core("CPU"), "CPU", EXACT, stateful=False)["INFERENCE_NUM_THREADS"] == "2"


def test_a_missing_engine_is_answered_with_its_extra(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setitem(sys.modules, "openvino", None)

    with pytest.raises(TargetError, match=r"pip install 'voicepack\[openvino\]'"):
        engine_of(find_profile("openvino-cpu")).open(tmp_path / "graph.onnx", EXACT)


def test_an_engine_that_is_too_old_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(sys.modules["openvino"], "__version__", "2025.4.1-1234")

    with pytest.raises(TargetError, match=r"needs openvino 2026\.2\.0 or newer, found 2025\.4\.1"):
        engine_of(find_profile("openvino-cpu")).open(tmp_path / "graph.onnx", EXACT)


@pytest.mark.parametrize(
    ("flags", "before", "after"),
    [
        ("avx512_vnni amx_bf16 amx_int8", None, "AVX512_CORE_BF16"),
        ("avx512_vnni amx_bf16 amx_int8", "AVX2", "AVX2"),
        ("avx512_vnni", None, None),
    ],
)
def test_amx_is_left_out_unless_the_user_chose(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, flags: str, before: str | None, after: str
) -> None:
    monkeypatch.delenv(instruction_sets.MAX_ISA, raising=False)
    if before:
        monkeypatch.setenv(instruction_sets.MAX_ISA, before)
    environment = dict(os.environ)
    monkeypatch.setattr(os, "environ", environment)
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(f"flags : fpu {flags}")
    monkeypatch.setattr(instruction_sets, "CPUINFO", cpuinfo)

    instruction_sets.avoid_slow_int8()

    assert environment.get(instruction_sets.MAX_ISA) == after
