"""SSML as a tree of elements that know their line, read from strangers' documents without harm."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from xml.parsers import expat

from voicepack.runtime.errors import TextError

MAX_CHARACTERS = 1_000_000
MAX_DEPTH = 32
NAMESPACE = "http://www.w3.org/2001/10/synthesis"
XML_NAMESPACE = "http://www.w3.org/XML/1998/namespace"
SEPARATOR = " "
"""Expat puts it between a namespace and a name, neither of which can hold one."""


@dataclass(frozen=True)
class Element:
    """An element, the text and the elements in it, and where it begins."""

    name: str
    """Without the namespace of SSML; with any other in braces, as in "{urn:x}w"."""
    attributes: Mapping[str, str]
    """Those of XML itself have the prefix "xml:"."""
    line: int
    column: int
    """Counted from 1, in characters of UTF-8."""
    children: list[Element | str] = field(default_factory=list)

    @property
    def place(self) -> str:
        """Where the element is, for messages."""
        return f"line {self.line}, column {self.column}, <{self.name}>"

    def text(self) -> str:
        """Give all text in the element."""
        return "".join(self._texts())

    def _texts(self) -> Iterator[str]:
        for child in self.children:
            if isinstance(child, str):
                yield child
            else:
                yield from child._texts()


def read_document(document: str) -> Element:
    """Read a document and return its root.

    Raises:
        TextError: It is no XML, is too long or too deep, or has a document type declaration,
            through which documents name other files and grow without end.

    Source: XML 1.0, fifth edition, 2008; Namespaces in XML 1.0, 2009.
    """
    if len(document) > MAX_CHARACTERS:
        raise TextError(
            f"SSML of {len(document)} characters, but at most {MAX_CHARACTERS} are read. "
            "Give it in parts."
        )
    return _Reader().read(document)


class _Reader:
    """Builds the tree while expat reads."""

    def __init__(self) -> None:
        # The document is text already, so what it says of its encoding plays no part.
        self._parser = expat.ParserCreate("utf-8", SEPARATOR)
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.StartDoctypeDeclHandler = self._refuse_doctype
        self._document = Element("", {}, 1, 1)
        self._open = [self._document]

    def read(self, document: str) -> Element:
        try:
            self._parser.Parse(document.encode("utf-8", "surrogatepass"), True)
        except expat.ExpatError as error:
            raise TextError(
                f"line {error.lineno}, column {error.offset + 1}: no SSML, for it is no XML: "
                f"{expat.ErrorString(error.code)}. Write & as &amp; and < as &lt; in text, "
                "and close every element."
            ) from error
        (root,) = (child for child in self._document.children if isinstance(child, Element))
        return root

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        element = Element(
            _plain_name(name),
            {_plain_name(key): value for key, value in attributes.items()},
            self._parser.CurrentLineNumber,
            self._parser.CurrentColumnNumber + 1,
        )
        if len(self._open) > MAX_DEPTH:
            raise TextError(
                f"{element.place}: more than {MAX_DEPTH} elements inside each other. "
                "Leave some out."
            )
        self._open[-1].children.append(element)
        self._open.append(element)

    def _end(self, name: str) -> None:
        self._open.pop()

    def _text(self, text: str) -> None:
        self._open[-1].children.append(text)

    def _refuse_doctype(
        self, name: str, system_id: str | None, public_id: str | None, has_internal_subset: bool
    ) -> None:
        raise TextError(
            f"line {self._parser.CurrentLineNumber}: <!DOCTYPE> is not read, nor are entities of "
            "one's own. Leave the declaration out, and write the text in place of each entity."
        )


def _plain_name(name: str) -> str:
    namespace, _, local = name.rpartition(SEPARATOR)
    if namespace in ("", NAMESPACE):
        return local
    return f"xml:{local}" if namespace == XML_NAMESPACE else f"{{{namespace}}}{local}"
