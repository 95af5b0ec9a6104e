"""Where the front end of Chinese gets readings by context while it pronounces a sentence.

Front ends are shared by all voices of a process, but the net that reads by context comes with the
language pack of one voice. So the voice says where readings come from while its text is pronounced.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from voicepack.runtime.text.chinese.polyphones import Polyphones

ReadingSource = Callable[[], "Polyphones | None"]
"""Asked when the first Chinese sentence comes, so that nothing is loaded for other languages."""


def _nowhere() -> None:
    return None


_SOURCE: ContextVar[ReadingSource] = ContextVar("reading source", default=_nowhere)


def current_polyphones() -> Polyphones | None:
    """Return what reads by context here and now; None leaves all to the dictionary."""
    return _SOURCE.get()()


@contextmanager
def readings_from(source: ReadingSource) -> Iterator[None]:
    """Take readings from `source` inside the block, in this thread or task only."""
    token = _SOURCE.set(source)
    try:
        yield
    finally:
        _SOURCE.reset(token)
