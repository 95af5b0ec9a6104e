"""Joins packs of one voice for several targets into one pack; what they share is stored once."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path, PurePosixPath
from tempfile import TemporaryDirectory

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import FileRecord, GraphEntry, Manifest, Variant
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import replace_pack, write_pack
from voicepack.runtime.variants import own_variant


def combine_packs(packs: Sequence[VoicePack], destination: Path, *, overwrite: bool) -> VoicePack:
    """Write one pack that speaks on the targets of all.

    Args:
        packs: Packs of the same voice for different targets. Name, references, rights and whatever
            else belongs to no target come from the first.
        destination: The folder to be.
        overwrite: Replace a voice pack that is already there; nothing else is ever replaced.

    Raises:
        PackError: The packs are of different voices, two are for one target, or the destination is
            taken.
    """
    return (replace_pack if overwrite else write_pack)(
        destination, lambda folder: _join_packs(packs, folder)
    )


def combine_made(
    make: Sequence[Callable[[Path], VoicePack]], destination: Path, *, overwrite: bool
) -> VoicePack:
    """Make packs of one voice for different targets, and write one that speaks on all of them.

    Args:
        make: Each makes one of the packs in the folder it is given.
        destination: The folder to be.
        overwrite: As for `combine_packs`.

    Raises:
        PackError: As `combine_packs`; a destination that is taken is found before any is made.
    """

    def build(folder: Path) -> Manifest:
        with TemporaryDirectory(dir=folder.parent) as parts:
            packs = [each(Path(parts) / str(index)) for index, each in enumerate(make)]
            return _join_packs(packs, folder)

    return (replace_pack if overwrite else write_pack)(destination, build)


def _join_packs(packs: Sequence[VoicePack], folder: Path) -> Manifest:
    """Fill the folder of a pack that is being written with what all packs have.

    Raises:
        PackError: The packs are of different voices, or two are for one target.
    """
    first, *others = packs
    for other in others:
        _refuse_other_voice(first, other)
    _refuse_repeated_targets(packs)
    joined = _Joined(folder)
    joined.take_all(first)
    variants = [v for pack in others for v in joined.add(pack)]
    kept = first.manifest.variants
    features = {name for pack in packs for name in pack.manifest.required_features}
    return replace(
        first.manifest,
        variants=(*kept, *variants),
        required_features=tuple(sorted(features)),
        files={},
    )


@dataclass
class _Joined:
    """The folder of the pack that is being made."""

    folder: Path
    files: dict[str, FileRecord] = field(default_factory=dict)

    def take_all(self, pack: VoicePack) -> None:
        """Copy every file to the same place."""
        for path in pack.manifest.files:
            self._copy(pack, path, path)

    def add(self, pack: VoicePack) -> list[Variant]:
        """Copy what is not there yet, for every target of a pack."""
        return [
            replace(
                variant,
                graphs=tuple(self._add_graph(pack, g, variant.target) for g in variant.graphs),
                embeddings=self._add_file(pack, variant.embeddings, variant.target),
            )
            for variant in (own_variant(pack.manifest), *pack.manifest.variants)
        ]

    def _add_graph(self, pack: VoicePack, graph: GraphEntry, target: str) -> GraphEntry:
        """Place a graph beside its weights, whose file name it knows."""
        weights = PurePosixPath(graph.weights)
        same = (PurePosixPath(path) for path in self._same(pack.manifest.files[graph.weights]))
        shared = next((path for path in same if path.name == weights.name), None)
        if shared is None:
            shared = weights.parent / target / weights.name
            file = shared.with_name(PurePosixPath(graph.file).name)
        else:
            file = self._beside(shared, pack, graph.file, target)
        self._copy(pack, graph.weights, str(shared))
        self._copy(pack, graph.file, str(file))
        return replace(graph, file=str(file), weights=str(shared))

    def _beside(
        self, weights: PurePosixPath, pack: VoicePack, graph: str, target: str
    ) -> PurePosixPath:
        """Find the same graph beside weights, or a free name there."""
        same = (PurePosixPath(path) for path in self._same(pack.manifest.files[graph]))
        file = PurePosixPath(graph)
        free = weights.with_name(f"{file.stem}.{target}{file.suffix}")
        return next((path for path in same if path.parent == weights.parent), free)

    def _add_file(self, pack: VoicePack, path: str, target: str) -> str:
        there = self._same(pack.manifest.files[path])
        file = PurePosixPath(path)
        place = there[0] if there else str(file.with_name(f"{file.stem}.{target}{file.suffix}"))
        self._copy(pack, path, place)
        return place

    def _same(self, record: FileRecord) -> list[str]:
        return [path for path, other in self.files.items() if other == record]

    def _copy(self, pack: VoicePack, source: str, place: str) -> None:
        if place not in self.files:
            (self.folder / place).parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(pack.path(source), self.folder / place)
            self.files[place] = pack.manifest.files[source]


def _refuse_other_voice(first: VoicePack, other: VoicePack) -> None:
    """Compare what does not depend on the target."""
    for what in (
        "generation",
        "sample_rate",
        "semantic_rate",
        "symbols",
        "text2semantic",
        "references",
    ):
        mine, others = getattr(first.manifest, what), getattr(other.manifest, what)
        if mine != others:
            raise PackError(
                f"{other.root}: not the same voice as {first.root}: its {what} is {others}, "
                f"expected {mine}. Combine packs that were made from one export."
            )
    for reference in first.manifest.references:
        if first.manifest.files[reference.file] != other.manifest.files[reference.file]:
            raise PackError(
                f"{other.root}: not the same voice as {first.root}: reference "
                f"{reference.name!r} has other tokens or another sound. Combine packs that were "
                "made from one export."
            )


def _refuse_repeated_targets(packs: Sequence[VoicePack]) -> None:
    seen: dict[str, Path] = {}
    for pack in packs:
        for target in pack.manifest.targets:
            if target in seen:
                raise PackError(
                    f"{pack.root}: compiled for {target}, and so is {seen[target]}. Give one pack "
                    "for each target."
                )
            seen[target] = pack.root
