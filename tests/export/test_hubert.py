from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from safetensors.torch import save_file
from torch import nn
from transformers import HubertConfig, HubertModel
from transformers.utils import logging as transformers_logging

from voicepack.export.errors import ReferenceClipError
from voicepack.export.hubert import load_hubert

pytestmark = pytest.mark.torch

CONFIG: dict[str, Any] = {
    "model_type": "hubert",
    "hidden_size": 24,
    "num_hidden_layers": 1,
    "num_attention_heads": 2,
    "intermediate_size": 16,
    "num_conv_pos_embeddings": 16,
    "num_conv_pos_embedding_groups": 2,
    "conv_dim": [8] * 7,
    "conv_kernel": [10, 3, 3, 3, 3, 2, 2],
    "conv_stride": [5, 2, 2, 2, 2, 2, 2],
    "torch_dtype": "float16",
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A miniature HuBERT as Hugging Face folders hold it: half precision, pickled."""
    torch.manual_seed(0)
    model: nn.Module = HubertModel(HubertConfig(**CONFIG))
    (tmp_path / "config.json").write_text(json.dumps(CONFIG))
    torch.save(model.half().state_dict(), tmp_path / "pytorch_model.bin")
    return tmp_path


def change_config(folder: Path, **changes: object) -> None:
    (folder / "config.json").write_text(json.dumps(CONFIG | changes))


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = torch.load(folder / "pytorch_model.bin")
    change(weights)
    torch.save(weights, folder / "pytorch_model.bin")


def test_there_are_50_frames_a_second_in_single_precision(folder: Path) -> None:
    features = load_hubert(folder, feature_size=24).features(np.ones(16000 + 80, np.float32))
    assert features.shape == (50, 24)
    assert features.dtype == np.float32


def test_loading_twice_gives_the_same_features(folder: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 4000).astype(np.float32)
    first = load_hubert(folder, 24).features(samples)
    np.testing.assert_array_equal(load_hubert(folder, 24).features(samples), first)


def test_safetensors_are_read_too(folder: Path) -> None:
    samples = np.random.default_rng(0).uniform(-1, 1, 4000).astype(np.float32)
    pickled = load_hubert(folder, 24).features(samples)
    weights = torch.load(folder / "pytorch_model.bin")
    (folder / "pytorch_model.bin").unlink()
    save_file(weights, folder / "model.safetensors", {"format": "pt"})
    np.testing.assert_array_equal(load_hubert(folder, 24).features(samples), pickled)


def test_loading_prints_nothing_and_leaves_the_log_level_alone(
    folder: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    change_weights(folder, lambda weights: weights.update({"lm_head.weight": torch.zeros(2)}))
    before = transformers_logging.get_verbosity()
    transformers_logging.enable_progress_bar()  # type: ignore[no-untyped-call]
    load_hubert(folder, 24)
    assert capfd.readouterr() == ("", "")
    assert transformers_logging.get_verbosity() == before
    assert transformers_logging.is_progress_bar_enabled()


def test_a_folder_that_lacks_the_mask_of_training_is_fine(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.pop("masked_spec_embed"))
    load_hubert(folder, 24)


def test_a_missing_folder_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReferenceClipError, match=r"absent: no HuBERT here, for config\.json"):
        load_hubert(tmp_path / "absent", 24)


def test_missing_weights_are_named(folder: Path) -> None:
    change_weights(folder, lambda weights: weights.pop("encoder.layer_norm.bias"))
    with pytest.raises(ReferenceClipError, match=r"1 of .* first encoder\.layer_norm\.bias"):
        load_hubert(folder, 24)


def test_a_folder_without_weights_is_refused(folder: Path) -> None:
    (folder / "pytorch_model.bin").unlink()
    with pytest.raises(ReferenceClipError, match=r"model\.safetensors or pytorch_model\.bin"):
        load_hubert(folder, 24)


@pytest.mark.parametrize(
    ("changes", "complaint"),
    [
        ({"model_type": "wav2vec2"}, "type 'wav2vec2'"),
        ({"model_type": None}, "type None"),
        ({"hidden_size": 1024}, "gives 1024 features a frame, but the voice takes 24"),
        ({"conv_stride": [5, 2, 2, 2, 2, 2, 1]}, "a frame every 160 samples"),
        ({"conv_dim": [8]}, "cannot be read"),
    ],
)
def test_a_folder_of_another_net_is_refused(
    folder: Path, changes: dict[str, object], complaint: str
) -> None:
    change_config(folder, **changes)
    with pytest.raises(ReferenceClipError, match=complaint):
        load_hubert(folder, 24)


@pytest.mark.parametrize("content", ["{", "[]", "hubert"])
def test_a_broken_config_is_refused(folder: Path, content: str) -> None:
    (folder / "config.json").write_text(content)
    with pytest.raises(ReferenceClipError, match=r"Copy the folder again|'hubert' is expected"):
        load_hubert(folder, 24)


@pytest.mark.parametrize("keep", [0, 100, 5000])
def test_truncated_weights_are_refused(folder: Path, keep: int) -> None:
    path = folder / "pytorch_model.bin"
    path.write_bytes(path.read_bytes()[:keep])
    with pytest.raises(ReferenceClipError, match="cannot be read"):
        load_hubert(folder, 24)


class Payload:
    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.mkdir, (str(self.path),)


def test_code_in_the_weights_does_not_run(folder: Path) -> None:
    torch.save({"weight": Payload(folder / "executed")}, folder / "pytorch_model.bin")
    with pytest.raises(ReferenceClipError, match="cannot be read"):
        load_hubert(folder, 24)
    assert not (folder / "executed").exists()


def test_code_beside_the_weights_does_not_run(folder: Path) -> None:
    change_config(folder, auto_map={"AutoModel": "evil.Net", "HubertModel": "evil.Net"})
    (folder / "evil.py").write_text(f"import os\nos.mkdir({str(folder / 'executed')!r})\n")
    load_hubert(folder, 24)
    assert not (folder / "executed").exists()


@pytest.mark.parity
@pytest.mark.parametrize("case", ["v2/short", "v2/mid", "v2pro/short"])
def test_the_features_equal_upstreams(reference_data: Path, case: str) -> None:
    upstream = np.load(reference_data / f"{case}.npz")
    hubert = load_hubert(reference_data / "hubert", 768)
    features = hubert.features(upstream["ref_wav16k_padded"])
    expected = upstream["ref_ssl"][0].T
    # Single precision on both sides, with another attention kernel.
    assert np.linalg.norm(features - expected) <= 1e-5 * np.linalg.norm(expected)
