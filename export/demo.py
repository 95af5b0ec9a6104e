"""The demo: export a voice and speak with it, from nothing but this package."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from voicepack.export.pipeline import ExportJob, export_voice
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import write_seeded_voice
from voicepack.export.seeded_shapes import MINIATURE
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.audio import write_wav
from voicepack.runtime.manifest import Rights
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.progress import Progress
from voicepack.runtime.voice import Voice

TEXT = "Turn left in two hundred metres."
SEED = 0
NOTICE = "The demo voice has seeded random weights: what you hear is noise, not speech."
RIGHTS = Rights(licence="CC0-1.0", voice_owner="nobody: the weights are random numbers")


@dataclass(frozen=True)
class Demo:
    """What the demo made."""

    pack: Path
    """Gone when the demo did not keep its packs."""
    pack_bytes: int
    output: Path
    audio_s: float
    """Seconds of speech."""
    export_s: float
    load_s: float
    speak_s: float
    """Seconds that each took."""


def run_demo(output: Path, text: str, keep: Path | None, target: str, progress: Progress) -> Demo:
    """Make a seeded voice, export it and speak.

    Args:
        output: WAV file to write.
        text: What to say.
        keep: Folder for the packs; None forgets them.
        target: Target to compile for.
        progress: Hears of every step of the export.

    Raises:
        EdgeError: As `export_voice` and `Voice.synthesize`.
    """
    with _folder_for(keep) as folder:
        start = time.perf_counter()
        pack = _export(folder / "demo-fp32.voicepack", target, progress)
        exported = time.perf_counter()
        voice = Voice.load(pack.root)
        loaded = time.perf_counter()
        with replaced_file(output) as temporary, temporary.open("wb") as file:
            num_samples = write_wav(file, voice.synthesize(text), voice.sample_rate)
        return Demo(
            pack=pack.root,
            pack_bytes=sum(record.size for record in pack.manifest.files.values()),
            output=output,
            audio_s=num_samples / voice.sample_rate,
            export_s=exported - start,
            load_s=loaded - exported,
            speak_s=time.perf_counter() - loaded,
        )


def _export(destination: Path, target: str, progress: Progress) -> VoicePack:
    with tempfile.TemporaryDirectory() as checkpoints:
        made = write_seeded_voice(Path(checkpoints), MINIATURE, SEED)
        job = ExportJob(
            gpt=made.gpt,
            sovits=made.sovits,
            references=(ReferenceSpec("default", (made.clip,), made.language, made.text),),
            name="demo",
            hubert=made.hubert,
            target=target,
            rights=RIGHTS,
        )
        return export_voice(job, destination, progress, overwrite=True)


@contextmanager
def _folder_for(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)
