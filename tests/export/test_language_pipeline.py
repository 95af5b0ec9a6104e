"""A language pack gives what upstream computes with transformers, and fits its voices."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from click.testing import CliRunner
from torch import nn
from transformers import BertModel, BertTokenizer
from transformers.utils import logging as transformers_logging

from voicepack.export.commands.export_language import export_language_command
from voicepack.export.language_pipeline import LanguageJob, export_language
from voicepack.export.reference_reader import ReferenceReader
from voicepack.export.seeded_bert import MINIATURE_BERT, write_bert
from voicepack.quantize.errors import GraphError
from voicepack.quantize.graphs.graph import relative_error
from voicepack.runtime.contract import Precision
from voicepack.runtime.errors import PackError
from voicepack.runtime.language_graphs import load_bert
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.text.front_end import Pronunciation
from voicepack.runtime.text.lexicon import Lexicon
from voicepack.runtime.text.lexicon_file import parse_lexicon
from voicepack.runtime.text.sentences import Sentence
from voicepack.runtime.text.spoken_parts import SpokenSegment
from voicepack.runtime.text.symbols import SymbolTable, symbol_table
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions

pytestmark = pytest.mark.torch

TEXT = "你好,我们在中国说话,这是什么?"
WORD2PH = (2, 2, 1, *(2,) * 7, 1, *(2,) * 4, 1)
OPTIONS = EngineOptions(threads=1)
FLOAT32_TOLERANCE = 1e-5


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bert")
    write_bert(path, MINIATURE_BERT, seed=1)
    return path


@pytest.fixture(scope="module")
def packs(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> dict[Precision, LanguagePack]:
    """A language pack in full precision, and one in INT8."""
    made = tmp_path_factory.mktemp("packs")
    return {
        precision: export_language(
            LanguageJob(folder, precision=precision), made / f"{precision.value}.languagepack"
        )
        for precision in (Precision.FP32, Precision.INT8)
    }


@pytest.fixture
def _one_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever a reference says, its front end makes the same of it."""

    def pronounce(text: str, language: str, symbols: SymbolTable, lexicon: Lexicon) -> Sentence:
        said = Pronunciation(TEXT, ("a",) * sum(WORD2PH), WORD2PH)
        segment = SpokenSegment(TEXT, language, said)
        return Sentence(TEXT, language, (segment,), np.arange(sum(WORD2PH)))

    monkeypatch.setattr("voicepack.export.reference_reader.uncut_sentence", pronounce)


def upstream_features(folder: Path, text: str) -> FloatArray:
    """One row for each character, as `get_bert_feature` computes them before repeating."""
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    tokenizer = BertTokenizer.from_pretrained(folder)
    model: nn.Module = BertModel.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        states = model.eval()(**tokenizer(text, return_tensors="pt"), output_hidden_states=True)
    found: FloatArray = torch.cat(states["hidden_states"][-3:-2], -1)[0][1:-1].numpy()
    return found


@pytest.mark.parametrize(
    ("precision", "tolerance"),
    [(Precision.FP32, FLOAT32_TOLERANCE), (Precision.INT8, 0.05)],  # 26 dB
)
def test_characters_have_the_features_that_upstream_gives_them(
    packs: dict[Precision, LanguagePack], folder: Path, precision: Precision, tolerance: float
) -> None:
    bert = load_bert(packs[precision], engine_of(find_profile("cpu-portable")), OPTIONS)
    assert relative_error(bert.features(TEXT), upstream_features(folder, TEXT)) < tolerance


def test_every_precision_fits_the_same_voices(packs: dict[Precision, LanguagePack]) -> None:
    identities = {pack.manifest.bert.identity for pack in packs.values()}
    assert len(identities) == 1


def test_the_manifest_says_how_close_int8_is(packs: dict[Precision, LanguagePack]) -> None:
    assert packs[Precision.FP32].manifest.bert.snr_db is None
    snr = packs[Precision.INT8].manifest.bert.snr_db
    assert snr is not None
    assert snr > 26


def test_what_was_made_opens_and_holds_nothing_else(packs: dict[Precision, LanguagePack]) -> None:
    pack = packs[Precision.INT8]
    assert LanguagePack.open(pack.root) == pack
    assert sorted(pack.manifest.files) == ["bert.data", "bert.onnx", "vocab.txt"]


@pytest.mark.usefixtures("_one_sentence")
def test_a_chinese_reference_gets_its_features_from_folder_and_pack_alike(
    packs: dict[Precision, LanguagePack], folder: Path
) -> None:
    symbols, pack = symbol_table("v2"), packs[Precision.FP32]
    expected = np.repeat(upstream_features(folder, TEXT), WORD2PH, axis=0)
    for reader in (
        ReferenceReader(symbols, bert=folder),
        ReferenceReader(symbols, language_pack=pack.root),
    ):
        assert reader.shared == {}
        features = reader.phones_of(TEXT, "zh").features
        assert features is not None
        assert relative_error(features, expected) < FLOAT32_TOLERANCE
        assert reader.shared == {"bert": pack.manifest.bert.identity}


@pytest.mark.usefixtures("_one_sentence")
def test_a_chinese_reference_without_bert_says_what_it_lacks(
    caplog: pytest.LogCaptureFixture,
) -> None:
    reader = ReferenceReader(symbol_table("v2"))
    assert reader.phones_of(TEXT, "zh").features is None
    assert "Give --bert or --language-pack" in caplog.text
    assert reader.shared == {}


@pytest.mark.usefixtures("_one_sentence")
def test_references_in_other_languages_never_read_bert(tmp_path: Path) -> None:
    reader = ReferenceReader(symbol_table("v2"), bert=tmp_path / "nowhere")
    assert reader.phones_of(TEXT, "yue").features is None
    assert reader.shared == {}


def test_a_bert_that_voices_cannot_take_is_refused(tmp_path: Path) -> None:
    write_bert(tmp_path / "bert", replace(MINIATURE_BERT, width=64), seed=1)
    with pytest.raises(PackError, match="gives 64 features a character, but voices take 1024"):
        export_language(LanguageJob(tmp_path / "bert"), tmp_path / "zh.languagepack")
    assert not (tmp_path / "zh.languagepack").exists()


def test_a_precision_that_none_asked_for_is_refused(folder: Path, tmp_path: Path) -> None:
    job = LanguageJob(folder, precision=Precision.INT4)
    with pytest.raises(GraphError, match="choose one of fp32, fp16, int8"):
        export_language(job, tmp_path / "zh.languagepack")


def test_the_command_says_what_it_made_and_replaces_only_when_told(
    folder: Path, tmp_path: Path
) -> None:
    output = tmp_path / "zh.languagepack"
    arguments = ["zh", "--bert", str(folder), "--precision", "fp16", "-o", str(output)]
    first = CliRunner().invoke(export_language_command, arguments)
    assert first.exit_code == 0, first.output
    assert f"{output}: BERT in fp16" in first.output
    manifest = json.loads((output / "manifest.json").read_text("utf-8"))
    assert manifest["bert"]["graph"]["precision"] == "fp16"
    again = CliRunner().invoke(export_language_command, arguments)
    assert isinstance(again.exception, PackError)
    replaced = CliRunner().invoke(export_language_command, [*arguments, "--overwrite", "-q"])
    assert (replaced.exit_code, replaced.output) == (0, "")


def test_a_reference_says_the_words_of_the_lexicon_as_it_does() -> None:
    symbols = symbol_table("v2")
    lexicon = parse_lexicon(b'[en]\nNguyen = "W IH1 N"', "here", symbols)
    reader = ReferenceReader(symbols, lexicon=lexicon)
    said = symbols.parse("M IY1 T W IH1 N .")
    assert reader.phones_of("meet Nguyen", "en").ids.tolist() == symbols.ids(said).tolist()
