"""The sub-commands of `voicepack`, as installed: found, described, and imported only when run."""

from __future__ import annotations

import ast
from importlib.abc import InspectLoader
from importlib.metadata import EntryPoint, entry_points
from importlib.util import find_spec

import click

_GROUP = "voicepack.commands"
_SIDES = {
    "voicepack.export.": ("voicepack[export]", "torch"),
    "voicepack.quantize.": ("voicepack[quantize]", "onnx"),
}
"""Where a command's module lies -> what to install for it, and a package that shows it is there."""
_LEFT_OUT = ("voicepack.export", "voicepack.quantize")
_DEVICE_SIDE = ("voicepack[cpu]", "numpy")


def find_commands() -> dict[str, EntryPoint]:
    """Find every sub-command by its name, sorted."""
    found = {entry.name: entry for entry in entry_points(group=_GROUP)}
    return dict(sorted(found.items()))


def load_command(entry: EntryPoint) -> click.Command:
    """Import a sub-command, or make one that says what is missing."""
    try:
        command = entry.load()
    except ModuleNotFoundError as error:
        return _stand_in(entry, error)
    assert isinstance(command, click.Command)
    return command


def describe_command(entry: EntryPoint) -> str:
    """Say in a few words what a sub-command does, or what it needs.

    Reads the docstring from the source, for importing the compiler would take seconds.
    """
    package, witness = _side(entry)
    try:
        spec = find_spec(entry.module)
    except ModuleNotFoundError:  # the wheel of a device has no compiler
        return f"(needs the whole {package})"
    if find_spec(witness) is None or spec is None or not isinstance(spec.loader, InspectLoader):
        return f"(needs {package})"
    body = ast.parse(spec.loader.get_source(entry.module) or "").body
    functions = {node.name: node for node in body if isinstance(node, ast.FunctionDef)}
    docstring = ast.get_docstring(functions[entry.attr]) if entry.attr in functions else None
    return click.Command(entry.name, help=docstring).get_short_help_str(limit=65)


def what_to_install(entry: EntryPoint, error: ModuleNotFoundError) -> str:
    """Tell how to get a package that a sub-command missed."""
    package, _ = _side(entry)
    if error.name in _LEFT_OUT:
        return (
            f"`voicepack {entry.name}` needs {error.name}, which the wheel of a device leaves out: "
            f"pip install --force-reinstall '{package}'"
        )
    return (
        f"`voicepack {entry.name}` needs {error.name}, which is not installed: "
        f"pip install '{package}'"
    )


def _stand_in(entry: EntryPoint, error: ModuleNotFoundError) -> click.Command:
    @click.command(
        entry.name,
        add_help_option=False,
        context_settings={"ignore_unknown_options": True},
    )
    @click.argument("arguments", nargs=-1, type=click.UNPROCESSED)
    def explain(arguments: tuple[str, ...]) -> None:
        raise click.ClickException(what_to_install(entry, error))

    return explain


def _side(entry: EntryPoint) -> tuple[str, str]:
    fitting = [side for prefix, side in _SIDES.items() if entry.value.startswith(prefix)]
    return fitting[0] if fitting else _DEVICE_SIDE
