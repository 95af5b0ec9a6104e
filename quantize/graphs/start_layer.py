"""How a sentence starts: one layer of text2semantic over all first positions, weights as inputs.

The graph runs once for each layer, on the weights that the graph of later positions has in its
file. MatMulNBits gets 80 GMAC/s for many rows of a full-size voice. An ordinary integer product
with the codes on its left gets 150 and needs them as they lie, a row for each output: nothing has
to be arranged while loading, and there is no second copy.
"""

from __future__ import annotations

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
ONE_SIDE, ALL = 127, 255
"""Steps from 0 to the largest code, and from the smallest."""
PRODUCTS = ("qkv", "out", "fc1", "fc2")


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
    return _StartLayer(editor, shape).model()


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
    """Adds one operator after another. Columns are (channels, positions), rows are not."""

    def __init__(self, editor: GraphEditor, shape: Text2SemanticShape) -> None:
        self._editor = editor
        self._shape = shape
        self._builder = GraphBuilder("text2semantic-start", OPSET)

    def model(self) -> onnx.ModelProto:
        """Build a post-norm layer: attention over all rows, the rest over those that go on."""
        builder = self._builder
        width = self._shape.num_heads * self._shape.head_size
        rows = builder.input(Tensors.ROWS, ["rows", width])
        parts = builder.input(Tensors.PARTS, [2], TensorProto.INT64)
        first = builder.input(Tensors.FIRST, [1], TensorProto.INT64)
        scales = [self._weight(f"attention.step.{name}.scale") for name in ("key", "value")]
        qkv = self._product("qkv", *self._rounded(rows))
        attended = attend(builder, self._shape, self._turned(qkv), parts, scales)
        rows, attended = self._from(first, rows), self._from(first, attended)
        mixed = self._product("out", *self._rounded(attended))
        rows = self._add_and_norm(rows, mixed, "attention_norm", "attended_rows")
        expanded = self._product("fc1", *self._rounded(rows))
        reduced = self._product("fc2", *self._rounded_relu(expanded))
        self._add_and_norm(rows, reduced, "feed_forward_norm", Tensors.NEXT_ROWS)
        builder.output(Tensors.NEXT_ROWS, ["kept", width])
        return builder.model()

    def _product(self, name: str, codes: str, step: str, zero: str) -> str:
        """Multiply a matrix by columns in 8 bits; return columns in float32, bias added.

        A normalization with mean 0 and variance 1 is what scales and shifts channels in one go.
        """
        op = self._builder.op
        outputs = self._editor.shape(Tensors.in_layer(0, f"{name}.bias"))[0]
        factors = [self._constant("one", 1, np.float32), step]
        zeros = [self._constant("code_of_none", MIDDLE, np.uint8), zero]
        operands = [self._matrix(f"{name}.weight.int8"), codes]
        sums = op("MatMulIntegerToFloat", [*operands, *factors, *zeros], f"{name}.sums", CONTRIB)
        of_each = self._constant("first_column", 0, np.int64)
        scale = op(
            "Gather", [self._weight(f"{name}.weight.scale"), of_each], f"{name}.scale", axis=1
        )
        mean, variance = (self._filled(name, outputs, value) for value in (0, 1))
        image = op("Unsqueeze", [sums, self._axis()], f"{name}.image")
        shift = self._weight(f"{name}.bias")
        inputs = [image, scale, shift, mean, variance]
        image = op("BatchNormalization", inputs, f"{name}.shifted", epsilon=0.0)
        return op("Squeeze", [image, self._axis()], f"{name}.columns")

    def _rounded(self, rows: str) -> tuple[str, str, str]:
        """Round rows to 8 bits around 0; return columns of codes, their step and the code of 0."""
        op = self._builder.op
        zero = self._constant("zero", 0, np.int8)
        largest = op("ReduceMax", [op("Abs", [rows], f"{rows}.size")], f"{rows}.max", keepdims=0)
        step = self._step(largest, ONE_SIDE)
        codes = op("QuantizeLinear", [rows, step, zero], f"{rows}.codes")
        return op("Transpose", [codes], f"{rows}.code_columns", perm=[1, 0]), step, zero

    def _rounded_relu(self, columns: str) -> tuple[str, str, str]:
        """Round what is positive to 8 bits, as `_rounded`; the lowest code takes all the rest."""
        op = self._builder.op
        lowest = self._constant("lowest", -MIDDLE, np.int8)
        step = self._step(op("ReduceMax", [columns], f"{columns}.max", keepdims=0), ALL)
        return op("QuantizeLinear", [columns, step, lowest], f"{columns}.codes"), step, lowest

    def _step(self, largest: str, steps: int) -> str:
        """Divide the largest number into steps; where all are 0, any step will do."""
        op = self._builder.op
        some = self._constant("tiny", np.finfo(np.float32).tiny * ALL, np.float32)
        largest = op("Max", [largest, some], f"{largest}.some")
        number = self._constant(f"{steps}_steps", steps, np.float32)
        return op("Div", [largest, number], f"{largest}.step")

    def _add_and_norm(self, rows: str, columns: str, name: str, result: str) -> str:
        total = self._builder.op("Add", [rows, self._turned(columns)], f"{name}.sum")
        inputs = [total, *(self._weight(f"{name}.{each}") for each in ("weight", "bias"))]
        return self._builder.op("LayerNormalization", inputs, result, epsilon=1e-5, axis=-1)

    def _turned(self, columns: str) -> str:
        return self._builder.op("Transpose", [columns], f"{columns}.rows", perm=[1, 0])

    def _from(self, first: str, rows: str) -> str:
        """Leave out the rows before the first that goes on."""
        end = self._constant("end_of_all", [np.iinfo(np.int64).max], np.int64)
        return self._builder.op("Slice", [rows, first, end, self._axis()], f"{rows}.kept")

    def _weight(self, name: str) -> str:
        """Take a weight of the layer as an input."""
        return self._builder.input(name, self._editor.shape(Tensors.in_layer(0, name)))

    def _matrix(self, name: str) -> str:
        """Take codes in blocks as an input, each output's as one row."""
        outputs, blocks, size = self._editor.shape(Tensors.in_layer(0, name))
        return self._builder.input(name, [outputs, blocks * size], TensorProto.UINT8)

    def _axis(self) -> str:
        return self._constant("first_axis", [0], np.int64)

    def _filled(self, name: str, size: int, value: int) -> str:
        """Make a vector of one number; engines do it while they load."""
        shape = self._constant(f"{name}.size", [size], np.int64)
        filling = numpy_helper.from_array(np.array([value], np.float32))
        return self._builder.op("ConstantOfShape", [shape], f"{name}.{value}s", value=filling)

    def _constant(self, name: str, value: npt.ArrayLike, dtype: npt.DTypeLike) -> str:
        return self._builder.weight(name, np.array(value, dtype))
