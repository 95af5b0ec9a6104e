"""Reference encoding: a clip and its words become the prompt that the pack keeps."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from voicepack.export.clip import read_clip
from voicepack.export.errors import ReferenceClipError
from voicepack.export.prompt_tokens import PromptTokenizer
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.voice_embedding import VoiceEmbedder
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt

PhonesOf = Callable[[str, str], Phones]
"""The text front end: (text, language) -> phones."""


def encode_reference(
    spec: ReferenceSpec,
    tokenizer: PromptTokenizer | None,
    embedder: VoiceEmbedder,
    phones_of: PhonesOf,
) -> Prompt:
    """Compute everything about a reference that the device would otherwise have to.

    Args:
        spec: Without text there is no prompt to continue, only a voice to sound like.
        tokenizer: Gives the tokens of the first clip; not needed where there is no text.
        embedder: Gives the embedding, from all clips.
        phones_of: Gives the phones of the text.

    Raises:
        ReferenceClipError: A clip cannot be used.
        TextError: The text cannot be spoken; from `phones_of`.
    """
    clips = [read_clip(path) for path in spec.clips]
    text = spec.text.strip()
    if not text:
        phones, tokens = Phones(np.empty(0, np.int64)), np.empty(0, np.int64)
        return Prompt(spec.name, spec.language, text, phones, tokens, embedder.embedding(clips))
    if tokenizer is None:
        raise ReferenceClipError(
            f"Reference {spec.name!r} has a text, so its clip must be turned into tokens, which "
            "needs HuBERT: give its folder (--hubert; upstream's is chinese-hubert-base). "
            "Without text, the clip only lends its sound."
        )
    phones, tokens = phones_of(text, spec.language), tokenizer.tokens(clips[0])
    return Prompt(spec.name, spec.language, text, phones, tokens, embedder.embedding(clips))
