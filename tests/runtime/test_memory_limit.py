"""How long a sentence may be within a limit of memory."""

from __future__ import annotations

import pytest

from voicepack.runtime.contract import MAX_TOKENS
from voicepack.runtime.memory_limit import MemoryNeed

MB = 10**6


@pytest.mark.parametrize(
    ("limit", "tokens"), [(300, 200), (299, 199), (100, 0), (50, 0), (1599, 1499), (9999, 1500)]
)
def test_what_is_left_beside_the_fixed_part_is_for_tokens(limit: int, tokens: int) -> None:
    assert MemoryNeed(fixed=100 * MB, per_token=MB).longest(limit * MB) == tokens


def test_a_voice_that_takes_no_more_for_long_sentences_speaks_any_or_none() -> None:
    need = MemoryNeed(fixed=100 * MB, per_token=0)

    assert need.longest(100 * MB) == MAX_TOKENS
    assert need.longest(99 * MB) == 0
