"""Says source speech again on the token grid: pulses and noise where the grid wants them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyworld
from source_speech import SAMPLE_RATE, SourceSpeech
from token_grid import PHONES, TOKEN_S, UNVOICED, TokenGrid, place_on_grid

from voicepack.runtime.phones import FloatArray, IntArray

DoubleArray = npt.NDArray[np.float64]
TOKEN = round(SAMPLE_RATE * TOKEN_S)
"""Samples of a token."""
STEP_S = 0.005
STEP = round(SAMPLE_RATE * STEP_S)
STEPS_PER_TOKEN = TOKEN // STEP
FFT = 2048
FREQUENCIES = np.fft.rfftfreq(FFT, 1 / SAMPLE_RATE)
HISSING = ("z", "zh", "v", "dh", "jh")
NOISE_FROM_HZ = {"voiced": 5500.0, "hissing": 1500.0}
"""Above this a voiced phone is more noise than tone."""
FROZEN_NOISE = np.random.default_rng(7).standard_normal(TOKEN)
"""The same in every token, so that noise too can be learnt by regression."""


@dataclass(frozen=True)
class GridSpeech:
    """A sentence on the token grid."""

    grid: TokenGrid
    samples: FloatArray
    """float32, (num_tokens * TOKEN,)."""
    envelope: FloatArray
    """float32, (num_tokens * STEPS_PER_TOKEN, FFT // 2 + 1): power, every 5 ms."""


def pitch_of(samples: FloatArray) -> FloatArray:
    """Track the pitch every 5 ms; hertz, 0 where unvoiced."""
    wide = samples.astype(np.float64)
    rough, times = pyworld.dio(wide, SAMPLE_RATE, f0_floor=90, f0_ceil=350, frame_period=5, speed=8)
    pitch: FloatArray = pyworld.stonemask(wide, rough, times, SAMPLE_RATE).astype(np.float32)
    return pitch


def resynthesize(source: SourceSpeech) -> GridSpeech:
    """Put a sentence on the grid and say it again."""
    pitch = pitch_of(source.samples)
    grid = place_on_grid(source.phones, source.ends_s, pitch, STEP_S)
    times = STEP_S * np.arange(pitch.size)
    spectrogram = pyworld.cheaptrick(
        source.samples.astype(np.float64),
        pitch.astype(np.float64),
        times,
        SAMPLE_RATE,
        fft_size=FFT,
    )
    log_envelope = _warp(np.log(spectrogram + 1e-12), grid)
    samples = _tone(grid, log_envelope) + _noise(grid, log_envelope)
    return GridSpeech(grid, samples.astype(np.float32), np.exp(log_envelope).astype(np.float32))


def cycle_phase(grid: TokenGrid) -> DoubleArray:
    """Count pitch cycles along the sentence.

    The pitch glides from token to token, yet each token holds exactly its whole number of cycles.

    Returns:
        float64, (num_tokens, TOKEN + 1): cycles since the beginning of the token.
    """
    before, after = border_cycles(grid)
    bend = grid.cycles - (before + after) / 2
    x = np.linspace(0, 1, TOKEN + 1)
    return (
        before[:, None] * x
        + (after - before)[:, None] * x**2 / 2
        + bend[:, None] * (3 * x**2 - 2 * x**3)
    )


def border_cycles(grid: TokenGrid) -> tuple[DoubleArray, DoubleArray]:
    """Give the pitch at both borders of each token, in cycles a token."""
    own = grid.cycles.astype(np.float64)
    left, right = np.append(own[:1], own[:-1]), np.append(own[1:], own[-1:])
    left, right = np.where(left > 0, left, own), np.where(right > 0, right, own)
    return (left + own) / 2, (own + right) / 2


def _warp(log_spectrogram: DoubleArray, grid: TokenGrid) -> DoubleArray:
    """Move what the source says at phone borders to the token borders; linear in between."""
    num_steps = int(grid.ends[-1]) * STEPS_PER_TOKEN
    out_s = (np.arange(num_steps) + 0.5) * STEP_S
    borders_s = np.concatenate([[0.0], grid.ends * TOKEN_S])
    source_s = np.interp(out_s, borders_s, np.concatenate([[0.0], grid.source_ends_s]))
    return _interpolate(log_spectrogram, source_s / STEP_S)


def _interpolate(rows: DoubleArray, places: DoubleArray) -> DoubleArray:
    left = np.clip(places.astype(np.int64), 0, len(rows) - 1)
    right = np.minimum(left + 1, len(rows) - 1)
    share = np.clip(places - left, 0, 1)[:, None]
    return rows[left] * (1 - share) + rows[right] * share


def _tone(grid: TokenGrid, log_envelope: DoubleArray) -> DoubleArray:
    """Add the vocal tract's answer to every pulse of the voice."""
    phase = cycle_phase(grid)
    places, widths, tokens = [], [], []
    for token in np.flatnonzero(grid.cycles):
        pulses = np.arange(grid.cycles[token])
        at = np.interp(pulses, phase[token], np.arange(TOKEN + 1))
        places.append(token * TOKEN + at)
        widths.append(np.diff(np.append(at, TOKEN)))
        tokens.append(np.full(pulses.size, token))
    at, width, rows = map(np.concatenate, (places, widths, tokens))
    tone_share = 1 - noise_share(grid)[rows]
    spectra = _minimum_phase(_interpolate(log_envelope, at / STEP - 0.5) + np.log(tone_share))
    delay = np.exp(-2j * np.pi * np.outer(at % 1, FREQUENCIES) / SAMPLE_RATE)
    answers = np.fft.irfft(spectra * delay) * np.sqrt(width)[:, None]
    return _overlap(answers, at.astype(np.int64), len(grid.phones) * TOKEN)


def _noise(grid: TokenGrid, log_envelope: DoubleArray) -> DoubleArray:
    share = np.repeat(noise_share(grid), STEPS_PER_TOKEN, axis=0)
    spectra = _minimum_phase(log_envelope + np.log(share))
    num_steps = len(log_envelope)
    window = np.hanning(2 * STEP + 1)[:-1]
    starts = np.arange(num_steps) * STEP
    # A block reaches half a step beyond its own on both sides; the noise repeats with every token.
    blocks = FROZEN_NOISE[(starts[:, None] - STEP // 2 + np.arange(2 * STEP)) % TOKEN] * window
    answers = np.fft.irfft(np.fft.rfft(blocks, FFT) * spectra)
    return _overlap(answers, starts - STEP // 2, num_steps * STEP)


def noise_share(grid: TokenGrid) -> DoubleArray:
    """Say how much of the power is noise: float64, (num_tokens, FFT // 2 + 1), inside (0, 1)."""
    kinds = {"voiced": np.log(NOISE_FROM_HZ["voiced"]), "hissing": np.log(NOISE_FROM_HZ["hissing"])}
    log_hz = np.log(np.maximum(FREQUENCIES, 1.0))
    shares = {kind: 1 / (1 + np.exp(-5 * (log_hz - middle))) for kind, middle in kinds.items()}
    rows = []
    for phone in PHONES:
        if phone in UNVOICED:
            rows.append(np.full(log_hz.size, 1 - 1e-6))
        else:
            rows.append(
                np.clip(shares["hissing" if phone in HISSING else "voiced"], 1e-6, 1 - 1e-6)
            )
    table: DoubleArray = np.array(rows)[grid.phones]
    return table


def _minimum_phase(log_power: DoubleArray) -> DoubleArray:
    """Turn log power spectra into the spectra of minimum phase that have this power."""
    cepstra = np.fft.irfft(log_power / 2)
    cepstra[:, 1 : FFT // 2] *= 2
    cepstra[:, FFT // 2 + 1 :] = 0
    return np.exp(np.fft.rfft(cepstra))


def _overlap(answers: DoubleArray, starts: IntArray, length: int) -> DoubleArray:
    sound = np.zeros(length + 2 * FFT)
    for answer, start in zip(answers, starts + FFT, strict=True):
        sound[start : start + FFT] += answer
    return sound[FFT : FFT + length]
