from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from voicepack.runtime.commands.phones import phones
from voicepack.runtime.language_pack import LanguagePack

NO_SPLIT = "--no-split"


def run(*arguments: str) -> Result:
    return CliRunner().invoke(phones, arguments)


def test_json_has_everything_about_each_segment() -> None:
    result = run("--language", "en", "--json", "Hello there. Go on now.")
    segments = json.loads(result.output)["segments"]
    assert [segment["text"] for segment in segments] == ["Hello there.", " Go on now."]
    assert list(segments[0]) == ["text", "language", "normalized", "phones", "word2ph", "ids"]
    assert segments[0]["phones"][:4] == ["HH", "AH0", "L", "OW1"]
    assert segments[0]["ids"][:4] == [51, 12, 62, 68]


def test_without_splitting_the_text_is_one_segment_as_it_stands() -> None:
    result = run("--language", "en", "--no-split", "--json", "--symbols", "v1", "Hi. You!")
    (segment,) = json.loads(result.output)["segments"]
    assert segment["phones"] == ["HH", "AY1", ".", "Y", "UW1", "!"]


def test_the_table_names_each_field() -> None:
    result = run("--language", "en", "It's $5.")
    assert "normalized  It's five dollars." in result.output
    assert "phones      IH1 T S F AY1 V D AA1 L ER0 Z ." in result.output


def test_an_unknown_language_is_named() -> None:
    result = run("--language", "xx", "Hello")
    assert "'xx' is not known; there are en, ja," in str(result.exception)


def test_words_of_a_lexicon_are_said_as_it_says(tmp_path: Path) -> None:
    lexicon = tmp_path / "names.toml"
    lexicon.write_text('[en]\nNguyen = "W IH1 N"', "utf-8")
    result = run("--language", "en", "--json", "--lexicon", str(lexicon), "We met Nguyen.")
    segments = json.loads(result.output)["segments"]
    assert [segment["text"] for segment in segments] == ["We met ", "Nguyen", "."]
    assert segments[1]["phones"] == ["W", "IH1", "N"]


@pytest.mark.parametrize("option", ["--lexicon", "--ssml"])
def test_text_as_it_stands_takes_no_lexicon_and_no_markup(tmp_path: Path, option: str) -> None:
    lexicon = tmp_path / "names.toml"
    lexicon.write_text("", "utf-8")
    given = (option, str(lexicon)) if option == "--lexicon" else (option,)
    result = run("--language", "en", "--no-split", *given, "Hi.")
    assert result.exit_code == 2
    assert f"only one of --no-split and {option}" in result.output


def test_text_as_it_stands_is_not_corrected() -> None:
    arguments = ("--language", "en", "--json", "At 3:45 p.m.")
    verbatim, corrected = (json.loads(run(*each, *arguments).output) for each in ((NO_SPLIT,), ()))
    assert verbatim["segments"][0]["normalized"] == "At three forty-five a.m. p.m."
    assert "".join(each["normalized"] for each in corrected["segments"]) == (
        "At three forty-five p.m."
    )


def test_markup_is_read() -> None:
    document = '<speak>Hello there.<break/><sub alias="mister">Mr</sub> Bean.</speak>'
    result = run("--language", "en", "--ssml", "--json", document)
    said = [segment["normalized"] for segment in json.loads(result.output)["segments"]]
    assert "".join(said) == "Hello there.mister Bean."


def test_characters_are_read_by_the_context_that_a_language_pack_knows(
    monkeypatch: pytest.MonkeyPatch, make_language_pack: Callable[..., LanguagePack]
) -> None:
    class ReadsChang:
        def readings(self, sentence: str) -> tuple[str | None, ...]:
            return tuple("chang2" if character == "长" else None for character in sentence)

    monkeypatch.setattr("voicepack.runtime.commands.phones.readings_of", lambda packs: ReadsChang)
    pack = str(make_language_pack().root)
    result = run("--language", "zh", "--language-pack", pack, "--no-split", "--json", "他长了")
    (segment,) = json.loads(result.output)["segments"]
    assert segment["phones"] == ["t", "a1", "ch", "ang2", "l", "e5"]


def test_a_language_pack_without_such_readings_changes_nothing(
    make_language_pack: Callable[..., LanguagePack],
) -> None:
    arguments = ("--language", "zh", "他长了")
    pack = str(make_language_pack().root)
    assert run("--language-pack", pack, *arguments).output == run(*arguments).output


def test_a_folder_that_is_no_language_pack_is_refused(tmp_path: Path) -> None:
    result = run("--language", "zh", "--language-pack", str(tmp_path), "他")
    assert "not a language pack: it has no manifest.json" in str(result.exception)
