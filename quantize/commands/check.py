"""`voicepack check`: compare a pack with its full-precision twin, against a budget."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

import click

from voicepack.quantize.budget import DEFAULT_BUDGET, read_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.quality.check import CheckJob, CheckResult, check_pack
from voicepack.quantize.quality.quality_record import record_quality
from voicepack.quantize.reports.report import Change, Report, changes
from voicepack.quantize.reports.report_html import to_html
from voicepack.quantize.reports.report_json import read_report, to_json
from voicepack.quantize.reports.report_junit import to_junit
from voicepack.quantize.reports.report_markdown import to_markdown, to_markdown_with_changes
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences, read_sentences
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.commands.progress import shown_progress
from voicepack.runtime.errors import EdgeError
from voicepack.runtime.pack import read_manifest

FILE = click.Path(dir_okay=False, path_type=Path)
FOLDER = click.Path(path_type=Path)
OVER_BUDGET = 1


class CouldNotRun(click.ClickException):
    """Ends the command with exit code 2: nothing is known of the pack's quality."""

    exit_code = 2


@click.command()
@click.argument("pack", type=FOLDER)
@click.option("--baseline", type=FOLDER, required=True, help="The full-precision pack.")
@click.option("--budget", type=FILE, help="TOML file with limits.  [default: a strict one]")
@click.option("--sentences", type=FILE, help="Text file, a sentence a line.  [default: built in]")
@click.option("--language", help="Language of the sentences.  [default: the reference's]")
@click.option("--threads", type=click.IntRange(min=1), help="[default: free cores, at most 4]")
@click.option("--target", help="Which of the targets of PACK.  [default: what fits here]")
@click.option("--json", "json_file", type=FILE, help="Write the report as JSON.")
@click.option("--junit", type=FILE, help="Write the report as JUnit XML.")
@click.option("--markdown", type=FILE, help="Write the report as Markdown.")
@click.option("--html", type=FILE, help="Write one page with sound and spectrograms.")
@click.option("--previous", type=FILE, help="JSON report of an earlier release to compare with.")
@click.option("--no-record", is_flag=True, help="Leave the manifest of PACK as it is.")
@click.option("-q", "--quiet", is_flag=True, help="Show no progress.")
def check(
    pack: Path,
    baseline: Path,
    budget: Path | None,
    sentences: Path | None,
    language: str | None,
    threads: int | None,
    target: str | None,
    json_file: Path | None,
    junit: Path | None,
    markdown: Path | None,
    html: Path | None,
    previous: Path | None,
    no_record: bool,
    quiet: bool,
) -> None:
    """Compare PACK with its full-precision twin, and its losses with a budget.

    Exit code 0 within budget, 1 over it, 2 where the check could not run.

    \b
    Examples:
      voicepack check my.voicepack --baseline my-fp32.voicepack
      voicepack check my.voicepack --baseline my-fp32.voicepack --budget budget.toml \\
          --junit report.xml --html report.html
    """
    files = (json_file, junit, markdown, html)
    try:
        _refuse_missing_folders(file for file in files if file is not None)
        earlier = read_report(previous) if previous else None
        job = _job(pack, baseline, budget, sentences, language, threads, target)
        with shown_progress(quiet) as progress:
            result = check_pack(job, progress)
        summary = _summary(result.report, earlier)
        texts: list[tuple[Path | None, Callable[[], str]]] = [
            (json_file, lambda: to_json(result.report)),
            (junit, lambda: to_junit(result.report)),
            (markdown, lambda: summary),
            (
                html,
                lambda: to_html(result.report, result.recordings, _changes(result.report, earlier)),
            ),
        ]
        for file, text in texts:
            if file is not None:
                _write(file, text())
    except (EdgeError, OSError) as error:
        raise CouldNotRun(str(error)) from error
    click.echo(summary, nl=False)
    if not no_record:
        _record(result)
    if not result.report.passed:
        raise SystemExit(OVER_BUDGET)


def _job(
    pack: Path,
    baseline: Path,
    budget: Path | None,
    sentences: Path | None,
    language: str | None,
    threads: int | None,
    target: str | None,
) -> CheckJob:
    spoken = language or read_manifest(baseline).references[0].language
    return CheckJob(
        pack=pack,
        baseline=baseline,
        texts=read_sentences(sentences)
        if sentences
        else built_in_sentences(spoken, SentenceUse.CHECK),
        language=spoken,
        budget=read_budget(budget) if budget else DEFAULT_BUDGET,
        threads=threads,
        target=target,
    )


def _summary(report: Report, earlier: Report | None) -> str:
    if earlier is None:
        return to_markdown(report)
    return to_markdown_with_changes(report, changes(earlier, report))


def _changes(report: Report, earlier: Report | None) -> tuple[Change, ...]:
    return changes(earlier, report) if earlier else ()


def _refuse_missing_folders(files: Iterable[Path]) -> None:
    """Refuse before the work what could not be written after it."""
    for file in files:
        if not file.absolute().parent.is_dir():
            raise QualityError(f"{file}: its folder does not exist. Create it first.")


def _write(file: Path, text: str) -> None:
    with replaced_file(file) as temporary:
        temporary.write_text(text, encoding="utf-8", newline="\n")


def _record(result: CheckResult) -> None:
    try:
        record_quality(result.pack, result.report)
    except OSError as error:  # a pack that cannot be written to can be checked all the same
        click.echo(f"note: the report was not recorded in the pack. {error}", err=True)
