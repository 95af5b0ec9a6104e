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

from voicepack.runtime.contract import SEMANTIC_RATE, GraphRole, num_latent_frames
from voicepack.runtime.embedding import embed_phones, embed_tokens, join_phones
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray, IntArray, Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.tuning import Tuning
from voicepack.runtime.voice import Voice, load_voice

LINUX_STATUS = Path("/proc/self/status")
NUM_PHONES = 60
"""Phones of the measured sentence: what eight seconds of speech have."""
OPENING_S = 2.0
"""Seconds of speech of a short first sentence: it is heard when it is complete."""


@dataclass(frozen=True)
class Speed:
    """What one sentence costs. Times are medians over the repetitions, in seconds."""

    load_s: float
    """Opening and verifying the pack, and loading what the first tokens need."""
    later_load_s: float
    """Loading the other graphs, which a first sentence does while its tokens are generated."""
    prefill_s: float
    """From the embedded phones and prompt to the first logits."""
    step_s: float
    """One token."""
    latent_s: float
    vocoder_s: float
    audio_s: float
    """Seconds of speech that the measured sentence has."""
    opening_s: float
    """Latent and vocoder of a first sentence of `OPENING_S`."""
    context: int
    """Positions that the last token looked back on."""
    weights: int
    """Bytes that every token reads: the weights of text2semantic."""
    peak_memory: int
    """Bytes that the process held at most."""
    target: str
    """What the measured graphs were compiled for."""
    threads: int

    @property
    def total_s(self) -> float:
        """The whole sentence."""
        tokens = self.audio_s * SEMANTIC_RATE
        return self.prefill_s + tokens * self.step_s + self.latent_s + self.vocoder_s

    @property
    def tokens_per_s(self) -> float:
        """Semantic tokens a second; speech needs 25."""
        return 1 / self.step_s

    @property
    def first_audio_s(self) -> float:
        """From a text of `OPENING_S` to its sound."""
        return self.prefill_s + OPENING_S * SEMANTIC_RATE * self.step_s + self.opening_s

    @property
    def real_time_factor(self) -> float:
        """Seconds of work for a second of speech."""
        return self.total_s / self.audio_s


def measure_speed(pack: Path, audio_s: float, repetitions: int, tuning: Tuning) -> Speed:
    """Load a voice and measure a sentence of given length.

    The tokens are given, not generated, so that every voice and precision does the same work.

    Args:
        pack: The voice pack.
        audio_s: Seconds of speech.
        repetitions: Runs of each stage, after one that does not count.
        tuning: How. The tuning beside the pack is not looked at.

    Raises:
        PackError: The pack is missing, damaged or unsafe.
        TargetError: Its engine is missing, too old, or refuses a graph.
    """
    start = time.perf_counter()
    options = tuning.engine_options()
    voice = load_voice(VoicePack.open(pack), options, target=tuning.target)
    voice = voice.in_pieces(tuning.piece_frames) if tuning.piece_frames else voice
    load_s = time.perf_counter() - start
    later_load_s = _time(voice.prepare)
    num_tokens = round(audio_s * SEMANTIC_RATE)
    return _measure(voice, (load_s, later_load_s), num_tokens, repetitions, options.threads)


def _measure(
    voice: Voice, loading: tuple[float, float], num_tokens: int, repetitions: int, threads: int
) -> Speed:
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
    latent_s, vocoder_s = _acoustic_times(voice, tokens, phones, prompt, repetitions)
    opening = tokens[: round(OPENING_S * SEMANTIC_RATE)]
    text2semantic = voice.pack.graph(GraphRole.TEXT2SEMANTIC)
    return Speed(
        load_s=loading[0],
        later_load_s=loading[1],
        prefill_s=prefill_s,
        step_s=median(steps),
        latent_s=latent_s,
        vocoder_s=vocoder_s,
        audio_s=num_latent_frames(num_tokens, 1.0) / 2 / SEMANTIC_RATE,
        opening_s=sum(_acoustic_times(voice, opening, phones, prompt, repetitions)),
        context=len(start) + num_tokens,
        weights=voice.pack.manifest.files[text2semantic.weights].size,
        peak_memory=peak_memory(),
        target=voice.pack.manifest.target,
        threads=threads,
    )


def _acoustic_times(
    voice: Voice, tokens: IntArray, phones: Phones, prompt: Prompt, repetitions: int
) -> tuple[float, float]:
    """Return seconds of the latent and of the vocoder."""
    acoustics = voice.acoustics
    noise = acoustics.noise(len(tokens), 1.0, 0.5, RandomStream(0))

    def latent() -> FloatArray:
        return acoustics.latent_of(tokens, phones.ids, prompt.embedding, noise)

    found = latent()
    return _median_time(latent, repetitions), _median_time(
        lambda: acoustics.audio_of(found, prompt.embedding), repetitions
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
