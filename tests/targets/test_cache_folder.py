from __future__ import annotations

from pathlib import Path

import pytest

from voicepack.targets.cache_folder import cache_folder


def test_the_user_may_choose_where_caches_are(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert cache_folder() == tmp_path / "voicepack"


@pytest.mark.parametrize("chosen", ["", "relative/folder"])
def test_a_path_that_is_not_absolute_is_ignored(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, chosen: str
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", chosen)
    monkeypatch.setattr(Path, "home", lambda: tmp_path)
    assert cache_folder() == tmp_path / ".cache" / "voicepack"
