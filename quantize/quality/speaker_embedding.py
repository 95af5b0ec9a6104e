"""Whose voice a piece of audio is: the embedding by the voice's own reference encoder.

The export runs the same encoder on the reference clip; its graph comes with full-precision packs.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from voicepack.runtime.contract import FRAMES_PER_TOKEN, SEMANTIC_RATE, GraphRole, SpeakerTensor
from voicepack.runtime.manifest import GraphEntry
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

POWER_FLOOR = 1e-8
"""Added to the power, as upstream does: the magnitude of silence is 1e-4."""


@dataclass(frozen=True)
class SpeakerEncoder:
    """The reference encoder of a voice, loaded."""

    session: Session
    fft_size: int
    hop: int
    """Samples between two frames."""

    def embedding(self, samples: FloatArray) -> FloatArray:
        """Embed a piece of audio.

        Args:
            samples: float32, (num_samples,), of the voice's sample rate and in [-1, 1].

        Returns:
            float32, (channels,). NaN where a sample is NaN or infinite.
        """
        with np.errstate(invalid="ignore"):
            spectrogram = linear_spectrogram(samples, self.fft_size, self.hop)
        outputs = self.session.run({SpeakerTensor.SPECTROGRAM: spectrogram[None]})
        embedding: FloatArray = outputs[SpeakerTensor.EMBEDDING][0]
        return embedding


def open_speaker_encoder(pack: VoicePack, options: EngineOptions) -> SpeakerEncoder | None:
    """Load the speaker graph of a pack; None where it has none.

    Raises:
        TargetError: The engine refuses the graph.
    """
    graph = speaker_graph(pack)
    if graph is None:
        return None
    (spectrogram,) = graph.inputs
    frequencies = spectrogram.shape[1]
    assert isinstance(frequencies, int)
    engine = engine_of(find_profile(pack.manifest.target))
    return SpeakerEncoder(
        session=engine.open(pack.path(graph.file), options),
        fft_size=2 * (frequencies - 1),
        hop=pack.manifest.sample_rate // (SEMANTIC_RATE * FRAMES_PER_TOKEN),
    )


def speaker_graph(pack: VoicePack) -> GraphEntry | None:
    """Find the speaker graph of a pack."""
    found = (graph for graph in pack.manifest.graphs if graph.role is GraphRole.SPEAKER)
    return next(found, None)


def linear_spectrogram(samples: FloatArray, fft_size: int, hop: int) -> FloatArray:
    """Return the magnitudes of a Hann-windowed Fourier transform, as the encoder was trained on.

    Args:
        samples: float32, (num_samples,). Audio too short to be mirrored is padded with silence.
        fft_size: Samples of the transform and of the window.
        hop: Samples between two frames.

    Returns:
        float32, (fft_size // 2 + 1, num_frames); the first frame begins with the audio, for half of
        what a frame exceeds the hop is mirrored at each end.

    Source: upstream `module/mel_processing.py`, spectrogram_torch.
    """
    padding = (fft_size - hop) // 2
    lacking = max(0, fft_size - samples.size)
    padded = np.pad(np.pad(samples, (0, lacking)), padding, mode="reflect")
    frames = np.lib.stride_tricks.sliding_window_view(padded, fft_size)[::hop]
    window = 0.5 - 0.5 * np.cos(2 * np.pi * np.arange(fft_size) / fft_size)
    spectrum = np.fft.rfft(frames * window, axis=1)
    power = np.square(spectrum.real) + np.square(spectrum.imag)
    return np.sqrt(power + POWER_FLOOR).astype(np.float32).T.copy()
