"""The quality check: a pack against its full-precision twin, sentence by sentence.

Both read the same texts with the same tokens, the baseline's, and the same noise; then the pack
speaks on its own. Nothing here judges: the budget in the report does.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from voicepack.quantize.budget import DEFAULT_BUDGET, Budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.metrics.divergence import compare_logits
from voicepack.quantize.metrics.health import inspect_audio
from voicepack.quantize.metrics.speaker import cosine
from voicepack.quantize.quality.aligned_audio import compare_audio, speak_again
from voicepack.quantize.quality.comparability import refuse_other_voice
from voicepack.quantize.quality.cost import measure_costs
from voicepack.quantize.quality.free_run import FreeRun, compare_runs, run_free
from voicepack.quantize.quality.speaker_embedding import SpeakerEncoder, open_speaker_encoder
from voicepack.quantize.quality.teacher_forcing import teacher_forced_logits
from voicepack.quantize.reports.recording import Recording
from voicepack.quantize.reports.report import Report, SentenceQuality
from voicepack.runtime.errors import RunawayError
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.runtime.progress import Progress, silent
from voicepack.runtime.prompt import Prompt
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.sentences import Sentence, uncut_sentence
from voicepack.runtime.utterance import Trace, Utterance
from voicepack.runtime.variants import one_target
from voicepack.runtime.voice import Voice, load_voice
from voicepack.targets.cores import default_threads
from voicepack.targets.session import EngineOptions

NO_SPEAKER_GRAPH = (
    "The speaker cosine was not measured, for the baseline has no speaker graph. "
    "Export the baseline again, in fp32."
)


@dataclass(frozen=True)
class CheckJob:
    """What is to be checked, and how."""

    pack: Path
    baseline: Path
    texts: tuple[str, ...]
    """Spoken as one sentence each."""
    language: str
    """Of the texts."""
    budget: Budget = DEFAULT_BUDGET
    threads: int | None = None
    """As for `Voice.load`."""
    target: str | None = None
    """Which target of the pack; None takes the one that fits this machine."""
    seed: int = 0
    """Of the tokens and of the noise."""

    @property
    def num_threads(self) -> int:
        """Threads inside one operator."""
        return self.threads or default_threads()


@dataclass(frozen=True)
class CheckResult:
    """What a check found."""

    pack: VoicePack
    baseline: VoicePack
    report: Report
    recordings: tuple[Recording, ...]
    """One for each sentence of the report."""


def check_pack(job: CheckJob, progress: Progress = silent) -> CheckResult:
    """Compare a pack with its full-precision baseline: quality first, then cost.

    Args:
        job: Packs, texts and budget.
        progress: Hears of every sentence.

    Raises:
        PackError: A pack is missing, damaged or unsafe.
        QualityError: The packs are not the same voice, make outputs that cannot be compared, or
            cannot be measured; or the baseline can say none of the texts.
        TargetError: An engine is missing, or failed.
        TextError: The language is not known.
    """
    num_steps = len(job.texts) + 1

    def count_one_more(done: int, total: int, doing: str) -> None:
        progress(done, num_steps, doing or "cost")

    result = compare_quality(job, count_one_more)
    costs = measure_costs(result.pack, result.baseline, job.num_threads)
    progress(num_steps, num_steps, "")
    return replace(result, report=replace(result.report, pack_values=costs))


def compare_quality(job: CheckJob, progress: Progress = silent) -> CheckResult:
    """Compare what a pack says with what its baseline says; time and memory are left aside.

    Args:
        job: Packs, texts and budget.
        progress: Hears of every sentence.

    Raises:
        EdgeError: As `check_pack`.
    """
    pack = one_target(VoicePack.open(job.pack), job.target)
    baseline = one_target(VoicePack.open(job.baseline))
    refuse_other_voice(pack, baseline)
    pair = _Pair.load(pack, baseline, EngineOptions(job.num_threads), job.seed)
    found: list[tuple[SentenceQuality, Recording]] = []
    notes = [] if pair.speaker else [NO_SPEAKER_GRAPH]
    for index, text in enumerate(job.texts):
        progress(index, len(job.texts), text)
        sentence = uncut_sentence(text, job.language, pair.baseline.symbols)
        try:
            found.append(pair.compare(sentence, index))
        except RunawayError as error:
            notes.append(f'"{text}" was left out, for the baseline could not say it: {error}')
    if not found:
        raise QualityError(f"{job.baseline}: it could say none of the sentences. {notes[-1]}")
    progress(len(job.texts), len(job.texts), "")
    qualities, recordings = zip(*found, strict=True)
    report = Report(_name(pack), _name(baseline), job.budget, qualities, {}, tuple(notes))
    return CheckResult(pack, baseline, report, recordings)


@dataclass(frozen=True)
class _Pair:
    """Both packs, loaded."""

    candidate: Voice
    baseline: Voice
    prompt: Prompt
    """The candidate's default reference."""
    reference: Prompt
    """The baseline's."""
    options: Speaking
    speaker: SpeakerEncoder | None

    @classmethod
    def load(cls, pack: VoicePack, baseline: VoicePack, options: EngineOptions, seed: int) -> _Pair:
        candidate, full = load_voice(pack, options), load_voice(baseline, options)
        return cls(
            candidate=candidate,
            baseline=full,
            prompt=pack.prompt(),
            reference=baseline.prompt(),
            options=Speaking(full.default_sampling(), seed),
            speaker=open_speaker_encoder(baseline, options),
        )

    def compare(self, sentence: Sentence, index: int) -> tuple[SentenceQuality, Recording]:
        """Say a sentence with both packs.

        Raises:
            RunawayError: The baseline did not come to an end.
        """
        phones = self.baseline.languages.phones_of(sentence)
        trace = Trace()
        spoken = self.baseline.utter(phones, self.reference, self.options, index, trace)
        divergence = self._divergence(spoken, trace.arrays["logits"])
        audio = speak_again(self.candidate, spoken, self.prompt)
        run = run_free(self.candidate, phones, self.prompt, self.options, index)
        rate = self.baseline.sample_rate
        values = {
            **divergence,
            **compare_audio(spoken.audio, audio, rate),
            **self._likeness(spoken.audio, audio),
            **compare_runs(spoken, run, rate),
            **_health(audio, run, rate),
        }
        recording = Recording(sentence.text, rate, spoken.audio, audio, run.audio)
        return SentenceQuality(sentence.text, values), recording

    def _divergence(self, spoken: Utterance, expected: FloatArray) -> dict[str, float]:
        found = teacher_forced_logits(self.candidate, spoken.phones, self.prompt, spoken.tokens)
        if found.shape != expected.shape:
            raise QualityError(
                f"{self.candidate.pack.root}: text2semantic returns {found.shape[1]} logits, but "
                f"the baseline {expected.shape[1]}. Export and quantize the voice again."
            )
        divergence = compare_logits(expected, found)
        return {
            "kl_mean": divergence.mean_kl,
            "kl_worst": divergence.worst_kl,
            "top1_agreement": divergence.top1_agreement,
            "top_k_overlap": divergence.top_k_overlap,
        }

    def _likeness(self, reference: FloatArray, candidate: FloatArray) -> dict[str, float]:
        if self.speaker is None:
            return {}
        ours, theirs = (self.speaker.embedding(audio) for audio in (reference, candidate))
        return {"speaker_cosine": cosine(ours, theirs)}


def _health(audio: FloatArray, run: FreeRun, sample_rate: int) -> dict[str, float]:
    """Take the worse of both of the pack's recordings."""
    recordings = [audio] if run.audio is None else [audio, run.audio]
    heard = [inspect_audio(recording, sample_rate) for recording in recordings]
    return {
        "non_finite": max(each.non_finite for each in heard),
        "longest_silence_s": max(each.longest_silence_s for each in heard),
        "clipped_fraction": max(each.clipped_fraction for each in heard),
        "dc_offset": max(each.dc_offset for each in heard),
    }


def _name(pack: VoicePack) -> str:
    """Call a pack as its folder, for its manifest only says whose voice it is."""
    return pack.root.resolve().name.removesuffix(".voicepack")
