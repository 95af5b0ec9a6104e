from __future__ import annotations

import json
from pathlib import Path

from click.testing import CliRunner, Result

from voicepack.runtime.commands.phones import phones


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


def test_text_as_it_stands_takes_no_lexicon(tmp_path: Path) -> None:
    lexicon = tmp_path / "names.toml"
    lexicon.write_text("", "utf-8")
    result = run("--language", "en", "--no-split", "--lexicon", str(lexicon), "Hi.")
    assert result.exit_code == 2
    assert "only one of --no-split and --lexicon" in result.output
