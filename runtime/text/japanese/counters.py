"""How numerals and counters change each other: イッポン, サンボン, ヨニン."""

from __future__ import annotations

from functools import cache

from voicepack.runtime.text.data_files import load_text
from voicepack.runtime.text.japanese.words import Word

Said = tuple[str, int, int]
"""Sound, accent and number of morae."""
_YO: dict[str, Said] = {"四": ("ヨ", 0, 1)}
_SHI: dict[str, Said] = {"四": ("シ", 0, 1)}
_SHICHI: dict[str, Said] = {"七": ("シチ", 1, 2)}
_KU: dict[str, Said] = {"九": ("ク", 0, 1)}
_ITT: dict[str, Said] = {"一": ("イッ", 1, 2)}
_ROPP: dict[str, Said] = {"六": ("ロッ", 1, 2)}
_HAPP: dict[str, Said] = {"八": ("ハッ", 1, 2)}
_JUPP: dict[str, Said] = {"十": ("ジュッ", 1, 2)}
_HYAPP: dict[str, Said] = {"百": ("ヒャッ", 1, 2)}
NUMERALS_BEFORE: dict[str, dict[str, Said]] = {
    "1b": _YO,
    "1c1": _YO | _SHICHI,
    "1c2": _YO | _SHICHI | _KU,
    "1d": _SHICHI | _KU,
    "1e": _SHI | _SHICHI | _KU,
    "1g": _ITT | _ROPP | _HAPP | _JUPP | _HYAPP,
    "1h": _ITT | _HAPP | _JUPP,
    "1i": _ROPP | _JUPP | _HYAPP,
    "1j": _ITT | _JUPP,
    "1k": _JUPP,
}
"""How numerals are said before the counters of a class."""
VOICED_AFTER = {"2c": "三千万何", "2e": "三千万", "2f": "三"}
"""Numerals after which the counters of a class begin with a voiced sound, as in サンボン."""
PLOSIVE_AFTER = {"2b": "一三四六八十百千万何", "2c": "一六八十百"}
"""Numerals after which the counters of a class begin with a P, as in イッポン."""
_SHORT_HUNDREDS: dict[str, Said] = {"六": ("ロッ", 0, 2), "八": ("ハッ", 0, 2)}
_SHORT_THOUSANDS: dict[str, Said] = {
    "一": ("イッ", 0, 2),
    "八": ("ハッ", 0, 2),
    "十": ("ジュッ", 1, 2),
}
POWERS_AFTER = {"百": _SHORT_HUNDREDS, "千": _SHORT_THOUSANDS, "兆": _SHORT_THOUSANDS}
"""How numerals are said before a power of ten."""
PLAIN: dict[str, Said] = {"一": ("ヒト", 0, 2), "二": ("フタ", 0, 2)}
"""Numerals of Japanese origin."""
_VOICED = str.maketrans(
    "カキクケコサシスセソタチツテトハヒフヘホ", "ガギグゲゴザジズゼゾダヂヅデドバビブベボ"
)
_PLOSIVE = str.maketrans("ハヒフヘホ", "パピプペポ")


def count(numeral: Word, counter: Word) -> None:
    """Let a numeral and the counter behind it change each other.

    Source: Open JTalk 1.11, njd_set_digit.
    """
    before, after = counter_classes().get(counter.text, ("", ""))
    change_numeral(numeral, NUMERALS_BEFORE.get(before, {}))
    if numeral.text in VOICED_AFTER.get(after, ""):
        change_first(counter, _VOICED)
    elif numeral.text in PLOSIVE_AFTER.get(after, ""):
        change_first(counter, _PLOSIVE)


def raise_to_power(numeral: Word, power: Word) -> None:
    """Let a numeral and the power of ten behind it change each other, as in サンビャク."""
    change_numeral(numeral, POWERS_AFTER.get(power.text, {}))
    if power.text in ("百", "千"):
        if numeral.text in ("三", "何"):
            change_first(power, _VOICED)
        elif numeral.text in ("六", "八"):
            change_first(power, _PLOSIVE)


def change_numeral(numeral: Word, said: dict[str, Said]) -> None:
    """Say a numeral as a table says, if it is there."""
    if numeral.text in said:
        numeral.sound, numeral.accent, numeral.num_morae = said[numeral.text]


def change_first(word: Word, changes: dict[int, int]) -> None:
    """Change the first sound of a word."""
    word.sound = word.sound[:1].translate(changes) + word.sound[1:]


@cache
def counter_classes() -> dict[str, tuple[str, str]]:
    """Tell for each counter how it changes the numeral before it, and how it is changed itself."""
    classes: dict[str, tuple[str, str]] = {}
    for name, counters in _lists().items():
        for counter in counters:
            before, after = classes.get(counter, ("", ""))
            if name.startswith("1"):
                classes[counter] = (before or name, after)
            else:
                classes[counter] = (before, after or name)
    return classes


@cache
def plainly_counted() -> frozenset[tuple[str, str]]:
    """List the counters, with their readings, that go with numerals of Japanese origin."""
    return frozenset((text, sound) for text, _, sound in (
        pair.partition("/") for pair in _lists()["3"]
    ))  # fmt: skip


@cache
def _lists() -> dict[str, list[str]]:
    lines = load_text("japanese_counters.txt").splitlines()
    return {name: counters.split() for name, counters in (line.split("\t") for line in lines)}
