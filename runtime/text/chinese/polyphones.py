"""Where readings by context come from: characters that are said differently in other sentences.

Without such a source a word is read as pypinyin's dictionary reads it. A language pack may bring
g2pW, a net that looks at the whole sentence; it is asked through the protocol below.
"""

from __future__ import annotations

from typing import Protocol


class Polyphones(Protocol):
    """Reads the characters of a sentence by their context."""

    def readings(self, sentence: str) -> tuple[str | None, ...]:
        """Read each character of one sentence.

        Args:
            sentence: Simplified Chinese and the marks "!?…,.-", normalized, without Latin letters.
                It is what stands between two marks, and the mark; never empty.

        Returns:
            One reading for each character of `sentence`: pinyin with v for ü and the tone as the
            last digit, 5 for the neutral tone ("chang2", "lve4", "de5"). None leaves a character
            to pypinyin, which reads it as in the whole sentence; do so for marks.
        """
        ...
