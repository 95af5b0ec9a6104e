import math

import pytest

pytest.importorskip("torch", reason="needs the export extra")

import torch
from torch.nn import functional

from voicepack.export.vocoder import Vocoder, VocoderSizes, add_height, context_frames

pytestmark = pytest.mark.torch

V2_RATES, V2_KERNELS = (10, 8, 2, 2, 2), (16, 16, 8, 2, 2)
PRO_PLUS_KERNELS = (20, 16, 8, 2, 2)


def small_vocoder(
    rates: tuple[int, ...] = (4, 2), kernels: tuple[int, ...] = (8, 4), channels: int = 16
) -> Vocoder:
    torch.manual_seed(0)
    return Vocoder(
        VocoderSizes(
            latent_channels=6,
            embedding_channels=5,
            channels=channels,
            input_kernel=7,
            rates=rates,
            upsampler_kernels=kernels,
            block_kernels=(3, 7),
            block_dilations=((1, 3), (1, 5)),
            output_kernel=7,
        )
    ).eval()


def as_published(
    weights: dict[str, torch.Tensor], latent: torch.Tensor, embedding: torch.Tensor
) -> torch.Tensor:
    """Compute HiFi-GAN with the functions for one-dimensional signals, sizes of `small_vocoder`."""

    def conv(name: str, x: torch.Tensor, dilation: int = 1) -> torch.Tensor:
        weight = weights[f"{name}.weight"].squeeze(2)
        padding = dilation * (weight.shape[2] - 1) // 2
        bias = weights.get(f"{name}.bias")
        return functional.conv1d(x, weight, bias, padding=padding, dilation=dilation)

    x = conv("input", latent) + conv("condition", embedding)
    for stage, (rate, padding) in enumerate(((4, 2), (2, 1))):
        up = weights[f"upsamplers.{stage}.weight"].squeeze(2)
        bias = weights[f"upsamplers.{stage}.bias"]
        x = functional.conv_transpose1d(functional.leaky_relu(x, 0.1), up, bias, rate, padding)
        branches = []
        for kernel, dilations in enumerate(((1, 3), (1, 5))):
            y, block = x, f"blocks.{2 * stage + kernel}"
            for layer, dilation in enumerate(dilations):
                inner = conv(f"{block}.dilated.{layer}", functional.leaky_relu(y, 0.1), dilation)
                y = y + conv(f"{block}.plain.{layer}", functional.leaky_relu(inner, 0.1))
            branches.append(y)
        x = torch.stack(branches).mean(dim=0)
    return torch.tanh(conv("output", functional.leaky_relu(x, 0.01)))


@pytest.mark.parametrize("frames", [1, 2, 13])
def test_images_of_height_one_give_what_one_dimensional_signals_give(frames: int) -> None:
    vocoder = small_vocoder()
    latent, embedding = torch.randn(1, 6, frames), torch.randn(1, 5, 1)

    with torch.inference_mode():
        audio = vocoder(latent, embedding)

    expected = as_published(vocoder.state_dict(), latent, embedding)
    torch.testing.assert_close(audio, expected, rtol=1e-4, atol=1e-6)


@pytest.mark.parametrize("kernels", [V2_KERNELS, PRO_PLUS_KERNELS])
@pytest.mark.parametrize("frames", [1, 3])
def test_a_frame_becomes_one_hop_of_samples(kernels: tuple[int, ...], frames: int) -> None:
    vocoder = small_vocoder(V2_RATES, kernels, channels=32)

    with torch.inference_mode():
        audio = vocoder(torch.randn(1, 6, frames), torch.randn(1, 5, 1))

    assert audio.shape == (1, 1, frames * math.prod(V2_RATES))
    assert float(audio.abs().max()) <= 1


def test_only_convolutions_of_the_vocoder_get_a_height() -> None:
    weights = {
        "dec.conv_pre.weight": torch.zeros(4, 3, 7),
        "dec.conv_pre.bias": torch.zeros(4),
        "enc_p.proj.weight": torch.zeros(4, 3, 1),
    }

    shapes = {name: tuple(weight.shape) for name, weight in add_height(weights).items()}

    assert shapes == {
        "dec.conv_pre.weight": (4, 3, 1, 7),
        "dec.conv_pre.bias": (4,),
        "enc_p.proj.weight": (4, 3, 1),
    }


@pytest.mark.parametrize(
    ("rates", "kernels", "blocks"),
    [
        ((10, 8, 2, 2, 2), (16, 16, 8, 2, 2), (3, 7, 11)),
        ((10, 8, 2, 2, 2), (20, 16, 8, 2, 2), (3, 7, 11)),
        ((4, 2), (8, 4), (3,)),
    ],
)
def test_a_frame_s_audio_depends_on_its_context_and_nothing_beyond(
    rates: tuple[int, ...], kernels: tuple[int, ...], blocks: tuple[int, ...]
) -> None:
    torch.manual_seed(0)
    sizes = VocoderSizes(4, 3, 32, 7, rates, kernels, blocks, tuple((1, 3, 5) for _ in blocks), 7)
    vocoder = Vocoder(sizes).double()
    latent = torch.randn(1, 4, 61, dtype=torch.float64, requires_grad=True)
    audio = vocoder(latent, torch.randn(1, 3, 1, dtype=torch.float64))
    hop = audio.shape[2] // 61
    audio[:, :, 30 * hop : 31 * hop].square().sum().backward()
    assert latent.grad is not None
    seen = latent.grad.abs().sum(dim=(0, 1)).nonzero().flatten()
    reach = max(30 - int(seen.min()), int(seen.max()) - 30)
    # Rounding up at every stage may add a frame.
    assert reach <= context_frames(sizes) <= reach + 1
