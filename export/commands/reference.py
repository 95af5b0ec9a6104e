"""`voicepack reference`: the references of a voice pack that exists."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.export.pack_references import add_references, remove_references
from voicepack.export.reference_encoder import HelperNets
from voicepack.export.reference_spec import parse_reference, read_references
from voicepack.runtime.pack import VoicePack, read_manifest

PACK = click.argument("pack", type=click.Path(exists=True, file_okay=False, path_type=Path))
FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
QUIET = click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")


@click.group()
def reference() -> None:
    """Add references (styles) to a voice pack, remove or list them.

    The nets are not exported again, so this takes seconds, for quantized packs too.
    """


@reference.command()
@PACK
@click.option("--reference", "given", multiple=True, help="NAME=CLIP[:LANGUAGE[:TEXT]]; repeat.")
@click.option("--references", type=FILE, help="TOML file with several named references.")
@click.option("--sovits", type=FILE, required=True, help="SoVITS checkpoint of the pack.")
@click.option("--hubert", type=FOLDER, help="Hugging Face folder of chinese-hubert-base.")
@click.option("--speaker-encoder", type=FILE, help="ERes2NetV2 checkpoint; for Pro voices only.")
@click.option("--bert", type=FOLDER, help="BERT's folder, for Chinese; or give --language-pack.")
@click.option("--language-pack", type=FOLDER, help="Gives Chinese references their features.")
@QUIET
def add(
    pack: Path,
    given: tuple[str, ...],
    references: Path | None,
    sovits: Path,
    hubert: Path | None,
    speaker_encoder: Path | None,
    bert: Path | None,
    language_pack: Path | None,
    quiet: bool,
) -> None:
    """Add references to PACK, behind those it has.

    \b
    Examples:
      voicepack reference add my.voicepack --sovits my.pth --hubert chinese-hubert-base \\
          --reference "cheerful=cheerful.wav:en:What a lovely day!"
      voicepack reference add my.voicepack --sovits my.pth --references styles.toml
    """
    if bool(given) == (references is not None):
        raise click.UsageError("Give either --reference, once or more, or --references.")
    if bert and language_pack:
        raise click.UsageError("Give only one of --bert and --language-pack.")
    specs = read_references(references) if references else tuple(map(parse_reference, given))
    helpers = HelperNets(hubert, speaker_encoder, bert, language_pack)
    changed = add_references(pack, specs, sovits, helpers)
    if not quiet:
        click.echo(_listing(changed))


@reference.command()
@PACK
@click.argument("names", nargs=-1, required=True)
@QUIET
def remove(pack: Path, names: tuple[str, ...], quiet: bool) -> None:
    """Remove the references NAMES from PACK, which keeps at least one.

    \b
    Example:
      voicepack reference remove my.voicepack cheerful
    """
    changed = remove_references(pack, names)
    if not quiet:
        click.echo(_listing(changed))


@reference.command("list")
@PACK
def show(pack: Path) -> None:
    """List the references of PACK; the first is the default."""
    click.echo(_listing(VoicePack(pack, read_manifest(pack))))


def _listing(pack: VoicePack) -> str:
    entries = pack.manifest.references
    width = max(len(entry.name) for entry in entries)
    return "\n".join(
        f"{entry.name:<{width}}  {entry.language or '-':<3}  {entry.text or '(no text)'}"
        for entry in entries
    )
