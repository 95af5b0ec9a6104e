"""The token loop follows upstream's rules, shown on scripted logits."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pytest

from voicepack.runtime.contract import MAX_TOKENS
from voicepack.runtime.decoding import MINIMUM_TOKENS, TokenGenerator, choose_token
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.errors import RunawayError
from voicepack.runtime.phones import FloatArray, IntArray, Phones
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling

VOCABULARY = 40
END = VOCABULARY - 1
GREEDY = Sampling(top_k=1, repetition_penalty=1.0)
NO_PROMPT = np.empty(0, np.int64)


@dataclass
class ScriptedDecoder:
    """Prefers the tokens it is told, one after the other, and notes what it is fed."""

    script: list[int]
    fed: list[FloatArray] = field(default_factory=list)
    steps: int = 0

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        self.fed = [hidden]
        self.steps = 0
        return self._logits()

    def step(self, hidden: FloatArray) -> FloatArray:
        self.fed.append(hidden)
        return self._logits()

    def _logits(self) -> FloatArray:
        logits = np.zeros(VOCABULARY, np.float32)
        logits[self.script[min(self.steps, len(self.script) - 1)]] = 10
        self.steps += 1
        return logits


@pytest.fixture
def tables() -> EmbeddingTables:
    rng = np.random.default_rng(0)
    return EmbeddingTables(
        phone=rng.standard_normal((20, 8), np.float32),
        token=rng.standard_normal((VOCABULARY, 8), np.float32),
        feature_weight=np.zeros((1024, 8), np.float32),
        feature_bias=np.zeros(8, np.float32),
        text_position_scale=1.0,
        token_position_scale=1.0,
    )


def generate(
    tables: EmbeddingTables, script: list[int], prompt: IntArray = NO_PROMPT
) -> tuple[IntArray, ScriptedDecoder]:
    decoder = ScriptedDecoder(script)
    generator = TokenGenerator(decoder, tables)
    phones = Phones(np.array([1, 2, 3]))
    return generator.generate(phones, prompt, GREEDY, RandomStream(0)), decoder


def test_speech_ends_at_the_end_token_which_is_not_returned(tables: EmbeddingTables) -> None:
    tokens, _ = generate(tables, [*range(12), END])
    assert tokens.tolist() == list(range(12))


def test_the_end_token_cannot_come_before_the_twelfth_choice(tables: EmbeddingTables) -> None:
    tokens, _ = generate(tables, [END])
    # With its favourite cut off, the greedy choice is the first of equals: token 0.
    assert tokens.tolist() == [0] * MINIMUM_TOKENS


def test_the_first_generated_token_stands_behind_the_prompt(tables: EmbeddingTables) -> None:
    prompt = np.array([5, 6, 7])
    _, decoder = generate(tables, [*range(12), END], prompt)
    assert decoder.fed[0].shape == (3 + 3, 8)
    position = np.arange(0, 8, 2) * -np.log(10_000) / 8
    angles = 3 * np.exp(position)  # token 0 was generated at position 3, behind prompt 0..2
    expected = tables.token[0].copy()
    expected[0::2] += np.sin(angles)
    expected[1::2] += np.cos(angles)
    assert decoder.fed[1] == pytest.approx(expected, abs=1e-6)


def test_speech_ends_where_the_end_token_is_likeliest_even_if_another_was_drawn() -> None:
    logits = np.zeros(VOCABULARY, np.float32)
    logits[END] = 0.1  # likeliest, but drawn once in forty times only
    said = np.zeros(VOCABULARY, np.bool_)
    choices = [
        choose_token(logits, said, MINIMUM_TOKENS, Sampling(top_k=VOCABULARY), RandomStream(seed))
        for seed in range(10)
    ]
    assert choices == [None] * 10


def test_the_repetition_penalty_counts_the_prompt() -> None:
    logits = np.array([1.0, 0.9, 0.0], np.float32)
    said = np.array([True, False, False])
    greedy = Sampling(top_k=1, repetition_penalty=2.0)
    assert choose_token(logits, said, MINIMUM_TOKENS, greedy, RandomStream(0)) == 1


def test_an_endless_loop_is_reported_with_its_tokens(tables: EmbeddingTables) -> None:
    with pytest.raises(RunawayError, match="repeat") as caught:
        generate(tables, [1, 2] * MAX_TOKENS)
    assert caught.value.tokens[:4].tolist() == [1, 2, 1, 2]
    assert len(caught.value.tokens) < MAX_TOKENS


def test_speech_without_end_stops_at_the_limit(tables: EmbeddingTables) -> None:
    rng = np.random.default_rng(1)
    script = rng.integers(0, END, MAX_TOKENS + 5).tolist()
    with pytest.raises(RunawayError, match=str(MAX_TOKENS)) as caught:
        generate(tables, script)
    assert len(caught.value.tokens) == MAX_TOKENS
