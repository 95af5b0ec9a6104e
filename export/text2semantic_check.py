"""The proof that a text2semantic graph computes what its torch module computes."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import torch

from voicepack.export.text2semantic import Text2Semantic, Text2SemanticSizes
from voicepack.quantize.errors import GraphError
from voicepack.quantize.graphs.graph import relative_error
from voicepack.runtime.kv_cache import make_decoder
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.targets.catalogue import engine_of
from voicepack.targets.profile import TargetProfile
from voicepack.targets.session import EngineOptions

NUM_TEXT, NUM_PREFILL, NUM_POSITIONS = 7, 24, 40
"""A short sentence: phones, phones and prompt, and all positions at its end."""


def check_text2semantic(
    path: Path, net: Text2Semantic, profile: TargetProfile, tolerance: float
) -> float:
    """Run prefill and steps through the runtime's own decoder, and compare with one torch pass.

    Args:
        path: The `.onnx` file.
        net: The module that the graph was built from.
        profile: The target it was built for; its engine runs the check.
        tolerance: Largest relative error of the logits.

    Returns:
        The relative error.

    Raises:
        GraphError: The error is larger than `tolerance`.
        TargetError: The engine is missing, too old, or refuses the graph.
    """
    random = np.random.default_rng(0)
    hidden = random.standard_normal((NUM_POSITIONS, net.sizes.width)).astype(np.float32)
    expected = net(torch.from_numpy(hidden)[None], NUM_TEXT).numpy()[NUM_PREFILL - 1 :]
    session = engine_of(profile).open(path, EngineOptions(threads=1))
    decoder = make_decoder(profile.kv_cache, session, host_shape(net.sizes))
    found = [decoder.prefill(hidden[:NUM_PREFILL], NUM_TEXT)]
    found += [decoder.step(row) for row in hidden[NUM_PREFILL:]]
    error = relative_error(np.stack(found), expected)
    if not error <= tolerance:
        raise GraphError(
            f"{path.name}: logits differ from the torch module's by {error:.1e} (relative), "
            f"allowed are {tolerance:.1e}. This is a fault of the exporter or of the engine: "
            "report it with the versions of torch and of the engine."
        )
    return error


def host_shape(sizes: Text2SemanticSizes) -> Text2SemanticShape:
    """Pick what the runtime needs to know of the net."""
    return Text2SemanticShape(sizes.num_layers, sizes.num_heads, sizes.head_size, sizes.vocabulary)
