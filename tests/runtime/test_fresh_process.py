"""Measuring in another process: what it says when that fails."""

from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.runtime.fresh_process import MeasuringError, measure_in_fresh_process


def test_a_pack_that_cannot_be_measured_is_refused_with_the_reason(tmp_path: Path) -> None:
    with pytest.raises(MeasuringError, match=r"(?s)could not be measured.*absent"):
        measure_in_fresh_process(tmp_path / "absent", ())
