"""The words of references, as phones, with features where they are Chinese."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.export.bert_folder import read_bert
from voicepack.export.bert_graph import bert_computation
from voicepack.export.language_graph import TARGET
from voicepack.runtime.bert import Bert
from voicepack.runtime.language_graphs import load_bert, load_g2pw, refuse_width
from voicepack.runtime.language_manifest import BERT
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.sentence_features import featured_phones, has_features
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.reading_source import readings_from
from voicepack.runtime.text.sentences import uncut_sentence
from voicepack.runtime.text.symbols import SymbolTable
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.cores import default_threads
from voicepack.targets.session import EngineOptions

if TYPE_CHECKING:
    from voicepack.runtime.text.chinese.polyphones import Polyphones

logger = logging.getLogger(__name__)

_ENGINE = engine_of(find_profile(TARGET))
_OPTIONS = EngineOptions(default_threads())


@dataclass(frozen=True)
class _IdentifiedBert:
    bert: Bert
    identity: str


class ReferenceReader:
    """Pronounces what reference clips say; BERT is read when the first Chinese one comes.

    Args:
        symbols: The symbols of the voice.
        bert: A Hugging Face folder, or None.
        language_pack: A language pack, or None; looked at where there is no `bert`.
        lexicon: Words that are said otherwise than their language would say them.
    """

    def __init__(
        self,
        symbols: SymbolTable,
        bert: Path | None = None,
        language_pack: Path | None = None,
        lexicon: Lexicon = NO_WORDS,
    ) -> None:
        self._symbols = symbols
        self._lexicon = lexicon
        self._folder = bert
        self._language_pack = language_pack
        self._used: dict[str, str] = {}

    @property
    def shared(self) -> dict[str, str]:
        """Role -> identity of what gave the features so far: what the device needs too."""
        return dict(self._used)

    def phones_of(self, text: str, language: str) -> Phones:
        """Pronounce the words of a clip.

        Raises:
            TextError: They cannot be pronounced.
            CheckpointError: BERT cannot be used.
            PackError: The language pack cannot be used.
        """
        with readings_from(self._polyphones):
            sentence = uncut_sentence(text, language, self._symbols, self._lexicon)
        if not has_features(sentence):
            return Phones(sentence.ids)
        if self._bert is None:
            logger.warning(
                "A reference is Chinese, but without BERT it gets no features, and speech less "
                "natural stress. Give --bert or --language-pack; see docs/language-packs.md."
            )
            return Phones(sentence.ids)
        self._used[BERT] = self._bert.identity
        return featured_phones(sentence, self._bert.bert)

    def _polyphones(self) -> Polyphones | None:
        return self._g2pw

    @cached_property
    def _g2pw(self) -> Polyphones | None:
        return load_g2pw(self._opened, _ENGINE, _OPTIONS) if self._opened else None

    @cached_property
    def _opened(self) -> LanguagePack | None:
        return LanguagePack.open(self._language_pack) if self._language_pack else None

    @cached_property
    def _bert(self) -> _IdentifiedBert | None:
        if self._folder:
            return _from_folder(self._folder)
        return _from_language_pack(self._opened) if self._opened else None


def _from_folder(folder: Path) -> _IdentifiedBert:
    read = read_bert(folder)
    sizes = read.net.sizes
    refuse_width(folder, sizes.width)
    bert = Bert(bert_computation(read.net), read.tokenizer, sizes.width, sizes.num_positions)
    return _IdentifiedBert(bert, read.identity)


def _from_language_pack(pack: LanguagePack) -> _IdentifiedBert:
    return _IdentifiedBert(load_bert(pack, _ENGINE, _OPTIONS), pack.manifest.bert.identity)
