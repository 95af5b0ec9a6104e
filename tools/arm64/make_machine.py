"""Make an emulated ARM64 machine that can run a voice pack, without root rights or chroot.

    python tools/arm64/make_machine.py FOLDER

Afterwards FOLDER holds an emulator (QEMU 10; QEMU 7 crashes as ONNX Runtime 1.28 and later is
imported), Python with its libraries, and what the device side needs from the package index. Debian
13 gives the first two: `apt-get` fetches them as an ordinary user, checking signatures, and
`dpkg-deb` unpacks them. For hosts with x86-64 that have both programs and Debian's keys
(`debian-archive-keyring`). Takes a minute or two, 150 MB of network and 1 GB of disk. Then

    VOICEPACK_ARM64=FOLDER pytest -m arm64 --log-level INFO -rA

says a word on each processor and shows how like it is.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

SUITE, PYTHON = "trixie", "3.13"
SOURCE = """\
Types: deb
URIs: http://deb.debian.org/debian
Suites: {suite}
Components: main
Signed-By: /usr/share/keyrings/debian-archive-keyring.gpg
"""
APT_OPTIONS = """\
Dir "{folder}";
Dir::State::status "{folder}/status";
APT::Architecture "arm64";
APT::Architectures {{ "arm64"; "amd64"; }};
APT::Install-Recommends "false";
APT::Sandbox::User "";
"""
APT_FOLDERS = (
    *(f"etc/apt/{part}" for part in ("apt.conf.d", "preferences.d", "sources.list.d")),
    *(f"var/{part}/partial" for part in ("lib/apt/lists", "cache/apt/archives")),
)
EMULATOR = "qemu-user:amd64"
GUEST = ("python3-minimal", "libpython3-stdlib", "libgomp1", "libstdc++6")
WHEELS = ("onnxruntime", "numpy", "click")
LIBRARIES = ("manylinux2014_aarch64", "manylinux_2_28_aarch64")


def main() -> None:
    """Make the machine in the folder that the command line names."""
    if len(sys.argv) != 2:
        raise SystemExit("usage: python tools/arm64/make_machine.py FOLDER")
    folder = Path(sys.argv[1]).absolute()
    apt = prepare_apt(folder / "apt")
    fetch(apt, ["download", EMULATOR], folder / "apt")
    unpack((folder / "apt").glob("qemu-user_*.deb"), folder / "emulator")
    fetch(apt, ["install", "--yes", "--download-only", *GUEST], folder / "apt")
    unpack((folder / "apt").glob("var/cache/apt/archives/*.deb"), folder / "root")
    merge_libraries(folder / "root")
    install_wheels(folder / "site")


def prepare_apt(folder: Path) -> dict[str, str]:
    """Write the settings of an apt that knows nothing of this host; returns its environment."""
    for part in APT_FOLDERS:
        (folder / part).mkdir(parents=True, exist_ok=True)
    (folder / "status").touch()
    source = folder / "etc/apt/sources.list.d/debian.sources"
    source.write_text(SOURCE.format(suite=SUITE), encoding="utf-8")
    settings = folder / "apt.conf"
    settings.write_text(APT_OPTIONS.format(folder=folder), encoding="utf-8")
    environment = os.environ | {"APT_CONFIG": str(settings)}
    fetch(environment, ["update"], folder)
    return environment


def fetch(environment: dict[str, str], arguments: list[str], folder: Path) -> None:
    """Let apt do something, with what it downloads in a folder."""
    subprocess.run(["apt-get", "--quiet=2", *arguments], env=environment, cwd=folder, check=True)


def unpack(packages: Iterable[Path], destination: Path) -> None:
    """Unpack Debian packages without running anything of them."""
    for package in packages:
        subprocess.run(["dpkg-deb", "--extract", str(package), str(destination)], check=True)


def merge_libraries(root: Path) -> None:
    """Let programs find their loader, which Debian names by a path that an installation makes."""
    if not (root / "lib").exists():
        (root / "lib").symlink_to("usr/lib")


def install_wheels(site: Path) -> None:
    """Install what the device side needs, for the machine's Python instead of this one."""
    subprocess.run(
        [
            *(sys.executable, "-m", "pip", "install", "--quiet", "--upgrade"),
            *("--target", str(site), "--only-binary=:all:", f"--python-version={PYTHON}"),
            *(f"--platform={library}" for library in LIBRARIES),
            *WHEELS,
        ],
        check=True,
    )


if __name__ == "__main__":
    main()
