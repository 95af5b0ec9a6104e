"""Fixtures that tests of several packages share."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import settings

# A machine that does other work must not fail a law: times are what benchmarks are for.
settings.register_profile("unhurried", deadline=None)
settings.load_profile("unhurried")

REPOSITORY = Path(__file__).parents[1]


@pytest.fixture(scope="session")
def reference_data() -> Path:
    """Folder of what upstream computes; the test is skipped where it is absent."""
    folder = REPOSITORY / os.environ.get("VOICEPACK_REFERENCE", "../shared/reference")
    if not (folder / "v2").is_dir():
        pytest.skip(f"no reference data in {folder}; VOICEPACK_REFERENCE names its folder")
    return folder


@pytest.fixture(scope="session")
def demo_pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The fp32 pack of the seeded demo voice, with its INT8 twin and `hello.wav` beside it."""
    pytest.importorskip("torch")
    from voicepack.export.demo import TEXT, run_demo
    from voicepack.export.demo_voices import seeded_voice
    from voicepack.runtime.progress import silent

    folder = tmp_path_factory.mktemp("demo")
    voice = seeded_voice(tmp_path_factory.mktemp("voice"))
    return run_demo(voice, folder / "hello.wav", TEXT, folder, "cpu", silent).full_pack
