from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.lexicon_file import parse_lexicon
from voicepack.runtime.text.manner import PLAINLY, Manner, Silence
from voicepack.runtime.text.parts import ReadAs
from voicepack.runtime.text.sentences import Sentence, sentences
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.text.ssml.passages import Passage, read_passages
from voicepack.runtime.text.ssml.sentences import ssml_sentences
from voicepack.runtime.text.symbols import symbol_table

SYMBOLS = symbol_table("v2")
LEXICON = parse_lexicon(b'[en]\nNguyen = "W IH1 N"', "my.toml", SYMBOLS)


def spoken(inside: str) -> list[Sentence | Silence]:
    document = Ssml(f"<speak>{inside}</speak>")
    return list(ssml_sentences(document, "en", SYMBOLS, lexicon=LEXICON))


def said(inside: str) -> list[str]:
    return [each.text for each in spoken(inside) if isinstance(each, Sentence)]


def phones(inside: str) -> str:
    (sentence,) = spoken(inside)
    assert isinstance(sentence, Sentence)
    return " ".join(sentence.phones)


def manners(inside: str) -> list[Manner]:
    return [each.manner for each in spoken(inside) if isinstance(each, Sentence)]


def passages(inside: str) -> list[Passage | Silence]:
    return list(read_passages(f"<speak>{inside}</speak>", "en", SYMBOLS, LEXICON))


def test_text_without_elements_is_said_as_plain_text() -> None:
    (plain,) = sentences("It's three forty-five now.", "en", SYMBOLS)
    assert said(plain.text) == [plain.text]
    assert phones(plain.text) == " ".join(plain.phones)


def test_spaces_and_lines_between_words_are_one_space() -> None:
    assert said("\n  All   is\n well,\tfriend \n") == ["All is well,", " friend."]


def test_paragraphs_and_sentences_end_what_is_said() -> None:
    assert said("<p><s>One is here</s><s>Two is there</s></p><p>Three is gone</p>") == [
        "One is here.",
        "Two is there.",
        "Three is gone.",
    ]


def test_a_break_takes_the_place_of_the_pause() -> None:
    first, silence, second = spoken('All is well.<break time="1.5s"/>I think so.')
    assert isinstance(first, Sentence)
    assert isinstance(second, Sentence)
    assert first.manner == Manner(pause_s=0.0)
    assert silence == Silence(1.5)
    assert second.manner == PLAINLY


def test_only_the_last_sentence_before_a_break_gives_its_pause_up() -> None:
    pauses = [manner.pause_s for manner in manners("One more, two more.<break/>Three more.")]
    assert pauses == [None, 0.0, None]


def test_a_break_without_strength_cuts_nothing() -> None:
    assert said('Turn <break strength="none"/>left now.') == ["Turn left now."]


def test_a_document_may_begin_with_a_break() -> None:
    assert spoken('<break time="2s"/>Hello my friend.')[0] == Silence(2.0)


def test_prosody_holds_inside_and_multiplies() -> None:
    inside = (
        'Plain words. <prosody rate="50%" volume="+20dB">Slow words. '
        '<prosody rate="50%">Slower words.</prosody> Slow again.</prosody> Plain again.'
    )
    found = manners(inside)
    assert [manner.speed for manner in found] == [1.0, 0.5, 0.25, 0.5, 1.0]
    assert [manner.gain for manner in found] == pytest.approx([1.0, 10.0, 10.0, 10.0, 1.0])


def test_a_phoneme_is_said_as_its_phones_in_its_sentence() -> None:
    inside = 'We met <phoneme alphabet="x-arpabet" ph="n w ih1 n">Nguyen</phoneme> there.'
    assert phones(inside) == "W IY1 M EH1 T N W IH1 N DH EH1 R ."
    assert said(inside) == ["We met Nguyen there."]


def test_a_phoneme_in_pinyin_needs_no_chinese_front_end() -> None:
    word = '<phoneme alphabet="x-pinyin" ph="chong2 qing4">重庆</phoneme>'
    inside = f'<lang xml:lang="zh-CN">{word}</lang> is big.'
    assert phones(inside) == "ch ong2 q ing4 IH1 Z B IH1 G ."


def test_a_phoneme_may_have_no_text() -> None:
    assert phones('We met <phoneme ph="W IH1 N"/>.') == "W IY1 M EH1 T W IH1 N ."


def test_a_substitute_is_said_instead() -> None:
    assert phones('<sub alias="doctor">Dr</sub> Who') == "D AA1 K T ER0 HH UW1 ."


def test_say_as_is_said_in_its_sentence_whatever_marks_it_has() -> None:
    assert said('It is <say-as interpret-as="date" format="dmy">25.12.2024</say-as> now.') == [
        "It is 25.12.2024 now."
    ]


def test_words_of_the_lexicon_are_said_so_but_for_phonemes() -> None:
    assert phones("Nguyen is here.") == "W IH1 N IH1 Z HH IY1 R ."
    assert phones('<phoneme ph="N W">Nguyen</phoneme> is here.') == "N W IH1 Z HH IY1 R ."


def test_brackets_are_no_phones_in_ssml() -> None:
    assert phones("We met [[W IH1 N]].") != phones('We met <phoneme ph="W IH1 N"/>.')


def test_a_phrase_of_another_language_stays_in_its_sentence() -> None:
    (passage,) = passages('Say <lang xml:lang="zh-CN">你好</lang> to all.')
    assert isinstance(passage, Passage)
    assert passage.parts == ("Say ", ReadAs("你好", "你好", "zh"), " to all.")
    assert passage.language == "en"


def test_sentences_of_another_language_are_cut_as_such() -> None:
    found = passages('Say this. <lang xml:lang="zh-CN">你好。再见。</lang> Done.')
    assert [(p.parts, p.language) for p in found if isinstance(p, Passage)] == [
        (("Say this.",), "en"),
        (("你好。再见。",), "zh"),
        (("Done.",), "en"),
    ]


def test_the_language_of_a_block_is_that_of_its_text() -> None:
    (found,) = read_passages(
        '<speak xml:lang="ja"><p xml:lang="zh-HK">你好</p></speak>', "en", SYMBOLS, LEXICON
    )
    assert isinstance(found, Passage)
    assert (found.parts, found.language) == (("你好",), "yue")


def test_nothing_to_say_says_nothing() -> None:
    assert spoken("<p> <s/>\n<prosody rate='fast'/>...</p>") == []


@pytest.mark.parametrize(
    ("inside", "message"),
    [
        ("<emphasis>a</emphasis>", "line 1, column 8, <emphasis>: not supported; expected p, s, "),
        ("\n <audio src='a'/>", "line 2, column 2, <audio>: not supported"),
        ("<x:p xmlns:x='urn:x'>a</x:p>", r"<\{urn:x\}p>: not supported"),
        ("<prosody pitch='high'>a</prosody>", "attribute 'pitch' is not supported; expected rate"),
        ("<prosody rate='quick'>a</prosody>", "<prosody>: expected x-slow, slow"),
        ("<prosody rate='900%'>a</prosody>", r"makes the speed 9.00 times.*0.25 to 4"),
        ("<prosody volume='11'>a</prosody>", "expected silent, x-soft"),
        ("<break time='soon'/>", "<break>: time='soon': expected '250ms'"),
        ("<break>a<s>b</s></break>", "<s>: no element may be inside <break>"),
        ("<break time='60s'/>" * 11, "the breaks exceed 600 s together"),
        ("<lang>a</lang>", "<lang>: expected xml:lang"),
        ("<lang xml:lang='fr'>a</lang>", "xml:lang='fr': expected a language of"),
        ("<phoneme>a</phoneme>", "<phoneme>: No phones given"),
        ("<phoneme ph='W7'>a</phoneme>", r"<phoneme>: .*'W7' \(did you mean"),
        ("<phoneme alphabet='ipa' ph='a'>a</phoneme>", "alphabet='ipa': expected x-gsv"),
        ("<say-as>3</say-as>", "<say-as>: interpret-as='': expected cardinal"),
        ("<sub>a</sub>", "<sub>: expected alias="),
    ],
)
def test_what_is_not_supported_is_refused_with_its_place(inside: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        ssml_sentences(Ssml(f"<speak>{inside}</speak>"), "en", SYMBOLS)


def test_a_document_with_another_root_is_refused() -> None:
    with pytest.raises(TextError, match="<html>: no SSML: expected <speak>"):
        ssml_sentences(Ssml("<html/>"), "en", SYMBOLS)


def test_say_as_in_a_text_of_any_language_is_refused() -> None:
    document = Ssml("<speak><say-as interpret-as='cardinal'>3</say-as></speak>")
    with pytest.raises(TextError, match=r"the language is 'auto'.*expected xml:lang"):
        ssml_sentences(document, "auto", SYMBOLS)


def test_a_language_the_voice_lacks_is_refused_with_its_place() -> None:
    document = Ssml("<speak>Hello <lang xml:lang='ko'>안녕</lang></speak>")
    with pytest.raises(TextError, match=r"column 14, <lang>: Language 'ko' has no phones"):
        ssml_sentences(document, "en", symbol_table("v1"))


def test_attributes_of_others_are_passed_over() -> None:
    document = Ssml(
        '<speak version="1.1" xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en-US" '
        'xml:base="a" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" '
        'xsi:schemaLocation="a b">All is well.</speak>'
    )
    (sentence,) = ssml_sentences(document, "en", SYMBOLS)
    assert isinstance(sentence, Sentence)
    assert sentence.text == "All is well."


TAGS = st.sampled_from(
    [
        *("<p>", "</p>", "<s>", "</s>", "<break/>", "<break time='0s'/>", "Hi. ", "a, ", "[[N]]"),
        *(
            "<prosody rate='80%'>",
            "</prosody>",
            "<sub alias='b. c'>d</sub>",
            "<lang xml:lang='en'>",
        ),
        *("</lang>", "<phoneme ph='N'>e</phoneme>", "<say-as interpret-as='digits'>1</say-as>"),
    ]
)


@settings(max_examples=60, deadline=None)
@given(st.lists(TAGS))
def test_any_elements_are_said_or_refused(tags: list[str]) -> None:
    try:
        found = spoken("".join(tags))
    except TextError as error:
        assert "line 1" in str(error)  # noqa: PT017 both ways are right
        return
    for sentence in found:
        assert isinstance(sentence, Silence) or len(sentence.ids) >= 1


@pytest.mark.parametrize("piece", ["<break time='0s'/>", "<s>a</s>", "<sub alias='a'>b</sub>"])
def test_a_long_document_is_read_in_linear_time(piece: str) -> None:
    read_passages(f"<speak>{piece * 20_000}</speak>", "en", SYMBOLS, LEXICON)
