"""The demo works from nothing, and the pack it leaves is one that every command can use."""

from __future__ import annotations

import io
import subprocess
import sys
import wave
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner, Result

from voicepack.runtime.__main__ import main
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.text.symbols import symbol_table

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

PHONES = "HH AH0 L OW1 , W ER1 L D ."


def voicepack(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments], input=stdin)


def read_wav(content: bytes) -> tuple[int, bytes]:
    with wave.open(io.BytesIO(content)) as opened:
        return opened.getframerate(), opened.readframes(2**31 - 1)


def trace_of(pack: Path, file: Path, *options: str) -> dict[str, np.ndarray]:
    done = voicepack("say", pack, *options, "--trace", file, "-o", file.with_suffix(".wav"))
    assert done.exit_code == 0, done.output
    with np.load(file) as arrays:
        return dict(arrays)


def test_the_demo_leaves_a_sound_and_a_pack(demo_pack: Path) -> None:
    rate, frames = read_wav((demo_pack.parent / "hello.wav").read_bytes())
    samples = np.frombuffer(frames, "<i2")
    assert rate == 32_000
    assert len(samples) > rate / 2
    assert np.abs(samples).max() > 300  # not silence


def test_the_demo_leaves_an_int8_pack_that_was_checked(demo_pack: Path) -> None:
    quantized = VoicePack.open(demo_pack.parent / "demo-int8.voicepack").manifest
    assert quantized.quality is not None
    summary = quantized.quality["summary"]
    assert summary["kl_mean"]["passed"] is True
    assert summary["log_mel_l1"]["passed"] is True
    assert summary["size_ratio"]["value"] < 0.3


def test_verify_and_inspect_and_bench_take_the_demo_s_pack(demo_pack: Path) -> None:
    assert voicepack("verify", demo_pack).exit_code == 0
    assert "v2" in voicepack("inspect", demo_pack).output
    bench = voicepack("bench", demo_pack, "--seconds", "0.5", "--repeat", "1", "--json")
    assert bench.exit_code == 0, bench.output
    assert '"step_s"' in bench.output


def test_a_trace_tells_what_happened(demo_pack: Path, tmp_path: Path) -> None:
    trace = trace_of(
        demo_pack, tmp_path / "trace.npz", "--phones", PHONES, "--greedy", "--noise-scale", "0"
    )
    table = symbol_table("v2").symbols
    assert " ".join(table[number] for number in trace["phone_ids"]) == PHONES
    num_tokens = len(trace["tokens"])
    assert trace["logits"].shape == (num_tokens + 1, 1025)
    assert not trace["noise"].any()
    assert trace["latent"].shape[2] == 2 * num_tokens
    assert trace["audio"].shape == (num_tokens * 1280,)


def test_the_same_seed_gives_the_same_samples_in_another_process(
    demo_pack: Path, tmp_path: Path
) -> None:
    outputs = []
    for number in range(2):
        file = tmp_path / f"{number}.wav"
        command = ["say", str(demo_pack), "--phones", PHONES, "--seed", "5", "--threads", "1"]
        subprocess.run(
            [sys.executable, "-m", "voicepack.runtime", *command, "-o", str(file), "-q"], check=True
        )
        outputs.append(file.read_bytes())
    assert outputs[0] == outputs[1]


def test_speed_shortens_speech(demo_pack: Path, tmp_path: Path) -> None:
    options = ("--phones", PHONES, "--greedy")
    normal = trace_of(demo_pack, tmp_path / "a.npz", *options)
    fast = trace_of(demo_pack, tmp_path / "b.npz", *options, "--speed", "2")
    frames = 2 * len(normal["tokens"])
    assert fast["latent"].shape[2] == int(frames / 2) + 1


def test_standard_input_is_spoken_line_by_line_as_a_stream(demo_pack: Path) -> None:
    done = voicepack("say", demo_pack, "-o", "-", stdin="Hello world.\nGood morning.\n")
    assert done.exit_code == 0, done.output
    both = read_wav(done.stdout_bytes)[1]
    one = voicepack("say", demo_pack, "--output-raw", stdin="Hello world.\n").stdout_bytes
    assert both.startswith(one)
    assert len(both) > len(one)


def test_a_text_file_is_spoken(demo_pack: Path, tmp_path: Path) -> None:
    (tmp_path / "text.txt").write_text("Hello world.", "utf-8")
    done = voicepack("say", demo_pack, "--file", tmp_path / "text.txt", "--output-raw")
    assert done.exit_code == 0
    assert len(done.stdout_bytes) > 0


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("Hello.",), 2, "where the speech goes"),
        (("Hello.", "-o", "x.wav", "--output-raw"), 2, "only one"),
        (("Hello.", "--phones", "HH", "-o", "x.wav"), 2, "only one"),
        (("Hello.", "-o", "x.wav", "--top-k", "0"), 1, "top_k"),
        (("Hello.", "-o", "x.wav", "--speed", "9"), 1, "speed"),
        (("Hello.", "-o", "x.wav", "--style", "angry"), 1, "default"),
        (("Hello.", "-o", "x.wav", "--language", "tlh"), 1, "tlh"),
        (("--phones", "HH QQ9", "-o", "x.wav"), 1, "QQ9"),
        (("?!...", "-o", "x.wav"), 1, "nothing to say"),
        (("Hello.", "-o", "missing/x.wav"), 1, "missing"),
    ],
)
def test_what_cannot_be_done_is_said_and_leaves_nothing(
    demo_pack: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    exit_code: int,
    message: str,
) -> None:
    monkeypatch.chdir(tmp_path)
    done = voicepack("say", demo_pack, *arguments)
    assert done.exit_code == exit_code, done.output
    assert message in done.output
    assert list(tmp_path.iterdir()) == []
