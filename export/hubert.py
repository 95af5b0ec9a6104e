"""HuBERT, the net that hears what a reference clip says, from a local Hugging Face folder."""

from __future__ import annotations

import hashlib
import json
import logging
import math
import warnings
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import torch
from torch import nn
from transformers import HubertModel
from transformers.utils import logging as transformers_logging

from voicepack.export.errors import ReferenceClipError
from voicepack.runtime.phones import FloatArray

SAMPLE_RATE = 16000
"""Hertz that HuBERT hears."""
FRAME_STEP = 320
"""Samples between two frames, which makes 50 frames a second."""
WEIGHT_FILES = ("model.safetensors", "pytorch_model.bin")
"""In the order in which transformers looks for them."""
UNUSED_WEIGHTS = frozenset({"masked_spec_embed"})
"""Weights only training needs, which a folder may lack."""
ADVICE = (
    "Give the Hugging Face folder that the voice was trained with, as a rule upstream's "
    "`pretrained_models/chinese-hubert-base`."
)


class HubertEncoder:
    """Features of 16 kHz speech: the last hidden layer."""

    def __init__(self, model: nn.Module, sha256: str) -> None:
        self._model = model.eval()
        self.sha256 = sha256
        """Of the file of weights."""

    def features(self, samples: FloatArray) -> FloatArray:
        """Hear a clip.

        Args:
            samples: float32, (num_samples,), 16 kHz. Not normalized: upstream skips the feature
                extractor that would do so.

        Returns:
            float32, (num_frames, feature_size), 50 frames a second.
        """
        with torch.inference_mode():
            output = self._model(torch.from_numpy(samples).unsqueeze(0))
        features: FloatArray = output.last_hidden_state.squeeze(0).numpy()
        return features


def load_hubert(folder: Path, feature_size: int) -> HubertEncoder:
    """Load HuBERT in single precision, offline, without running any code from the folder.

    Args:
        folder: Holds `config.json` and `model.safetensors` or `pytorch_model.bin`.
        feature_size: Features a frame that the voice's SSL projection takes; 768 so far.

    Raises:
        ReferenceClipError: The folder is missing, holds no HuBERT, or one of another size.
    """
    _check_config(folder, _read_config(folder), feature_size)
    sha256 = _hash_weights(folder)
    model, missing = _load_model(folder)
    if missing:
        raise ReferenceClipError(
            f"{folder}: {len(missing)} of HuBERT's weights are missing, first {missing[0]}. "
            f"Copy the folder again. {ADVICE}"
        )
    _check_step(folder, model.config.conv_stride)
    return HubertEncoder(model, sha256)


def _read_config(folder: Path) -> dict[str, Any]:
    path = folder / "config.json"
    if not path.is_file():
        raise ReferenceClipError(f"{folder}: no HuBERT here, for {path.name} is missing. {ADVICE}")
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except ValueError as error:
        raise ReferenceClipError(f"{path}: not JSON ({error}). Copy the folder again.") from error
    return config if isinstance(config, dict) else {}


def _hash_weights(folder: Path) -> str:
    for name in WEIGHT_FILES:
        if (folder / name).is_file():
            return hashlib.sha256((folder / name).read_bytes()).hexdigest()
    raise ReferenceClipError(
        f"{folder}: HuBERT's weights are missing; expected {' or '.join(WEIGHT_FILES)}. {ADVICE}"
    )


def _load_model(folder: Path) -> tuple[HubertModel, list[str]]:
    try:
        with _quiet_transformers():
            loaded: Any = HubertModel.from_pretrained(
                folder,
                # The files hold half precision, which transformers 5 would keep.
                dtype=torch.float32,
                local_files_only=True,
                weights_only=True,
                output_loading_info=True,
            )
    # Broken files raise half a dozen unrelated types, from KeyError to SafetensorError.
    except Exception as error:
        reason = str(error).partition("\n")[0]
        raise ReferenceClipError(
            f"{folder}: HuBERT cannot be read ({type(error).__name__}: {reason}). "
            f"Copy the folder again. {ADVICE}"
        ) from error
    model, report = loaded
    return model, sorted(set(report["missing_keys"]) - UNUSED_WEIGHTS)


def _check_config(folder: Path, config: dict[str, Any], feature_size: int) -> None:
    model_type, hidden_size = config.get("model_type"), config.get("hidden_size", 768)
    if model_type != "hubert":
        raise ReferenceClipError(
            f"{folder}: a model of type {model_type!r}, where 'hubert' is expected. {ADVICE}"
        )
    if hidden_size != feature_size:
        raise ReferenceClipError(
            f"{folder}: this HuBERT gives {hidden_size} features a frame, but the voice takes "
            f"{feature_size}. {ADVICE}"
        )


def _check_step(folder: Path, strides: Sequence[int]) -> None:
    step = math.prod(strides)
    if step != FRAME_STEP:
        raise ReferenceClipError(
            f"{folder}: this HuBERT makes a frame every {step} samples, where {FRAME_STEP} are "
            f"expected. {ADVICE}"
        )


@contextmanager
def _quiet_transformers() -> Iterator[None]:
    verbosity = transformers_logging.get_verbosity()
    had_progress_bar = transformers_logging.is_progress_bar_enabled()
    transformers_logging.set_verbosity(logging.ERROR)
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        transformers_logging.set_verbosity(verbosity)
        if had_progress_bar:
            transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
