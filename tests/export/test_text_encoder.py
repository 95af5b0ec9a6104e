from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the export extra")

import torch
from torch.utils.hooks import RemovableHandle

from voicepack.export.synthesizer import Synthesizer
from voicepack.export.text_encoder import (
    Encoder,
    EncoderSizes,
    TextEncoder,
    TextEncoderSizes,
    resample,
)

pytestmark = pytest.mark.torch

CASES = [("v2", "short"), ("v2", "mid"), ("v2pro", "short")]
TOLERANCE = 1e-5  # relative, of float32 sums over up to 768 products in another order


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def encode(
    synthesizer: Synthesizer, data: dict[str, np.ndarray]
) -> tuple[dict[str, np.ndarray], tuple[np.ndarray, np.ndarray]]:
    """Run the text encoder; return what its parts gave, and its result."""
    encoder, seen = synthesizer.latent.text_encoder, {}

    def watch(name: str) -> RemovableHandle:
        def keep(_part: object, _inputs: object, output: torch.Tensor) -> None:
            seen[name] = output.numpy()

        return encoder.get_submodule(name).register_forward_hook(keep)

    parts = ("speech_encoder", "phone_encoder", "mrte", "joint_encoder")
    handles = [watch(name) for name in parts]
    tokens, phones = (torch.from_numpy(data[key]) for key in ("in_codes_fixed", "in_phones2"))
    embedding = torch.from_numpy(data["dec_ge"])
    with torch.inference_mode():
        style = synthesizer.latent.style_projection(embedding)
        mean, log_deviation = encoder(tokens, phones, style, 2 * len(tokens))
    for handle in handles:
        handle.remove()
    return seen, (mean.numpy(), log_deviation.numpy())


@pytest.mark.parity
@pytest.mark.parametrize(("generation", "case"), CASES)
def test_every_part_equals_upstream(
    generation: str,
    case: str,
    reference_data: Path,
    upstream_synthesizer: Callable[[str], Synthesizer],
) -> None:
    data = dict(np.load(reference_data / generation / f"{case}.npz"))

    parts, (mean, log_deviation) = encode(upstream_synthesizer(generation), data)

    assert relative_error(parts["speech_encoder"], data["dec_enc_ssl"]) < TOLERANCE
    assert relative_error(parts["phone_encoder"], data["dec_enc_text"]) < TOLERANCE
    assert relative_error(parts["mrte"], data["dec_mrte"]) < TOLERANCE
    assert relative_error(parts["joint_encoder"], data["dec_enc2"]) < TOLERANCE
    assert relative_error(mean, data["dec_m_p"]) < TOLERANCE
    assert relative_error(log_deviation, data["dec_logs_p"]) < TOLERANCE


@given(length=st.integers(1, 40), num_frames=st.integers(1, 90))
@settings(deadline=None)
def test_resampling_equals_pytorchs_linear_interpolation(length: int, num_frames: int) -> None:
    hidden = torch.linspace(-1, 1, 3 * length).sin().view(1, 3, length)

    stretched = resample(hidden, num_frames)

    expected = torch.nn.functional.interpolate(hidden, size=num_frames, mode="linear")
    torch.testing.assert_close(stretched, expected, rtol=0, atol=1e-5)


@given(length=st.integers(1, 300))
@settings(deadline=None)
def test_resampling_to_the_same_length_changes_no_bit(length: int) -> None:
    hidden = torch.rand(1, 2, length)

    assert torch.equal(resample(hidden, length), hidden)


@pytest.mark.parametrize(
    ("num_tokens", "num_phones", "num_frames"), [(1, 1, 1), (1, 5, 3), (7, 1, 9)]
)
def test_the_shortest_sentences_have_finite_statistics(
    num_tokens: int, num_phones: int, num_frames: int
) -> None:
    sizes = EncoderSizes(channels=8, feed_forward=16, kernel_size=3, num_heads=2, window=4)
    encoder = TextEncoder(TextEncoderSizes(sizes, 1, 1, 1, 10, 20, 12, 6)).eval()
    tokens = torch.zeros(num_tokens, dtype=torch.int64)
    phones = torch.zeros(num_phones, dtype=torch.int64)

    with torch.inference_mode():
        mean, log_deviation = encoder(tokens, phones, torch.ones(1, 12, 1), num_frames)

    assert mean.shape == log_deviation.shape == (1, 6, num_frames)
    assert bool(mean.isfinite().all())
    assert bool(log_deviation.isfinite().all())


def test_an_encoder_sees_mirrored_input_as_mirrored_only_if_distances_are_symmetric() -> None:
    torch.manual_seed(0)
    sizes = EncoderSizes(channels=8, feed_forward=16, kernel_size=1, num_heads=2, window=2)
    encoder = Encoder(sizes, num_layers=2).eval()
    hidden = torch.randn(1, 8, 11)

    with torch.inference_mode():
        symmetric = encoder(hidden.flip(2)).flip(2)
        expected = encoder(hidden)
        encoder.get_parameter("blocks.0.attention.distance_keys").copy_(torch.randn(1, 5, 4))
        lopsided = encoder(hidden.flip(2)).flip(2)

    torch.testing.assert_close(symmetric, expected)
    assert not torch.allclose(lopsided, expected, atol=1e-3)
