"""Edits a graph into a new one: nodes are replaced where they stand, weights are found by name."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
from onnx import helper, numpy_helper

CONTRIB = "com.microsoft"
"""Domain of ONNX Runtime's own operators."""


class GraphEditor:
    """Collects changes; the given model stays as it is.

    Args:
        model: Its initializers hold their data.
    """

    def __init__(self, model: onnx.ModelProto) -> None:
        self._model = model
        self._weights = {each.name: each for each in self._model.graph.initializer}
        self._replacements: dict[str, Sequence[onnx.NodeProto]] = {}
        self._dtypes: dict[str, int] = {}

    def nodes(self) -> Iterator[onnx.NodeProto]:
        """Go through the nodes in order, replacements not included."""
        yield from self._model.graph.node

    def is_weight(self, name: str) -> bool:
        """Tell whether a tensor is an initializer."""
        return name in self._weights

    def weight(self, name: str) -> npt.NDArray[Any]:
        """Read an initializer."""
        return numpy_helper.to_array(self._weights[name])

    def shape(self, name: str) -> tuple[int, ...]:
        """Read an initializer's shape."""
        return tuple(self._weights[name].dims)

    def add_weight(self, name: str, array: npt.NDArray[Any]) -> str:
        """Store an initializer once; asking again for the same name returns it."""
        if name not in self._weights:
            self.change_weight(name, array)
        return name

    def change_weight(self, name: str, array: npt.NDArray[Any]) -> None:
        """Store another array under the name of an initializer."""
        self._weights[name] = numpy_helper.from_array(np.asarray(array, order="C"), name)

    def add_tensor(self, tensor: onnx.TensorProto) -> str:
        """Store an initializer of a type that NumPy lacks, once; returns its name."""
        self._weights.setdefault(tensor.name, tensor)
        return str(tensor.name)

    def replace(self, nodes: Iterable[onnx.NodeProto], replacements: list[onnx.NodeProto]) -> None:
        """Put `replacements` in the place of the last of `nodes`, and drop the others."""
        *dropped, last = [node.output[0] for node in nodes]
        self._replacements |= {name: [] for name in dropped}
        self._replacements[last] = replacements

    def retype(self, names: Iterable[str], dtype: int) -> None:
        """Give inputs and outputs of the graph another element type."""
        self._dtypes |= dict.fromkeys(names, dtype)

    def model(self) -> onnx.ModelProto:
        """Assemble the edited graph, without the initializers that no node reads any more."""
        graph = self._model.graph
        kept = (self._replacements.get(node.output[0], [node]) for node in graph.node)
        nodes = list(chain.from_iterable(kept))
        used = set(_names_read(nodes))
        edited = helper.make_graph(
            nodes,
            graph.name,
            [self._retyped(value) for value in graph.input],
            [self._retyped(value) for value in graph.output],
            [weight for name, weight in self._weights.items() if name in used],
        )
        opsets = {opset.domain: opset.version for opset in self._model.opset_import}
        if uses_domain(nodes, CONTRIB):
            opsets[CONTRIB] = 1
        return helper.make_model(
            edited,
            opset_imports=[helper.make_opsetid(*each) for each in opsets.items()],
            ir_version=self._model.ir_version,
            producer_name=self._model.producer_name,
        )

    def _retyped(self, value: onnx.ValueInfoProto) -> onnx.ValueInfoProto:
        changed = onnx.ValueInfoProto()
        changed.CopyFrom(value)
        if value.name in self._dtypes:
            changed.type.tensor_type.elem_type = self._dtypes[value.name]
        return changed


def renamed(
    node: onnx.NodeProto, inputs: Mapping[str, str], outputs: Mapping[str, str]
) -> onnx.NodeProto:
    """Copy a node, with other names for some of what it reads and returns."""
    copy = onnx.NodeProto()
    copy.CopyFrom(node)
    copy.input[:] = [inputs.get(name, name) for name in node.input]
    copy.output[:] = [outputs.get(name, name) for name in node.output]
    return copy


def uses_domain(nodes: Iterable[onnx.NodeProto], domain: str) -> bool:
    """Tell whether a node is of a domain, those inside the branches of an If included."""
    return any(
        node.domain == domain or any(uses_domain(each.g.node, domain) for each in node.attribute)
        for node in nodes
    )


def _names_read(nodes: Iterable[onnx.NodeProto]) -> Iterator[str]:
    """Name every tensor that nodes read, those inside the branches of an If included."""
    for node in nodes:
        yield from node.input
        for attribute in node.attribute:
            yield from _names_read(attribute.g.node)
