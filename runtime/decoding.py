"""The token loop: from phones and prompt to semantic tokens, with upstream's rules."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.runtime.contract import MAX_TOKENS, SEMANTIC_RATE
from voicepack.runtime.embedding import embed_phones, embed_tokens
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.errors import RunawayError
from voicepack.runtime.kv_cache import Decoder
from voicepack.runtime.phones import FloatArray, IntArray, Phones
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.runaway import RepetitionDetector
from voicepack.runtime.sampling import Sampling, penalize_repetition, sample

MINIMUM_TOKENS = 11
"""End-of-speech cannot be chosen before this many tokens (upstream bans it while idx < 11)."""

LogitsListener = Callable[[FloatArray], None]
"""Receives the raw logits of every step, float32 (vocabulary,)."""


@dataclass(frozen=True)
class TokenGenerator:
    """Text2semantic, ready to speak."""

    decoder: Decoder
    tables: EmbeddingTables
    longest: int = MAX_TOKENS
    """Tokens of the longest sentence; speech that goes on is endless."""

    def generate(
        self,
        phones: Phones,
        prompt: IntArray,
        sampling: Sampling,
        random: RandomStream,
        on_logits: LogitsListener | None = None,
    ) -> IntArray:
        """Generate the semantic tokens of one sentence.

        Args:
            phones: Phones of the prompt's text, then of the sentence.
            prompt: int64, (num_tokens,): semantic tokens of the prompt; may be empty.
            sampling: How the next token is chosen.
            random: The stream to draw from.
            on_logits: Called with the raw logits of every step.

        Returns:
            int64, (num_tokens,): at least `MINIMUM_TOKENS`, without prompt and end-of-speech.

        Raises:
            RunawayError: Speech did not end within `longest`, or fell into a loop. It carries
                the tokens that were generated.
        """
        said = np.zeros(self.tables.token.shape[0], np.bool_)
        said[prompt] = True
        logits = self._prefill(phones, prompt)
        tokens: list[int] = []
        repetition = RepetitionDetector()
        while True:
            if on_logits is not None:
                on_logits(logits)
            token = choose_token(logits, said, len(tokens), sampling, random)
            if token is None:
                return np.array(tokens, np.int64)
            tokens.append(token)
            said[token] = True
            _refuse_runaway(tokens, repetition, self.longest)
            position = len(prompt) + len(tokens) - 1
            logits = self.decoder.step(embed_tokens(self.tables, np.array([token]), position)[0])

    def _prefill(self, phones: Phones, prompt: IntArray) -> FloatArray:
        text = embed_phones(self.tables, phones)
        hidden = np.concatenate([text, embed_tokens(self.tables, prompt, 0)])
        return self.decoder.prefill(hidden, len(text))


def choose_token(
    logits: FloatArray,
    said: npt.NDArray[np.bool_],
    num_tokens: int,
    sampling: Sampling,
    random: RandomStream,
) -> int | None:
    """Choose the next token, or None where speech ends.

    Speech ends when end-of-speech, the last of the vocabulary, is drawn **or** is the likeliest.

    Args:
        logits: float32, (vocabulary,), raw.
        said: bool, (vocabulary,): tokens said so far, the prompt's included.
        num_tokens: How many tokens were generated before.
        sampling: The options.
        random: The stream to draw from.
    """
    end_of_speech = logits.size - 1
    if num_tokens < MINIMUM_TOKENS:
        logits, said = logits[:end_of_speech], said[:end_of_speech]
    penalized = penalize_repetition(logits, said, sampling.repetition_penalty)
    token = sample(penalized, sampling, random)
    if end_of_speech in (token, int(penalized.argmax())):
        return None
    return token


def _refuse_runaway(tokens: list[int], repetition: RepetitionDetector, longest: int) -> None:
    """Raise when speech has become endless."""
    if repetition.push(tokens[-1]) and (loop := repetition.repetition):
        raise RunawayError(
            f"the last {loop.num_tokens / SEMANTIC_RATE:.1f} s of speech repeat "
            f"{loop.period} token(s) without end. Try another seed, a higher repetition penalty, "
            "or a shorter sentence.",
            np.array(tokens, np.int64),
        )
    if len(tokens) >= longest:
        raise RunawayError(
            f"speech did not end within {longest} tokens ({longest // SEMANTIC_RATE} s). "
            "Try another seed, or a shorter sentence.",
            np.array(tokens, np.int64),
        )
