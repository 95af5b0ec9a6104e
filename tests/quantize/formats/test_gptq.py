import numpy as np
import pytest

from voicepack.quantize.formats.block_weights import round_blocks
from voicepack.quantize.formats.gptq import round_calibrated
from voicepack.runtime.phones import FloatArray

RANDOM = np.random.default_rng(0)
WEIGHT = RANDOM.standard_normal((96, 20)).astype(np.float32)


def correlated_rows() -> FloatArray:
    mixing = RANDOM.standard_normal((12, 96)).astype(np.float32)
    noise = RANDOM.standard_normal((400, 96)).astype(np.float32)
    return RANDOM.standard_normal((400, 12)).astype(np.float32) @ mixing + 0.3 * noise


def output_error(rows: FloatArray, weight: FloatArray) -> float:
    return float(np.linalg.norm(rows @ (weight - WEIGHT)))


@pytest.mark.parametrize("block_size", [16, 32])
def test_outputs_on_unseen_rows_change_less_than_by_rounding_to_nearest(block_size: int) -> None:
    rows = correlated_rows()
    seen, unseen = rows[:300], rows[300:]

    calibrated = round_calibrated(WEIGHT, seen.T @ seen, 4, block_size).dequantized()
    nearest = round_blocks(WEIGHT, 4, block_size).dequantized()

    assert output_error(unseen, calibrated) < 0.7 * output_error(unseen, nearest)


def test_uncorrelated_inputs_are_rounded_to_nearest() -> None:
    """Then no column can make up for the error of another."""
    second_moment = np.diag(RANDOM.uniform(1, 2, 96)).astype(np.float32)

    calibrated = round_calibrated(WEIGHT, second_moment, 4, 32)

    np.testing.assert_array_equal(calibrated.codes, round_blocks(WEIGHT, 4, 32).codes)


def test_inputs_that_were_never_seen_do_no_harm() -> None:
    rows = correlated_rows()
    rows[:, 10:20] = 0

    calibrated = round_calibrated(WEIGHT, rows.T @ rows, 4, 32)

    assert np.isfinite(calibrated.dequantized()).all()
    nearest = round_blocks(WEIGHT, 4, 32)
    np.testing.assert_array_equal(calibrated.codes[:, 10:20], nearest.codes[:, 10:20])
