"""g2pW is asked as upstream asks it, about the characters that upstream asks about."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.errors import PackError
from voicepack.runtime.text.chinese.g2pw import G2pw, load_converter, traditional
from voicepack.runtime.text.chinese.g2pw_tables import G2pwTables, dump_tables, read_tables
from voicepack.targets.session import Array, Session

TABLES = G2pwTables(
    readings=("chang2", "zhang3", "hang2", "xing2", ""),
    characters=("行", "長", "難"),
    choices=((2, 3), (0, 1, 4), ()),
    unasked=("難",),
    fixed={"你": "ni3", "哼": ""},
)
TOKENIZER = BertTokenizer({"[UNK]": 0, "[CLS]": 1, "[SEP]": 2, "長": 3, "行": 4, "你": 5})
TO_TRADITIONAL = {ord("长"): "長", ord("难"): "難"}


class Likeliest:
    """A graph that prefers the last of the allowed readings; keeps what it was asked."""

    def __init__(self) -> None:
        self.asked: list[Mapping[str, Array]] = []

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        self.asked.append(inputs)
        mask = inputs["phoneme_mask"]
        return {"probs": mask * np.arange(1, mask.shape[1] + 1)}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        raise NotImplementedError


@pytest.fixture
def graph() -> Likeliest:
    return Likeliest()


@pytest.fixture
def net(graph: Likeliest) -> G2pw:
    tables = replace(TABLES, choices=((2, 3), (0, 1), ()))
    return G2pw(graph, TOKENIZER, tables, lambda text: text.translate(TO_TRADITIONAL))


def test_several_readings_are_asked_about_one_is_known_and_the_rest_is_left(net: G2pw) -> None:
    assert net.readings("你行长难好,") == ("ni3", "xing2", "zhang3", None, None, None)


def test_all_characters_of_a_sentence_are_asked_about_at_once(net: G2pw, graph: Likeliest) -> None:
    net.readings("你长行?")
    (inputs,) = graph.asked
    expected = {
        "input_ids": [[1, 5, 3, 4, 0, 2]],
        "token_type_ids": [[0] * 6],
        "attention_mask": [[1] * 6],
        "phoneme_mask": [[1, 1, 0, 0, 0], [0, 0, 1, 1, 0]],
        "char_ids": [1, 0],
        "position_ids": [2, 3],
    }
    assert {name: array.tolist() for name, array in inputs.items()} == expected
    floats = {name for name, array in inputs.items() if array.dtype == np.float32}
    assert floats == {"phoneme_mask"}


def test_the_graph_sees_sixteen_characters_around_those_asked_about(
    net: G2pw, graph: Likeliest
) -> None:
    net.readings("好" * 30 + "长" + "你" * 5 + "行" + "好" * 30)
    (inputs,) = graph.asked
    assert inputs["input_ids"].shape == (1, 16 + 7 + 16 + 2)
    assert inputs["position_ids"].tolist() == [17, 23]


def test_a_sentence_with_nothing_to_ask_does_not_run_the_graph(net: G2pw, graph: Likeliest) -> None:
    assert net.readings("你好.") == ("ni3", None, None)
    assert graph.asked == []


def test_a_reading_without_pinyin_is_left_to_others(graph: Likeliest) -> None:
    net = G2pw(graph, TOKENIZER, TABLES, str)
    assert net.readings("長哼") == (None, None)


def test_a_character_without_choices_may_have_every_reading() -> None:
    assert TABLES.mask(2).tolist() == [1, 1, 1, 1, 1]


@given(st.text(st.sampled_from("长行你好难,"), max_size=2000))
def test_no_text_is_too_long_for_the_graph(text: str) -> None:
    graph = Likeliest()
    net = G2pw(graph, TOKENIZER, TABLES, lambda each: each.translate(TO_TRADITIONAL))
    assert len(net.readings(text)) == len(text)
    assert all(inputs["input_ids"].shape[1] <= 512 for inputs in graph.asked)
    assert sum(inputs["char_ids"].size for inputs in graph.asked) == sum(
        text.count(each) for each in "长行"
    )


@given(st.text())
def test_conversion_never_changes_the_length(text: str) -> None:
    def doubling(part: str) -> str:
        return part.replace("a", "aa").replace("b", "c")

    converted = traditional(text, doubling)
    assert len(converted) == len(text)
    assert "b" not in converted or "a" not in text


def test_conversion_is_to_the_characters_of_taiwan() -> None:
    pytest.importorskip("opencc")
    # As `OpenCC("s2tw")` documents them: by words, and not by characters alone.
    assert load_converter()("头发发展干净") == "頭髮發展乾淨"


def test_tables_survive_writing_and_reading() -> None:
    assert read_tables(dump_tables(TABLES), "here") == TABLES


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"choices": ((0,),)}, "1 choices for 3 characters"),
        ({"choices": ((5,), (), ())}, "choices from 5 to 5 among 5 readings"),
        ({"choices": ((-1,), (), ())}, "choices from -1"),
        ({"readings": ()}, "no readings"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(
    change: dict[str, tuple[tuple[int, ...], ...]], message: str
) -> None:
    damaged = dump_tables(replace(TABLES, **change))  # type: ignore[arg-type]
    with pytest.raises(PackError, match=message):
        read_tables(damaged, "here")


def test_something_else_is_no_table() -> None:
    with pytest.raises(PackError, match="not the tables of g2pW"):
        read_tables("[]", "here")
    with pytest.raises(PackError, match="characters: missing"):
        read_tables("{}", "here")
