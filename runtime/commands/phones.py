"""`voicepack phones`: show how a text will be said."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import click

from voicepack.runtime.commands.text_options import (
    language_pack_option,
    lexicon_option,
    ssml_option,
)
from voicepack.runtime.language_readings import readings_of
from voicepack.runtime.text.lexicon_file import load_lexicons
from voicepack.runtime.text.manner import Silence
from voicepack.runtime.text.modes import MODES
from voicepack.runtime.text.reading_source import readings_from
from voicepack.runtime.text.sentences import Sentence, verbatim_sentence
from voicepack.runtime.text.spoken_parts import SpokenSegment
from voicepack.runtime.text.spoken_text import sentences_of_text
from voicepack.runtime.text.ssml import Ssml
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
@ssml_option
@lexicon_option
@language_pack_option("Reads Chinese characters by context, where it has g2pW; repeat for more.")
@click.option(
    "--no-split",
    is_flag=True,
    help="Say TEXT as it stands, all in one language, and as upstream says it.",
)
@click.option("--json", "as_json", is_flag=True, help="Print an object, for programs.")
def phones(
    text: str,
    language: str,
    table: str,
    ssml: bool,
    lexicons: tuple[Path, ...],
    language_packs: tuple[Path, ...],
    no_split: bool,
    as_json: bool,
) -> None:
    """Show how TEXT will be said: normalized text, phones and their numbers.

    What to look at when a word sounds wrong. Needs no voice pack. With --no-split, nothing of what
    upstream says is corrected; everything else that reads text corrects it.

    \b
    Examples:
      voicepack phones --language en "It's 3:45 p.m."
      voicepack phones --language auto "我用GPT-SoVITS做了一个demo。"
      voicepack phones --language en --no-split --json "Dr. Smith" | jq .segments[0].phones
      voicepack phones --language zh --language-pack zh.languagepack "他长大了"
    """
    if no_split and (lexicons or ssml):
        raise click.UsageError(
            f"Give only one of --no-split and --{'ssml' if ssml else 'lexicon'}."
        )
    symbols = symbol_table(table)
    with readings_from(readings_of(language_packs)):
        if no_split:
            spoken: Iterable[Sentence | Silence] = [verbatim_sentence(text, language, symbols)]
        else:
            words = load_lexicons(lexicons, symbols)
            given = Ssml(text) if ssml else text
            spoken = sentences_of_text(given, language, symbols, lexicon=words)
        sentences = [each for each in spoken if isinstance(each, Sentence)]
    segments = [segment for sentence in sentences for segment in sentence.segments]
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
