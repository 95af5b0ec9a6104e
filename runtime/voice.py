"""A voice that is loaded and speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path

from voicepack.runtime.acoustics import Acoustics
from voicepack.runtime.audio import AudioChunk, append_pause, limit_peak
from voicepack.runtime.contract import GraphRole, LatentTensor
from voicepack.runtime.decoding import TokenGenerator
from voicepack.runtime.embedding import join_phones
from voicepack.runtime.errors import PackError, RunawayError, TextError
from voicepack.runtime.kv_cache import cache_dtype, make_decoder
from voicepack.runtime.manifest import GraphEntry
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import IntArray, Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.sentences import sentences
from voicepack.runtime.text.symbols import SymbolTable, symbol_table
from voicepack.runtime.utterance import Trace, Utterance
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.cores import default_threads
from voicepack.targets.profile import KvCache
from voicepack.targets.session import EngineOptions

_TOKEN_STREAM, _NOISE_STREAM = 0, 1
"""Tell the two random streams of a sentence apart, so that neither depends on the other's draws."""


@dataclass(frozen=True)
class Voice:
    """A voice pack loaded into an engine. One call speaks at a time; others wait for it."""

    pack: VoicePack
    generator: TokenGenerator
    acoustics: Acoustics
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @staticmethod
    def load(path: Path | str, threads: int | None = None, spinning: bool = False) -> Voice:
        """Open a voice pack, verify it, and load its graphs.

        Args:
            path: The pack's folder.
            threads: Threads inside one operator; None takes the cores really available, at most 4.
            spinning: Let idle threads spin. A little faster, but they hold the cores.

        Raises:
            PackError: The pack is missing, damaged or unsafe.
            TargetError: Its engine is missing, too old, or refuses a graph.
        """
        options = EngineOptions(threads or default_threads(), spinning)
        return load_voice(VoicePack.open(Path(path)), options)

    @property
    def sample_rate(self) -> int:
        """Hertz of the audio."""
        return self.pack.manifest.sample_rate

    @property
    def symbols(self) -> SymbolTable:
        """The phones this voice knows."""
        return symbol_table(self.pack.manifest.symbols)

    def default_sampling(self) -> Sampling:
        """Return the sampling options that the pack's maker chose."""
        chosen = self.pack.manifest.sampling
        return Sampling(chosen.top_k, chosen.top_p, chosen.temperature, chosen.repetition_penalty)

    def synthesize(
        self,
        text: str | Phones,
        *,
        language: str | None = None,
        reference: str | None = None,
        speaking: Speaking | None = None,
        trace: Trace | None = None,
    ) -> Iterator[AudioChunk]:
        """Speak, sentence by sentence, each as soon as it is ready.

        Args:
            text: Text, which is cut into sentences; or the phones of one sentence.
            language: Language of the text; None takes that of the reference.
            reference: Name of the reference to speak like; None takes the pack's first.
            speaking: Options; None takes the pack's sampling and the usual rest.
            trace: Receives what happened.

        Raises:
            PackError: The pack has no such reference.
            TextError: The language or a phone is unknown. Text without anything to say yields
                nothing.
            RunawayError: A sentence did not end; those before it were already yielded.
        """
        prompt = self.pack.prompt(reference)
        options = speaking or Speaking(sampling=self.default_sampling())
        pieces = self._pieces(text, language or prompt.language, options)
        return self._speak_all(pieces, prompt, options, trace)

    def utter(
        self,
        phones: Phones,
        prompt: Prompt,
        options: Speaking,
        index: int = 0,
        trace: Trace | None = None,
    ) -> Utterance:
        """Speak one sentence and return everything that was computed.

        Args:
            phones: The sentence's phones.
            prompt: The reference to speak like.
            options: Options; `split` and `pause_s` play no part.
            index: Place of the sentence in its text: it has random streams of its own.
            trace: Receives what happened, even if speech runs away.

        Raises:
            RunawayError: The sentence did not end.
        """
        tokens = self._tokens(phones, prompt, options, index, trace)
        random = RandomStream(options.seed, index, _NOISE_STREAM)
        noise = self.acoustics.noise(len(tokens), options.speed, options.noise_scale, random)
        latent = self.acoustics.latent_of(tokens, phones.ids, prompt.embedding, noise)
        audio = self.acoustics.audio_of(latent, prompt.embedding)
        if trace is not None:
            trace.end_sentence(
                phone_ids=phones.ids,
                prompt_phone_ids=prompt.phones.ids,
                prompt_tokens=prompt.tokens,
                tokens=tokens,
                noise=noise,
                latent=latent,
                audio=audio,
            )
        return Utterance(phones, tokens, noise, latent, audio)

    def _tokens(
        self, phones: Phones, prompt: Prompt, options: Speaking, index: int, trace: Trace | None
    ) -> IntArray:
        """Generate the tokens of a sentence; a runaway is traced before it is raised."""
        try:
            return self.generator.generate(
                join_phones(prompt.phones, phones),
                prompt.tokens,
                options.sampling,
                RandomStream(options.seed, index, _TOKEN_STREAM),
                trace.hear_logits if trace is not None else None,
            )
        except RunawayError as error:
            if trace is not None:
                trace.end_sentence(phone_ids=phones.ids, tokens=error.tokens)
            raise

    def _pieces(
        self, text: str | Phones, language: str, options: Speaking
    ) -> Iterator[tuple[str, Phones]]:
        """Cut what is to be said into sentences: text (empty for phones) and phones."""
        if isinstance(text, Phones):
            yield "", self._checked(text)
            return
        for sentence in sentences(text, language, self.symbols, options.split):
            yield sentence.text, Phones(sentence.ids)

    def _checked(self, phones: Phones) -> Phones:
        num_symbols = len(self.symbols.symbols)
        if not len(phones.ids) or phones.ids.min() < 0 or phones.ids.max() >= num_symbols:
            raise TextError(
                f"phones must be at least one id from 0 to {num_symbols - 1}, found "
                f"{phones.ids.tolist()}."
            )
        return phones

    def _speak_all(
        self,
        pieces: Iterator[tuple[str, Phones]],
        prompt: Prompt,
        options: Speaking,
        trace: Trace | None,
    ) -> Iterator[AudioChunk]:
        for index, (text, phones) in enumerate(pieces):
            with self._lock:
                audio = self.utter(phones, prompt, options, index, trace).audio
            samples = append_pause(limit_peak(audio), self.sample_rate, options.pause_s)
            yield AudioChunk(samples, self.sample_rate, text)


def load_voice(pack: VoicePack, options: EngineOptions) -> Voice:
    """Load the graphs of a verified pack into its engine.

    Raises:
        TargetError: The engine is missing, too old, or refuses a graph.
    """
    engine = engine_of(find_profile(pack.manifest.target))
    roles = (GraphRole.TEXT2SEMANTIC, GraphRole.LATENT, GraphRole.VOCODER)
    files = [pack.path(pack.graph(role).file) for role in roles]
    with ThreadPoolExecutor() as pool:  # engines load outside Python's lock
        sessions = list(pool.map(lambda file: engine.open(file, options), files))
    decoding, latent, vocoder = sessions
    text2semantic = pack.graph(GraphRole.TEXT2SEMANTIC)
    decoder = make_decoder(
        KvCache(text2semantic.kv_cache),
        decoding,
        pack.manifest.text2semantic,
        cache_dtype(text2semantic.inputs),
    )
    acoustics = Acoustics(
        latent=latent,
        vocoder=vocoder,
        latent_channels=_latent_channels(pack.graph(GraphRole.LATENT)),
        context_frames=pack.graph(GraphRole.VOCODER).context_frames,
    )
    return Voice(pack, TokenGenerator(decoder, pack.embeddings()), acoustics)


def _latent_channels(latent: GraphEntry) -> int:
    shapes = {spec.name: spec.shape for spec in latent.inputs}
    channels = shapes.get(LatentTensor.NOISE, ())[1:2]
    if not channels or not isinstance(channels[0], int):
        raise PackError(
            f"{latent.file}: the manifest does not say how many channels `{LatentTensor.NOISE}` "
            "has. Export the voice again."
        )
    return channels[0]
