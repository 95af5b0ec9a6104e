"""A pack that holds a voice for several targets, seen as a pack for one of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import Manifest, Variant
from voicepack.runtime.pack import VoicePack
from voicepack.targets.catalogue import find_profile
from voicepack.targets.machine import this_machine
from voicepack.targets.selection import Choice, choose


def compiled_for(pack: VoicePack, target: str) -> VoicePack:
    """See a pack as one for a single target, without the files of the others.

    Raises:
        PackError: The pack was not compiled for it.
    """
    manifest = pack.manifest
    variants = (own_variant(manifest), *manifest.variants)
    for variant in variants:
        if variant.target == target:
            strange = _files(variants) - _files([variant])
            files = {path: it for path, it in manifest.files.items() if path not in strange}
            seen = replace(manifest, **vars(variant), variants=(), files=files)
            return VoicePack(pack.root, seen)
    raise PackError(
        f"{pack.root}: not compiled for target {target!r}, only for "
        f"{', '.join(manifest.targets)}. Choose one of these, or export the voice for {target}."
    )


def one_target(pack: VoicePack, target: str | None = None) -> VoicePack:
    """See a pack as one for the target that `choose_target` chooses; raises what that raises."""
    return compiled_for(pack, choose_target(pack, target).profile.name)


def own_variant(manifest: Manifest) -> Variant:
    """Return what the manifest itself says of its target."""
    return Variant(manifest.target, manifest.graphs, manifest.embeddings, manifest.quality)


def with_quality(manifest: Manifest, target: str, report: dict[str, Any]) -> Manifest:
    """Put the report of a quality check where it belongs: to one of the targets."""
    if target == manifest.target:
        return replace(manifest, quality=report)
    return replace(
        manifest,
        variants=tuple(
            replace(variant, quality=report) if variant.target == target else variant
            for variant in manifest.variants
        ),
    )


def choose_target(pack: VoicePack, target: str | None = None) -> Choice:
    """Choose the target of a pack that speaks best on this machine.

    Args:
        pack: The pack.
        target: The one to take; None leaves the choice to us.

    Raises:
        PackError: The pack was not compiled for `target`.
        TargetError: None of several targets can run here.
    """
    if target is not None:
        return Choice(find_profile(compiled_for(pack, target).manifest.target), "asked for")
    if not pack.manifest.variants:
        return Choice(find_profile(pack.manifest.target), reason="")
    return choose(pack.manifest.targets, this_machine())


def _files(variants: Iterable[Variant]) -> set[str]:
    """Name the files that belong to targets, not to the voice as such."""
    return {
        path
        for variant in variants
        for graph in variant.graphs
        for path in (graph.file, graph.weights, variant.embeddings)
    }
