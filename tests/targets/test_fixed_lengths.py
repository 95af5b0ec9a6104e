"""Sessions of fixed shapes, one for each length."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pytest

from voicepack.targets.errors import TargetError
from voicepack.targets.fixed_lengths import FixedLengthSession
from voicepack.targets.session import Array, Session


class Fixed:
    """Answers with the length it was made for."""

    def __init__(self, length: int) -> None:
        self.length = length

    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        return {"length": np.array(self.length)}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        return Fixed(self.length + len(state))


SESSION = FixedLengthSession("vocoder", {4: Fixed(4), 8: Fixed(8)}, ("latent", 1))


def test_the_session_of_the_input_s_length_answers() -> None:
    assert SESSION.run({"latent": np.zeros((4, 8))}) == {"length": 8}


def test_state_is_bound_to_every_length() -> None:
    bound = SESSION.with_state({"embedding": ("", np.zeros(1))})

    assert bound.run({"latent": np.zeros((1, 4))}) == {"length": 5}


def test_another_length_is_refused_with_those_there_are() -> None:
    with pytest.raises(TargetError, match=r"vocoder: compiled for 4, 8 along axis 1 .* not for 5"):
        SESSION.run({"latent": np.zeros((1, 5))})
