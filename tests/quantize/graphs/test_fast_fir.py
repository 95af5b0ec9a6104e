from typing import Any

import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from onnx import helper, numpy_helper
from onnx.reference import ReferenceEvaluator

from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.fast_fir import (
    is_sped_up,
    plain_convolutions,
    speed_up_convolutions,
)
from voicepack.quantize.graphs.fast_fir_function import DOMAIN, transforms

CLOSE = 2e-6  # relative, of float32 sums whose terms are some ten times the results
LONG: dict[str, Any] = {"pads": [0, 10, 0, 10], "dilations": [1, 5]}


def filter_model(weight: np.ndarray, bias: np.ndarray, **attributes: Any) -> onnx.ModelProto:
    """A graph of one convolution."""
    node = helper.make_node("Conv", ["x", "w", "b"], ["y"], name="filter", **attributes)
    graph = helper.make_graph(
        [node],
        "filter",
        [helper.make_tensor_value_info("x", 1, [1, weight.shape[1], 1, "samples"])],
        [helper.make_tensor_value_info("y", 1, [1, weight.shape[0], 1, "samples"])],
        [numpy_helper.from_array(weight, "w"), numpy_helper.from_array(bias, "b")],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def random_filter(taps: int, channels: int = 3, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    random = np.random.default_rng(seed)
    weight = random.standard_normal((channels, channels, 1, taps), np.float32)
    return weight, random.standard_normal(channels, np.float32)


def computed(model: onnx.ModelProto, signal: np.ndarray) -> np.ndarray:
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])
    (found,) = session.run(None, {"x": signal})
    return np.asarray(found)


@given(
    taps=st.integers(0, 8).map(lambda half: 2 * half + 1),
    dilation=st.integers(0, 4).map(lambda half: 2 * half + 1),
    num_samples=st.integers(1, 60),
    seed=st.integers(0, 2**32 - 1),
)
@settings(max_examples=60, deadline=None)
def test_the_fast_form_computes_what_numpy_does_tap_by_tap(
    taps: int, dilation: int, num_samples: int, seed: int
) -> None:
    weight, bias = random_filter(taps, seed=seed)
    reach = dilation * (taps - 1) // 2
    model = filter_model(weight, bias, pads=[0, reach, 0, reach], dilations=[1, dilation])
    signal = np.random.default_rng(seed).standard_normal((1, 3, 1, num_samples), np.float32)

    found = computed(speed_up_convolutions(model, least_saved=-np.inf), signal)[0, :, 0]

    padded = np.pad(signal[0, :, 0].astype(np.float64), ((0, 0), (reach, reach)))
    terms = [
        weight[:, :, 0, tap] @ padded[:, tap * dilation : tap * dilation + num_samples]
        for tap in range(taps)
    ]
    expected = sum(terms) + bias[:, np.newaxis]
    error = np.linalg.norm(found - expected)
    assert error <= CLOSE * np.sqrt(expected.size * weight[0].size)


def test_the_seven_products_hold_what_four_taps_make_of_a_run() -> None:
    maps = transforms()
    run = np.array([3.0, -1, 4, 1, -5, 9, 2])
    taps = np.array([2.0, 7, 1, -8])

    found = maps.results @ ((maps.samples @ run) * (maps.taps @ taps))

    np.testing.assert_allclose(found, np.correlate(run, taps), atol=1e-12)


def test_the_onnx_reference_can_compute_the_functions_too() -> None:
    fast = speed_up_convolutions(filter_model(*random_filter(5), **LONG), least_saved=0)
    signal = np.random.default_rng(1).standard_normal((1, 3, 1, 17), np.float32)

    (expected,) = ReferenceEvaluator(fast).run(None, {"x": signal})

    onnx.checker.check_model(fast, full_check=True)
    np.testing.assert_allclose(computed(fast, signal), np.asarray(expected), atol=1e-5)


def test_the_plain_graph_comes_back_byte_for_byte() -> None:
    model = filter_model(*random_filter(5), **LONG)
    fast = speed_up_convolutions(model, least_saved=0)

    assert is_sped_up(fast)
    assert [each.name for each in fast.graph.initializer] == ["w", "b"]
    plain = plain_convolutions(fast)
    assert plain.graph.SerializeToString() == model.graph.SerializeToString()
    assert list(plain.opset_import) == list(model.opset_import)
    assert not plain.functions


def test_a_graph_without_fast_convolutions_is_plain_already() -> None:
    model = filter_model(*random_filter(5), **LONG)

    assert not is_sped_up(model)
    plain = plain_convolutions(model)
    assert plain.graph.SerializeToString() == model.graph.SerializeToString()


def test_weights_in_half_precision_are_fast_too() -> None:
    weight, bias = random_filter(11, channels=64)
    model = filter_model(weight, bias, pads=[0, 5, 0, 5])

    fast = speed_up_convolutions(store_as_half(model))

    kinds = [(node.domain, node.op_type) for node in fast.graph.node]
    assert kinds == [("", "Cast"), (DOMAIN, "Conv11Dilated1")]


def test_what_would_save_too_little_stays_plain() -> None:
    # For 11 taps 7 * 3 / 4 products a channel: 5.75 multiplications less, 350 from 61 channels on.
    narrow, wide = (
        filter_model(*random_filter(11, channels=channels), pads=[0, 5, 0, 5])
        for channels in (60, 61)
    )

    assert not is_sped_up(speed_up_convolutions(narrow))
    assert is_sped_up(speed_up_convolutions(wide))


@pytest.mark.parametrize(
    ("taps", "attributes"),
    [
        (5, {"pads": [0, 4, 0, 4], "dilations": [1, 2]}),
        (4, {"pads": [0, 1, 0, 2]}),
        (5, {"pads": [0, 2, 0, 2], "strides": [1, 2]}),
        (5, {"pads": [0, 4, 0, 0]}),
        (5, {}),
    ],
    ids=["even dilation", "even kernel", "strided", "causal", "shortening"],
)
def test_what_has_no_fast_form_stays_plain(taps: int, attributes: dict[str, Any]) -> None:
    model = filter_model(*random_filter(taps), **attributes)

    assert not is_sped_up(speed_up_convolutions(model, least_saved=-np.inf))
