"""Gives a graph fixed shapes, for devices that want to know every size beforehand."""

from __future__ import annotations

from typing import TYPE_CHECKING

from voicepack.targets.errors import TargetError

if TYPE_CHECKING:
    import openvino


def varying_axis(model: openvino.Model) -> tuple[str, int]:
    """Find the one input, and its one axis, whose size is known only when the graph runs.

    Raises:
        TargetError: There is none, or more than one.
    """
    found = [
        (port.get_any_name(), axis)
        for port in model.inputs
        for axis, size in enumerate(port.get_partial_shape())
        if size.is_dynamic
    ]
    if len(found) != 1:
        raise TargetError(
            f"a graph of fixed shapes must have one size that varies, found {len(found)}. Export "
            "the voice for openvino-cpu."
        )
    return found[0]


def of_length(model: openvino.Model, varying: tuple[str, int], length: int) -> openvino.Model:
    """Return a copy of a graph whose varying axis has a given length."""
    name, axis = varying
    fixed = model.clone()
    shape = fixed.input(name).get_partial_shape()
    shape[axis] = length
    fixed.reshape({name: shape})
    return fixed
