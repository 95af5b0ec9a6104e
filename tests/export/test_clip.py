from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
import pytest
import soundfile

from voicepack.export.clip import read_clip
from voicepack.export.errors import ReferenceClipError

pytestmark = pytest.mark.torch

STEREO = np.array([[0.5, -0.25], [0.0, 0.5], [-1.0, 1.0]], np.float32)
"""Three samples of two channels, as files hold them."""


def write(path: Path, samples: np.ndarray, rate: int = 22050, subtype: str = "FLOAT") -> Path:
    soundfile.write(path, samples, rate, subtype=subtype)
    return path


def test_a_stereo_clip_keeps_its_rate_and_its_channels(tmp_path: Path) -> None:
    clip = read_clip(write(tmp_path / "clip.wav", STEREO))
    assert clip.sample_rate == 22050
    assert clip.samples.dtype == np.float32
    np.testing.assert_array_equal(clip.samples, STEREO.T)


def test_mono_is_the_mean_of_the_channels(tmp_path: Path) -> None:
    clip = read_clip(write(tmp_path / "clip.wav", STEREO))
    np.testing.assert_array_equal(clip.mono, np.array([0.125, 0.25, 0.0], np.float32))


def test_16_bit_full_scale_is_one(tmp_path: Path) -> None:
    samples = np.array([16384, -32768], np.int16)
    clip = read_clip(write(tmp_path / "clip.wav", samples, subtype="PCM_16"))
    np.testing.assert_array_equal(clip.mono, np.array([0.5, -1.0], np.float32))


@pytest.mark.parametrize("name", ["clip.flac", "clip.ogg", "clip.mp3", "clip.aiff"])
def test_other_formats_are_read_too(tmp_path: Path, name: str) -> None:
    tone = 0.5 * np.sin(np.arange(44100) * 2 * np.pi * 440 / 44100)
    soundfile.write(tmp_path / name, tone, 44100)
    clip = read_clip(tmp_path / name)
    assert clip.sample_rate == 44100
    # Lossy codecs shift the tone and pad it, but keep its loudness to a few percent.
    assert clip.duration_s == pytest.approx(1, abs=0.06)
    assert np.abs(clip.mono).max() == pytest.approx(0.5, rel=0.05)


def test_the_hash_is_that_of_the_file(tmp_path: Path) -> None:
    path = write(tmp_path / "clip.wav", STEREO)
    assert read_clip(path).sha256 == hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.zeros(0, np.float32), "no samples"),
        (np.zeros(1000, np.float32), "silent"),
        (np.full(1000, 5e-5, np.float32), "silent"),
        (np.array([0.1, np.nan, np.inf], np.float32), "2 of 3 samples"),
    ],
)
def test_a_clip_without_speech_is_refused(
    tmp_path: Path, samples: np.ndarray, complaint: str
) -> None:
    path = write(tmp_path / "clip.wav", samples)
    with pytest.raises(ReferenceClipError, match=complaint) as caught:
        read_clip(path)
    assert str(path) in str(caught.value)


@pytest.mark.parametrize("content", [b"", b"RIFF", b"not audio at all" * 99, b"\x00" * 5000])
def test_a_file_that_is_not_audio_is_refused(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "clip.wav"
    path.write_bytes(content)
    with pytest.raises(ReferenceClipError, match=r"clip\.wav: not audio"):
        read_clip(path)


@pytest.mark.parametrize("name", ["absent.wav", "."])
def test_a_path_without_a_file_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(ReferenceClipError, match="no such reference clip"):
        read_clip(tmp_path / name)
