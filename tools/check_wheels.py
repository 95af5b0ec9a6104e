"""Prove that a device can install an extra without a compiler: there are wheels for all of it.

    python tools/check_wheels.py [EXTRA ...]

Asks for the Python that runs it, because pip judges by that one which packages are needed. Asks the
package index, so it needs a network; it installs nothing.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

REPOSITORY = Path(__file__).parents[1]
EXTRAS = ("all-languages",)
ARCHITECTURES = ("x86_64", "aarch64")
LIBRARIES = ("manylinux2014", "manylinux_2_28", "manylinux_2_34")
"""C libraries of common systems, from the oldest that old packages name."""
OWN_EXTRAS = re.compile(r"voicepack\[(.*)\]")


def main() -> None:
    """Print a line for each extra and architecture; exit with 1 if a wheel is missing."""
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        extras = tomllib.load(file)["project"]["optional-dependencies"]
    missing = 0
    for extra in sys.argv[1:] or EXTRAS:
        requirements = sorted(requirements_of(extra, extras))
        for architecture in ARCHITECTURES:
            fault = what_is_missing(requirements, architecture)
            print(f"{extra:<16}{architecture:<9}{fault or 'wheels for all'}")
            missing += bool(fault)
    raise SystemExit(1 if missing else 0)


def requirements_of(extra: str, extras: dict[str, list[str]]) -> set[str]:
    """List what an extra needs, with what the extras it names need."""
    found: set[str] = set()
    for requirement in extras[extra]:
        own = OWN_EXTRAS.fullmatch(requirement)
        found |= (
            {each for name in own[1].split(",") for each in requirements_of(name, extras)}
            if own
            else {requirement}
        )
    return found


def what_is_missing(requirements: list[str], architecture: str) -> str:
    """Let pip plan an installation; empty where it can."""
    if not requirements:
        return ""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet"),
            *("--ignore-installed", "--target=unused", "--only-binary=:all:"),
            *(f"--platform={library}_{architecture}" for library in LIBRARIES),
            *requirements,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    errors = [line for line in done.stderr.splitlines() if line.startswith("ERROR")]
    return "" if done.returncode == 0 else "; ".join(errors)


if __name__ == "__main__":
    main()
