"""The `voicepack` command: a group of the sub-commands found among the installed entry points."""

from __future__ import annotations

import errno

import click

from voicepack.runtime.commands.installed import (
    describe_command,
    find_commands,
    load_command,
    what_to_install,
)
from voicepack.targets.errors import EdgeError

INTERRUPTED = 130
"""Exit code of a program ended by Ctrl-C: 128 plus the signal's number."""


class EntryPointGroup(click.Group):
    """Loads a sub-command when it is used, so `say` never pays for the compiler's imports."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name every installed sub-command."""
        return list(find_commands())

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one sub-command, or stand in for it where a package it needs is missing."""
        entry = find_commands().get(cmd_name)
        return None if entry is None else load_command(entry)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the sub-commands without importing them."""
        rows = [(name, describe_command(entry)) for name, entry in find_commands().items()]
        with formatter.section("Commands"):
            formatter.write_dl(rows)

    def invoke(self, ctx: click.Context) -> object:
        """Run the sub-command; what a user can mend becomes a message and exit code 1."""
        try:
            return super().invoke(ctx)
        except EdgeError as error:
            raise click.ClickException(str(error)) from error
        except ModuleNotFoundError as error:  # a sub-command may import what it needs when it runs
            entry = find_commands()[str(ctx.invoked_subcommand)]
            raise click.ClickException(what_to_install(entry, error)) from error
        except OSError as error:
            if error.errno == errno.EPIPE:  # whoever read our output has left: click ends quietly
                raise
            raise click.ClickException(str(error)) from error
        except KeyboardInterrupt:
            ctx.exit(INTERRUPTED)


@click.group(cls=EntryPointGroup)
@click.version_option(package_name="voicepack")
def main() -> None:
    """Compile a GPT-SoVITS voice into a voice pack, and speak with it."""


if __name__ == "__main__":
    main()
