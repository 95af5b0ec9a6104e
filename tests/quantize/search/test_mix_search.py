"""The search on a voice that is arithmetic: four groups whose losses add up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import product
from pathlib import Path

import pytest

from voicepack.quantize.budget import Budget, make_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.formats.weight_groups import Format, WeightGroup
from voicepack.quantize.recipe import WeightFormat as W
from voicepack.quantize.search.measurements import Measurements, Values
from voicepack.quantize.search.mix_search import Ladder, Objective, find_mix, useful_levels
from voicepack.quantize.search.probe import Mix
from voicepack.quantize.search.sensitivity import rank_groups
from voicepack.runtime.contract import GraphRole

BITS = {W.INT4_BLOCK: 4, W.INT8_BLOCK: 9, W.INT8: 8, W.FP16: 16, W.FP32: 32}
ERROR = {W.INT4_BLOCK: 1.0, W.INT8_BLOCK: 0.125, W.INT8: 0.0625, W.FP16: 0.0, W.FP32: 0.0}
SIZES = {"a": 8, "b": 8, "c": 64, "d": 8}
LOSSES = {"a": 1.0, "b": 4.0, "c": 8.0, "d": 2.0}


@dataclass
class Arithmetic:
    """Loses LOSSES x ERROR in all, and counts what it is asked."""

    name: str = "tokens"
    loss_metric: str = "kl_mean"
    formats: tuple[Format, ...] = tuple(BITS)
    groups: tuple[WeightGroup, ...] = tuple(
        WeightGroup(name, GraphRole.TEXT2SEMANTIC, (f"{name}.*",), size, 1)
        for name, size in SIZES.items()
    )
    asked: list[Mapping[str, Format]] = field(default_factory=list)

    def loss(self, mix: Mix) -> float:
        self.asked.append(mix)
        return sum(LOSSES[name] * ERROR[W(form.value)] for name, form in mix.items())

    def measure(self, mix: Mix) -> Values:
        cost = sum(SIZES[name] * BITS[W(form.value)] for name, form in mix.items())
        return {"kl_mean": self.loss(mix), "bytes": cost, "seconds": float(cost)}


@pytest.fixture
def journal(tmp_path: Path) -> Measurements:
    return Measurements(tmp_path / "search.jsonl")


def limit(kl_mean: float) -> Budget:
    return make_budget({"kl_mean": kl_mean, "snr_db": 20}, "test")


def test_a_ladder_raises_one_group_after_the_other_then_begins_anew() -> None:
    ladder = Ladder(("b", "a"), (W.INT4_BLOCK, W.INT8, W.FP16))
    mixes = [list(ladder.mix(rung).values()) for rung in range(ladder.top + 1)]
    assert mixes == [
        [W.INT4_BLOCK, W.INT4_BLOCK],
        [W.INT8, W.INT4_BLOCK],
        [W.INT8, W.INT8],
        [W.FP16, W.INT8],
        [W.FP16, W.FP16],
    ]


def test_formats_that_cost_more_and_lose_no_less_are_left_out(journal: Measurements) -> None:
    levels = useful_levels(Arithmetic(), Objective.SIZE, journal)
    assert levels == (W.INT4_BLOCK, W.INT8, W.FP16)  # 8-bit blocks and fp32 are beaten


def test_groups_are_ranked_by_what_they_lose_alone(journal: Measurements) -> None:
    ranking = rank_groups(Arithmetic(), W.INT4_BLOCK, journal)
    assert [(each.group.name, each.loss) for each in ranking] == [
        ("c", 8.0),
        ("b", 4.0),
        ("d", 2.0),
        ("a", 1.0),
    ]


def test_small_groups_that_lose_much_are_raised_first(journal: Measurements) -> None:
    found = find_mix(Arithmetic(), limit(12.0), Objective.SIZE, journal)
    # Loss a byte: b 4/8, d 2/8, then c 8/64 and a 1/8 alike. Raising b leaves 11.25.
    assert found.mix_after(0) == {
        "b": W.INT8,
        "d": W.INT4_BLOCK,
        "c": W.INT4_BLOCK,
        "a": W.INT4_BLOCK,
    }
    assert found.values["kl_mean"] == 11.25


def test_a_mix_that_is_refused_is_followed_by_better_ones_up_to_the_best(
    journal: Measurements,
) -> None:
    found = find_mix(Arithmetic(), limit(12.0), Objective.SIZE, journal)
    losses = [Arithmetic().loss(found.mix_after(refusals)) for refusals in range(9)]
    assert losses == sorted(losses, reverse=True)
    assert losses[0] > losses[1]
    assert losses[-1] == 0


@pytest.mark.parametrize("allowed", [100.0, 9.5, 4.0, 0.9, 0.5, 0.1, 0.0])
def test_the_mix_keeps_the_budget_and_the_next_cheaper_one_does_not(
    journal: Measurements, allowed: float
) -> None:
    found = find_mix(Arithmetic(), limit(allowed), Objective.SIZE, journal)
    losses = [Arithmetic().loss(found.ladder.mix(rung)) for rung in range(found.ladder.top + 1)]
    assert found.rung == min(rung for rung, loss in enumerate(losses) if loss <= allowed)


def test_a_budget_that_full_precision_breaks_is_refused(journal: Measurements) -> None:
    with pytest.raises(QualityError, match=r"even in fp16: kl_mean 0, <= -1"):
        find_mix(Arithmetic(), limit(-1.0), Objective.SIZE, journal)


def test_limits_that_this_half_does_not_measure_do_not_count(journal: Measurements) -> None:
    budget = make_budget({"snr_db": 1000}, "test")
    assert find_mix(Arithmetic(), budget, Objective.SIZE, journal).rung == 0


def test_an_interrupted_search_goes_on_where_it_was(tmp_path: Path) -> None:
    whole, first, second = Arithmetic(), Arithmetic(), Arithmetic()
    found = find_mix(whole, limit(4.0), Objective.SIZE, Measurements(tmp_path / "whole.jsonl"))

    def interrupt(done: int, total: int, doing: str) -> None:
        if len(first.asked) == 7:
            raise KeyboardInterrupt

    journal = tmp_path / "search.jsonl"
    with pytest.raises(KeyboardInterrupt):
        find_mix(first, limit(4.0), Objective.SIZE, Measurements(journal), interrupt)
    again = find_mix(second, limit(4.0), Objective.SIZE, Measurements(journal))
    assert again == found
    assert len(first.asked) + len(second.asked) == len(whole.asked)


def test_the_search_measures_far_fewer_mixes_than_there_are(journal: Measurements) -> None:
    probe = Arithmetic()
    find_mix(probe, limit(0.9), Objective.SIZE, journal)
    assert len(probe.asked) < len(list(product(BITS, repeat=len(SIZES)))) / 20
