"""Readings of a language pack without a voice."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.runtime.language_graphs import load_g2pw
from voicepack.runtime.language_pack import LanguagePack, read_language_manifest
from voicepack.runtime.sentence_features import FEATURE_LANGUAGE
from voicepack.runtime.text.reading_source import ReadingSource
from voicepack.targets.catalogue import DEFAULT_TARGET, engine_of, find_profile
from voicepack.targets.cores import default_threads
from voicepack.targets.session import EngineOptions

if TYPE_CHECKING:
    from voicepack.runtime.text.chinese.polyphones import Polyphones


def readings_of(packs: Sequence[Path]) -> ReadingSource:
    """Say where readings by context come from: the g2pW of the first pack that has one.

    It is loaded, by ONNX Runtime, when the first Chinese sentence comes; only then are errors of
    the pack's files and of the engine raised.

    Raises:
        PackError: One of the folders is no language pack; at once.
    """
    manifests = [(path, read_language_manifest(path)) for path in packs]
    reading = [
        path for path, found in manifests if found.language == FEATURE_LANGUAGE and found.g2pw
    ]

    @cache
    def load() -> Polyphones | None:
        if not reading:
            return None
        engine = engine_of(find_profile(DEFAULT_TARGET))
        return load_g2pw(LanguagePack.open(reading[0]), engine, EngineOptions(default_threads()))

    return load
