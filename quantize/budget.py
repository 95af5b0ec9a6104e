"""The quality budget: the limit of each metric that a quantized pack must keep."""

from __future__ import annotations

import hashlib
import json
import math
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypeGuard

from voicepack.quantize.errors import QualityError
from voicepack.quantize.metrics.catalogue import METRICS, Better, Metric

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib


@dataclass(frozen=True)
class Limit:
    """A metric and the worst value it may have; which way is worse, the metric knows."""

    metric: Metric
    value: float

    def allows(self, measured: float) -> bool:
        """Say whether a value keeps the limit. NaN keeps none."""
        if self.metric.better is Better.LOWER:
            return measured <= self.value
        return measured >= self.value

    def __str__(self) -> str:
        """Return the limit as people write it, such as "<= 0.01"."""
        sign = "<=" if self.metric.better is Better.LOWER else ">="
        return f"{sign} {self.value:g}"


@dataclass(frozen=True)
class Budget:
    """Limits of some metrics. What it does not name may be anything."""

    limits: Mapping[str, Limit]
    """By the metric's name."""

    @property
    def values(self) -> dict[str, float]:
        """The limits as plain numbers, as a TOML file or a report holds them."""
        return {name: limit.value for name, limit in self.limits.items()}

    @property
    def sha256(self) -> str:
        """Hash of the limits, whatever their order or the file they came from."""
        canonical = json.dumps(self.values, sort_keys=True, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def read_budget(path: Path) -> Budget:
    """Read a budget from TOML: a table `[limits]` of metric names and numbers.

    Raises:
        QualityError: The file cannot be read, is not TOML, or limits what is no metric.
    """
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise QualityError(
            f"{path}: no budget could be read ({error}). "
            "Expected a TOML file with a table [limits]."
        ) from error
    limits = content.get("limits")
    if not isinstance(limits, dict) or not limits or len(content) > 1:
        raise QualityError(
            f"{path}: found {', '.join(content) or 'nothing'}, but a budget is one table "
            '[limits] with lines such as "kl_mean = 0.01".'
        )
    return make_budget(limits, str(path))


def make_budget(limits: Mapping[str, object], source: str) -> Budget:
    """Return the budget of some limits, and name all faults if there are any.

    Args:
        limits: Metric name -> number.
        source: Where they come from, for the message.

    Raises:
        QualityError: A name is no metric, or a limit no finite number.
    """
    faults = [f"{name} is not a metric" for name in limits if name not in METRICS]
    faults += [
        f"{name} = {value!r} is no number"
        for name, value in limits.items()
        if not _is_number(value)
    ]
    if faults:
        raise QualityError(f"{source}: {'; '.join(faults)}. The metrics are: {', '.join(METRICS)}.")
    numbers = {name: value for name, value in limits.items() if _is_number(value)}
    return Budget({name: Limit(METRICS[name], float(value)) for name, value in numbers.items()})


def _is_number(value: object) -> TypeGuard[float]:
    # To Python, true is a 1.
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return math.isfinite(value)


DEFAULT_BUDGET = make_budget(
    {
        "kl_mean": 0.01,
        "top1_agreement": 0.97,
        "snr_db": 15.0,
        "log_mel_l1": 0.35,
        "mcd_db": 3.5,
        "f0_rmse_cents": 10.0,
        "gross_pitch_error": 0.05,
        "voicing_error": 0.05,
        "speaker_cosine": 0.99,
        "non_finite": 0,
        "loops": 0,
        "length_change": 0.75,
        "longest_silence_s": 2.0,
        "clipped_fraction": 0.001,
        "dc_offset": 0.02,
    },
    "default budget",
)
"""What an INT8 voice keeps.

The limits on spectra and pitch lie where noise with the shape of speech has an SNR of 20 dB.
The one on the SNR itself is for voices of which spectra tell little, such as one that rustles.
The one on the change of length lies above what another seed does in full precision, about a half.
"""
