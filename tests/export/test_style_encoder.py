from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from voicepack.export.checkpoint import open_sovits
from voicepack.export.style_encoder import STYLE_ENCODER_WEIGHTS, StyleEncoder
from voicepack.export.weights import WeightTable, load_module

pytestmark = pytest.mark.torch


def load(path: Path) -> StyleEncoder:
    checkpoint = open_sovits(path)
    weights = {k: v for k, v in checkpoint.weights.items() if k.startswith("ref_enc.")}
    table = WeightTable(STYLE_ENCODER_WEIGHTS)
    return load_module(StyleEncoder.sized_for(checkpoint), weights, table, path.name)


def dense(layer: nn.Module, x: np.ndarray) -> np.ndarray:
    state = layer.state_dict()
    return np.asarray(x @ state["weight"].double().numpy().T + state["bias"].double().numpy())


def convolve(layer: nn.Module, x: np.ndarray) -> np.ndarray:
    state = layer.state_dict()
    weight, bias = state["weight"].double().numpy(), state["bias"].double().numpy()
    reach = weight.shape[2] // 2
    padded = np.pad(x, ((reach, reach), (0, 0)))
    taps = [padded[k : k + len(x)] @ weight[:, :, k].T for k in range(weight.shape[2])]
    return np.asarray(sum(taps) + bias)


def encode_by_the_paper(encoder: StyleEncoder, frames: np.ndarray) -> np.ndarray:
    """Meta-StyleSpeech's encoder with upstream's temperature, head by head in double precision."""
    x = frames
    for layer in encoder.frame_layers:
        x = dense(layer, x)
        x = x * np.tanh(np.log1p(np.exp(x)))
    for layer in encoder.gated_convolutions:
        value, gate = np.split(convolve(layer, x), 2, axis=1)
        x = x + value / (1 + np.exp(-gate))
    width = x.shape[1]
    query, key, value = (dense(m, x) for m in (encoder.query, encoder.key, encoder.value))
    heads = []
    for head in (slice(0, width // 2), slice(width // 2, width)):
        scores = np.exp(query[:, head] @ key[:, head].T / np.sqrt(width))
        heads.append(scores / scores.sum(axis=1, keepdims=True) @ value[:, head])
    x = x + dense(encoder.attention_output, np.concatenate(heads, axis=1))
    return np.asarray(dense(encoder.embedding, x).mean(axis=0))


@pytest.mark.parametrize("num_frames", [1, 2, 40])
def test_the_embedding_follows_from_the_formulas(num_frames: int) -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(num_bins=30, hidden_size=16, embedding_size=12, kernel_size=5).eval()
    spectrogram = 3 * torch.rand(1, 30, num_frames)
    with torch.inference_mode():
        embedding = encoder(spectrogram)
    expected = encode_by_the_paper(encoder, spectrogram[0].T.double().numpy())
    assert embedding.shape == (1, 12)
    # Single against double precision.
    np.testing.assert_allclose(embedding[0], expected, atol=2e-6)


def test_bins_above_those_it_was_trained_on_change_nothing() -> None:
    torch.manual_seed(0)
    encoder = StyleEncoder(num_bins=7, hidden_size=4, embedding_size=3, kernel_size=5).eval()
    spectrogram = torch.rand(1, 10, 20)
    with torch.inference_mode():
        torch.testing.assert_close(encoder(spectrogram), encoder(spectrogram[:, :7]))


@pytest.mark.parity
@pytest.mark.parametrize(("generation", "embedding_size"), [("v2", 512), ("v2pro", 1024)])
def test_every_weight_of_a_checkpoint_finds_its_place(
    reference_data: Path, generation: str, embedding_size: int
) -> None:
    encoder = load(reference_data / generation / "sovits_e8_s800.pth")
    assert encoder.num_bins == 704
    assert encoder.embedding.out_features == embedding_size


@pytest.mark.parity
@pytest.mark.parametrize("case", ["short", "mid"])
def test_the_embedding_equals_upstreams(reference_data: Path, case: str) -> None:
    upstream = np.load(reference_data / f"v2/{case}.npz")
    encoder = load(reference_data / "v2/sovits_e8_s800.pth")
    with torch.inference_mode():
        embedding = encoder(torch.from_numpy(upstream["ref_refer_spec"])).numpy()
    expected = upstream["dec_ge"][..., 0]
    # Single precision on both sides, with another attention kernel.
    assert np.linalg.norm(embedding - expected) <= 1e-5 * np.linalg.norm(expected)
