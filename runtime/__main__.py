"""The `voicepack` command: a group whose sub-commands are found among the installed entry points."""

from __future__ import annotations

from importlib.metadata import entry_points

import click

from voicepack.targets.errors import EdgeError

COMPILER_SIDE = ("voicepack.export.", "voicepack.quantize.")


class EntryPointGroup(click.Group):
    """Loads a sub-command when it is used, so `say` never pays for the compiler's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every installed sub-command."""
        return sorted(entry_points(group="voicepack.commands").names)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command, or say which extra it needs."""
        found = entry_points(group="voicepack.commands", name=cmd_name)
        if not found:
            return None
        entry = next(iter(found))
        try:
            command = entry.load()
        except ModuleNotFoundError as error:
            extra = "export" if entry.value.startswith(COMPILER_SIDE) else "cpu"
            raise click.ClickException(
                f"`voicepack {cmd_name}` needs {error.name}, which is not installed: "
                f"pip install 'voicepack[{extra}]'"
            ) from error
        assert isinstance(command, click.Command)
        return command

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; what a user can mend becomes one line and exit code 1."""
        try:
            return super().invoke(ctx)
        except EdgeError as error:
            raise click.ClickException(str(error)) from error


@click.group(cls=EntryPointGroup)
@click.version_option(package_name="voicepack")
def main() -> None:
    """Compile a GPT-SoVITS voice into a voice pack, and speak with it."""


if __name__ == "__main__":
    main()
