from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.text.english.corrections.written import write_out
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
            "20h, 1km, 1.2s at -9°C",
            "twenty hours, one kilometer, one point two seconds at negative nine degrees celsius",
        ),
        ("2 + 2 = 4", "two plus two equals four"),
        ("At 13:00, 13:30", "At one o'clock p.m. one thirty p.m."),
        ("In 1999 and 2024", "In nineteen ninety-nine and twenty twenty-four"),
        ("OpenAI's e.g. i.e.", "Open A I's for example that is"),
        ("Café naïve", "Cafe naive"),
        ("Really?!... yes", "Really? yes"),
    ],
)
def test_what_upstream_says_right_is_said_alike(written: str, said: str) -> None:
    assert normalize(write_out(written)) == said


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("at 3:45 p.m. today", "at three forty-five p.m. today"),
        ("at 3:45 PM", "at three forty-five P M"),
        ("at 9:05 a.m.", "at nine oh five A.m."),
        ("at 3:45 p.", "at three forty-five p."),
        ("8am to 5pm", "eight A M to five P M"),
        ("Dr. Smith on Elm Dr.", "Doctor Smith on Elm Dr."),
        ("No. 5", "number five"),
        (
            "1,200.5 to 1,984",
            "one thousand, two hundred point five to one thousand, nine hundred eighty-four",
        ),
        ("1,2,3", "one,two,three"),
        ("the 1980s, '90s, the 60s", "the nineteen eighties, nineties, the sixties"),
        ("12/25/2024", "December twenty-fifth, twenty twenty-four"),
        (
            "120km/h or 90 km/h",
            "one hundred twenty kilometers per hour or ninety kilometers per hour",
        ),
        ("$2.5 million, €5, ¥500", "two point five million dollars, five euros, five hundred yen"),
        ("I like it - really", "I like it  really"),
        ("I was 5. Then 6.", "I was five. Then six."),
        ("I’m sure we’ll", "I'm sure we'll"),
        ("hello\nworld and/or yes—no", "hello world and or yes no"),
        ("salt & pepper", "salt and pepper"),
    ],
)
def test_what_upstream_gets_wrong_is_corrected(written: str, said: str) -> None:
    assert normalize(write_out(written)) == said


@given(st.text())
def test_no_digit_remains_for_upstreams_rules(text: str) -> None:
    assert not any(char.isdecimal() for char in write_out(text))


@given(st.from_regex(r"[0-9.,:/$£€%+ -]{1,40}", fullmatch=True))
def test_no_digit_is_ever_dropped_silently(text: str) -> None:
    has_digit = any(char.isdigit() for char in text)
    assert any(char.isalpha() for char in normalize(write_out(text))) or not has_digit


@pytest.mark.parametrize("text", ["{}$", "${}", "{}.5", "{}st", "{}/2", "{}km", "1/{}", "{}:30"])
def test_a_number_longer_than_python_reads_is_said_digit_by_digit(text: str) -> None:
    said = normalize(write_out(text.format("7" * 5000)))
    assert said.count("seven") == 5000
    assert normalize(text.format("7" * 5000)).count("seven") == 5000
