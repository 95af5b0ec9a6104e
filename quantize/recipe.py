"""A recipe says how every graph of a pack is quantized; it is data, and a user can write one."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from fnmatch import fnmatchcase


class WeightFormat(str, Enum):
    """How the weights of a matrix multiplication are stored and multiplied."""

    FP32 = "fp32"
    FP16 = "fp16"
    """Storage only: computed in fp32."""
    INT8 = "int8"
    """Per-channel weights; activations quantized for each call (dynamic)."""
    INT8_BLOCK = "int8-block"
    """A scale for each block of weights."""
    INT4_BLOCK = "int4-block"
    """The same in 4 bits."""


class CacheFormat(str, Enum):
    """How keys and values are kept."""

    FP32 = "fp32"
    INT8 = "int8"
    """Calibrated scale for each channel."""


class ConvolutionFormat(str, Enum):
    """How the convolutions of the vocoder are computed."""

    FP32 = "fp32"
    FP16 = "fp16"
    """Storage only: computed in fp32."""
    INT8 = "int8"
    """Static INT8 between quantize and dequantize nodes; weights per channel."""


class Coverage(str, Enum):
    """What lies between quantize and dequantize nodes in an INT8 vocoder."""

    CONVOLUTIONS = "convolutions"
    """Convolutions only: better sound."""
    EVERYTHING = "everything"
    """Activation functions and additions too: faster."""


class CalibrationMethod(str, Enum):
    """How the range of an activation is chosen from what was seen."""

    MINMAX = "minmax"
    PERCENTILE = "percentile"
    ENTROPY = "entropy"


@dataclass(frozen=True)
class MatmulRecipe:
    """How a graph of matrix multiplications is quantized."""

    weights: WeightFormat = WeightFormat.FP32
    block_size: int = 32
    """Weights that share a scale, for the block formats."""
    calibrated: bool = False
    """Round block weights so that outputs on calibration data change least (GPTQ)."""
    overrides: Mapping[str, WeightFormat] = field(default_factory=dict)
    """Pattern on the weight's name, such as "blocks.0.*" or "head.weight" -> another format."""

    def format_of(self, weight: str) -> WeightFormat:
        """Return the format of a weight by its name; the last pattern that fits decides."""
        fitting = [form for pattern, form in self.overrides.items() if fnmatchcase(weight, pattern)]
        return fitting[-1] if fitting else self.weights


@dataclass(frozen=True)
class Text2SemanticRecipe(MatmulRecipe):
    """How text2semantic is quantized."""

    kv_cache: CacheFormat = CacheFormat.FP32


@dataclass(frozen=True)
class VocoderRecipe:
    """How the vocoder is quantized."""

    convolutions: ConvolutionFormat = ConvolutionFormat.FP32
    coverage: Coverage = Coverage.CONVOLUTIONS
    pixel_shuffle: bool = False
    """Rewrite transposed convolutions as convolution and pixel shuffle, which INT8 needs."""
    method: CalibrationMethod = CalibrationMethod.PERCENTILE
    percentile: float = 99.99
    """Share of activations inside the range, in percent."""
    keep: tuple[str, ...] = ()
    """Patterns on the weight's name of convolutions that stay in fp32."""


@dataclass(frozen=True)
class Recipe:
    """How a pack is quantized."""

    name: str
    description: str = ""
    text2semantic: Text2SemanticRecipe = field(default_factory=Text2SemanticRecipe)
    latent: MatmulRecipe = field(default_factory=MatmulRecipe)
    vocoder: VocoderRecipe = field(default_factory=VocoderRecipe)
