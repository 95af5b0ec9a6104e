"""Katakana to phones, and letters to the names they have."""

from __future__ import annotations

import re

LONG = "ー"
_VOWELS = "aiueo"
# Consonant, then the syllables with a, i, u, e, o; a dot where there is none.
_ROWS = """
- ア イ ウ エ オ
- ァ ィ ゥ ェ ォ
- . ヰ . ヱ ヲ
k カ キ ク ケ コ
k . . . ヶ .
ky キャ . キュ キェ キョ
kw クヮ . . . .
g ガ ギ グ ゲ ゴ
gy ギャ . ギュ ギェ ギョ
gw グヮ . . . .
s サ スィ ス セ ソ
sh シャ シ シュ シェ ショ
z ザ ズィ ズ ゼ ゾ
z . . ヅ . .
j ジャ ジ ジュ ジェ ジョ
j . ヂ . . .
t タ ティ トゥ テ ト
ty テャ . テュ . テョ
ts ツァ ツィ ツ ツェ ツォ
ch チャ チ チュ チェ チョ
d ダ ディ ドゥ デ ド
dy デャ . デュ . デョ
n ナ ニ ヌ ネ ノ
ny ニャ . ニュ ニェ ニョ
h ハ ヒ . ヘ ホ
hy ヒャ . ヒュ ヒェ ヒョ
f ファ フィ フ フェ フォ
b バ ビ ブ ベ ボ
by ビャ . ビュ ビェ ビョ
by ヴャ . ヴュ . ヴョ
v ヴァ ヴィ ヴ ヴェ ヴォ
p パ ピ プ ペ ポ
py ピャ . ピュ ピェ ピョ
m マ ミ ム メ モ
my ミャ . ミュ ミェ ミョ
y ヤ . ユ イェ ヨ
y ャ . ュ . ョ
r ラ リ ル レ ロ
ry リャ . リュ リェ リョ
w ワ ウィ . ウェ ウォ
w ヮ . . . .
"""
_LETTERS = """
エー ビー シー ディー イー エフ ジー エイチ アイ ジェー ケー エル エム
エヌ オー ピー キュー アール エス ティー ユー ブイ ダブリュー エックス ワイ ズィー
"""
_NEVER_SPELLED = frozenset(("ヮ", "ヶ", "クヮ", "グヮ"))
_HIRAGANA_OFFSET = ord("ア") - ord("あ")


_KATAKANA = {code: code + _HIRAGANA_OFFSET for code in range(ord("ぁ"), ord("ゖ") + 1)}


def _read_rows() -> dict[str, tuple[str, ...]]:
    phones: dict[str, tuple[str, ...]] = {"ン": ("N",), "ッ": ("cl",)}
    for row in _ROWS.split("\n")[1:-1]:
        consonant, *syllables = row.split(" ")
        for syllable, vowel in zip(syllables, _VOWELS, strict=True):
            if syllable != ".":
                phones[syllable] = (vowel,) if consonant == "-" else (consonant, vowel)
    return phones


PHONES = _read_rows()
"""Each mora in katakana, one or two characters, and its phones."""
_MORA = re.compile("|".join((LONG, *sorted(PHONES, key=len, reverse=True))))


def _read_spellings() -> dict[str, str]:
    spellings = {mora: mora for mora in (*PHONES, LONG) if mora not in _NEVER_SPELLED}
    for mora in [mora for mora in spellings if mora != LONG]:
        spellings["".join(chr(ord(kana) - _HIRAGANA_OFFSET) for kana in mora)] = mora
    letters = [chr(ord("ａ") + place) for place in range(26)]
    return spellings | dict(zip(letters, _LETTERS.split(), strict=True))


SPELLINGS = _read_spellings()
"""What a word that no dictionary knows is spelled by, and how each of it is said."""
_SPELLING = re.compile("|".join(sorted(SPELLINGS, key=len, reverse=True)))


def to_katakana(text: str) -> str:
    """Write hiragana as katakana."""
    return text.translate(_KATAKANA)


def morae(sound: str) -> list[str]:
    """Cut katakana into morae; what comes after the first character that is none is lost."""
    found, place = [], 0
    while match := _MORA.match(sound, place):
        found.append(match.group())
        place = match.end()
    return found


def spell(text: str) -> str:
    """Say a word by its kana and letters, leaving out all else."""
    return "".join(SPELLINGS[part] for part in _SPELLING.findall(text))
