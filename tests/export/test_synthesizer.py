from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch", reason="needs the export extra")

import torch

from voicepack.export.checkpoint import Checkpoint, open_sovits
from voicepack.export.errors import CheckpointError
from voicepack.export.synthesizer import Synthesizer, build_synthesizer
from voicepack.runtime.contract import num_latent_frames

pytestmark = [pytest.mark.torch, pytest.mark.parity]

CASES = [("v2", "short"), ("v2", "mid"), ("v2pro", "short")]
DECODINGS = [
    ("dec_audio", "dec_ge", 1.0),
    ("dec_audio_speed12", "dec_ge", 1.2),
    ("dec_audio_speed08", "dec_ge", 0.8),
    ("dec2_audio", "dec2_ge", 1.0),
]


def snr_db(found: np.ndarray, expected: np.ndarray) -> float:
    noise = found.astype(np.float64) - expected
    return float(10 * np.log10(np.square(expected).sum() / np.square(noise).sum()))


@pytest.fixture
def checkpoint(reference_data: Path) -> Checkpoint:
    return open_sovits(reference_data / "v2" / "sovits_e8_s800.pth")


@pytest.mark.parametrize(("audio", "embedding", "speed"), DECODINGS)
@pytest.mark.parametrize(("generation", "case"), CASES)
def test_decoding_equals_upstream(
    generation: str,
    case: str,
    audio: str,
    embedding: str,
    speed: float,
    reference_data: Path,
    upstream_synthesizer: Callable[[str], Synthesizer],
) -> None:
    synthesizer = upstream_synthesizer(generation)
    data = np.load(reference_data / generation / f"{case}.npz")
    tokens, phones, voice = (
        torch.from_numpy(data[key]) for key in ("in_codes_fixed", "in_phones2", embedding)
    )
    frames = num_latent_frames(len(tokens), speed)
    silence = torch.zeros(1, synthesizer.sizes.flow.latent_channels, frames)

    with torch.inference_mode():
        latent = synthesizer.latent(tokens, phones, voice, silence)
        decoded = synthesizer.vocoder(latent, voice)[0, 0].numpy()

    assert decoded.shape == data[audio].shape
    assert snr_db(decoded, data[audio]) > 100  # float32 rounding alone leaves about 128 dB


@pytest.mark.parametrize(("generation", "case"), CASES)
def test_the_latent_equals_upstream(
    generation: str,
    case: str,
    reference_data: Path,
    upstream_synthesizer: Callable[[str], Synthesizer],
) -> None:
    synthesizer = upstream_synthesizer(generation)
    data = np.load(reference_data / generation / f"{case}.npz")
    tokens, phones, voice = (
        torch.from_numpy(data[key]) for key in ("in_codes_fixed", "in_phones2", "dec_ge")
    )

    with torch.inference_mode():
        latent = synthesizer.latent(tokens, phones, voice, torch.zeros(data["dec_z"].shape))

    assert snr_db(latent.numpy(), data["dec_z"]) > 100


def test_the_embedding_of_a_v2pro_voice_has_its_speaker_slots_filled(
    upstream_synthesizer: Callable[[str], Synthesizer],
) -> None:
    synthesizer = upstream_synthesizer("v2pro")

    assert synthesizer.speaker_projection.weight.shape == (1024, 20480)
    assert synthesizer.speaker_activation.weight.shape == (1024,)


def test_weights_that_only_training_needs_are_ignored(checkpoint: Checkpoint) -> None:
    pretrained = {**checkpoint.weights, "enc_q.pre.weight": torch.zeros(192, 1025, 1)}

    build_synthesizer(replace(checkpoint, weights=pretrained))


def test_all_faults_of_the_weights_come_in_one_message(checkpoint: Checkpoint) -> None:
    broken = dict(checkpoint.weights)
    del broken["flow.flows.2.post.bias"]
    broken["dec.mystery.weight"] = torch.zeros(3)
    broken["dec.conv_post.weight"] = torch.zeros(1, 3, 7)

    with pytest.raises(CheckpointError) as caught:
        build_synthesizer(replace(checkpoint, weights=broken))

    assert "flow.flows.2.post.bias" in str(caught.value)
    assert "dec.mystery.weight" in str(caught.value)
    assert "dec.conv_post.weight is (1, 3, 1, 7), expected (1, 2, 1, 7)" in str(caught.value)
