"""Packs for several targets in one: what is shared, and what is refused."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.runtime.combining import combine_made, combine_packs
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import Build, write_pack
from voicepack.runtime.variants import choose_target, compiled_for

Make = Callable[..., VoicePack]


@pytest.fixture
def make(tmp_path: Path, build: Build) -> Make:
    """Write the small pack for a target, with some of its files changed."""

    def make(target: str, change: Callable[[Path], object] = lambda folder: None) -> VoicePack:
        def build_changed(folder: Path) -> Manifest:
            manifest = replace(build(folder), target=target, quality={"of": target})
            change(folder)
            return manifest

        return write_pack(tmp_path / f"{target}.voicepack", build_changed)

    return make


def other_weights(role: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        weights = next(folder.rglob(f"{role}.data"))
        weights.write_bytes(weights.read_bytes()[::-1] + b"other")

    return change


def other_graph(role: str) -> Callable[[Path], object]:
    """Change a graph and leave its weights, as the two cache flavours differ."""

    def change(folder: Path) -> None:
        graph = next(folder.rglob(f"{role}.onnx"))
        doc_string_of_the_model = b"\x32\x05other"
        graph.write_bytes(graph.read_bytes() + doc_string_of_the_model)

    return change


def stored(pack: VoicePack) -> set[str]:
    return {p.relative_to(pack.root).as_posix() for p in pack.root.rglob("*") if p.is_file()}


def test_equal_files_are_stored_once(make: Make, tmp_path: Path) -> None:
    cpu, portable = make("cpu"), make("cpu-portable")

    joined = combine_packs([cpu, portable], tmp_path / "both.voicepack", overwrite=False)

    assert stored(joined) == stored(cpu)
    assert VoicePack.open(joined.root).manifest.targets == ("cpu", "cpu-portable")


def test_packs_that_are_made_for_it_leave_nothing_but_what_is_joined(
    build: Build, tmp_path: Path
) -> None:
    def making(target: str) -> Callable[[Path], VoicePack]:
        return lambda folder: write_pack(folder, lambda f: replace(build(f), target=target))

    joined = combine_made(
        [making("cpu"), making("cpu-portable")], tmp_path / "both.voicepack", overwrite=False
    )

    assert VoicePack.open(joined.root).manifest.targets == ("cpu", "cpu-portable")
    assert [path.name for path in tmp_path.iterdir()] == ["both.voicepack"]


def test_nothing_is_made_for_a_destination_that_is_taken(make: Make) -> None:
    def fail(folder: Path) -> VoicePack:
        raise AssertionError(folder)

    with pytest.raises(PackError, match=r"cpu\.voicepack"):
        combine_made([fail], make("cpu").root, overwrite=False)


def test_a_graph_of_other_operators_shares_the_weights(make: Make, tmp_path: Path) -> None:
    cpu, portable = make("cpu"), make("cpu-portable", other_graph("text2semantic"))

    joined = combine_packs([cpu, portable], tmp_path / "both.voicepack", overwrite=False)

    (added,) = stored(joined) - stored(cpu)
    assert added.endswith("text2semantic.cpu-portable.onnx")
    seen = compiled_for(VoicePack.open(joined.root), "cpu-portable")
    graph = seen.graph(GraphRole.TEXT2SEMANTIC)
    assert graph.file == added
    assert graph.weights == cpu.graph(GraphRole.TEXT2SEMANTIC).weights


def test_other_weights_get_a_folder_with_their_graph(make: Make, tmp_path: Path) -> None:
    cpu, portable = make("cpu"), make("cpu-portable", other_weights("vocoder"))

    joined = combine_packs([cpu, portable], tmp_path / "both.voicepack", overwrite=False)

    names = {Path(path).name for path in stored(joined) - stored(cpu)}
    assert names == {"vocoder.onnx", "vocoder.data"}
    seen = compiled_for(VoicePack.open(joined.root), "cpu-portable")
    mine = portable.path(portable.graph(GraphRole.VOCODER).weights).read_bytes()
    assert seen.path(seen.graph(GraphRole.VOCODER).weights).read_bytes() == mine


def test_what_one_of_the_packs_requires_of_a_runtime_all_of_it_requires(
    make: Make, tmp_path: Path
) -> None:
    first, second = make("cpu"), make("cpu-portable")
    required = replace(second.manifest, required_features=("layered-start",))
    joined = combine_packs(
        [first, replace(second, manifest=required)], tmp_path / "both.voicepack", overwrite=False
    )
    assert joined.manifest.required_features == ("layered-start",)


def test_each_target_keeps_its_quality_report(make: Make, tmp_path: Path) -> None:
    packs = [make("cpu"), make("cpu-portable")]
    joined = combine_packs(packs, tmp_path / "both.voicepack", overwrite=False)

    assert compiled_for(joined, "cpu").manifest.quality == {"of": "cpu"}
    assert compiled_for(joined, "cpu-portable").manifest.quality == {"of": "cpu-portable"}


def test_a_third_pack_joins_two(make: Make, tmp_path: Path) -> None:
    two = combine_packs([make("cpu"), make("arm64")], tmp_path / "two.voicepack", overwrite=False)
    three = combine_packs([two, make("n100")], tmp_path / "three.voicepack", overwrite=False)

    assert VoicePack.open(three.root).manifest.targets == ("cpu", "arm64", "n100")


def test_a_pack_of_two_targets_can_be_added(make: Make, tmp_path: Path) -> None:
    two = combine_packs([make("cpu"), make("arm64")], tmp_path / "two.voicepack", overwrite=False)
    three = combine_packs([make("n100"), two], tmp_path / "three.voicepack", overwrite=False)

    assert VoicePack.open(three.root).manifest.targets == ("n100", "cpu", "arm64")


def test_two_packs_for_one_target_are_refused(make: Make, tmp_path: Path) -> None:
    cpu = make("cpu")

    with pytest.raises(PackError, match=r"compiled for cpu, and so is"):
        combine_packs([cpu, cpu], tmp_path / "both.voicepack", overwrite=False)


def test_another_voice_is_refused_and_nothing_is_left(make: Make, tmp_path: Path) -> None:
    def other_reference(folder: Path) -> None:
        kept, replaced = folder / "references/calm.npz", folder / "references/default.npz"
        replaced.write_bytes(kept.read_bytes())

    cpu, other = make("cpu"), make("cpu-portable", other_reference)

    with pytest.raises(PackError, match=r"not the same voice.*'default'"):
        combine_packs([cpu, other], tmp_path / "both.voicepack", overwrite=False)
    assert not (tmp_path / "both.voicepack").exists()


def test_a_target_the_pack_lacks_is_answered_with_those_it_has(make: Make) -> None:
    with pytest.raises(PackError, match=r"'n100', only for cpu"):
        compiled_for(make("cpu"), "n100")


def test_the_only_target_is_taken_without_looking_at_the_machine(make: Make) -> None:
    assert choose_target(make("raspberry-pi-4")).profile.name == "raspberry-pi-4"


def test_a_damaged_file_of_any_target_is_found(make: Make, tmp_path: Path) -> None:
    packs = [make("cpu"), make("cpu-portable", other_weights("vocoder"))]
    joined = combine_packs(packs, tmp_path / "both.voicepack", overwrite=False)
    (damaged,) = joined.root.rglob("cpu-portable/vocoder.data")
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"?")

    with pytest.raises(PackError, match=r"vocoder\.data: content changed"):
        VoicePack.open(joined.root)
