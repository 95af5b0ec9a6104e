"""`voicepack demo`: the whole way from checkpoint to sound."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import click

from voicepack.export.demo import TEXT, Demo, run_demo
from voicepack.export.demo_voices import default_voice
from voicepack.quantize.quantized_table import quantized_table
from voicepack.quantize.reports.report_markdown import to_markdown
from voicepack.runtime.commands.progress import shown_progress
from voicepack.targets.catalogue import DEFAULT_TARGET


@click.command()
@click.option(
    "-o",
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    required=True,
    help="WAV file to write.",
)
@click.option("--text", default=TEXT, show_default=True, help="What to say, in English.")
@click.option(
    "--keep", type=click.Path(file_okay=False, path_type=Path), help="Folder to leave the packs in."
)
@click.option(
    "--target",
    default=DEFAULT_TARGET,
    show_default=True,
    help="Device family to compile for.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def demo(output: Path, text: str, keep: Path | None, target: str, quiet: bool) -> None:
    """Export the demo voice, quantize it to INT8, speak with it, and check what that cost.

    \b
    Examples:
      voicepack demo -o hello.wav
      voicepack demo -o hello.wav --text "It is seven o'clock." --keep packs
    """
    with shown_progress(quiet) as progress, TemporaryDirectory() as folder:
        voice = default_voice(Path(folder))
        made = run_demo(voice, output, text, keep, target, progress)
    if not quiet:
        click.echo(_summary(made, voice.notice, kept=keep is not None))


def _summary(made: Demo, notice: str, kept: bool) -> str:
    rows = [
        ("exported", f"in {made.export_s:.1f} s"),
        ("quantized", f"in {made.quantize_s:.1f} s"),
        ("loaded", f"in {made.load_s:.2f} s"),
        ("speech", f"{made.audio_s:.2f} s in {made.speak_s:.2f} s"),
        ("real-time factor", f"{made.speak_s / made.audio_s:.2f}"),
        ("written", str(made.output)),
        *([("kept", f"{made.full_pack}, {made.pack}")] if kept else []),
    ]
    facts = "\n".join(f"{name:<18}{value}" for name, value in rows)
    return "\n\n".join([facts, quantized_table(made.quantized), to_markdown(made.report), notice])
