"""What compiler and runtime agree on: the names and shapes of the graphs of a pack.

Dimensions: S new positions, C capacity of the cache, H heads, D head size, L layers, V vocabulary,
F latent frames at 50 Hz, E channels of the voice embedding, Z latent channels.
"""

from __future__ import annotations

from enum import Enum

SEMANTIC_RATE = 25
"""Semantic tokens a second."""
FRAMES_PER_TOKEN = 2
"""Latent frames (50 Hz) a semantic token."""
MAX_TOKENS = 1500
"""Upstream generates no more tokens than this for one sentence."""


class GraphRole(str, Enum):
    """The graphs of a voice pack, and those of a language pack."""

    TEXT2SEMANTIC = "text2semantic"
    TEXT2SEMANTIC_START = "text2semantic-start"
    """One layer of text2semantic, for the first positions of a sentence. A pack that has it has a
    text2semantic for later positions alone, and `weights` of both are the same file."""
    LATENT = "latent"
    VOCODER = "vocoder"
    SPEAKER = "speaker"
    """Hears how a voice sounds. Only full-precision packs have it, only `check` runs it."""
    BERT = "bert"
    """Language packs only: reads a text and gives a feature vector for each character."""
    G2PW = "g2pw"
    """Language packs only: chooses among the readings of Chinese characters."""


class Precision(str, Enum):
    """How the weights of a graph are stored."""

    FP32 = "fp32"
    FP16 = "fp16"
    INT8 = "int8"
    INT4 = "int4"
    MIXED = "mixed"
    """Several of them; the recipe says which."""


class Text2SemanticTensor:
    """Tensors of the text2semantic graph, all flavours. Layers count from 0."""

    HIDDEN = "hidden"
    """float32, (1, S, H * D): embedded phones and tokens, positions added, made by the host."""
    BIAS = "attention_bias"
    """float32, (1, 1, S, total): added to the scores; a large negative number hides a key.
    Shared buffer, stateful, on-device: total = all positions so far, the new ones included. A
    shared buffer reads it at the start only: later there is one new position, which sees all. One
    that starts sentences in a graph of its own has no such input.
    Portable: total = C + S, the cache's columns first (unused ones hidden), then the new ones."""
    TOTAL_LENGTH = "total_length"
    """Shared buffer only. int32, (): positions so far, the new ones included."""
    LAST_POSITION = "last_position"
    """Shared buffer only. int32, (1,): total_length - 1."""
    LOGITS = "logits"
    """float32, (1, V): scores of the next token, from the last new position."""
    LAST_INDEX = "last_index"
    """A constant. int64, (1,): picks that position, from the last layer on."""
    NEW_KEYS = "new_keys"
    """Portable only. float32, (L, H, S, D)."""
    NEW_VALUES = "new_values"
    """Portable only. float32, (L, H, S, D)."""

    @staticmethod
    def past_key(layer: int) -> str:
        """Input. float32, (1, H, C, D); stateful, on-device: without unused positions.

        A shared buffer may also be int8; scales are inside the graph. Then nothing is cached while
        total_length equals S: past is not read, and `present` holds the S new positions alone,
        which the host stores. From then on past and present are the same memory again.
        """
        return f"past_key.{layer}"

    @staticmethod
    def past_value(layer: int) -> str:
        """Input. (1, H, C, D), dtype as `past_key`."""
        return f"past_value.{layer}"

    @staticmethod
    def present_key(layer: int) -> str:
        """Output. Shared buffer: the same memory as `past_key`, see there.

        Stateful, on-device: (1, H, total, D), the past and the new keys behind it: the past of the
        next run.
        """
        return f"present_key.{layer}"

    @staticmethod
    def present_value(layer: int) -> str:
        """Output, as `present_key`; not in the portable flavour."""
        return f"present_value.{layer}"


class StartLayerTensor:
    """Tensors of the graph that starts sentences, P positions long.

    It runs for one layer after another. Every input that is not named here is a weight: that of
    layer i is called `in_layer(i, name)` in the graph of later positions, and has as many elements.
    The weights of the output layer, `head.*`, are the same for all.
    """

    ROWS = "rows"
    """float32, (P, H * D): what the layer before left, at first the embedded phones and tokens."""
    PARTS = "parts"
    """int64, (2,): how many of them are phones, and how many tokens."""
    TOKEN_BIAS = "token_bias"
    """float32, (1, 1, tokens, P): added to the scores of tokens, see `Text2SemanticTensor.BIAS`.
    Phones see all phones."""
    LAST = "last"
    """bool, (): whether this is the last layer. Of that, only keys and values of all positions are
    wanted, and the logits of the last."""
    LARGEST_CODE = "largest_code"
    """float32, (): what the largest magnitude of rows is rounded to: 127, or 63 on processors that
    cut off larger sums of two products."""
    NEXT_ROWS = "next_rows"
    """Output. float32, (P, H * D), (1, H * D) of the last layer."""
    KEYS = "keys"
    """Output. int8, (1, H, P, D): for the cache of the layer."""
    VALUES = "values"
    """Output, as `KEYS`."""
    LOGITS = "logits"
    """Output. float32, (1, V) of the last layer, as in text2semantic, else (0, V)."""

    @staticmethod
    def in_layer(layer: int, name: str) -> str:
        """Name a weight of a layer, or of the output layer, as text2semantic does."""
        return name if name.startswith("head.") else f"blocks.{layer}.{name}"


class LatentTensor:
    """Tensors of the latent graph: text encoder and reverse flow."""

    TOKENS = "tokens"
    """int64, (num_tokens,): semantic tokens of the target, at 25 Hz."""
    PHONES = "phones"
    """int64, (num_phones,): phones of the target, without the prompt's."""
    EMBEDDING = "embedding"
    """float32, (1, E, 1)."""
    NOISE = "noise"
    """float32, (1, Z, F): normal noise already multiplied by the noise scale. Its length sets the
    speed: F = 2 * num_tokens speaks at speed 1, other lengths stretch or squeeze."""
    LATENT = "latent"
    """Output. float32, (1, Z, F)."""


class VocoderTensor:
    """Tensors of the vocoder graph."""

    LATENT = "latent"
    """float32, (1, Z, F)."""
    EMBEDDING = "embedding"
    """float32, (1, E, 1)."""
    AUDIO = "audio"
    """Output. float32, (1, 1, F * hop): samples in [-1, 1]."""


class SpeakerTensor:
    """Tensors of the speaker graph: the reference encoder."""

    SPECTROGRAM = "spectrogram"
    """float32, (1, fft_size // 2 + 1, frames): linear magnitudes, a frame for each latent frame."""
    EMBEDDING = "embedding"
    """Output. float32, (1, E)."""


class BertTensor:
    """Tensors of the BERT graph; n tokens, the marks at both ends counted."""

    INPUT_IDS = "input_ids"
    """int64, (1, n)."""
    FEATURES = "features"
    """Output. float32, (n, width): those of layer 22 of 24."""


class G2pwTensor:
    """Tensors of the g2pW graph, as its authors name them; k characters of one text of n tokens."""

    INPUT_IDS = "input_ids"
    """int64, (1, n)."""
    TOKEN_TYPES = "token_type_ids"
    """int64, (1, n): zeros."""
    ATTENTION_MASK = "attention_mask"
    """int64, (1, n): ones."""
    CHOICES = "phoneme_mask"
    """float32, (k, readings): 1 where the character may have that reading."""
    CHARACTERS = "char_ids"
    """int64, (k,): which characters are asked about."""
    POSITIONS = "position_ids"
    """int64, (k,): where in `input_ids` they stand."""


def num_latent_frames(num_tokens: int, speed: float) -> int:
    """Count the latent frames of a sentence.

    Args:
        num_tokens: Semantic tokens of the sentence.
        speed: 1 keeps the length, 2 halves it.

    Source: upstream `module/models.py`, TextEncoder: exactly 1 takes the path without the one more.
    """
    frames = FRAMES_PER_TOKEN * num_tokens
    return frames if speed == 1 else int(frames / speed) + 1
