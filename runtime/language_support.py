"""What language packs add to a voice: loaded when a sentence first needs it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from voicepack.runtime.bert import Bert
from voicepack.runtime.language_graphs import load_bert, load_g2pw
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.language_pack_search import VARIABLE, find_language_pack, refuse_unfit
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.sentence_features import FEATURE_LANGUAGE, featured_phones, has_features
from voicepack.runtime.text.reading_source import readings_from
from voicepack.runtime.text.sentences import Sentence
from voicepack.targets.session import Engine, EngineOptions

if TYPE_CHECKING:
    from voicepack.runtime.text.chinese.polyphones import Polyphones

logger = logging.getLogger(__name__)

Spoken = TypeVar("Spoken")


class LanguageSupport:
    """The language packs of one voice.

    Args:
        voice: The voice.
        engine: Loads the graphs of language packs too.
        options: Threads and spinning.
        given: Language packs that the user names; see `find_language_pack`.

    Raises:
        PackError: One that is given is no language pack, or does not fit the voice.
    """

    def __init__(
        self,
        voice: VoicePack,
        engine: Engine,
        options: EngineOptions,
        given: Sequence[Path] = (),
    ) -> None:
        refuse_unfit(voice, given)
        self._voice = voice
        self._engine = engine
        self._options = options
        self._given = tuple(given)
        self._loading = threading.RLock()

    def reading(self, pronounced: Iterator[Spoken]) -> Iterator[Spoken]:
        """Pronounce with the readings of a language pack.

        Args:
            pronounced: Pronounces each sentence when it is asked for; may yield pauses too.

        Raises:
            PackError: The language pack is damaged.
            TargetError: The engine refuses its graph.
            TextError: A package that its g2pW needs is not installed.
        """
        while True:
            with readings_from(self._polyphones):
                spoken = next(pronounced, None)
            if spoken is None:
                return
            yield spoken

    def phones_of(self, sentence: Sentence) -> Phones:
        """Take the phones of a sentence, with features where a language pack has them.

        Raises:
            PackError: The language pack is damaged.
            TargetError: The engine refuses its graph.
        """
        if not has_features(sentence):
            return Phones(sentence.ids)
        with self._loading:
            bert = self._bert
        return Phones(sentence.ids) if bert is None else featured_phones(sentence, bert)

    def _polyphones(self) -> Polyphones | None:
        with self._loading:
            return self._g2pw

    @cached_property
    def _bert(self) -> Bert | None:
        return load_bert(self._pack, self._engine, self._options) if self._pack else None

    @cached_property
    def _g2pw(self) -> Polyphones | None:
        return load_g2pw(self._pack, self._engine, self._options) if self._pack else None

    @cached_property
    def _pack(self) -> LanguagePack | None:
        pack = find_language_pack(self._voice, FEATURE_LANGUAGE, self._given)
        if pack is None:
            logger.warning(
                "No language pack for Chinese (%s): %s speaks it without features, with less "
                "natural stress. See docs/language-packs.md; %s names where packs lie.",
                FEATURE_LANGUAGE,
                self._voice.manifest.name,
                VARIABLE,
            )
        return pack
