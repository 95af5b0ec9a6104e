"""Every generation of the v1 and v2 family goes the same way, and v2Pro speaks as upstream does.

There are no outputs of upstream for v1 and v2ProPlus here, so those are derived a second time.
"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import soundfile
import torch
from torch import Tensor, nn
from torch.nn import functional

from voicepack.export import reference_encoder
from voicepack.export.checkpoint import open_sovits
from voicepack.export.errors import CheckpointError
from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.export.reference_encoder import HelperNets, encode_references
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import (
    MINIATURE,
    SeededVoice,
    write_gpt,
    write_seeded_voice,
    write_sovits,
)
from voicepack.export.seeded_shapes import V1, V2, V2_PRO, V2_PRO_PLUS, GenerationSizes
from voicepack.export.synthesizer import build_synthesizer
from voicepack.quantize.quality.teacher_forcing import teacher_forced_logits
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.voice import Voice

pytestmark = pytest.mark.torch

GREEDY = Speaking(sampling=Sampling(top_k=1, repetition_penalty=1.35), noise_scale=0)
CLIPS = ("in_ref_wav", "in_aux_wav")
PLUS = replace(MINIATURE, generation=V2_PRO_PLUS, vocoder_channels=96)

Arrays = dict[str, np.ndarray]


def snr_db(found: np.ndarray, expected: np.ndarray) -> float:
    noise = np.square(found.astype(np.float64) - expected).sum()
    return float(10 * np.log10(np.square(expected.astype(np.float64)).sum() / noise))


class KnownSpeakers(nn.Module):
    """Stands in for the speaker encoder, which is not among the reference data."""

    def __init__(self, data: Arrays) -> None:
        super().__init__()
        # The default reference has one clip, the other reference two.
        keys = ("ref_sv_emb", "ref_sv_emb", "aux_sv_emb")
        self.embeddings = iter([torch.from_numpy(data[key]) for key in keys])
        self.heard: list[np.ndarray] = []

    def forward(self, filter_bank: Tensor) -> Tensor:
        self.heard.append(filter_bank.numpy())
        return next(self.embeddings)


@pytest.fixture(scope="module")
def data(reference_data: Path) -> Arrays:
    with np.load(reference_data / "v2pro" / "short.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def speakers(data: Arrays) -> KnownSpeakers:
    return KnownSpeakers(data)


@pytest.fixture(scope="module")
def pack(
    reference_data: Path,
    data: Arrays,
    speakers: KnownSpeakers,
    tmp_path_factory: pytest.TempPathFactory,
) -> VoicePack:
    """Upstream's v2Pro voice, exported with the speakers that upstream heard."""
    folder = tmp_path_factory.mktemp("v2pro")
    clips = tuple(folder / f"{key}.wav" for key in CLIPS)
    for key, clip in zip(CLIPS, clips, strict=True):
        soundfile.write(clip, data[key], 32_000, subtype="FLOAT")
    (folder / "encoder.ckpt").write_bytes(b"not read")
    job = ExportJob(
        gpt=reference_data / "v2pro" / "gpt-e15.ckpt",
        sovits=reference_data / "v2pro" / "sovits_e8_s800.pth",
        references=(
            ReferenceSpec("default", clips[:1], "en", "Hello there."),
            ReferenceSpec("both", clips, "en"),
        ),
        name="reference",
        hubert=reference_data / "hubert",
        speaker_encoder=folder / "encoder.ckpt",
    )
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(reference_encoder, "load_speaker_encoder", lambda path: speakers)
        return export_voice(job, folder / "reference.voicepack")


def prompt_of(pack: VoicePack, data: Arrays) -> Prompt:
    """The default reference with upstream's prompt phones, which no text would give."""
    return replace(pack.prompt(), phones=Phones(data["in_phones1"], data["in_bert1"].T.copy()))


def target_of(data: Arrays) -> Phones:
    return Phones(data["in_phones2"], data["in_bert2"].T.copy())


@pytest.mark.parity
def test_the_speaker_encoder_hears_upstream_s_filter_bank(
    pack: VoicePack, speakers: KnownSpeakers, data: Arrays
) -> None:
    assert pack.manifest.generation == "v2Pro"
    np.testing.assert_allclose(speakers.heard[0], data["ref_sv_fbank"], atol=2e-3)


@pytest.mark.parity
def test_references_become_upstream_s_tokens_and_embeddings(pack: VoicePack, data: Arrays) -> None:
    assert pack.prompt().tokens.tolist() == data["ref_prompt_codes"].tolist()
    assert snr_db(pack.prompt().embedding, data["dec_ge"][0, :, 0]) >= 100
    assert snr_db(pack.prompt("both").embedding, data["dec2_ge"][0, :, 0]) >= 100


@pytest.mark.parity
def test_the_pack_gives_upstream_s_logits(pack: VoicePack, data: Arrays) -> None:
    voice = Voice.load(pack.root, threads=1)
    num_prompt = len(data["ref_prompt_codes"])
    logits = teacher_forced_logits(
        voice, target_of(data), prompt_of(pack, data), data["tf_tokens"][num_prompt:]
    )
    expected = data["tf_logits"][num_prompt - 1 :]
    assert np.abs(logits - expected).max() <= 1e-4 * np.abs(expected).max()


@pytest.mark.parity
def test_the_pack_speaks_upstream_s_tokens_and_audio(pack: VoicePack, data: Arrays) -> None:
    voice = Voice.load(pack.root, threads=1)
    spoken = voice.utter(target_of(data), prompt_of(pack, data), GREEDY)
    assert spoken.tokens.tolist() == data["greedy_rp135"].tolist()
    assert snr_db(spoken.audio, data["e2e_audio"]) >= 60


@pytest.mark.parity
@pytest.mark.parametrize(
    ("reference", "speed", "key"),
    [
        ("default", 1.0, "dec_audio"),
        ("default", 1.2, "dec_audio_speed12"),
        ("default", 0.8, "dec_audio_speed08"),
        ("both", 1.0, "dec2_audio"),
    ],
)
def test_the_pack_decodes_upstream_s_audio(
    pack: VoicePack, data: Arrays, reference: str, speed: float, key: str
) -> None:
    voice = Voice.load(pack.root, threads=1)
    tokens, embedding = data["in_codes_fixed"], pack.prompt(reference).embedding
    noise = voice.acoustics.noise(len(tokens), speed, 0.0, RandomStream(0))
    latent = voice.acoustics.latent_of(tokens, data["in_phones2"], embedding, noise)
    assert snr_db(voice.acoustics.audio_of(latent, embedding), data[key]) >= 80


@pytest.fixture(scope="module")
def plus(tmp_path_factory: pytest.TempPathFactory) -> SeededVoice:
    return write_seeded_voice(tmp_path_factory.mktemp("plus"), PLUS, seed=1)


def references_of(voice: SeededVoice) -> tuple[ReferenceSpec, ...]:
    return (
        ReferenceSpec("default", (voice.clip,), voice.language, voice.text),
        ReferenceSpec("timbre", (voice.clip, voice.clip), voice.language),
    )


def test_a_pro_voice_asks_for_the_speaker_encoder(plus: SeededVoice) -> None:
    checkpoint = open_sovits(plus.sovits)
    net = build_synthesizer(checkpoint)
    with pytest.raises(CheckpointError, match=r"v2ProPlus voice.*--speaker-encoder"):
        encode_references(references_of(plus), checkpoint, net, HelperNets(plus.hubert))


def test_a_pro_voice_for_another_speaker_encoder_than_upstream_s_is_refused(
    plus: SeededVoice, tmp_path: Path
) -> None:
    sizes = replace(MINIATURE, generation=replace(V2_PRO, speaker=64))
    write_sovits(tmp_path / "sovits.pth", sizes, seed=1)
    checkpoint = open_sovits(tmp_path / "sovits.pth")
    helpers = HelperNets(plus.hubert, plus.speaker_encoder)
    with pytest.raises(CheckpointError, match="sv_emb takes 64 channels, expected the 20480"):
        encode_references(references_of(plus), checkpoint, build_synthesizer(checkpoint), helpers)


def test_references_of_a_pro_voice_tell_what_they_were_made_with(plus: SeededVoice) -> None:
    checkpoint = open_sovits(plus.sovits)
    helpers = HelperNets(plus.hubert, plus.speaker_encoder)
    encoded = encode_references(
        references_of(plus), checkpoint, build_synthesizer(checkpoint), helpers
    )
    assert encoded.nets.keys() == {"hubert", "speaker encoder"}
    assert list(encoded.clips) == [
        "reference default, clip 1",
        "reference timbre, clip 1",
        "reference timbre, clip 2",
    ]
    default, timbre = encoded.prompts
    assert default.embedding.shape == (1024,)
    np.testing.assert_allclose(default.embedding, timbre.embedding, rtol=1e-5, atol=1e-6)


def published_vocoder(weights: dict[str, Tensor], latent: Tensor, embedding: Tensor) -> Tensor:
    """HiFi-GAN from upstream's names, with the functions for one-dimensional signals."""

    def weight_of(name: str) -> Tensor:
        if f"dec.{name}.weight" in weights:
            return weights[f"dec.{name}.weight"]
        direction = weights[f"dec.{name}.weight_v"]
        lengths = direction.flatten(1).norm(dim=1).reshape(-1, 1, 1)
        folded: Tensor = direction / lengths * weights[f"dec.{name}.weight_g"]
        return folded

    def conv(name: str, x: Tensor, dilation: int = 1) -> Tensor:
        weight = weight_of(name)
        padding = dilation * (weight.shape[2] - 1) // 2
        bias = weights.get(f"dec.{name}.bias")
        return functional.conv1d(x, weight, bias, padding=padding, dilation=dilation)

    x = conv("conv_pre", latent) + conv("cond", embedding)
    for stage, (rate, kernel) in enumerate(zip((10, 8, 2, 2, 2), (20, 16, 8, 2, 2), strict=True)):
        x = functional.conv_transpose1d(
            functional.leaky_relu(x, 0.1),
            weight_of(f"ups.{stage}"),
            weights[f"dec.ups.{stage}.bias"],
            stride=rate,
            padding=(kernel - rate) // 2,
        )
        for layer, dilation in enumerate((1, 3, 5)):
            block = f"resblocks.{stage}"
            inner = conv(f"{block}.convs1.{layer}", functional.leaky_relu(x, 0.1), dilation)
            x = x + conv(f"{block}.convs2.{layer}", functional.leaky_relu(inner, 0.1))
    return torch.tanh(conv("conv_post", functional.leaky_relu(x, 0.01)))


@torch.inference_mode()
def test_the_vocoder_of_v2proplus_follows_from_its_checkpoint(plus: SeededVoice) -> None:
    checkpoint = open_sovits(plus.sovits)
    random = torch.Generator().manual_seed(0)
    latent = torch.randn(1, 16, 9, generator=random)
    embedding = torch.randn(1, 1024, 1, generator=random)
    weights = {name: weight.float() for name, weight in checkpoint.weights.items()}
    expected = published_vocoder(weights, latent, embedding).numpy()
    found = build_synthesizer(checkpoint).vocoder(latent, embedding).numpy()
    assert found.shape == (1, 1, 9 * 640)
    assert snr_db(found, expected) >= 100


@torch.inference_mode()
@pytest.mark.parametrize(("generation", "is_heard"), [(V1, True), (V2, False)])
def test_v1_alone_hears_the_upper_bins_of_a_clip(
    generation: GenerationSizes, is_heard: bool, tmp_path: Path
) -> None:
    voice = write_seeded_voice(tmp_path, replace(MINIATURE, generation=generation), seed=1)
    encoder = build_synthesizer(open_sovits(voice.sovits)).style_encoder
    dull = torch.rand(1, 1025, 30, generator=torch.Generator().manual_seed(0))
    bright = dull.clone()
    bright[:, 704:] += 10
    assert (not torch.equal(encoder(dull), encoder(bright))) == is_heard


@torch.inference_mode()
def test_a_pro_voice_of_the_text_encoder_s_width_still_projects_its_embedding(
    tmp_path: Path,
) -> None:
    narrow = replace(V2_PRO, embedding=512)
    voice = write_seeded_voice(tmp_path, replace(MINIATURE, generation=narrow), seed=1)
    checkpoint = open_sovits(voice.sovits)
    embedding = torch.randn(512, generator=torch.Generator().manual_seed(0))
    expected = (
        checkpoint.weights["ge_to512.weight"].float() @ embedding
        + checkpoint.weights["ge_to512.bias"].float()
    )
    found = build_synthesizer(checkpoint).latent.style_projection(embedding.view(1, -1, 1))
    torch.testing.assert_close(found.flatten(), expected)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("generation", "gpt", "name", "symbols", "languages"),
    [
        (V1, V1, "v1", "v1", ("zh", "en", "ja")),
        (V1, V2, "v1", "v1", ("zh", "en", "ja")),  # v2's GPT knows the phones of v1
        (V2_PRO, V2, "v2Pro", "v2", ("zh", "en", "ja", "ko", "yue")),
        (V2_PRO_PLUS, V2, "v2ProPlus", "v2", ("zh", "en", "ja", "ko", "yue")),
    ],
)
def test_every_generation_is_exported_and_speaks(
    generation: GenerationSizes,
    gpt: GenerationSizes,
    name: str,
    symbols: str,
    languages: tuple[str, ...],
    tmp_path: Path,
) -> None:
    voice = write_seeded_voice(tmp_path, replace(MINIATURE, generation=generation), seed=0)
    write_gpt(voice.gpt, replace(MINIATURE, generation=gpt), seed=0)
    job = ExportJob(
        gpt=voice.gpt,
        sovits=voice.sovits,
        references=references_of(voice),
        name=name,
        hubert=voice.hubert,
        speaker_encoder=voice.speaker_encoder,
    )
    pack = export_voice(job, tmp_path / "voice.voicepack")
    manifest = pack.manifest
    assert (manifest.generation, manifest.symbols, manifest.languages) == (name, symbols, languages)
    speech = [
        chunk.samples
        for style in ("default", "timbre")
        for chunk in Voice.load(pack.root, threads=1).synthesize("Hello world.", reference=style)
    ]
    assert all(np.abs(samples).max() > 0.01 for samples in speech)
    assert not np.array_equal(speech[0][:5000], speech[1][:5000])
