"""References come and go while the graphs of a pack stay what they are."""

from __future__ import annotations

import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import soundfile
from click.testing import CliRunner, Result

from voicepack.export.demo_voices import SEED
from voicepack.export.errors import CheckpointError
from voicepack.export.pack_references import add_references, remove_references
from voicepack.export.reference_encoder import HelperNets
from voicepack.export.reference_spec import ReferenceSpec
from voicepack.export.seeded import MINIATURE, SeededVoice, write_seeded_voice, write_sovits
from voicepack.export.seeded_clip import CLIP_RATE, hum
from voicepack.export.seeded_hubert import write_hubert
from voicepack.runtime.__main__ import main
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest_json import MANIFEST_NAME, dump
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.verification import verify

pytestmark = pytest.mark.torch


@pytest.fixture(scope="module")
def voice(tmp_path_factory: pytest.TempPathFactory) -> SeededVoice:
    """The files that the demo's pack was made from: equal seeds, equal files."""
    return write_seeded_voice(tmp_path_factory.mktemp("voice"), MINIATURE, SEED)


@pytest.fixture(scope="module")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("clips") / "cheerful.wav"
    soundfile.write(path, hum(9), CLIP_RATE)
    return path


@pytest.fixture
def pack(demo_pack: Path, tmp_path: Path) -> Path:
    """A copy of the demo's pack, with a recorded quality check."""
    root = tmp_path / "my.voicepack"
    shutil.copytree(demo_pack, root)
    checked = replace(VoicePack.open(root).manifest, quality={"passed": True})
    (root / MANIFEST_NAME).write_text(dump(checked), encoding="utf-8")
    return root


def helpers_of(voice: SeededVoice) -> HelperNets:
    return HelperNets(voice.hubert, voice.speaker_encoder)


def voicepack(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def graphs_of(root: Path) -> dict[str, tuple[bytes, int]]:
    """Content and time of writing of every graph, which linking and copying do not touch."""
    files = sorted((root / "graphs").iterdir())
    return {file.name: (file.read_bytes(), file.stat().st_mtime_ns) for file in files}


def test_an_added_reference_is_the_one_that_an_export_would_have_made(
    pack: Path, voice: SeededVoice
) -> None:
    before = VoicePack.open(pack).prompt()
    graphs = graphs_of(pack)
    spec = ReferenceSpec("again", (voice.clip,), voice.language, voice.text)
    changed = add_references(pack, [spec], voice.sovits, helpers_of(voice))
    after = changed.prompt("again")
    assert [entry.name for entry in changed.manifest.references] == ["default", "again"]
    assert after.tokens.tolist() == before.tokens.tolist()
    assert after.phones.ids.tolist() == before.phones.ids.tolist()
    np.testing.assert_allclose(after.embedding, before.embedding, rtol=1e-5, atol=1e-6)
    assert graphs_of(pack) == graphs
    assert verify(pack).faults == verify(pack).unlisted == ()
    assert list(pack.parent.iterdir()) == [pack]


def test_the_quality_check_stays_as_long_as_the_default_reference_does(
    pack: Path, voice: SeededVoice, clip: Path
) -> None:
    spec = ReferenceSpec("timbre", (clip,), "en")
    assert add_references(pack, [spec], voice.sovits, HelperNets()).manifest.quality
    changed = remove_references(pack, ["default"])
    assert changed.manifest.quality is None
    assert changed.prompt().name == "timbre"
    assert not (pack / "references" / "default.npz").exists()


def test_provenance_follows_the_references(pack: Path, voice: SeededVoice, clip: Path) -> None:
    before = VoicePack.open(pack).manifest.provenance.sources
    specs = [ReferenceSpec(name, (clip, clip), "en") for name in ("a", "ab")]
    add_references(pack, specs, voice.sovits, HelperNets())
    changed = remove_references(pack, ["a"])
    added = changed.manifest.provenance.sources.keys() - before.keys()
    assert added == {"reference ab, clip 1", "reference ab, clip 2"}
    assert changed.manifest.provenance.sources.items() >= before.items()


def test_another_checkpoint_than_the_pack_s_is_refused(
    pack: Path, voice: SeededVoice, clip: Path, tmp_path: Path
) -> None:
    write_sovits(tmp_path / "other.pth", MINIATURE, SEED + 1)
    with pytest.raises(CheckpointError, match="made with another sovits file"):
        add_references(pack, [ReferenceSpec("x", (clip,))], tmp_path / "other.pth", HelperNets())


def test_another_hubert_than_the_pack_s_is_refused(
    pack: Path, voice: SeededVoice, clip: Path, tmp_path: Path
) -> None:
    write_hubert(tmp_path / "hubert", SEED + 1)
    spec = ReferenceSpec("x", (clip,), "en", "Hello.")
    with pytest.raises(CheckpointError, match="made with another hubert file"):
        add_references(pack, [spec], voice.sovits, HelperNets(tmp_path / "hubert"))


def test_a_taken_name_is_refused_also_in_another_case(
    pack: Path, voice: SeededVoice, clip: Path
) -> None:
    with pytest.raises(PackError, match="a reference default already"):
        add_references(pack, [ReferenceSpec("DEFAULT", (clip,))], voice.sovits, HelperNets())


def test_a_damaged_pack_is_not_given_new_hashes(pack: Path, voice: SeededVoice, clip: Path) -> None:
    weights = pack / "graphs" / "vocoder.data"
    content = bytearray(weights.read_bytes())
    content[-1] ^= 1
    weights.write_bytes(content)
    with pytest.raises(PackError, match=r"vocoder\.data: content changed"):
        add_references(pack, [ReferenceSpec("x", (clip,))], voice.sovits, HelperNets())


@pytest.mark.parametrize(
    ("names", "complaint"),
    [(["default"], "at least one reference"), (["angry"], "'angry'.*Choose one of: default")],
)
def test_what_cannot_be_removed_leaves_the_pack_as_it_was(
    pack: Path, names: list[str], complaint: str
) -> None:
    manifest = (pack / MANIFEST_NAME).read_bytes()
    with pytest.raises(PackError, match=complaint):
        remove_references(pack, names)
    assert (pack / MANIFEST_NAME).read_bytes() == manifest
    assert list(pack.parent.iterdir()) == [pack]


def test_files_are_copied_where_they_cannot_be_linked(
    pack: Path, voice: SeededVoice, clip: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(*paths: object) -> None:
        raise PermissionError("no links here")

    monkeypatch.setattr("os.link", refuse)
    add_references(pack, [ReferenceSpec("x", (clip,))], voice.sovits, HelperNets())
    assert verify(pack).faults == ()


def test_the_commands_add_speak_list_and_remove(
    pack: Path, voice: SeededVoice, clip: Path, tmp_path: Path
) -> None:
    added = voicepack(
        *("reference", "add", pack, "--sovits", voice.sovits, "--hubert", voice.hubert),
        *("--reference", f"cheerful={clip}:en:What a day: lovely!"),
    )
    assert added.exit_code == 0, added.output
    listed = voicepack("reference", "list", pack)
    assert listed.output.splitlines() == [
        f"default   en   {voice.text}",
        "cheerful  en   What a day: lovely!",
    ]
    output = tmp_path / "cheerful.wav"
    said = voicepack("say", pack, "Hello.", "--style", "cheerful", "-o", output, "-q")
    assert said.exit_code == 0, said.output
    assert output.stat().st_size > 1000
    removed = voicepack("reference", "remove", pack, "default")
    assert removed.output == "cheerful  en   What a day: lovely!\n"


@pytest.mark.parametrize(
    ("arguments", "exit_code", "message"),
    [
        (("add", "--sovits", "x.pth"), 2, "either --reference"),
        (("add", "--sovits", "x.pth", "--reference", "x=a.wav"), 1, "x.pth: no such file"),
        (("remove", "default"), 1, "at least one reference"),
    ],
)
def test_what_a_command_cannot_do_is_said(
    pack: Path, arguments: tuple[str, ...], exit_code: int, message: str
) -> None:
    command, *rest = arguments
    done = voicepack("reference", command, pack, *rest)
    assert done.exit_code == exit_code
    assert message in done.output
