"""Weights get from checkpoint to module whole, or not at all."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn
from torch.nn.utils.parametrizations import weight_norm

from voicepack.export.errors import CheckpointError
from voicepack.export.weights import (
    WeightTable,
    apply_table,
    fold_weight_norm,
    invert_table,
    load_module,
    unfold_weight_norm,
)

pytestmark = pytest.mark.torch


class Block(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.first = nn.Linear(2, 3)
        self.second = nn.Linear(3, 1, bias=False)


TABLE = WeightTable(
    names={"net.{i}.a": "layers.{i}.first", "net.{i}.b.w": "layers.{i}.second.weight"},
    dropped=("posterior",),
)


def net(num_layers: int) -> nn.Module:
    return nn.ModuleDict({"layers": nn.ModuleList(Block() for _ in range(num_layers))})


def complete(num_layers: int) -> dict[str, torch.Tensor]:
    weights = {}
    for layer in range(num_layers):
        weights[f"net.{layer}.a.weight"] = torch.full((3, 2), 0.5 + layer)
        weights[f"net.{layer}.a.bias"] = torch.full((3,), 0.25)
        weights[f"net.{layer}.b.w"] = torch.full((1, 3), 2.0)
    return weights


def message_of(weights: dict[str, torch.Tensor], num_layers: int) -> str:
    with pytest.raises(CheckpointError) as caught:
        load_module(net(num_layers), weights, TABLE, "voice.pth")
    return str(caught.value)


def test_folded_weight_is_the_direction_scaled_to_the_magnitude() -> None:
    magnitude, direction = torch.tensor([[10.0], [26.0]]), torch.tensor([[3.0, 4.0], [5.0, 12.0]])
    folded = fold_weight_norm({"x.weight_g": magnitude, "x.weight_v": direction})
    assert folded["x.weight"].tolist() == [[6.0, 8.0], [10.0, 24.0]]


@pytest.mark.parametrize(
    "layer", [nn.Conv1d(4, 6, 3), nn.ConvTranspose1d(4, 6, 3), nn.Linear(4, 6)], ids=repr
)
def test_folding_agrees_with_torch(layer: nn.Module) -> None:
    normed = weight_norm(layer, dim=0)
    state = {name: tensor.detach() for name, tensor in normed.state_dict().items()}
    state["parametrizations.weight.original0"].mul_(1.7)
    folded = fold_weight_norm({f"x.{name}": tensor for name, tensor in state.items()})
    assert isinstance(layer.weight, torch.Tensor)
    # Two float32 orders of the same sum.
    torch.testing.assert_close(folded["x.weight"], layer.weight.detach(), rtol=1e-6, atol=1e-7)
    assert set(folded) == {"x.weight", "x.bias"}


def test_half_precision_is_folded_in_float32() -> None:
    direction = torch.full((1, 4), 300.0).half()  # Its square is beyond float16.
    folded = fold_weight_norm({"x.weight_g": torch.ones(1, 1).half(), "x.weight_v": direction})
    torch.testing.assert_close(folded["x.weight"], torch.full((1, 4), 0.5))


def test_half_a_pair_is_kept_for_the_table_to_report() -> None:
    weights = {"x.weight_g": torch.ones(2, 1), "y.weight_v": torch.ones(2, 3)}
    assert fold_weight_norm(weights) == weights


def test_a_pair_whose_sizes_disagree_is_kept_for_the_table_to_report() -> None:
    weights = {"x.weight_g": torch.ones(3, 1), "x.weight_v": torch.ones(2, 3)}
    assert set(fold_weight_norm(weights)) == {"x.weight_g", "x.weight_v"}


def test_folding_leaves_its_input_alone() -> None:
    weights = {"x.weight_g": torch.ones(2, 1), "x.weight_v": torch.ones(2, 3)}
    fold_weight_norm(weights)
    assert set(weights) == {"x.weight_g", "x.weight_v"}


@given(st.lists(st.integers(1, 4), min_size=2, max_size=3), st.integers(0, 2**16))
def test_folding_undoes_unfolding(shape: list[int], seed: int) -> None:
    weight = torch.randn(shape, generator=torch.Generator().manual_seed(seed))
    folded = fold_weight_norm(unfold_weight_norm({"x.weight": weight}, ["x"]))
    torch.testing.assert_close(folded["x.weight"], weight, rtol=1e-6, atol=0)


def test_an_entry_stands_for_everything_below_it() -> None:
    renamed = apply_table({"net.12.a.weight": torch.ones(1)}, TABLE, "voice.pth")
    assert list(renamed) == ["layers.12.first.weight"]


def test_the_most_specific_entry_decides() -> None:
    table = WeightTable({"dec": "vocoder", "dec.ups.{i}": "upsamplers.{i}"})
    weights = {"dec.ups.3.bias": torch.ones(1), "dec.post.bias": torch.ones(1)}
    assert list(apply_table(weights, table, "x")) == ["upsamplers.3.bias", "vocoder.post.bias"]


@pytest.mark.parametrize("name", ["net.x.a.weight", "net.1.ab.weight", "net.1", "anet.1.a.weight"])
def test_an_entry_matches_whole_parts_of_a_name_only(name: str) -> None:
    with pytest.raises(CheckpointError, match="1 unknown"):
        apply_table({name: torch.ones(1)}, TABLE, "voice.pth")


def test_names_dropped_on_purpose_do_not_count_as_unknown() -> None:
    assert apply_table({"posterior.conv.weight": torch.ones(1)}, TABLE, "voice.pth") == {}


def test_inverting_undoes_applying() -> None:
    weights = complete(2)
    restored = invert_table(apply_table(weights, TABLE, "voice.pth"), TABLE)
    assert restored == weights


def test_a_complete_checkpoint_fills_the_module() -> None:
    module = load_module(net(2), complete(2), TABLE, "voice.pth")
    assert module.state_dict()["layers.1.first.weight"].tolist() == [[1.5, 1.5]] * 3
    assert not module.training


def test_half_precision_fills_a_module_on_the_meta_device_in_float32() -> None:
    with torch.device("meta"):
        module = net(1)
    weights = {name: weight.half() for name, weight in complete(1).items()}
    loaded = load_module(module, weights, TABLE, "voice.pth").state_dict()
    assert {weight.dtype for weight in loaded.values()} == {torch.float32}
    assert loaded["layers.0.first.bias"].tolist() == [0.25] * 3


def test_all_faults_come_in_one_message_by_upstream_name() -> None:
    weights = complete(2)
    del weights["net.0.b.w"]
    weights["net.0.a.weight"] = torch.ones(2, 3)
    weights["net.1.a.bias"][1] = float("nan")
    weights["surprise"] = torch.ones(1)
    weights["net.2.a.weight"] = torch.ones(1)
    text = message_of(weights, 2)
    assert "voice.pth" in text
    assert "2 unknown: surprise, net.2.a.weight" in text
    assert "1 missing: net.0.b.w" in text
    assert "1 of the wrong shape: net.0.a.weight is (2, 3), expected (3, 2)" in text
    assert "1 with NaN or infinite values: net.1.a.bias" in text


def test_hundreds_of_faults_are_abbreviated() -> None:
    text = message_of({f"other.{i}": torch.ones(1) for i in range(300)}, 1)
    assert "300 unknown: other.0, other.1, other.2, other.3, other.4 and 295 more" in text


def test_two_names_for_one_slot_are_refused() -> None:
    table = WeightTable({"a": "first.bias", "b": "first.bias"})
    with pytest.raises(CheckpointError, match="1 unknown: b"):
        apply_table({"a": torch.ones(1), "b": torch.ones(1)}, table, "voice.pth")
