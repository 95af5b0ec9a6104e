"""`voicepack export`: compile a trained voice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import click

from voicepack.export.pipeline import ExportJob
from voicepack.export.reference_spec import ReferenceSpec, parse_reference, read_references
from voicepack.export.several_targets import export_for_targets
from voicepack.export.training_folder import find_pair
from voicepack.export.voice_graphs import TOLERANCE
from voicepack.runtime.commands.progress import shown_progress
from voicepack.runtime.contract import Precision
from voicepack.runtime.manifest import Rights
from voicepack.runtime.text.modes import MODES
from voicepack.targets.catalogue import DEFAULT_TARGET

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
FILE_OR_FOLDER = click.Path(path_type=Path)


@click.command()
@click.option(
    "--gpt", type=FILE_OR_FOLDER, required=True, help="GPT checkpoint (.ckpt), or their folder."
)
@click.option(
    "--sovits", type=FILE_OR_FOLDER, required=True, help="SoVITS checkpoint (.pth), or a folder."
)
@click.option("--voice", help="Which voice to take the newest checkpoints of, from folders.")
@click.option(
    "--reference",
    "given",
    multiple=True,
    help="Reference clip, 3 to 10 s: [NAME=]CLIP[:LANGUAGE[:TEXT]]; repeat for more.",
)
@click.option("--text", default="", help="What the one clip says; else there is no prompt.")
@click.option("--language", default="", help=f"Language of the text: {', '.join(MODES)}.")
@click.option("--also", type=FILE, multiple=True, help="Further clip to average the voice over.")
@click.option("--references", type=FILE, help="TOML file with several named references.")
@click.option("--hubert", type=FOLDER, help="Hugging Face folder of chinese-hubert-base.")
@click.option("--speaker-encoder", type=FILE, help="ERes2NetV2 checkpoint; for Pro voices only.")
@click.option("--bert", type=FOLDER, help="BERT's folder, for Chinese; or give --language-pack.")
@click.option("--language-pack", type=FOLDER, help="Gives Chinese references their features.")
@click.option("--lexicon", type=FILE, help="TOML file of words and how they are said.")
@click.option(
    "--target",
    "targets",
    default=(DEFAULT_TARGET,),
    show_default=True,
    multiple=True,
    help="Device family to compile for; repeat for more in one pack.",
)
@click.option(
    "--precision",
    type=click.Choice([each.value for each in TOLERANCE]),
    default=Precision.FP32.value,
    show_default=True,
    help="How weights are stored; fp16 is half the size and computed in fp32.",
)
@click.option("-o", "--output", type=FOLDER, required=True, help="Voice pack to write.")
@click.option("--name", help="Name of the voice.  [default: that of the output]")
@click.option("--licence", default="", help="Licence of the voice, such as CC-BY-4.0.")
@click.option("--voice-owner", default="", help="Whose voice it is.")
@click.option("--consent", default="", help="The owner's consent, or where it is kept.")
@click.option("--overwrite", is_flag=True, help="Replace a voice pack that is already there.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def export(
    gpt: Path,
    sovits: Path,
    voice: str | None,
    given: tuple[str, ...],
    text: str,
    language: str,
    also: tuple[Path, ...],
    references: Path | None,
    hubert: Path | None,
    speaker_encoder: Path | None,
    bert: Path | None,
    language_pack: Path | None,
    lexicon: Path | None,
    targets: tuple[str, ...],
    precision: str,
    output: Path,
    name: str | None,
    licence: str,
    voice_owner: str,
    consent: str,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Compile a GPT-SoVITS voice into a voice pack.

    \b
    Examples:
      voicepack export --gpt my.ckpt --sovits my.pth --hubert chinese-hubert-base \\
          --reference clip.wav --text "What the clip says." --language en -o my.voicepack
      voicepack export --gpt GPT_weights_v2Pro --sovits SoVITS_weights_v2Pro --voice my \\
          --hubert chinese-hubert-base --speaker-encoder pretrained_eres2netv2w24s4ep4.ckpt \\
          --reference "calm=calm.wav:en:All is well." --reference "loud=loud.wav:en:Watch out!" \\
          -o my.voicepack
      voicepack export --gpt my.ckpt --sovits my.pth --hubert chinese-hubert-base \\
          --references styles.toml --target arm64 --target openvino-cpu -o my.voicepack
    """
    if bool(given) == (references is not None):
        raise click.UsageError("Give either --reference, once or more, or --references.")
    if bert and language_pack:
        raise click.UsageError("Give only one of --bert and --language-pack.")
    if (text or language or also) and len(given) != 1:
        raise click.UsageError("--text, --language and --also go with a single --reference.")
    specs = read_references(references) if references else tuple(map(parse_reference, given))
    if text or language or also:
        specs = (_completed(specs[0], text, language, also),)
    pair = find_pair(gpt, sovits, voice)
    if not quiet and (gpt.is_dir() or sovits.is_dir()):
        click.echo(f"GPT: {pair.gpt}\nSoVITS: {pair.sovits}")
    job = ExportJob(
        gpt=pair.gpt,
        sovits=pair.sovits,
        references=specs,
        name=name or output.name.removesuffix(".voicepack"),
        hubert=hubert,
        speaker_encoder=speaker_encoder,
        bert=bert,
        language_pack=language_pack,
        lexicon=lexicon,
        precision=Precision(precision),
        rights=Rights(licence, voice_owner, consent),
    )
    with shown_progress(quiet) as progress:
        pack = export_for_targets(job, targets, output, progress, overwrite)
    if not quiet:
        size = sum(record.size for record in pack.manifest.files.values())
        click.echo(
            f"{output}: {pack.manifest.generation} voice for {', '.join(targets)}, {precision}, "
            f"{size / 2**20:.1f} MiB, {len(pack.manifest.references)} reference(s)"
        )


def _completed(
    spec: ReferenceSpec, text: str, language: str, also: tuple[Path, ...]
) -> ReferenceSpec:
    """Add to a reference what was said of it in options of their own."""
    if (text and spec.text) or (language and spec.language):
        raise click.UsageError("Say language and text in --reference or beside it, not in both.")
    return replace(
        spec,
        clips=(*spec.clips, *also),
        language=language or spec.language,
        text=text or spec.text,
    )
