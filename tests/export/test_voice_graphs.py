from pathlib import Path

import pytest

pytest.importorskip("torch", reason="needs the export extra")

from small_synthesizer import EMBEDDING, LATENT, small_synthesizer

from voicepack.export.synthesizer import Synthesizer
from voicepack.export.text2semantic import Text2Semantic, Text2SemanticSizes
from voicepack.export.vocoder import VocoderSizes
from voicepack.export.voice_graphs import GraphWriter
from voicepack.quantize.graphs.convolved_products import has_convolutions
from voicepack.quantize.graphs.fast_fir import is_sped_up
from voicepack.quantize.graphs.graph import load_graph, weights_path
from voicepack.runtime.contract import Precision
from voicepack.targets.catalogue import find_profile

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def synthesizer() -> Synthesizer:
    """Its vocoder has one stage of 64 channels, with kernels of 11 taps."""
    vocoder = VocoderSizes(LATENT, EMBEDDING, 128, 7, (5,), (9,), (11,), ((1, 3),), 7)
    return small_synthesizer(vocoder)


def test_the_vocoder_has_fast_convolutions_where_the_target_gains_by_them(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    sped_up, weights = {}, {}
    for target in ("cpu", "openvino-cpu"):
        writer = GraphWriter(tmp_path / target, find_profile(target), Precision.FP32)
        (tmp_path / target).mkdir()
        path = tmp_path / target / writer.vocoder(synthesizer).file
        sped_up[target] = is_sped_up(load_graph(path))
        weights[target] = weights_path(path).read_bytes()

    assert sped_up == {"cpu": True, "openvino-cpu": False}
    assert weights["cpu"] == weights["openvino-cpu"]


def test_products_are_convolutions_where_the_target_gains_by_them(
    tmp_path: Path,
) -> None:
    sizes = Text2SemanticSizes(
        num_layers=2,
        num_heads=2,
        width=32,
        feed_forward=128,
        num_phones=20,
        vocabulary=65,
        num_features=1024,
    )
    net = Text2Semantic(sizes).eval().requires_grad_(False)
    convolved = {}
    for target in ("cpu", "cpu-portable", "arm64"):
        (tmp_path / target).mkdir()
        writer = GraphWriter(tmp_path / target, find_profile(target), Precision.FP32)
        path = tmp_path / target / writer.text2semantic(net).file
        convolved[target] = has_convolutions(load_graph(path))

    assert convolved == {"cpu": True, "cpu-portable": True, "arm64": False}
