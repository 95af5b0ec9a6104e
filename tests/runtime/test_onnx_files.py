"""Finding the external files of a graph, compared with the onnx package where it is installed."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.onnx_files import external_files


def field(number: int, content: bytes) -> bytes:
    """A protocol buffer field that holds bytes; its length is written with two bytes."""
    assert len(content) < 128 * 128
    return bytes([number << 3 | 2, len(content) & 0x7F | 0x80, len(content) >> 7]) + content


def external(location: str) -> bytes:
    """A TensorProto whose data lies in the file `location`."""
    return field(13, field(1, b"location") + field(2, location.encode()))


def test_initializers_of_the_graph_are_found(tmp_path: Path) -> None:
    graph = field(5, external("a.data")) + field(5, external("../b")) + field(5, external("a.data"))
    (tmp_path / "m.onnx").write_bytes(b"\x08\x0a" + field(7, graph))
    assert external_files(tmp_path / "m.onnx") == {"a.data", "../b"}


def test_tensors_in_every_corner_are_found(tmp_path: Path) -> None:
    onnx = pytest.importorskip("onnx")

    def tensor(location: str) -> object:
        made = onnx.TensorProto(data_type=1, dims=[8], data_location=1)
        made.external_data.add(key="offset", value="location")
        made.external_data.add(key="location", value=location)
        made.external_data.add(key="length", value="32")
        return made

    sparse = onnx.SparseTensorProto(values=tensor("5"), indices=tensor("6"), dims=[8])
    inner = onnx.GraphProto(initializer=[tensor("1")])
    attributes = [
        onnx.AttributeProto(name="t", t=tensor("2")),
        onnx.AttributeProto(name="ts", tensors=[tensor("3"), tensor("4")]),
        onnx.AttributeProto(name="g", g=inner),
        onnx.AttributeProto(name="gs", graphs=[onnx.GraphProto(sparse_initializer=[sparse])]),
        onnx.AttributeProto(name="s", sparse_tensor=onnx.SparseTensorProto(values=tensor("7"))),
        onnx.AttributeProto(name="ss", sparse_tensors=[onnx.SparseTensorProto(values=tensor("8"))]),
    ]
    node = onnx.NodeProto(op_type="If", attribute=attributes)
    function = onnx.FunctionProto(
        node=[onnx.NodeProto(attribute=[onnx.AttributeProto(t=tensor("9"))])],
        attribute_proto=[onnx.AttributeProto(t=tensor("10"))],
    )
    training = onnx.TrainingInfoProto(
        initialization=onnx.GraphProto(initializer=[tensor("11")]),
        algorithm=onnx.GraphProto(initializer=[tensor("12")]),
    )
    model = onnx.ModelProto(
        ir_version=10,
        producer_name="location",
        graph=onnx.GraphProto(node=[node]),
        functions=[function],
        training_info=[training],
    )
    (tmp_path / "m.onnx").write_bytes(model.SerializeToString())
    assert external_files(tmp_path / "m.onnx") == {str(i) for i in range(1, 13)}


def test_every_field_that_leads_to_a_tensor_is_followed() -> None:
    onnx = pytest.importorskip("onnx")
    tensors = ("TensorProto", "SparseTensorProto")
    leading = {
        (message.name, inner.name)
        for message in onnx.onnx_ml_pb2.DESCRIPTOR.message_types_by_name.values()
        for inner in message.fields
        if inner.message_type is not None and inner.message_type.name in tensors
    }
    assert leading == {
        ("AttributeProto", "t"),
        ("AttributeProto", "tensors"),
        ("AttributeProto", "sparse_tensor"),
        ("AttributeProto", "sparse_tensors"),
        ("GraphProto", "initializer"),
        ("GraphProto", "sparse_initializer"),
        ("SparseTensorProto", "values"),
        ("SparseTensorProto", "indices"),
    }


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "empty"),
        (b"\x3a\x7f", "beyond its message"),
        (b"\x3a", "cut off"),
        (b"\x0b", "wire type 3"),
        (b"\xff" * 11, "more than ten bytes"),
    ],
)
def test_what_is_no_model_is_refused(tmp_path: Path, content: bytes, message: str) -> None:
    (tmp_path / "m.onnx").write_bytes(content)
    with pytest.raises(ValueError, match=message):
        external_files(tmp_path / "m.onnx")


def test_graphs_nested_without_end_are_refused(tmp_path: Path) -> None:
    graph = field(5, external("deep.data"))
    for _ in range(60):
        graph = field(1, field(5, field(6, graph)))
    (tmp_path / "m.onnx").write_bytes(field(7, graph))
    with pytest.raises(ValueError, match="nested"):
        external_files(tmp_path / "m.onnx")


@given(content=st.binary(min_size=1, max_size=64))
def test_any_bytes_are_either_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: bytes
) -> None:
    model = tmp_path_factory.getbasetemp() / "any.onnx"
    model.write_bytes(content)
    try:
        assert external_files(model) is not None
    except ValueError:
        assert model.exists()
