"""`voicepack combine`: one pack for several targets."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.runtime.combining import combine_packs
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.summary import summarize


@click.command()
@click.argument(
    "packs", nargs=-1, required=True, type=click.Path(exists=True, file_okay=False, path_type=Path)
)
@click.option(
    "-o",
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    required=True,
    help="Voice pack to write.",
)
@click.option("--overwrite", is_flag=True, help="Replace a voice pack that is already there.")
def combine(packs: tuple[Path, ...], output: Path, overwrite: bool) -> None:
    """Join PACKS, which hold one voice for different targets, into one pack.

    What they share is stored once. On a device the target that fits it best is chosen; among equals
    the first of PACKS.

    \b
    Examples:
      voicepack combine my-cpu.voicepack my-openvino.voicepack -o my.voicepack
    """
    made = combine_packs([VoicePack.open(pack) for pack in packs], output, overwrite=overwrite)
    click.echo(summarize(VoicePack.open_without_hashing(made.root).manifest))
