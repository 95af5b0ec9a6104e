"""Chinese parts of a sentence get features where a language pack is at hand, all else zeros."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.bert import Bert
from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.errors import PackError
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.language_pack_search import VARIABLE
from voicepack.runtime.language_support import LanguageSupport
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.sentence_features import featured_phones
from voicepack.runtime.text.front_end import Pronunciation
from voicepack.runtime.text.reading_source import current_polyphones
from voicepack.runtime.text.sentences import Sentence
from voicepack.runtime.text.spoken_parts import SpokenSegment
from voicepack.targets.session import Array, EngineOptions, Session

MakeLanguagePack = Callable[..., LanguagePack]
OPTIONS = EngineOptions(threads=1)
TOKENIZER = BertTokenizer({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "你": 3, "好": 4})


@pytest.fixture(autouse=True)
def no_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)


def echo(inputs: Mapping[str, Array]) -> dict[str, Array]:
    """A BERT whose features are the number of the token and the length of the text."""
    (ids,) = inputs["input_ids"]
    return {"features": np.stack([ids, np.full_like(ids, len(ids))], axis=1).astype(np.float32)}


ECHO = Bert(echo, TOKENIZER, width=2, num_positions=6)


class EchoSession:
    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        features = echo(inputs)["features"]
        return {"features": np.pad(features, ((0, 0), (0, 1022)))}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        raise NotImplementedError


class EchoEngine:
    """Counts how often a graph is loaded."""

    def __init__(self) -> None:
        self.opened: list[Path] = []

    def check(self, options: EngineOptions) -> None:
        raise NotImplementedError

    def open(self, model: Path, options: EngineOptions) -> Session:
        self.opened.append(model)
        return EchoSession()


def segment(language: str, normalized: str, *word2ph: int) -> SpokenSegment:
    phones = ("a",) * (sum(word2ph) or 3)
    return SpokenSegment(normalized, language, Pronunciation(normalized, phones, word2ph or None))


def sentence(*segments: SpokenSegment) -> Sentence:
    num_phones = sum(len(each.pronunciation.phones) for each in segments)
    return Sentence("", "zh", segments, np.arange(num_phones))


def features_of(*segments: SpokenSegment) -> FloatArray:
    features = featured_phones(sentence(*segments), ECHO).features
    assert features is not None
    return features


def test_every_phone_has_the_features_of_its_character() -> None:
    found = features_of(segment("zh", "你好.", 2, 3, 1))
    assert found.tolist() == [[3, 5], [3, 5], [4, 5], [4, 5], [4, 5], [0, 5]]
    assert found.dtype == np.float32


def test_a_character_without_phones_has_no_row() -> None:
    assert features_of(segment("zh", "你好", 0, 1)).tolist() == [[4, 4]]


def test_parts_in_other_languages_have_zeros_and_are_not_read() -> None:
    found = features_of(segment("zh", "你", 1), segment("en", "hi"), segment("zh", "好", 1))
    assert found.tolist() == [[3, 3], [0, 0], [0, 0], [0, 0], [4, 3]]


def test_cantonese_has_no_features_though_its_characters_are_counted() -> None:
    assert featured_phones(sentence(segment("yue", "你好", 2, 2)), ECHO).features is None


def test_a_text_longer_than_the_graph_takes_is_read_in_parts() -> None:
    found = ECHO.features("你好你好你好")
    assert found[:, 0].tolist() == [3, 4, 3, 4, 3, 4]
    assert found[:, 1].tolist() == [6, 6, 6, 6, 4, 4]


def test_no_text_has_no_features() -> None:
    assert ECHO.features("").shape == (0, 2)


def test_the_pack_is_loaded_once_and_only_when_chinese_is_spoken(
    pack: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    language_pack, engine = make_language_pack(), EchoEngine()
    support = LanguageSupport(pack, engine, OPTIONS)
    assert support.phones_of(sentence(segment("en", "hi"))).features is None
    assert engine.opened == []
    for _ in range(2):
        features = support.phones_of(sentence(segment("zh", "你好", 1, 1))).features
        assert features is not None
        assert features[:, 0].tolist() == [3, 4]
    assert engine.opened == [language_pack.root / "bert.onnx"]


def test_a_voice_without_language_pack_speaks_and_says_so_once(
    pack: VoicePack, caplog: pytest.LogCaptureFixture
) -> None:
    support = LanguageSupport(pack, EchoEngine(), OPTIONS)
    with caplog.at_level(logging.WARNING):
        said = [support.phones_of(sentence(segment("zh", "你好", 2, 2))) for _ in range(3)]
    assert [(phones.ids.tolist(), phones.features) for phones in said] == [([0, 1, 2, 3], None)] * 3
    (record,) = caplog.records
    assert "tiny speaks it without features" in record.getMessage()


def test_a_sentence_is_pronounced_with_the_readings_of_the_pack_and_of_no_other_voice(
    pack: VoicePack, make_language_pack: MakeLanguagePack, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_language_pack()
    support = LanguageSupport(pack, EchoEngine(), OPTIONS)
    monkeypatch.setattr("voicepack.runtime.language_support.load_g2pw", lambda *_: "g2pW")
    spoken = support.reading(str(current_polyphones()) for _ in range(2))
    assert next(spoken) == "g2pW"
    assert current_polyphones() is None
    assert list(spoken) == ["g2pW"]


def test_a_language_pack_that_does_not_fit_is_refused_before_anything_is_spoken(
    pack: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    voice = VoicePack(pack.root, replace(pack.manifest, shared_components={"bert": "b" * 64}))
    with pytest.raises(PackError, match="another BERT"):
        LanguageSupport(voice, EchoEngine(), OPTIONS, [make_language_pack().root])


def test_features_of_another_width_are_refused(
    pack: VoicePack, make_language_pack: MakeLanguagePack
) -> None:
    support = LanguageSupport(
        pack, EchoEngine(), OPTIONS, [make_language_pack("small", width=768).root]
    )
    with pytest.raises(PackError, match="gives 768 features a character, but voices take 1024"):
        support.phones_of(sentence(segment("zh", "你好", 1, 1)))
