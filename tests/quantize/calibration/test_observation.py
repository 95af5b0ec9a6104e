import numpy as np
import onnx
from onnx import helper

from voicepack.quantize.calibration.observation import observe


def doubling_model() -> onnx.ModelProto:
    """y = (x + x) + x, with the sum in between called `twice`."""
    nodes = [
        helper.make_node("Add", ["x", "x"], ["twice"]),
        helper.make_node("Add", ["twice", "x"], ["y"]),
    ]
    values = [helper.make_tensor_value_info(name, 1, ["n"]) for name in ("x", "y")]
    graph = helper.make_graph(nodes, "doubling", values[:1], values[1:])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)


def test_inputs_inner_tensors_and_outputs_of_every_run_are_seen() -> None:
    runs = ({"x": np.array(x, np.float32)} for x in ([1.0, -2.0], [3.0]))

    seen = observe(doubling_model(), ["x", "twice", "y"], runs)

    ranges = {name: (histogram.low, histogram.high) for name, histogram in seen.items()}
    assert ranges == {"x": (-2.0, 3.0), "twice": (-4.0, 6.0), "y": (-6.0, 9.0)}
    assert seen["twice"].counts.sum() == 3
