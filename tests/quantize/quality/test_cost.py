from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.quantize.quality.cost import speaking_bytes
from voicepack.runtime.pack import VoicePack


@pytest.mark.torch
def test_the_bytes_of_a_pack_are_counted_without_its_speaker_graph(demo_pack: Path) -> None:
    files = [each for each in demo_pack.rglob("*") if each.is_file()]
    counted = [each for each in files if each.stem not in ("speaker", "manifest")]
    expected = sum(each.stat().st_size for each in counted)
    assert speaking_bytes(VoicePack.open(demo_pack)) == expected
