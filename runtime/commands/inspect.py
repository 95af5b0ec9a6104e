"""`voicepack inspect`: show what is in a pack."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.runtime.archive import read_zip_manifest
from voicepack.runtime.language_manifest import dump as dump_language
from voicepack.runtime.language_pack import is_language_pack, read_language_manifest
from voicepack.runtime.language_summary import summarize_language
from voicepack.runtime.manifest_json import dump
from voicepack.runtime.pack import read_manifest
from voicepack.runtime.summary import summarize


@click.command()
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.option("--json", "as_json", is_flag=True, help="Print the manifest itself, for programs.")
def inspect(pack: Path, as_json: bool) -> None:
    """Show what PACK, a voice pack, its archive or a language pack, says of itself.

    Reads the manifest only; `voicepack verify` checks the files.

    \b
    Examples:
      voicepack inspect my.voicepack
      voicepack inspect my.voicepack.zip
      voicepack inspect my.voicepack --json | jq .sample_rate
      voicepack inspect zh.languagepack
    """
    if is_language_pack(pack):
        language = read_language_manifest(pack)
        shown = dump_language(language) if as_json else summarize_language(language)
    else:
        manifest = read_zip_manifest(pack) if pack.is_file() else read_manifest(pack)
        shown = dump(manifest) if as_json else summarize(manifest)
    click.echo(shown, nl=not as_json)
