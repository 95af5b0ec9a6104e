"""SSML to sentences, as `sentences.py` makes them of plain text."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from itertools import zip_longest

from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.manner import Silence
from voicepack.runtime.text.modes import mode_of
from voicepack.runtime.text.sentences import Sentence, sentences_of_parts
from voicepack.runtime.text.splitting import Split
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.text.ssml.passages import Passage, read_passages
from voicepack.runtime.text.symbols import SymbolTable


def ssml_sentences(
    ssml: Ssml,
    language: str,
    symbols: SymbolTable,
    split: Split = Split.CUT5,
    lexicon: Lexicon = NO_WORDS,
) -> Iterator[Sentence | Silence]:
    """Read a document at once, and pronounce its sentences, each when it is asked for.

    Args:
        ssml: The document.
        language: Language of what has no `xml:lang`.
        symbols: The symbols of the voice that will speak.
        split: Where passages are cut.
        lexicon: Words that are said otherwise than their language would say them.

    Raises:
        TextError: It is no SSML or holds something that is not supported, or a language is not
            known; at once.
    """
    mode_of(language, symbols)
    passages = read_passages(ssml.document, language, symbols, lexicon)
    # Every passage is cut before the first is spoken, so that nothing is refused half-way.
    prepared = [
        passage if isinstance(passage, Silence) else _sentences_of(passage, symbols, split)
        for passage in passages
    ]
    return _in_turn(prepared)


def _sentences_of(passage: Passage, symbols: SymbolTable, split: Split) -> Iterator[Sentence]:
    sentences = sentences_of_parts(passage.parts, passage.language, symbols, split)
    return (replace(sentence, manner=passage.manner) for sentence in sentences)


def _in_turn(prepared: list[Iterator[Sentence] | Silence]) -> Iterator[Sentence | Silence]:
    for spoken, following in zip_longest(prepared, prepared[1:]):
        if isinstance(spoken, Silence):
            yield spoken
        elif isinstance(following, Silence):
            yield from _ending_at_once(spoken)
        else:
            yield from spoken


def _ending_at_once(sentences: Iterator[Sentence]) -> Iterator[Sentence]:
    """Leave the pause after the last sentence to the silence that follows."""
    waiting: Sentence | None = None
    for sentence in sentences:
        if waiting is not None:
            yield waiting
        waiting = sentence
    if waiting is not None:
        yield replace(waiting, manner=replace(waiting.manner, pause_s=0.0))
