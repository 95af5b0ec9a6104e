"""Searches the smallest or fastest pack inside a quality budget, and proves it with a check."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from voicepack.quantize.budget import Budget
from voicepack.quantize.calibration.calibration_set import (
    CalibrationSet,
    cached_calibration,
    recording_key,
)
from voicepack.quantize.errors import QualityError
from voicepack.quantize.formats.weight_groups import Format, WeightGroup, overrides_of
from voicepack.quantize.pipeline import (
    QuantizedPack,
    QuantizeJob,
    fit_to_target,
    quantize_pack,
    refuse_quantized,
)
from voicepack.quantize.quality.check import CheckJob, CheckResult, check_pack
from voicepack.quantize.quality.quality_record import record_quality
from voicepack.quantize.quality.speaker_embedding import speaker_graph
from voicepack.quantize.recipe import ConvolutionFormat, Recipe, WeightFormat
from voicepack.quantize.recipe_file import recipe_sha256
from voicepack.quantize.search.measurements import Measurements
from voicepack.quantize.search.mix_search import FoundMix, Objective, find_mix
from voicepack.quantize.search.probe import Mix, Probe
from voicepack.quantize.search.sensitivity import as_sensitivity
from voicepack.quantize.search.sound_probe import SoundProbe
from voicepack.quantize.search.token_probe import TokenProbe
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.progress import Progress, silent

NUM_CALIBRATING, NUM_PROBED = 8, 3
"""Sentences that a search calibrates with, and that it measures mixes on."""
MAX_ATTEMPTS = 4
"""Packs that are checked before a search gives up."""


@dataclass(frozen=True)
class SearchJob:
    """What is searched, and how it is judged."""

    start: QuantizeJob
    """Its recipe says what is not mixed: cache, block size, calibration method, coverage."""
    budget: Budget
    objective: Objective
    texts: tuple[str, ...]
    """Sentences of the final check, in the language of the calibration sentences."""


@dataclass(frozen=True)
class SearchResult:
    """The pack that was found, and the proof."""

    recipe: Recipe
    quantized: QuantizedPack
    checked: CheckResult
    """Its report holds the ranking of all groups, and says whether the budget is kept."""


def search(
    job: SearchJob, destination: Path, progress: Progress = silent, overwrite: bool = False
) -> SearchResult:
    """Find the cheapest mix of formats inside a budget, write its pack and check it.

    Mixes are measured on a few sentences. The check of the finished pack on all of them has the
    last word: where it finds the budget broken, the next better mixes are tried.

    A search that was interrupted goes on where it was: measurements are kept in `start.cache`.

    Args:
        job: Pack, budget and objective.
        destination: The folder to be.
        progress: Hears of every measurement.
        overwrite: Replace a voice pack that is already there.

    Raises:
        QualityError: No mix keeps the budget, the pack is not in full precision, or it lacks what
            the budget asks about.
        EdgeError: As `quantize_pack` and `check_pack`.
    """
    refuse_quantized(job.start.pack)
    _refuse_unmeasurable(job)
    start, _ = fit_to_target(job.start)
    job = replace(job, start=start)
    probes = _probes(job, progress)
    measurements = Measurements(job.start.cache / f"search-{_key(job)}.jsonl")
    found = [find_mix(probe, job.budget, job.objective, measurements, progress) for probe in probes]
    for attempt in range(MAX_ATTEMPTS):
        mixes = [each.mix_after(attempt) for each in found]
        recipe = _recipe(job, probes, mixes)
        quantized = quantize_pack(
            replace(job.start, recipe=recipe), destination, progress, overwrite or attempt > 0
        )
        checked = check_pack(_check_job(job, destination), progress)
        if checked.report.passed:
            break
    checked = _with_ranking(checked, probes, found)
    record_quality(quantized.pack, checked.report)
    return SearchResult(recipe, quantized, checked)


def _refuse_unmeasurable(job: SearchJob) -> None:
    """Refuse a budget that no pack can keep: what cannot be measured counts as over."""
    pack = job.start.pack
    if "speaker_cosine" in job.budget.limits and speaker_graph(pack) is None:
        raise QualityError(
            f"{pack.root}: the budget limits speaker_cosine, but the pack has no speaker graph to "
            "measure it with. Export the voice again, in fp32, or leave the limit out."
        )


def _probes(job: SearchJob, progress: Progress) -> tuple[TokenProbe, SoundProbe]:
    start = job.start
    source = replace(start.source, max_sentences=NUM_CALIBRATING + NUM_PROBED)
    spoken = cached_calibration(start.pack, source, start.cache, progress).sentences
    if len(spoken) <= NUM_PROBED:
        raise QualityError(
            f"{start.pack.root}: could say {len(spoken)} of {len(source.texts)} sentences, but a "
            f"search needs more than {NUM_PROBED}. Give more sentences (--sentences)."
        )
    calibration, probed = CalibrationSet(spoken[:-NUM_PROBED]), spoken[-NUM_PROBED:]
    recipe = _search_start(start.recipe)
    return (
        TokenProbe(start.pack, recipe.text2semantic, calibration, probed),
        SoundProbe(start.pack, recipe, calibration, probed),
    )


def _search_start(recipe: Recipe) -> Recipe:
    """Take from a recipe what is searched, and round block weights on calibration data.

    Without calibration 4 bits lose the voice. Which stages of the vocoder are too narrow for INT8
    is for the search to find out.
    """
    return replace(
        recipe,
        text2semantic=replace(recipe.text2semantic, calibrated=True),
        vocoder=replace(recipe.vocoder, narrowest=0),
    )


def _key(job: SearchJob) -> str:
    """Hash everything that measurements depend on; budget and objective do not matter to them."""
    start = job.start
    parts = (recording_key(start.pack, start.source), recipe_sha256(start.recipe))
    return hashlib.sha256("".join(parts).encode()).hexdigest()[:32]


def _recipe(job: SearchJob, probes: tuple[TokenProbe, SoundProbe], mixes: list[Mix]) -> Recipe:
    """Write the mixes as a recipe."""
    tokens, sound = probes
    base = _search_start(job.start.recipe)
    weights, weight_overrides = _common(tokens.groups, mixes[0])
    latent, latent_overrides = _common(_of(sound, GraphRole.LATENT), mixes[1])
    vocoder, vocoder_overrides = _common(_of(sound, GraphRole.VOCODER), mixes[1])
    return Recipe(
        name=f"{base.name}-{job.objective.value}",
        description=f"Found by a search for the least {job.objective.value} inside a budget.",
        text2semantic=replace(
            base.text2semantic,
            weights=WeightFormat(weights.value),
            overrides={name: WeightFormat(form.value) for name, form in weight_overrides.items()},
        ),
        latent=replace(
            base.latent,
            convolutions=ConvolutionFormat(latent.value),
            overrides=_of_convolutions(latent_overrides),
        ),
        vocoder=replace(
            base.vocoder,
            convolutions=ConvolutionFormat(vocoder.value),
            overrides=_of_convolutions(vocoder_overrides),
        ),
    )


def _common(groups: tuple[WeightGroup, ...], mix: Mix) -> tuple[Format, dict[str, Format]]:
    """Return the format that most groups have, and the overrides for the others."""
    common, _ = Counter(mix[group.name] for group in groups).most_common(1)[0]
    others = {name: form for name, form in mix.items() if form is not common}
    return common, overrides_of(groups, others)


def _of(sound: SoundProbe, role: GraphRole) -> tuple[WeightGroup, ...]:
    return tuple(group for group in sound.groups if group.role is role)


def _of_convolutions(overrides: Mapping[str, Format]) -> dict[str, ConvolutionFormat]:
    return {name: ConvolutionFormat(form.value) for name, form in overrides.items()}


def _check_job(job: SearchJob, destination: Path) -> CheckJob:
    source = job.start.source
    return CheckJob(
        pack=destination,
        baseline=job.start.pack.root,
        texts=job.texts,
        language=source.language,
        budget=job.budget,
        threads=source.threads,
        seed=source.seed,
    )


def _with_ranking(
    checked: CheckResult, probes: tuple[Probe, ...], found: list[FoundMix]
) -> CheckResult:
    rankings = [
        as_sensitivity(each.ranking, probe.loss_metric)
        for probe, each in zip(probes, found, strict=True)
    ]
    sensitivity = tuple(entry for ranking in rankings for entry in ranking)
    return replace(checked, report=replace(checked.report, sensitivity=sensitivity))
