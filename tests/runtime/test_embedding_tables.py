"""Array files of embedding tables."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from voicepack.runtime.arrays_file import load_arrays, save_arrays
from voicepack.runtime.embedding_tables import EmbeddingTables
from voicepack.runtime.errors import PackError

TABLES = EmbeddingTables(
    phone=np.linspace(-1, 1, 12, dtype=np.float32).reshape(6, 2),
    token=np.linspace(-3, 3, 10, dtype=np.float32).reshape(5, 2),
    feature_weight=np.linspace(0, 1, 2048, dtype=np.float32).reshape(1024, 2),
    feature_bias=np.array([0.1, 0.2], np.float32),
    text_position_scale=1.5,
    token_position_scale=0.25,
)


def test_tables_stored_as_float32_come_back_exactly(tmp_path: Path) -> None:
    TABLES.save(tmp_path / "t.npz", np.float32)
    loaded = EmbeddingTables.load(tmp_path / "t.npz")
    np.testing.assert_array_equal(loaded.phone, TABLES.phone, strict=True)
    np.testing.assert_array_equal(loaded.feature_weight, TABLES.feature_weight, strict=True)
    assert (loaded.text_position_scale, loaded.token_position_scale) == (1.5, 0.25)


def test_tables_stored_as_float16_take_half_the_bytes_and_come_back_rounded(
    tmp_path: Path,
) -> None:
    TABLES.save(tmp_path / "half.npz", np.float16)
    assert load_arrays(tmp_path / "half.npz")["token"].nbytes == 20
    loaded = EmbeddingTables.load(tmp_path / "half.npz")
    assert loaded.token.dtype == np.float32
    # float16 keeps eleven bits, so rounding is off by at most one part in 2048.
    np.testing.assert_allclose(loaded.token, TABLES.token, rtol=1 / 2048)


def test_numbers_too_large_for_float16_are_refused(tmp_path: Path) -> None:
    tables = replace(TABLES, feature_bias=np.array([1e6, 0], np.float32))
    with pytest.raises(PackError, match="feature_bias holds numbers that are not finite"):
        tables.save(tmp_path / "t.npz", np.float16)
    assert not (tmp_path / "t.npz").exists()


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("token", np.full((5, 2), np.nan, np.float32), "token holds numbers that are not finite"),
        ("token", np.zeros((5, 3), np.float32), r"token has shape \(5, 3\), expected \(5, 2\)"),
        ("phone", np.zeros(6, np.float32), r"phone is float32 \(6,\), not floats of 2 axes"),
        ("phone", np.zeros((6, 2)), r"phone is float64 \(6, 2\), not floats of 2 axes"),
        ("feature_weight", np.zeros((768, 2), np.float32), r"expected \(1024, 2\)"),
        ("feature_bias", np.zeros(1024, np.float32), r"expected \(2,\)"),
        ("text_position_scale", np.ones(1, np.float32), "not floats of 0 axes"),
    ],
)
def test_tables_that_do_not_fit_together_are_refused(
    tmp_path: Path, name: str, array: np.ndarray, message: str
) -> None:
    TABLES.save(tmp_path / "t.npz", np.float32)
    save_arrays(tmp_path / "u.npz", load_arrays(tmp_path / "t.npz") | {name: array})
    with pytest.raises(PackError, match=message):
        EmbeddingTables.load(tmp_path / "u.npz")


def test_all_missing_tables_are_named(tmp_path: Path) -> None:
    save_arrays(tmp_path / "t.npz", {"phone": TABLES.phone, "token": TABLES.token})
    with pytest.raises(
        PackError, match=r"feature_weight is missing; feature_bias is missing; text"
    ):
        EmbeddingTables.load(tmp_path / "t.npz")
