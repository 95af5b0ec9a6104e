"""Which target is taken on which machine."""

from __future__ import annotations

import pytest

from voicepack.targets import selection
from voicepack.targets.catalogue import find_profile
from voicepack.targets.errors import TargetError
from voicepack.targets.machine import Machine
from voicepack.targets.profile import TargetProfile
from voicepack.targets.selection import choose, engine_fault, machine_fault

PI_5 = Machine("aarch64", "Raspberry Pi 5 Model B Rev 1.0")
PI_4 = Machine("aarch64", "Raspberry Pi 4 Model B Rev 1.5")
MINI_PC = Machine("x86_64", "Intel(R) N100")
SERVER = Machine("x86_64", "AMD EPYC")


@pytest.fixture
def engines(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Faults of engines by target, none at first; stands in for what is installed here."""
    faults: dict[str, str] = {}

    def fault(profile: TargetProfile) -> str:
        return faults.get(profile.name, "")

    monkeypatch.setattr(selection, "engine_fault", fault)
    return faults


@pytest.mark.parametrize(
    ("machine", "expected"),
    [
        (PI_5, "raspberry-pi-5"),
        (PI_4, "raspberry-pi-4"),
        (MINI_PC, "n100"),
        (SERVER, "cpu"),
        (Machine("aarch64", "Rockchip RK3588"), "cpu"),
    ],
)
def test_the_target_that_names_the_board_wins_over_one_that_fits_any(
    engines: dict[str, str], machine: Machine, expected: str
) -> None:
    names = ["cpu", "cpu-portable", "raspberry-pi-4", "n100", "raspberry-pi-5"]

    assert choose(names, machine).profile.name == expected


def test_among_equals_the_first_of_the_pack_wins(engines: dict[str, str]) -> None:
    assert choose(["cpu-portable", "cpu"], SERVER).profile.name == "cpu-portable"


def test_a_target_whose_engine_is_missing_is_passed_over_and_named(
    engines: dict[str, str],
) -> None:
    engines["raspberry-pi-5"] = "needs onnxruntime 1.32.0 or newer, found 1.23.2"

    choice = choose(["raspberry-pi-5", "cpu-portable"], PI_5)

    assert choice.profile.name == "cpu-portable"
    assert "raspberry-pi-5 needs onnxruntime 1.32.0" in choice.reason


def test_a_target_of_another_machine_is_the_last_resort(engines: dict[str, str]) -> None:
    choice = choose(["raspberry-pi-4"], SERVER)

    assert choice.profile.name == "raspberry-pi-4"
    assert "is for aarch64, found x86_64" in choice.reason


def test_where_nothing_runs_every_target_says_why(engines: dict[str, str]) -> None:
    engines |= {"cpu": "needs onnxruntime: pip install 'voicepack[cpu]'", "n100": "is broken"}

    with pytest.raises(TargetError, match=r"cpu needs onnxruntime.*n100 is broken"):
        choose(["cpu", "n100"], SERVER)


def test_a_profile_says_which_machine_it_means() -> None:
    assert machine_fault(find_profile("raspberry-pi-5"), PI_5) == ""
    assert "found Raspberry Pi 4" in machine_fault(find_profile("raspberry-pi-5"), PI_4)
    assert "is for aarch64" in machine_fault(find_profile("arm64"), SERVER)


def test_an_engine_that_is_not_installed_is_named_with_its_extra(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(selection, "find_spec", lambda name: None)

    assert engine_fault(find_profile("cpu")) == "needs onnxruntime: pip install 'voicepack[cpu]'"


def test_a_gpu_target_names_the_providers_it_misses() -> None:
    ort = pytest.importorskip("onnxruntime")
    if "CUDAExecutionProvider" in ort.get_available_providers():
        pytest.skip("this machine has the provider")

    assert "CUDAExecutionProvider" in engine_fault(find_profile("jetson-orin"))
