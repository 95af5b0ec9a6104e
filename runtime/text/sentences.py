"""Text to sentences with their phones, one by one, so that speech starts before all is read."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain

from voicepack.runtime.errors import TextError
from voicepack.runtime.phones import IntArray
from voicepack.runtime.text.inline_phones import read_inline_phones
from voicepack.runtime.text.languages import load_language, upstream_front_end
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.manner import PLAINLY, Manner
from voicepack.runtime.text.modes import mode_of
from voicepack.runtime.text.parts import STAND_IN, Part, fold, written
from voicepack.runtime.text.splitting import STOPS, Split, cut
from voicepack.runtime.text.spoken_parts import SpokenSegment, say_parts
from voicepack.runtime.text.symbols import PUNCTUATION, SymbolTable

logger = logging.getLogger(__name__)

SHORT_OPENING = 4
"""Characters; a text whose first clause is shorter gets a stop in front."""
SHORT_PIECE = 5
"""Characters; a shorter piece joins the next."""
LONGEST_PIECE = 510
"""Characters that BERT can take."""
FEWEST_PHONES = 6
"""A sentence with fewer is said once more with a stop in front."""

MARK_RUN = re.compile(r"([!?…,.\-])[!?…,.\-]+")
WORD_CHARACTER = re.compile(r"\w")
STOP = re.compile("([" + re.escape("".join(sorted(STOPS))) + "])")


@dataclass(frozen=True)
class Sentence:
    """A piece of text that is spoken at once."""

    text: str
    language: str
    """The language asked for; `segments` tell the language of each part."""
    segments: tuple[SpokenSegment, ...]
    ids: IntArray
    """int64, (num_phones,): numbers of `phones` in the voice's symbol table."""
    manner: Manner = PLAINLY
    """How it is given, where markup says so."""

    @property
    def normalized(self) -> str:
        """The text as it is read aloud."""
        return "".join(segment.pronunciation.normalized for segment in self.segments)

    @property
    def phones(self) -> tuple[str, ...]:
        """Symbols of the voice's table."""
        return tuple(chain.from_iterable(part.pronunciation.phones for part in self.segments))

    @property
    def word2ph(self) -> tuple[int, ...] | None:
        """Phones of each character of `normalized`; None where one of the languages has none."""
        counts = [segment.pronunciation.word2ph for segment in self.segments]
        known = [count for count in counts if count is not None]
        return tuple(chain.from_iterable(known)) if len(known) == len(counts) else None


def sentences(
    text: str,
    language: str,
    symbols: SymbolTable,
    split: Split = Split.CUT5,
    lexicon: Lexicon = NO_WORDS,
) -> Iterator[Sentence]:
    """Cut a text and pronounce its sentences, each when it is asked for.

    Args:
        text: Any text, which may hold phones in brackets, "[[HH AH0 L OW1]]". One without anything
            to say gives no sentence.
        language: Name of a mode, such as "en" or "auto".
        symbols: The symbols of the voice that will speak.
        split: Where to cut.
        lexicon: Words that are said otherwise than their language would say them.

    Raises:
        TextError: The language is not known, the voice cannot speak it, brackets hold no phones,
            or a package it needs is not installed; at once. In a mode that mixes all languages, a
            package that only a later sentence needs is missed when that sentence is asked for.

    Source: GPT-SoVITS, TTS_infer_pack/TextPreprocessor.py.
    """
    load_language(language, symbols)
    parts = lexicon.apply(read_inline_phones(text, symbols), language)
    return sentences_of_parts(parts, language, symbols, split)


def sentences_of_parts(
    parts: Iterable[Part], language: str, symbols: SymbolTable, split: Split = Split.CUT5
) -> Iterator[Sentence]:
    """Cut a text in parts, and pronounce its sentences, each when it is asked for.

    Args:
        parts: Plain text is cut; any other part stays whole, in the sentence it stands in.
        language: Name of a mode, such as "en" or "auto"; that of plain parts.
        symbols: The symbols of the voice that will speak.
        split: Where to cut.

    Raises:
        TextError: As `sentences`.
    """
    load_language(language, symbols)
    folded = fold(parts)
    # One mark of a run is enough, or its sound leaks into the speech.
    prepared = pieces(MARK_RUN.sub(r"\1", folded.text), language, split)
    unfolded = (list(folded.unfold(piece)) for piece in prepared)
    return _spoken_sentences(unfolded, language, symbols)


def uncut_sentence(
    text: str, language: str, symbols: SymbolTable, lexicon: Lexicon = NO_WORDS
) -> Sentence:
    """Pronounce a text at once, however long it is, as the words of a reference clip are.

    Args:
        text: Not empty; gets a stop at its end if it has none.
        language: Name of a mode, such as "en" or "auto".
        symbols: The symbols of the voice that will speak.
        lexicon: Words that are said otherwise than their language would say them.

    Raises:
        TextError: The language is not known, the voice cannot speak it, or a package it needs is
            not installed.

    Source: GPT-SoVITS, TTS_infer_pack/TTS.py, which does not cut the prompt's text.
    """
    text = text.strip("\n")
    ended = text if text[-1:] in STOPS else text + _stop(language)
    return _pronounce_long_enough(list(lexicon.apply([ended], language)), language, symbols)


def verbatim_sentence(text: str, language: str, symbols: SymbolTable) -> Sentence:
    """Pronounce a text of one language as upstream does, faults included.

    It is said as it stands: nothing is cut off, joined, added or corrected.

    Raises:
        TextError: The language is not known or a mode of several, the voice cannot speak it, or a
            package it needs is not installed.

    Source: GPT-SoVITS, text/cleaner.py, `clean_text`.
    """
    mode = mode_of(language, symbols)
    if mode.name != mode.language:
        raise TextError(
            f"Language {language!r} tells several languages apart, but text that is said as it "
            f"stands is of one language. Give that language, such as {mode.language!r}."
        )
    said = upstream_front_end(language, symbols).pronounce(text)
    return _sentence(text, language, (SpokenSegment(text, language, said),), symbols)


def pieces(text: str, language: str, split: Split) -> list[str]:
    """Cut a text into what is said at once, as upstream prepares it.

    Returns:
        Pieces of up to 510 characters, longer only where no mark allows a cut. Each line of the
        text that is kept has a word character and ends in a stop.
    """
    text = text.strip("\n")
    if not text:
        return []
    stop = _stop(language)
    if text[0] not in STOPS and len(STOP.split(text, maxsplit=1)[0].strip()) < SHORT_OPENING:
        text = stop + text
    lines = chain.from_iterable(piece.split("\n") for piece in cut(text, split))
    prepared = []
    for piece in _join_short([line for line in lines if line not in ("", " ")]):
        if WORD_CHARACTER.search(piece) or STAND_IN.search(piece):
            ended = piece if piece[-1] in STOPS else piece + stop
            prepared.extend(_cut_overlong(ended))
    return prepared


def _stop(language: str) -> str:
    return "." if language == "en" else "。"


def _join_short(lines: list[str]) -> list[str]:
    joined, waiting = [], ""
    for line in lines:
        waiting += line
        if len(waiting) >= SHORT_PIECE:
            joined.append(waiting)
            waiting = ""
    if waiting:
        joined[-1:] = ["".join([*joined[-1:], waiting])]
    return joined


def _cut_overlong(piece: str) -> list[str]:
    if len(piece) <= LONGEST_PIECE:
        return [piece]
    parts, part = [], ""
    for clause in STOP.split(piece):
        if part and len(part) + len(clause) > LONGEST_PIECE:
            parts.append(part)
            part = ""
        part += clause
    return [*parts, part] if part else parts


def _spoken_sentences(
    prepared: Iterable[list[Part]], language: str, symbols: SymbolTable
) -> Iterator[Sentence]:
    for parts in prepared:
        sentence = _pronounce_long_enough(parts, language, symbols)
        if PUNCTUATION.issuperset(sentence.phones):
            length = len(sentence.text)
            logger.info("A piece of %d characters has nothing to say in %s", length, language)
            continue
        yield sentence


def _pronounce_long_enough(parts: list[Part], language: str, symbols: SymbolTable) -> Sentence:
    sentence = _pronounce(parts, language, symbols)
    if len(sentence.ids) < FEWEST_PHONES:
        first, *others = parts
        longer = ["." + first, *others] if isinstance(first, str) else [".", *parts]
        return _pronounce(longer, language, symbols)
    return sentence


def _pronounce(parts: list[Part], language: str, symbols: SymbolTable) -> Sentence:
    spoken = say_parts(parts, language, symbols)
    return _sentence(written(parts), language, spoken, symbols)


def _sentence(
    text: str, language: str, spoken: tuple[SpokenSegment, ...], symbols: SymbolTable
) -> Sentence:
    phones = chain.from_iterable(segment.pronunciation.phones for segment in spoken)
    return Sentence(text, language, spoken, symbols.ids(phones))
