"""Shows progress: a bar on a terminal, plain lines elsewhere, nothing when quiet."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager

import click

from voicepack.runtime.progress import Progress, silent


@contextmanager
def shown_progress(quiet: bool) -> Iterator[Progress]:
    """Give what shows progress on standard error, and tidy up after it."""
    if quiet:
        yield silent
    elif sys.stderr.isatty():
        with click.progressbar(length=1, file=sys.stderr, show_eta=False) as bar:

            def show(done: int, total: int, doing: str) -> None:
                bar.length, bar.label = total, doing
                bar.update(done - bar.pos)

            yield show
    else:
        yield _print_line


def _print_line(done: int, total: int, doing: str) -> None:
    if doing:
        click.echo(f"[{done + 1}/{total}] {doing}", err=True)
