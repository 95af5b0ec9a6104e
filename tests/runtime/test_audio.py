"""Audio leaves as readable WAV or raw samples, never wrapped around."""

from __future__ import annotations

import io
import wave

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from voicepack.runtime.audio import (
    AudioChunk,
    append_pause,
    limit_peak,
    stream_raw,
    stream_wav,
    to_int16,
    write_wav,
)

RAMP = AudioChunk(np.linspace(-1, 1, 101, dtype=np.float32), 32_000, "ramp")


def test_full_scale_is_clipped_not_wrapped() -> None:
    samples = np.array([1.0, 1.5, -1.0, -2.0], np.float32)
    assert to_int16(samples).tolist() == [32767, 32767, -32767, -32767]


def test_loud_audio_is_scaled_to_a_peak_of_one_and_quiet_audio_left_alone() -> None:
    loud = np.array([0.5, -2.0], np.float32)
    quiet = np.array([0.5, -0.25], np.float32)
    assert limit_peak(loud).tolist() == [0.25, -1.0]
    assert limit_peak(quiet).tolist() == [0.5, -0.25]


def test_a_pause_is_that_much_silence() -> None:
    padded = append_pause(np.ones(10, np.float32), 1000, 0.25)
    assert len(padded) == 260
    assert not padded[10:].any()


def test_the_standard_library_reads_a_written_file() -> None:
    buffer = io.BytesIO()
    assert write_wav(buffer, [RAMP, RAMP], 32_000) == 202
    buffer.seek(0)
    with wave.open(buffer) as opened:
        assert (opened.getframerate(), opened.getnchannels(), opened.getsampwidth()) == (
            32000,
            1,
            2,
        )
        assert opened.getnframes() == 202
        assert opened.readframes(101) == to_int16(RAMP.samples).tobytes()


def test_a_written_file_says_that_it_is_generated_and_has_the_length_of_its_header() -> None:
    buffer = io.BytesIO()
    write_wav(buffer, [RAMP], 32_000)
    content = buffer.getvalue()
    assert b"AI-generated" in content
    assert int.from_bytes(content[4:8], "little") == len(content) - 8


def test_a_stream_of_unknown_length_is_read_to_its_end() -> None:
    content = b"".join(stream_wav([RAMP], 32_000))
    with wave.open(io.BytesIO(content)) as opened:
        assert len(opened.readframes(10**6)) == 202


@given(hnp.arrays(np.float32, st.integers(1, 50), elements=st.floats(-1, 1, width=32)))
def test_raw_samples_are_within_half_a_step(
    samples: np.ndarray[tuple[int], np.dtype[np.float32]],
) -> None:
    raw = b"".join(stream_raw([AudioChunk(samples, 32_000)]))
    decoded = np.frombuffer(raw, "<i2") / 32767
    assert np.abs(decoded - samples).max() <= 0.5 / 32767 + 1e-7
