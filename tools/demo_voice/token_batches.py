"""Batches for text2semantic: sentences and clauses, many of them after a prompt as voices speak."""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from phone_alignment import PAUSES, AlignedExample, clauses
from semantic_codes import NUM_CODES, SPEECH_END
from torch import Tensor, nn

from voicepack.runtime.phones import IntArray

CORRUPTION = 0.02
"""Share of the tokens heard that are replaced, as sampling will make mistakes too."""
PROMPTED = 0.6
"""Share of the sentences that follow another one, as they follow the reference clip."""
CUT = 0.4
"""Share of the sentences that are cut into clauses."""
SILENCE = range(13, 17)
"""Tokens of silence after a prompt."""
TOKENS_A_STEP = 3000
"""Positions, padding included."""


@dataclass(frozen=True)
class Batch:
    """Sentences side by side, padded at the right of text and of tokens."""

    phones: Tensor
    """int64, (batch, phones)."""
    phone_lengths: Tensor
    heard: Tensor
    """int64, (batch, tokens): what the net hears of itself."""
    wanted: Tensor
    """int64, (batch, 1 + tokens): what it shall say first and after each; -100 for nothing."""
    places: Tensor
    """int64, (batch, tokens): phone each heard token belongs to; -100 for none."""

    def visible(self) -> Tensor:
        """Bool, (batch, 1, length, length): text sees text, tokens see text and earlier tokens."""
        num_phones, num_tokens = self.phones.shape[1], self.heard.shape[1]
        of_text = torch.arange(num_phones) < self.phone_lengths[:, None]
        earlier = torch.ones(num_tokens, num_tokens, dtype=torch.bool).tril()
        size = len(self.phones), num_phones + num_tokens
        mask = torch.zeros(size[0], 1, size[1], size[1], dtype=torch.bool)
        mask[:, 0, :, :num_phones] = of_text[:, None]
        mask[:, 0, num_phones:, num_phones:] = earlier
        return mask


def join(prompt: AlignedExample, one: AlignedExample, pause: IntArray) -> AlignedExample:
    """Let a sentence follow a prompt and the silence after it, which nobody has to learn."""
    nowhere = np.full(pause.size, -100)
    return AlignedExample(
        np.concatenate([prompt.phones, one.phones]),
        np.concatenate([prompt.codes, pause, one.codes]),
        np.concatenate([prompt.places, nowhere, one.places + len(prompt.phones)]),
    )


def batches(examples: list[AlignedExample], source: random.Random) -> Iterator[Batch]:
    """Draw batches of sentences of like length, for ever."""
    while True:
        drawn = []
        for whole in source.sample(examples, min(len(examples), 400)):
            one = source.choice(clauses(whole)) if source.random() < CUT else whole
            if source.random() < PROMPTED:
                pause = np.array(source.choices(PAUSES, k=source.choice(SILENCE)))
                drawn.append(join(source.choice(examples), one, pause))
            else:
                drawn.append(one)
        drawn.sort(key=lambda one: len(one.codes) + len(one.phones))
        groups: list[list[AlignedExample]] = [[]]
        for one in drawn:
            if (len(groups[-1]) + 1) * (len(one.codes) + len(one.phones)) > TOKENS_A_STEP:
                groups.append([])
            groups[-1].append(one)
        source.shuffle(groups)
        for group in groups:
            yield collate(group, source)


def collate(group: list[AlignedExample], source: random.Random) -> Batch:
    """Pad sentences to one length, and corrupt some of what is heard."""
    phones = _padded([one.phones for one in group], 0)
    heard = _padded([one.codes for one in group], 0)
    wanted = _padded([_wanted(one) for one in group], -100)
    places = _padded([one.places for one in group], -100)
    noise = torch.from_numpy(np.random.default_rng(source.getrandbits(32)).random(heard.shape))
    other = torch.randint(NUM_CODES, heard.shape)
    return Batch(
        phones=phones,
        phone_lengths=torch.tensor([len(one.phones) for one in group]),
        heard=torch.where(noise < CORRUPTION, other, heard),
        wanted=wanted,
        places=places,
    )


def _wanted(one: AlignedExample) -> IntArray:
    """Say all tokens, then the end; the silence after a prompt teaches nothing."""
    return np.append(np.where(one.places < 0, -100, one.codes), SPEECH_END)


def _padded(rows: list[IntArray], filling: int) -> Tensor:
    tensors = [torch.from_numpy(row) for row in rows]
    return nn.utils.rnn.pad_sequence(tensors, batch_first=True, padding_value=filling)
