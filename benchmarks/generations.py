"""Every generation at full size: exported, quantized to INT8, measured and checked.

    python -m benchmarks.generations [GENERATION ...] [--recipe int8]

Weights are seeded, so speed and size are those of real voices, and quality is not. Speeds are of
one thread, each pack in a process of its own, the two in turn; checkpoints and packs stay in
`benchmarks/.cache`. A generation takes some five minutes on two cores.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
import time
from pathlib import Path
from statistics import median
from typing import Any

from benchmarks.full_size import CACHE
from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import write_seeded_voice
from voicepack.export.seeded_shapes import (
    FULL_V1,
    FULL_V2,
    FULL_V2_PRO,
    FULL_V2_PRO_PLUS,
    SeededSizes,
)
from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.metrics.catalogue import METRICS
from voicepack.quantize.pipeline import QuantizeJob, quantize_pack
from voicepack.quantize.quality.check import CheckJob, compare_quality
from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences
from voicepack.runtime.pack import VoicePack

SIZES = {"v1": FULL_V1, "v2": FULL_V2, "v2Pro": FULL_V2_PRO, "v2ProPlus": FULL_V2_PRO_PLUS}
SEED = 1
NUM_CALIBRATING, NUM_CHECKED = 8, 2
ROUNDS = 3


def main() -> None:
    """Print a row for each generation."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("generations", nargs="*", default=list(SIZES), help="[default: all]")
    parser.add_argument("--recipe", default="int8")
    arguments = parser.parse_args()
    print(
        "generation | export s | quantize s | MB fp32 | MB | ratio | RTF fp32 | RTF | ratio | "
        "load s fp32 | load s | peak MB fp32 | peak MB | KL | top-1 | SNR dB | log-mel L1"
    )
    for name in arguments.generations:
        print(" | ".join([name, *_row(name, SIZES[name], arguments.recipe)]), flush=True)


def _row(name: str, sizes: SeededSizes, recipe: str) -> list[str]:
    start = time.perf_counter()
    full = _export(name, sizes)
    exported = time.perf_counter()
    packed = _quantize(full, recipe)
    quantized = time.perf_counter()
    fast, slow = _speeds(packed.root, full.root)
    megabytes = [_speaking_bytes(pack) / 1e6 for pack in (full, packed)]
    return [
        f"{exported - start:.0f}",
        f"{quantized - exported:.0f}",
        *(f"{size:.0f}" for size in megabytes),
        f"{megabytes[1] / megabytes[0]:.3f}",
        f"{slow['real_time_factor']:.2f}",
        f"{fast['real_time_factor']:.2f}",
        f"{fast['real_time_factor'] / slow['real_time_factor']:.2f}",
        *(f"{each['load_s']:.2f}" for each in (slow, fast)),
        *(f"{each['peak_memory'] / 1e6:.0f}" for each in (slow, fast)),
        *_quality(packed.root, full.root),
    ]


def _export(name: str, sizes: SeededSizes) -> VoicePack:
    made = write_seeded_voice(CACHE / name / "checkpoints", sizes, SEED)
    job = ExportJob(
        gpt=made.gpt,
        sovits=made.sovits,
        references=(ReferenceSpec("default", (made.clip,), made.language, made.text),),
        name=name,
        hubert=made.hubert,
        speaker_encoder=made.speaker_encoder,
    )
    return export_voice(job, CACHE / name / "fp32.voicepack", overwrite=True)


def _quantize(full: VoicePack, recipe: str) -> VoicePack:
    texts = built_in_sentences("en", SentenceUse.CALIBRATION)[:NUM_CALIBRATING]
    source = CalibrationSource(texts, "en", SEED, threads=2)
    job = QuantizeJob(full, find_recipe(recipe), source, CACHE / "calibration")
    return quantize_pack(job, full.root.with_name("quantized.voicepack"), overwrite=True).pack


def _speeds(*packs: Path) -> list[dict[str, Any]]:
    """Bench packs in turn, and take the median of every figure."""
    rounds = [[_bench(pack) for pack in packs] for _ in range(ROUNDS)]
    return [
        {key: median(each[key] for each in runs) for key in runs[0]}
        for runs in zip(*rounds, strict=True)
    ]


def _bench(pack: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "voicepack.runtime", "bench", str(pack)]
    done = subprocess.run(
        [*command, "--threads", "1", "--json"], check=True, capture_output=True, text=True
    )
    figures: dict[str, Any] = json.loads(done.stdout)
    return figures


def _speaking_bytes(pack: VoicePack) -> int:
    """Sum the files that speaking needs; the speaker graph serves the check only."""
    files = pack.manifest.files.items()
    return sum(record.size for path, record in files if "speaker" not in path)


def _quality(packed: Path, full: Path) -> list[str]:
    texts = built_in_sentences("en", SentenceUse.CHECK)[:NUM_CHECKED]
    report = compare_quality(CheckJob(packed, full, texts, "en", threads=2)).report
    metrics = ("kl_mean", "top1_agreement", "snr_db", "log_mel_l1")
    return [f"{report.value(METRICS[metric]):.4g}" for metric in metrics]


if __name__ == "__main__":
    main()
