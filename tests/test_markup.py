"""What a lexicon, phones in the text and SSML do to the sound of a voice."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from shutil import copytree

import numpy as np
import pytest
from click.testing import CliRunner, Result

pytest.importorskip("torch")

from voicepack.quantize.calibration.calibration_set import CalibrationSource
from voicepack.quantize.pipeline import QuantizeJob, quantize_pack
from voicepack.quantize.recipe_file import find_recipe
from voicepack.runtime.__main__ import main
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import write_pack
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.lexicon_file import parse_lexicon
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.voice import Voice

pytestmark = pytest.mark.torch

LEXICON = '[en]\nXyzzy = "W IH1 N"\n'
BRISK = Speaking(pause_s=0.0)


@pytest.fixture(scope="module")
def voice(demo_pack: Path) -> Voice:
    return Voice.load(demo_pack, threads=1)


@pytest.fixture(scope="module")
def named_pack(demo_pack: Path, tmp_path_factory: pytest.TempPathFactory) -> VoicePack:
    """The demo's pack with a lexicon."""

    def build(folder: Path) -> Manifest:
        copytree(demo_pack, folder, dirs_exist_ok=True)
        (folder / "manifest.json").unlink()
        (folder / "lexicon.toml").write_text(LEXICON, "utf-8")
        return replace(VoicePack.open(demo_pack).manifest, lexicon="lexicon.toml")

    return write_pack(tmp_path_factory.mktemp("named") / "named.voicepack", build)


def sound(voice: Voice, text: str | Ssml, speaking: Speaking = BRISK) -> FloatArray:
    return np.concatenate([chunk.samples for chunk in voice.synthesize(text, speaking=speaking)])


def say(*arguments: object, stdin: str | None = None) -> Result:
    return CliRunner().invoke(main, ["say", *map(str, arguments), "--output-raw"], input=stdin)


def test_a_break_is_as_long_as_it_says(voice: Voice) -> None:
    plain = sound(voice, "Hello there, world.")
    broken = sound(voice, Ssml("<speak>Hello there, world.<break time='1500ms'/></speak>"))
    assert np.array_equal(broken[: len(plain)], plain)
    assert np.array_equal(broken[len(plain) :], np.zeros(48_000))  # at 32 kHz


def test_a_rate_is_a_speed(voice: Voice) -> None:
    fast = sound(voice, "Hello there, world.", replace(BRISK, speed=1.5))
    marked = Ssml("<speak><prosody rate='150%'>Hello there, world.</prosody></speak>")
    assert np.array_equal(sound(voice, marked), fast)


def test_a_rate_beyond_what_a_voice_can_is_its_fastest(voice: Voice) -> None:
    fastest = sound(voice, "Hello there, world.", replace(BRISK, speed=4))
    marked = Ssml("<speak><prosody rate='300%'>Hello there, world.</prosody></speak>")
    assert np.array_equal(sound(voice, marked, replace(BRISK, speed=2)), fastest)


def test_a_volume_is_a_gain(voice: Voice) -> None:
    plain = sound(voice, "Hello there, world.")
    soft = Ssml("<speak><prosody volume='-20dB'>Hello there, world.</prosody></speak>")
    silent = Ssml("<speak><prosody volume='silent'>Hello there, world.</prosody></speak>")
    assert np.allclose(sound(voice, soft), plain / 10, atol=1e-6)
    assert not sound(voice, silent).any()


def test_loud_speech_is_not_clipped(voice: Voice) -> None:
    loud = Ssml("<speak><prosody volume='+40dB'>Hello there, world.</prosody></speak>")
    assert np.abs(sound(voice, loud)).max() == pytest.approx(1.0)


def test_a_word_of_the_lexicon_sounds_as_its_phones_in_brackets(voice: Voice) -> None:
    lexicon = parse_lexicon(LEXICON.encode(), "x.toml", voice.symbols)
    word = sound(voice.with_lexicon(lexicon), "We met Xyzzy there.")
    assert np.array_equal(word, sound(voice, "We met [[W IH1 N]] there."))


def test_the_lexicon_of_a_pack_is_heard_and_overridden(
    named_pack: VoicePack, demo_pack: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.toml"
    other.write_text('[en]\nxyzzy = "N AA1"', "utf-8")
    named = say(named_pack.root, "Xyzzy is here.")
    assert named.stdout_bytes == say(demo_pack, "[[W IH1 N]] is here.").stdout_bytes
    overridden = say(named_pack.root, "Xyzzy is here.", "--lexicon", other)
    assert overridden.stdout_bytes == say(demo_pack, "[[N AA1]] is here.").stdout_bytes


def test_the_lexicon_of_a_pack_survives_quantizing(named_pack: VoicePack, tmp_path: Path) -> None:
    source = CalibrationSource(("Turn left.", "Good morning."), "en")
    job = QuantizeJob(named_pack, find_recipe("int8"), source, tmp_path / "cache")
    quantized = quantize_pack(job, tmp_path / "int8.voicepack").pack
    assert quantized.lexicon() == named_pack.lexicon()


def test_ssml_comes_as_text_from_a_file_or_through_a_pipe(demo_pack: Path, tmp_path: Path) -> None:
    document = "<speak>\n<p>Hello there.</p>\n<p>Good morning.</p>\n</speak>\n"
    file = tmp_path / "a.xml"
    file.write_text(document, "utf-8")
    given = [
        say(demo_pack, "--ssml", document),
        say(demo_pack, "--ssml", "--file", file),
        say(demo_pack, "--ssml", stdin=document),
    ]
    assert {done.exit_code for done in given} == {0}
    assert len({done.stdout_bytes for done in given}) == 1


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("--ssml", "<speak><audio/></speak>"), 1, "line 1, column 8, <audio>: not supported"),
        (("--ssml", "Hello."), 1, "no SSML"),
        (("--ssml", "--phones", "HH"), 2, "only one"),
        (("See [[Berlin]].",), 1, "'Berlin'"),
    ],
)
def test_faults_are_explained(
    demo_pack: Path, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    done = say(demo_pack, *arguments)
    assert done.exit_code == exit_code
    assert message in done.output
