"""The export pipeline: checkpoints and reference clips in, a voice pack out."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import numpy as np

from voicepack.export.checkpoint import Checkpoint, open_gpt, open_sovits
from voicepack.export.config import SovitsConfig
from voicepack.export.generation import Generation, recognise_pair
from voicepack.export.reference_encoder import EncodedReferences, HelperNets, encode_references
from voicepack.export.reference_spec import ReferenceSpec, check_names
from voicepack.export.synthesizer import Synthesizer, build_synthesizer
from voicepack.export.text2semantic import Text2Semantic, build_text2semantic
from voicepack.export.text2semantic_check import host_shape
from voicepack.export.voice_graphs import TOLERANCE, GraphWriter
from voicepack.quantize.errors import GraphError
from voicepack.runtime.contract import SEMANTIC_RATE, Precision
from voicepack.runtime.manifest import GraphEntry, Manifest, Provenance, ReferenceEntry, Rights
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import replace_pack, write_pack, write_prompt
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.text.lexicon import NO_WORDS, Lexicon
from voicepack.runtime.text.lexicon_file import load_lexicon
from voicepack.runtime.text.symbols import symbol_table
from voicepack.targets.catalogue import find_profile
from voicepack.targets.profile import TargetProfile

EMBEDDINGS = "embeddings.npz"
LEXICON = "lexicon.toml"
STEPS = ("checkpoints", "references", "text2semantic", "latent", "vocoder", "speaker", "verify")


@dataclass(frozen=True)
class ExportJob:
    """What the voice maker asks for."""

    gpt: Path
    sovits: Path
    references: tuple[ReferenceSpec, ...]
    """At least one; the first is the default."""
    name: str
    """What the voice is called."""
    hubert: Path | None = None
    """A Hugging Face folder; needed as soon as a reference has text."""
    speaker_encoder: Path | None = None
    """Upstream's ERes2NetV2 checkpoint; needed by Pro voices, not read for others."""
    bert: Path | None = None
    """A Hugging Face folder; gives Chinese references their features."""
    language_pack: Path | None = None
    """The same from a language pack."""
    lexicon: Path | None = None
    """A TOML file of words that are said otherwise than their language would say them."""
    target: str = "cpu"
    precision: Precision = Precision.FP32
    rights: Rights = field(default_factory=Rights)


@dataclass(frozen=True)
class _Voice:
    """The nets of a checked checkpoint pair."""

    generation: Generation
    gpt: Checkpoint
    sovits: Checkpoint
    text2semantic: Text2Semantic
    synthesizer: Synthesizer


def export_voice(
    job: ExportJob, destination: Path, progress: Progress = silent, overwrite: bool = False
) -> VoicePack:
    """Compile a trained voice into a voice pack.

    Args:
        job: Checkpoints, references, target and precision.
        destination: The folder to be.
        progress: Hears of every step.
        overwrite: Replace a voice pack that is already there; nothing else is ever replaced.

    Raises:
        CheckpointError: A checkpoint cannot be used.
        ReferenceClipError: A clip, its text or HuBERT cannot be used.
        TextError: A reference's text cannot be pronounced, or the lexicon is not for this voice.
        TargetError: The target is unknown, or its engine is missing here.
        GraphError: A graph does not compute what its module computes, or the precision is none
            that export writes.
        PackError: The destination is taken, or cannot be written.
    """
    profile = find_profile(job.target)
    check_names(job.references)
    if job.precision not in TOLERANCE:
        raise GraphError(
            f"export writes fp32 or fp16, not {job.precision.value}. Export in fp32, then run "
            "`voicepack quantize`."
        )

    def build(folder: Path) -> Manifest:
        return _Export(job, profile, folder, progress).run()

    write = replace_pack if overwrite else write_pack
    pack = write(destination, build)
    progress(len(STEPS), len(STEPS), "")
    return pack


@dataclass(frozen=True)
class _Export:
    """One run of the pipeline into one folder."""

    job: ExportJob
    profile: TargetProfile
    folder: Path
    progress: Progress

    def run(self) -> Manifest:
        self._report("checkpoints")
        voice = _read_voice(self.job)
        words = self._take_lexicon(voice)
        self._report("references")
        encoded = encode_references(
            self.job.references, voice.sovits, voice.synthesizer, _helpers(self.job), words
        )
        references = tuple(write_prompt(self.folder, prompt) for prompt in encoded.prompts)
        stored = np.float32 if self.job.precision is Precision.FP32 else np.float16
        voice.text2semantic.embedding_tables().save(self.folder / EMBEDDINGS, stored)
        graphs = self._write_graphs(voice)
        self._report("verify")
        manifest = _manifest(self.job, voice, graphs, references, encoded)
        return replace(manifest, lexicon=LEXICON if self.job.lexicon else "")

    def _take_lexicon(self, voice: _Voice) -> Lexicon:
        """Read the user's lexicon, if there is one, and take it over into the pack."""
        if self.job.lexicon is None:
            return NO_WORDS
        words = load_lexicon(self.job.lexicon, symbol_table(voice.generation.symbols))
        shutil.copyfile(self.job.lexicon, self.folder / LEXICON)
        return words

    def _write_graphs(self, voice: _Voice) -> tuple[GraphEntry, ...]:
        writer = GraphWriter(self.folder, self.profile, self.job.precision)
        self._report("text2semantic")
        text2semantic = writer.text2semantic(voice.text2semantic)
        self._report("latent")
        latent = writer.latent(voice.synthesizer)
        self._report("vocoder")
        vocoder = writer.vocoder(voice.synthesizer)
        self._report("speaker")
        return text2semantic, latent, vocoder, *self._write_speaker(writer, voice)

    def _write_speaker(self, writer: GraphWriter, voice: _Voice) -> tuple[GraphEntry, ...]:
        """Write the speaker graph where the pack can be a baseline of quality checks."""
        if self.job.precision is not Precision.FP32:
            return ()
        num_frequencies = SovitsConfig.from_checkpoint(voice.sovits).filter_length // 2 + 1
        return (writer.speaker(voice.synthesizer.style_encoder, num_frequencies),)

    def _report(self, step: str) -> None:
        self.progress(STEPS.index(step), len(STEPS), step)


def _helpers(job: ExportJob) -> HelperNets:
    return HelperNets(job.hubert, job.speaker_encoder, job.bert, job.language_pack)


def _read_voice(job: ExportJob) -> _Voice:
    gpt, sovits = open_gpt(job.gpt), open_sovits(job.sovits)
    generation = recognise_pair(gpt, sovits)
    return _Voice(generation, gpt, sovits, build_text2semantic(gpt), build_synthesizer(sovits))


def _manifest(
    job: ExportJob,
    voice: _Voice,
    graphs: Sequence[GraphEntry],
    references: Sequence[ReferenceEntry],
    encoded: EncodedReferences,
) -> Manifest:
    training = {"gpt": voice.gpt.info, "sovits": voice.sovits.info}
    symbols = symbol_table(voice.generation.symbols)
    return Manifest(
        name=job.name,
        generation=voice.generation.name,
        target=job.target,
        sample_rate=SovitsConfig.from_checkpoint(voice.sovits).sample_rate,
        semantic_rate=SEMANTIC_RATE,
        symbols=symbols.id,
        symbols_sha256=symbols.sha256,
        languages=voice.generation.languages,
        text2semantic=host_shape(voice.text2semantic.sizes),
        embeddings=EMBEDDINGS,
        graphs=tuple(graphs),
        references=tuple(references),
        provenance=Provenance(
            exporter=f"voicepack {version('voicepack')}",
            sources={
                "gpt": voice.gpt.sha256,
                "sovits": voice.sovits.sha256,
                **encoded.nets,
                **encoded.clips,
            },
            training={role: info for role, info in training.items() if info},
        ),
        shared_components=encoded.shared,
        rights=job.rights,
    )
