"""g2pW's folder is read without running it, and its graph must answer as the tables say."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch")

from voicepack.export.errors import CheckpointError
from voicepack.export.language_g2pw import read_g2pw, write_g2pw
from voicepack.export.language_graph import open_graph
from voicepack.quantize.errors import GraphError
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.contract import Precision
from voicepack.runtime.text.chinese.g2pw import G2pw
from voicepack.runtime.text.chinese.g2pw_tables import read_tables

pytestmark = pytest.mark.torch

TOKENIZER = BertTokenizer({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "行": 3, "長": 4, "不": 5})
POLYPHONIC = "長\tㄓㄤ3\n行\tㄒㄧㄥ2\n長\tㄔㄤ2\n行\tㄏㄤ2\n不\tㄅㄨ4\n不\tㄈㄡ3\n"
MONOPHONIC = "你\tㄋㄧ3\n似\tㄙ4\n女\tㄋㄩ3\n哼\tㄏㄥ5\n"
PINYIN = {"ㄓㄤ": "zhang", "ㄔㄤ": "chang", "ㄒㄧㄥ": "xing", "ㄏㄤ": "hang", "ㄋㄧ": "ni"}
PINYIN |= {"ㄋㄩ": "nv", "ㄅㄨ": "bu", "ㄈㄡ": "fou"}
CONFIG = "raise SystemExit('this file was run')\nuse_mask = True\nuse_char_phoneme = False\n"


def g2pw_graph(num_readings: int, mixes_texts: bool = False) -> onnx.ModelProto:
    """A graph shaped as g2pW: token and character decide, and the mask allows."""
    random = np.random.default_rng(0)
    builder = GraphBuilder("g2pw", 17)
    for name in ("input_ids", "token_type_ids", "attention_mask"):
        builder.input(name, ["texts", "tokens"], onnx.TensorProto.INT64)
    builder.input("phoneme_mask", ["asked", num_readings])
    for name in ("char_ids", "position_ids"):
        builder.input(name, ["asked"], onnx.TensorProto.INT64)

    def noise(*shape: int) -> str:
        values = random.standard_normal(shape).astype(np.float32)
        return builder.weight(f"noise{shape}", values)

    words = builder.op("Gather", [noise(6, num_readings), "input_ids"], "words")
    used = builder.op("Add", ["token_type_ids", "attention_mask"], "used")
    used = builder.op("Cast", [used], "used_float", to=onnx.TensorProto.FLOAT)
    last = builder.weight("last", np.array([2]))
    words = builder.op("Mul", [words, builder.op("Unsqueeze", [used, last], "weights")], "seen")
    axes = builder.weight("axes", np.array([0 if mixes_texts else 1]))
    text = builder.op("ReduceSum", [words, axes], "text", keepdims=1)
    seen = builder.op("Add", [words, text], "in_context")
    first = builder.weight("first", np.array(0))
    row = builder.op("Gather", [seen, first], "first_text")
    place = builder.op("Gather", [row, "position_ids"], "place")
    character = builder.op("Gather", [noise(3, num_readings), "char_ids"], "character")
    logits = builder.op("Add", [place, character], "logits")
    weights = builder.op("Mul", [builder.op("Exp", [logits], "exp"), "phoneme_mask"], "weighted")
    one = builder.weight("one", np.array([1]))
    total = builder.op("ReduceSum", [weights, one], "total", keepdims=1)
    builder.op("Div", [weights, total], "probs")
    builder.output("probs", ["asked", num_readings])
    return builder.model()


@pytest.fixture
def graph(tmp_path: Path) -> Path:
    folder = tmp_path / "G2PWModel"
    folder.mkdir()
    (folder / "POLYPHONIC_CHARS.txt").write_text(POLYPHONIC, "utf-8")
    (folder / "MONOPHONIC_CHARS.txt").write_text(MONOPHONIC, "utf-8")
    (folder / "bopomofo_to_pinyin_wo_tune_dict.json").write_text(json.dumps(PINYIN), "utf-8")
    (folder / "config.py").write_text(CONFIG, "utf-8")
    onnx.save(g2pw_graph(6), folder / "g2pW.onnx")
    return folder / "g2pW.onnx"


def test_readings_and_characters_are_numbered_sorted_as_the_graph_was_trained(graph: Path) -> None:
    tables = read_g2pw(graph).tables
    # Bopomofo sorts as ㄅ ㄈ ㄏ ㄒ ㄓ ㄔ, characters as 不 行 長.
    assert tables.readings == ("bu4", "fou3", "hang2", "xing2", "zhang3", "chang2")
    assert tables.characters == ("不", "行", "長")
    assert tables.choices == ((0, 1), (3, 2), (4, 5))
    assert tables.fixed == {"你": "ni3", "女": "nv3", "哼": ""}
    assert list(tables.places) == ["行", "長"]


def test_readings_can_belong_to_one_character_each(graph: Path) -> None:
    (graph.parent / "config.py").write_text("use_char_phoneme = True\nuse_mask = True\n")
    tables = read_g2pw(graph).tables
    assert tables.readings == ("bu4", "fou3", "hang2", "xing2", "zhang3", "chang2")
    assert tables.choices == ((0, 1), (3, 2), (4, 5))


def test_without_mask_every_reading_is_allowed(graph: Path) -> None:
    (graph.parent / "config.py").write_text("use_mask = False\n")
    assert read_g2pw(graph).tables.choices == ((), (), ())


@pytest.mark.parametrize("precision", [Precision.FP32, Precision.FP16])
def test_what_is_written_answers_as_the_given_graph(
    graph: Path, tmp_path: Path, precision: Precision
) -> None:
    given = read_g2pw(graph)
    entry = write_g2pw(tmp_path, given, TOKENIZER, precision)
    tables = read_tables((tmp_path / entry.tables).read_text("utf-8"), "here")
    before = G2pw(open_graph(graph), TOKENIZER, given.tables, str)
    after = G2pw(open_graph(tmp_path / entry.graph.file), TOKENIZER, tables, str)
    for sentence in ("行", "長行", "行不行,長", "你行長女"):
        assert after.readings(sentence) == before.readings(sentence)


def test_a_graph_that_cannot_be_asked_about_several_characters_is_refused(
    graph: Path, tmp_path: Path
) -> None:
    onnx.save(g2pw_graph(6, mixes_texts=True), graph)
    with pytest.raises(GraphError, match="answers otherwise about several characters at once"):
        write_g2pw(tmp_path, read_g2pw(graph), TOKENIZER, Precision.FP32)


def test_a_graph_of_other_readings_is_refused(graph: Path, tmp_path: Path) -> None:
    (graph.parent / "POLYPHONIC_CHARS.txt").write_text(POLYPHONIC + "不\tㄋㄧ3\n", "utf-8")
    with pytest.raises(Exception, match="g2pw") as caught:
        write_g2pw(tmp_path, read_g2pw(graph), TOKENIZER, Precision.FP32)
    assert "EdgeError" in [each.__name__ for each in type(caught.value).__mro__]


def test_another_graph_is_refused_by_its_inputs(graph: Path, tmp_path: Path) -> None:
    builder = GraphBuilder("other", 17)
    builder.output(builder.op("Relu", [builder.input("x", [1])], "y"), [1])
    onnx.save(builder.model(), graph)
    with pytest.raises(GraphError, match="takes x, where"):
        write_g2pw(tmp_path, read_g2pw(graph), TOKENIZER, Precision.FP32)


def test_a_file_that_is_no_graph_is_refused(graph: Path, tmp_path: Path) -> None:
    graph.write_bytes(b"\xff\xff not a graph")
    with pytest.raises(CheckpointError, match="not an ONNX graph"):
        write_g2pw(tmp_path, read_g2pw(graph), TOKENIZER, Precision.FP32)


@pytest.mark.parametrize(
    "name",
    [
        "g2pW.onnx",
        "POLYPHONIC_CHARS.txt",
        "MONOPHONIC_CHARS.txt",
        "bopomofo_to_pinyin_wo_tune_dict.json",
        "config.py",
    ],
)
def test_a_missing_file_is_named(graph: Path, name: str) -> None:
    (graph.parent / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        read_g2pw(graph)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("POLYPHONIC_CHARS.txt", "長 ㄓㄤ3", "line 1 is not a character, a tab and a reading"),
        ("MONOPHONIC_CHARS.txt", "你\tㄋㄧ3\n你\tㄋㄧ", "line 2"),
        ("bopomofo_to_pinyin_wo_tune_dict.json", "[1]", "not a table of syllables"),
        ("config.py", "use_mask = (", "never closed"),
    ],
)
def test_a_damaged_file_is_named(graph: Path, name: str, content: str, message: str) -> None:
    (graph.parent / name).write_text(content, "utf-8")
    with pytest.raises(CheckpointError, match=f"{name}.*{message}"):
        read_g2pw(graph)
