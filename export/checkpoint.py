"""GPT-SoVITS checkpoints as data: read without running anything that is in the file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from voicepack.export.errors import CheckpointError
from voicepack.export.safe_load import HParams, load_safely
from voicepack.export.weights import abbreviate, is_finite

_MARKS = {
    "GPT": ("model.ar_text_embedding.", "model.ar_audio_embedding.", "model.h."),
    "SoVITS": ("enc_p.", "dec.", "ref_enc.", "cfm.", "quantizer."),
}
"""Names that only one of the two nets has begin like this."""

_MAX_CONFIG_DEPTH = 16
"""Upstream's configs are three deep. A config that holds itself has no end."""


@dataclass(frozen=True)
class Checkpoint:
    """What a checkpoint file holds."""

    path: Path
    weights: dict[str, Tensor]
    """By upstream name, on the CPU, in the dtype of the file (float16 in what training wrote)."""
    config: dict[str, Any]
    """Nested plain dicts, as in upstream's config files. Empty for a bare state dict."""
    info: str
    """What training says of the file, such as "GPT-e15"; empty where it says nothing."""
    sha256: str
    header: bytes
    """First two bytes of the file: those of a zip archive, a version header, or of a pickle."""

    def size(self, name: str, axis: int) -> int:
        """Return how long an axis of a weight is, or raise a CheckpointError that names it."""
        if name not in self.weights or axis >= self.weights[name].dim():
            raise CheckpointError(
                f"{self.path}: no weight {name} with {axis + 1} or more axes among "
                f"{len(self.weights)} weights. Take the file as training wrote it."
            )
        return self.weights[name].shape[axis]


def open_gpt(path: Path) -> Checkpoint:
    """Read a checkpoint of the net that turns text into semantic tokens.

    Raises:
        CheckpointError: As `read_checkpoint`, or the file holds another net.
    """
    return _require_net(read_checkpoint(path), wanted="GPT", other="SoVITS")


def open_sovits(path: Path) -> Checkpoint:
    """Read a checkpoint of the net that turns semantic tokens into sound.

    Raises:
        CheckpointError: As `read_checkpoint`, or the file holds another net.
    """
    return _require_net(read_checkpoint(path), wanted="SoVITS", other="GPT")


def read_checkpoint(path: Path) -> Checkpoint:
    """Read a checkpoint that training wrote, a pretrained one, or a bare state dict.

    Raises:
        CheckpointError: As `load_safely`, and for content that is not weights and config, or is NaN
            or infinite. Faults of content come in one message.
    """
    loaded = load_safely(path)
    weights, config, info = _split(path, loaded.content)
    _refuse_faults_of_content(path, weights, config)
    return Checkpoint(
        path=path,
        weights={name: weight.detach() for name, weight in weights.items()},
        config=_to_plain(path, config, _MAX_CONFIG_DEPTH),
        info=info if isinstance(info, str) else "",
        sha256=loaded.sha256,
        header=loaded.header,
    )


def _split(path: Path, loaded: object) -> tuple[Any, Any, Any]:
    """Return weights, config and info, whose types are still to be checked."""
    if not isinstance(loaded, Mapping):
        raise CheckpointError(
            f"{path}: holds a {type(loaded).__name__}, where weight and config were expected. "
            "Give a GPT or SoVITS checkpoint."
        )
    if "weight" in loaded and "config" in loaded:
        return loaded["weight"], loaded["config"], loaded.get("info", "")
    if loaded and all(isinstance(value, Tensor) for value in loaded.values()):
        return loaded, {}, ""
    raise CheckpointError(
        f"{path}: holds {abbreviate([str(key) for key in loaded]) or 'nothing'}, where weight and "
        "config were expected. States of a training in progress are not for use: take the "
        "file from the folder of finished weights."
    )


def _refuse_faults_of_content(path: Path, weights: object, config: object) -> None:
    faults = []
    if not isinstance(config, (Mapping, HParams)):
        faults.append(f"config is of type {type(config).__name__}, expected a dict")
    if isinstance(weights, Mapping):
        faults += _faults_of_weights(weights)
    else:
        faults.append(f"weight is of type {type(weights).__name__}, expected a dict of tensors")
    if faults:
        raise CheckpointError(
            f"{path}: unusable content.\n"
            + "\n".join(f"- {fault}" for fault in faults)
            + "\nTake another checkpoint of the same training."
        )


def _faults_of_weights(weights: Mapping[Any, Any]) -> list[str]:
    strange = [str(name) for name, value in weights.items() if not _is_weight(name, value)]
    broken = [
        name
        for name, value in weights.items()
        if _is_weight(name, value) and not _is_training_only(name) and not is_finite(value)
    ]
    kinds = {"not named tensors": strange, "with NaN or infinite values": broken}
    return [f"{kind}: {abbreviate(names)}" for kind, names in kinds.items() if names]


def _is_weight(name: object, value: object) -> bool:
    return (
        isinstance(name, str)
        and isinstance(value, Tensor)
        and value.layout is torch.strided
        and value.device.type == "cpu"
        and not value.is_quantized
    )


def _is_training_only(name: str) -> bool:
    """Tell the weights that speaking does not use, whose sums may overflow in half precision."""
    return name.startswith("enc_q.") or name.endswith((".cluster_size", ".embed_avg"))


def _to_plain(path: Path, value: Any, depth: int) -> Any:
    """Turn `HParams` and other mappings into dicts, all the way down."""
    if depth == 0:
        raise CheckpointError(
            f"{path}: the config is nested more than {_MAX_CONFIG_DEPTH} deep, upstream's is 3. "
            "Take the file as training wrote it."
        )
    if isinstance(value, HParams):
        value = getattr(value, "attributes", {})
    if isinstance(value, Mapping):
        return {str(key): _to_plain(path, below, depth - 1) for key, below in value.items()}
    if isinstance(value, (list, tuple)):
        return [_to_plain(path, below, depth - 1) for below in value]
    return value


def _require_net(checkpoint: Checkpoint, wanted: str, other: str) -> Checkpoint:
    if _is_net(checkpoint, wanted):
        return checkpoint
    found = f"a {other} checkpoint" if _is_net(checkpoint, other) else "neither GPT nor SoVITS"
    step = "Swap the two files" if _is_net(checkpoint, other) else f"Give the {wanted} file"
    raise CheckpointError(
        f"{checkpoint.path}: {found}, expected a {wanted} checkpoint. {step}: training writes GPT "
        "as .ckpt and SoVITS as .pth."
    )


def _is_net(checkpoint: Checkpoint, net: str) -> bool:
    return any(name.startswith(_MARKS[net]) for name in checkpoint.weights)
