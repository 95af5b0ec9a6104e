from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.errors import TextError
from voicepack.runtime.text.ssml.document import MAX_DEPTH, Element, read_document

BOMB = """<!DOCTYPE speak [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;">]>
<speak>&b;</speak>"""
FOREIGN = '<!DOCTYPE speak [<!ENTITY x SYSTEM "file:///etc/passwd">]><speak>&x;</speak>'


def test_elements_know_their_names_attributes_and_places() -> None:
    root = read_document(
        '<speak xmlns="http://www.w3.org/2001/10/synthesis" xml:lang="en">\n'
        '  <x:w xmlns:x="urn:x">é</x:w><break time="1s"/></speak>'
    )
    assert (root.name, root.attributes) == ("speak", {"xml:lang": "en"})
    foreign, pause = (child for child in root.children if isinstance(child, Element))
    assert (foreign.name, foreign.text()) == ("{urn:x}w", "é")
    assert pause.place == "line 2, column 31, <break>"
    assert pause.attributes == {"time": "1s"}


def test_comments_instructions_and_references_are_read_as_xml_has_them() -> None:
    root = read_document(
        "<?xml version='1.0'?><speak>a<!-- x --><?y z?>&amp;&#x4f60;<![CDATA[<b>]]></speak>"
    )
    assert root.text() == "a&你<b>"


def test_the_encoding_that_a_text_claims_plays_no_part() -> None:
    root = read_document("<?xml version='1.0' encoding='utf-16'?><speak>你</speak>")
    assert root.text() == "你"


@pytest.mark.parametrize("document", [BOMB, FOREIGN, "<!DOCTYPE speak><speak/>"])
def test_a_document_type_is_refused_before_an_entity_grows(document: str) -> None:
    with pytest.raises(TextError, match=r"line 1: <!DOCTYPE> is not read"):
        read_document(document)


@pytest.mark.parametrize(
    ("document", "message"),
    [
        ("", "no element found"),
        ("Hello", "line 1, column 1: .*syntax error"),
        ("<speak>\n a & b</speak>", "line 2, column 5: .*not well-formed.*&amp;"),
        ("<speak><p></speak>", "mismatched tag"),
        ("<speak>&nbsp;</speak>", "undefined entity"),
        ("<speak>\x00</speak>", "not well-formed"),
        ("<speak>\ud800</speak>", "not well-formed"),
        ("<speak/><speak/>", "junk after document element"),
        ('<speak a="1" a="2"/>', "duplicate attribute"),
    ],
)
def test_what_is_no_xml_is_refused_with_its_place(document: str, message: str) -> None:
    with pytest.raises(TextError, match=message):
        read_document(document)


def test_elements_may_be_inside_each_other_only_so_deep() -> None:
    assert read_document("<p>" * MAX_DEPTH + "</p>" * MAX_DEPTH).name == "p"
    with pytest.raises(TextError, match=r"column 97, <p>: more than 32 elements"):
        read_document("<p>" * 100_000)


def test_a_document_may_be_only_so_long() -> None:
    with pytest.raises(TextError, match="1000015 characters, but at most 1000000"):
        read_document("<speak>" + "a" * 1_000_000 + "</speak>")


@given(st.text(alphabet=st.sampled_from("<>/&;!\"'= abp[]?-\ud800\x00你")))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        read_document(f"<speak>{text}</speak>")
    except TextError as error:
        assert "line" in str(error)  # noqa: PT017 both ways are right
