from __future__ import annotations

import pytest

from voicepack.runtime.text.ssml.values import (
    DECIBELS,
    PAUSES,
    RATES,
    SsmlValueError,
    read_language,
    read_pause,
    read_rate,
    read_volume,
)


@pytest.mark.parametrize(
    ("value", "outer", "factor"),
    [
        # SSML 1.1, 3.2.4: a percentage multiplies the rate, 100% leaves it, a label is absolute.
        ("100%", 1.0, 1.0),
        ("50%", 1.0, 0.5),
        ("200%", 0.5, 1.0),
        ("82.5%", 1.0, 0.825),
        ("medium", 2.0, 1.0),
        ("default", 2.0, 1.0),
        # SSML 1.0, 3.2.4: a sign makes it a change.
        ("+20%", 1.0, 1.2),
        ("-25%", 2.0, 1.5),
    ],
)
def test_a_rate_is_a_factor_on_the_usual_speed(value: str, outer: float, factor: float) -> None:
    assert read_rate(value, outer) == pytest.approx(factor)


@pytest.mark.parametrize("value", ["", "quick", "50", "1.2", "-200%", "10%", "9999999%", "٥٠%"])
def test_a_rate_without_meaning_is_refused(value: str) -> None:
    with pytest.raises(SsmlValueError, match="expected"):
        read_rate(value, 1.0)


@pytest.mark.parametrize(
    ("value", "outer", "factor"),
    [
        ("silent", 1.0, 0.0),
        ("medium", 2.0, 1.0),
        # 20 dB are a factor of ten by definition; +6 dB roughly double and -6 dB halve.
        ("+20dB", 1.0, 10.0),
        ("-20dB", 10.0, 1.0),
        ("+6dB", 1.0, 1.9953),
        ("-6dB", 1.0, 0.5012),
        ("+6dB", 0.0, 0.0),
    ],
)
def test_a_volume_is_a_factor_on_the_samples(value: str, outer: float, factor: float) -> None:
    assert read_volume(value, outer) == pytest.approx(factor, abs=1e-4)


@pytest.mark.parametrize("value", ["", "6dB", "+6", "50", "+6db", "+99dB", "noisy"])
def test_a_volume_without_meaning_is_refused(value: str) -> None:
    with pytest.raises(SsmlValueError, match="expected silent"):
        read_volume(value, 1.0)


def test_labels_are_in_the_order_of_the_recommendation() -> None:
    rates = [RATES[name] for name in ("x-slow", "slow", "medium", "fast", "x-fast")]
    volumes = [DECIBELS[name] for name in ("x-soft", "soft", "medium", "loud", "x-loud")]
    pauses = [PAUSES[n] for n in ("none", "x-weak", "weak", "medium", "strong", "x-strong")]
    for values in (rates, volumes, pauses):
        assert values == sorted(set(values))


@pytest.mark.parametrize(
    ("time", "strength", "seconds"),
    [
        ("250ms", None, 0.25),
        ("3s", None, 3.0),
        ("0.5s", "x-strong", 0.5),
        (".5s", None, 0.5),
        ("0ms", None, 0.0),
        (None, "none", 0.0),
        (None, None, 0.3),
    ],
)
def test_a_break_is_so_long(time: str | None, strength: str | None, seconds: float) -> None:
    assert read_pause(time, strength) == pytest.approx(seconds)


@pytest.mark.parametrize("time", ["", "3", "3 s", "-1s", "61s", "1m", "1e3s", "99999999999s"])
def test_a_break_without_a_length_is_refused(time: str) -> None:
    with pytest.raises(SsmlValueError, match="expected '250ms'"):
        read_pause(time, None)


def test_a_break_of_unknown_strength_is_refused() -> None:
    with pytest.raises(SsmlValueError, match="strength='long': expected none, x-weak"):
        read_pause("1s", "long")


@pytest.mark.parametrize(
    ("tag", "code"),
    [
        ("en", "en"),
        ("en-GB", "en"),
        ("zh-CN", "zh"),
        ("cmn-Hans-CN", "zh"),
        ("zh-TW", "zh"),
        ("zh-HK", "yue"),
        ("zh-Hant-HK", "yue"),
        ("yue-HK", "yue"),
        ("ja-JP", "ja"),
        ("ko", "ko"),
    ],
)
def test_a_language_tag_names_a_language(tag: str, code: str) -> None:
    assert read_language(tag) == code


@pytest.mark.parametrize("tag", ["", "fr", "english", "x-en"])
def test_a_language_that_no_voice_speaks_is_refused(tag: str) -> None:
    with pytest.raises(SsmlValueError, match="expected a language of"):
        read_language(tag)
