"""How the parts of a sentence are said, each in its language, so that they sound as one."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain, groupby

from voicepack.runtime.text.edge_pauses import without_added_pauses
from voicepack.runtime.text.front_end import Pronunciation
from voicepack.runtime.text.languages import front_end
from voicepack.runtime.text.modes import mode_of
from voicepack.runtime.text.parts import GivenPhones, Part, ReadAs
from voicepack.runtime.text.segmentation import segments
from voicepack.runtime.text.symbols import SymbolTable

COUNTED = frozenset(("yue", "zh"))
"""Languages whose front ends count the phones of each character."""
HAN_WORD = re.compile("[\u3005\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af]+")


@dataclass(frozen=True)
class SpokenSegment:
    """A part of a sentence in one language, and how it is said."""

    text: str
    language: str
    """Empty for phones that were given without a word."""
    pronunciation: Pronunciation


def say_parts(
    parts: Sequence[Part], language: str, symbols: SymbolTable
) -> tuple[SpokenSegment, ...]:
    """Pronounce the parts of one sentence.

    Parts beside each other whose characters are counted become one segment, so that the features
    of a Chinese sentence are computed from all of it, and not from what is left between words.

    Args:
        parts: Not empty. A single plain part is said as if there were no parts.
        language: What plain parts are in; may be a mode such as "auto".
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: A package that a language needs is not installed.
    """
    if len(parts) == 1:
        return tuple(_say(parts[0], language, symbols))
    spoken = [
        segment
        for part in parts
        if not (isinstance(part, str) and part.isspace())
        for segment in _say_inside(part, language, symbols)
    ]
    return tuple(_joined(segment for segment in spoken if segment.pronunciation.phones))


def _say(part: Part, language: str, symbols: SymbolTable) -> Iterator[SpokenSegment]:
    if isinstance(part, GivenPhones):
        yield SpokenSegment(part.text, part.language, _as_given(part))
        return
    text, mode = (part.said, part.language) if isinstance(part, ReadAs) else (part, language)
    for segment in segments(re.sub(" {2,}", " ", text), mode_of(mode, symbols)):
        said = front_end(segment.language, symbols).pronounce(segment.text)
        yield SpokenSegment(segment.text, segment.language, said)


def _say_inside(part: Part, language: str, symbols: SymbolTable) -> Iterator[SpokenSegment]:
    """Say a part that has neighbours, as `_say` but without pauses between them."""
    for segment in _say(part, language, symbols):
        if isinstance(part, GivenPhones):
            yield segment
        else:
            said = without_added_pauses(segment.pronunciation, segment.language)
            yield replace(segment, pronunciation=said)


def _as_given(part: GivenPhones) -> Pronunciation:
    if not part.language:
        return Pronunciation("", part.phones)
    counted = part.language in COUNTED and HAN_WORD.fullmatch(part.text)
    counts = _spread(len(part.phones), len(part.text)) if counted else None
    return Pronunciation(part.text, part.phones, counts)


def _spread(num_phones: int, num_characters: int) -> tuple[int, ...]:
    """Give each character its share of the phones, which is two for whole syllables."""
    each, more = divmod(num_phones, num_characters)
    return tuple(each + (place < more) for place in range(num_characters))


def _joined(spoken: Iterable[SpokenSegment]) -> Iterator[SpokenSegment]:
    for language, neighbours in groupby(spoken, _counted_language):
        if language is None:
            yield from neighbours
        else:
            yield _join(list(neighbours), language)


def _counted_language(segment: SpokenSegment) -> str | None:
    return None if segment.pronunciation.word2ph is None else segment.language


def _join(neighbours: list[SpokenSegment], language: str) -> SpokenSegment:
    said = [segment.pronunciation for segment in neighbours]
    return SpokenSegment(
        "".join(segment.text for segment in neighbours),
        language,
        Pronunciation(
            "".join(each.normalized for each in said),
            tuple(chain.from_iterable(each.phones for each in said)),
            tuple(chain.from_iterable(each.word2ph or () for each in said)),
        ),
    )
