from __future__ import annotations

import struct
import zlib

import numpy as np
import pytest

from voicepack.quantize.reports.spectrogram_image import difference_image, mel_db, spectrogram_image

RATE = 32000
TIME = np.arange(RATE) / RATE
LOW, HIGH = ((np.sin(2 * np.pi * hertz * TIME) / 2).astype(np.float32) for hertz in (200, 4000))
HALF, TWICE = np.float32(0.5), np.float32(2)


def pixels(png: bytes) -> np.ndarray:
    """Indices into the palette, (height, width); chunks come in the order of `to_png`."""
    width, height = struct.unpack_from(">II", png, 16)
    at = png.index(b"IDAT")
    (length,) = struct.unpack_from(">I", png, at - 4)
    rows = np.frombuffer(zlib.decompress(png[at + 4 : at + 4 + length]), np.uint8)
    return rows.reshape(height, width + 1)[:, 1:]


def test_a_second_is_101_pixels_of_80_bands() -> None:
    assert pixels(spectrogram_image(LOW, 0, RATE)).shape == (80, 101)


def test_low_sounds_are_drawn_below_high_ones() -> None:
    low, high = (pixels(spectrogram_image(tone, 40, RATE))[:, 50] for tone in (LOW, HIGH))
    assert low.argmax() > 70
    assert high.argmax() < 40


def test_half_the_amplitude_is_6_db_less() -> None:
    louder, quieter = mel_db(LOW, RATE).max(), mel_db(HALF * LOW, RATE).max()
    assert louder - quieter == pytest.approx(20 * np.log10(2))


def test_equal_recordings_have_a_difference_of_one_colour() -> None:
    assert (pixels(difference_image(LOW, LOW, RATE)) == 128).all()


def test_what_is_louder_is_drawn_on_the_other_side_of_equal_than_what_is_quieter() -> None:
    louder = pixels(difference_image(LOW, TWICE * LOW, RATE))
    quieter = pixels(difference_image(LOW, HALF * LOW, RATE))
    assert louder.min() >= 127
    assert louder.max() > 128
    assert quieter.max() <= 128
    assert quieter.min() < 127


def test_nan_is_drawn_as_silence() -> None:
    broken = np.full_like(LOW, np.nan)
    assert (pixels(spectrogram_image(broken, 40, RATE)) == 0).all()
