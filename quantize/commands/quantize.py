"""`voicepack quantize`: make a voice pack smaller and faster."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import click

from voicepack.quantize.budget import read_budget
from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.pipeline import QuantizedPack, QuantizeJob
from voicepack.quantize.quantized_table import quantized_table
from voicepack.quantize.recipe import Recipe
from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.reports.report_markdown import to_markdown
from voicepack.quantize.search.budget_search import SearchJob, search
from voicepack.quantize.search.mix_search import Objective
from voicepack.quantize.search.search_report import ranking_table, write_search_report
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences, read_sentences
from voicepack.quantize.several_targets import quantize_targets
from voicepack.runtime.commands.progress import shown_progress
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.variants import compiled_for
from voicepack.targets.cache_folder import cache_folder
from voicepack.targets.catalogue import find_profile
from voicepack.targets.cores import default_threads

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(file_okay=False, path_type=Path)
OVER_BUDGET = 1


@click.command()
@click.argument("pack", type=FOLDER)
@click.option(
    "--recipe",
    help="int8, int8-fast, int4, mixed, fp16, or a TOML file.  [default: what suits the target]",
)
@click.option("-o", "--output", type=FOLDER, required=True, help="Voice pack to write.")
@click.option("--sentences", type=FILE, help="Text file, a sentence a line.  [default: built in]")
@click.option("--language", help="Language of the sentences.  [default: the reference's]")
@click.option("--seed", type=click.IntRange(min=0), default=0, show_default=True)
@click.option("--threads", type=click.IntRange(min=1), help="[default: free cores, at most 4]")
@click.option("--cache", type=FOLDER, help="Keeps calibration data.  [default: the user's cache]")
@click.option("--budget", type=FILE, help="Search the cheapest mix of formats inside this budget.")
@click.option(
    "--minimize",
    type=click.Choice([each.value for each in Objective]),
    help="What the search saves.  [default: size]",
)
@click.option("--report", type=FOLDER, help="Folder for what the search found out.")
@click.option("--overwrite", is_flag=True, help="Replace a voice pack that is already there.")
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def quantize(
    pack: Path,
    recipe: str | None,
    output: Path,
    sentences: Path | None,
    language: str | None,
    seed: int,
    threads: int | None,
    cache: Path | None,
    budget: Path | None,
    minimize: str | None,
    report: Path | None,
    overwrite: bool,
    quiet: bool,
) -> None:
    """Quantize PACK, which is in full precision, by a recipe, for each of its targets.

    With --budget, the recipe is where a search begins for the smallest or fastest mix of formats
    that keeps the budget. A search that was interrupted goes on where it was. Its exit code is 1
    where the pack it ends with is over budget.

    \b
    Examples:
      voicepack quantize my-fp32.voicepack -o my.voicepack
      voicepack quantize my-fp32.voicepack --recipe int4 --sentences mine.txt -o my.voicepack
      voicepack quantize my-fp32.voicepack --budget budget.toml --minimize size \\
          --report found -o my.voicepack
    """
    if budget is None and (minimize is not None or report is not None):
        raise click.UsageError("--minimize and --report go with --budget only.")
    full = VoicePack.open(pack)
    spoken = language or full.manifest.references[0].language
    texts = (
        read_sentences(sentences)
        if sentences
        else built_in_sentences(spoken, SentenceUse.CALIBRATION)
    )
    source = CalibrationSource(texts, spoken, seed, threads or default_threads())
    kept = cache or cache_folder()
    if budget is None:
        jobs = [
            QuantizeJob(compiled_for(full, target), _recipe(recipe, target), source, kept)
            for target in full.manifest.targets
        ]
        with shown_progress(quiet) as progress:
            made = quantize_targets(jobs, output, progress, overwrite)
        _echo(_tables(made), quiet)
        return
    sought = SearchJob(
        start=QuantizeJob(full, _recipe(recipe, full.manifest.target), source, kept),
        budget=read_budget(budget),
        objective=Objective(minimize or Objective.SIZE.value),
        texts=built_in_sentences(spoken, SentenceUse.CHECK),
    )
    with shown_progress(quiet) as progress:
        found = search(sought, output, progress, overwrite)
    if report is not None:
        write_search_report(found, report)
    checked = found.checked.report
    tables = (
        ranking_table(checked.sensitivity),
        to_markdown(checked),
        quantized_table(found.quantized),
    )
    _echo("\n\n".join(table.rstrip() for table in tables), quiet)
    if not checked.passed:
        raise SystemExit(OVER_BUDGET)


def _recipe(name: str | None, target: str) -> Recipe:
    return find_recipe(name or find_profile(target).recipe)


def _tables(made: Sequence[QuantizedPack]) -> str:
    """Say what became of each graph, target by target where there are several."""
    if len(made) == 1:
        return quantized_table(made[0])
    return "\n\n".join(f"{each.pack.manifest.target}\n{quantized_table(each)}" for each in made)


def _echo(text: str, quiet: bool) -> None:
    if not quiet:
        click.echo(text)
