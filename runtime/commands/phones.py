"""`voicepack phones`: show how a text will be said."""

from __future__ import annotations

import json
from collections.abc import Iterable

import click

from voicepack.runtime.text.languages import known_languages
from voicepack.runtime.text.sentences import Sentence, SpokenSegment, sentences, verbatim_sentence
from voicepack.runtime.text.symbols import TABLE_SIZES, SymbolTable, symbol_table

INDENT = 12


@click.command()
@click.argument("text")
@click.option(
    "--language", required=True, help=f"Language of TEXT: {', '.join(known_languages())}."
)
@click.option(
    "--symbols",
    "table",
    type=click.Choice(tuple(TABLE_SIZES)),
    default="v2",
    show_default=True,
    help="Symbol table of the voice; v1 is for v1 voices only.",
)
@click.option("--no-split", is_flag=True, help="Take TEXT as one sentence, as it stands.")
@click.option("--json", "as_json", is_flag=True, help="Print an object, for programs.")
def phones(text: str, language: str, table: str, no_split: bool, as_json: bool) -> None:
    """Show how TEXT will be said: normalized text, phones and their numbers.

    What to look at when a word sounds wrong. Needs no voice pack.

    \b
    Examples:
      voicepack phones --language en "It's 3:45 p.m."
      voicepack phones --language en --no-split --json "Dr. Smith" | jq .segments[0].phones
    """
    symbols = symbol_table(table)
    if no_split:
        spoken: Iterable[Sentence] = [verbatim_sentence(text, language, symbols)]
    else:
        spoken = sentences(text, language, symbols)
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
    return " ".join(map(str, value)) if isinstance(value, list | tuple) else str(value)
