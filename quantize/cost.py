"""What a pack costs: bytes, memory and time, each pack measured in a process of its own."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from voicepack.quantize.errors import QualityError
from voicepack.quantize.speaker_embedding import speaker_graph
from voicepack.runtime.pack import VoicePack

SENTENCE_S = 8.0
"""Seconds of speech of the sentence that is measured."""
OPENING_S = 2.0
"""Seconds of speech of a short first sentence: speech starts when it is complete."""
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
        QualityError: A pack could not be measured.
    """
    rounds = [
        (bench(pack.root, threads, SENTENCE_S), bench(baseline.root, threads, SENTENCE_S))
        for _ in range(ROUNDS)
    ]
    ours, full = zip(*rounds, strict=True)
    return {
        "size_ratio": speaking_bytes(pack) / speaking_bytes(baseline),
        "speed_ratio": _best(ours, "real_time_factor") / _best(full, "real_time_factor"),
        "load_s": _best(ours, "load_s"),
        "peak_mb": _best(ours, "peak_memory") / 1e6,
        "real_time_factor": _best(ours, "real_time_factor"),
        "first_audio_s": bench(pack.root, threads, OPENING_S)["total_s"],
    }


def bench(pack: Path, threads: int, seconds: float) -> dict[str, float]:
    """Run `voicepack bench` in a process of its own.

    Args:
        pack: The pack.
        threads: Threads inside one operator.
        seconds: Of speech.

    Returns:
        What the command prints as JSON: times in seconds, memory in bytes.

    Raises:
        QualityError: It failed.
    """
    arguments = ["bench", str(pack), "--threads", str(threads), "--seconds", str(seconds)]
    command = [sys.executable, "-m", "voicepack.runtime", *arguments, "--repeat", "1", "--json"]
    result = subprocess.run(command, capture_output=True, text=True, check=False)
    if result.returncode:
        raise QualityError(f"{pack}: its speed could not be measured. {result.stderr.strip()}")
    measured: dict[str, float] = json.loads(result.stdout)
    return measured


def _best(runs: Sequence[Mapping[str, float]], name: str) -> float:
    return min(run[name] for run in runs)


def speaking_bytes(pack: VoicePack) -> int:
    """Count the bytes of a pack, without the speaker graph, which never reaches a device."""
    speaker = speaker_graph(pack)
    left_out = {speaker.file, speaker.weights} if speaker else set()
    return sum(record.size for path, record in pack.manifest.files.items() if path not in left_out)
