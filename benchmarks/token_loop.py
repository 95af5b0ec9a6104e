"""What a token costs outside the engine: embedding, cache, penalty, sampling, loop detection.

    python -m benchmarks.token_loop

The engine is replaced by one that answers at once, with arrays of the full-size net. A sentence has
100 phones, 150 prompt tokens and 200 tokens (8 s).
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass
from statistics import median

import numpy as np

from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.decoding import TokenGenerator
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.kv_cache import make_decoder
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.phones import Phones
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, Session

SHAPE = Text2SemanticShape(num_layers=24, num_heads=16, head_size=32, vocabulary=1025)
WIDTH = SHAPE.num_heads * SHAPE.head_size
REPETITIONS = 9
NUM_TOKENS = 200


@dataclass
class InstantSession:
    """Answers every run with random logits, and new keys and values of the right shape."""

    random: np.random.Generator
    steps: int = 0

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        """See `Session.run`."""
        new = inputs[Tensors.HIDDEN].shape[1]
        logits = self.random.standard_normal((1, SHAPE.vocabulary), np.float32)
        logits[0, -1] = 10 if self.steps == NUM_TOKENS else -10  # where speech ends
        self.steps = self.steps + 1 if new == 1 else 1
        layers, heads, size = SHAPE.num_layers, SHAPE.num_heads, SHAPE.head_size
        kept = np.zeros((layers, heads, new, size), np.float32)
        return {Tensors.LOGITS: logits, Tensors.NEW_KEYS: kept, Tensors.NEW_VALUES: kept}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        """See `Session.with_state`."""
        return self

    def forget(self) -> None:
        """See `StatefulSession.forget`."""


def main() -> None:
    """Print microseconds a token, for both cache flavours."""
    random = np.random.default_rng(0)
    tables = EmbeddingTables(
        phone=random.standard_normal((732, WIDTH), np.float32),
        token=random.standard_normal((SHAPE.vocabulary, WIDTH), np.float32),
        feature_weight=random.standard_normal((1024, WIDTH), np.float32),
        feature_bias=random.standard_normal(WIDTH, np.float32),
        text_position_scale=1.0,
        token_position_scale=1.0,
    )
    for flavour in KvCache:
        decoder = make_decoder(flavour, InstantSession(random), SHAPE)
        costs = [_cost(TokenGenerator(decoder, tables), seed) for seed in range(REPETITIONS)]
        print(f"{flavour.value:<15}{median(costs) * 1e6:.0f} us a token")


def _cost(generator: TokenGenerator, seed: int) -> float:
    """Return seconds a token."""
    phones, prompt = Phones(np.arange(100)), np.arange(150)
    start = time.perf_counter()
    tokens = generator.generate(phones, prompt, Sampling(), RandomStream(seed))
    return (time.perf_counter() - start) / len(tokens)


if __name__ == "__main__":
    main()
