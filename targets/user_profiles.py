"""Targets that a user adds: one TOML file each, named as the target, over one of ours.

```toml
base = "arm64"                  # everything that is not said is as there
description = "Our kiosk, an RK3588 with 4 GB."
boards = ["Rockchip RK3588"]    # part of the name that `voicepack targets` prints
memory_mb = 800
```
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from voicepack.targets.errors import TargetError
from voicepack.targets.profile import TargetProfile

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

VARIABLE = "VOICEPACK_TARGETS"
CHANGEABLE = (
    "description",
    "minimum_engine",
    "recipe",
    "architectures",
    "boards",
    "bind_to_fast_cores",
    "memory_mb",
)
"""What a user may say of a device. The rest belongs to engine and graphs, and so to the base."""
EXPECTED = {str: "text", bool: "true or false", int: "a whole number", tuple: "a list of texts"}


def user_profiles_folder() -> Path:
    """Return the folder of the user's targets; it need not exist.

    Source: XDG Base Directory Specification, unless `VOICEPACK_TARGETS` names another folder.
    """
    if named := os.environ.get(VARIABLE):
        return Path(named)
    chosen = Path(os.environ.get("XDG_CONFIG_HOME", ""))
    base = chosen if chosen.is_absolute() else Path.home() / ".config"
    return base / "voicepack" / "targets"


def user_profiles(ours: Mapping[str, TargetProfile]) -> dict[str, TargetProfile]:
    """Read every target of the user, by name.

    Args:
        ours: The targets there are without them.

    Raises:
        TargetError: A file is no TOML, names no base, or says something unknown or ill-typed; or it
            has the name of one of ours.
    """
    files = sorted(user_profiles_folder().glob("*.toml"))
    return {file.stem: _read(file, ours) for file in files}


def _read(file: Path, ours: Mapping[str, TargetProfile]) -> TargetProfile:
    if file.stem in ours:
        raise TargetError(f"{file}: there is a target {file.stem!r} already. Rename the file.")
    try:
        fields = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise TargetError(f"{file}: not a TOML file: {error}.") from error
    base = ours.get(str(fields.pop("base", "")))
    if base is None:
        raise TargetError(f"{file}: base must be one of {', '.join(ours)}.")
    changes: dict[str, Any] = {
        name: _checked(file, name, value, base) for name, value in fields.items()
    }
    return replace(base, name=file.stem, **changes)


def _checked(file: Path, name: str, value: object, base: TargetProfile) -> object:
    if name not in CHANGEABLE:
        raise TargetError(
            f"{file}: {name!r} is not known; what can be said is base, {', '.join(CHANGEABLE)}."
        )
    kind = type(getattr(base, name))
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        value = tuple(value)
    if type(value) is not kind:
        raise TargetError(f"{file}: {name} must be {EXPECTED[kind]}, found {value!r}.")
    return value
