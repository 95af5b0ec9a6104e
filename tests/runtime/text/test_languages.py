from __future__ import annotations

import subprocess
import sys

import pytest

from voicepack.runtime.errors import TextError
from voicepack.runtime.text import languages
from voicepack.runtime.text.languages import front_end, known_languages, load_language
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v1")


def test_english_is_known() -> None:
    assert "en" in known_languages()


def test_a_front_end_is_loaded_once_for_each_table() -> None:
    assert front_end("en", SYMBOLS) is front_end("en", SYMBOLS)
    assert front_end("en", SYMBOLS) is not front_end("en", symbol_table("v2"))


def test_an_unknown_language_names_the_known_ones() -> None:
    with pytest.raises(TextError, match=r"'xx' has no front end; there are .*en"):
        front_end("xx", SYMBOLS)


def test_a_missing_package_names_the_extra(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError("No module named 'hanzi'", name="hanzi")

    monkeypatch.setattr(languages, "import_module", refuse)
    monkeypatch.setattr(languages, "known_languages", lambda: ("zh",))
    with pytest.raises(TextError, match=r"needs hanzi.*pip install 'voicepack\[zh\]'"):
        front_end("zh", SYMBOLS)


def test_a_mode_loads_its_language_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(name: str) -> None:
        raise ModuleNotFoundError("No module named 'hanzi'", name="hanzi")

    front_end.cache_clear()
    monkeypatch.setattr(languages, "import_module", refuse)
    with pytest.raises(TextError, match=r"needs hanzi.*pip install 'voicepack\[zh\]'"):
        load_language("all_zh", SYMBOLS)


def test_a_mode_of_all_languages_loads_none_before_it_is_spoken(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.delattr(languages, "import_module")
    load_language("auto", SYMBOLS)


def test_a_language_that_the_voice_lacks_is_refused() -> None:
    with pytest.raises(TextError, match="'ko' has no phones in symbol table v1"):
        load_language("ko", SYMBOLS)


def test_words_of_a_language_that_the_voice_lacks_are_a_pause() -> None:
    assert front_end("ko", SYMBOLS).pronounce("안녕").phones == (",",)


def test_importing_the_registry_loads_no_language() -> None:
    program = (
        "import sys; import voicepack.runtime.text.languages; "
        "print([name for name in sys.modules if 'english' in name])"
    )
    done = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True)
    assert done.stdout.strip() == b"[]"
