"""From torch module to ONNX graph."""

from __future__ import annotations

import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

import onnx
import torch
from torch import Tensor, nn

from voicepack.quantize.graphs.graph import Computation, GraphSpec, Tensors, value_info
from voicepack.targets.session import Array

OPSET = 18
"""The oldest that torch's exporter writes without converting; onnxruntime has it since 1.14."""


def export_graph(
    module: nn.Module, spec: GraphSpec, example: Mapping[str, Tensor]
) -> onnx.ModelProto:
    """Write a torch module as a graph with its weights inside, under the module's own names.

    Args:
        module: In eval mode. The arguments of its `forward` are named as the inputs of `spec`.
        spec: Inputs and outputs; a size given by name stays free.
        example: One tensor for each input. Free sizes must be at least 2 and differ from each
            other, or torch takes them for fixed or equal.
    """
    free = {
        tensor.name: {
            axis: torch.export.Dim.DYNAMIC
            for axis, size in enumerate(tensor.shape)
            if isinstance(size, str)
        }
        for tensor in spec.inputs
    }
    with _quiet_exporter(), torch.inference_mode():
        program = torch.onnx.export(
            module,
            kwargs=dict(example),
            dynamic_shapes=free,
            output_names=[tensor.name for tensor in spec.outputs],
            opset_version=OPSET,
            dynamo=True,
            verbose=False,
        )
    assert program is not None
    return _with_interface(program.model_proto, spec)


def module_computation(module: nn.Module, spec: GraphSpec) -> Computation:
    """Wrap a module with one output so that a graph can be compared with it."""
    (output,) = spec.outputs

    def compute(inputs: Tensors) -> dict[str, Array]:
        with torch.inference_mode():
            result = module(**{name: torch.from_numpy(array) for name, array in inputs.items()})
        return {output.name: result.numpy()}

    return compute


def _with_interface(model: onnx.ModelProto, spec: GraphSpec) -> onnx.ModelProto:
    """Put names of our own in the place of the symbols torch invents for free sizes."""
    del model.graph.input[:], model.graph.output[:]
    model.graph.input.extend(value_info(tensor) for tensor in spec.inputs)
    model.graph.output.extend(value_info(tensor) for tensor in spec.outputs)
    return model


@contextmanager
def _quiet_exporter() -> Iterator[None]:
    """Silence remarks on missing optional packages and on the exporter's own old calls."""
    logger = logging.getLogger("torch.onnx")
    level = logger.level
    logger.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", FutureWarning)
            warnings.simplefilter("ignore", DeprecationWarning)
            yield
    finally:
        logger.setLevel(level)
