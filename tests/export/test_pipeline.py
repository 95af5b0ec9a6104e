"""The whole way: checkpoints and a clip become a pack, and the pack speaks as upstream does."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import soundfile

from voicepack.export.errors import CheckpointError, ReferenceClipError
from voicepack.export.pipeline import STEPS, ExportJob, export_voice
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.runtime.contract import Precision
from voicepack.runtime.errors import PackError, TextError
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.lexicon_file import load_lexicon
from voicepack.runtime.text.symbols import symbol_table
from voicepack.runtime.utterance import Utterance
from voicepack.runtime.voice import Voice

pytestmark = [pytest.mark.torch, pytest.mark.parity]

GREEDY = Speaking(sampling=Sampling(top_k=1, repetition_penalty=1.35), noise_scale=0)
CASE = "short"


def snr_db(found: np.ndarray, expected: np.ndarray) -> float:
    noise = np.square(found.astype(np.float64) - expected).sum()
    return float(10 * np.log10(np.square(expected.astype(np.float64)).sum() / noise))


def job_of(folder: Path, clips: Path, **changes: object) -> ExportJob:
    """The reference voice: one clip with text, and the two clips averaged without text."""
    job = ExportJob(
        gpt=folder / "v2" / "gpt-e15.ckpt",
        sovits=folder / "v2" / "sovits_e8_s800.pth",
        references=(
            ReferenceSpec("default", (clips / "ref.wav",), "en", "Hello there."),
            ReferenceSpec("both", (clips / "ref.wav", clips / "aux.wav"), "en"),
        ),
        name="reference",
        hubert=folder / "hubert",
    )
    return replace(job, **changes)  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def data(reference_data: Path) -> dict[str, np.ndarray]:
    with np.load(reference_data / "v2" / f"{CASE}.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def clips(data: dict[str, np.ndarray], tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("clips")
    soundfile.write(folder / "ref.wav", data["in_ref_wav"], 32_000, subtype="FLOAT")
    soundfile.write(folder / "aux.wav", data["in_aux_wav"], 32_000, subtype="FLOAT")
    return folder


@pytest.fixture(scope="module")
def pack(reference_data: Path, clips: Path, tmp_path_factory: pytest.TempPathFactory) -> VoicePack:
    destination = tmp_path_factory.mktemp("packs") / "reference.voicepack"
    return export_voice(job_of(reference_data, clips), destination)


def speak(pack: VoicePack, data: dict[str, np.ndarray]) -> Utterance:
    """Say the reference's target phones after its prompt phones, which no text would give."""
    voice = Voice.load(pack.root, threads=1)
    prompt = replace(
        voice.pack.prompt(), phones=Phones(data["in_phones1"], data["in_bert1"].T.copy())
    )
    return voice.utter(Phones(data["in_phones2"], data["in_bert2"].T.copy()), prompt, GREEDY)


def test_the_clip_becomes_upstream_s_prompt_tokens(
    pack: VoicePack, data: dict[str, np.ndarray]
) -> None:
    assert pack.prompt().tokens.tolist() == data["ref_prompt_codes"].tolist()


def test_two_clips_become_upstream_s_mean_embedding(
    pack: VoicePack, data: dict[str, np.ndarray]
) -> None:
    assert snr_db(pack.prompt("both").embedding, data["dec2_ge"][0, :, 0]) >= 100


def test_the_pack_speaks_upstream_s_tokens_and_audio(
    pack: VoicePack, data: dict[str, np.ndarray]
) -> None:
    spoken = speak(pack, data)
    assert spoken.tokens.tolist() == data["greedy_rp135"].tolist()
    assert snr_db(spoken.audio, data["e2e_audio"]) >= 60


@pytest.mark.parametrize(
    ("speed", "key"), [(1.0, "dec_audio"), (1.2, "dec_audio_speed12"), (0.8, "dec_audio_speed08")]
)
def test_the_pack_decodes_upstream_s_audio_at_every_speed(
    pack: VoicePack, data: dict[str, np.ndarray], speed: float, key: str
) -> None:
    voice = Voice.load(pack.root, threads=1)
    assert decoded(voice, data, "default", speed, data[key]) >= 80


def test_the_pack_decodes_upstream_s_audio_of_two_references(
    pack: VoicePack, data: dict[str, np.ndarray]
) -> None:
    voice = Voice.load(pack.root, threads=1)
    assert decoded(voice, data, "both", 1.0, data["dec2_audio"]) >= 80


def decoded(
    voice: Voice, data: dict[str, np.ndarray], reference: str, speed: float, expected: np.ndarray
) -> float:
    """SNR of the fixed tokens' audio in decibels."""
    from voicepack.runtime.randomness import RandomStream

    tokens, embedding = data["in_codes_fixed"], voice.pack.prompt(reference).embedding
    noise = voice.acoustics.noise(len(tokens), speed, 0.0, RandomStream(0))
    latent = voice.acoustics.latent_of(tokens, data["in_phones2"], embedding, noise)
    return snr_db(voice.acoustics.audio_of(latent, embedding), expected)


def test_a_seed_decides_every_sample_and_another_seed_another_speech(pack: VoicePack) -> None:
    voice = Voice.load(pack.root, threads=1)
    phones = Phones(np.array([51, 12, 62, 68, 1, 91, 39, 62, 26, 3]))

    def samples(seed: int) -> np.ndarray:
        (chunk,) = voice.synthesize(phones, speaking=Speaking(seed=seed))
        return chunk.samples

    assert np.array_equal(samples(3), samples(3))
    assert not np.array_equal(samples(3)[:5000], samples(4)[:5000])


def test_every_step_is_reported_once(reference_data: Path, clips: Path, tmp_path: Path) -> None:
    job = job_of(reference_data, clips, hubert=None, gpt=tmp_path / "missing.ckpt")
    heard: list[str] = []
    with pytest.raises(CheckpointError, match=r"missing\.ckpt"):
        export_voice(job, tmp_path / "x.voicepack", lambda done, total, doing: heard.append(doing))
    assert heard == [STEPS[0]]


def test_a_reference_with_text_asks_for_hubert_and_nothing_is_left_behind(
    reference_data: Path, clips: Path, tmp_path: Path
) -> None:
    with pytest.raises(ReferenceClipError, match="--hubert"):
        export_voice(job_of(reference_data, clips, hubert=None), tmp_path / "x.voicepack")
    assert list(tmp_path.iterdir()) == []


def test_swapped_checkpoints_are_told_apart(
    reference_data: Path, clips: Path, tmp_path: Path
) -> None:
    job = job_of(reference_data, clips)
    swapped = replace(job, gpt=job.sovits, sovits=job.gpt)
    with pytest.raises(CheckpointError, match="Swap the two files"):
        export_voice(swapped, tmp_path / "x.voicepack")


def test_a_file_in_the_way_is_never_replaced(
    reference_data: Path, clips: Path, tmp_path: Path
) -> None:
    destination = tmp_path / "x.voicepack"
    destination.write_text("my diary")
    with pytest.raises(PackError):
        export_voice(job_of(reference_data, clips), destination, overwrite=True)
    assert destination.read_text() == "my diary"


@pytest.mark.slow
def test_half_precision_halves_the_bytes_and_keeps_tokens_and_sound(
    pack: VoicePack,
    data: dict[str, np.ndarray],
    reference_data: Path,
    clips: Path,
    tmp_path: Path,
) -> None:
    job = job_of(reference_data, clips, precision=Precision.FP16)
    half = export_voice(job, tmp_path / "half.voicepack")
    sizes = [sum(each.size for each in one.manifest.files.values()) for one in (half, pack)]
    assert sizes[0] < 0.52 * sizes[1]
    spoken = speak(half, data)
    assert spoken.tokens[:50].tolist() == data["greedy_rp135"][:50].tolist()
    voice = Voice.load(half.root, threads=1)
    assert decoded(voice, data, "default", 1.0, data["dec_audio"]) >= 45


@pytest.mark.slow
def test_the_portable_flavour_speaks_the_same(
    data: dict[str, np.ndarray], reference_data: Path, clips: Path, tmp_path: Path
) -> None:
    job = job_of(reference_data, clips, target="cpu-portable")
    spoken = speak(export_voice(job, tmp_path / "portable.voicepack"), data)
    assert spoken.tokens.tolist() == data["greedy_rp135"].tolist()
    assert snr_db(spoken.audio, data["e2e_audio"]) >= 60


def test_a_lexicon_goes_into_the_pack(reference_data: Path, clips: Path, tmp_path: Path) -> None:
    words = tmp_path / "names.toml"
    words.write_text('[en]\nNguyen = "W IH1 N"', "utf-8")
    silent = ReferenceSpec("default", (clips / "ref.wav",), "en")
    job = job_of(reference_data, clips, lexicon=words, references=(silent,))
    pack = export_voice(job, tmp_path / "named.voicepack")
    assert pack.lexicon() == load_lexicon(words, symbol_table("v2"))
    assert list(pack.lexicon().words) == ["en"]


def test_a_lexicon_for_another_voice_is_refused(
    reference_data: Path, clips: Path, tmp_path: Path
) -> None:
    words = tmp_path / "names.toml"
    words.write_text('[en]\nNguyen = "W7"', "utf-8")
    with pytest.raises(TextError, match=r"names\.toml: (?s:.*)'Nguyen'.*'W7'"):
        export_voice(job_of(reference_data, clips, lexicon=words), tmp_path / "a.voicepack")
    assert not (tmp_path / "a.voicepack").exists()
