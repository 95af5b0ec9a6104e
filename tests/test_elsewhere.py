"""A pack says elsewhere what it says here: with the oldest engine, and on ARM processors."""

from __future__ import annotations

import logging
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

logger = logging.getLogger(__name__)

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
BLOCKS_LOSE = 3.0
"""dB by which INT8 in blocks may be farther from fp32 elsewhere. Every kernel rounds rows in its
own way, so that logits are as far from each other as from fp32, and near ties fall otherwise."""


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
    logger.info("%s: logits %.1f dB, audio %.1f dB", precision, logits, audio)
    assert logits >= LIKENESS[precision].logits
    assert audio >= LIKENESS[precision].audio


def fidelity(exact: Spoken, rounded: Spoken) -> float:
    """Compare logits up to the first other token, after which they answer another question."""
    length = min(len(exact["tokens"]), len(rounded["tokens"]))
    (others,) = np.nonzero(exact["tokens"][:length] != rounded["tokens"][:length])
    rows = 1 + min(others, default=length)
    return signal_to_noise(exact["logits"][:rows], rounded["logits"][:rows])


def make_packs(folder: Path, target: str, recipes: dict[str, str]) -> dict[str, Path]:
    """Export a seeded voice for a target, and quantize it; recipes and packs go by precision."""
    from voicepack.export.pipeline import ExportJob, export_voice
    from voicepack.export.reference_spec import ReferenceSpec
    from voicepack.export.seeded import write_seeded_voice
    from voicepack.export.seeded_shapes import MINIATURE
    from voicepack.quantize.calibration.calibration_set import CalibrationSource
    from voicepack.quantize.pipeline import QuantizeJob, quantize_pack
    from voicepack.quantize.recipe_file import find_recipe

    (folder / "checkpoints").mkdir()
    made = write_seeded_voice(folder / "checkpoints", MINIATURE, seed=0)
    reference = ReferenceSpec("default", (made.clip,), made.language, made.text)
    job = ExportJob(made.gpt, made.sovits, (reference,), "seeded", made.hubert, target=target)
    full = export_voice(job, folder / "fp32.voicepack")
    packs = {"fp32": full.root}
    source = CalibrationSource(("Turn left in two hundred metres.",), "en", seed=0, threads=1)
    for precision, recipe in recipes.items():
        quantizing = QuantizeJob(full, find_recipe(recipe), source, folder / "cache")
        made_pack = quantize_pack(quantizing, folder / f"{precision}.voicepack")
        packs[precision] = made_pack.pack.root
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
    return make_packs(tmp_path_factory.mktemp("portable"), "cpu-portable", {"int8": "int8"})


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
        CORTEX_A76: make_packs(pi_5, "raspberry-pi-5", {"int8": "int8", "fp16": "fp16"}),
    }


def speak_emulated(machine: Path, processor: str, pack: Path, folder: Path) -> Spoken:
    """Speak on an emulated processor, with the code of this checkout."""
    code = folder / "code" / "voicepack"
    code.mkdir(parents=True)
    for package in ("runtime", "targets"):
        (code / package).symlink_to(REPOSITORY / package)
    emulator, root = machine / "emulator/usr/bin/qemu-aarch64", machine / "root"
    (python,) = (root / "usr/bin").glob("python3.[0-9]*")
    paths = os.pathsep.join(map(str, (code.parent, machine / "site")))
    return speak(
        [str(emulator), "-cpu", processor, "-L", str(root), str(python), "-c", EMULATED],
        pack,
        folder,
        {"PYTHONPATH": paths, "PYTHONDONTWRITEBYTECODE": "1"},
    )


@pytest.mark.slow
@pytest.mark.arm64
@pytest.mark.parametrize(
    ("processor", "precision"),
    [
        (CORTEX_A72, "fp32"),
        (CORTEX_A72, "fp16"),
        (CORTEX_A72, "int8"),
        (CORTEX_A76, "fp32"),
        (CORTEX_A76, "fp16"),
    ],
)
def test_an_arm_processor_speaks_as_this_one(
    emulated_machine: Path,
    device_packs: dict[str, dict[str, Path]],
    processor: str,
    precision: str,
    tmp_path: Path,
) -> None:
    pack = device_packs[processor][precision]

    elsewhere = speak_emulated(emulated_machine, processor, pack, tmp_path)

    assert_alike(speak_here(pack, tmp_path), elsewhere, precision)


@pytest.mark.slow
@pytest.mark.arm64
def test_int8_in_blocks_is_as_close_to_full_precision_on_an_arm_processor(
    emulated_machine: Path, device_packs: dict[str, dict[str, Path]], tmp_path: Path
) -> None:
    packs = device_packs[CORTEX_A76]
    exact = speak_here(packs["fp32"], tmp_path)
    here = fidelity(exact, speak_here(packs["int8"], tmp_path))

    elsewhere = speak_emulated(emulated_machine, CORTEX_A76, packs["int8"], tmp_path)

    there = fidelity(exact, elsewhere)
    logger.info("int8 in blocks: %.1f dB from fp32, here %.1f dB", there, here)
    assert there >= here - BLOCKS_LOSE
