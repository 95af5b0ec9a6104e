"""Values of SSML's attributes as numbers: rates, volumes, lengths of pauses, language tags.

Source: W3C, "Speech Synthesis Markup Language (SSML) Version 1.1", 2010. It orders the labels and
leaves their numbers to each processor; relative rates with a sign are those of version 1.0.
"""

from __future__ import annotations

import re

from voicepack.runtime.text.manner import FASTEST, SLOWEST

RATES = {"x-slow": 0.5, "slow": 0.75, "medium": 1.0, "default": 1.0, "fast": 1.25, "x-fast": 1.5}
"""Factors on the usual speed."""
DECIBELS = {
    "x-soft": -12.0,
    "soft": -6.0,
    "medium": 0.0,
    "default": 0.0,
    "loud": 6.0,
    "x-loud": 12.0,
}
PAUSES = {"none": 0.0, "x-weak": 0.1, "weak": 0.2, "medium": 0.3, "strong": 0.6, "x-strong": 1.2}
"""Seconds."""
MOST_DECIBELS = 40.0
LONGEST_PAUSE_S = 60.0

PERCENT = re.compile(r"([+-]?)(\d{1,6}(?:\.\d{1,6})?)%", re.ASCII)
DECIBEL = re.compile(r"([+-]\d{1,6}(?:\.\d{1,6})?)dB", re.ASCII)
TIME = re.compile(r"\+?(\d{1,9}(?:\.\d{1,9})?|\.\d{1,9})(m?)s", re.ASCII)
LANGUAGES = {"cmn": "zh", "en": "en", "ja": "ja", "ko": "ko", "yue": "yue", "zh": "zh"}
CANTONESE_TAG = re.compile(r"zh(-hant)?-(hk|mo)|zh-yue(-.*)?")


class SsmlValueError(ValueError):
    """A value without meaning, and what it may be instead."""


def read_rate(value: str, outer: float) -> float:
    """Read `rate` of `prosody` as a factor on the usual speed.

    Args:
        value: A label, which says how fast by itself; or a percentage of the outer rate ("80%"),
            or a change of it ("+20%").
        outer: The factor outside the element.

    Raises:
        SsmlValueError: It is neither, or far too slow or fast.
    """
    if value in RATES:
        return RATES[value]
    found = PERCENT.fullmatch(value)
    if not found:
        raise SsmlValueError(
            f"expected {', '.join(RATES)}, or a percentage such as '80%' or '+20%'"
        )
    sign, percent = found.group(1), float(found.group(2)) / 100
    factor = outer * ({"+": 1 + percent, "-": 1 - percent}.get(sign, percent))
    if not SLOWEST <= factor <= FASTEST:
        raise SsmlValueError(
            f"makes the speed {factor:.2f} times the usual; expected {SLOWEST:g} to {FASTEST:g}"
        )
    return factor


def read_volume(value: str, outer: float) -> float:
    """Read `volume` of `prosody` as a factor on the samples.

    Args:
        value: A label, which says how loud by itself; or decibels to add ("+6dB").
        outer: The factor outside the element.

    Raises:
        SsmlValueError: It is neither, or far too soft or loud.
    """
    if value == "silent":
        return 0.0
    if value in DECIBELS:
        return _factor(DECIBELS[value])
    found = DECIBEL.fullmatch(value)
    if not found or abs(float(found.group(1))) > MOST_DECIBELS:
        raise SsmlValueError(
            f"expected silent, {', '.join(DECIBELS)}, or a change from -{MOST_DECIBELS:g}dB to "
            f"+{MOST_DECIBELS:g}dB, with its sign"
        )
    return min(outer * _factor(float(found.group(1))), _factor(MOST_DECIBELS))


def read_pause(time: str | None, strength: str | None) -> float:
    """Read a `break` as seconds of silence.

    Args:
        time: Such as "250ms" or "3s"; None where the attribute is absent.
        strength: A label; plays no part beside a time.

    Raises:
        SsmlValueError: One of them has no meaning, or the pause is too long.
    """
    label = "medium" if strength is None else strength
    if label not in PAUSES:
        raise SsmlValueError(f"strength={label!r}: expected {', '.join(PAUSES)}")
    if time is None:
        return PAUSES[label]
    found = TIME.fullmatch(time)
    seconds = float(found.group(1)) / (1000 if found.group(2) else 1) if found else -1.0
    if not 0 <= seconds <= LONGEST_PAUSE_S:
        raise SsmlValueError(
            f"time={time!r}: expected '250ms', '1.5s' or the like, at most {LONGEST_PAUSE_S:g}s"
        )
    return seconds


def read_language(tag: str) -> str:
    """Read a language tag (BCP 47) as the code of a language: "en-GB" as "en", "zh-HK" as "yue".

    Raises:
        SsmlValueError: No front end speaks the language.
    """
    lowered = tag.lower().replace("_", "-")
    if CANTONESE_TAG.fullmatch(lowered):
        return "yue"
    code = LANGUAGES.get(lowered.split("-")[0])
    if code is None:
        raise SsmlValueError(
            f"xml:lang={tag!r}: expected a language of {', '.join(LANGUAGES)}, such as 'en-US' "
            "or 'zh-CN'; zh-HK is Cantonese"
        )
    return code


def _factor(decibels: float) -> float:
    return float(10 ** (decibels / 20))
