from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from voicepack.export.checkpoint import open_sovits
from voicepack.export.clip import Clip
from voicepack.export.errors import ReferenceClipError
from voicepack.export.speaker_branch import SpeakerBranch
from voicepack.export.spectrogram import SpectrogramShape
from voicepack.export.style_encoder import STYLE_ENCODER_WEIGHTS, StyleEncoder
from voicepack.export.voice_embedding import VoiceEmbedder
from voicepack.export.weights import WeightTable, load_module

pytestmark = pytest.mark.torch

V2 = SpectrogramShape(sample_rate=32000, fft_size=2048, hop=640, window=2048)


def clip_of(samples: np.ndarray, sample_rate: int = 32000) -> Clip:
    return Clip(Path("clip.wav"), "", np.atleast_2d(samples).astype(np.float32), sample_rate)


def seeded_encoder() -> StyleEncoder:
    torch.manual_seed(0)
    return StyleEncoder(num_bins=704, hidden_size=8, embedding_size=6, kernel_size=5).eval()


class KnownSpeakers(nn.Module):
    """Stands in for the speaker encoder: gives upstream's embeddings, in turn."""

    def __init__(self, embeddings: list[np.ndarray]) -> None:
        super().__init__()
        self.embeddings = iter(embeddings)
        self.heard: list[Tensor] = []

    def forward(self, filter_bank: Tensor) -> Tensor:
        self.heard.append(filter_bank)
        return torch.from_numpy(next(self.embeddings))


def test_several_clips_give_the_mean_of_their_embeddings() -> None:
    embedder = VoiceEmbedder(seeded_encoder(), V2)
    rng = np.random.default_rng(0)
    first, second = (clip_of(rng.uniform(-0.9, 0.9, size)) for size in (9000, 20000))
    together = embedder.embedding([first, second])
    apart = [embedder.embedding([clip]) for clip in (first, second)]
    np.testing.assert_allclose(together, np.mean(apart, axis=0), rtol=1e-5, atol=1e-7)


def test_a_clip_over_full_scale_sounds_like_one_at_full_scale() -> None:
    embedder = VoiceEmbedder(seeded_encoder(), V2)
    noise = np.random.default_rng(0).uniform(-1, 1, 9000)
    full_scale = noise / np.abs(noise).max()
    loud = embedder.embedding([clip_of(1.7 * full_scale)])
    np.testing.assert_allclose(loud, embedder.embedding([clip_of(full_scale)]), rtol=1e-4)


def test_the_fewest_samples_are_those_of_the_wider_frame() -> None:
    branch = SpeakerBranch(KnownSpeakers([np.zeros((1, 4))]), nn.Linear(4, 6), nn.PReLU(6))
    # 25 ms of filter bank at 32 kHz are 800 samples, where the spectrogram makes do with 705.
    with pytest.raises(ReferenceClipError, match=r"25 ms long.* needs 25 ms"):
        VoiceEmbedder(seeded_encoder(), V2, branch).embedding([clip_of(np.ones(799))])
    with pytest.raises(ReferenceClipError, match=r"22 ms long.* needs 22 ms"):
        VoiceEmbedder(seeded_encoder(), V2).embedding([clip_of(np.ones(704))])


def test_the_speaker_is_added_to_the_style_before_the_activation() -> None:
    projection, activation = nn.Linear(2, 6), nn.PReLU(6)
    nn.init.zeros_(projection.weight)
    projection.bias.data = torch.tensor([100.0, -100.0, 0.0, 0.0, 0.0, 0.0])
    activation.weight.data = torch.tensor([0.5, 0.5, 1.0, 1.0, 1.0, 1.0])
    branch = SpeakerBranch(KnownSpeakers([np.ones((1, 2), np.float32)]), projection, activation)
    clip = clip_of(np.random.default_rng(0).uniform(-1, 1, 9000))
    style = VoiceEmbedder(seeded_encoder(), V2).embedding([clip])
    embedding = VoiceEmbedder(seeded_encoder(), V2, branch).embedding([clip])
    expected = [style[0] + 100, (style[1] - 100) / 2, *style[2:]]
    np.testing.assert_allclose(embedding, expected, rtol=1e-5)


@pytest.mark.parity
def test_a_pro_voice_has_upstreams_embedding_given_upstreams_speakers(
    reference_data: Path,
) -> None:
    upstream = np.load(reference_data / "v2pro/short.npz")
    checkpoint = open_sovits(reference_data / "v2pro/sovits_e8_s800.pth")
    weights = {name: weight.float() for name, weight in checkpoint.weights.items()}
    encoder = load_module(
        StyleEncoder.sized_for(checkpoint),
        {name: weight for name, weight in weights.items() if name.startswith("ref_enc.")},
        WeightTable(STYLE_ENCODER_WEIGHTS),
        "v2pro",
    )
    projection, activation = nn.Linear(20480, 1024), nn.PReLU(1024)
    projection.load_state_dict({"weight": weights["sv_emb.weight"], "bias": weights["sv_emb.bias"]})
    activation.load_state_dict({"weight": weights["prelu.weight"]})
    speakers = KnownSpeakers([upstream["ref_sv_emb"], upstream["aux_sv_emb"]])
    branch = SpeakerBranch(speakers, projection, activation)
    clips = [clip_of(upstream["in_ref_wav"]), clip_of(upstream["in_aux_wav"])]
    embedding = VoiceEmbedder(encoder, V2, branch).embedding(clips)
    expected = upstream["dec2_ge"][0, :, 0]
    # Single precision on both sides, with other kernels.
    assert np.linalg.norm(embedding - expected) <= 1e-5 * np.linalg.norm(expected)
    np.testing.assert_allclose(speakers.heard[0], upstream["ref_sv_fbank"], atol=2e-3)
