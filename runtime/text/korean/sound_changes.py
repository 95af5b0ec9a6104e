"""How letters sound beside each other: tensing, nasals, liaison and the standard's other rules.

Texts are conjoining letters (see `letters.py`), with marks behind some syllables: "/P" behind a
stem of a verb, "/E" behind an ending, "/B" behind a unit of measure (see `word_classes.py`).

Source: the rules of g2pk2 (Apache-2.0), after the standard pronunciation of Korean.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache

from voicepack.runtime.text.data_files import load_text
from voicepack.runtime.text.korean.letters import take_apart

Change = tuple[re.Pattern[str], str | Callable[[re.Match[str]], str]]

TENSE = str.maketrans("ᄀᄃᄇᄉᄌ", "ᄁᄄᄈᄊᄍ")
STEM_CODAS = str.maketrans("ᆬᆱ", "ᆫᆷ")
"""What is left of the two consonants of a stem whose ending is tensed."""


def _tense_ending(match: re.Match[str]) -> str:
    return match[1].translate(STEM_CODAS) + match[2].translate(TENSE)


def _tense_next_word(match: re.Match[str]) -> str:
    return f"ᆯ {match[1].translate(TENSE)}"


CHANGES: tuple[Change, ...] = (
    # Glides that are not heard.
    (re.compile("([ᄌᄍᄎ])ᅧ"), r"\1ᅥ"),
    (re.compile("([ᄀ-ᄊᄌ-ᄒ])ᅴ"), r"\1ᅵ"),
    # Meant for names of letters ("디귿이"); upstream applies them behind any ᅳ ("늦은").
    (re.compile("([ᅳᄀ])ᆮᄋ"), r"\1ᄉ"),
    (re.compile("([ᅳᄋ])[ᆽᆾᇀᇂ]ᄋ"), r"\1ᄉ"),
    (re.compile("([ᅳᄋ])ᆿᄋ"), r"\1ᄀ"),
    (re.compile("([ᅳᄋ])ᇁᄋ"), r"\1ᄇ"),
    # Behind the stem of a verb.
    (re.compile("ᆰ/P[ᄀᄁ]"), "ᆯᄁ"),
    (re.compile("([ᆫᆬᆷᆱᆲᆴ])/P([ᄀᄃᄉᄌ])"), _tense_ending),
    (re.compile("(ᄇ[ᅡ])ᆲ($|[^ᄋᄒ])"), r"\1ᆸ\2"),
    (re.compile("(ᄂ[ᅥ])ᆲ([ᄌᄍᄃᄄ][ᅮ])"), r"\1ᆸ\2"),
    # Before a high front vowel.
    (re.compile("ᆮᄋ([ᅵᅧ])"), r"ᄌ\1"),
    (re.compile("ᇀᄋ([ᅵᅧ])"), r"ᄎ\1"),
    (re.compile("ᆴᄋ([ᅵᅧ])"), r"ᆯᄎ\1"),
    (re.compile("ᆮᄒ([ᅵ])"), r"ᄎ\1"),
    # Behind an ending that says what will be, between words and within.
    (re.compile("ᆯ/E ([ᄀᄃᄇᄉᄌ])"), _tense_next_word),
    *(
        (re.compile("ᆯ" + take_apart(plain)), "ᆯ" + take_apart(tensed))
        for plain, tensed in (
            ("걸", "껄"),
            ("밖에", "빠께"),
            ("세라", "쎄라"),
            ("수록", "쑤록"),
            ("지라도", "찌라도"),
            ("지언정", "찌언정"),
            ("진대", "찐대"),
        )
    ),
)
"""Applied one after the other, for one may prepare the next."""
MARK = re.compile("/[PEB]")
CODA = re.compile(r"([ᆨ-ᇂ])(?:( ?)([ᄀ-ᄒ])|(?=\W|$))")
LIAISON = {
    **dict(zip("ᆨᆩᆫᆮᆯᆷᆸᆺᆻᆽᆾᆿᇀᇁ", "ᄀᄁᄂᄃᄅᄆᄇᄉᄊᄌᄎᄏᄐᄑ", strict=True)),
    "ᆪ": "ᆨᄊ",
    "ᆬ": "ᆫᄌ",
    "ᆰ": "ᆯᄀ",
    "ᆱ": "ᆯᄆ",
    "ᆲ": "ᆯᄇ",
    "ᆳ": "ᆯᄊ",
    "ᆴ": "ᆯᄐ",
    "ᆵ": "ᆯᄑ",
    "ᆹ": "ᆸᄊ",
    "ᇂ": "ᄋ",
    "ᆭ": "ᄂ",
    "ᆶ": "ᄅ",
}
"""What a coda and the silent onset behind it become."""
BEFORE_SILENT = re.compile("([ᆨ-ᆻᆽ-ᇂ])ᄋ")
WITHOUT_ONSET = re.compile("(?<![ᄀ-ᄒ])(?=[ᅡ-ᅵ])")


def change_sounds(letters: str) -> str:
    """Say letters as they sound beside each other.

    Args:
        letters: Text taken apart by `letters.take_apart`, with the marks of `word_classes`.

    Returns:
        The letters as said, without marks.
    """
    for pattern, replacement in CHANGES:
        letters = pattern.sub(replacement, letters)
    letters = CODA.sub(_meet, MARK.sub("", letters))
    letters = BEFORE_SILENT.sub(lambda match: LIAISON[match[1]], letters)
    return WITHOUT_ONSET.sub("ᄋ", letters)


def _meet(match: re.Match[str]) -> str:
    coda, gap, onset = match.group(1), match.group(2) or "", match.group(3) or ""
    changed = _meetings().get(coda + onset)
    if changed is None and gap:
        changed = _meetings().get(coda, coda) + "-" + onset
    return coda + gap + onset if changed is None else changed.replace("-", gap)


@cache
def _meetings() -> dict[str, str]:
    """Read what a coda and the onset behind it become; "-" stands for the space between, if any."""
    lines = load_text("korean_codas.txt").splitlines()
    return {line.split()[0]: line.split()[1] for line in lines}
