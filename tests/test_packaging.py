"""What is in the repository is what is installed."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path
from typing import Any

import pytest

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[1]
SIDES = ("export", "quantize", "runtime", "targets")


def setuptools_table() -> dict[str, Any]:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text("utf-8"))
    table: dict[str, Any] = project["tool"]["setuptools"]
    return table


def package_files(root: Path) -> set[str]:
    """Every file that should be installed, as its path in a wheel."""
    files = (p for side in SIDES for p in (root / side).rglob("*") if p.is_file())
    return {
        f"voicepack/{path.relative_to(root).as_posix()}"
        for path in files
        if "__pycache__" not in path.parts
    }


def test_every_package_of_the_repository_is_listed() -> None:
    folders = (p.parent for side in SIDES for p in (REPOSITORY / side).rglob("__init__.py"))
    found = {".".join(("voicepack", *p.relative_to(REPOSITORY).parts)) for p in folders}
    assert found == set(setuptools_table()["packages"])


def test_every_folder_with_modules_is_a_package() -> None:
    modules = (p for side in SIDES for p in (REPOSITORY / side).rglob("*.py"))
    assert [p for p in modules if not (p.parent / "__init__.py").exists()] == []


@pytest.mark.slow
def test_the_wheel_holds_every_file_of_the_packages(tmp_path: Path) -> None:
    # A copy, for building leaves files in the source tree.
    source = tmp_path / "source"
    source.mkdir()
    for side in SIDES:
        shutil.copytree(
            REPOSITORY / side, source / side, ignore=shutil.ignore_patterns("__pycache__")
        )
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(REPOSITORY / file, source)
    build = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--no-build-isolation"]
    subprocess.run([*build, "-w", tmp_path, source], check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    with zipfile.ZipFile(wheel) as archive:
        installed = {name for name in archive.namelist() if name.startswith("voicepack/")}
    assert installed == package_files(source)
