"""`voicepack inspect`: show what is in a voice pack."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.runtime.archive import read_zip_manifest
from voicepack.runtime.manifest_json import dump
from voicepack.runtime.pack import read_manifest
from voicepack.runtime.summary import summarize


@click.command()
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the manifest itself, for programs.")
def inspect(pack: Path, as_json: bool) -> None:
    """Show what PACK, a voice pack or its archive, says of itself.

    Reads the manifest only; `voicepack verify` checks the files.

    \b
    Examples:
      voicepack inspect my.voicepack
      voicepack inspect my.voicepack.zip
      voicepack inspect my.voicepack --json | jq .sample_rate
    """
    manifest = read_zip_manifest(pack) if pack.is_file() else read_manifest(pack)
    click.echo(dump(manifest) if as_json else summarize(manifest), nl=not as_json)
