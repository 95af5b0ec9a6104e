"""Writes what a check found into the manifest of the pack, where `voicepack inspect` shows it."""

from __future__ import annotations

from dataclasses import replace

from voicepack.quantize.report import Report
from voicepack.quantize.report_json import to_document
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.manifest_json import MANIFEST_NAME, dump
from voicepack.runtime.pack import VoicePack


def record_quality(pack: VoicePack, report: Report) -> None:
    """Put a report in the place of the one a pack has, if any. Nothing else of it changes.

    Args:
        pack: The pack that was checked, as it was opened.
        report: What the check found, with its budget's hash.

    Raises:
        OSError: The pack lies where nothing can be written.
    """
    manifest = replace(pack.manifest, quality=to_document(report))
    with replaced_file(pack.root / MANIFEST_NAME) as temporary:
        temporary.write_text(dump(manifest), encoding="utf-8", newline="\n")
