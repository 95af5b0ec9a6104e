"""A device gets a small wheel: the runtime and the languages it speaks, and no compiler."""

from __future__ import annotations

import os
import shutil
import site
import subprocess
import sys
import zipfile
from importlib.util import find_spec
from pathlib import Path

import pytest
from device_wheel import LANGUAGES, make_device_wheel

REPOSITORY = Path(__file__).parents[2]
MOST_BYTES = 10_000_000
TEXTS = {
    "en": "Turn left.",
    "ja": "左折です。",
    "ko": "좌회전입니다.",
    "yue": "左轉。",
    "zh": "左转。",
}
NEEDS_A_PACKAGE = {"yue": "pypinyin", "zh": "pypinyin"}


@pytest.fixture(scope="module")
def whole_wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    if not (find_spec("pip") and find_spec("setuptools")):
        pytest.skip("needs pip and setuptools")
    # A copy, for setuptools writes beside what it builds.
    source, built = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("built")
    for name in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / name, source)
    unwanted = shutil.ignore_patterns("__pycache__", "demo_voice")
    for name in ("export", "quantize", "runtime", "targets"):
        shutil.copytree(REPOSITORY / name, source / name, ignore=unwanted)
    offline = ("--no-deps", "--no-index", "--no-build-isolation", "--quiet")
    pip("wheel", *offline, "--wheel-dir", str(built), str(source))
    (wheel,) = built.glob("*.whl")
    return wheel


def pip(*arguments: str) -> None:
    subprocess.run([sys.executable, "-m", "pip", *arguments], check=True, capture_output=True)


def install(whole_wheel: Path, language: str, folder: Path) -> Path:
    wheel = make_device_wheel(whole_wheel, [language], folder)
    offline = ("--no-deps", "--no-index", "--no-warn-script-location", "--quiet")
    pip("install", *offline, "--target", str(folder / "installed"), str(wheel))
    return folder / "installed"


def voicepack(installed: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command where this repository is not installed, but all packages are."""
    paths = os.pathsep.join([str(installed), *site.getsitepackages()])
    return subprocess.run(
        [sys.executable, "-S", "-m", "voicepack.runtime", *arguments],
        env={**os.environ, "PYTHONPATH": paths},
        cwd=installed,
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.slow
@pytest.mark.parametrize("language", LANGUAGES)
def test_what_one_language_and_english_take_installed_is_small(
    language: str, whole_wheel: Path, tmp_path: Path
) -> None:
    installed = install(whole_wheel, language, tmp_path)
    files = [file for file in installed.rglob("*") if file.is_file()]
    assert any(file.suffix == ".pyc" for file in files)
    assert sum(file.stat().st_size for file in files) <= MOST_BYTES
    pytest.importorskip(NEEDS_A_PACKAGE.get(language, "numpy"))
    for spoken in ("en", language):
        said = voicepack(installed, "phones", "--language", spoken, TEXTS[spoken])
        assert (said.returncode, said.stderr) == (0, "")


def test_a_device_wheel_holds_no_compiler_and_no_other_language(
    whole_wheel: Path, tmp_path: Path
) -> None:
    with zipfile.ZipFile(make_device_wheel(whole_wheel, ["ja"], tmp_path)) as wheel:
        names = wheel.namelist()
    assert {"voicepack/runtime/voice.py", "voicepack/targets/devices/cpu.py"} <= set(names)
    assert not [name for name in names if name.startswith(("voicepack/export", "voicepack/quant"))]
    data = {name.rpartition("/")[2].partition("_")[0] for name in names if "/text/data/" in name}
    assert data == {"english", "japanese", "LICENSES.md", "symbols.txt"}


@pytest.mark.torch
def test_a_device_speaks_and_says_what_it_cannot_do(
    whole_wheel: Path, demo_pack: Path, tmp_path: Path
) -> None:
    installed = install(whole_wheel, "ja", tmp_path)
    sound = tmp_path / "said.wav"
    said = voicepack(installed, "say", str(demo_pack), "Hello.", "-o", str(sound))
    assert said.returncode == 0, said.stderr
    assert sound.stat().st_size > 10_000
    lines = [" ".join(line.split()) for line in voicepack(installed, "--help").stdout.splitlines()]
    assert "export (needs the whole voicepack[export])" in lines
    refused = voicepack(installed, "quantize", str(demo_pack))
    assert refused.returncode == 1
    assert "pip install --force-reinstall 'voicepack[quantize]'" in refused.stderr
    silent = voicepack(installed, "phones", "--language", "ko", "안녕")
    assert silent.returncode == 1
    assert "Install a wheel of voicepack that has it" in silent.stderr
