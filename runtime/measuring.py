"""Measures how fast a voice is on this machine, stage by stage."""

from __future__ import annotations

import resource
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import median

import numpy as np

from voicepack.runtime.contract import SEMANTIC_RATE, num_latent_frames
from voicepack.runtime.embedding import embed_phones, embed_tokens, join_phones
from voicepack.runtime.phones import Phones
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.voice import Voice

LINUX_STATUS = Path("/proc/self/status")
NUM_PHONES = 60
"""Phones of the measured sentence: what eight seconds of speech have."""


@dataclass(frozen=True)
class Speed:
    """What one sentence costs. Times are medians over the repetitions, in seconds."""

    load_s: float
    """Opening, verifying and loading the pack."""
    prefill_s: float
    """From the embedded phones and prompt to the first logits."""
    step_s: float
    """One token."""
    latent_s: float
    vocoder_s: float
    audio_s: float
    """Seconds of speech that the measured sentence has."""
    context: int
    """Positions that the last token looked back on."""
    peak_memory: int
    """Bytes that the process held at most."""

    @property
    def total_s(self) -> float:
        """The whole sentence."""
        tokens = self.audio_s * SEMANTIC_RATE
        return self.prefill_s + tokens * self.step_s + self.latent_s + self.vocoder_s

    @property
    def real_time_factor(self) -> float:
        """Seconds of work for a second of speech."""
        return self.total_s / self.audio_s


def measure_speed(pack: Path, threads: int | None, audio_s: float, repetitions: int) -> Speed:
    """Load a voice and measure a sentence of given length.

    The tokens are given, not generated, so that every voice and precision does the same work.

    Args:
        pack: The voice pack.
        threads: As for `Voice.load`.
        audio_s: Seconds of speech.
        repetitions: Runs of each stage, after one that does not count.

    Raises:
        PackError: The pack is missing, damaged or unsafe.
        TargetError: Its engine is missing, too old, or refuses a graph.
    """
    start = time.perf_counter()
    voice = Voice.load(pack, threads)
    load_s = time.perf_counter() - start
    return _measure(voice, load_s, round(audio_s * SEMANTIC_RATE), repetitions)


def _measure(voice: Voice, load_s: float, num_tokens: int, repetitions: int) -> Speed:
    prompt = voice.pack.prompt()
    random = np.random.default_rng(0)
    phones = Phones(random.integers(0, len(voice.symbols.symbols), NUM_PHONES))
    tokens = random.integers(0, voice.pack.manifest.text2semantic.vocabulary - 1, num_tokens)
    tables, decoder = voice.generator.tables, voice.generator.decoder
    text = embed_phones(tables, join_phones(prompt.phones, phones))
    start = np.concatenate([text, embed_tokens(tables, prompt.tokens, 0)])
    rows = embed_tokens(tables, tokens, len(prompt.tokens))

    prefill_s = _median_time(lambda: decoder.prefill(start, len(text)), repetitions)
    steps = [_time(partial(decoder.step, row)) for row in rows]
    noise = voice.acoustics.noise(num_tokens, 1.0, 0.5, RandomStream(0))
    latent = voice.acoustics.latent_of(tokens, phones.ids, prompt.embedding, noise)
    return Speed(
        load_s=load_s,
        prefill_s=prefill_s,
        step_s=median(steps),
        latent_s=_median_time(
            lambda: voice.acoustics.latent_of(tokens, phones.ids, prompt.embedding, noise),
            repetitions,
        ),
        vocoder_s=_median_time(
            lambda: voice.acoustics.audio_of(latent, prompt.embedding), repetitions
        ),
        audio_s=num_latent_frames(num_tokens, 1.0) / 2 / SEMANTIC_RATE,
        context=len(start) + num_tokens,
        peak_memory=peak_memory(),
    )


def peak_memory() -> int:
    """Return the most memory this process held so far, in bytes."""
    if LINUX_STATUS.exists():
        # Not getrusage: on Linux its figure begins with what the parent held when it forked.
        lines = LINUX_STATUS.read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) * 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak if sys.platform == "darwin" else peak * 1024


def _median_time(work: Callable[[], object], repetitions: int) -> float:
    work()
    return median(_time(work) for _ in range(repetitions))


def _time(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
