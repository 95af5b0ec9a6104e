"""The demo: export a voice, quantize it, speak and check, from nothing but this package."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voicepack.export.demo_voices import LANGUAGE, SEED, DemoVoice
from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.quantize.budget import DEFAULT_BUDGET, Budget
from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.pipeline import QuantizedPack, QuantizeJob, quantize_pack
from voicepack.quantize.quality.check import CheckJob, check_pack
from voicepack.quantize.quality.quality_record import record_quality
from voicepack.quantize.recipe_file import find_recipe
from voicepack.quantize.reports.report import Report
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.audio import write_wav
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import Progress
from voicepack.runtime.voice import Voice
from voicepack.targets.cores import default_threads

TEXT = "Turn left in two hundred metres."
RECIPE = "int8"
NUM_CALIBRATING, NUM_CHECKED = 4, 8
"""Few, for a demo should not make one wait; enough that a single token does not decide."""
LEFT_OUT = ("length_change", "dc_offset")
BUDGET = Budget(
    {name: limit for name, limit in DEFAULT_BUDGET.limits.items() if name not in LEFT_OUT}
)
"""The default budget, but for the length of free runs, as a random voice ends by chance, and for
the DC offset, which the trained voice has in full precision too."""
FULL_NAME, QUANTIZED_NAME = "demo-fp32.voicepack", "demo-int8.voicepack"


@dataclass(frozen=True)
class Demo:
    """What the demo made."""

    full_pack: Path
    """In full precision. Both packs are gone when the demo did not keep them."""
    pack: Path
    """Quantized."""
    quantized: QuantizedPack
    report: Report
    """How the quantized pack compares with the other."""
    output: Path
    audio_s: float
    """Seconds of speech."""
    export_s: float
    quantize_s: float
    load_s: float
    speak_s: float
    """Seconds that each took; the quantized pack was loaded and spoke."""


def run_demo(
    demo_voice: DemoVoice,
    output: Path,
    text: str,
    keep: Path | None,
    target: str,
    progress: Progress,
) -> Demo:
    """Export a voice, quantize it, speak, and compare both packs.

    Args:
        demo_voice: The voice.
        output: WAV file to write.
        text: What to say.
        keep: Folder for the packs; None forgets them.
        target: Target to compile for.
        progress: Hears of every step of export, quantization and check.

    Raises:
        EdgeError: As `export_voice`, `quantize_pack`, `Voice.synthesize` and `check_pack`.
    """
    with _folder_for(keep) as folder:
        start = time.perf_counter()
        full = _export(demo_voice, folder / FULL_NAME, target, progress)
        exported = time.perf_counter()
        quantized = _quantize(full, folder / QUANTIZED_NAME, progress)
        made = time.perf_counter()
        voice = Voice.load(quantized.pack.root)
        voice.prepare()
        loaded = time.perf_counter()
        with replaced_file(output) as temporary, temporary.open("wb") as file:
            num_samples = write_wav(file, voice.synthesize(text), voice.sample_rate)
        spoken = time.perf_counter()
        return Demo(
            full_pack=full.root,
            pack=quantized.pack.root,
            quantized=quantized,
            report=_check(quantized.pack.root, full.root, progress),
            output=output,
            audio_s=num_samples / voice.sample_rate,
            export_s=exported - start,
            quantize_s=made - exported,
            load_s=loaded - made,
            speak_s=spoken - loaded,
        )


def _export(voice: DemoVoice, destination: Path, target: str, progress: Progress) -> VoicePack:
    job = ExportJob(
        gpt=voice.gpt,
        sovits=voice.sovits,
        references=(voice.reference,),
        name="demo",
        hubert=voice.hubert,
        target=target,
        rights=voice.rights,
    )
    return export_voice(job, destination, progress, overwrite=True)


def _quantize(full: VoicePack, destination: Path, progress: Progress) -> QuantizedPack:
    texts = built_in_sentences(LANGUAGE, SentenceUse.CALIBRATION)[:NUM_CALIBRATING]
    with tempfile.TemporaryDirectory() as cache:
        source = CalibrationSource(texts, LANGUAGE, SEED, default_threads())
        job = QuantizeJob(full, find_recipe(RECIPE), source, Path(cache))
        return quantize_pack(job, destination, progress, overwrite=True)


def _check(pack: Path, full: Path, progress: Progress) -> Report:
    texts = built_in_sentences(LANGUAGE, SentenceUse.CHECK)[:NUM_CHECKED]
    result = check_pack(CheckJob(pack, full, texts, LANGUAGE, BUDGET), progress)
    record_quality(result.pack, result.report)
    return result.report


@contextmanager
def _folder_for(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
