"""Runs a compiled voice. Needs NumPy and one inference engine, never torch."""

from voicepack.runtime.audio import AudioChunk
from voicepack.runtime.errors import EdgeError, PackError, RunawayError, TargetError, TextError
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import Phones
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.lexicon import Lexicon
from voicepack.runtime.text.lexicon_file import load_lexicon
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.utterance import Trace
from voicepack.runtime.voice import Voice

__all__ = [
    "AudioChunk",
    "EdgeError",
    "Lexicon",
    "PackError",
    "Phones",
    "RunawayError",
    "Sampling",
    "Speaking",
    "Ssml",
    "TargetError",
    "TextError",
    "Trace",
    "Voice",
    "VoicePack",
    "load_lexicon",
]
