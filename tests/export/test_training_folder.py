"""From the folders that training leaves, the newest checkpoints of a voice are taken."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

import pytest

from voicepack.export.errors import CheckpointError
from voicepack.export.training_folder import CheckpointPair, find_pair

pytestmark = pytest.mark.torch


def filled(folder: Path, names: Iterable[str]) -> Path:
    folder.mkdir()
    for name in names:
        (folder / name).touch()
    return folder


def test_files_are_taken_as_they_are(tmp_path: Path) -> None:
    pair = CheckpointPair(tmp_path / "a.ckpt", tmp_path / "absent.pth")
    assert find_pair(pair.gpt, pair.sovits) == pair


def test_the_newest_epoch_and_step_are_taken_by_number(tmp_path: Path) -> None:
    gpt = filled(tmp_path / "GPT_weights_v2", ["my-e5.ckpt", "my-e15.ckpt", "my-e10.ckpt"])
    sovits = filled(
        tmp_path / "SoVITS_weights_v2", ["my_e8_s96.pth", "my_e8_s800.pth", "my_e4_s400.pth"]
    )
    assert find_pair(gpt, sovits) == CheckpointPair(gpt / "my-e15.ckpt", sovits / "my_e8_s800.pth")


def test_of_names_that_say_no_number_the_last_written_file_is_taken(tmp_path: Path) -> None:
    gpt = filled(tmp_path / "gpt", ["my-e5.ckpt"])
    sovits = filled(tmp_path / "sovits", ["my_e8_s800.pth", "my_e8_s800_l32.pth"])
    os.utime(sovits / "my_e8_s800.pth", (1, 1))
    assert find_pair(gpt, sovits).sovits.name == "my_e8_s800_l32.pth"


def test_the_only_voice_in_both_folders_is_taken(tmp_path: Path) -> None:
    gpt = filled(tmp_path / "gpt", ["a-e5.ckpt", "b-e9.ckpt"])
    sovits = filled(tmp_path / "sovits", ["b_e2_s20.pth", "c_e8_s80.pth"])
    assert find_pair(gpt, sovits) == CheckpointPair(gpt / "b-e9.ckpt", sovits / "b_e2_s20.pth")


def test_two_lone_files_of_one_folder_need_no_common_name(tmp_path: Path) -> None:
    folder = filled(tmp_path / "both", ["gpt-e15.ckpt", "sovits_e8_s800.pth", "notes.txt"])
    pair = find_pair(folder, folder)
    assert (pair.gpt.name, pair.sovits.name) == ("gpt-e15.ckpt", "sovits_e8_s800.pth")


def test_a_file_decides_for_the_folder_beside_it(tmp_path: Path) -> None:
    sovits = filled(tmp_path / "sovits", ["a_e1_s1.pth", "b_e1_s1.pth"])
    assert find_pair(tmp_path / "b-e3.ckpt", sovits).sovits.name == "b_e1_s1.pth"


def test_a_name_chooses_among_voices(tmp_path: Path) -> None:
    gpt = filled(tmp_path / "gpt", ["a-e5.ckpt", "b-e9.ckpt", "b-e10.ckpt"])
    sovits = filled(tmp_path / "sovits", ["a_e2_s20.pth", "b_e2_s20.pth"])
    assert find_pair(gpt, sovits, "b") == CheckpointPair(
        gpt / "b-e10.ckpt", sovits / "b_e2_s20.pth"
    )
    assert find_pair(Path("other.ckpt"), sovits, "a").sovits.name == "a_e2_s20.pth"


@pytest.mark.parametrize(
    ("gpt", "sovits", "voice", "complaint"),
    [
        (
            ["a-e1.ckpt", "b-e1.ckpt"],
            ["a_e1_s1.pth", "b_e1_s1.pth"],
            None,
            "'a', 'b' are in both.*--voice",
        ),
        (["a-e1.ckpt", "b-e1.ckpt"], ["c_e1_s1.pth"], None, "'a', 'b' and .*'c'.*none is in both"),
        (["a-e1.ckpt"], ["b_e1_s1.pth"], "a", r"sovits: no checkpoint of a voice 'a', only of 'b'"),
        ([], ["b_e1_s1.pth"], None, r"gpt: no \.ckpt file"),
        (["a-e1.ckpt"], ["x.ckpt"], None, r"sovits: no \.pth file"),
    ],
)
def test_what_leaves_no_single_choice_is_refused_with_the_choices(
    gpt: list[str], sovits: list[str], voice: str | None, complaint: str, tmp_path: Path
) -> None:
    with pytest.raises(CheckpointError, match=complaint):
        find_pair(filled(tmp_path / "gpt", gpt), filled(tmp_path / "sovits", sovits), voice)
