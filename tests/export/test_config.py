"""Numbers of the config are read, and refused where they contradict the weights."""

from __future__ import annotations

import copy
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import torch

from voicepack.export.checkpoint import Checkpoint, open_gpt, open_sovits
from voicepack.export.config import GptConfig, SovitsConfig
from voicepack.export.errors import CheckpointError

pytestmark = pytest.mark.torch

GPT = Checkpoint(
    path=Path("voice.ckpt"),
    weights={
        "model.ar_audio_embedding.word_embeddings.weight": torch.zeros(1025, 64),
        "model.h.layers.0.norm1.weight": torch.zeros(64),
        "model.h.layers.1.norm1.weight": torch.zeros(64),
    },
    config={"data": {"max_sec": 54}, "model": {"n_layer": 2, "head": 4, "EOS": 1024}},
    info="",
    sha256="",
    header=b"PK",
)

SOVITS = Checkpoint(
    path=Path("voice.pth"),
    weights={
        "enc_p.text_embedding.weight": torch.zeros(732, 192),
        "ref_enc.spectral.0.fc.weight": torch.zeros(128, 704),
        "ssl_proj.weight": torch.zeros(768, 768, 2),
        "dec.ups.0.weight_v": torch.zeros(4, 2, 36),
        "dec.ups.1.weight_v": torch.zeros(2, 1, 20),
        **{f"dec.resblocks.{b}.convs1.{c}.bias": torch.zeros(1) for b in range(4) for c in (0, 1)},
    },
    config={
        "data": {
            "sampling_rate": 32000,
            "filter_length": 2048,
            "hop_length": 640,
            "win_length": 1024,
        },
        "model": {
            "n_heads": 2,
            "upsample_rates": [32, 20],
            "resblock_dilation_sizes": [[1, 3], [1, 5]],
        },
    },
    info="",
    sha256="",
    header=b"PK",
)


def changed(checkpoint: Checkpoint, section: str, name: str, value: object) -> Checkpoint:
    config: dict[str, Any] = copy.deepcopy(checkpoint.config)
    config[section][name] = value
    return replace(checkpoint, config=config)


def test_gpt_config_is_read() -> None:
    assert GptConfig.from_checkpoint(GPT) == GptConfig(
        num_layers=2, num_heads=4, end_token=1024, max_seconds=54
    )


def test_sovits_config_is_read() -> None:
    assert SovitsConfig.from_checkpoint(SOVITS) == SovitsConfig(
        num_heads=2,
        upsample_rates=(32, 20),
        resblock_dilations=((1, 3), (1, 5)),
        sample_rate=32000,
        filter_length=2048,
        hop_length=640,
        win_length=1024,
    )


@pytest.mark.parametrize(
    ("section", "name", "value", "message"),
    [
        ("model", "head", None, "config model.head is missing, expected a positive integer"),
        ("model", "head", "4", "config model.head is '4'"),
        ("model", "head", True, "config model.head is True"),
        ("model", "head", 5, "width modulo model.head is 4, expected 0"),
        ("model", "n_layer", 24, "model.n_layer is 24, expected 2"),
        ("model", "EOS", 1000, "model.EOS is 1000, expected 1024"),
    ],
)
def test_a_wrong_gpt_number_is_named(section: str, name: str, value: object, message: str) -> None:
    with pytest.raises(CheckpointError) as caught:
        GptConfig.from_checkpoint(changed(GPT, section, name, value))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("section", "name", "value", "message"),
    [
        ("model", "n_heads", 5, "width modulo model.n_heads is 2"),
        ("model", "upsample_rates", "32", "model.upsample_rates is '32'"),
        ("model", "upsample_rates", [32, 10], "product of model.upsample_rates is 320"),
        ("model", "upsample_rates", [640], "number of model.upsample_rates is 1, expected 2"),
        ("model", "upsample_rates", [128, 5], "dec.ups.1: (kernel - rate) modulo 2 is 1"),
        ("model", "resblock_dilation_sizes", [1, 3], "lists of positive integers"),
        ("model", "resblock_dilation_sizes", [[1, 3]], "dilations times stages is 2, expected 4"),
        ("model", "resblock_dilation_sizes", [[1, 3], [1]], "resblock_dilation_sizes[1] is 1"),
        ("data", "sampling_rate", 24000, "data.hop_length is 37.5, expected 50"),
        ("data", "filter_length", 1024, "data.filter_length is 1024, expected enough for the 704"),
        ("data", "win_length", -1, "data.win_length is -1"),
    ],
)
def test_a_wrong_sovits_number_is_named(
    section: str, name: str, value: object, message: str
) -> None:
    with pytest.raises(CheckpointError) as caught:
        SovitsConfig.from_checkpoint(changed(SOVITS, section, name, value))
    assert message in str(caught.value)


def test_a_model_of_50_tokens_a_second_is_refused() -> None:
    weights = {**SOVITS.weights, "ssl_proj.weight": torch.zeros(768, 768, 1)}
    with pytest.raises(CheckpointError, match="kernel size of ssl_proj is 1, expected 2"):
        SovitsConfig.from_checkpoint(replace(SOVITS, weights=weights))


def test_a_bare_state_dict_lacks_a_config() -> None:
    with pytest.raises(CheckpointError, match=r"model\.n_layer is missing"):
        GptConfig.from_checkpoint(replace(GPT, config={}))


@pytest.mark.parity
def test_configs_of_upstream_are_read(reference_data: Path) -> None:
    gpt = GptConfig.from_checkpoint(open_gpt(reference_data / "v2/gpt-e15.ckpt"))
    sovits = SovitsConfig.from_checkpoint(open_sovits(reference_data / "v2/sovits_e8_s800.pth"))
    assert gpt == GptConfig(num_layers=3, num_heads=4, end_token=1024, max_seconds=54)
    assert sovits.upsample_rates == (10, 8, 2, 2, 2)
    assert sovits.resblock_dilations == ((1, 3, 5),) * 3


@pytest.mark.parity
def test_one_residual_block_a_stage_is_enough(reference_data: Path) -> None:
    demo = reference_data.parent / "demo/sovits.pth"
    if not demo.is_file():
        pytest.skip(f"no demo voice in {demo.parent}")
    assert SovitsConfig.from_checkpoint(open_sovits(demo)).resblock_dilations == ((1, 3, 5),)
