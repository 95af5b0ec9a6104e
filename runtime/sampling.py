"""From the logits of one step to the next token.

The order is upstream's (`AR/models/utils.py`): repetition penalty, top-p, temperature, top-k,
softmax, one draw. Other samplers apply the temperature first and keep the token that crosses top-p.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from voicepack.runtime.errors import EdgeError
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.randomness import RandomStream

MINIMUM_TEMPERATURE = 1e-5


class SamplingError(EdgeError):
    """A sampling option outside its range."""


@dataclass(frozen=True)
class Sampling:
    """How the next token is chosen."""

    top_k: int = 15
    """Keep this many tokens, at least 1; 1 is greedy."""
    top_p: float = 1.0
    """Keep the likeliest tokens that together stay within this probability, in (0, 1]."""
    temperature: float = 1.0
    """Above 1 flattens the distribution, below 1 sharpens it; at least 0."""
    repetition_penalty: float = 1.35
    """Weakens every token that was already said, the prompt's included; 1 is off."""

    def __post_init__(self) -> None:
        """Refuse what upstream would turn into nonsense.

        Raises:
            SamplingError: An option is outside its range.
        """
        limits = {
            "top_k": (self.top_k >= 1, "at least 1"),
            "top_p": (0 < self.top_p <= 1, "above 0 and at most 1"),
            "temperature": (0 <= self.temperature < np.inf, "0 or more"),
            "repetition_penalty": (0 < self.repetition_penalty < np.inf, "above 0"),
        }
        for name, (fits, range_text) in limits.items():
            if not fits:
                value = getattr(self, name)
                raise SamplingError(f"{name} is {value}, but must be {range_text}.")


def penalize_repetition(
    logits: FloatArray, said: npt.NDArray[np.bool_], penalty: float
) -> FloatArray:
    """Weaken the tokens that were said before, each once however often it was said.

    Args:
        logits: float32, (vocabulary,).
        said: bool, (vocabulary,): True for tokens said before.
        penalty: Divides positive logits and multiplies negative ones.

    Returns:
        float32, (vocabulary,).

    Source: Keskar et al., "CTRL", 2019, as changed by upstream for negative logits.
    """
    factor = np.float32(penalty)
    penalized = np.where(logits < 0, logits * factor, logits / factor)
    return np.where(said, penalized, logits)


def keep_top_p(logits: FloatArray, p: float) -> FloatArray:
    """Send the tail beyond cumulative probability `p` to minus infinity.

    The token that crosses `p` is dropped too, but never the likeliest one.

    Args:
        logits: float32, (vocabulary,).
        p: In (0, 1]; 1 keeps everything.

    Returns:
        float32, (vocabulary,).

    Source: Holtzman et al., "The Curious Case of Neural Text Degeneration", 2020, with upstream's
    stricter border.
    """
    if p >= 1:
        return logits
    order = np.argsort(-logits, kind="stable")
    beyond = np.cumsum(softmax(logits[order])) > p
    beyond[0] = False
    kept = logits.copy()
    kept[order[beyond]] = -np.inf
    return kept


def keep_top_k(logits: FloatArray, k: int) -> FloatArray:
    """Send all but the `k` largest logits to minus infinity.

    Args:
        logits: float32, (vocabulary,).
        k: How many to keep, at least 1.

    Returns:
        float32, (vocabulary,). Ties with the k-th largest are kept, so more than `k` may remain.

    Source: Fan, Lewis and Dauphin, "Hierarchical Neural Story Generation", 2018.
    """
    if k >= logits.size:
        return logits
    smallest_kept = np.partition(logits, -k)[-k]
    return np.where(logits < smallest_kept, np.float32(-np.inf), logits)


def softmax(logits: FloatArray) -> FloatArray:
    """Turn logits, float32 (vocabulary,), into probabilities of the same shape that sum to 1."""
    weights = np.exp(logits - logits.max())
    probabilities: FloatArray = weights / weights.sum(dtype=np.float32)
    return probabilities


def sample(penalized: FloatArray, sampling: Sampling, random: RandomStream) -> int:
    """Draw the next token.

    Args:
        penalized: float32, (vocabulary,): logits after the repetition penalty.
        sampling: The options; the penalty in it is not applied again.
        random: The stream to draw from; greedy sampling draws nothing.

    Returns:
        Index into the vocabulary.
    """
    if sampling.top_k == 1:
        return int(penalized.argmax())
    logits = keep_top_p(penalized, sampling.top_p)
    logits = logits / np.float32(max(sampling.temperature, MINIMUM_TEMPERATURE))
    probabilities = softmax(keep_top_k(logits, sampling.top_k))
    # The smallest of exponential waiting times falls on each token with its probability.
    return int(np.argmax(probabilities / random.exponential(probabilities.size)))
