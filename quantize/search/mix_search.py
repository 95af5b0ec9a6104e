"""Finds the cheapest mix of formats that keeps a budget, for one half of a voice.

Groups are ranked by what each loses for what it saves. All begin in the cheapest format; then, most
sensitive first, one after the other takes the next better one, and so on to full precision. On this
ladder of mixes the lowest rung that keeps the budget is found by bisection.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from voicepack.quantize.budget import Budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.formats.weight_groups import Format, WeightGroup
from voicepack.quantize.search.measurements import Measurements, Values
from voicepack.quantize.search.probe import BYTES, SECONDS, Mix, Probe
from voicepack.quantize.search.sensitivity import GroupLoss, rank_groups
from voicepack.runtime.progress import Progress, silent

STRIDE = 8
"""A mix that a check refuses is followed by one that is this part of the ladder higher."""


class Objective(str, Enum):
    """What the cheapest mix is to save."""

    SIZE = "size"
    LATENCY = "latency"

    @property
    def cost(self) -> str:
        """Name of the measured value that is to be small."""
        return BYTES if self is Objective.SIZE else SECONDS

    def share(self, group: WeightGroup) -> int:
        """Return what a group contributes to the cost, in any unit."""
        return group.size if self is Objective.SIZE else group.work


@dataclass(frozen=True)
class Ladder:
    """Mixes from the cheapest to the best. Each rung differs from the next in one group."""

    groups: tuple[str, ...]
    """In the order in which they take the next format."""
    levels: tuple[Format, ...]
    """Formats, the cheapest first."""

    @property
    def top(self) -> int:
        """The highest rung: every group in the best format."""
        return len(self.groups) * (len(self.levels) - 1)

    def mix(self, rung: int) -> dict[str, Format]:
        """Return the formats of all groups on a rung, from 0 to `top`."""
        level, num_raised = divmod(rung, len(self.groups))
        return {
            group: self.levels[level + (place < num_raised)]
            for place, group in enumerate(self.groups)
        }


@dataclass(frozen=True)
class FoundMix:
    """Where a search for one half of a voice ended."""

    ladder: Ladder
    rung: int
    values: Values
    """What was measured there."""
    ranking: tuple[GroupLoss, ...]

    def mix_after(self, refusals: int) -> Mix:
        """Return the mix that was found, or a better one for each time a check refused it."""
        stride = -(-self.ladder.top // STRIDE)
        return self.ladder.mix(min(self.rung + refusals * stride, self.ladder.top))


def find_mix(
    probe: Probe,
    budget: Budget,
    objective: Objective,
    measurements: Measurements,
    progress: Progress = silent,
) -> FoundMix:
    """Find the cheapest mix of one half of a voice that keeps the budget.

    Args:
        probe: That half.
        budget: Limits of which those count that the probe measures.
        objective: What is to be saved.
        measurements: Remembers everything measured, and is asked first.
        progress: Hears of every measurement.

    Raises:
        QualityError: Even the best format breaks the budget.
    """
    levels = useful_levels(probe, objective, measurements, progress)
    ranking = rank_groups(probe, levels[0], measurements, progress)
    ladder = Ladder(_in_order(ranking, objective), levels)
    rung = _lowest_rung(_Climb(probe, budget, ladder, measurements, progress))
    values = _measure(probe, ladder.mix(rung), measurements)
    return FoundMix(ladder, rung, values, ranking)


def useful_levels(
    probe: Probe, objective: Objective, measurements: Measurements, progress: Progress = silent
) -> tuple[Format, ...]:
    """Measure each format on all groups, and leave out those that cost more and lose no less.

    Returns:
        The cheapest first; at least one.
    """
    names = [group.name for group in probe.groups]
    measured: dict[Format, Values] = {}
    for index, form in enumerate(probe.formats):
        progress(index, len(probe.formats), f"{probe.name} in {form.value}")
        measured[form] = _measure(probe, dict.fromkeys(names, form), measurements)
    levels: list[Format] = []
    for form in sorted(measured, key=lambda each: measured[each][objective.cost]):
        loss = measured[form][probe.loss_metric]
        if not levels or loss < measured[levels[-1]][probe.loss_metric]:
            levels.append(form)
    return tuple(levels)


def broken_limits(budget: Budget, values: Values) -> list[str]:
    """Say which of the measured values break their limit, such as "kl_mean 0.02, <= 0.01"."""
    return [
        f"{name} {values[name]:.4g}, {limit}"
        for name, limit in budget.limits.items()
        if name in values and not limit.allows(values[name])
    ]


@dataclass(frozen=True)
class _Climb:
    """What is asked at every rung."""

    probe: Probe
    budget: Budget
    ladder: Ladder
    measurements: Measurements
    progress: Progress

    def faults(self, rung: int, step: int, num_steps: int) -> list[str]:
        self.progress(step, num_steps, f"{self.probe.name}: mix {rung} of {self.ladder.top}")
        values = _measure(self.probe, self.ladder.mix(rung), self.measurements)
        return broken_limits(self.budget, values)


def _lowest_rung(climb: _Climb) -> int:
    top = climb.ladder.top
    num_steps = top.bit_length() + 1
    faults = climb.faults(top, 0, num_steps)
    if faults:
        raise QualityError(
            f"No mix of formats keeps the budget: the {climb.probe.name} break it even in "
            f"{climb.ladder.levels[-1].value}: {'; '.join(faults)}. Allow more, or choose a recipe "
            "with an fp32 key/value cache."
        )
    low, high = 0, top  # the answer is from low to high, and high keeps the budget
    for step in range(1, num_steps):
        if low == high:
            break
        middle = (low + high) // 2
        if climb.faults(middle, step, num_steps):
            low = middle + 1
        else:
            high = middle
    climb.progress(num_steps, num_steps, "")
    return high


def _in_order(ranking: Sequence[GroupLoss], objective: Objective) -> tuple[str, ...]:
    """Put first what loses most for what it saves."""
    ordered = sorted(
        ranking, key=lambda each: each.loss / objective.share(each.group), reverse=True
    )
    return tuple(each.group.name for each in ordered)


def _measure(probe: Probe, mix: Mix, measurements: Measurements) -> Values:
    formats = {group: form.value for group, form in mix.items()}
    key = hashlib.sha256(json.dumps(formats, sort_keys=True).encode()).hexdigest()[:16]
    return measurements.recall(f"{probe.name}: mix {key}", lambda: probe.measure(mix))
