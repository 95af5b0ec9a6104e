"""From what the voice maker says of references to the prompts that the pack keeps."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from voicepack.export.checkpoint import Checkpoint
from voicepack.export.config import SovitsConfig
from voicepack.export.errors import CheckpointError
from voicepack.export.generation import recognise
from voicepack.export.hubert import HubertEncoder, load_hubert
from voicepack.export.prompt_tokens import PromptTokenizer
from voicepack.export.reference import encode_reference
from voicepack.export.reference_reader import ReferenceReader
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.speaker_branch import SpeakerBranch
from voicepack.export.speaker_encoder import load_speaker_encoder
from voicepack.export.spectrogram import SpectrogramShape
from voicepack.export.synthesizer import Synthesizer
from voicepack.export.voice_embedding import VoiceEmbedder
from voicepack.runtime.integrity import record_file
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.modes import mode_of
from voicepack.runtime.text.symbols import symbol_table

_SPEAKER_CHANNELS = 20480
"""What the speaker encoder gives, in upstream's only size."""


@dataclass(frozen=True)
class HelperNets:
    """Where the nets lie that voices share and that never reach the device."""

    hubert: Path | None = None
    """A Hugging Face folder; needed as soon as a reference has text."""
    speaker_encoder: Path | None = None
    """Upstream's ERes2NetV2 checkpoint; needed by Pro voices, not read for others."""
    bert: Path | None = None
    """A Hugging Face folder; gives Chinese references their features."""
    language_pack: Path | None = None
    """The same from a language pack."""


@dataclass(frozen=True)
class EncodedReferences:
    """References as the pack keeps them."""

    prompts: tuple[Prompt, ...]
    nets: dict[str, str]
    """Role -> sha256 of the helper nets that were used."""
    clips: dict[str, str]
    """Role, as `clip_source` names it -> sha256 of each clip."""
    shared: dict[str, str]
    """Role -> identity of what the device needs beside the pack."""


def encode_references(
    specs: Sequence[ReferenceSpec],
    sovits: Checkpoint,
    net: Synthesizer,
    helpers: HelperNets,
    lexicon: Lexicon = NO_WORDS,
) -> EncodedReferences:
    """Encode references of one voice, with the parts of its own net and the shared helpers.

    Args:
        specs: What to encode.
        sovits: The voice's checkpoint.
        net: Built from `sovits`.
        helpers: As far as voice and references need them.
        lexicon: Words of the texts that are said otherwise than their language would say them.

    Raises:
        CheckpointError: The speaker encoder is missing, or cannot be used.
        ReferenceClipError: A clip or HuBERT cannot be used.
        TextError: A text cannot be pronounced, or the voice cannot speak a language.
        PackError: The language pack cannot be used.
    """
    config = SovitsConfig.from_checkpoint(sovits)
    symbols = symbol_table(recognise(sovits).symbols)
    for spec in specs:
        if spec.language:
            mode_of(spec.language, symbols)
    speaker = _speaker_branch(sovits, net, helpers.speaker_encoder)
    embedder = VoiceEmbedder(net.style_encoder, SpectrogramShape.of(config), speaker)
    hubert = _hubert(specs, net, helpers.hubert)
    tokenizer = (
        PromptTokenizer(hubert, net.ssl_projection, net.codebook, config.sample_rate)
        if hubert
        else None
    )

    reader = ReferenceReader(symbols, helpers.bert, helpers.language_pack, lexicon)
    prompts = [encode_reference(spec, tokenizer, embedder, reader.phones_of) for spec in specs]
    nets = {"hubert": hubert.sha256} if hubert else {}
    if speaker and helpers.speaker_encoder:
        nets["speaker encoder"] = record_file(helpers.speaker_encoder).sha256
    return EncodedReferences(tuple(prompts), nets, _clip_sources(specs), reader.shared)


def clip_source(reference: str) -> str:
    """Begin the name that the clips of a reference have in the provenance; a number follows."""
    return f"reference {reference}, clip "


def _clip_sources(specs: Sequence[ReferenceSpec]) -> dict[str, str]:
    return {
        f"{clip_source(spec.name)}{number}": record_file(clip).sha256
        for spec in specs
        for number, clip in enumerate(spec.clips, start=1)
    }


def _hubert(
    specs: Sequence[ReferenceSpec], net: Synthesizer, folder: Path | None
) -> HubertEncoder | None:
    has_text = any(spec.text.strip() for spec in specs)
    return load_hubert(folder, net.sizes.feature_channels) if folder and has_text else None


def _speaker_branch(
    sovits: Checkpoint, net: Synthesizer, encoder: Path | None
) -> SpeakerBranch | None:
    if not net.sizes.speaker_channels:
        return None
    if encoder is None:
        raise CheckpointError(
            f"{sovits.path}: a {recognise(sovits).name} voice, whose embedding is made with the "
            "help of a speaker encoder, but none is given. Give upstream's "
            "pretrained_models/sv/pretrained_eres2netv2w24s4ep4.ckpt (--speaker-encoder)."
        )
    if net.sizes.speaker_channels != _SPEAKER_CHANNELS:
        raise CheckpointError(
            f"{sovits.path}: sv_emb takes {net.sizes.speaker_channels} channels, expected the "
            f"{_SPEAKER_CHANNELS} of upstream's speaker encoder. Take the file as training wrote "
            "it."
        )
    return SpeakerBranch(
        load_speaker_encoder(encoder), net.speaker_projection, net.speaker_activation
    )
