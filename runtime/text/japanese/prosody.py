"""Words to phones, with marks where the pitch rises and falls and where phrases meet."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.runtime.text.japanese.kana import LONG, PHONES, morae
from voicepack.runtime.text.japanese.sounds import PAUSE
from voicepack.runtime.text.japanese.words import Word

RISE, FALL, BORDER, SILENCE = "[", "]", "#", "_"
LAST_COUNTED = 49
"""Open JTalk counts no further, so a phrase with more morae has no fall behind this one."""


@dataclass
class Phrase:
    """An accent phrase, to which morae are being added."""

    accent: int
    num_morae: int = 0


@dataclass(frozen=True)
class Mora:
    """One beat of speech: its phones and its place."""

    phones: tuple[str, ...]
    phrase: Phrase
    number: int
    """Of the morae of its phrase, from 1."""
    after_pause: bool


class Speech:
    """Morae said so far."""

    def __init__(self) -> None:
        self.morae: list[Mora] = []
        self._phrase = Phrase(0)
        self._word: Word | None = None
        self._pausing = False

    def pause(self) -> None:
        """Stay silent before the next mora, unless it is the first or there is none."""
        self._pausing = True

    def say(self, kana: str, word: Word) -> None:
        """Say a mora of a word, which begins a phrase or joins the one before."""
        if word is not self._word:
            if word.joins is not True or not self.morae:
                self._phrase = Phrase(word.accent)
            self._word = word
        self._add(PHONES[kana])

    def lengthen(self) -> None:
        """Hold the last mora, even one of another word; behind a pause there is nothing to hold."""
        if self.morae and not self._pausing:
            self._add(self.morae[-1].phones[-1:])

    def _add(self, phones: tuple[str, ...]) -> None:
        self._phrase.num_morae += 1
        after_pause = self._pausing and bool(self.morae)
        self.morae.append(Mora(phones, self._phrase, self._phrase.num_morae, after_pause))
        self._pausing = False


def phones_of(words: list[Word]) -> list[str]:
    """List the phones of words whose accents are set, with prosody marks between them.

    Source: Kurihara, Seiyama and Kumano, "Prosodic features control by symbols as input of
    sequence-to-sequence acoustic modeling for neural TTS", 2021, as ESPnet applies it to the labels
    of Open JTalk 1.11 (jpcommon).
    """
    phones: list[str] = []
    before: Mora | None = None
    for mora in _morae(words):
        if mora.after_pause:
            phones.append(SILENCE)
        elif before is not None:
            phones.extend(_marks(before, mora))
        phones.extend(mora.phones)
        before = mora
    return phones


def _morae(words: list[Word]) -> list[Mora]:
    speech = Speech()
    for word in words:
        if word.sound == PAUSE:
            speech.pause()
            continue
        for kana in morae(word.sound):
            if kana == LONG:
                speech.lengthen()
            else:
                speech.say(kana, word)
    return speech.morae


def _marks(mora: Mora, following: Mora) -> tuple[str, ...]:
    """Choose the mark between two morae, if any."""
    if mora.phrase is not following.phrase:
        return (BORDER,)
    if following.number > LAST_COUNTED:
        return ()
    if mora.number == mora.phrase.accent:
        return (FALL,)
    return (RISE,) if mora.number == 1 else ()
