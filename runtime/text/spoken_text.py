"""Any text that can be spoken, to sentences: plain text and SSML."""

from __future__ import annotations

from collections.abc import Iterator

from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.manner import Silence
from voicepack.runtime.text.sentences import Sentence, sentences
from voicepack.runtime.text.splitting import Split
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.text.symbols import SymbolTable


def sentences_of_text(
    text: str | Ssml,
    language: str,
    symbols: SymbolTable,
    split: Split = Split.CUT5,
    lexicon: Lexicon = NO_WORDS,
) -> Iterator[Sentence | Silence]:
    """Cut a text and pronounce its sentences, each when it is asked for; see `sentences`.

    Raises:
        TextError: As `sentences`, or as `ssml_sentences`.
    """
    if isinstance(text, Ssml):
        # What reads SSML is loaded with the first document.
        from voicepack.runtime.text.ssml.sentences import ssml_sentences

        return ssml_sentences(text, language, symbols, split, lexicon)
    return sentences(text, language, symbols, split, lexicon)
