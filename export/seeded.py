"""A voice with random weights in upstream's file format: it loads and runs like a trained one.

It speaks noise, but exercises everything between a checkpoint and sound, so it serves the demo,
the tests and the benchmarks of those who have no trained voice.
"""

from __future__ import annotations

import io
import sys
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

import torch

from voicepack.export.safe_load import ZIP_HEADER
from voicepack.export.seeded_clip import write_clip
from voicepack.export.seeded_hubert import write_hubert
from voicepack.export.seeded_shapes import (
    FULL_V2,
    HIDDEN,
    KERNEL_SIZE,
    MINIATURE,
    NUM_HEADS,
    VOCABULARY,
    SeededSizes,
    gpt_shapes,
    sovits_shapes,
)
from voicepack.export.seeded_speaker_encoder import write_speaker_encoder
from voicepack.export.seeded_values import gpt_weights, sovits_weights

__all__ = [
    "FULL_V2",
    "MINIATURE",
    "SeededSizes",
    "SeededVoice",
    "write_gpt",
    "write_seeded_voice",
    "write_sovits",
]

CLIP_TEXT = "This is not a voice, it only hums a little."
"""Taken for what the clip says, which says nothing."""


@dataclass(frozen=True)
class SeededVoice:
    """Where the files of a seeded voice are, and what an export has to be told beside them."""

    gpt: Path
    sovits: Path
    hubert: Path
    clip: Path
    speaker_encoder: Path | None = None
    """Pro voices have one."""
    text: str = CLIP_TEXT
    language: str = "en"


def write_seeded_voice(folder: Path, sizes: SeededSizes, seed: int) -> SeededVoice:
    """Write a checkpoint pair, the helper nets and a reference clip; equal seeds, equal files."""
    voice = SeededVoice(
        gpt=folder / "gpt.ckpt",
        sovits=folder / "sovits.pth",
        hubert=folder / "hubert",
        clip=folder / "reference.wav",
        speaker_encoder=folder / "eres2netv2.ckpt" if sizes.generation.speaker else None,
    )
    folder.mkdir(parents=True, exist_ok=True)
    write_gpt(voice.gpt, sizes, seed)
    write_sovits(voice.sovits, sizes, seed, sizes.generation.header)
    write_hubert(voice.hubert, seed)
    write_clip(voice.clip, seed)
    if voice.speaker_encoder:
        write_speaker_encoder(voice.speaker_encoder, seed)
    return voice


def write_gpt(path: Path, sizes: SeededSizes, seed: int) -> None:
    """Write a checkpoint as upstream's `s1_train.py` does."""
    random = torch.Generator().manual_seed(seed)
    content = OrderedDict(
        weight=OrderedDict(gpt_weights(gpt_shapes(sizes), sizes, random)),
        config=_gpt_config(sizes),
        info="GPT-e1",
    )
    path.write_bytes(_saved(content))


def write_sovits(path: Path, sizes: SeededSizes, seed: int, header: bytes = ZIP_HEADER) -> None:
    """Write a checkpoint as upstream's `process_ckpt.py` does.

    Args:
        path: File to write.
        sizes: Sizes of the net.
        seed: Of the weights.
        header: Two bytes that replace the first two of the archive.
    """
    random = torch.Generator().manual_seed(seed)
    with _upstream_class():
        content = OrderedDict(
            weight=dict(sovits_weights(sovits_shapes(sizes), sizes, random)),
            config=HParams.of(_sovits_config(sizes)),
            info="1epoch_1iteration",
        )
        path.write_bytes(header + _saved(content)[len(header) :])


class HParams:
    """Upstream's config class as far as a pickle shows it: a name, a module and attributes."""

    __module__ = "utils"

    @classmethod
    def of(cls, config: dict[str, Any]) -> HParams:
        """Wrap a config and all dicts in it."""
        made = cls()
        for name, value in config.items():
            setattr(made, name, cls.of(value) if isinstance(value, dict) else value)
        return made


@contextmanager
def _upstream_class() -> Iterator[None]:
    """Let pickle find `utils.HParams`, the name under which upstream's files know the class."""
    before = sys.modules.get("utils")
    module = ModuleType("utils")
    module.HParams = HParams  # type: ignore[attr-defined]
    sys.modules["utils"] = module
    try:
        yield
    finally:
        del sys.modules["utils"]
        if before is not None:
            sys.modules["utils"] = before


def _saved(content: OrderedDict[str, Any]) -> bytes:
    # Saved to memory, for the archive's top folder would else be named as the file.
    buffer = io.BytesIO()
    torch.save(content, buffer)
    return buffer.getvalue()


def _gpt_config(sizes: SeededSizes) -> dict[str, Any]:
    return {
        "data": {"max_eval_sample": 8, "max_sec": 54, "num_workers": 4, "pad_val": VOCABULARY - 1},
        "model": {
            "vocab_size": VOCABULARY,
            "phoneme_vocab_size": sizes.generation.gpt_phones,
            "embedding_dim": sizes.gpt_width,
            "hidden_dim": sizes.gpt_width,
            "head": sizes.gpt_heads,
            "linear_units": 4 * sizes.gpt_width,
            "n_layer": sizes.gpt_layers,
            "dropout": 0,
            "EOS": VOCABULARY - 1,
            "random_bert": 0,
        },
        "inference": {"top_k": 15},
    }


def _sovits_config(sizes: SeededSizes) -> dict[str, Any]:
    hop_length = 640
    return {
        "data": {
            "max_wav_value": 32768.0,
            "sampling_rate": 50 * hop_length,
            "filter_length": 2048,
            "hop_length": hop_length,
            "win_length": 2048,
            "n_mel_channels": 128,
            "mel_fmin": 0.0,
            "mel_fmax": None,
            "add_blank": True,
            "n_speakers": 300,
            "cleaned_text": True,
        },
        "model": {
            "inter_channels": sizes.latent_channels,
            "hidden_channels": HIDDEN,
            "filter_channels": sizes.filter_channels,
            "n_heads": NUM_HEADS,
            "n_layers": sizes.text_layers,
            "kernel_size": KERNEL_SIZE,
            "p_dropout": sizes.generation.dropout,
            "resblock": "1",
            "resblock_kernel_sizes": list(sizes.resblock_kernels),
            "resblock_dilation_sizes": [list(sizes.resblock_dilations)]
            * len(sizes.resblock_kernels),
            "upsample_rates": list(sizes.upsample_rates),
            "upsample_initial_channel": sizes.vocoder_channels,
            "upsample_kernel_sizes": list(sizes.generation.upsample_kernels),
            "n_layers_q": 3,
            "use_spectral_norm": False,
            "gin_channels": sizes.generation.embedding,
            "semantic_frame_rate": "25hz",
            "freeze_quantizer": True,
            "version": sizes.generation.name,
        },
        "content_module": "cnhubert",
        "name": "seeded",
        "version": sizes.generation.name,
        "pretrain": None,
        "resume_step": None,
    }
