"""Tells the flavours of the text2semantic graph apart."""

from __future__ import annotations

import onnx

from voicepack.runtime.contract import Text2SemanticTensor as Tensors
from voicepack.targets.profile import KvCache


def flavour_of(model: onnx.ModelProto) -> KvCache:
    """Say how a graph keeps keys and values. A graph that keeps none counts as portable."""
    if any(value.name == Tensors.TOTAL_LENGTH for value in model.graph.input):
        return KvCache.SHARED_BUFFER
    if any(value.name == Tensors.present_key(0) for value in model.graph.output):
        fused = any(node.op_type == "Attention" for node in model.graph.node)
        return KvCache.STATEFUL if fused else KvCache.ON_DEVICE
    return KvCache.PORTABLE
