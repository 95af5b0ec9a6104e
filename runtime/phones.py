"""What the voice is asked to say: phone ids, and the linguistic features that go with them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True)
class Phones:
    """Phones of one sentence, as indices into the voice's symbol table."""

    ids: IntArray
    """int64, (num_phones,)."""
    features: FloatArray | None = None
    """float32, (num_phones, 1024): BERT features, which only Chinese has. None stands for zeros."""
