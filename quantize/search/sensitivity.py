"""Which groups of weights lose most when they are quantized, measured on real graphs."""

from __future__ import annotations

from dataclasses import dataclass

from voicepack.quantize.formats.weight_groups import Format, WeightGroup
from voicepack.quantize.reports.report import Sensitivity
from voicepack.quantize.search.measurements import Measurements
from voicepack.quantize.search.probe import Probe
from voicepack.runtime.progress import Progress, silent


@dataclass(frozen=True)
class GroupLoss:
    """What it costs to quantize one group and leave all others alone."""

    group: WeightGroup
    form: Format
    """What it was quantized to."""
    loss: float
    """The probe's loss metric, which is 0 for full precision."""


def rank_groups(
    probe: Probe, form: Format, measurements: Measurements, progress: Progress = silent
) -> tuple[GroupLoss, ...]:
    """Quantize one group at a time and measure the loss.

    Args:
        probe: The half of the voice whose groups are ranked.
        form: What each group is quantized to.
        measurements: Remembers every one, and is asked first.
        progress: Hears of every group.

    Returns:
        The most sensitive first.
    """
    groups = probe.groups
    losses = []
    for index, group in enumerate(groups):
        progress(index, len(groups), f"{group.name} in {form.value}")
        losses.append(GroupLoss(group, form, _loss(probe, group, form, measurements)))
    progress(len(groups), len(groups), "")
    return tuple(sorted(losses, key=lambda each: each.loss, reverse=True))


def _loss(probe: Probe, group: WeightGroup, form: Format, measurements: Measurements) -> float:
    metric = probe.loss_metric
    values = measurements.recall(
        f"{probe.name}: {metric} of {group.name} in {form.value}",
        lambda: {metric: probe.loss({group.name: form})},
    )
    return values[metric]


def as_sensitivity(ranking: tuple[GroupLoss, ...], metric: str) -> tuple[Sensitivity, ...]:
    """Put a ranking into the form of a report."""
    return tuple(
        Sensitivity(f"{each.group.name} ({each.form.value})", metric, each.loss) for each in ranking
    )
