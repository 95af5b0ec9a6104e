"""Checkpoints are read safely, and a file that is none says so."""

from __future__ import annotations

import hashlib
import io
import os
import pickle
import struct
import zipfile
from collections import OrderedDict
from pathlib import Path
from typing import Any

import pytest
import torch

from voicepack.export.checkpoint import open_gpt, open_sovits, read_checkpoint
from voicepack.export.errors import CheckpointError

pytestmark = pytest.mark.torch

GPT_NAME = "model.ar_text_embedding.word_embeddings.weight"
SOVITS_NAME = "enc_p.text_embedding.weight"


def content(weights: Any, config: Any = None) -> dict[str, Any]:
    return {"weight": weights, "config": {"model": {}} if config is None else config, "info": "e1"}


def saved(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer)
    return buffer.getvalue()


def saved_as_before_torch_1_6(value: object) -> bytes:
    buffer = io.BytesIO()
    torch.save(value, buffer, _use_new_zipfile_serialization=False)
    return buffer.getvalue()


def written(folder: Path, data: bytes) -> Path:
    path = folder / "voice.pth"
    path.write_bytes(data)
    return path


def message_of(folder: Path, data: bytes) -> str:
    with pytest.raises(CheckpointError) as caught:
        read_checkpoint(written(folder, data))
    return str(caught.value)


GOOD = saved(content({SOVITS_NAME: torch.arange(6.0).reshape(2, 3).half()}))


def test_weights_config_and_info_are_read_as_they_are(tmp_path: Path) -> None:
    config = {"model": {"rates": [10, 8], "heads": 2, "end": None}}
    weights = OrderedDict({"a.weight": torch.tensor([1.5, -2.0]).half()})
    data = saved(OrderedDict(content(weights, config)))
    checkpoint = read_checkpoint(written(tmp_path, data))
    assert checkpoint.weights["a.weight"].tolist() == [1.5, -2.0]
    assert checkpoint.weights["a.weight"].dtype == torch.float16
    assert checkpoint.config == config
    assert (checkpoint.info, checkpoint.header) == ("e1", b"PK")


def test_sha256_is_that_of_the_file_before_its_header_is_mended(tmp_path: Path) -> None:
    path = written(tmp_path, b"05" + GOOD[2:])
    expected = hashlib.sha256(path.read_bytes()).hexdigest()
    assert read_checkpoint(path).sha256 == expected


@pytest.mark.parametrize("header", [b"00", b"01", b"02", b"03", b"04", b"05", b"06"])
def test_a_version_header_is_mended_in_memory_only(tmp_path: Path, header: bytes) -> None:
    path = written(tmp_path, header + GOOD[2:])
    checkpoint = read_checkpoint(path)
    assert checkpoint.header == header
    assert checkpoint.weights[SOVITS_NAME].shape == (2, 3)
    assert path.read_bytes()[:2] == header


def test_an_unknown_version_header_is_named(tmp_path: Path) -> None:
    assert "header b'07'" in message_of(tmp_path, b"07" + GOOD[2:])


def test_the_top_folder_of_the_archive_may_have_any_name(tmp_path: Path) -> None:
    # Given a path, torch names the folder as the file; upstream saves to such a temporary file.
    path = tmp_path / "1732345.67.pth"
    torch.save(content({"a": torch.ones(1)}), path)
    assert any("1732345" in name for name in zipfile.ZipFile(path).namelist())
    assert list(read_checkpoint(path).weights) == ["a"]


def test_files_of_old_torch_are_read(tmp_path: Path) -> None:
    data = saved_as_before_torch_1_6(content({"a": torch.ones(1)}))
    assert list(read_checkpoint(written(tmp_path, data)).weights) == ["a"]


def test_a_bare_state_dict_has_no_config(tmp_path: Path) -> None:
    checkpoint = read_checkpoint(written(tmp_path, saved({"a": torch.ones(1)})))
    assert (list(checkpoint.weights), checkpoint.config, checkpoint.info) == (["a"], {}, "")


def test_parameters_become_tensors_without_gradient(tmp_path: Path) -> None:
    data = saved(content({"a": torch.nn.Parameter(torch.ones(1))}))
    assert not read_checkpoint(written(tmp_path, data)).weights["a"].requires_grad


class Shell:
    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Any, ...]:
        return (os.system, (f"touch {self.mark}",))


class Eval(Shell):
    def __reduce__(self) -> tuple[Any, ...]:
        return (eval, (f"open({str(self.mark)!r}, 'w')",))


@pytest.mark.parametrize("save", [saved, saved_as_before_torch_1_6, pickle.dumps])
@pytest.mark.parametrize("attack", [Shell, Eval])
def test_nothing_in_a_file_is_run(tmp_path: Path, attack: type[Shell], save: Any) -> None:
    mark = tmp_path / "run"
    message_of(tmp_path, save(content({"a": attack(mark)})))
    assert not mark.exists()


@pytest.mark.parametrize("name", ["os.system", "builtins.eval", "builtins.getattr"])
def test_a_file_that_would_run_code_is_refused_by_name(tmp_path: Path, name: str) -> None:
    module, function = name.split(".")
    called_with_x = f"c{module}\n{function}\n".encode() + text("x") + b"\x85R."
    message = message_of(tmp_path, with_pickle(b"\x80\x02" + called_with_x))
    assert "refused" in message
    assert name in message


def text(value: str) -> bytes:
    """Write the pickle instruction that pushes a string."""
    return b"X" + struct.pack("<I", len(value)) + value.encode()


def with_pickle(data: bytes) -> bytes:
    """Replace the pickle of a good archive."""
    buffer = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(GOOD)) as good, zipfile.ZipFile(buffer, "w") as bad:
        for name in good.namelist():
            bad.writestr(name, data if name.endswith("data.pkl") else good.read(name))
    return buffer.getvalue()


def test_all_dangerous_names_are_listed(tmp_path: Path) -> None:
    data = with_pickle(b"\x80\x02](cos\nsystem\ncbuiltins\nexec\ne.")
    assert "builtins.exec, os.system" in message_of(tmp_path, data)


def test_a_planted_method_of_the_config_is_not_called(tmp_path: Path) -> None:
    # The config is given an attribute __setstate__, and then a state, which it must not take.
    planted = b"}" + text("__setstate__") + b"ccollections\nOrderedDict\nsb"
    state = b"}" + text("a") + b"K\x01sb"
    config = b"cutils\nHParams\n)\x81" + planted + state
    weights = b"}"
    data = b"\x80\x02}(" + text("weight") + weights + text("config") + config + b"u."
    assert read_checkpoint(written(tmp_path, with_pickle(data))).config == {"a": 1}


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(CheckpointError, match=r"absent\.ckpt: no such file"):
        read_checkpoint(tmp_path / "absent.ckpt")


@pytest.mark.parametrize(
    "data", [b"", b"hello world", b"\x89PNG\r\n\x1a\n", pickle.dumps({}, 4)], ids=repr
)
def test_another_kind_of_file_is_not_a_checkpoint(tmp_path: Path, data: bytes) -> None:
    assert "not a checkpoint" in message_of(tmp_path, data)


def test_another_archive_is_not_a_checkpoint(tmp_path: Path) -> None:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("photo.txt", "x")
    assert "no data.pkl among 1 files" in message_of(tmp_path, buffer.getvalue())


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
@pytest.mark.parametrize("header", [b"PK", b"05"])
def test_a_file_cut_short_says_so(tmp_path: Path, share: float, header: bytes) -> None:
    data = header + GOOD[2 : int(len(GOOD) * share)]
    assert "cut short" in message_of(tmp_path, data)


@pytest.mark.parametrize("share", [0.05, 0.3, 0.6, 0.9, 0.999])
def test_a_file_of_old_torch_cut_short_is_refused(tmp_path: Path, share: float) -> None:
    data = saved_as_before_torch_1_6(content({"a": torch.ones(9)}))
    message_of(tmp_path, data[: int(len(data) * share)])


def test_a_flipped_bit_in_a_weight_is_found(tmp_path: Path) -> None:
    data = bytearray(saved(content({"a": torch.full((100,), 0.7)})))
    data[data.index(torch.full((100,), 0.7).numpy().tobytes()) + 50] ^= 1
    assert "checksum" in message_of(tmp_path, bytes(data))


@pytest.mark.parametrize("value", [[1, 2], {}, {"weight": {}}, {"state_dict": {}, "epoch": 3}])
def test_content_without_weight_and_config_is_refused(tmp_path: Path, value: object) -> None:
    assert "weight and config were expected" in message_of(tmp_path, saved(value))


def test_all_faults_of_content_come_in_one_message(tmp_path: Path) -> None:
    weights = {
        "word": "text",
        7: torch.ones(1),
        "nan": torch.tensor([0.0, float("nan")]),
        "inf": torch.tensor([float("-inf")]).half(),
        "good": torch.ones(1),
    }
    text = message_of(tmp_path, saved(content(weights, config=5)))
    assert "config is of type int" in text
    assert "not named tensors: word, 7" in text
    assert "NaN or infinite values: nan, inf" in text


@pytest.mark.parametrize("name", ["enc_q.pre.weight", "q._codebook.embed_avg"])
def test_overflow_in_what_only_training_uses_is_no_fault(tmp_path: Path, name: str) -> None:
    data = saved(content({name: torch.tensor([float("inf")])}))
    assert list(read_checkpoint(written(tmp_path, data)).weights) == [name]


def test_a_config_that_holds_itself_is_refused(tmp_path: Path) -> None:
    config: dict[str, Any] = {}
    config["again"] = config
    assert "nested" in message_of(tmp_path, saved(content({"a": torch.ones(1)}, config)))


def test_swapped_checkpoints_are_told(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD)
    assert open_sovits(path).weights.keys() == {SOVITS_NAME}
    with pytest.raises(CheckpointError, match=r"a SoVITS checkpoint, expected a GPT.*Swap"):
        open_gpt(path)
    path = written(tmp_path, saved(content({GPT_NAME: torch.ones(1)})))
    assert open_gpt(path).weights.keys() == {GPT_NAME}
    with pytest.raises(CheckpointError, match=r"a GPT checkpoint, expected a SoVITS.*Swap"):
        open_sovits(path)


def test_a_checkpoint_of_another_net_is_told(tmp_path: Path) -> None:
    path = written(tmp_path, saved({"conv.weight": torch.ones(1)}))
    with pytest.raises(CheckpointError, match="neither GPT nor SoVITS"):
        open_gpt(path)


@pytest.mark.parity
@pytest.mark.parametrize(
    ("file", "num_weights", "header"),
    [
        ("v2/gpt-e15.ckpt", 43, b"PK"),
        ("v2/sovits_e8_s800.pth", 529, b"PK"),
        ("v2pro/gpt-e15.ckpt", 43, b"PK"),
        ("v2pro/sovits_e8_s800.pth", 534, b"05"),
    ],
)
def test_files_of_upstream_are_read(
    reference_data: Path, file: str, num_weights: int, header: bytes
) -> None:
    checkpoint = read_checkpoint(reference_data / file)
    assert (len(checkpoint.weights), checkpoint.header) == (num_weights, header)


@pytest.mark.parity
def test_the_pickled_config_class_of_upstream_becomes_plain_dicts(reference_data: Path) -> None:
    config = open_sovits(reference_data / "v2/sovits_e8_s800.pth").config
    assert config["model"]["upsample_rates"] == [10, 8, 2, 2, 2]
    assert config["pretrain"] is None
    assert {type(value) for value in config.values()} == {dict, str, type(None)}


@pytest.mark.parity
def test_the_trained_demo_pair_is_read(reference_data: Path) -> None:
    demo = reference_data.parent / "demo"
    if not demo.is_dir():
        pytest.skip(f"no demo voice in {demo}")
    assert open_gpt(demo / "gpt.ckpt").info == "GPT-e1"
    assert open_sovits(demo / "sovits.pth").info == "1epoch_3593iteration"
