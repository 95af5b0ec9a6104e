"""What a pack costs: bytes, memory and time, each pack measured in a process of its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from voicepack.quantize.quality.speaker_embedding import speaker_graph
from voicepack.runtime.fresh_process import measure_in_fresh_process
from voicepack.runtime.pack import VoicePack

SENTENCE_S = 8.0
"""Seconds of speech of the sentence that is measured."""
ROUNDS = 2
"""Runs of each pack, in turns. The best counts, for other work on the machine only ever slows."""


def measure_costs(pack: VoicePack, baseline: VoicePack, threads: int) -> dict[str, float]:
    """Measure a pack, and its baseline for the ratios.

    Args:
        pack: The pack to check.
        baseline: Its full-precision twin.
        threads: Threads inside one operator.

    Returns:
        By the metric's name.

    Raises:
        MeasuringError: A pack could not be measured.
    """
    rounds = [
        (bench(pack, threads, SENTENCE_S), bench(baseline, threads, SENTENCE_S))
        for _ in range(ROUNDS)
    ]
    ours, full = zip(*rounds, strict=True)
    return {
        "size_ratio": speaking_bytes(pack) / speaking_bytes(baseline),
        "speed_ratio": _best(ours, "real_time_factor") / _best(full, "real_time_factor"),
        "load_s": _best(ours, "load_s"),
        "peak_mb": _best(ours, "peak_memory") / 1e6,
        "real_time_factor": _best(ours, "real_time_factor"),
        "first_audio_s": _best(ours, "first_audio_s"),
    }


def bench(pack: VoicePack, threads: int, seconds: float) -> dict[str, Any]:
    """Run `voicepack bench` in a process of its own.

    Args:
        pack: The pack, as compiled for one target.
        threads: Threads inside one operator.
        seconds: Of speech.

    Returns:
        What the command prints as JSON: times in seconds, memory in bytes.

    Raises:
        MeasuringError: It failed.
    """
    options = ["--target", pack.manifest.target, "--threads", str(threads)]
    options += ["--seconds", str(seconds), "--repeat", "1"]
    return measure_in_fresh_process(pack.root, options)


def _best(runs: Sequence[Mapping[str, Any]], name: str) -> float:
    return min(float(run[name]) for run in runs)


def speaking_bytes(pack: VoicePack) -> int:
    """Count the bytes of a pack, without the speaker graph, which never reaches a device."""
    speaker = speaker_graph(pack)
    left_out = {speaker.file, speaker.weights} if speaker else set()
    return sum(record.size for path, record in pack.manifest.files.items() if path not in left_out)
