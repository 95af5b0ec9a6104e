"""Runs text2semantic step by step, keeping keys and values between steps."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

from voicepack.runtime.contract import MAX_TOKENS
from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.runtime.growing_cache import GrowingCache
from voicepack.runtime.layered_start import LayeredStart
from voicepack.runtime.manifest import TensorSpec, Text2SemanticShape
from voicepack.runtime.phones import FloatArray
from voicepack.targets.errors import TargetError
from voicepack.targets.profile import KvCache
from voicepack.targets.session import Array, Session, StatefulSession

HIDDEN_KEY = np.float32(-1e9)
"""Added to a score, it leaves a weight of exactly 0 after the softmax."""


class Decoder(Protocol):
    """A text2semantic graph with its cache."""

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence.

        Args:
            hidden: float32, (S, width): embedded phones, then embedded prompt tokens.
            num_text: How many of them are phones.

        Returns:
            float32, (vocabulary,): logits after the last position.
        """
        ...

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token.

        Args:
            hidden: float32, (width,): the embedded token.

        Returns:
            float32, (vocabulary,): logits after it.
        """
        ...


def make_decoder(
    flavour: KvCache,
    session: Session,
    shape: Text2SemanticShape,
    dtype: npt.DTypeLike = np.float32,
    start: LayeredStart | None = None,
) -> Decoder:
    """Make the decoder that fits a graph.

    Args:
        flavour: How the graph keeps keys and values.
        session: The loaded graph.
        shape: Its dimensions.
        dtype: Of keys and values, see `cache_dtype`; int8 for the shared-buffer flavour only.
        start: How sentences start, where the graph is for later positions alone.

    Raises:
        TargetError: The graph is stateful, but its engine keeps no state.
    """
    if flavour in (KvCache.STATEFUL, KvCache.ON_DEVICE):
        return StatefulDecoder(session)
    if flavour is KvCache.PORTABLE:
        return PortableDecoder(session, shape)
    if start is not None:
        return LayeredDecoder(session, shape, start)
    if np.dtype(dtype) == np.int8:
        return Int8BufferDecoder(session, shape)
    return SharedBufferDecoder(session, shape)


def cache_dtype(inputs: Iterable[TensorSpec]) -> np.dtype[Any]:
    """Read the dtype of keys and values from the inputs of a text2semantic graph."""
    return np.dtype(next(spec.dtype for spec in inputs if spec.name == Tensors.past_key(0)))


def prefill_bias(num_text: int, length: int) -> FloatArray:
    """Hide the future: phones see phones, tokens see phones and tokens up to themselves.

    Returns:
        float32, (length, length), query by key: 0 or `HIDDEN_KEY`.
    """
    bias = np.triu(np.full((length, length), HIDDEN_KEY, np.float32), k=1)
    bias[:num_text, :num_text] = 0
    return bias


class SharedBufferDecoder:
    """The engine writes new keys and values in place."""

    _dtype: npt.DTypeLike = np.float32

    def __init__(self, session: Session, shape: Text2SemanticShape) -> None:
        self._loaded = session
        self._shape = shape
        self._capacity = 0
        self._length = 0
        self._bound = session

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        self._reserve(len(hidden) + MAX_TOKENS)
        self._length = len(hidden)
        inputs = self._inputs(hidden, prefill_bias(num_text, len(hidden)))
        return self._logits(self._bound.run(inputs))

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        self._length += 1
        inputs = self._inputs(hidden[None], np.zeros((1, self._length), np.float32))
        return self._logits(self._bound.run(inputs))

    def _inputs(self, hidden: FloatArray, bias: FloatArray) -> dict[str, Array]:
        return {**self._rows(hidden), Tensors.BIAS: bias[None, None]}

    def _rows(self, hidden: FloatArray) -> dict[str, Array]:
        return {
            Tensors.HIDDEN: hidden[None],
            Tensors.TOTAL_LENGTH: np.array(self._length, np.int32),
            Tensors.LAST_POSITION: np.array([self._length - 1], np.int32),
        }

    def _logits(self, outputs: dict[str, Array]) -> FloatArray:
        logits: FloatArray = outputs[Tensors.LOGITS][0]
        return logits

    def _reserve(self, positions: int) -> None:
        """Make room once for the longest sentence so far; memory counts only when written."""
        if positions <= self._capacity:
            return
        self._capacity = positions
        size = (1, self._shape.num_heads, positions, self._shape.head_size)
        self._state = {
            past: (present, np.zeros(size, self._dtype)) for past, present in self._names()
        }
        self._bound = self._loaded.with_state(self._state)

    def _names(self) -> Iterator[tuple[str, str]]:
        """Pair the inputs and outputs that share memory."""
        for layer in range(self._shape.num_layers):
            yield Tensors.past_key(layer), Tensors.present_key(layer)
            yield Tensors.past_value(layer), Tensors.present_value(layer)


class Int8BufferDecoder(SharedBufferDecoder):
    """Steps write the INT8 cache in place; what a prefill returns is stored by the host."""

    _dtype = np.int8

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        self._reserve(len(hidden) + MAX_TOKENS)
        self._length = len(hidden)
        inputs = self._inputs(hidden, prefill_bias(num_text, len(hidden)))
        # Not read, but no engine should take it for empty.
        unread = np.zeros((1, self._shape.num_heads, 1, self._shape.head_size), np.int8)
        outputs = self._loaded.run(inputs | {past: unread for past, _ in self._names()})
        for present, cache in self._state.values():
            cache[:, :, : self._length] = outputs[present]
        return self._logits(outputs)


class LayeredDecoder(SharedBufferDecoder):
    """Sentences start in a graph of their own, layer by layer; later positions write in place."""

    _dtype = np.int8

    def __init__(self, session: Session, shape: Text2SemanticShape, start: LayeredStart) -> None:
        super().__init__(session, shape)
        self._start = start

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        self._reserve(len(hidden) + MAX_TOKENS)
        self._length = len(hidden)
        bias = prefill_bias(num_text, len(hidden))
        return self._start.run(hidden, num_text, bias, self._store)

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        self._length += 1
        return self._logits(self._bound.run(self._rows(hidden[None])))

    def _store(self, layer: int, keys: Array, values: Array) -> None:
        for past, new in ((Tensors.past_key, keys), (Tensors.past_value, values)):
            _, cache = self._state[past(layer)]
            cache[:, :, : self._length] = new


class PortableDecoder:
    """The host writes new keys and values into the cache it hands to the graph."""

    def __init__(self, session: Session, shape: Text2SemanticShape) -> None:
        self._loaded = session
        self._bound = session
        self._cache = GrowingCache(shape)

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        self._cache.start(len(hidden))
        self._bind()
        return self._run(hidden, prefill_bias(num_text, len(hidden)))

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        return self._run(hidden[None], np.zeros((1, 1), np.float32))

    def _run(self, hidden: FloatArray, new_bias: FloatArray) -> FloatArray:
        new, capacity = len(hidden), self._cache.capacity
        bias = np.full((new, capacity + new), HIDDEN_KEY, np.float32)
        bias[:, : self._cache.length] = 0
        bias[:, capacity:] = new_bias
        inputs = {Tensors.HIDDEN: hidden[None], Tensors.BIAS: bias[None, None]}
        outputs = self._bound.run(inputs)
        if self._cache.append(outputs[Tensors.NEW_KEYS], outputs[Tensors.NEW_VALUES]):
            self._bind()
        logits: FloatArray = outputs[Tensors.LOGITS][0]
        return logits

    def _bind(self) -> None:
        """Hand the cache to the graph, layer by layer."""
        state: dict[str, tuple[str, Array]] = {}
        for layer in range(len(self._cache.keys)):
            state[Tensors.past_key(layer)] = ("", self._cache.keys[layer : layer + 1])
            state[Tensors.past_value(layer)] = ("", self._cache.values[layer : layer + 1])
        self._bound = self._loaded.with_state(state)


class StatefulDecoder:
    """The engine keeps keys and values by itself; the host counts positions.

    Raises:
        TargetError: The session is of an engine that keeps no state.
    """

    def __init__(self, session: Session) -> None:
        if not isinstance(session, StatefulSession):
            raise TargetError(
                "text2semantic was compiled for an engine that keeps keys and values by itself, "
                "and this one does not. Export the voice for a target of this engine."
            )
        self._session = session
        self._length = 0

    def prefill(self, hidden: FloatArray, num_text: int) -> FloatArray:
        """Start a sentence; see `Decoder.prefill`."""
        self._session.forget()
        self._length = len(hidden)
        return self._run(hidden, prefill_bias(num_text, len(hidden)))

    def step(self, hidden: FloatArray) -> FloatArray:
        """Add one token; see `Decoder.step`."""
        self._length += 1
        return self._run(hidden[None], np.zeros((1, self._length), np.float32))

    def _run(self, hidden: FloatArray, bias: FloatArray) -> FloatArray:
        inputs: dict[str, Array] = {Tensors.HIDDEN: hidden[None], Tensors.BIAS: bias[None, None]}
        logits: FloatArray = self._session.run(inputs)[Tensors.LOGITS][0]
        return logits
