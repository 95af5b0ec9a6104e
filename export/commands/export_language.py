"""`voicepack export-language`: make what all voices share that speak a language."""

from __future__ import annotations

from pathlib import Path

import click

from voicepack.export.language_pipeline import LANGUAGES, LanguageJob, export_language
from voicepack.quantize.bert import PRECISIONS
from voicepack.runtime.commands.progress import shown_progress
from voicepack.runtime.contract import Precision

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)


@click.command("export-language")
@click.argument("language", type=click.Choice(LANGUAGES))
@click.option(
    "--bert", type=FOLDER, required=True, help="Hugging Face folder chinese-roberta-wwm-ext-large."
)
@click.option("--g2pw", type=FILE, help="g2pW.onnx in its folder, for readings by context.")
@click.option(
    "--precision",
    type=click.Choice([each.value for each in PRECISIONS]),
    default=Precision.INT8.value,
    show_default=True,
    help="How BERT is stored; only int8 is computed otherwise than in fp32.",
)
@click.option("-o", "--output", type=FOLDER, required=True, help="Language pack to write.")
@click.option("--overwrite", is_flag=True, help="Replace a language pack that is already there.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def export_language_command(
    language: str,
    bert: Path,
    g2pw: Path | None,
    precision: str,
    output: Path,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Make the language pack of LANGUAGE, which all voices that speak it share.

    \b
    Examples:
      voicepack export-language zh --bert chinese-roberta-wwm-ext-large -o zh.languagepack
      voicepack export-language zh --bert chinese-roberta-wwm-ext-large \\
          --g2pw G2PWModel/g2pW.onnx -o zh.languagepack
    """
    job = LanguageJob(bert, g2pw, Precision(precision), language)
    with shown_progress(quiet) as progress:
        pack = export_language(job, output, progress, overwrite)
    if not quiet:
        size = sum(record.size for record in pack.manifest.files.values())
        close = pack.manifest.bert.snr_db
        facts = [
            f"{output}: BERT in {precision}, {size / 2**20:.1f} MiB",
            *([f"features at {close:.1f} dB"] if close is not None else []),
            *(["with g2pW"] if pack.manifest.g2pw else []),
        ]
        click.echo(", ".join(facts))
