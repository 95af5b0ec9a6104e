"""Which execution providers are taken, and where TensorRT's engines are kept."""

from __future__ import annotations

import logging
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.targets.catalogue import find_profile
from voicepack.targets.onnx_providers import CPU, CUDA, TENSORRT, provider_options, usable_providers
from voicepack.targets.session import Arithmetic, EngineOptions

JETSON = find_profile("jetson-orin")
VOCODER = EngineOptions(threads=1, role="vocoder", content="hashes of a voice")
LATENT = EngineOptions(threads=1, role="latent")


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "voicepack" / "tensorrt"


def engines_of(options: EngineOptions, version: str = "1.23.0") -> Path:
    return Path(provider_options(TENSORRT, JETSON, options, version)["trt_engine_cache_path"])


def test_the_vocoder_tries_tensorrt_first_and_other_graphs_do_not() -> None:
    everything = [TENSORRT, CUDA, CPU]

    assert usable_providers(JETSON, VOCODER, everything) == [TENSORRT, CUDA, CPU]
    assert usable_providers(JETSON, LATENT, everything) == [CUDA, CPU]


@pytest.mark.parametrize(
    ("available", "expected", "missing"),
    [
        ([CUDA, CPU], [CUDA, CPU], "has no TensorrtExecutionProvider."),
        ([CPU], [CPU], "has no TensorrtExecutionProvider, CUDAExecutionProvider."),
    ],
)
def test_a_fall_back_is_reported(
    caplog: pytest.LogCaptureFixture,
    available: list[str],
    expected: list[str],
    missing: str,
) -> None:
    found = usable_providers(JETSON, VOCODER, available)

    assert found == expected
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"vocoder runs on {expected[0]}: ")
    assert record.getMessage().endswith(missing)


def test_a_graph_that_is_only_checked_reports_nothing(caplog: pytest.LogCaptureFixture) -> None:
    assert usable_providers(JETSON, EngineOptions(threads=1), [CPU]) == [CPU]
    assert not caplog.records


def test_a_target_of_the_cpu_reports_nothing(caplog: pytest.LogCaptureFixture) -> None:
    profile = find_profile("cpu")

    assert usable_providers(profile, VOCODER, [CUDA, CPU]) == [CPU]
    assert not caplog.records


def test_two_voices_share_no_engines_though_their_graphs_are_alike(cache: Path) -> None:
    other = replace(VOCODER, content="hashes of another voice")

    assert engines_of(VOCODER) != engines_of(other)
    assert engines_of(VOCODER).parent == engines_of(other).parent == cache / "1.23.0"


def test_another_onnx_runtime_builds_its_own_engines() -> None:
    assert engines_of(VOCODER, "1.22.1") != engines_of(VOCODER, "1.23.0")


def test_engines_of_what_has_no_name_are_not_kept() -> None:
    chosen = provider_options(TENSORRT, JETSON, replace(VOCODER, content=""), "1.23.0")

    assert "trt_engine_cache_enable" not in chosen


@pytest.mark.parametrize(
    ("arithmetic", "halves"),
    [(Arithmetic.EXACT, "False"), (Arithmetic.HALF, "True"), (Arithmetic.INTEGER, "True")],
)
def test_tensorrt_may_halve_what_is_not_stored_in_full_precision(
    arithmetic: Arithmetic, halves: str
) -> None:
    options = replace(VOCODER, arithmetic=arithmetic)

    assert provider_options(TENSORRT, JETSON, options, "1.23.0")["trt_fp16_enable"] == halves


def test_the_profile_sets_what_no_pack_decides() -> None:
    chosen = provider_options(TENSORRT, JETSON, VOCODER, "1.23.0")

    assert chosen["trt_max_workspace_size"] == str(256 * 2**20)
    assert provider_options(CUDA, JETSON, VOCODER, "1.23.0") == {}
