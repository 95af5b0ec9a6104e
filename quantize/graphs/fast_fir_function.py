"""The function that computes a convolution as a fast FIR filter, written in standard operators.

Four samples that lie a dilation apart are a tile, computed together. Seven sums over the samples
around them, times seven sums over four taps of the kernel: these products hold the four results, so
7 multiplications do for 16. The first convolution makes the sums, the last one takes the products
apart; they treat all channels alike, and cost little. The one between them mixes the channels.

Sources: Winograd, "Arithmetic complexity of computations", 1980, for the products (Toom's and
Cook's, transposed); Mou and Duhamel, "Short-length FIR filters", 1991, for longer kernels.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

DOMAIN = "voicepack"
OPSET = 18
"""Of the operators in the function."""
TILE = 4
"""Samples computed together, and taps that share their products."""
RUN = 2 * TILE - 1
"""Samples that the results of a tile and four taps depend on."""
POINTS = (0.0, 1.0, -1.0, 2.0, -2.0, 0.5)
"""Where the polynomials are evaluated, besides infinity; numbers near 1 lose least in float32."""
PRODUCTS = len(POINTS) + 1
BIASED = POINTS.index(1.0)
"""The product that every result holds once, unscaled."""


@dataclass(frozen=True)
class Transforms:
    """The linear maps between samples, taps, products and results; float64."""

    samples: npt.NDArray[np.float64]
    """(PRODUCTS, RUN)"""
    taps: npt.NDArray[np.float64]
    """(PRODUCTS, TILE)"""
    results: npt.NDArray[np.float64]
    """(TILE, PRODUCTS)"""


def transforms() -> Transforms:
    """Make the maps: `results @ ((samples @ x) * (taps @ w))` correlates a run with four taps."""
    taps, samples = _powers(TILE), np.linalg.inv(_powers(RUN)).T
    size = np.linalg.norm(samples, axis=1, keepdims=True)
    return Transforms(samples / size, taps * size, taps.T)


def _powers(count: int) -> npt.NDArray[np.float64]:
    at_infinity = np.eye(count)[-1:]
    return np.concatenate([np.vander(POINTS, count, increasing=True), at_infinity])


def num_runs(taps: int) -> int:
    """Count the groups of four taps; the last is filled up with zeros."""
    return -(-taps // TILE)


def fast_fir_function(taps: int, dilation: int) -> onnx.FunctionProto:
    """Write the function of signal, weight and bias for a kernel and a dilation.

    It takes what a `Conv` takes that keeps the length of a signal: (1, in, 1, samples),
    (out, in, 1, taps) and (out,), all float32.

    Args:
        taps: Odd.
        dilation: Odd too, or the tiles would not cover the signal.
    """
    return helper.make_function(
        DOMAIN,
        f"Conv{taps}Dilated{dilation}",
        ["signal", "weight", "bias"],
        ["result"],
        [*_kernel_nodes(taps), *_bias_nodes(), *_signal_nodes(taps, dilation), *_crop_nodes()],
        [helper.make_opsetid("", OPSET)],
    )


def _kernel_nodes(taps: int) -> list[onnx.NodeProto]:
    """Make `kernels`, (PRODUCTS * out, in, 1, runs), from `weight`, (out, in, 1, taps).

    Engines do this while they load. Every step takes memory there, so there are few.
    """
    runs = num_runs(taps)
    return [
        _constant("taps_map", _as_kernel(transforms().taps)),
        _constant("as_rows", [1, 1, -1, taps]),
        _constant("all_kernels", [-1]),
        _constant("kernel_size", [1, runs]),
        _node("Shape", ["weight"], "width", start=1, end=2),
        _node("Concat", ["all_kernels", "width", "kernel_size"], "as_kernels", axis=0),
        _node("Reshape", ["weight", "as_rows"], "kernel_rows"),
        _node(
            "Conv",
            ["kernel_rows", "taps_map"],
            "mixed_taps",
            strides=[1, TILE],
            pads=[0, 0, 0, runs * TILE - taps],
        ),
        _node("Reshape", ["mixed_taps", "as_kernels"], "kernels"),
    ]


def _bias_nodes() -> list[onnx.NodeProto]:
    """Make `biases`, (PRODUCTS * out,), from `bias`, (out,)."""
    biased = np.zeros((PRODUCTS, 1), np.float32)
    biased[BIASED] = 1
    return [
        _constant("biased", biased),
        _constant("one_axis", [-1]),
        _node("Mul", ["biased", "bias"], "bias_rows"),
        _node("Reshape", ["bias_rows", "one_axis"], "biases"),
    ]


def _signal_nodes(taps: int, dilation: int) -> list[onnx.NodeProto]:
    """Make `tiles`, (1, out, 1, whole tiles), from `signal`, (1, in, 1, samples).

    Tile t has the samples `TILE * t + n * dilation`, so the first ones begin before sample 0:
    `early` tiles. In a volume of depth 1 ONNX Runtime makes the PRODUCTS channels asked for; in an
    image it would make 16, and drop 9.
    """
    reach = dilation * (taps - 1) // 2
    early = (TILE - 1) * dilation // TILE
    before = TILE * early + reach
    after = dilation * (TILE * (num_runs(taps) - 1) + RUN - 1) - reach
    maps = transforms()
    return [
        _constant("samples_map", _as_kernel(maps.samples)[..., np.newaxis, :]),
        _constant("results_map", _as_kernel(maps.results.T)),
        _constant("as_rows_of_channels", [1, 1, -1, 0]),
        _constant("as_channels", [1, -1, 1, 0]),
        _constant("as_products", [1, PRODUCTS, -1, 0]),
        _constant("depth", [2]),
        _node("Reshape", ["signal", "as_rows_of_channels"], "rows"),
        _node("Unsqueeze", ["rows", "depth"], "volume"),
        _node(
            "Conv",
            ["volume", "samples_map"],
            "mixed_volume",
            strides=[1, 1, TILE],
            dilations=[1, 1, dilation],
            pads=[0, 0, before, 0, 0, after],
        ),
        _node("Squeeze", ["mixed_volume", "depth"], "mixed_rows"),
        _node("Reshape", ["mixed_rows", "as_channels"], "mixed_signals"),
        _node(
            "Conv",
            ["mixed_signals", "kernels", "biases"],
            "products",
            dilations=[1, dilation],
            group=PRODUCTS,
        ),
        _node("Reshape", ["products", "as_products"], "product_rows"),
        _node(
            "ConvTranspose",
            ["product_rows", "results_map"],
            "tile_rows",
            strides=[1, TILE],
            dilations=[1, dilation],
            pads=[0, TILE * early, 0, (TILE - 1) * (dilation - 1)],
        ),
        _node("Reshape", ["tile_rows", "as_channels"], "tiles"),
    ]


def _crop_nodes() -> list[onnx.NodeProto]:
    """Make `result`: `tiles` cut to the length of `signal`."""
    return [
        _constant("first", [0]),
        _constant("time_axis", [3]),
        _node("Shape", ["signal"], "length", start=3, end=4),
        _node("Slice", ["tiles", "first", "length", "time_axis"], "result"),
    ]


def _as_kernel(mapping: npt.NDArray[np.float64]) -> npt.NDArray[np.float32]:
    """Write a map, (PRODUCTS, numbers), as the kernel of a convolution of one channel."""
    return mapping.astype(np.float32)[:, np.newaxis, np.newaxis]


def _constant(name: str, values: npt.ArrayLike) -> onnx.NodeProto:
    return _node("Constant", [], name, value=numpy_helper.from_array(np.asarray(values)))


def _node(kind: str, inputs: list[str], output: str, **attributes: Any) -> onnx.NodeProto:
    return helper.make_node(kind, inputs, [output], name=output, **attributes)
