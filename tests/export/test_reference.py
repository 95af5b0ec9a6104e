from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import soundfile
from torch import nn

from voicepack.export.checkpoint import Checkpoint, open_sovits
from voicepack.export.config import SovitsConfig
from voicepack.export.errors import ReferenceClipError
from voicepack.export.hubert import load_hubert
from voicepack.export.prompt_tokens import PromptTokenizer
from voicepack.export.reference import encode_reference
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.spectrogram import SpectrogramShape
from voicepack.export.style_encoder import STYLE_ENCODER_WEIGHTS, StyleEncoder
from voicepack.export.voice_embedding import VoiceEmbedder
from voicepack.export.weights import WeightTable, load_module
from voicepack.runtime.phones import Phones

pytestmark = [pytest.mark.torch, pytest.mark.parity]


@pytest.fixture(scope="module")
def checkpoint(reference_data: Path) -> Checkpoint:
    return open_sovits(reference_data / "v2/sovits_e8_s800.pth")


@pytest.fixture(scope="module")
def embedder(checkpoint: Checkpoint) -> VoiceEmbedder:
    weights = {k: v for k, v in checkpoint.weights.items() if k.startswith("ref_enc.")}
    encoder = StyleEncoder.sized_for(checkpoint)
    load_module(encoder, weights, WeightTable(STYLE_ENCODER_WEIGHTS), "v2")
    return VoiceEmbedder(encoder, SpectrogramShape.of(SovitsConfig.from_checkpoint(checkpoint)))


@pytest.fixture(scope="module")
def tokenizer(reference_data: Path, checkpoint: Checkpoint) -> PromptTokenizer:
    weights = {name: weight.float() for name, weight in checkpoint.weights.items()}
    projection = nn.Conv1d(768, 768, kernel_size=2, stride=2)
    projection.load_state_dict(
        {"weight": weights["ssl_proj.weight"], "bias": weights["ssl_proj.bias"]}
    )
    hubert = load_hubert(reference_data / "hubert", 768)
    codebook = weights["quantizer.vq.layers.0._codebook.embed"]
    return PromptTokenizer(hubert, projection, codebook, sample_rate=32000)


@pytest.fixture(params=["short", "mid"])
def upstream(reference_data: Path, request: pytest.FixtureRequest) -> dict[str, np.ndarray]:
    return dict(np.load(reference_data / f"v2/{request.param}.npz"))


def write(path: Path, samples: np.ndarray, rate: int = 32000) -> Path:
    soundfile.write(path, samples, rate, subtype="FLOAT")
    return path


def three_phones(text: str, language: str) -> Phones:
    assert (text, language) == ("One two three.", "en")
    return Phones(np.array([1, 2, 3]))


def relative_error(found: np.ndarray, expected: np.ndarray) -> float:
    return float(np.linalg.norm(found - expected) / np.linalg.norm(expected))


def test_a_clip_and_its_text_become_upstreams_tokens_and_embedding(
    tmp_path: Path,
    upstream: dict[str, np.ndarray],
    tokenizer: PromptTokenizer,
    embedder: VoiceEmbedder,
) -> None:
    clip = write(tmp_path / "clip.wav", upstream["in_ref_wav"])
    spec = ReferenceSpec("calm", (clip,), "en", " One two three.\n")
    prompt = encode_reference(spec, tokenizer, embedder, three_phones)
    assert (prompt.name, prompt.language, prompt.text) == ("calm", "en", "One two three.")
    np.testing.assert_array_equal(prompt.phones.ids, [1, 2, 3])
    np.testing.assert_array_equal(prompt.tokens, upstream["ref_prompt_codes"])
    # Single precision on both sides, with other kernels.
    assert relative_error(prompt.embedding, upstream["dec_ge"][0, :, 0]) <= 1e-5


def test_several_clips_are_averaged_as_upstream_does(
    tmp_path: Path,
    upstream: dict[str, np.ndarray],
    tokenizer: PromptTokenizer,
    embedder: VoiceEmbedder,
) -> None:
    clips = (
        write(tmp_path / "main.wav", upstream["in_ref_wav"]),
        write(tmp_path / "second.wav", upstream["in_aux_wav"]),
    )
    spec = ReferenceSpec("both", clips, "en", "One two three.")
    prompt = encode_reference(spec, tokenizer, embedder, three_phones)
    np.testing.assert_array_equal(prompt.tokens, upstream["ref_prompt_codes"])
    assert relative_error(prompt.embedding, upstream["dec2_ge"][0, :, 0]) <= 1e-5


@pytest.mark.parametrize("text", ["", " \n"])
def test_a_reference_without_text_only_lends_its_sound_and_needs_no_hubert(
    tmp_path: Path, embedder: VoiceEmbedder, text: str
) -> None:
    one_second = np.random.default_rng(0).uniform(-0.5, 0.5, 32000).astype(np.float32)
    spec = ReferenceSpec("timbre", (write(tmp_path / "clip.wav", one_second),), "", text)
    prompt = encode_reference(spec, None, embedder, three_phones)
    assert prompt.text == ""
    assert prompt.phones.ids.shape == prompt.tokens.shape == (0,)
    assert prompt.phones.ids.dtype == prompt.tokens.dtype == np.int64
    assert prompt.embedding.shape == (512,)


def test_stereo_at_another_rate_gives_nearly_the_same_voice(
    tmp_path: Path,
    upstream: dict[str, np.ndarray],
    embedder: VoiceEmbedder,
    tokenizer: PromptTokenizer,
) -> None:
    wide = np.repeat(upstream["in_ref_wav"], 2)  # a crude 64 kHz
    stereo = np.stack([wide * 1.5, wide * 0.5], axis=1)
    spec = ReferenceSpec("stereo", (write(tmp_path / "clip.wav", stereo, 64000),))
    prompt = encode_reference(spec, tokenizer, embedder, three_phones)
    # Holding each sample twice dulls the highest frequencies, no more.
    assert relative_error(prompt.embedding, upstream["dec_ge"][0, :, 0]) <= 0.1


def test_a_clip_too_short_for_one_frame_is_refused(
    tmp_path: Path, tokenizer: PromptTokenizer, embedder: VoiceEmbedder
) -> None:
    spec = ReferenceSpec("short", (write(tmp_path / "blip.wav", np.ones(320), 16000),))
    with pytest.raises(ReferenceClipError, match=r"blip\.wav: 20 ms long.* 22 ms at the least"):
        encode_reference(spec, tokenizer, embedder, three_phones)


def test_a_clip_with_text_must_last_three_seconds(
    tmp_path: Path, tokenizer: PromptTokenizer, embedder: VoiceEmbedder
) -> None:
    clip = write(tmp_path / "clip.wav", np.ones(16000), 16000)
    spec = ReferenceSpec("short", (clip,), "en", "One two three.")
    with pytest.raises(ReferenceClipError, match=r"1\.00 s long"):
        encode_reference(spec, tokenizer, embedder, three_phones)


def test_a_clip_with_text_needs_hubert(tmp_path: Path, embedder: VoiceEmbedder) -> None:
    clip = write(tmp_path / "clip.wav", np.ones(64000), 16000)
    spec = ReferenceSpec("calm", (clip,), "en", "One two three.")
    with pytest.raises(ReferenceClipError, match=r"'calm' has a text.*--hubert"):
        encode_reference(spec, None, embedder, three_phones)
