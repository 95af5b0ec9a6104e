"""Writes what a check found into the manifest of the pack, where `voicepack inspect` shows it."""

from __future__ import annotations

from voicepack.quantize.reports.report import Report
from voicepack.quantize.reports.report_json import to_document
from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.manifest_json import MANIFEST_NAME, dump
from voicepack.runtime.pack import VoicePack, read_manifest
from voicepack.runtime.variants import with_quality


def record_quality(pack: VoicePack, report: Report) -> None:
    """Put a report in the place of the one a pack has, if any. Nothing else of it changes.

    Args:
        pack: The pack that was checked, as compiled for the target that was checked.
        report: What the check found, with its budget's hash.

    Raises:
        OSError: The pack lies where nothing can be written.
    """
    document = to_document(report)
    manifest = with_quality(read_manifest(pack.root), pack.manifest.target, document)
    with replaced_file(pack.root / MANIFEST_NAME) as temporary:
        temporary.write_text(dump(manifest), encoding="utf-8", newline="\n")
