"""Array files of references."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.arrays_file import load_arrays, save_arrays
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import ReferenceEntry
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.prompt_file import PromptLimits, load_prompt, save_prompt

ENTRY = ReferenceEntry("calm", "zh", "你好", "calm.npz")
LIMITS = PromptLimits(num_phones=732, num_tokens=1024)
PROMPT = Prompt(
    name="calm",
    language="zh",
    text="你好",
    phones=Phones(np.array([5, 731, 0]), np.ones((3, 1024), np.float32)),
    tokens=np.array([0, 1023]),
    embedding=np.array([0.5, -1.5], np.float32),
)


@given(
    ids=st.lists(st.integers(0, 731), min_size=1),
    tokens=st.lists(st.integers(0, 1023), min_size=1),
    embedding=st.lists(st.floats(width=32, allow_nan=False, allow_infinity=False), min_size=1),
)
def test_a_prompt_survives_the_round_trip(
    tmp_path_factory: pytest.TempPathFactory,
    ids: list[int],
    tokens: list[int],
    embedding: list[float],
) -> None:
    path = tmp_path_factory.getbasetemp() / "prompt.npz"
    prompt = replace(
        PROMPT,
        phones=Phones(np.array(ids)),
        tokens=np.array(tokens),
        embedding=np.array(embedding, np.float32),
    )
    save_prompt(path, prompt)
    loaded = load_prompt(path, ENTRY, LIMITS)
    assert loaded.phones.features is None
    np.testing.assert_array_equal(loaded.phones.ids, prompt.phones.ids, strict=True)
    np.testing.assert_array_equal(loaded.tokens, prompt.tokens, strict=True)
    np.testing.assert_array_equal(loaded.embedding, prompt.embedding, strict=True)


def test_features_are_read_as_float32_however_they_were_stored(tmp_path: Path) -> None:
    save_prompt(tmp_path / "p.npz", PROMPT)
    arrays = load_arrays(tmp_path / "p.npz")
    save_arrays(tmp_path / "q.npz", arrays | {"features": arrays["features"].astype(np.float16)})
    features = load_prompt(tmp_path / "q.npz", ENTRY, LIMITS).phones.features
    assert features is not None
    assert features.dtype == np.float32
    assert features.shape == (3, 1024)


@pytest.mark.parametrize(
    ("name", "array", "message"),
    [
        ("phones", np.array([0, 732, 1]), "phones outside 0 to 731: 0 to 732"),
        ("phones", np.array([-1, 2, 1]), "phones outside 0 to 731: -1 to 2"),
        ("tokens", np.array([1024]), "tokens outside 0 to 1023: 1024 to 1024"),
        ("tokens", np.array([1], np.int32), r"tokens is int32 \(1,\), expected int64"),
        ("tokens", np.array([[1]]), r"tokens is int64 \(1, 1\), expected int64"),
        ("tokens", np.array([], np.int64), "phones and tokens come together"),
        ("embedding", np.array([np.nan], np.float32), "embedding holds numbers that are not"),
        ("embedding", np.array([np.inf], np.float32), "embedding holds numbers that are not"),
        ("embedding", np.array([], np.float32), r"embedding is float32 \(0,\)"),
        ("embedding", np.ones((1, 2), np.float32), r"embedding is float32 \(1, 2\)"),
        ("embedding", np.array(["a"]), "not a plain array of numbers"),
        ("features", np.ones((2, 1024), np.float32), r"features is float32 \(2, 1024\)"),
        ("features", np.full((3, 1024), np.nan, np.float16), "features holds numbers"),
    ],
)
def test_arrays_that_are_no_prompt_are_refused(
    tmp_path: Path, name: str, array: np.ndarray, message: str
) -> None:
    save_prompt(tmp_path / "p.npz", PROMPT)
    save_arrays(tmp_path / "q.npz", load_arrays(tmp_path / "p.npz") | {name: array})
    with pytest.raises(PackError, match=message):
        load_prompt(tmp_path / "q.npz", ENTRY, LIMITS)


@pytest.mark.parametrize("name", ["phones", "tokens", "embedding"])
def test_a_missing_array_is_named(tmp_path: Path, name: str) -> None:
    save_prompt(tmp_path / "p.npz", PROMPT)
    arrays = load_arrays(tmp_path / "p.npz")
    del arrays[name]
    save_arrays(tmp_path / "q.npz", arrays)
    with pytest.raises(PackError, match=f"{name} is missing"):
        load_prompt(tmp_path / "q.npz", ENTRY, LIMITS)


def test_a_prompt_that_is_not_finite_is_not_written(tmp_path: Path) -> None:
    prompt = replace(PROMPT, embedding=np.array([np.nan], np.float32))
    with pytest.raises(PackError, match="not finite"):
        save_prompt(tmp_path / "p.npz", prompt)
    assert not (tmp_path / "p.npz").exists()
