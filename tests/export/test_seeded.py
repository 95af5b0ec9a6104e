"""A seeded voice has upstream's file format, and runs like a trained one."""

from __future__ import annotations

import io
import math
import pickletools
import sys
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import soundfile
import torch

from voicepack.export.checkpoint import Checkpoint, open_gpt, open_sovits
from voicepack.export.generation import recognise_pair
from voicepack.export.hubert import load_hubert
from voicepack.export.seeded import (
    FULL_V2,
    MINIATURE,
    SeededSizes,
    SeededVoice,
    write_gpt,
    write_seeded_voice,
    write_sovits,
)
from voicepack.export.seeded_shapes import (
    FULL_V2_PRO,
    FULL_V2_PRO_PLUS,
    V1,
    V2_PRO,
    V2_PRO_PLUS,
    GenerationSizes,
    gpt_shapes,
    sovits_shapes,
)
from voicepack.export.seeded_speaker_encoder import write_speaker_encoder
from voicepack.export.speaker_encoder import load_speaker_encoder
from voicepack.export.synthesizer import build_synthesizer
from voicepack.export.text2semantic import build_text2semantic
from voicepack.runtime.contract import num_latent_frames

pytestmark = pytest.mark.torch

SIZES_OF_REFERENCE = SeededSizes(
    gpt_layers=3,
    gpt_width=64,
    gpt_heads=4,
    text_layers=2,
    filter_channels=64,
    latent_channels=32,
    vocoder_channels=64,
)


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> SeededVoice:
    return write_seeded_voice(tmp_path_factory.mktemp("seeded"), MINIATURE, seed=1)


def listing(checkpoint: Checkpoint) -> dict[str, tuple[tuple[int, ...], torch.dtype]]:
    return {name: (tuple(w.shape), w.dtype) for name, w in checkpoint.weights.items()}


@pytest.mark.parity
@pytest.mark.parametrize("folder", ["v2", "v2pro"])
def test_gpt_has_the_names_and_shapes_of_upstream(
    reference_data: Path, tmp_path: Path, folder: str
) -> None:
    write_gpt(tmp_path / "gpt.ckpt", SIZES_OF_REFERENCE, seed=0)
    upstream = open_gpt(reference_data / folder / "gpt-e15.ckpt")
    ours = open_gpt(tmp_path / "gpt.ckpt")
    assert listing(ours) == listing(upstream)
    assert ours.config["model"] == upstream.config["model"]


@pytest.mark.parity
@pytest.mark.parametrize(
    ("folder", "sizes"),
    [("v2", SIZES_OF_REFERENCE), ("v2pro", replace(SIZES_OF_REFERENCE, generation=V2_PRO))],
)
def test_sovits_has_the_names_and_shapes_of_upstream(
    reference_data: Path, tmp_path: Path, folder: str, sizes: SeededSizes
) -> None:
    write_sovits(tmp_path / "sovits.pth", sizes, 0, sizes.generation.header)
    upstream = open_sovits(reference_data / folder / "sovits_e8_s800.pth")
    ours = open_sovits(tmp_path / "sovits.pth")
    assert ours.header == upstream.header
    assert listing(ours) == listing(upstream)
    assert ours.config["model"] == upstream.config["model"]
    assert ours.config["data"].items() <= upstream.config["data"].items()


def test_full_size_is_that_of_upstream() -> None:
    # Counted on upstream's pretrained v2: 295 tensors, 77.606 M parameters; 85.0 MB of halves.
    gpt, sovits = gpt_shapes(FULL_V2), sovits_shapes(FULL_V2)
    assert len(gpt) == 295
    assert sum(map(math.prod, gpt.values())) == pytest.approx(77.606e6, abs=500)
    assert 2 * sum(map(math.prod, sovits.values())) == pytest.approx(85.0e6, rel=0.005)


def test_pro_voices_are_as_large_as_their_parts() -> None:
    # Beside v2: 20480 to 1024, 1024 to 512 and 1024 slopes; 512 more channels into the 8 x 192
    # gates of 4 couplings, out of the style encoder and into the vocoder.
    counts = [sum(map(math.prod, sovits_shapes(s).values())) for s in (FULL_V2, FULL_V2_PRO)]
    branch = 20480 * 1024 + 1024 + 1024 * 512 + 512 + 1024
    assert counts[1] - counts[0] == branch + 512 * (4 * 8 * 192 + 128 + 1 + 512)
    plus = sovits_shapes(FULL_V2_PRO_PLUS)
    assert plus["dec.ups.0.weight"] == (768, 384, 20)
    assert plus["dec.conv_post.weight"] == (1, 24, 7)


@pytest.mark.parametrize(
    ("generation", "name"), [(V1, "v1"), (V2_PRO, "v2Pro"), (V2_PRO_PLUS, "v2ProPlus")]
)
def test_every_generation_is_written_and_recognised(
    generation: GenerationSizes, name: str, tmp_path: Path
) -> None:
    sizes = replace(MINIATURE, generation=generation)
    write_gpt(tmp_path / "gpt.ckpt", sizes, seed=0)
    write_sovits(tmp_path / "sovits.pth", sizes, 0, generation.header)
    pair = open_gpt(tmp_path / "gpt.ckpt"), open_sovits(tmp_path / "sovits.pth")
    assert recognise_pair(*pair).name == name
    build_text2semantic(pair[0])
    build_synthesizer(pair[1])


@torch.inference_mode()
def test_a_seeded_speaker_encoder_tells_sounds_apart(tmp_path: Path) -> None:
    write_speaker_encoder(tmp_path / "encoder.ckpt", seed=0)
    encoder = load_speaker_encoder(tmp_path / "encoder.ckpt")
    first, second = encoder(torch.randn(2, 20, 80, generator=torch.Generator().manual_seed(0)))
    assert first.shape == (20480,)
    assert 0.01 < (first - second).square().mean().sqrt() < 100


def test_equal_seeds_write_equal_files(voice: SeededVoice, tmp_path: Path) -> None:
    again = write_seeded_voice(tmp_path, MINIATURE, seed=1)
    assert again.gpt.read_bytes() == voice.gpt.read_bytes()
    assert again.sovits.read_bytes() == voice.sovits.read_bytes()
    assert again.clip.read_bytes() == voice.clip.read_bytes()
    weights = "pytorch_model.bin"
    assert (again.hubert / weights).read_bytes() == (voice.hubert / weights).read_bytes()


def test_another_seed_writes_another_voice(voice: SeededVoice, tmp_path: Path) -> None:
    write_gpt(tmp_path / "gpt.ckpt", MINIATURE, seed=2)
    assert (tmp_path / "gpt.ckpt").read_bytes() != voice.gpt.read_bytes()


def test_sovits_config_is_a_pickled_instance_of_the_class_of_upstream(voice: SeededVoice) -> None:
    with zipfile.ZipFile(voice.sovits) as archive:
        (name,) = (name for name in archive.namelist() if name.endswith("data.pkl"))
        instructions = pickletools.genops(io.BytesIO(archive.read(name)))
        assert ("GLOBAL", "utils HParams") in {(op.name, value) for op, value, _ in instructions}
    assert "utils" not in sys.modules


def test_a_version_header_replaces_the_first_two_bytes(tmp_path: Path) -> None:
    write_sovits(tmp_path / "sovits.pth", MINIATURE, seed=0, header=b"01")
    assert (tmp_path / "sovits.pth").read_bytes()[:4] == b"01\x03\x04"
    assert open_sovits(tmp_path / "sovits.pth").header == b"01"


def test_the_pair_is_recognised(voice: SeededVoice) -> None:
    assert recognise_pair(open_gpt(voice.gpt), open_sovits(voice.sovits)).name == "v2"


def test_the_clip_hums_for_a_length_that_a_prompt_may_have(voice: SeededVoice) -> None:
    samples, sample_rate = soundfile.read(voice.clip)
    assert (sample_rate, samples.ndim) == (32000, 1)
    assert 3 < samples.size / sample_rate < 10
    assert 0.4 < np.abs(samples).max() < 0.6


def test_hubert_loads_and_hears_differences(voice: SeededVoice) -> None:
    samples, _ = soundfile.read(voice.clip, dtype="float32")
    features = load_hubert(voice.hubert, 768).features(samples[:32000:2])
    assert features.shape == (49, 768)
    assert features.std(axis=0).mean() > 0.1


@torch.inference_mode()
def test_the_end_of_speech_comes_in_time_and_not_at_once(voice: SeededVoice) -> None:
    net = build_text2semantic(open_gpt(voice.gpt))
    random = torch.Generator().manual_seed(0)
    phones = torch.randint(732, (50,), generator=random)
    tokens = torch.randint(1024, (400,), generator=random)
    position = torch.arange(400)[:, None] * torch.logspace(0, -4, 65)[:-1]
    sines = torch.stack([position.sin(), position.cos()], dim=2).flatten(1)
    text = net.phone_embedding(phones) + net.feature_projection.bias + sines[:50]
    speech = net.token_embedding(tokens) + sines
    logits = net(torch.cat([text, speech])[None], 50)[50:]
    is_end = logits.argmax(dim=1) == 1024
    assert not is_end[:50].any()
    assert is_end[300:].float().mean() > 0.5


@torch.inference_mode()
def test_the_voice_is_neither_silent_nor_clipped(voice: SeededVoice) -> None:
    synthesizer = build_synthesizer(open_sovits(voice.sovits))
    random = torch.Generator().manual_seed(0)
    tokens = torch.randint(1024, (50,), generator=random)
    phones = torch.randint(732, (20,), generator=random)
    embedding = 0.5 * torch.randn(1, 512, 1, generator=random)
    noise = 0.5 * torch.randn(1, 16, num_latent_frames(50, 1), generator=random)
    latent = synthesizer.latent(tokens, phones, embedding, noise)
    audio = synthesizer.vocoder(latent, embedding)
    assert audio.shape == (1, 1, 64000)
    assert 0.02 < audio.square().mean().sqrt() < 0.5
    assert abs(audio.mean()) < 0.02
