"""Prove that a device can install an extra without a compiler: there are wheels for all of it.

    python tools/check_wheels.py [EXTRA ...]

Prints a table: extra and architecture by version of Python. Asks the package index, so it needs a
network; it installs nothing. Which packages another package needs, pip judges by the Python that
runs it.
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
EXTRAS = ("cpu", "openvino", "all-languages", "g2pw")
ARCHITECTURES = ("aarch64", "x86_64")
PYTHONS = ("3.10", "3.11", "3.12", "3.13")
LIBRARIES = ("manylinux2014", "manylinux_2_28", "manylinux_2_34", "manylinux_2_35")
"""C libraries of common systems, from the oldest that old packages name."""
OWN_EXTRAS = re.compile(r"voicepack\[(.*)\]")


def main() -> None:
    """Print the table; exit with 1 if a wheel is missing."""
    with (REPOSITORY / "pyproject.toml").open("rb") as file:
        project = tomllib.load(file)["project"]
    always = {each.partition(";")[0] for each in project["dependencies"]}
    print(f"{'':<24}" + "".join(f"{version:<8}" for version in PYTHONS))
    faults = []
    for extra in sys.argv[1:] or EXTRAS:
        requirements = sorted(always | requirements_of(extra, project["optional-dependencies"]))
        for architecture in ARCHITECTURES:
            row = [what_is_missing(requirements, architecture, each) for each in PYTHONS]
            cells = "".join(f"{'missing' if fault else 'wheels':<8}" for fault in row)
            print(f"{extra:<15}{architecture:<9}{cells}", flush=True)
            faults += filter(None, row)
    print("\n".join(faults))
    raise SystemExit(1 if faults else 0)


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


def what_is_missing(requirements: list[str], architecture: str, version: str) -> str:
    """Let pip plan an installation; empty where it can."""
    done = subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--dry-run", "--quiet"),
            *("--ignore-installed", "--target=unused", "--only-binary=:all:"),
            f"--python-version={version}",
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
