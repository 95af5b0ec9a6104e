"""The `voicepack` command: what it does where packages are missing or things go wrong."""

from __future__ import annotations

import errno
import re
import subprocess
import sys
from collections.abc import Callable
from importlib.metadata import EntryPoint
from types import ModuleType

import click
import pytest
from click.testing import CliRunner, Result

from voicepack.runtime.__main__ import main
from voicepack.runtime.errors import PackError
from voicepack.runtime.pack import VoicePack

GROUP = "voicepack.commands"
WITHOUT = """
import sys
for name in ("torch", "onnx", "onnxruntime", "onnxscript", "soundfile", "soxr", "transformers"):
    sys.modules[name] = None
from voicepack.runtime.__main__ import main
main()
"""


def run_bare(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run `voicepack` where nothing but NumPy and click is installed."""
    command = [sys.executable, "-c", WITHOUT, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False)


def run_command(
    body: Callable[[], None], monkeypatch: pytest.MonkeyPatch, side: str = "runtime"
) -> Result:
    """Run `voicepack fake`, a command of the device or the compiler side that does `body`."""
    module = ModuleType(f"voicepack.{side}.fake")
    module.fake = click.command("fake")(body)  # type: ignore[attr-defined]
    monkeypatch.setitem(sys.modules, module.__name__, module)
    install(monkeypatch, f"{module.__name__}:fake")
    return CliRunner().invoke(main, ["fake"])


def install(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    entry = EntryPoint("fake", value, GROUP)
    monkeypatch.setattr("voicepack.runtime.commands.installed.entry_points", lambda group: [entry])


def raising(error: BaseException) -> Callable[[], None]:
    def body() -> None:
        raise error

    return body


def test_help_lists_every_command_where_optional_packages_are_missing() -> None:
    result = run_bare("--help")
    assert (result.returncode, result.stderr) == (0, "")
    # What a line has no room for goes on further to the right.
    listed = re.findall(r"^  (\S+)", result.stdout.partition("Commands:")[2], re.MULTILINE)
    assert listed == sorted(listed)
    assert {"demo", "export", "inspect", "pack", "say", "unpack", "verify"} <= set(listed)


def test_help_says_which_commands_need_the_compiler_where_it_is_missing() -> None:
    lines = [" ".join(line.split()) for line in run_bare("--help").stdout.splitlines()]
    assert "export (needs voicepack[export])" in lines
    assert any(line.startswith("verify Check every file of PACK") for line in lines)


def test_help_is_shown_without_importing_the_compiler() -> None:
    code = """
import sys
from voicepack.runtime.__main__ import main
main(["--help"], standalone_mode=False)
assert {"torch", "voicepack.export.commands.export"}.isdisjoint(sys.modules)
"""
    command = [sys.executable, "-c", code]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (result.returncode, result.stderr) == (0, "")


def test_commands_that_need_no_engine_work_where_there_is_none(pack: VoicePack) -> None:
    result = run_bare("verify", str(pack.root))
    assert (result.returncode, result.stderr) == (0, "")


def test_wrong_usage_is_exit_code_2() -> None:
    assert run_bare("verify").returncode == 2
    assert run_bare("sing").returncode == 2


def test_a_reader_that_leaves_is_no_error(pack: VoicePack) -> None:
    command = [sys.executable, "-m", "voicepack.runtime", "inspect", str(pack.root)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        process.stdout.close()
        assert process.stderr.read() == b""


@pytest.mark.parametrize(("side", "extra"), [("export", "export"), ("runtime", "cpu")])
def test_a_command_that_cannot_be_imported_is_listed_with_its_extra(
    side: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, f"voicepack.{side}.absent:fake")
    result = CliRunner().invoke(main, ["--help"])
    assert result.exit_code == 0
    assert f"  fake  (needs voicepack[{extra}])\n" in result.output


@pytest.mark.parametrize("arguments", [[], ["--help"], ["a", "-o", "b"]])
def test_a_command_that_cannot_be_imported_says_what_to_install(
    arguments: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    install(monkeypatch, "voicepack.export.absent:fake")
    result = CliRunner().invoke(main, ["fake", *arguments])
    assert result.exit_code == 1
    assert result.output == (
        "Error: `voicepack fake` needs voicepack.export.absent, which is not installed: "
        "pip install 'voicepack[export]'\n"
    )


def test_a_side_that_a_device_s_wheel_leaves_out_is_named_with_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    error = ModuleNotFoundError("No module named 'voicepack.export'", name="voicepack.export")
    result = run_command(raising(error), monkeypatch, side="export")
    assert result.exit_code == 1
    assert result.output == (
        "Error: `voicepack fake` needs voicepack.export, which the wheel of a device leaves out: "
        "pip install --force-reinstall 'voicepack[export]'\n"
    )


def test_a_package_missed_while_running_is_named_too(monkeypatch: pytest.MonkeyPatch) -> None:
    error = ModuleNotFoundError("No module named 'torch'", name="torch")
    result = run_command(raising(error), monkeypatch, side="export")
    assert result.exit_code == 1
    assert "`voicepack fake` needs torch, which is not installed" in result.output


def test_what_a_user_can_mend_is_a_message_and_exit_code_1(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    result = run_command(raising(PackError("a: damaged. Get it again.")), monkeypatch)
    assert (result.exit_code, result.output) == (1, "Error: a: damaged. Get it again.\n")


def test_a_full_disk_is_a_message_and_exit_code_1(monkeypatch: pytest.MonkeyPatch) -> None:
    error = OSError(errno.ENOSPC, "No space left on device", "a.wav")
    result = run_command(raising(error), monkeypatch)
    assert result.exit_code == 1
    assert result.output == "Error: [Errno 28] No space left on device: 'a.wav'\n"


def test_ctrl_c_is_exit_code_130_without_a_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_command(raising(KeyboardInterrupt()), monkeypatch)
    assert (result.exit_code, result.output) == (130, "")


def test_our_own_bugs_keep_their_traceback(monkeypatch: pytest.MonkeyPatch) -> None:
    result = run_command(raising(ZeroDivisionError()), monkeypatch)
    assert isinstance(result.exception, ZeroDivisionError)
