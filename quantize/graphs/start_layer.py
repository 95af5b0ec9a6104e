"""How a sentence starts: one layer of text2semantic over all first positions, weights as inputs.

The graph runs once for each layer, on the weights that the graph of later positions has in its
file. MatMulNBits gets 80 GMAC/s for many rows of a full-size voice. An ordinary integer product
with the codes on its left gets 150 and needs them as they lie, a row for each output: nothing has
to be arranged while loading, and there is no second copy.
"""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import numpy.typing as npt
import onnx
from onnx import TensorProto, numpy_helper

from voicepack.quantize.errors import RecipeError
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.quantize.graphs.graph_editor import CONTRIB, GraphEditor
from voicepack.quantize.graphs.start_attention import attend
from voicepack.runtime.contract import StartLayerTensor as Tensors
from voicepack.runtime.manifest import Text2SemanticShape

OPSET = 17
"""The first with LayerNormalization."""
MIDDLE = 128
"""The code of a weight of 0."""
SMALLEST_MAGNITUDE = 1e-30
"""Far below what any net computes, and far above what float32 can divide into steps."""
PRODUCTS = ("qkv", "out", "fc1", "fc2", "head")


def start_layer(later: onnx.ModelProto, shape: Text2SemanticShape) -> onnx.ModelProto:
    """Build the graph described by `contract.StartLayerTensor`.

    Args:
        later: Text2semantic for later positions: an INT8 cache, and weights in blocks of 8 bits,
            where each output has one scale. Sizes are read from its first layer.
        shape: Of text2semantic.

    Raises:
        RecipeError: Weights of a layer lie otherwise.
    """
    editor = GraphEditor(later)
    for layer in range(shape.num_layers):
        for product in PRODUCTS:
            _check(editor, Tensors.in_layer(layer, f"{product}.weight"))
    graph = GraphBuilder("text2semantic-start", OPSET)
    _StartLayer(graph, graph, editor, shape).build()
    return graph.model()


def _check(editor: GraphEditor, weight: str) -> None:
    """Refuse a matrix that does not lie as the graph reads it."""
    if not editor.is_weight(f"{weight}.int8") or len(editor.shape(f"{weight}.int8")) != 3:
        fault = "is not in int8-block"
    elif (np.ptp(editor.weight(f"{weight}.scale"), axis=1) > 0).any():
        fault = "has several scales for an output"
    else:
        return
    raise RecipeError(
        f"{weight}: {fault}, so sentences cannot start layer by layer. Set layered_start to false."
    )


class _StartLayer:
    """Adds one operator after another. Columns are (channels, positions), rows are not.

    Args:
        graph: Gets inputs and constants.
        nodes: Gets the operators; another than `graph` in a branch.
        editor: Has the weights.
        shape: Of text2semantic.
    """

    def __init__(
        self,
        graph: GraphBuilder,
        nodes: GraphBuilder,
        editor: GraphEditor,
        shape: Text2SemanticShape,
    ) -> None:
        self._graph = graph
        self._nodes = nodes
        self._editor = editor
        self._shape = shape

    def build(self) -> None:
        """Add a post-norm layer: attention over all rows, the rest over those that go on."""
        op, graph = self._nodes.op, self._graph
        width = self._shape.num_heads * self._shape.head_size
        rows = graph.input(Tensors.ROWS, ["rows", width])
        parts = graph.input(Tensors.PARTS, [2], TensorProto.INT64)
        bias = graph.input(Tensors.TOKEN_BIAS, [1, 1, "tokens", "rows"])
        last = graph.input(Tensors.LAST, [], TensorProto.BOOL)
        graph.input(Tensors.LARGEST_CODE, [])
        qkv, value_scale = self._queries_keys_values(rows)
        attended = attend(graph, self._shape, qkv, parts, bias)
        attended = op("Mul", [attended, value_scale], "attention")
        ends = [self._constant(f"from_{place}", [place], np.int64) for place in (-1, 0)]
        first = op("Where", [last, *ends], "first")
        rows, attended = self._from(first, rows), self._from(first, attended)
        mixed = self._shifted("out", *self._rounded(attended))
        rows = self._add_and_norm(rows, mixed, "attention_norm", "attended_rows")
        expanded = self._shifted("fc1", *self._rounded(rows))
        reduced = self._shifted("fc2", *self._rounded_relu(expanded))
        rows = self._add_and_norm(rows, reduced, "feed_forward_norm", Tensors.NEXT_ROWS)
        graph.output(rows, ["kept", width])
        self._nodes.ops(
            "If",
            [last],
            [Tensors.LOGITS],
            then_branch=self._branch("logits_branch", _StartLayer._logits, rows),
            else_branch=self._branch("no_logits", _StartLayer._no_logits, rows),
        )
        graph.output(Tensors.LOGITS, ["positions", "vocabulary"])

    def _queries_keys_values(self, rows: str) -> tuple[str, str]:
        """Project rows; return (positions, 3 * width), and what to multiply its values by.

        Keys and values come in steps of the cache, which only leaves them to be rounded. Queries
        make up for keys.
        """
        op = self._nodes.op
        keys, values = (self._weight(f"attention.step.{name}.scale") for name in ("key", "value"))
        inverse = [op("Reciprocal", [scale], f"{scale}.inverse") for scale in (keys, values)]
        factors = op("Concat", [keys, *inverse], "qkv.factors", axis=0)
        return self._turned(self._shifted("qkv", *self._rounded(rows), factors)), values

    def _shifted(self, name: str, codes: str, step: str, zero: str, factors: str = "") -> str:
        """Multiply a matrix by columns in 8 bits, add a bias; return columns, times factors.

        A normalization with mean 0 and variance 1 is what scales and shifts channels in one go.
        """
        op = self._nodes.op
        sums, scale = self._sums(name, codes, step, zero)
        bias = self._weight(f"{name}.bias")
        if factors:
            scale = op("Mul", [scale, factors], f"{name}.scale.factored")
            bias = op("Mul", [bias, factors], f"{name}.bias.factored")
        outputs = self._editor.shape(Tensors.in_layer(0, f"{name}.bias"))[0]
        mean, variance = (self._filled(name, outputs, value) for value in (0, 1))
        image = op("Unsqueeze", [sums, self._axis()], f"{name}.image")
        inputs = [image, scale, bias, mean, variance]
        image = op("BatchNormalization", inputs, f"{name}.shifted", epsilon=0.0)
        return op("Squeeze", [image, self._axis()], f"{name}.columns")

    def _branch(
        self, name: str, add: Callable[[_StartLayer, str], str], rows: str
    ) -> onnx.GraphProto:
        """Make a branch of the graph that returns one tensor."""
        nodes = GraphBuilder(name, OPSET)
        result = add(_StartLayer(self._graph, nodes, self._editor, self._shape), rows)
        nodes.output(result, ["positions", "vocabulary"])
        return nodes.graph()

    def _logits(self, rows: str) -> str:
        """Multiply the last row by the output layer, which has no bias."""
        op = self._nodes.op
        sums, scale = self._sums("head", *self._rounded(rows))
        column = op("Squeeze", [sums, self._constant("second_axis", [1], np.int64)], "head.column")
        scores = op("Mul", [column, scale], "head.scores")
        return op("Unsqueeze", [scores, self._axis()], "head.logits")

    def _no_logits(self, rows: str) -> str:
        none = self._constant("no_rows", [0, self._shape.vocabulary], np.int64)
        return self._nodes.op("ConstantOfShape", [none], "head.none")

    def _sums(self, name: str, codes: str, step: str, zero: str) -> tuple[str, str]:
        """Multiply a matrix by columns in 8 bits; return it unscaled, and the scale of each row."""
        op = self._nodes.op
        factors = [self._constant("one", 1, np.float32), step]
        zeros = [self._constant("code_of_none", MIDDLE, np.uint8), zero]
        operands = [self._matrix(f"{name}.weight.int8"), codes]
        sums = op("MatMulIntegerToFloat", [*operands, *factors, *zeros], f"{name}.sums", CONTRIB)
        of_each = self._constant("first_column", 0, np.int64)
        scales = self._weight(f"{name}.weight.scale")
        return sums, op("Gather", [scales, of_each], f"{name}.scale", axis=1)

    def _rounded(self, rows: str) -> tuple[str, str, str]:
        """Round rows to 8 bits around 0; return columns of codes, their step and the code of 0."""
        op = self._nodes.op
        zero = self._constant("zero", 0, np.int8)
        largest = op("ReduceMax", [op("Abs", [rows], f"{rows}.size")], f"{rows}.max", keepdims=0)
        step = self._step(largest, Tensors.LARGEST_CODE)
        codes = op("QuantizeLinear", [rows, step, zero], f"{rows}.codes")
        return op("Transpose", [codes], f"{rows}.code_columns", perm=[1, 0]), step, zero

    def _rounded_relu(self, columns: str) -> tuple[str, str, str]:
        """Round what is positive to all codes there are, as `_rounded`; the rest becomes 0."""
        op = self._nodes.op
        rectified = op("Relu", [columns], f"{columns}.relu")
        before_zero = self._constant("before_zero", -1, np.float32)
        lowest = op("Sub", [before_zero, Tensors.LARGEST_CODE], "lowest_code")
        number = op("Sub", [Tensors.LARGEST_CODE, lowest], "number_of_steps")
        step = self._step(op("ReduceMax", [rectified], f"{columns}.max", keepdims=0), number)
        zero = op("Cast", [lowest], "lowest_code.int8", to=TensorProto.INT8)
        return op("QuantizeLinear", [rectified, step, zero], f"{columns}.codes"), step, zero

    def _step(self, largest: str, number: str) -> str:
        """Divide the largest magnitude into steps; where all are 0, any step will do."""
        some = self._constant("smallest_magnitude", SMALLEST_MAGNITUDE, np.float32)
        largest = self._nodes.op("Max", [largest, some], f"{largest}.some")
        return self._nodes.op("Div", [largest, number], f"{largest}.step")

    def _add_and_norm(self, rows: str, columns: str, name: str, result: str) -> str:
        total = self._nodes.op("Add", [rows, self._turned(columns)], f"{name}.sum")
        inputs = [total, *(self._weight(f"{name}.{each}") for each in ("weight", "bias"))]
        return self._nodes.op("LayerNormalization", inputs, result, epsilon=1e-5, axis=-1)

    def _turned(self, columns: str) -> str:
        return self._nodes.op("Transpose", [columns], f"{columns}.rows", perm=[1, 0])

    def _from(self, first: str, rows: str) -> str:
        """Leave out the rows before the first that goes on."""
        end = self._constant("end_of_all", [np.iinfo(np.int64).max], np.int64)
        return self._nodes.op("Slice", [rows, first, end, self._axis()], f"{rows}.kept")

    def _weight(self, name: str) -> str:
        """Take a weight of the layer as an input."""
        return self._graph.input(name, self._editor.shape(Tensors.in_layer(0, name)))

    def _matrix(self, name: str) -> str:
        """Take codes in blocks as an input, each output's as one row."""
        outputs, blocks, size = self._editor.shape(Tensors.in_layer(0, name))
        return self._graph.input(name, [outputs, blocks * size], TensorProto.UINT8)

    def _axis(self) -> str:
        return self._constant("first_axis", [0], np.int64)

    def _filled(self, name: str, size: int, value: int) -> str:
        """Make a vector of one number; engines do it while they load."""
        shape = self._constant(f"{name}.size", [size], np.int64)
        filling = numpy_helper.from_array(np.array([value], np.float32))
        return self._nodes.op("ConstantOfShape", [shape], f"{name}.{value}s", value=filling)

    def _constant(self, name: str, value: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        return self._graph.weight(name, np.array(value, dtype))
