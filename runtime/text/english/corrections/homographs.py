"""Which way a word of two ways is meant, by its neighbours: "to record a record"."""

from __future__ import annotations

from collections.abc import Sequence

from voicepack.runtime.text.english.homographs import Homograph, Phones, Use, homographs

PLURAL_SUBJECTS = frozenset("i you we they who".split())
SINGULAR_SUBJECTS = frozenset("he she it who which".split())
BEFORE_BASE_FORM = PLURAL_SUBJECTS | frozenset(
    "to will would can could shall should may might must cannot can't won't don't doesn't didn't "
    "wouldn't couldn't shouldn't do does did please let's i'll you'll he'll she'll it'll we'll "
    "they'll i'd you'd he'd she'd we'd they'd".split()
)
BE = frozenset("am is are was were be been being i'm you're he's she's it's we're they're".split())
HAVE = frozenset("have has had having i've you've we've they've haven't hasn't hadn't".split())
DETERMINERS = frozenset(
    "the a an this that these those my your his her its our their it them him us me all".split()
)
PASSED_OVER = frozenset("not also never always just still often only".split())
DEGREES = frozenset("very more most so too less quite rather".split())
FUNCTION_WORDS = (
    BE
    | HAVE
    | BEFORE_BASE_FORM
    | DETERMINERS
    | frozenset("of in on at for and or but as by".split())
)
# In the list their two readings are swapped; the second is the usual one.
SWAPPED = frozenset(("blessed", "learned"))


def said_by_neighbours(homograph: Homograph, before: Sequence[str], after: Sequence[str]) -> Phones:
    """Choose how to say a homograph by its neighbours.

    Where nothing speaks for another use, the word is a noun, which most of these words are most
    often.

    Args:
        homograph: The word.
        before: Words before it in the sentence, in lower case, the nearest last.
        after: Words after it, the nearest first.
    """
    if homograph.word in SWAPPED:
        return homograph.second
    previous = next((word for word in reversed(before) if not _is_adverb(word)), "")
    following = after[0] if after else ""
    return homograph.first if _is_used_so(homograph, previous, following) else homograph.second


def _is_used_so(homograph: Homograph, previous: str, following: str) -> bool:
    match homograph.use:
        case Use.VERB:
            return _is_verb(homograph.word, previous, following)
        case Use.PRESENT:
            return previous in BEFORE_BASE_FORM or _is_order(previous, following)
        case Use.PARTICIPLE:
            return previous in BE | HAVE
        case Use.ADJECTIVE:
            return previous in BE | DEGREES or _is_content(following)
        case Use.NOUN:
            return homograph.word != "closer" and previous not in BE


def _is_verb(word: str, previous: str, following: str) -> bool:
    if word.endswith("ed"):
        return previous in HAVE | PLURAL_SUBJECTS | SINGULAR_SUBJECTS
    if word.endswith("ing"):
        return previous in BE
    if word.endswith("s") and word[:-1] in homographs():
        return previous in SINGULAR_SUBJECTS
    return previous in BEFORE_BASE_FORM or _is_order(previous, following)


def _is_order(previous: str, following: str) -> bool:
    """Tell whether a word opens an order: "Close the door"."""
    return previous in ("", ".", "!", "?", ",", "and", "then") and following in DETERMINERS


def _is_content(word: str) -> bool:
    return word[:1].isalpha() and word not in FUNCTION_WORDS


def _is_adverb(word: str) -> bool:
    return word in PASSED_OVER or (word.endswith("ly") and len(word) > 4)
