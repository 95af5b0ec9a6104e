import numpy as np
import onnx
import onnxruntime as ort

from voicepack.quantize.formats.dynamic_int8 import use_dynamic_int8
from voicepack.quantize.graphs.graph_editor import GraphEditor
from voicepack.quantize.graphs.linear import find_linear

RANDOM = np.random.default_rng(0)
WEIGHT = RANDOM.standard_normal((24, 8)).astype(np.float32)
BIAS = RANDOM.standard_normal(8).astype(np.float32)


def affine_model() -> onnx.ModelProto:
    graph = onnx.helper.make_graph(
        [
            onnx.helper.make_node("MatMul", ["x", "weight"], ["product"]),
            onnx.helper.make_node("Add", ["product", "bias"], ["y"]),
        ],
        "affine",
        [onnx.helper.make_tensor_value_info("x", onnx.TensorProto.FLOAT, ["rows", 24])],
        [onnx.helper.make_tensor_value_info("y", onnx.TensorProto.FLOAT, ["rows", 8])],
        [
            onnx.numpy_helper.from_array(WEIGHT, "weight"),
            onnx.numpy_helper.from_array(BIAS, "bias"),
        ],
    )
    opsets = [onnx.helper.make_opsetid("", 17)]
    return onnx.helper.make_model(graph, opset_imports=opsets, ir_version=10)


def quantized_model() -> onnx.ModelProto:
    editor = GraphEditor(affine_model())
    for linear in list(find_linear(editor)):
        use_dynamic_int8(editor, linear)
    return editor.model()


def test_the_quantized_graph_computes_the_product_of_rounded_numbers() -> None:
    x = RANDOM.standard_normal((3, 24)).astype(np.float32)
    model = quantized_model()
    session = ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])

    (found,) = session.run(None, {"x": x})

    # By hand: 256 steps of x between its extremes, then integers times two scales, and the bias.
    step = (x.max() - x.min()) / 255
    zero = np.rint(-x.min() / step)
    rounded = (np.rint(x / step) + zero).clip(0, 255) - zero
    stored = {each.name: onnx.numpy_helper.to_array(each) for each in model.graph.initializer}
    codes, scales = stored["weight.int8"], stored["weight.scale"]
    assert np.abs(codes * scales - WEIGHT).max() <= 0.03  # a step is 0.02; clipping costs no more
    np.testing.assert_allclose(found, rounded @ codes * step * scales + BIAS, atol=1e-4)


def test_the_quantized_graph_has_standard_operators_only() -> None:
    model = quantized_model()

    assert {node.domain for node in model.graph.node} == {""}
    assert [opset.domain for opset in model.opset_import] == [""]


def test_the_float_weight_is_gone_and_the_bias_stays() -> None:
    names = {each.name for each in quantized_model().graph.initializer}

    assert names == {"weight.int8", "weight.scale", "bias"}
