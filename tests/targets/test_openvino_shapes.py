"""Graphs are given fixed shapes, for devices that want them."""

from __future__ import annotations

from importlib.util import find_spec

import numpy as np
import pytest

from voicepack.targets.errors import TargetError
from voicepack.targets.quiet_import import import_quietly

pytestmark = [
    pytest.mark.openvino,
    pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed"),
]


def test_the_varying_axis_gets_a_length_and_the_original_keeps_its_own() -> None:
    import_quietly("openvino")
    from openvino import Model, PartialShape, opset13

    from voicepack.targets.openvino_shapes import of_length, varying_axis

    latent = opset13.parameter(PartialShape([1, 3, -1]), np.float32, name="latent")
    latent.output(0).set_names({"latent"})
    model = Model([opset13.relu(latent)], [latent])

    varying = varying_axis(model)
    fixed = of_length(model, varying, 7)

    assert varying == ("latent", 2)
    assert fixed.input("latent").get_shape() == [1, 3, 7]
    assert model.input("latent").get_partial_shape().is_dynamic


def test_a_graph_with_two_varying_sizes_is_refused() -> None:
    import_quietly("openvino")
    from openvino import Model, PartialShape, opset13

    from voicepack.targets.openvino_shapes import varying_axis

    tokens = opset13.parameter(PartialShape([-1, -1]), np.float32, name="tokens")
    tokens.output(0).set_names({"tokens"})

    with pytest.raises(TargetError, match="one size that varies, found 2"):
        varying_axis(Model([opset13.relu(tokens)], [tokens]))
