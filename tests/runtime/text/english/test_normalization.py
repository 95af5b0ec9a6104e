from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.english.normalization import normalize


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("It costs $12.50.", "It costs twelve dollars and fifty cents."),
        ("Only $1 or 99 cents", "Only one dollar or ninety-nine cents"),
        (
            "It is 32.3$ or £7.01",
            "It is thirty-two dollars and thirty cents or seven pounds and one penny",
        ),
        ("up 35% and 5.5%", "up thirty-five percent and five point five percent"),
        ("the 1st, 22nd and 101st", "the first, twenty-second and one hundred and first"),
        ("1. Mix 3/4 cup, 1/2 cup", "first, Mix three fourths cup, one half cup"),
        (
            "20h, 1km, 1.2s, 9°C",
            "twenty hours, one kilometer, one point two seconds, nine degrees celsius",
        ),
        ("At 13:00, 13:30", "At one o'clock p.m. one thirty p.m."),
        ("In 1999 and 2024", "In nineteen ninety-nine and twenty twenty-four"),
        ("OpenAI's e.g. i.e.", "Open A I's for example that is"),
        ("Café naïve", "Cafe naive"),
        ("Really?!... yes", "Really? yes"),
    ],
)
def test_text_is_written_out_as_upstream_writes_it(written: str, said: str) -> None:
    assert normalize(written) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("at 3:45 p.m.", "at three forty-five a.m. p.m."),
        ("at 9:05", "at nine five a.m."),
        ("1,234.5 and 1,984", "twelve thirty-four point five and nineteen eighty-four"),
        ("1,2,3", "one hundred twenty-three"),
        ("I was 5. Then", "I was fifth, Then"),
        ("3.1. Now", "three point first, Now"),
        ("at -9°C", "atnegative nine degrees celsius"),
        ("120km/h", "one hundred twenty kilometersh"),
        ("$2.5 million, €5", "two dollars and fifty cents million, five"),
        ("$3.999", "three dollars and nine hundred ninety-nine cents"),
        ("1.2.3", "one point two.three"),
        ("12/25/2024", "twelve twenty-fifthstwenty twenty-four"),
        ("I like it - really", "I like it minus really"),
        ("2 + 2 = 4", "two plus two Equals four"),
        ("the 1980s", "the nineteen eighty seconds"),
        ("I’m here", "Im here"),
        ("one\ntwo, yes—no", "onetwo, yesno"),
    ],
)
def test_upstreams_faults_are_kept(written: str, said: str) -> None:
    # Each said so by upstream's own code, GPT-SoVITS 48b1a01 with inflect 7.6.
    assert normalize(written) == said


def test_a_number_at_which_upstream_stops_is_said_all_the_same() -> None:
    assert normalize("1" * 40) == " ".join(["one"] * 40)
    assert normalize("(5$)") == "five dollars"


@given(st.text())
def test_only_letters_and_marks_remain(text: str) -> None:
    letters = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
    assert set(normalize(text)) <= set(letters + " ',.?!-")


@given(st.from_regex(r"[0-9.,:/$£€%+ -]{1,40}", fullmatch=True))
def test_no_digit_is_ever_dropped_silently(text: str) -> None:
    has_digit = any(char.isdigit() for char in text)
    assert any(char.isalpha() for char in normalize(text)) or not has_digit
