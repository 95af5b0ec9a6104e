"""Cuts normalized English text into words and marks."""

from __future__ import annotations

import re

# The branches are those branches of NLTK's TweetTokenizer that normalized text can reach.
TOKEN = re.compile(
    r"""
      [A-Za-z]+(?:[.-][A-Za-z]+)*\.[A-Za-z]{2,13}\b   # words joined by full stops: example.com
    | [A-Za-z][A-Za-z'-]+[A-Za-z]                     # words, with apostrophes and hyphens inside
    | [A-Za-z]+
    | \S
    """,
    re.VERBOSE,
)


def tokens(text: str) -> list[str]:
    """Cut normalized text into words and single marks.

    Source: TweetTokenizer of NLTK (github.com/nltk/nltk, nltk/tokenize/casual.py), which
    GPT-SoVITS uses.
    """
    return TOKEN.findall(text)
