"""The ONNX graph of BERT, up to the layer that voices hear.

Built node by node in standard operators. Query, key and value are one multiplication, which reads
the text once; weights have the names of the torch module, so that quantization can speak of them.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt
import onnx
import torch

from voicepack.export.bert import Bert, Layer
from voicepack.quantize.graphs.graph import Computation, GraphSpec, Tensors
from voicepack.quantize.graphs.graph_builder import GraphBuilder
from voicepack.runtime.contract import BertTensor, GraphRole
from voicepack.runtime.manifest import TensorSpec
from voicepack.runtime.phones import FloatArray
from voicepack.targets.session import Array

OPSET = 17
"""The first with LayerNormalization."""
TOKEN_TABLE = "token_embedding.weight"
LENGTHS = (32, 3, 2, 1, 97)
"""Tokens of the texts a graph is compared on, as far as the net takes so many."""


def bert_spec(width: int) -> GraphSpec:
    """Say what the graph takes and returns."""
    return GraphSpec(
        role=GraphRole.BERT,
        inputs=(TensorSpec(BertTensor.INPUT_IDS, "int64", (1, "num_tokens")),),
        outputs=(TensorSpec(BertTensor.FEATURES, "float32", ("num_tokens", width)),),
    )


def bert_graph(net: Bert) -> onnx.ModelProto:
    """Build the graph that `contract.BertTensor` describes, in float32."""
    builder = GraphBuilder("bert", OPSET)
    width = net.sizes.width
    builder.input(BertTensor.INPUT_IDS, [1, "num_tokens"], onnx.TensorProto.INT64)
    hidden = _embed(builder, net)
    for index, layer in enumerate(net.layers):
        assert isinstance(layer, Layer)
        hidden = _layer(builder, net, layer, hidden, f"layers.{index}")
    builder.op("Identity", [hidden], BertTensor.FEATURES)
    builder.output(BertTensor.FEATURES, ["num_tokens", width])
    return builder.model()


def bert_computation(net: Bert) -> Computation:
    """Wrap the module so that a graph can be compared with it."""

    def compute(inputs: Tensors) -> dict[str, Array]:
        with torch.inference_mode():
            features = net(torch.from_numpy(inputs[BertTensor.INPUT_IDS]))
        return {BertTensor.FEATURES: features.numpy()}

    return compute


def bert_examples(net: Bert) -> tuple[Tensors, ...]:
    """Make texts of several lengths to compare on."""
    random = np.random.default_rng(0)
    return tuple(
        {BertTensor.INPUT_IDS: random.integers(net.sizes.vocabulary, size=(1, length))}
        for length in LENGTHS
        if length <= net.sizes.num_positions
    )


def _embed(builder: GraphBuilder, net: Bert) -> str:
    """Add up what a token means and where it stands; all tokens are of the first type."""
    op = builder.op
    table = builder.weight(TOKEN_TABLE, _array(net.token_embedding.weight))
    text = builder.weight("text_axis", np.array([0], np.int64))
    ids = op("Squeeze", [BertTensor.INPUT_IDS, text], "ids")
    places = net.position_embedding.weight + net.type_embedding.weight[0]
    length = op("Shape", [ids], "length")
    place = op(
        "Slice",
        [
            builder.weight("place_embedding.weight", _array(places)),
            builder.weight("zero", np.array([0])),
            length,
        ],
        "place",
    )
    token = op("Gather", [table, ids], "token")
    total = op("Add", [token, place], "embedding")
    return _norm(builder, total, net.embedding_norm, "embedding_norm")


def _layer(builder: GraphBuilder, net: Bert, layer: Layer, hidden: str, at: str) -> str:
    attended = _attention(builder, net, layer, hidden, at)
    mixed = _linear(builder, attended, f"{at}.out", layer.out)
    mixed = builder.op("Add", [hidden, mixed], f"{at}.mixed")
    hidden = _norm(builder, mixed, layer.attention_norm, f"{at}.attention_norm")
    expanded = _gelu(builder, _linear(builder, hidden, f"{at}.fc1", layer.fc1), f"{at}.gelu")
    reduced = _linear(builder, expanded, f"{at}.fc2", layer.fc2)
    total = builder.op("Add", [hidden, reduced], f"{at}.total")
    return _norm(builder, total, layer.feed_forward_norm, f"{at}.feed_forward_norm")


def _attention(builder: GraphBuilder, net: Bert, layer: Layer, hidden: str, at: str) -> str:
    op, heads, size = builder.op, net.sizes.num_heads, net.sizes.head_size
    parts = (layer.query, layer.key, layer.value)
    weight = torch.cat([part.weight for part in parts])
    bias = torch.cat([part.bias for part in parts])
    qkv = builder.linear(
        hidden,
        f"{at}.qkv",
        builder.weight(f"{at}.qkv.weight", _array(weight.T)),
        builder.weight(f"{at}.qkv.bias", _array(bias)),
    )
    split_heads = builder.weight("split_heads", np.array([-1, 3, heads, size], np.int64))
    by_part = op("Reshape", [qkv, split_heads], f"{at}.heads")
    by_part = op("Transpose", [by_part], f"{at}.parts", perm=[1, 2, 0, 3])
    names = [f"{at}.{part}" for part in ("query", "key", "value")]
    thirds = builder.weight("thirds", np.ones(3, np.int64))
    query, key, value = builder.ops("Split", [by_part, thirds], names, axis=0)
    scale = builder.weight("attention_scale", np.array(size**-0.5, np.float32))
    query = op("Mul", [query, scale], f"{at}.scaled_query")
    key = op("Transpose", [key], f"{at}.key_columns", perm=[0, 1, 3, 2])
    scores = op("MatMul", [query, key], f"{at}.scores")
    shares = op("Softmax", [scores], f"{at}.attention_weights", axis=-1)
    attended = op("MatMul", [shares, value], f"{at}.attended")
    by_position = op("Transpose", [attended], f"{at}.by_position", perm=[0, 2, 1, 3])
    join_heads = builder.weight("join_heads", np.array([-1, heads * size], np.int64))
    return op("Reshape", [by_position, join_heads], f"{at}.attention")


def _gelu(builder: GraphBuilder, source: str, at: str) -> str:
    """Write GELU by its error function, a pattern that engines fuse into one kernel."""
    op = builder.op
    root = builder.weight("root_of_two", np.array(math.sqrt(2), np.float32))
    one = builder.weight("one.float", np.array(1, np.float32))
    half = builder.weight("half", np.array(0.5, np.float32))
    scaled = op("Div", [source, root], f"{at}.scaled")
    error = op("Erf", [scaled], f"{at}.erf")
    raised = op("Add", [error, one], f"{at}.raised")
    doubled = op("Mul", [source, raised], f"{at}.doubled")
    return op("Mul", [doubled, half], at)


def _linear(builder: GraphBuilder, source: str, at: str, layer: torch.nn.Linear) -> str:
    weight = builder.weight(f"{at}.weight", _array(layer.weight.T))
    return builder.linear(source, at, weight, builder.weight(f"{at}.bias", _array(layer.bias)))


def _norm(builder: GraphBuilder, source: str, norm: torch.nn.LayerNorm, at: str) -> str:
    parameters = [
        builder.weight(f"{at}.weight", _array(norm.weight)),
        builder.weight(f"{at}.bias", _array(norm.bias)),
    ]
    return builder.op("LayerNormalization", [source, *parameters], at, epsilon=norm.eps, axis=-1)


def _array(tensor: torch.Tensor) -> npt.NDArray[np.float32]:
    array: FloatArray = tensor.detach().numpy()
    return array
