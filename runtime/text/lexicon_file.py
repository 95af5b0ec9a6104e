"""Lexicons as TOML files, one table a language.

```toml
[en]
Nguyen = "W IH1 N"

[zh]
"重庆" = { pinyin = "chong2 qing4" }
"GPT" = { say = "G P T" }
```
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from itertools import islice
from pathlib import Path

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.alphabets import Alphabet, read_phones
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon, key_of
from voicepack.runtime.text.parts import GivenPhones, Insert, ReadAs
from voicepack.runtime.text.symbols import SymbolTable

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

MAX_BYTES = 4 << 20
MAX_WORD = 64
"""Characters of a word."""
MAX_READING = 200
"""Characters of what is said in place of a word."""
MAX_FAULTS_SHOWN = 20
READING = "say"
ALPHABETS = {alphabet.value.removeprefix("x-"): alphabet for alphabet in Alphabet}
"""Name of an alphabet in a lexicon -> the alphabet."""


class WordError(ValueError):
    """What is wrong with one word, without its place."""


def load_lexicon(path: Path, symbols: SymbolTable) -> Lexicon:
    """Read a lexicon.

    Args:
        path: A TOML file.
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: It is no lexicon, or not one for this voice; all faults are named.
        OSError: It cannot be read.
    """
    with path.open("rb") as file:
        data = file.read(MAX_BYTES + 1)
    return parse_lexicon(data, str(path), symbols)


def load_lexicons(paths: Iterable[Path], symbols: SymbolTable) -> Lexicon:
    """Read lexicons, each of which overrides those before it.

    Raises:
        TextError: As `load_lexicon`.
        OSError: One cannot be read.
    """
    lexicon = NO_WORDS
    for path in paths:
        lexicon = lexicon.overridden_by(load_lexicon(path, symbols))
    return lexicon


def parse_lexicon(data: bytes, source: str, symbols: SymbolTable) -> Lexicon:
    """Read a lexicon from the bytes of its file.

    Args:
        data: UTF-8; a byte order mark is passed over.
        source: Where they come from, for the messages.
        symbols: The symbols of the voice that will speak.

    Raises:
        TextError: It is no lexicon, or not one for this voice; all faults are named.
    """
    if len(data) > MAX_BYTES:
        raise TextError(f"{source}: a lexicon has at most {MAX_BYTES >> 20} MiB. Leave words out.")
    try:
        document = tomllib.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise TextError(f"{source}: not UTF-8 text. Save the lexicon as UTF-8.") from error
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        raise TextError(
            f"{source}: not TOML: {error}. A line is a word and its phones, "
            "'Nguyen = \"W IH1 N\"', and a word with other letters than a to z has quotes too."
        ) from error
    words: dict[str, dict[str, Insert]] = {}
    faults = list(islice(_faults(document, symbols, words), MAX_FAULTS_SHOWN))
    if faults:
        listed = "\n  ".join(faults)
        raise TextError(f"{source}: the lexicon cannot be used as it is:\n  {listed}")
    return Lexicon(words)


def _faults(
    document: dict[str, object], symbols: SymbolTable, words: dict[str, dict[str, Insert]]
) -> Iterator[str]:
    """Fill `words`, and tell what cannot be put there."""
    for language, table in document.items():
        if language not in symbols.languages:
            yield (
                f"[{language}]: not a language of this voice; those are "
                f"{', '.join(symbols.languages)}"
            )
        elif not isinstance(table, dict):
            yield f"{language}: expected a table of words, '[{language}]', found {table!r:.60}"
        else:
            words[language] = {}
            yield from _table_faults(table, language, symbols, words[language])


def _table_faults(
    table: dict[str, object], language: str, symbols: SymbolTable, words: dict[str, Insert]
) -> Iterator[str]:
    for word, value in table.items():
        try:
            words[_new_key(word, words)] = _insert(word, value, language, symbols)
        except (WordError, TextError) as error:
            yield f"[{language}] {word!r:.{MAX_WORD + 2}}: {error}"


def _new_key(word: str, words: dict[str, Insert]) -> str:
    if not word or word != word.strip() or not word.isprintable() or len(word) > MAX_WORD:
        raise WordError(f"not a word of 1 to {MAX_WORD} characters without spaces around it")
    key = key_of(word)
    if key in words:
        raise WordError(f"the same word as {words[key].text!r}, for case plays no part")
    return key


def _insert(word: str, value: object, language: str, symbols: SymbolTable) -> Insert:
    if isinstance(value, str):
        return GivenPhones(word, read_phones(value, Alphabet.VOICE, symbols), language)
    if isinstance(value, dict) and len(value) == 1:
        ((kind, given),) = value.items()
        if kind == READING and isinstance(given, str) and 0 < len(given) <= MAX_READING:
            return ReadAs(word, given, language)
        if kind in ALPHABETS and isinstance(given, str):
            return GivenPhones(word, read_phones(given, ALPHABETS[kind], symbols), language)
    kinds = ", ".join(f'{{ {kind} = "..." }}' for kind in (READING, *ALPHABETS))
    raise WordError(f"expected phones in quotes, or one of {kinds}; found {value!r:.60}")
