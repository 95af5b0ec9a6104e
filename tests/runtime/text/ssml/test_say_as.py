from __future__ import annotations

import pytest

from voicepack.runtime.text.ssml.say_as import reading_of
from voicepack.runtime.text.ssml.values import SsmlValueError


@pytest.mark.parametrize(
    ("text", "kind", "form", "said"),
    [
        ("1,984", "cardinal", "", "one thousand, nine hundred eighty-four"),
        ("21st", "ordinal", "", "twenty-first"),
        ("3", "ordinal", "", "third"),
        ("042", "digits", "", "zero four two"),
        ("USB 3", "characters", "", "U S B three"),
        ("+1 (555) 0123", "telephone", "", "one, five five five, zero one two three"),
        ("12/25/2024", "date", "mdy", "December twenty-fifth, twenty twenty-four"),
        ("25.12.2024", "date", "dmy", "December twenty-fifth, twenty twenty-four"),
        ("2024-12-25", "date", "", "December twenty-fifth, twenty twenty-four"),
        ("12/2024", "date", "my", "December twenty twenty-four"),
        ("25.12", "date", "dm", "December twenty-fifth"),
        ("1905", "date", "y", "nineteen oh five"),
        ("15:30", "time", "hms24", "three thirty P M"),
        ("3:05 am", "time", "hms12", "three oh five A M"),
        ("12:00 a.m.", "time", "", "twelve o'clock A M"),
        ("0:00:01", "time", "", "twelve o'clock and one second A M"),
    ],
)
def test_english_is_said_in_words(text: str, kind: str, form: str, said: str) -> None:
    assert reading_of(text, kind, form, "en") == said


@pytest.mark.parametrize(
    ("language", "text", "kind", "said"),
    [
        ("zh", "1,984", "cardinal", "一千九百八十四"),
        ("zh", "13", "ordinal", "第十三"),
        ("zh", "102", "digits", "一零二"),
        ("zh", "110", "telephone", "幺幺零"),
        ("zh", "2024-12-25", "date", "二零二四年十二月二十五日"),
        ("zh", "14:05", "time", "十四点零五分"),
        ("zh", "2:30", "time", "两点三十分"),
        ("yue", "2:30:05", "time", "兩點三十分五秒"),
        ("yue", "2024-12-25", "date", "二零二四年十二月二十五號"),
        ("ja", "3", "ordinal", "3番目"),
        ("ja", "9:05", "time", "9時5分"),
        ("ja", "2024-12-25", "date", "2024年12月25日"),
        ("ja", "30", "digits", "サン ゼロ"),
        ("ko", "1,984", "cardinal", "천구백팔십사"),
        ("ko", "2024-06-10", "date", "이천이십사년 유월 십일"),
        ("ko", "15:30", "time", "오후 세시 삼십분"),
        ("ko", "0:00", "time", "오전 열두시"),
        ("ko", "010-12", "telephone", "공 일 공, 일 이"),
        ("ko", "3", "ordinal", "제삼"),
    ],
)
def test_other_languages_are_written_as_their_front_ends_read_them(
    language: str, text: str, kind: str, said: str
) -> None:
    assert reading_of(text, kind, "", language) == said


@pytest.mark.parametrize(
    ("text", "kind", "form", "message"),
    [
        ("3", "currency", "", "interpret-as='currency': expected cardinal, ordinal, digits"),
        ("", "cardinal", "", "expected a whole number"),
        ("1.5", "cardinal", "", "expected a whole number of at most 16 digits, found '1.5'"),
        ("9" * 17, "cardinal", "", "at most 16 digits"),
        ("٣", "cardinal", "", "expected a whole number"),
        ("3rd", "cardinal", "", "expected a whole number"),
        ("12a", "digits", "", "expected digits, found '12a'"),
        ("a-b", "characters", "", "only letters and digits are spelled, found '-'"),
        (" ", "characters", "", "0 characters to spell"),
        ("a" * 101, "characters", "", "101 characters to spell, expected 1 to 100"),
        ("call me", "telephone", "", "expected a telephone number"),
        ("()", "telephone", "", "expected a telephone number"),
        ("12/25/2024", "date", "", "only a date that begins with its year needs none"),
        ("12/25/2024", "date", "dmy", "a date such as '25/12/2024'"),
        ("12/25/2024", "date", "xyz", "format='xyz': expected ymd, mdy"),
        ("25:00", "time", "", "expected a time such as '15:30'"),
        ("13:00 pm", "time", "", "hour 13 with a.m. or p.m."),
        ("1:00", "time", "h", "expected hms12, hms24 or none"),
    ],
)
def test_what_is_nothing_of_the_kind_is_refused(
    text: str, kind: str, form: str, message: str
) -> None:
    with pytest.raises(SsmlValueError, match=message):
        reading_of(text, kind, form, "en")
