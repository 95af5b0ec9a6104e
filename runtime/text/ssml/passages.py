"""SSML as passages: parts of text that are spoken in one manner, and silences between them."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.alphabets import Alphabet, read_phones
from voicepack.runtime.text.lexicon import Lexicon
from voicepack.runtime.text.manner import Manner, Silence
from voicepack.runtime.text.modes import MODES, Mixing, mode_of
from voicepack.runtime.text.parts import GivenPhones, Part, ReadAs
from voicepack.runtime.text.splitting import Split, cut
from voicepack.runtime.text.ssml.document import Element, read_document
from voicepack.runtime.text.ssml.say_as import reading_of
from voicepack.runtime.text.ssml.values import (
    SsmlValueError,
    read_language,
    read_pause,
    read_rate,
    read_volume,
)
from voicepack.runtime.text.symbols import SymbolTable

LONGEST_SILENCE_S = 600.0
"""All breaks of a document together: a short document must not fill a disk with silence."""
LANGUAGE = "xml:lang"


@dataclass(frozen=True)
class Passage:
    """Text that is spoken in one manner, without a break."""

    parts: tuple[Part, ...]
    language: str
    manner: Manner


@dataclass(frozen=True)
class _Scope:
    """What holds inside an element."""

    passage_language: str
    """Of the paragraph or sentence."""
    language: str
    """Of the words; another than the passage's inside a `lang` within a sentence."""
    speed: float = 1.0
    gain: float = 1.0


def read_passages(
    document: str, language: str, symbols: SymbolTable, lexicon: Lexicon
) -> tuple[Passage | Silence, ...]:
    """Read an SSML document.

    Args:
        document: XML whose root is `speak`.
        language: Language of what has no `xml:lang`; may be a mode such as "auto".
        symbols: The symbols of the voice that will speak.
        lexicon: Words that are said otherwise than their language would say them.

    Raises:
        TextError: It is no SSML, or has an element, attribute or value that is not supported. The
            message says where, and what is.
    """
    root = read_document(document)
    if root.name != "speak":
        raise TextError(f"{root.place}: no SSML: expected <speak> around all of the document.")
    reader = _Reader(symbols, lexicon)
    reader.read_root(root, _Scope(language, language))
    return tuple(reader.passages)


class _Reader:
    """Walks over the elements and gathers what is spoken."""

    def __init__(self, symbols: SymbolTable, lexicon: Lexicon) -> None:
        self.passages: list[Passage | Silence] = []
        self._parts: list[Part] = []
        self._symbols = symbols
        self._lexicon = lexicon
        self._silence_s = 0.0

    def read_root(self, root: Element, scope: _Scope) -> None:
        _check_attributes(root, ("version", "onlangfailure", LANGUAGE))
        self._read_apart(root, self._in_language(root, scope))

    def _read_apart(self, element: Element, scope: _Scope) -> None:
        """Read what is not in one sentence with its neighbours."""
        scope = replace(scope, passage_language=scope.language)
        self._read_children(element, scope)
        self._end_passage(scope)

    def _read_children(self, element: Element, scope: _Scope) -> None:
        for child in element.children:
            if isinstance(child, str):
                self._add_text(child, scope)
            else:
                self._read(child, scope)

    def _read(self, element: Element, scope: _Scope) -> None:
        if element.name not in ELEMENTS:
            raise TextError(
                f"{element.place}: not supported; expected {', '.join(ELEMENTS)}. "
                "Leave the element out, and its text in."
            )
        read, attributes = ELEMENTS[element.name]
        _check_attributes(element, attributes)
        try:
            read(self, element, scope)
        except SsmlValueError as fault:
            raise TextError(f"{element.place}: {fault}.") from fault

    def read_block(self, element: Element, scope: _Scope) -> None:
        """Read `p` or `s`."""
        self._end_passage(scope)
        self._read_apart(element, self._in_language(element, scope))

    def read_prosody(self, element: Element, scope: _Scope) -> None:
        """Read `prosody`: speed and volume are those of whole utterances, so it is one."""
        self._end_passage(scope)
        rate, volume = element.attributes.get("rate"), element.attributes.get("volume")
        speed = scope.speed if rate is None else read_rate(rate, scope.speed)
        gain = scope.gain if volume is None else read_volume(volume, scope.gain)
        self._read_apart(element, replace(scope, speed=speed, gain=gain))

    def read_lang(self, element: Element, scope: _Scope) -> None:
        """Read `lang`: a phrase stays in its sentence, more than that is cut as text is."""
        if LANGUAGE not in element.attributes:
            raise SsmlValueError(f"expected {LANGUAGE}, such as {LANGUAGE}='en-US'")
        inner = self._in_language(element, scope)
        if _is_phrase(element):
            self._read_children(element, inner)
        else:
            self._end_passage(scope)
            self._read_apart(element, inner)

    def read_break(self, element: Element, scope: _Scope) -> None:
        """Read `break`."""
        _content(element)
        time, strength = element.attributes.get("time"), element.attributes.get("strength")
        seconds = read_pause(time, strength)
        if time is None and strength == "none":
            return
        self._silence_s += seconds
        if self._silence_s > LONGEST_SILENCE_S:
            raise SsmlValueError(f"the breaks exceed {LONGEST_SILENCE_S:g} s together")
        self._end_passage(scope)
        self.passages.append(Silence(seconds))

    def read_phoneme(self, element: Element, scope: _Scope) -> None:
        """Read `phoneme`."""
        word = _content(element)
        names = [alphabet.value for alphabet in Alphabet]
        name = element.attributes.get("alphabet", Alphabet.VOICE.value)
        if name not in names:
            raise SsmlValueError(f"alphabet={name!r}: expected {', '.join(names)}")
        try:
            phones = read_phones(element.attributes.get("ph", ""), Alphabet(name), self._symbols)
        except TextError as error:
            raise TextError(f"{element.place}: {error}") from error
        language = MODES[scope.language].language if word else ""
        self._parts.append(GivenPhones(word or " ".join(phones), phones, language))

    def read_say_as(self, element: Element, scope: _Scope) -> None:
        """Read `say-as`."""
        mode = MODES[scope.language]
        if mode.mixing is Mixing.ALL:
            raise SsmlValueError(
                f"the language is {mode.name!r}, so it is not known how to say this; "
                f"expected {LANGUAGE} on an element around it"
            )
        text, kind = _content(element), element.attributes.get("interpret-as", "")
        said = reading_of(text, kind, element.attributes.get("format", ""), mode.language)
        self._parts.append(ReadAs(text, said, mode.language))

    def read_sub(self, element: Element, scope: _Scope) -> None:
        """Read `sub`."""
        _content(element)
        alias = element.attributes.get("alias", "").strip()
        if not alias:
            raise SsmlValueError("expected alias='what is said instead'")
        self._add_text(alias, scope)

    def _in_language(self, element: Element, scope: _Scope) -> _Scope:
        tag = element.attributes.get(LANGUAGE)
        if tag is None:
            return scope
        try:
            return replace(scope, language=mode_of(read_language(tag), self._symbols).name)
        except (SsmlValueError, TextError) as fault:
            raise TextError(f"{element.place}: {str(fault).rstrip('.')}.") from fault

    def _add_text(self, text: str, scope: _Scope) -> None:
        plain = re.sub(r"\s+", " ", text)
        for part in self._lexicon.apply((plain,), scope.language):
            is_native = scope.language == scope.passage_language
            if is_native or not isinstance(part, str) or not part.strip():
                self._parts.append(part)
            else:
                self._parts.append(ReadAs(part, part, scope.language))

    def _end_passage(self, scope: _Scope) -> None:
        """Close the passage that was begun, if there is anything in it."""
        parts, self._parts = _trimmed(self._parts), []
        if parts:
            manner = Manner(scope.speed, scope.gain)
            self.passages.append(Passage(parts, scope.passage_language, manner))


ELEMENTS: Mapping[str, tuple[Callable[[_Reader, Element, _Scope], None], tuple[str, ...]]] = {
    "p": (_Reader.read_block, (LANGUAGE,)),
    "s": (_Reader.read_block, (LANGUAGE,)),
    "break": (_Reader.read_break, ("time", "strength")),
    "prosody": (_Reader.read_prosody, ("rate", "volume")),
    "lang": (_Reader.read_lang, (LANGUAGE, "onlangfailure")),
    "phoneme": (_Reader.read_phoneme, ("alphabet", "ph")),
    "say-as": (_Reader.read_say_as, ("interpret-as", "format")),
    "sub": (_Reader.read_sub, ("alias",)),
}
"""What may be inside `speak`, how it is read, and its attributes."""
IN_A_PHRASE = frozenset(("phoneme", "say-as", "sub"))


def _check_attributes(element: Element, known: tuple[str, ...]) -> None:
    """Refuse attributes that would be passed over; those of other namespaces are not SSML's."""
    for name in element.attributes:
        if name not in known and not name.startswith(("{", "xml:")):
            raise TextError(
                f"{element.place}: attribute {name!r} is not supported; expected "
                f"{', '.join(known)}. Leave it out."
            )


def _content(element: Element) -> str:
    """Give the text of an element that holds no others."""
    for child in element.children:
        if not isinstance(child, str):
            raise TextError(f"{child.place}: no element may be inside <{element.name}>.")
    return " ".join(element.text().split())


def _trimmed(parts: list[Part]) -> tuple[Part, ...]:
    """Take the spaces away with which a passage begins and ends."""
    said = [p for p, part in enumerate(parts) if not isinstance(part, str) or part.strip()]
    if not said:
        return ()
    kept = parts[said[0] : said[-1] + 1]
    if isinstance(kept[0], str):
        kept[0] = kept[0].lstrip()
    if isinstance(kept[-1], str):
        kept[-1] = kept[-1].rstrip()
    return tuple(kept)


def _is_phrase(element: Element) -> bool:
    """Tell whether nothing inside cuts a sentence."""
    inside = [child for child in element.children if not isinstance(child, str)]
    if not all(c.name in IN_A_PHRASE or (c.name == "lang" and _is_phrase(c)) for c in inside):
        return False
    texts = [child for child in element.children if isinstance(child, str)]
    return all(len(cut(text, Split.CUT5)) <= 1 for text in texts)
