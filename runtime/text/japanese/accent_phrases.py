"""Which words share an accent phrase with the word before them."""

from __future__ import annotations

from itertools import pairwise

from voicepack.runtime.text.japanese.words import ADVERBIAL, SYMBOL, Word

NOUN, VERB, ADJECTIVE = "名詞", "動詞", "形容詞"
PARTICLE, AUXILIARY = "助詞", "助動詞"
ALONE = frozenset(("副詞", "接続詞", "連体詞"))
PREFIX = "接頭詞"
ADJECTIVAL, SUFFIX, DEPENDENT = "形容動詞語幹", "接尾", "非自立"
CONJUNCTIVE = "接続助詞"
CONTINUING = "連用"
FAMILY_NAME, GIVEN_NAME = "姓", "名"


def set_accent_phrases(words: list[Word]) -> None:
    """Decide for each word whether it joins the one before it, where that is open.

    Source: the 18 rules of Open JTalk 1.11, njd_set_accent_phrase, of which the last that applies
    decides; here they are asked from the last to the first.
    """
    for before, word in pairwise(words):
        if word.joins is None:
            word.joins = _joins(before, word)


def _joins(before: Word, word: Word) -> bool:
    first, second = before.kind, word.kind
    if second.group == SUFFIX:
        return True
    if first.part == NOUN and second.name == GIVEN_NAME:
        return False
    if first.name == FAMILY_NAME and second.part == NOUN:
        return False
    if second.part == PREFIX or SYMBOL in (first.part, second.part):
        return False
    if first.part == NOUN and (second.part in (VERB, ADJECTIVE) or second.group == ADJECTIVAL):
        return False
    if _leans_on(before, word):
        return True
    if first.group == SUFFIX and second.part == NOUN:
        return False
    if second.part in (PARTICLE, AUXILIARY):
        return True
    if first.part in (PARTICLE, AUXILIARY):
        return False
    return not _stand_apart(before, word)


def _leans_on(before: Word, word: Word) -> bool:
    """Tell whether a dependent verb or adjective follows a form that it completes."""
    first, second = before.kind, word.kind
    if second.group != DEPENDENT or second.part not in (VERB, ADJECTIVE):
        return False
    if first.part == VERB or (first.part == ADJECTIVE and second.part == ADJECTIVE):
        return first.form.startswith(CONTINUING)
    is_conjunctive = first.part == PARTICLE and first.group == CONJUNCTIVE
    return second.part == ADJECTIVE and is_conjunctive and before.text in ("て", "で")


def _stand_apart(before: Word, word: Word) -> bool:
    first, second = before.kind, word.kind
    if any(kind.part == NOUN and kind.group == ADVERBIAL for kind in (first, second)):
        return True
    if first.part in ALONE or second.part in ALONE:
        return True
    if first.part == VERB:
        return second.part in (ADJECTIVE, NOUN)
    is_describing = first.part == ADJECTIVE or (first.part == NOUN and first.group == ADJECTIVAL)
    return is_describing and second.part == NOUN
