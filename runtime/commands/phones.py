"""`voicepack phones`: show how a text will be said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from voicepack.runtime.text.lexicon_file import load_lexicons
from voicepack.runtime.text.modes import MODES
from voicepack.runtime.text.sentences import Sentence, sentences, verbatim_sentence
from voicepack.runtime.text.spoken_parts import SpokenSegment
from voicepack.runtime.text.symbols import TABLE_SIZES, SymbolTable, symbol_table

INDENT = 12


@click.command()
@click.argument("text")
@click.option("--language", required=True, help=f"Language of TEXT: {', '.join(MODES)}.")
@click.option(
    "--symbols",
    "table",
    type=click.Choice(tuple(TABLE_SIZES)),
    default="v2",
    show_default=True,
    help="Symbol table of the voice; v1 is for v1 voices only.",
)
@click.option(
    "--lexicon",
    "lexicons",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    multiple=True,
    help="TOML file of words and how they are said; repeat for more, the last one wins.",
)
@click.option("--no-split", is_flag=True, help="Say TEXT as it stands, all in one language.")
@click.option("--json", "as_json", is_flag=True, help="Print an object, for programs.")
def phones(
    text: str,
    language: str,
    table: str,
    lexicons: tuple[Path, ...],
    no_split: bool,
    as_json: bool,
) -> None:
    """Show how TEXT will be said: normalized text, phones and their numbers.

    What to look at when a word sounds wrong. Needs no voice pack.

    \b
    Examples:
      voicepack phones --language en "It's 3:45 p.m."
      voicepack phones --language auto "我用GPT-SoVITS做了一个demo。"
      voicepack phones --language en --no-split --json "Dr. Smith" | jq .segments[0].phones
    """
    symbols = symbol_table(table)
    if no_split and lexicons:
        raise click.UsageError("Give only one of --no-split and --lexicon.")
    if no_split:
        spoken: Iterable[Sentence] = [verbatim_sentence(text, language, symbols)]
    else:
        spoken = sentences(text, language, symbols, lexicon=load_lexicons(lexicons, symbols))
    segments = [segment for sentence in spoken for segment in sentence.segments]
    click.echo(to_json(segments, symbols) if as_json else to_table(segments, symbols))


def to_json(segments: list[SpokenSegment], symbols: SymbolTable) -> str:
    """Write segments as an object with one list, `segments`."""
    return json.dumps({"segments": [_fields(segment, symbols) for segment in segments]})


def to_table(segments: list[SpokenSegment], symbols: SymbolTable) -> str:
    """Write segments for people, one field a line and an empty line between segments."""
    return "\n\n".join(
        "\n".join(
            f"{name:{INDENT}}{_readable(value)}"
            for name, value in _fields(segment, symbols).items()
            if value is not None
        )
        for segment in segments
    )


def _fields(segment: SpokenSegment, symbols: SymbolTable) -> dict[str, object]:
    said = segment.pronunciation
    return {
        "text": segment.text,
        "language": segment.language,
        "normalized": said.normalized,
        "phones": said.phones,
        "word2ph": said.word2ph,
        "ids": symbols.ids(said.phones).tolist(),
    }


def _readable(value: object) -> str:
    text = " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
    # Half of a surrogate pair, which a broken file may hold, cannot be printed.
    return text.encode(errors="replace").decode()
