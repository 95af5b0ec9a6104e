"""Keeps a voice within a limit of memory, or says why that cannot be.

A rehearsal measures: two sentences of different lengths give what the voice holds and what each
token adds. From that follow the largest pieces of the vocoder and the longest sentence that fit.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

from voicepack.runtime.contract import MAX_TOKENS, SEMANTIC_RATE
from voicepack.runtime.embedding import embed_phones, embed_tokens, join_phones
from voicepack.runtime.errors import EdgeError
from voicepack.runtime.measuring import peak_memory
from voicepack.runtime.phones import Phones
from voicepack.runtime.pieces import PIECE_FRAMES
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.voice import Voice

CLEAR_REFS = Path("/proc/self/clear_refs")
FORGET_PEAK = "5"
"""Written there, it makes the system measure the peak anew (Linux)."""
REHEARSED = (50, 150)
"""Tokens of the two sentences."""
NUM_PHONES = 60
SHORTEST = 10 * SEMANTIC_RATE
"""Tokens that must fit: the ten seconds of a long sentence."""
PIECES = (PIECE_FRAMES, 100, 50, 25)
"""Latent frames of the vocoder's pieces, largest and fastest first."""


class MemoryLimitError(EdgeError):
    """A voice does not fit into the memory it was given."""


@dataclass(frozen=True)
class MemoryNeed:
    """What a voice takes with pieces of a certain size, in bytes."""

    fixed: float
    per_token: float

    def of(self, num_tokens: int) -> float:
        """Return the bytes held at most during a sentence."""
        return self.fixed + self.per_token * num_tokens

    def longest(self, limit: float) -> int:
        """Return the tokens of the longest sentence that stays within a limit; 0 if none does."""
        if self.of(MAX_TOKENS) <= limit:
            return MAX_TOKENS
        return max(0, int((limit - self.fixed) / self.per_token)) if self.per_token else 0


def keep_within(voice: Voice, limit: int) -> Voice:
    """Fit a voice into a limit of memory.

    Args:
        voice: The voice, just loaded.
        limit: Bytes that this process may hold, Python and engine included.

    Returns:
        The voice with pieces that fit; it refuses, as endless, sentences that would not.

    Raises:
        MemoryLimitError: It does not fit, or the system cannot say what it takes.
        TargetError: The engine refuses a graph.
    """
    if not CLEAR_REFS.exists():
        raise MemoryLimitError(
            "A memory limit is kept on Linux only, for elsewhere the peak cannot be measured. "
            "Leave out --memory-limit."
        )
    voice.prepare()
    if peak_memory() > limit:
        raise MemoryLimitError(_refusal(voice, peak_memory(), limit, "loading it took"))
    needs = []
    for frames in PIECES:
        fitted = voice.in_pieces(frames)
        needs.append(measure_need(fitted))
        if needs[-1].longest(limit) >= SHORTEST:
            generator = replace(voice.generator, longest=needs[-1].longest(limit))
            return replace(fitted, generator=generator)
    taken = round(min(need.of(SHORTEST) for need in needs))
    raise MemoryLimitError(_refusal(voice, taken, limit, "a sentence of 10 s takes"))


def measure_need(voice: Voice) -> MemoryNeed:
    """Rehearse two sentences and see what they take."""
    (short, low), (long, high) = ((tokens, _peak_of(voice, tokens)) for tokens in REHEARSED)
    per_token = max(0.0, (high - low) / (long - short))
    return MemoryNeed(fixed=low - per_token * short, per_token=per_token)


def _peak_of(voice: Voice, num_tokens: int) -> int:
    """Return the bytes held at most during a sentence of so many tokens."""
    CLEAR_REFS.write_text(FORGET_PEAK)
    prompt = voice.pack.prompt()
    random = np.random.default_rng(0)
    phones = Phones(random.integers(0, len(voice.symbols.symbols), NUM_PHONES))
    tokens = random.integers(0, voice.pack.manifest.text2semantic.vocabulary - 1, num_tokens)
    tables, decoder = voice.generator.tables, voice.generator.decoder
    text = embed_phones(tables, join_phones(prompt.phones, phones))
    decoder.prefill(
        np.concatenate([text, embed_tokens(tables, prompt.tokens, 0)]), num_text=len(text)
    )
    for row in embed_tokens(tables, tokens, len(prompt.tokens)):
        decoder.step(row)
    noise = voice.acoustics.noise(num_tokens, 1.0, 0.5, RandomStream(0))
    latent = voice.acoustics.latent_of(tokens, phones.ids, prompt.embedding, noise)
    voice.acoustics.audio_of(latent, prompt.embedding)
    return peak_memory()


def _refusal(voice: Voice, taken: int, limit: int, what: str) -> str:
    return (
        f"{voice.pack.root}: does not fit into {limit / 1e6:.0f} MB: {what} {taken / 1e6:.0f} MB. "
        "Raise the limit, or quantize the voice further (`voicepack quantize --recipe int4`)."
    )
