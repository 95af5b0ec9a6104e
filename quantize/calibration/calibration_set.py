"""What a voice computes while it speaks: the data that quantization is calibrated on."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from voicepack.quantize.calibration.activations import CalibrationSequence
from voicepack.quantize.errors import QualityError
from voicepack.runtime.arrays_file import load_arrays, save_arrays
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.contract import LatentTensor, VocoderTensor
from voicepack.runtime.embedding import embed_phones, embed_tokens, join_phones
from voicepack.runtime.errors import PackError, RunawayError
from voicepack.runtime.language_pack_search import fitting_pack
from voicepack.runtime.manifest_json import MANIFEST_NAME
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.sentence_features import FEATURE_LANGUAGE
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.sentences import uncut_sentence
from voicepack.runtime.voice import Voice
from voicepack.targets.session import Array

MAX_SENTENCES = 40
"""Sentences that are recorded: more bring little, and each takes memory."""


@dataclass(frozen=True)
class CalibrationSource:
    """What a pack is to say for its calibration."""

    texts: tuple[str, ...]
    language: str
    """Of the texts."""
    seed: int = 0
    """Of tokens and noise."""
    threads: int = 1
    """As for `Voice.load`."""
    max_sentences: int = MAX_SENTENCES
    """Recording ends when so many were said."""


@dataclass(frozen=True)
class SpokenSentence:
    """One calibration sentence on its way through the full-precision pack."""

    hidden: FloatArray
    """float32, (num_positions, width): what text2semantic saw, prompt and all tokens included."""
    num_text: int
    """How many of them are phones."""
    tokens: Array
    """int64, (num_tokens,)."""
    phones: Array
    """int64, (num_phones,): the sentence's own."""
    embedding: FloatArray
    """float32, (channels,)."""
    noise: FloatArray
    """float32, (1, latent channels, frames)."""
    latent: FloatArray
    """float32, (1, latent channels, frames)."""


@dataclass(frozen=True)
class CalibrationSet:
    """What was recorded; some hundred kilobytes for each sentence."""

    sentences: tuple[SpokenSentence, ...]

    def text2semantic_sequences(self) -> Iterator[CalibrationSequence]:
        """Yield what text2semantic read, sentence by sentence."""
        for spoken in self.sentences:
            yield CalibrationSequence(spoken.hidden, spoken.num_text)

    def latent_inputs(self) -> Iterator[dict[str, Array]]:
        """Yield the inputs of the latent graph, sentence by sentence."""
        for spoken in self.sentences:
            yield {
                LatentTensor.TOKENS: spoken.tokens,
                LatentTensor.PHONES: spoken.phones,
                LatentTensor.EMBEDDING: spoken.embedding[None, :, None],
                LatentTensor.NOISE: spoken.noise,
            }

    def vocoder_inputs(self) -> Iterator[dict[str, Array]]:
        """Yield the inputs of the vocoder graph, sentence by sentence."""
        for spoken in self.sentences:
            yield {
                VocoderTensor.LATENT: spoken.latent,
                VocoderTensor.EMBEDDING: spoken.embedding[None, :, None],
            }


def record_calibration(
    pack: VoicePack, source: CalibrationSource, progress: Progress = silent
) -> CalibrationSet:
    """Let a full-precision pack speak, and keep what went through its graphs.

    Sentences that run away are left out.

    Args:
        pack: The fp32 pack that is to be quantized.
        source: What it says.
        progress: Hears of every sentence.

    Raises:
        QualityError: The pack can say none of the sentences.
        TextError: The language is not known.
    """
    voice = Voice.load(pack.root, source.threads)
    recorded: list[SpokenSentence] = []
    total = min(source.max_sentences, len(source.texts))
    for index, text in enumerate(source.texts):
        if len(recorded) == source.max_sentences:
            break
        progress(len(recorded), total, text)
        try:
            recorded.append(_speak(voice, text, source, index))
        except RunawayError:
            continue
    progress(total, total, "")
    if not recorded:
        raise QualityError(
            f"{pack.root}: speech ran away in each of {len(source.texts)} calibration sentences. "
            "Give sentences that this voice can say (--sentences)."
        )
    return CalibrationSet(tuple(recorded))


def cached_calibration(
    pack: VoicePack, source: CalibrationSource, cache: Path, progress: Progress = silent
) -> CalibrationSet:
    """Read what `record_calibration` recorded before, or record it and keep it in `cache`.

    The file's name is a hash of the pack's manifest, which holds the hash of every file, of the
    BERT at hand, and of what it says; threads play no part.
    """
    file = cache / f"calibration-{recording_key(pack, source)}.npz"
    if file.is_file():
        try:
            return _from_arrays(load_arrays(file))
        except (PackError, KeyError):
            file.unlink()  # our own cache, cut short or of another version
    calibration = record_calibration(pack, source, progress)
    cache.mkdir(parents=True, exist_ok=True)
    with replaced_file(file) as temporary:
        save_arrays(temporary, _to_arrays(calibration))
    return calibration


def recording_key(pack: VoicePack, source: CalibrationSource) -> str:
    """Hash everything that decides what is recorded."""
    manifest = (pack.root / MANIFEST_NAME).read_bytes()
    language_pack = fitting_pack(pack, FEATURE_LANGUAGE)
    features = language_pack.manifest.bert.identity if language_pack else "none"
    said = [features, source.language, str(source.seed), str(source.max_sentences), *source.texts]
    return hashlib.sha256(manifest + "\0".join(said).encode()).hexdigest()[:32]


def _speak(voice: Voice, text: str, source: CalibrationSource, index: int) -> SpokenSentence:
    prompt = voice.pack.prompt()
    phones = voice.languages.phones_of(uncut_sentence(text, source.language, voice.symbols))
    options = Speaking(sampling=voice.default_sampling(), seed=source.seed)
    spoken = voice.utter(phones, prompt, options, index)
    tables = voice.generator.tables
    embedded = embed_phones(tables, join_phones(prompt.phones, phones))
    everything = np.concatenate([prompt.tokens, spoken.tokens])
    return SpokenSentence(
        hidden=np.concatenate([embedded, embed_tokens(tables, everything, 0)]),
        num_text=len(embedded),
        tokens=spoken.tokens,
        phones=phones.ids,
        embedding=prompt.embedding,
        noise=spoken.noise,
        latent=spoken.latent,
    )


_FIELDS = ("hidden", "tokens", "phones", "embedding", "noise", "latent")


def _to_arrays(calibration: CalibrationSet) -> dict[str, Array]:
    arrays: dict[str, Array] = {}
    for index, spoken in enumerate(calibration.sentences):
        arrays |= {f"{index}.{name}": getattr(spoken, name) for name in _FIELDS}
        arrays[f"{index}.num_text"] = np.array(spoken.num_text)
    return arrays


def _from_arrays(arrays: dict[str, Array]) -> CalibrationSet:
    count = len({name.partition(".")[0] for name in arrays})
    return CalibrationSet(
        tuple(
            SpokenSentence(
                **{name: arrays[f"{index}.{name}"] for name in _FIELDS},
                num_text=int(arrays[f"{index}.num_text"]),
            )
            for index in range(count)
        )
    )
