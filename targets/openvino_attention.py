"""Brings attention over a state into the form that OpenVINO has the fewest operators for."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import openvino

HEADS_FIRST = [0, 2, 1, 3]
"""Turns (1, positions, heads, channels) into (1, heads, positions, channels)."""


def fit_attention(model: openvino.Model) -> None:
    """Leave as little as possible beside the operator that appends to a state and attends to it.

    It takes query, keys and values with positions first, where nothing but attention reads them
    once they are turned. What OpenVINO makes of ONNX's Attention is not yet so. Numbers stay what
    they were.

    Args:
        model: Changed in place: of a past that is (1, H, L, D), and of what is returned in its
            place, becomes (1, L, H, D).
    """
    for node in model.get_ops():
        if node.get_type_name() == "ScaledDotProductAttention":
            _read_scale_alone(node)
            for keys_or_values in (1, 2):
                _append_before_turning(node.input(keys_or_values))
            _drop_guard(node)
    model.validate_nodes_and_infer_types()


def _read_scale_alone(attention: openvino.Node) -> None:
    """Let the scale not look up its type at the query, which would be a second reader of that."""
    from openvino import opset13

    for scale in attention.inputs()[4:]:
        like_query = scale.get_source_output().get_node()
        if like_query.get_type_name() == "ConvertLike":
            dtype = attention.get_output_element_type(0)
            converted = opset13.convert(like_query.input_value(0), dtype)
            scale.replace_source_output(converted.output(0))


def _append_before_turning(attended: openvino.Input) -> None:
    """Append new keys or values as they come, and turn them together with the past."""
    from openvino import PartialShape, opset13

    appended = attended.get_source_output().get_node()
    kinds = [each.get_node().get_type_name() for each in appended.input_values()]
    if appended.get_type_name() != "Concat" or kinds != ["Parameter", "Transpose"]:
        return
    past, turned = (each.get_node() for each in appended.input_values())
    batch, heads, positions, channels = past.get_output_partial_shape(0)
    past.set_partial_shape(PartialShape([batch, positions, heads, channels]))
    both = opset13.concat([past, turned.input_value(0)], 1)
    both.output(0).set_names(appended.output(0).get_names())
    appended.output(0).replace(both.output(0))
    attended.replace_source_output(opset13.transpose(both, HEADS_FIRST).output(0))


def _drop_guard(attention: openvino.Node) -> None:
    """Take what is attended as it is: ONNX wants 0 where a position sees none, but each does."""
    for reader in attention.output(0).get_target_inputs():
        guard = reader.get_node()
        if guard.get_type_name() == "Select":
            guard.output(0).replace(attention.output(0))
