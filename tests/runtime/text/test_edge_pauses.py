from __future__ import annotations

import pytest

from voicepack.runtime.text.edge_pauses import without_added_pauses
from voicepack.runtime.text.front_end import Pronunciation


@pytest.mark.parametrize(
    ("language", "normalized", "phones", "kept"),
    [
        ("en", "the", ", DH AH0", "DH AH0"),
        ("en", ", no", ", , N OW1", ", N OW1"),
        ("en", ", no", ", N OW1", ", N OW1"),
        ("en", ".", ", .", "."),
        ("en", "", ",", ""),
        ("ko", "서울", "ㅅ ㅓ ㅇ ㅜ ㄹ .", "ㅅ ㅓ ㅇ ㅜ ㄹ"),
        ("ko", "서울.", "ㅅ ㅓ ㅇ ㅜ ㄹ .", "ㅅ ㅓ ㅇ ㅜ ㄹ ."),
        ("ja", "，", ",", ","),
    ],
)
def test_only_what_is_not_written_is_taken_away(
    language: str, normalized: str, phones: str, kept: str
) -> None:
    said = Pronunciation(normalized, tuple(phones.split()))
    assert without_added_pauses(said, language).phones == tuple(kept.split())
