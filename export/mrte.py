"""Where speech looks at the text it says, and takes on the voice's style.

Source: upstream `module/mrte_model.py`, MRTE ("multi-reference timbre encoder").
"""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn
from torch.nn import functional

NUM_HEADS = 4
"""Attention heads. Upstream writes this into its code, so no checkpoint tells it."""

MRTE_WEIGHTS: Mapping[str, str] = {
    "c_pre": "speech_input",
    "text_pre": "text_input",
    "cross_attention.conv_q": "query",
    "cross_attention.conv_k": "key",
    "cross_attention.conv_v": "value",
    "cross_attention.conv_o": "attention_output",
    "c_post": "output",
}
"""Upstream name inside `mrte` -> ours inside `Mrte`."""


class Mrte(nn.Module):
    """Cross-attention from speech to text, plus the speech itself, plus the style.

    Args:
        channels: Width of speech and text.
        inner_channels: Width inside, which is also that of the style.
    """

    def __init__(self, channels: int, inner_channels: int) -> None:
        super().__init__()
        self.scale = (inner_channels // NUM_HEADS) ** -0.5
        self.speech_input = nn.Conv1d(channels, inner_channels, 1)
        self.text_input = nn.Conv1d(channels, inner_channels, 1)
        self.query = nn.Conv1d(inner_channels, inner_channels, 1)
        self.key = nn.Conv1d(inner_channels, inner_channels, 1)
        self.value = nn.Conv1d(inner_channels, inner_channels, 1)
        self.attention_output = nn.Conv1d(inner_channels, inner_channels, 1)
        self.output = nn.Conv1d(inner_channels, channels, 1)

    def forward(self, speech: Tensor, text: Tensor, style: Tensor) -> Tensor:
        """Join speech, text and style.

        Args:
            speech: float32, (1, channels, frames).
            text: float32, (1, channels, num_phones).
            style: float32, (1, inner_channels, 1).

        Returns:
            float32, (1, channels, frames).
        """
        speech, text = self.speech_input(speech), self.text_input(text)
        joint: Tensor = self.output(self._attend(speech, text) + speech + style)
        return joint

    def _attend(self, speech: Tensor, text: Tensor) -> Tensor:
        query = self.query(speech).view(NUM_HEADS, -1, speech.shape[2])
        key = self.key(text).view(NUM_HEADS, -1, text.shape[2])
        value = self.value(text).view(NUM_HEADS, -1, text.shape[2])
        weights = functional.softmax(query.transpose(1, 2) * self.scale @ key, dim=2)
        attended = (weights @ value.transpose(1, 2)).transpose(1, 2)
        output: Tensor = self.attention_output(attended.reshape(speech.shape))
        return output
