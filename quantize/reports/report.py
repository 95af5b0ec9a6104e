"""The result of a quality check: numbers, and a verdict on each against the budget."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from voicepack.quantize.budget import Budget, Limit
from voicepack.quantize.metrics.catalogue import CATALOGUE, Metric, Summary


@dataclass(frozen=True)
class SentenceQuality:
    """What was measured on one sentence."""

    text: str
    values: Mapping[str, float]
    """By the metric's name."""


@dataclass(frozen=True)
class Verdict:
    """One metric of the whole pack, against its limit."""

    metric: Metric
    value: float | None
    """None: the budget limits it, but it was not measured."""
    limit: Limit | None
    """None: the budget leaves it free."""

    @property
    def passed(self) -> bool:
        """True where the limit is kept, or there is none. What was not measured keeps no limit."""
        if self.limit is None:
            return True
        return self.value is not None and self.limit.allows(self.value)


@dataclass(frozen=True)
class Sensitivity:
    """What it costs to quantize one group of weights and leave all others alone."""

    group: str
    """Such as "blocks.3 fc2"."""
    metric: str
    """Name of the metric that the loss is a value of."""
    loss: float


@dataclass(frozen=True)
class Report:
    """Everything a quality check found."""

    pack: str
    """Name of the pack that was checked."""
    baseline: str
    """Name of the full-precision pack it was compared with."""
    budget: Budget
    sentences: tuple[SentenceQuality, ...]
    pack_values: Mapping[str, float]
    """What is measured once and not for each sentence, such as the size; by the metric's name."""
    notes: tuple[str, ...] = ()
    """What a reader of the numbers must know, such as why one is missing. A sentence each."""
    sensitivity: tuple[Sensitivity, ...] = ()
    """Of the search that chose this mix of formats; empty where there was none."""

    @property
    def passed(self) -> bool:
        """True when every limit of the budget is kept."""
        return all(verdict.passed for verdict in self.verdicts())

    def verdicts(self) -> tuple[Verdict, ...]:
        """Judge every metric that was measured or is limited, in the catalogue's order."""
        verdicts = (
            Verdict(metric, self.value(metric), self.budget.limits.get(metric.name))
            for metric in CATALOGUE
        )
        return tuple(v for v in verdicts if v.value is not None or v.limit is not None)

    def value(self, metric: Metric) -> float | None:
        """Return the metric of the whole pack: mean or worst of the sentences, or None.

        Sentences for which it was not measured are left out.
        """
        if metric.name in self.pack_values:
            return self.pack_values[metric.name]
        values = [quality.values[metric.name] for quality in self.worst_first(metric)]
        if not values:
            return None
        return values[0] if metric.summary is Summary.WORST else _mean(values)

    def worst_first(self, metric: Metric) -> tuple[SentenceQuality, ...]:
        """Return the sentences for which the metric was measured, the worst before the others."""
        measured = (quality for quality in self.sentences if metric.name in quality.values)
        return tuple(
            sorted(measured, key=lambda q: metric.badness(q.values[metric.name]), reverse=True)
        )


@dataclass(frozen=True)
class Change:
    """A metric before and after."""

    metric: Metric
    before: float
    after: float

    @property
    def worsened(self) -> bool:
        """True when the value went the wrong way, by however little."""
        return self.metric.badness(self.after) > self.metric.badness(self.before)


def changes(previous: Report, current: Report) -> tuple[Change, ...]:
    """Return what became of every metric that both reports measured."""
    pairs = ((metric, previous.value(metric), current.value(metric)) for metric in CATALOGUE)
    return tuple(
        Change(metric, before, after)
        for metric, before, after in pairs
        if before is not None and after is not None
    )


def _mean(values: list[float]) -> float:
    # Infinities of both signs have no mean; NaN says so, and passes no budget.
    with np.errstate(invalid="ignore"):
        return float(np.mean(values))
