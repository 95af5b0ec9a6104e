from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch", reason="needs the export extra")

import torch
from small_synthesizer import EMBEDDING, LATENT, small_synthesizer

from voicepack.export.synthesizer import Synthesizer
from voicepack.export.synthesizer_graphs import (
    TracedGraph,
    trace_latent,
    trace_speaker,
    trace_vocoder,
)
from voicepack.export.vocoder import VocoderSizes
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.fast_fir import speed_up_convolutions
from voicepack.quantize.graphs.graph import save_graph
from voicepack.runtime.contract import num_latent_frames
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions, Session

pytestmark = pytest.mark.torch

FLOAT32 = 1e-5  # relative, of sums in another order; the engine reaches about 1e-6
HALF = 1e-2  # relative; rounding each weight to 11 bits costs about 5e-4


@pytest.fixture(scope="module")
def synthesizer() -> Synthesizer:
    """Its vocoder has two stages of few channels."""
    dilations = ((1, 3), (1, 3))
    torch.manual_seed(0)
    net = small_synthesizer(
        VocoderSizes(LATENT, EMBEDDING, 16, 7, (4, 2), (8, 4), (3, 7), dilations, 7)
    )
    net.codebook.normal_()
    net.tabulate_tokens()
    return net


@pytest.mark.parametrize(("part", "trace"), [("latent", trace_latent), ("vocoder", trace_vocoder)])
def test_a_graph_equals_its_module_at_all_lengths_in_both_precisions(
    part: str,
    trace: Callable[[Synthesizer], TracedGraph],
    synthesizer: Synthesizer,
    tmp_path: Path,
) -> None:
    traced, path = trace(synthesizer), tmp_path / "traced.onnx"

    save_graph(traced.model, path)
    traced.check(path, FLOAT32)
    save_graph(store_as_half(traced.model), path)
    traced.check(path, HALF)

    onnx.checker.check_model(path, full_check=True)
    module = synthesizer.get_submodule(part)
    ours = {name for name, _ in [*module.named_parameters(), *module.named_buffers()]}
    in_graph = {each.name for each in traced.model.graph.initializer if np.prod(each.dims) > 8}
    assert in_graph
    assert in_graph <= ours


def all_fast(vocoder: onnx.ModelProto) -> onnx.ModelProto:
    return speed_up_convolutions(vocoder, least_saved=0)


def test_the_vocoder_with_fast_convolutions_equals_its_module(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    traced, path = trace_vocoder(synthesizer), tmp_path / "vocoder.onnx"
    fast = all_fast(traced.model)

    save_graph(fast, path)
    traced.check(path, FLOAT32)
    save_graph(store_as_half(fast), path)
    traced.check(path, HALF)

    # Two kernels with two dilations each; the output has no bias and stays plain.
    assert {each.name for each in fast.functions} == {
        "Conv3Dilated1",
        "Conv3Dilated3",
        "Conv7Dilated1",
        "Conv7Dilated3",
    }


def test_the_speaker_graph_equals_the_style_encoder_on_spectra_with_bins_to_spare(
    synthesizer: Synthesizer, tmp_path: Path
) -> None:
    traced = trace_speaker(synthesizer.style_encoder, num_frequencies=12)
    save_graph(traced.model, tmp_path / "speaker.onnx")
    traced.check(tmp_path / "speaker.onnx", FLOAT32)


def open_graph(path: Path) -> Session:
    return engine_of(find_profile("cpu-portable")).open(path, EngineOptions(threads=1))


def snr_db(found: np.ndarray, expected: np.ndarray) -> float:
    noise = found.astype(np.float64) - expected
    return float(10 * np.log10(np.square(expected).sum() / np.square(noise).sum()))


@pytest.mark.slow
@pytest.mark.parity
@pytest.mark.parametrize("generation", ["v2", "v2pro"])
def test_the_graphs_decode_as_upstream_does(
    generation: str,
    tmp_path: Path,
    reference_data: Path,
    upstream_synthesizer: Callable[[str], Synthesizer],
) -> None:
    net = upstream_synthesizer(generation)
    latent_path, vocoder_path = tmp_path / "latent.onnx", tmp_path / "vocoder.onnx"
    latent_model, vocoder_model = trace_latent(net).model, trace_vocoder(net).model
    at_least_db = {"float32": 80.0, "fast": 80.0, "half": 45.0}
    stored = {
        "float32": (latent_model, vocoder_model),
        "fast": (latent_model, all_fast(vocoder_model)),
        "half": (store_as_half(latent_model), store_as_half(vocoder_model)),
    }
    for precision, (latent_stored, vocoder_stored) in stored.items():
        save_graph(latent_stored, latent_path)
        save_graph(vocoder_stored, vocoder_path)
        latent_graph, vocoder_graph = open_graph(latent_path), open_graph(vocoder_path)
        for case in sorted((reference_data / generation).glob("*.npz")):
            data = np.load(case)
            for audio, embedding, speed in (
                ("dec_audio", "dec_ge", 1.0),
                ("dec_audio_speed12", "dec_ge", 1.2),
                ("dec_audio_speed08", "dec_ge", 0.8),
                ("dec2_audio", "dec2_ge", 1.0),
            ):
                frames = num_latent_frames(len(data["in_codes_fixed"]), speed)
                channels = net.sizes.flow.latent_channels
                latent = latent_graph.run(
                    {
                        "tokens": data["in_codes_fixed"],
                        "phones": data["in_phones2"],
                        "embedding": data[embedding],
                        "noise": np.zeros((1, channels, frames), np.float32),
                    }
                )["latent"]
                found = vocoder_graph.run({"latent": latent, "embedding": data[embedding]})["audio"]
                assert snr_db(found[0, 0], data[audio]) >= at_least_db[precision]
