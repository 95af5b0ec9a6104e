"""A pack says elsewhere what it says here: with the oldest engine, and on ARM processors."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

REPOSITORY = Path(__file__).parents[1]
PHONES = "HH AH0 L OW1 ."
EMULATED = "from voicepack.runtime.commands.say import say; say()"
CORTEX_A72, CORTEX_A76 = "cortex-a72", "cortex-a76"
"""The processors of Raspberry Pi 4, without dot products and half precision, and 5, with both."""

Spoken = dict[str, np.ndarray]


@dataclass(frozen=True)
class Likeness:
    """How like speech elsewhere must be, in dB, beside having the same tokens."""

    logits: float
    audio: float


LIKENESS = {
    "fp32": Likeness(logits=100, audio=100),  # another order of addition
    "fp16": Likeness(logits=100, audio=100),  # only stored so: were it computed so, 45 dB remained
    "int8": Likeness(logits=35, audio=25),  # sums that round to another step, in every layer
}


def speak(
    command: Sequence[str], pack: Path, folder: Path, environment: dict[str, str] | None = None
) -> Spoken:
    """Let a Python say a word without any chance in it, and return the trace."""
    trace = folder / "trace.npz"
    options = ("--phones", PHONES, "--greedy", "--noise-scale", "0", "--threads", "1")
    subprocess.run(
        [*command, str(pack), *options, "--trace", str(trace)],
        check=True,
        env={**os.environ, **(environment or {})},
    )
    with np.load(trace) as arrays:
        return dict(arrays)


def speak_here(pack: Path, folder: Path) -> Spoken:
    return speak([sys.executable, "-m", "voicepack.runtime", "say"], pack, folder)


def signal_to_noise(expected: np.ndarray, found: np.ndarray) -> float:
    wanted, noise = np.square(expected, dtype=np.float64), np.square(found - expected, dtype=float)
    return float(10 * np.log10(wanted.sum() / max(noise.sum(), 1e-30)))


def assert_alike(here: Spoken, elsewhere: Spoken, precision: str) -> None:
    assert elsewhere["tokens"].tolist() == here["tokens"].tolist()
    logits = signal_to_noise(here["logits"], elsewhere["logits"])
    audio = signal_to_noise(here["audio"], elsewhere["audio"])
    print(f"{precision}: logits {logits:.1f} dB, audio {audio:.1f} dB")
    assert logits >= LIKENESS[precision].logits
    assert audio >= LIKENESS[precision].audio


def make_packs(folder: Path, target: str, recipes: dict[str, str]) -> dict[str, Path]:
    """Export the demo voice for a target, and quantize it; recipes go by precision."""
    from voicepack.export.demo import TEXT, run_demo
    from voicepack.quantize.calibration import CalibrationSource
    from voicepack.quantize.pipeline import QuantizeJob, quantize_pack
    from voicepack.quantize.recipe_file import find_recipe
    from voicepack.runtime.pack import VoicePack
    from voicepack.runtime.progress import silent

    demo = run_demo(folder / "hello.wav", TEXT, folder, target, silent)
    packs = {"fp32": demo.full_pack, "int8": demo.pack}
    source = CalibrationSource((TEXT,), "en", seed=0, threads=1)
    for precision, recipe in recipes.items():
        job = QuantizeJob(
            VoicePack.open(demo.full_pack), find_recipe(recipe), source, folder / "cache"
        )
        packs[precision] = quantize_pack(job, folder / f"{recipe}.voicepack", silent).root
    return packs


@pytest.fixture(scope="module")
def oldest_python() -> str:
    """A Python that has this project and the oldest ONNX Runtime it supports."""
    named = os.environ.get("VOICEPACK_OLDEST")
    if not named:
        pytest.skip("VOICEPACK_OLDEST names no Python with the oldest ONNX Runtime")
    return str(REPOSITORY / named)


@pytest.fixture(scope="module")
def portable_packs(oldest_python: str, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    return make_packs(tmp_path_factory.mktemp("portable"), "cpu-portable", {})


@pytest.mark.parametrize("precision", ["fp32", "int8"])
def test_the_oldest_engine_speaks_as_the_newest(
    oldest_python: str, portable_packs: dict[str, Path], precision: str, tmp_path: Path
) -> None:
    pack = portable_packs[precision]
    here = speak_here(pack, tmp_path)

    command = [oldest_python, "-m", "voicepack.runtime", "say"]

    assert_alike(here, speak(command, pack, tmp_path), precision)


@pytest.fixture(scope="module")
def emulated_machine() -> Path:
    """The folder that `tools/arm64/make_machine.py` made."""
    named = os.environ.get("VOICEPACK_ARM64")
    if not named:
        pytest.skip("VOICEPACK_ARM64 names no folder made by tools/arm64/make_machine.py")
    return REPOSITORY / named


@pytest.fixture(scope="module")
def device_packs(
    emulated_machine: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, dict[str, Path]]:
    """Processor -> precision -> pack for the target that has the processor."""
    pi_4, pi_5 = (tmp_path_factory.mktemp(name) for name in ("pi-4", "pi-5"))
    return {
        CORTEX_A72: make_packs(pi_4, "raspberry-pi-4", {"int8": "int8-fast", "fp16": "fp16"}),
        CORTEX_A76: make_packs(pi_5, "raspberry-pi-5", {"fp16": "fp16"}),
    }


@pytest.mark.slow
@pytest.mark.arm64
@pytest.mark.parametrize("precision", ["fp32", "fp16", "int8"])
@pytest.mark.parametrize("processor", [CORTEX_A72, CORTEX_A76])
def test_an_arm_processor_speaks_as_this_one(
    emulated_machine: Path,
    device_packs: dict[str, dict[str, Path]],
    processor: str,
    precision: str,
    tmp_path: Path,
) -> None:
    pack = device_packs[processor][precision]
    here = speak_here(pack, tmp_path)
    code = tmp_path / "code" / "voicepack"
    code.mkdir(parents=True)
    for package in ("runtime", "targets"):
        (code / package).symlink_to(REPOSITORY / package)
    root = emulated_machine / "root"
    emulator = str(emulated_machine / "emulator/usr/bin/qemu-aarch64")
    (python,) = (root / "usr/bin").glob("python3.[0-9]*")
    paths = os.pathsep.join(map(str, (code.parent, emulated_machine / "site")))

    elsewhere = speak(
        [emulator, "-cpu", processor, "-L", str(root), str(python), "-c", EMULATED],
        pack,
        tmp_path,
        {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
    )

    assert_alike(here, elsewhere, precision)
