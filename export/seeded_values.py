"""Random weights that keep activations sane through many layers, and let speech end."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping

import torch
from torch import Tensor

from voicepack.export.seeded_shapes import WEIGHT_NORMED, SeededSizes, Shapes
from voicepack.export.weights import unfold_weight_norm

SPEECH_END = 330
"""Position at which the score of the end-of-speech token is near its height. It passes the others
well before, at 150 to 220, of which the tokens of a reference clip take up 130."""

_GAINS = re.compile(r".*(norm[12]\.weight|\.gamma|\.alpha|\.inited|\.cluster_size)")
_SHIFTS = re.compile(r".*bias|.*\.beta")
_SHIFT_SCALE = 0.05
"""Not zero, so that a bias read into the wrong slot shows."""

_SCALES: Mapping[str, float] = {
    r".*word_embeddings\.weight": 0.25,
    r".*_codebook\.embed(_avg)?": 1.0,
    r".*text_embedding\.weight": 1.0,
    r".*emb_rel_[kv]": 0.1,
    r"prelu\.weight": 0.25,
}
"""Standard deviation of what is no matrix, by name."""

_FACTORS: Mapping[str, float] = {
    # Spectrograms reach a hundred where all other inputs are about one.
    r"ref_enc\.spectral\.0\.fc\.weight": 0.3,
    r"flow\.flows\.\d+\.post\.weight": 0.3,
    r"enc_p\.proj\.weight": 0.5,
    r"dec\.conv_post\.weight": 0.5,
    r"dec\.resblocks\.\d+\.convs2\..*weight": 0.3,
}
"""Of the standard deviation that would keep the size of its input, by name."""


def gpt_weights(shapes: Shapes, sizes: SeededSizes, random: torch.Generator) -> dict[str, Tensor]:
    """Draw the weights of text2semantic; float16, by upstream name."""
    weights = {name: _draw(name, shape, random) for name, shape in shapes.items()}
    damping = 1 / math.sqrt(2 * sizes.gpt_layers)
    for name in weights:
        if name.endswith(("out_proj.weight", "linear2.weight")):
            weights[name] *= damping  # Every layer adds two of these to the residual stream.
    weights["model.ar_predict_layer.weight"][-1] = _end_of_speech(sizes.gpt_width)
    return {name: weight.half() for name, weight in weights.items()}


def sovits_weights(
    shapes: Shapes, sizes: SeededSizes, random: torch.Generator
) -> dict[str, Tensor]:
    """Draw the weights of SoVITS, weight norm unfolded; float16, by upstream name."""
    weights = {name: _draw(name, shape, random) for name, shape in shapes.items()}
    for stage, rate in enumerate(sizes.upsample_rates):
        # Of the taps of a transposed convolution one in `rate` meets an output, and the leaky ReLU
        # before it has halved the power.
        weight = weights[f"dec.ups.{stage}.weight"]
        inputs, outputs, _ = weight.shape
        weight *= math.sqrt(2 * rate * outputs / inputs)
    last = weights["dec.conv_post.weight"]
    last -= last.mean(dim=2, keepdim=True)  # Activations are one-sided, sound must not be.
    normed = [name.removesuffix(".weight") for name in weights if WEIGHT_NORMED.fullmatch(name)]
    return {name: weight.half() for name, weight in unfold_weight_norm(weights, normed).items()}


def _draw(name: str, shape: tuple[int, ...], random: torch.Generator) -> Tensor:
    if _GAINS.fullmatch(name):
        return torch.ones(shape)
    noise = torch.randn(shape, generator=random)
    if _SHIFTS.fullmatch(name):
        return noise * _SHIFT_SCALE
    for pattern, scale in _SCALES.items():
        if re.fullmatch(pattern, name):
            return noise * scale
    factor = next((f for pattern, f in _FACTORS.items() if re.fullmatch(pattern, name)), 1.0)
    return noise * factor / math.sqrt(math.prod(shape[1:]))


def _end_of_speech(width: int) -> Tensor:
    """Make the scores of the end-of-speech token rise with the position, so that speech ends.

    Positions reach the net as sines in the even and cosines in the odd columns; `sin - cos` of a
    slow frequency rises from -1 through 0 towards the square root of 2.

    Returns:
        float32, (width,): a row of the prediction layer.
    """
    frequency = torch.exp(-torch.arange(0, width, 2) * math.log(10000) / width)
    angle = frequency * SPEECH_END
    is_rising = ((angle > 0.4 * math.pi) & (angle < 0.75 * math.pi)).float()
    row = torch.stack([is_rising, -is_rising], dim=1).flatten()
    return row * 8 / row.abs().sum()
