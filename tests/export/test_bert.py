"""BERT equals transformers', whose hidden states upstream takes, and refuses what it cannot be."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from safetensors.torch import save_file
from torch import nn
from transformers import BertModel
from transformers.utils import logging as transformers_logging

from voicepack.export.bert import BertSizes
from voicepack.export.bert_folder import BertFolder, read_bert
from voicepack.export.bert_graph import bert_computation, bert_graph, bert_spec
from voicepack.export.errors import CheckpointError
from voicepack.export.language_graph import open_graph
from voicepack.export.seeded_bert import write_bert
from voicepack.quantize.bert import quantize_bert
from voicepack.quantize.graphs.graph import check_graph, load_graph, relative_error, save_graph
from voicepack.runtime.contract import BertTensor, Precision
from voicepack.runtime.phones import FloatArray

pytestmark = pytest.mark.torch

SMALL = BertSizes(
    num_layers=5,
    num_heads=4,
    width=48,
    feed_forward=80,
    vocabulary=150,
    num_positions=40,
    num_types=2,
    norm_epsilon=1e-12,
)
FLOAT32_TOLERANCE = 1e-5
"""What is left of float32 after a few layers in another order of addition."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    write_bert(tmp_path / "bert", SMALL, seed=3)
    return tmp_path / "bert"


@pytest.fixture
def source(folder: Path) -> BertFolder:
    return read_bert(folder)


def hidden_states(folder: Path, ids: torch.Tensor) -> FloatArray:
    """What upstream calls `res["hidden_states"][-3:-2]`, of one text, with its two marks."""
    transformers_logging.set_verbosity_error()  # type: ignore[no-untyped-call]
    transformers_logging.disable_progress_bar()  # type: ignore[no-untyped-call]
    model: nn.Module = BertModel.from_pretrained(folder, dtype=torch.float32)
    with torch.inference_mode():
        states = model.eval()(ids, output_hidden_states=True).hidden_states
    found: FloatArray = states[-3][0].numpy()
    return found


def change_weights(folder: Path, change: Callable[[dict[str, torch.Tensor]], object]) -> None:
    weights = torch.load(folder / "pytorch_model.bin")
    change(weights)
    torch.save(weights, folder / "pytorch_model.bin")


def change_config(folder: Path, **changes: object) -> None:
    config = json.loads((folder / "config.json").read_text())
    (folder / "config.json").write_text(json.dumps(config | changes))


def test_the_module_gives_the_third_last_hidden_state_of_transformers(
    folder: Path, source: BertFolder
) -> None:
    ids = torch.arange(37)[None] * 4
    with torch.inference_mode():
        found = source.net(ids).numpy()
    assert relative_error(found, hidden_states(folder, ids)) < FLOAT32_TOLERANCE


@pytest.mark.parametrize("length", [1, 2, 19, 40])
def test_the_graph_gives_what_transformers_gives_at_every_length(
    folder: Path, source: BertFolder, tmp_path: Path, length: int
) -> None:
    ids = np.random.default_rng(length).integers(SMALL.vocabulary, size=(1, length))
    save_graph(bert_graph(source.net), tmp_path / "bert.onnx")
    found = open_graph(tmp_path / "bert.onnx").run({BertTensor.INPUT_IDS: ids})
    expected = hidden_states(folder, torch.from_numpy(ids))
    assert found[BertTensor.FEATURES].shape == (length, SMALL.width)
    assert relative_error(found[BertTensor.FEATURES], expected) < FLOAT32_TOLERANCE


def test_layers_that_no_voice_hears_are_not_stored(source: BertFolder, tmp_path: Path) -> None:
    save_graph(bert_graph(source.net), tmp_path / "bert.onnx")
    names = {each.name for each in load_graph(tmp_path / "bert.onnx").graph.initializer}
    layers = {name.split(".")[1] for name in names if name.startswith("layers.")}
    assert layers == {"0", "1", "2"}
    assert not any("pooler" in name or "cls" in name for name in names)


@pytest.mark.parametrize(
    ("precision", "share", "error"),
    [
        (Precision.FP16, 0.51, 1e-3),  # half the bytes; a half has 11 bits
        (Precision.INT8, 0.36, 0.05),  # a quarter, but for scales, biases and positions; 26 dB
    ],
)
def test_fewer_bytes_give_nearly_the_same_features(
    source: BertFolder, tmp_path: Path, precision: Precision, share: float, error: float
) -> None:
    full, small = tmp_path / "full.onnx", tmp_path / "small.onnx"
    model = bert_graph(source.net)
    save_graph(model, full)
    save_graph(quantize_bert(model, precision), small)
    examples = [{BertTensor.INPUT_IDS: np.arange(30)[None]}]
    check_graph(small, bert_spec(SMALL.width), bert_computation(source.net), examples, error)
    sizes = [path.with_suffix(".data").stat().st_size for path in (small, full)]
    assert sizes[0] < share * sizes[1]


def test_the_identity_is_that_of_the_numbers_and_not_of_their_file(
    folder: Path, source: BertFolder
) -> None:
    weights = torch.load(folder / "pytorch_model.bin")
    bare = {name.removeprefix("bert."): each.float() for name, each in weights.items()}
    (folder / "pytorch_model.bin").unlink()
    save_file(bare, folder / "model.safetensors")
    again = read_bert(folder)
    assert again.identity == source.identity
    assert again.sources.keys() == {"bert model.safetensors"}


def test_another_number_or_word_gives_another_identity(folder: Path, source: BertFolder) -> None:
    words = (folder / "vocab.txt").read_text("utf-8")
    (folder / "vocab.txt").write_text(words.replace("的", "底"), "utf-8")
    with_other_word = read_bert(folder).identity
    name = "bert.encoder.layer.0.output.dense.bias"
    change_weights(folder, lambda weights: weights[name][0].add_(1))
    assert len({source.identity, with_other_word, read_bert(folder).identity}) == 3


def test_old_names_of_the_norms_are_understood(folder: Path, source: BertFolder) -> None:
    def rename(weights: dict[str, torch.Tensor]) -> None:
        for name in [each for each in weights if "LayerNorm" in each]:
            old = name.replace(".weight", ".gamma").replace(".bias", ".beta")
            weights[old] = weights.pop(name)

    change_weights(folder, rename)
    assert read_bert(folder).identity == source.identity


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"model_type": "hubert"}, "a model of type 'hubert'"),
        ({"hidden_act": "relu"}, "activation 'relu'"),
        ({"num_hidden_layers": 2}, "more than 2 layers"),
        ({"num_attention_heads": 5}, "48 channels in 5 heads"),
        ({"hidden_size": "48"}, "hidden_size is '48'"),
        ({"vocab_size": 149}, "150 words, but config.json says 149"),
        ({"intermediate_size": 81}, "intermediate.dense.weight is \\(80, 48\\), expected"),
    ],
)
def test_a_config_that_does_not_fit_is_refused(
    folder: Path, changes: dict[str, object], message: str
) -> None:
    change_config(folder, **changes)
    with pytest.raises(CheckpointError, match=message):
        read_bert(folder)


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "pytorch_model.bin"])
def test_a_missing_file_is_named(folder: Path, name: str) -> None:
    (folder / name).unlink()
    with pytest.raises(CheckpointError, match=name):
        read_bert(folder)


@pytest.mark.parametrize("name", ["config.json", "vocab.txt", "pytorch_model.bin"])
def test_a_damaged_file_is_named(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"PK\x03\x04 \xff nothing of the kind")
    with pytest.raises(CheckpointError, match=name):
        read_bert(folder)


def test_damaged_safetensors_are_refused(folder: Path) -> None:
    (folder / "model.safetensors").write_bytes(b"\xff" * 64)
    with pytest.raises(CheckpointError, match=r"model\.safetensors"):
        read_bert(folder)


def test_missing_unknown_and_broken_weights_are_all_named(folder: Path) -> None:
    def spoil(weights: dict[str, torch.Tensor]) -> None:
        del weights["bert.encoder.layer.1.attention.self.key.weight"]
        weights["bert.encoder.layer.1.adapter.weight"] = torch.ones(2)
        weights["bert.embeddings.LayerNorm.bias"][0] = torch.nan

    change_weights(folder, spoil)
    with pytest.raises(CheckpointError) as caught:
        read_bert(folder)
    for name in ("layer.1.attention.self.key.weight", "layer.1.adapter", "LayerNorm.bias"):
        assert name in str(caught.value)


def test_the_sizes_are_those_of_the_files(source: BertFolder) -> None:
    assert source.net.sizes == replace(SMALL)
