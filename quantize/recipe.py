"""A recipe says how every graph of a pack is quantized; it is data, and a user can write one."""

from __future__ import annotations

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


class ActivationFormat(str, Enum):
    """How rows are rounded before they meet block weights."""

    FP32 = "fp32"
    """Not at all; far slower."""
    INT8 = "int8"
    """A scale for each block of a row."""


class CacheFormat(str, Enum):
    """How keys and values are kept."""

    FP32 = "fp32"
    INT8 = "int8"
    """Calibrated scale for each channel."""


class ConvolutionFormat(str, Enum):
    """How a convolution is stored and computed."""

    FP32 = "fp32"
    FP16 = "fp16"
    """Storage only: computed in fp32."""
    INT8_WEIGHTS = "int8-weights"
    """Storage only, on disk and in memory: widened at each run and computed in fp32."""
    INT8 = "int8"
    """Weights per channel, activations with calibrated ranges. A transposed convolution is stored
    so, but computed in fp32, unless it is rewritten (`pixel_shuffle`)."""


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
    SQUARED_ERROR = "squared-error"
    """The range whose rounding and clipping together lose least energy."""


@dataclass(frozen=True)
class MatmulRecipe:
    """How a graph of matrix multiplications is quantized."""

    weights: WeightFormat = WeightFormat.FP32
    block_size: int = 32
    """Weights that share a scale, for the block formats."""
    calibrated: bool = False
    """Round block weights so that outputs on calibration data change least (GPTQ)."""
    overrides: dict[str, WeightFormat] = field(default_factory=dict)
    """Pattern on the weight's name, such as "blocks.0.*" or "head.weight" -> another format."""
    activations: ActivationFormat = ActivationFormat.INT8
    """How rows are rounded before they meet block weights."""

    def format_of(self, weight: str) -> WeightFormat:
        """Return the format of a weight by its name; the last pattern that fits decides."""
        fitting = [form for pattern, form in self.overrides.items() if fnmatchcase(weight, pattern)]
        return fitting[-1] if fitting else self.weights

    def inputs_of_scale(self, inputs: int) -> int:
        """Return how many inputs of a block weight share a scale."""
        return self.block_size


@dataclass(frozen=True)
class Text2SemanticRecipe(MatmulRecipe):
    """How text2semantic is quantized."""

    kv_cache: CacheFormat = CacheFormat.FP32
    layered_start: bool = False
    """Start sentences in a graph of one layer that reads each layer's weights where they lie: a
    third faster than the blocks, without a second copy of them. Only where `starts_in_layers`."""

    @property
    def starts_in_layers(self) -> bool:
        """Say whether sentences start layer by layer, which takes 8 bits throughout."""
        weights = {self.weights, *self.overrides.values()} == {WeightFormat.INT8_BLOCK}
        rows = self.activations is ActivationFormat.INT8
        return self.layered_start and weights and rows and self.kv_cache is CacheFormat.INT8

    def inputs_of_scale(self, inputs: int) -> int:
        """Return how many inputs of a block weight share a scale: all, to start in layers."""
        return inputs if self.starts_in_layers else self.block_size


@dataclass(frozen=True)
class ConvolutionRecipe:
    """How a graph of convolutions is quantized."""

    convolutions: ConvolutionFormat = ConvolutionFormat.FP32
    overrides: dict[str, ConvolutionFormat] = field(default_factory=dict)
    """Pattern on the weight's name, such as "upsamplers.*" -> another format."""
    method: CalibrationMethod = CalibrationMethod.SQUARED_ERROR
    percentile: float = 99.99
    """Share of activations inside the range, in percent, for that method."""

    def format_of(self, weight: str) -> ConvolutionFormat:
        """Return the format of a weight by its name; the last pattern that fits decides."""
        fitting = [form for pattern, form in self.overrides.items() if fnmatchcase(weight, pattern)]
        return fitting[-1] if fitting else self.convolutions


@dataclass(frozen=True)
class VocoderRecipe(ConvolutionRecipe):
    """How the vocoder is quantized."""

    coverage: Coverage = Coverage.CONVOLUTIONS
    pixel_shuffle: bool = False
    """Rewrite transposed convolutions as convolution and pixel shuffle, which INT8 needs."""
    narrowest: int = 0
    """INT8 convolutions with fewer output channels than this are computed in fp32 and stored in
    fp16, unless an override says otherwise. The last stages of a vocoder are narrow: they gain
    little from INT8, and nothing after them smooths their noise."""


@dataclass(frozen=True)
class Recipe:
    """How a pack is quantized."""

    name: str
    description: str = ""
    text2semantic: Text2SemanticRecipe = field(default_factory=Text2SemanticRecipe)
    latent: ConvolutionRecipe = field(default_factory=ConvolutionRecipe)
    vocoder: VocoderRecipe = field(default_factory=VocoderRecipe)
