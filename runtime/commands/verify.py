"""`voicepack verify`: check that a pack is intact and safe to open."""

from __future__ import annotations

import time
from pathlib import Path

import click

from voicepack.runtime.language_pack import is_language_pack
from voicepack.runtime.summary import format_bytes
from voicepack.runtime.verification import Verification, verify_language_pack
from voicepack.runtime.verification import verify as verify_pack


@click.command()
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
def verify(pack: Path) -> None:
    """Check every file of PACK, a voice pack or language pack, against its manifest.

    Exit code 0 where the pack is intact, 1 where it is not.

    \b
    Examples:
      voicepack verify my.voicepack
      voicepack verify my.voicepack && voicepack pack my.voicepack
      voicepack verify zh.languagepack
    """
    start = time.perf_counter()
    found = verify_language_pack(pack) if is_language_pack(pack) else verify_pack(pack)
    seconds = time.perf_counter() - start
    for path in found.unlisted:
        click.echo(f"note: {path}: not part of the pack, and never read")
    if found.faults:
        _fail(pack, found)
    click.echo(
        f"ok: {pack}: {found.num_files} files, {format_bytes(found.num_bytes)}, in {seconds:.2f} s"
    )


def _fail(pack: Path, found: Verification) -> None:
    for fault in found.faults:
        click.echo(f"damaged: {fault}", err=True)
    raise click.ClickException(
        f"{pack}: {len(found.faults)} faults. Get the pack again or export it again."
    )
