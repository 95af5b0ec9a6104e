"""A pack for OpenVINO says what upstream says, and has what its engine needs."""

from __future__ import annotations

from dataclasses import replace
from importlib.util import find_spec
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import soundfile

from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.quantize.metrics.waveform import snr_db
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.voice import Voice

pytestmark = [
    pytest.mark.torch,
    pytest.mark.parity,
    pytest.mark.openvino,
    pytest.mark.slow,
    pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed"),
]

GREEDY = Speaking(sampling=Sampling(top_k=1, repetition_penalty=1.35), noise_scale=0)


@pytest.fixture(scope="module")
def data(reference_data: Path) -> dict[str, np.ndarray]:
    with np.load(reference_data / "v2" / "short.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def pack(
    reference_data: Path, data: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory
) -> VoicePack:
    folder = tmp_path_factory.mktemp("openvino")
    soundfile.write(folder / "ref.wav", data["in_ref_wav"], 32_000, subtype="FLOAT")
    job = ExportJob(
        gpt=reference_data / "v2" / "gpt-e15.ckpt",
        sovits=reference_data / "v2" / "sovits_e8_s800.pth",
        references=(ReferenceSpec("default", (folder / "ref.wav",), "en", "Hello there."),),
        name="reference",
        hubert=reference_data / "hubert",
        target="openvino-cpu",
    )
    return export_voice(job, folder / "reference.voicepack")


def test_it_speaks_upstream_s_tokens_and_audio(
    pack: VoicePack, data: dict[str, np.ndarray]
) -> None:
    voice = Voice.load(pack.root, threads=1)
    phones = Phones(data["in_phones1"], data["in_bert1"].T.copy())
    prompt = replace(voice.pack.prompt(), phones=phones)

    spoken = voice.utter(Phones(data["in_phones2"], data["in_bert2"].T.copy()), prompt, GREEDY)

    assert spoken.tokens.tolist() == data["greedy_rp135"].tolist()
    assert snr_db(data["e2e_audio"], spoken.audio) >= 60


def test_every_graph_names_its_engine(pack: VoicePack) -> None:
    graphs = pack.manifest.graphs

    assert {(graph.engine, graph.minimum_engine) for graph in graphs} == {("openvino", "2026.2.0")}
    assert pack.graph(GraphRole.TEXT2SEMANTIC).kv_cache == "stateful"
