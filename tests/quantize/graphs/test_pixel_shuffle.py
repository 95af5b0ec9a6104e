import numpy as np
import onnx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from voicepack.quantize.graphs.pixel_shuffle import interleaved_kernel, shuffle_pixels

UPSAMPLERS = ((16, 10), (16, 8), (8, 2), (2, 2), (20, 10), (4, 2), (5, 3))
"""Kernel and rate: those of v2 and v2ProPlus, and an odd pair."""


def upsampler_model(kernel: np.ndarray, bias: np.ndarray, rate: int) -> onnx.ModelProto:
    """A graph of one transposed convolution that makes `rate` samples of each frame."""
    taps = kernel.shape[-1]
    node = helper.make_node(
        "ConvTranspose",
        ["x", "up.weight", "up.bias"],
        ["y"],
        kernel_shape=[1, taps],
        strides=[1, rate],
        pads=[0, (taps - rate) // 2, 0, (taps - rate) // 2],
    )
    graph = helper.make_graph(
        [node],
        "upsampler",
        [helper.make_tensor_value_info("x", 1, [1, kernel.shape[0], 1, "frames"])],
        [helper.make_tensor_value_info("y", 1, [1, kernel.shape[1], 1, "samples"])],
        [numpy_helper.from_array(kernel, "up.weight"), numpy_helper.from_array(bias, "up.bias")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


@pytest.mark.parametrize(("taps", "rate"), UPSAMPLERS)
@pytest.mark.parametrize("num_frames", [1, 2, 7])
def test_shuffled_convolution_computes_what_the_onnx_reference_does_for_the_transposed_one(
    taps: int, rate: int, num_frames: int
) -> None:
    # Small whole numbers: sums are exact in float32, so the two must be equal, not close.
    random = np.random.default_rng(taps)
    kernel = random.integers(-4, 5, (3, 2, 1, taps)).astype(np.float32)
    bias = random.integers(-4, 5, 2).astype(np.float32)
    x = random.integers(-4, 5, (1, 3, 1, num_frames)).astype(np.float32)
    model = upsampler_model(kernel, bias, rate)

    shuffled = shuffle_pixels(model)

    (expected,) = ReferenceEvaluator(model).run(None, {"x": x})
    (found,) = ReferenceEvaluator(shuffled).run(None, {"x": x})
    np.testing.assert_array_equal(found, expected)
    assert {node.op_type for node in shuffled.graph.node} == {"Conv", "Reshape", "Transpose"}


@given(taps=st.integers(1, 24), rate=st.integers(1, 10), data=st.data())
@settings(max_examples=40, deadline=None)
def test_every_tap_goes_to_one_phase_and_none_is_lost(
    taps: int, rate: int, data: st.DataObject
) -> None:
    padding = data.draw(st.integers(0, taps - 1))
    kernel = np.arange(1, taps + 1, dtype=np.float32).reshape(1, 1, taps)

    sorted_taps, before, after = interleaved_kernel(kernel, rate, padding)

    np.testing.assert_array_equal(np.sort(sorted_taps[sorted_taps > 0]), kernel.ravel())
    assert before + after + 1 == sorted_taps.shape[-1]
