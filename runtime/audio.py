"""Audio of one sentence, and its way into a WAV file or a player."""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np

from voicepack.runtime.phones import FloatArray

AI_NOTICE = "AI-generated speech"
_UNKNOWN_LENGTH = 0x7FFFFFFF
"""Claimed by a stream whose length is not known yet; readers take it for "until the end"."""


@dataclass(frozen=True)
class AudioChunk:
    """Speech of one sentence, with the pause after it."""

    samples: FloatArray
    """float32, (num_samples,), mono, in [-1, 1]."""
    sample_rate: int
    """Hertz."""
    text: str = ""
    """The sentence that is spoken; empty when phones were given."""

    @property
    def seconds(self) -> float:
        """Length of the chunk."""
        return len(self.samples) / self.sample_rate


def limit_peak(samples: FloatArray) -> FloatArray:
    """Scale audio down to a peak of 1 where it is louder; leave it alone where it is not."""
    peak = np.abs(samples).max(initial=0)
    return samples / peak if peak > 1 else samples


def append_pause(samples: FloatArray, sample_rate: int, pause_s: float) -> FloatArray:
    """Append silence of `pause_s` seconds."""
    return np.concatenate([samples, silence(sample_rate, pause_s)])


def silence(sample_rate: int, seconds: float) -> FloatArray:
    """Make silence: float32, (num_samples,)."""
    return np.zeros(int(sample_rate * seconds), np.float32)


def to_int16(samples: FloatArray) -> np.ndarray[tuple[int], np.dtype[np.int16]]:
    """Convert samples in [-1, 1] to little-endian int16; louder ones are clipped, not wrapped."""
    return np.round(np.clip(samples, -1, 1) * 32767).astype("<i2")


def wav_header(sample_rate: int, num_samples: int | None) -> bytes:
    """Build the header of a mono 16-bit WAV file.

    It says that the speech is AI-generated, in a LIST/INFO chunk.

    Args:
        sample_rate: Hertz.
        num_samples: How many samples follow; None for a stream of unknown length.
    """
    info = b"INFO" + _chunk(b"ISFT", b"voicepack\0") + _chunk(b"ICMT", AI_NOTICE.encode() + b"\0")
    shape = struct.pack("<HHIIHH", 1, 1, sample_rate, 2 * sample_rate, 2, 16)
    body = b"WAVE" + _chunk(b"fmt ", shape) + _chunk(b"LIST", info)
    data = _UNKNOWN_LENGTH - len(body) - 8 if num_samples is None else 2 * num_samples
    return (
        b"RIFF"
        + struct.pack("<I", len(body) + 8 + data)
        + body
        + struct.pack("<4sI", b"data", data)
    )


def stream_wav(chunks: Iterable[AudioChunk], sample_rate: int) -> Iterator[bytes]:
    """Turn chunks into the bytes of a WAV stream, as they come."""
    yield wav_header(sample_rate, None)
    yield from stream_raw(chunks)


def stream_raw(chunks: Iterable[AudioChunk]) -> Iterator[bytes]:
    """Turn chunks into bare int16 little-endian samples, as they come."""
    for chunk in chunks:
        yield to_int16(chunk.samples).tobytes()


def write_wav(file: BinaryIO, chunks: Iterable[AudioChunk], sample_rate: int) -> int:
    """Write a WAV file, then put the true length into its header.

    Returns:
        Samples written.
    """
    file.write(wav_header(sample_rate, 0))
    num_samples = 0
    for chunk in chunks:
        file.write(to_int16(chunk.samples).tobytes())
        num_samples += len(chunk.samples)
    file.seek(0)
    file.write(wav_header(sample_rate, num_samples))
    return num_samples


def _chunk(kind: bytes, content: bytes) -> bytes:
    padding = b"\0" * (len(content) % 2)
    return kind + struct.pack("<I", len(content)) + content + padding
