import platform
from pathlib import Path

import pytest

from voicepack.targets import saturation

FLAGS = {
    "Skylake": "flags : fpu avx2 avx512f avx512bw",
    "Ice Lake": "flags : fpu avx2 avx512f avx512_vnni",
    "Alder Lake": "flags : fpu avx2 avx_vnni",
}


def on_machine(monkeypatch: pytest.MonkeyPatch, machine: str, cpuinfo: Path) -> None:
    monkeypatch.setattr(platform, "machine", lambda: machine)
    monkeypatch.setattr(saturation, "CPUINFO", cpuinfo)


@pytest.mark.parametrize(
    ("cpu", "saturates"), [("Skylake", True), ("Ice Lake", False), ("Alder Lake", False)]
)
def test_x86_saturates_without_vnni(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, cpu: str, saturates: bool
) -> None:
    cpuinfo = tmp_path / "cpuinfo"
    cpuinfo.write_text(FLAGS[cpu])
    on_machine(monkeypatch, "x86_64", cpuinfo)

    assert saturation.int8_saturates() == saturates


def test_an_x86_cpu_that_cannot_be_asked_is_taken_to_saturate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    on_machine(monkeypatch, "AMD64", tmp_path / "absent")

    assert saturation.int8_saturates()


def test_arm_does_not_saturate(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on_machine(monkeypatch, "aarch64", tmp_path / "absent")

    assert not saturation.int8_saturates()
