"""`voicepack pack` and `voicepack unpack`: a voice pack as one file, and back."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.runtime.archive import pack_to_zip, unpack_zip, unpacked_path, zip_path
from voicepack.runtime.pack import VoicePack


@click.command()
@click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Archive to write.  [default: beside PACK, ending in .voicepack.zip]",
)
def pack(pack: Path, output: Path | None) -> None:
    """Write PACK into one archive for transport, after verifying it.

    \b
    Examples:
      voicepack pack my.voicepack
      voicepack pack my.voicepack -o /media/stick/my.voicepack.zip
    """
    archive = output or zip_path(pack)
    pack_to_zip(VoicePack.open(pack), archive)
    click.echo(archive)


@click.command()
@click.argument("archive", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    help="Folder to write.  [default: beside ARCHIVE, ending in .voicepack]",
)
def unpack(archive: Path, output: Path | None) -> None:
    """Unpack ARCHIVE into a voice pack, which appears only if it is intact.

    \b
    Examples:
      voicepack unpack my.voicepack.zip
      voicepack unpack my.voicepack.zip -o /opt/voices/my.voicepack
    """
    unpacked = unpack_zip(archive, output or unpacked_path(archive))
    click.echo(unpacked.root)
