"""A voice that is loaded and speaks."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from voicepack.runtime.acoustics import Acoustics
from voicepack.runtime.audio import AudioChunk, append_pause, limit_peak, silence
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.decoding import TokenGenerator
from voicepack.runtime.embedding import join_phones
from voicepack.runtime.errors import RunawayError, TextError
from voicepack.runtime.language_support import LanguageSupport
from voicepack.runtime.lazy_session import LazySession
from voicepack.runtime.loading import GraphLoader, acoustics_of, load_generator
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import IntArray, Phones
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.manner import PLAINLY, Manner, Silence
from voicepack.runtime.text.spoken_text import sentences_of_text
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.text.symbols import SymbolTable, symbol_table
from voicepack.runtime.tuning import Tuning, read_tuning
from voicepack.runtime.utterance import Trace, Utterance
from voicepack.runtime.variants import choose_target, compiled_for
from voicepack.targets.catalogue import engine_of
from voicepack.targets.cores import fast_cores
from voicepack.targets.selection import Choice
from voicepack.targets.session import EngineOptions

_TOKEN_STREAM, _NOISE_STREAM = 0, 1
"""Tell the two random streams of a sentence apart, so that neither depends on the other's draws."""


@dataclass(frozen=True)
class Voice:
    """A voice pack loaded into an engine. One call speaks at a time; others wait for it."""

    pack: VoicePack
    """As compiled for the target that was chosen."""
    choice: Choice
    """That target, and why."""
    generator: TokenGenerator
    acoustics: Acoustics
    languages: LanguageSupport
    """What language packs add."""
    lexicon: Lexicon = NO_WORDS
    """Words said otherwise than their language would say them: the pack's, and the user's."""
    later: tuple[LazySession, ...] = ()
    """Graphs that are loaded while the first sentence's tokens are generated."""
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @staticmethod
    def load(
        path: Path | str,
        threads: int | None = None,
        spinning: bool | None = None,
        language_packs: Sequence[Path | str] = (),
        target: str | None = None,
        frugal: bool = False,
    ) -> Voice:
        """Open a voice pack, verify all of it, and load what the first tokens need.

        The other graphs are loaded while the first sentence's tokens are generated; see `prepare`.
        What is not given is taken from the tuning that `voicepack tune` left beside the pack.

        Args:
            path: The pack's folder.
            threads: Threads inside one operator; None takes the tuning's, or the cores really
                available, at most 4.
            spinning: Let idle threads spin. A little faster, but they hold the cores.
            language_packs: Folders of language packs, which are looked at before the usual places.
                They are opened when a sentence first needs them.
            target: Which of the pack's targets to take; None takes the one that fits this machine
                best, and `choice` says why.
            frugal: Give memory back after each run of a graph: a little slower, but less is held
                between two sentences.

        Raises:
            PackError: A pack is missing, damaged or unsafe, or a language pack does not fit.
            TargetError: Its engine is missing, too old, lacks a device, or refuses text2semantic.
        """
        pack = VoicePack.open(Path(path))
        tuning = Tuning(target, threads, spinning).or_else(read_tuning(pack.root))
        options = replace(tuning.engine_options(), frugal=frugal)
        voice = load_voice(pack, options, language_packs, tuning.target)
        return voice.in_pieces(tuning.piece_frames) if tuning.piece_frames else voice

    def in_pieces(self, frames: int) -> Voice:
        """Return this voice with a vocoder that computes so many latent frames at once, at most."""
        return replace(self, acoustics=replace(self.acoustics, piece_frames=frames))

    def prepare(self) -> None:
        """Load what the first sentence would, and return when that is done.

        Raises:
            TargetError: The engine refuses a graph.
        """
        for graph in self.later:
            graph.begin()
        for graph in self.later:
            graph.loaded()

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

    def with_lexicon(self, lexicon: Lexicon) -> Voice:
        """Return this voice with further words, which override those it has. Nothing is loaded."""
        return replace(self, lexicon=self.lexicon.overridden_by(lexicon))

    def synthesize(
        self,
        text: str | Ssml | Phones,
        *,
        language: str | None = None,
        reference: str | None = None,
        speaking: Speaking | None = None,
        trace: Trace | None = None,
    ) -> Iterator[AudioChunk]:
        """Speak, sentence by sentence, each as soon as it is ready.

        Args:
            text: Text, which is cut into sentences; an SSML document; or the phones of one
                sentence.
            language: Language of the text, or of what has no `xml:lang` in SSML; None takes that of
                the reference.
            reference: Name of the reference to speak like; None takes the pack's first.
            speaking: Options; None takes the pack's sampling and the usual rest.
            trace: Receives what happened.

        Raises:
            PackError: The pack has no such reference.
            TextError: The language, a phone or an element is unknown. Text without anything to say
                yields nothing.
            RunawayError: A sentence did not end; those before it were already yielded.
            TargetError: The engine refuses a graph that was not loaded yet.
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
        for graph in self.later:
            graph.begin()
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
        self, text: str | Ssml | Phones, language: str, options: Speaking
    ) -> Iterator[tuple[str, Phones, Manner] | Silence]:
        """Cut what is to be said into sentences: text (empty for phones), phones and manner."""
        if isinstance(text, Phones):
            yield "", self._checked(text), PLAINLY
            return
        cut = sentences_of_text(text, language, self.symbols, options.split, self.lexicon)
        for spoken in self.languages.reading(cut):
            if isinstance(spoken, Silence):
                yield spoken
            else:
                yield spoken.text, self.languages.phones_of(spoken), spoken.manner

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
        pieces: Iterator[tuple[str, Phones, Manner] | Silence],
        prompt: Prompt,
        options: Speaking,
        trace: Trace | None,
    ) -> Iterator[AudioChunk]:
        index = 0
        for piece in pieces:
            if isinstance(piece, Silence):
                yield AudioChunk(silence(self.sample_rate, piece.seconds), self.sample_rate)
                continue
            text, phones, manner = piece
            asked = options.in_manner(manner)
            with self._lock:
                audio = self.utter(phones, prompt, asked, index, trace).audio
            loud = limit_peak(manner.gain * audio)
            yield AudioChunk(
                append_pause(loud, self.sample_rate, asked.pause_s), self.sample_rate, text
            )
            index += 1


def load_voice(
    pack: VoicePack,
    options: EngineOptions,
    language_packs: Sequence[Path | str] = (),
    target: str | None = None,
) -> Voice:
    """Load a verified pack into the engine of one of its targets; see `Voice.load`.

    Raises:
        PackError: One of `language_packs` is none, or does not fit the voice; or the pack was not
            compiled for `target`.
        TargetError: The engine is missing, too old, lacks a device, or refuses text2semantic.
    """
    choice = choose_target(pack, target)
    profile = choice.profile
    pack = compiled_for(pack, profile.name)
    if profile.bind_to_fast_cores:
        options = replace(options, cores=fast_cores())
    loader = GraphLoader(pack, engine_of(profile), options)
    latent, vocoder = (loader.open_later(each) for each in (GraphRole.LATENT, GraphRole.VOCODER))
    generator = load_generator(loader)
    acoustics = acoustics_of(pack, latent, vocoder, profile.vocoder_frames)
    given = [Path(each) for each in language_packs]
    languages = LanguageSupport(pack, loader.engine, options, given)
    return Voice(
        pack, choice, generator, acoustics, languages, pack.lexicon(), later=(latent, vocoder)
    )
