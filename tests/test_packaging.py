from __future__ import annotations

import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[1]


def test_every_folder_of_code_is_installed() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    code = {
        ".".join(("voicepack", *file.parent.relative_to(REPOSITORY).parts))
        for top in ("export", "quantize", "runtime", "targets")
        for file in (REPOSITORY / top).rglob("__init__.py")
    }
    assert set(project["tool"]["setuptools"]["packages"]) == code


def test_every_language_is_an_extra() -> None:
    project = tomllib.loads((REPOSITORY / "pyproject.toml").read_text(encoding="utf-8"))
    extras = project["project"]["optional-dependencies"]
    assert extras["all-languages"] == ["voicepack[auto,en,ja,ko,yue,zh]"]
    assert {"auto", "en", "ja", "ko", "yue", "zh"} <= extras.keys()
