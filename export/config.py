"""The numbers that weights cannot tell, read from the config and checked against the weights."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Any

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.errors import CheckpointError
from voicepack.runtime.contract import FRAMES_PER_TOKEN, SEMANTIC_RATE


@dataclass(frozen=True)
class GptConfig:
    """What text2semantic needs to know beside its weights."""

    num_layers: int
    num_heads: int
    end_token: int
    """The semantic token that ends speech, which is the last of the vocabulary."""
    max_seconds: int
    """Longest clip in training."""

    @staticmethod
    def from_checkpoint(checkpoint: Checkpoint) -> GptConfig:
        """Read the config of a GPT checkpoint.

        Raises:
            CheckpointError: A number is missing, is no number, or contradicts the weights.
        """
        reader = _ConfigReader(checkpoint)
        embedding = "model.ar_audio_embedding.word_embeddings.weight"
        vocabulary, width = checkpoint.size(embedding, 0), checkpoint.size(embedding, 1)
        config = GptConfig(
            num_layers=reader.integer("model", "n_layer"),
            num_heads=reader.integer("model", "head"),
            end_token=reader.integer("model", "EOS"),
            max_seconds=reader.integer("data", "max_sec"),
        )
        reader.require_equal(
            "model.n_layer", config.num_layers, _count(checkpoint, "model.h.layers")
        )
        reader.require_equal("width modulo model.head", width % config.num_heads, 0)
        reader.require_equal("model.EOS", config.end_token, vocabulary - 1)
        return config


@dataclass(frozen=True)
class SovitsConfig:
    """What the synthesizer needs to know beside its weights."""

    num_heads: int
    """Attention heads of the text encoders, except the cross attention."""
    upsample_rates: tuple[int, ...]
    """Stride of each transposed convolution of the vocoder; their product is `hop_length`."""
    resblock_dilations: tuple[tuple[int, ...], ...]
    """Per residual block of one upsampling stage: the dilation of each of its convolutions."""
    sample_rate: int
    """Hertz."""
    filter_length: int
    """Samples in the Fourier transform of the reference spectrogram."""
    hop_length: int
    """Samples between two frames, of the spectrogram and of the latent alike."""
    win_length: int
    """Samples in the window of the reference spectrogram."""

    @staticmethod
    def from_checkpoint(checkpoint: Checkpoint) -> SovitsConfig:
        """Read the config of a v1, v2 or v2Pro SoVITS checkpoint.

        Raises:
            CheckpointError: A number is missing, is no number, or contradicts the weights or
                another number.
        """
        reader = _ConfigReader(checkpoint)
        config = SovitsConfig(
            num_heads=reader.integer("model", "n_heads"),
            upsample_rates=reader.integers("model", "upsample_rates"),
            resblock_dilations=reader.lists_of_integers("model", "resblock_dilation_sizes"),
            sample_rate=reader.integer("data", "sampling_rate"),
            filter_length=reader.integer("data", "filter_length"),
            hop_length=reader.integer("data", "hop_length"),
            win_length=reader.integer("data", "win_length"),
        )
        _check_rates(reader, checkpoint, config)
        _check_upsampling(reader, checkpoint, config)
        width = checkpoint.size("enc_p.text_embedding.weight", 1)
        reader.require_equal("width modulo model.n_heads", width % config.num_heads, 0)
        return config


def _check_rates(reader: _ConfigReader, checkpoint: Checkpoint, config: SovitsConfig) -> None:
    # Upstream also has models of 50 tokens a second, where this kernel is 1.
    frames_per_token = checkpoint.size("ssl_proj.weight", 2)
    reader.require_equal("kernel size of ssl_proj", frames_per_token, FRAMES_PER_TOKEN)
    frames_a_second = config.sample_rate / config.hop_length
    reader.require_equal(
        "data.sampling_rate / data.hop_length", frames_a_second, SEMANTIC_RATE * FRAMES_PER_TOKEN
    )
    num_bins = checkpoint.size("ref_enc.spectral.0.fc.weight", 1)
    reader.require(
        "data.filter_length",
        config.filter_length,
        num_bins <= config.filter_length // 2 + 1,
        f"enough for the {num_bins} bins of ref_enc",
    )
    reader.require_equal(
        "product of model.upsample_rates", math.prod(config.upsample_rates), config.hop_length
    )


def _check_upsampling(reader: _ConfigReader, checkpoint: Checkpoint, config: SovitsConfig) -> None:
    stages = _count(checkpoint, "dec.ups")
    reader.require_equal("number of model.upsample_rates", len(config.upsample_rates), stages)
    for stage, rate in enumerate(config.upsample_rates):
        # Padding is (kernel - rate) // 2 on both sides, so another remainder changes the length.
        kernel = _kernel_size(checkpoint, f"dec.ups.{stage}")
        reader.require_equal(f"dec.ups.{stage}: (kernel - rate) modulo 2", (kernel - rate) % 2, 0)
    reader.require_equal(
        "dilations times stages",
        len(config.resblock_dilations) * stages,
        _count(checkpoint, "dec.resblocks"),
    )
    for block, dilations in enumerate(config.resblock_dilations):
        reader.require_equal(
            f"number of model.resblock_dilation_sizes[{block}]",
            len(dilations),
            _count(checkpoint, f"dec.resblocks.{block}.convs1"),
        )


def _count(checkpoint: Checkpoint, module: str) -> int:
    """Count the numbered modules below a module, such as the layers below `model.h.layers`."""
    numbered = re.compile(re.escape(module) + r"\.(\d+)\.")
    return len({found[1] for name in checkpoint.weights if (found := numbered.match(name))})


def _kernel_size(checkpoint: Checkpoint, convolution: str) -> int:
    is_folded = f"{convolution}.weight" in checkpoint.weights
    return checkpoint.size(f"{convolution}.weight" if is_folded else f"{convolution}.weight_v", 2)


class _ConfigReader:
    """Reads typed values from the nested config of a checkpoint."""

    def __init__(self, checkpoint: Checkpoint) -> None:
        self._path = checkpoint.path
        self._config = checkpoint.config

    def integer(self, section: str, name: str) -> int:
        value = self._value(section, name)
        if not _is_positive_integer(value):
            raise self._wrong(section, name, value, "a positive integer")
        return int(value)

    def integers(self, section: str, name: str) -> tuple[int, ...]:
        value = self._value(section, name)
        if not _is_list_of_integers(value):
            raise self._wrong(section, name, value, "a list of positive integers")
        return tuple(value)

    def lists_of_integers(self, section: str, name: str) -> tuple[tuple[int, ...], ...]:
        value = self._value(section, name)
        if not (isinstance(value, list) and value and all(map(_is_list_of_integers, value))):
            raise self._wrong(section, name, value, "lists of positive integers")
        return tuple(tuple(below) for below in value)

    def require_equal(self, what: str, found: float, expected: float) -> None:
        self.require(what, found, found == expected, f"{expected:g}")

    def require(self, what: str, found: float, holds: bool, expected: str) -> None:
        if not holds:
            raise CheckpointError(
                f"{self._path}: {what} is {found:g}, expected {expected}. The config contradicts "
                "the weights or itself: take the file as training wrote it."
            )

    def _value(self, section: str, name: str) -> Any:
        below = self._config.get(section)
        return below.get(name) if isinstance(below, dict) else None

    def _wrong(self, section: str, name: str, value: object, expected: str) -> CheckpointError:
        found = "missing" if value is None else repr(value)
        return CheckpointError(
            f"{self._path}: config {section}.{name} is {found}, expected {expected}. "
            "Weights alone do not tell it: take the file as training wrote it."
        )


def _is_positive_integer(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _is_list_of_integers(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(_is_positive_integer, value))
