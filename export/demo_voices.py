"""The voices of the demo: one that was trained, and where that is absent one of random numbers."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import write_seeded_voice
from voicepack.export.seeded_shapes import MINIATURE
from voicepack.runtime.manifest import Rights

TRAINED_FOLDER = Path(__file__).with_name("demo_voice")
"""In a checkout only: wheels, which devices install, go without its 16 MB."""
LANGUAGE = "en"
SEED = 0


@dataclass(frozen=True)
class DemoVoice:
    """The files of a voice, and what there is to say of it."""

    gpt: Path
    sovits: Path
    hubert: Path
    reference: ReferenceSpec
    rights: Rights
    notice: str
    """A sentence for who hears it."""


def trained_voice(folder: Path = TRAINED_FOLDER) -> DemoVoice:
    """Describe the voice that `tools/demo_voice` trained; see docs/demo-voice.md."""
    text = (folder / "reference.txt").read_text(encoding="utf-8").strip()
    return DemoVoice(
        gpt=folder / "gpt.ckpt",
        sovits=folder / "sovits.pth",
        hubert=folder / "hubert",
        reference=ReferenceSpec("default", (folder / "reference.wav",), LANGUAGE, text),
        rights=Rights(
            licence="EST-2003 (festvox cmu_us_slt_arctic_hts, Carnegie Mellon University)",
            voice_owner="Carnegie Mellon University: synthetic speech of festival's voice "
            "cmu_us_slt_arctic_hts",
            consent="The speaker recorded CMU ARCTIC for speech synthesis; its licence allows any "
            "purpose.",
        ),
        notice="The demo voice was trained on a synthesizer's speech: see docs/demo-voice.md.",
    )


def seeded_voice(folder: Path) -> DemoVoice:
    """Write a voice of random numbers, in the real file format, into a folder."""
    made = write_seeded_voice(folder, MINIATURE, SEED)
    return DemoVoice(
        gpt=made.gpt,
        sovits=made.sovits,
        hubert=made.hubert,
        reference=ReferenceSpec("default", (made.clip,), made.language, made.text),
        rights=Rights(licence="CC0-1.0", voice_owner="nobody: the weights are random numbers"),
        notice="This demo voice has seeded random weights: what you hear is noise, not speech. "
        "A checkout of the project has one that speaks.",
    )


def default_voice(folder: Path) -> DemoVoice:
    """Take the trained voice, or where it is absent write a seeded one into a folder."""
    return trained_voice() if TRAINED_FOLDER.is_dir() else seeded_voice(folder)
