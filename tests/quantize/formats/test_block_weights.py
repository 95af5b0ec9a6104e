import numpy as np
import onnx
import onnxruntime as ort
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.quantize.formats.block_weights import BlockWeights, round_blocks, use_blocks
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import find_linear
from voicepack.quantize.recipe import ActivationFormat
from voicepack.runtime.phones import FloatArray

RANDOM = np.random.default_rng(0)


def product_model(weight: FloatArray) -> onnx.ModelProto:
    inputs, outputs = weight.shape
    graph = onnx.helper.make_graph(
        [onnx.helper.make_node("MatMul", ["x", "weight"], ["y"])],
        "product",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["rows", inputs])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["rows", outputs])],
        [onnx.numpy_helper.from_array(weight, "weight")],
    )
    opsets = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)


def test_eight_codes_of_four_bits_are_those_found_by_hand() -> None:
    """The largest is -0.8, code 0; so a step is 0.1, and 0.8 is cut to code 15, which is 0.7."""
    weight = np.array([-0.8, 0.1, 0.24, 0.26, 0, 0.69, -0.1, 0.8], np.float32)[:, None]
    filled = np.concatenate([weight, np.zeros((8, 1), np.float32)])

    rounded = BlockWeights(
        bits=4,
        block_size=16,
        codes=np.array([[0, 9, 10, 11, 8, 15, 7, 15] + [8] * 8], np.uint8),
        scales=np.array([[0.1]], np.float32),
    )

    found = round_blocks(filled, 8, 16)
    assert found.codes[0, :2].tolist() == [0, 144]  # 128 + 16, as 0.8 is 128 steps
    assert rounded.packed()[0, 0].tolist() == [0x90, 0xBA, 0xF8, 0xF7] + [0x88] * 4
    np.testing.assert_allclose(
        rounded.dequantized()[:8, 0], [-0.8, 0.1, 0.2, 0.3, 0, 0.7, -0.1, 0.7], atol=1e-6
    )


@pytest.mark.parametrize(("inputs", "size"), [(512, 256), (192, 64), (320, 64), (2048, 256)])
def test_one_scale_for_an_output_is_repeated_for_each_of_its_blocks(inputs: int, size: int) -> None:
    weight = RANDOM.standard_normal((inputs, 3)).astype(np.float32)
    rounded = round_blocks(weight, 8, inputs)

    blocks = rounded.in_blocks(256)

    assert blocks.packed().shape == (3, inputs // size, size)
    assert (blocks.scales == rounded.scales).all()
    np.testing.assert_array_equal(blocks.dequantized(), rounded.dequantized())


def test_blocks_that_are_small_enough_stay() -> None:
    rounded = round_blocks(RANDOM.standard_normal((70, 3)).astype(np.float32), 8, 32)
    blocks = rounded.in_blocks(32)
    np.testing.assert_array_equal(blocks.packed(), rounded.packed())
    np.testing.assert_array_equal(blocks.scales, rounded.scales)


@given(st.integers(0, 2**32 - 1), st.sampled_from([16, 32, 64]))
def test_an_8_bit_weight_is_off_by_at_most_half_a_step_or_one_at_the_end(
    seed: int, block_size: int
) -> None:
    weight = np.random.default_rng(seed).standard_normal((70, 5)).astype(np.float32)

    rounded = round_blocks(weight, 8, block_size)

    steps = np.abs(np.repeat(rounded.scales, block_size, axis=1)[:, :70].T)
    error = np.abs(rounded.dequantized() - weight)
    at_the_end = rounded.codes.T == 255
    assert (error[~at_the_end] <= 0.5001 * steps[~at_the_end]).all()
    assert (error <= 1.0001 * steps).all()


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("inputs", [64, 70])
def test_the_engine_multiplies_by_what_the_codes_stand_for(bits: int, inputs: int) -> None:
    weight = RANDOM.standard_normal((inputs, 6)).astype(np.float32)
    x = RANDOM.standard_normal((3, inputs)).astype(np.float32)
    editor = GraphEditor(product_model(weight))
    rounded = round_blocks(weight, bits, 32)
    (linear,) = find_linear(editor)
    use_blocks(editor, linear, rounded, ActivationFormat.INT8)
    session = ort.InferenceSession(
        editor.model().SerializeToString(), providers=["CPUExecutionProvider"]
    )

    (found,) = session.run(None, {"x": x})

    expected = x @ rounded.dequantized()
    # The engine rounds x to 8 bits: an error of about 1 / (2 * 127 * sqrt(3)) of its largest.
    assert np.linalg.norm(found - expected) <= 0.01 * np.linalg.norm(expected)


def test_a_block_of_zeros_stays_zero() -> None:
    assert not round_blocks(np.zeros((32, 2), np.float32), 4, 32).dequantized().any()
