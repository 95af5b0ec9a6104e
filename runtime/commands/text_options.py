"""Options that every command has that reads a text."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click
from click.decorators import FC

EXISTING_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)

ssml_option = click.option("--ssml", is_flag=True, help="The text is an SSML document.")
lexicon_option = click.option(
    "--lexicon",
    "lexicons",
    type=EXISTING_FILE,
    multiple=True,
    help="TOML file of words and how they are said; repeat for more, the last one wins.",
)


def language_pack_option(help_text: str) -> Callable[[FC], FC]:
    """Make the option that names language packs, with what they do here."""
    return click.option(
        "--language-pack",
        "language_packs",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        multiple=True,
        help=help_text,
    )
