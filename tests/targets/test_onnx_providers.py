"""Which execution providers are taken, and where TensorRT's engines are kept."""

from __future__ import annotations

import logging
from pathlib import Path

import pytest

from voicepack.targets.catalogue import find_profile
from voicepack.targets.onnx_providers import CPU, CUDA, TENSORRT, provider_options, usable_providers
from voicepack.targets.session import Arithmetic, EngineOptions

JETSON = find_profile("jetson-orin")
VOCODER = EngineOptions(threads=1, role="vocoder")
LATENT = EngineOptions(threads=1, role="latent")


@pytest.fixture(autouse=True)
def cache(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "voicepack" / "tensorrt"


def voice(folder: Path, weights: bytes) -> Path:
    """A vocoder's files; the graph is that of every voice, the weights are not."""
    folder.mkdir()
    (folder / "vocoder.onnx").write_bytes(b"graph")
    (folder / "vocoder.data").write_bytes(weights)
    return folder / "vocoder.onnx"


def engines_of(model: Path, version: str = "1.23.0") -> str:
    return provider_options(TENSORRT, JETSON, VOCODER, model, version)["trt_engine_cache_path"]


def test_the_vocoder_tries_tensorrt_first_and_other_graphs_do_not(tmp_path: Path) -> None:
    everything = [TENSORRT, CUDA, CPU]

    assert usable_providers(JETSON, VOCODER, everything, tmp_path) == [TENSORRT, CUDA, CPU]
    assert usable_providers(JETSON, LATENT, everything, tmp_path) == [CUDA, CPU]


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
    found = usable_providers(JETSON, VOCODER, available, Path("graphs/vocoder.onnx"))

    assert found == expected
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert record.getMessage().startswith(f"vocoder runs on {expected[0]}: ")
    assert record.getMessage().endswith(missing)


def test_a_target_of_the_cpu_reports_nothing(caplog: pytest.LogCaptureFixture) -> None:
    profile = find_profile("cpu")

    assert usable_providers(profile, VOCODER, [CUDA, CPU], Path("vocoder.onnx")) == [CPU]
    assert not caplog.records


def test_two_voices_share_no_engines_though_their_graphs_are_alike(tmp_path: Path) -> None:
    first, second = voice(tmp_path / "a", b"one"), voice(tmp_path / "b", b"two")

    assert engines_of(first) != engines_of(second)


def test_a_copy_of_a_voice_finds_the_engines_of_the_first(tmp_path: Path, cache: Path) -> None:
    first, copy = voice(tmp_path / "a", b"one"), voice(tmp_path / "b", b"one")

    assert engines_of(first) == engines_of(copy)
    assert Path(engines_of(first)).is_relative_to(cache / "1.23.0")


def test_another_onnx_runtime_builds_its_own_engines(tmp_path: Path) -> None:
    model = voice(tmp_path / "a", b"one")

    assert engines_of(model, "1.22.1") != engines_of(model, "1.23.0")


@pytest.mark.parametrize(
    ("arithmetic", "halves"),
    [(Arithmetic.EXACT, "False"), (Arithmetic.HALF, "True"), (Arithmetic.INTEGER, "True")],
)
def test_tensorrt_may_halve_what_is_not_stored_in_full_precision(
    tmp_path: Path, arithmetic: Arithmetic, halves: str
) -> None:
    model = voice(tmp_path / "a", b"one")
    options = EngineOptions(threads=1, role="vocoder", arithmetic=arithmetic)

    chosen = provider_options(TENSORRT, JETSON, options, model, "1.23.0")

    assert chosen["trt_fp16_enable"] == halves
    assert chosen["trt_engine_cache_enable"] == "True"
