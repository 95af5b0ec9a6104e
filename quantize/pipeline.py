"""The quantization pipeline: a full-precision voice pack and a recipe in, a smaller pack out."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from importlib.metadata import version
from pathlib import Path, PurePosixPath

import numpy as np
import onnx

from voicepack.quantize.calibration.calibration_set import (
    CalibrationSet,
    CalibrationSource,
    cached_calibration,
)
from voicepack.quantize.errors import QualityError
from voicepack.quantize.formats.graph_fidelity import fidelity_error
from voicepack.quantize.formats.weight_groups import (
    Weight,
    find_weights,
    precision_of,
    refuse_unused_patterns,
)
from voicepack.quantize.graphs.graph import (
    load_graph,
    save_graph,
    save_without_weights,
    tensor_spec,
    weights_path,
)
from voicepack.quantize.graphs.single_positions import for_single_positions
from voicepack.quantize.graphs.start_layer import start_layer
from voicepack.quantize.latent import quantize_latent
from voicepack.quantize.narrow_nets import fit_to_width
from voicepack.quantize.recipe import (
    CacheFormat,
    ConvolutionFormat,
    ConvolutionRecipe,
    MatmulRecipe,
    Recipe,
)
from voicepack.quantize.recipe_file import recipe_sha256
from voicepack.quantize.target_limits import fit_to_profile
from voicepack.quantize.text2semantic import quantize_text2semantic
from voicepack.quantize.vocoder import quantize_vocoder
from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.manifest import (
    LAYERED_START,
    GraphEntry,
    Manifest,
    Provenance,
    Text2SemanticShape,
)
from voicepack.runtime.manifest_json import MANIFEST_NAME
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import replace_pack, write_pack
from voicepack.runtime.progress import Progress, silent
from voicepack.targets.catalogue import find_profile

ROLES = (GraphRole.TEXT2SEMANTIC, GraphRole.LATENT, GraphRole.VOCODER)
"""The graphs that speak. The speaker graph only serves checks, which ask the baseline for it."""
Weights = Mapping[GraphRole, list[Weight]]


@dataclass(frozen=True)
class QuantizeJob:
    """What is to be quantized, and how."""

    pack: VoicePack
    """In full precision."""
    recipe: Recipe
    source: CalibrationSource
    cache: Path
    """Folder that keeps calibration data for the next time."""


@dataclass(frozen=True)
class QuantizedGraph:
    """What became of one graph."""

    entry: GraphEntry
    start: GraphEntry | None
    """Text2semantic only: what starts sentences, where that is a graph of its own."""
    full_bytes: int
    """Of the graph and its weights before."""
    num_bytes: int
    """And now."""
    error: float
    """Relative, on one sentence; see `graph.relative_error`."""


@dataclass(frozen=True)
class QuantizedPack:
    """The new pack, and what became of each graph."""

    pack: VoicePack
    graphs: tuple[QuantizedGraph, ...]
    notes: tuple[str, ...]
    """What was done otherwise than the recipe says. A sentence each."""


def quantize_pack(
    job: QuantizeJob, destination: Path, progress: Progress = silent, overwrite: bool = False
) -> QuantizedPack:
    """Quantize a voice pack by a recipe.

    Args:
        job: Pack, recipe and calibration.
        destination: The folder to be.
        progress: Hears of every calibration sentence and every graph.
        overwrite: Replace a voice pack that is already there; nothing else is ever replaced.

    Raises:
        QualityError: The pack is not in full precision, can say no calibration sentence, or a
            quantized graph computes something else.
        RecipeError: The recipe does not fit the pack.
        PackError: The destination is taken, or cannot be written.
        TargetError: An engine is missing, or refuses a graph.
        TextError: The language of the calibration sentences is not known.
    """
    refuse_quantized(job.pack)
    job, notes = fit_to_target(job)
    weights = {role: _weights(job.pack, role) for role in ROLES}
    for role in ROLES:
        refuse_unused_patterns(recipe_of(job.recipe, role), weights[role], role)
    source = _just_enough(job)
    num_sentences = min(source.max_sentences, len(source.texts))
    num_steps = num_sentences + len(ROLES)

    def record_step(done: int, total: int, doing: str) -> None:
        if doing:
            progress(done, num_steps, doing)

    calibration = cached_calibration(job.pack, source, job.cache, record_step)
    graphs: list[QuantizedGraph] = []

    def build(folder: Path) -> Manifest:
        for step, role in enumerate(ROLES, num_sentences):
            progress(step, num_steps, role.value)
            graphs.append(_quantize_graph(job, role, weights[role], calibration, folder))
        _copy_voice(job.pack, folder)
        entries = (each for graph in graphs for each in (graph.entry, graph.start))
        return _manifest(job, tuple(each for each in entries if each is not None))

    write = replace_pack if overwrite else write_pack
    pack = write(destination, build)
    progress(num_steps, num_steps, "")
    return QuantizedPack(pack, tuple(graphs), notes)


def refuse_quantized(pack: VoicePack) -> None:
    """Refuse a pack that has lost something already, or has several targets.

    Raises:
        QualityError: A graph is not fp32, or there is more than one target.
    """
    if pack.manifest.variants:
        raise QualityError(
            f"{pack.root}: compiled for {', '.join(pack.manifest.targets)}, but a budget is kept "
            "for one target at a time. Quantize a pack of each target, then join them with "
            "`voicepack combine`."
        )
    lossy = [graph for graph in pack.manifest.graphs if graph.precision is not Precision.FP32]
    if lossy:
        found = ", ".join(f"{graph.role.value} in {graph.precision.value}" for graph in lossy)
        raise QualityError(
            f"{pack.root}: has {found}, but only a full-precision pack can be quantized. Give the "
            "pack it was made from, or export the voice with --precision fp32."
        )


def fit_to_target(job: QuantizeJob) -> tuple[QuantizeJob, tuple[str, ...]]:
    """Fit the recipe to the target and the size of the voice; a sentence tells of each change."""
    profile = find_profile(job.pack.manifest.target)
    shape = job.pack.manifest.text2semantic
    text2semantic, notes = fit_to_profile(job.recipe.text2semantic, profile)
    text2semantic, more = fit_to_width(text2semantic, shape.num_heads * shape.head_size)
    return replace(job, recipe=replace(job.recipe, text2semantic=text2semantic)), notes + more


def needs_calibration(recipe: Recipe) -> bool:
    """Say whether a recipe looks at what the voice computes, or at its weights alone."""
    text2semantic = recipe.text2semantic
    if text2semantic.calibrated or text2semantic.kv_cache is CacheFormat.INT8:
        return True
    return any(
        ConvolutionFormat.INT8 in (net.convolutions, *net.overrides.values())
        for net in (recipe.latent, recipe.vocoder)
    )


def recipe_of(recipe: Recipe, role: GraphRole) -> MatmulRecipe | ConvolutionRecipe:
    """Pick the part of a recipe that is about one graph."""
    part: MatmulRecipe | ConvolutionRecipe = getattr(recipe, role.value)
    return part


def _just_enough(job: QuantizeJob) -> CalibrationSource:
    """One sentence is needed in any case, to compare the graphs on."""
    return job.source if needs_calibration(job.recipe) else replace(job.source, max_sentences=1)


def _weights(pack: VoicePack, role: GraphRole) -> list[Weight]:
    structure = onnx.load(pack.path(pack.graph(role).file), load_external_data=False)
    return find_weights(structure, role)


def _quantize_graph(
    job: QuantizeJob,
    role: GraphRole,
    weights: list[Weight],
    calibration: CalibrationSet,
    folder: Path,
) -> QuantizedGraph:
    full = job.pack.graph(role)
    model = quantize_model(load_graph(job.pack.path(full.file)), role, job.recipe, calibration)
    (folder / full.file).parent.mkdir(parents=True, exist_ok=True)
    entry = replace(
        full,
        weights=weights_path(Path(full.file)).as_posix(),  # another target may have had the same
        precision=precision_of(recipe_of(job.recipe, role), weights),
    )
    start = None
    if role is GraphRole.TEXT2SEMANTIC and job.recipe.text2semantic.starts_in_layers:
        model = for_single_positions(model)
        start = _save_start(model, job.pack.manifest.text2semantic, entry, folder)
    save_graph(model, folder / entry.file)
    entry = _described(entry, model)
    graphs = [entry] if start is None else [entry, start]
    return QuantizedGraph(
        entry=entry,
        start=start,
        full_bytes=_size(job.pack.root, [full]),
        num_bytes=_size(folder, graphs),
        error=fidelity_error(
            job.pack.manifest, graphs, folder, full, job.pack.root, calibration.sentences[-1]
        ),
    )


def _save_start(
    later: onnx.ModelProto, shape: Text2SemanticShape, entry: GraphEntry, folder: Path
) -> GraphEntry:
    """Write the graph that starts sentences beside text2semantic, whose weights it is handed."""
    model = start_layer(later, shape)
    file = PurePosixPath(entry.file).with_name(f"{GraphRole.TEXT2SEMANTIC_START.value}.onnx")
    save_without_weights(model, folder / file)
    start = replace(entry, role=GraphRole.TEXT2SEMANTIC_START, file=str(file), kv_cache="")
    return _described(start, model)


def _described(entry: GraphEntry, model: onnx.ModelProto) -> GraphEntry:
    """Say what a graph takes and returns."""
    return replace(
        entry,
        opset=next(each.version for each in model.opset_import if not each.domain),
        inputs=tuple(tensor_spec(value) for value in model.graph.input),
        outputs=tuple(tensor_spec(value) for value in model.graph.output),
    )


def quantize_model(
    model: onnx.ModelProto, role: GraphRole, recipe: Recipe, calibration: CalibrationSet
) -> onnx.ModelProto:
    """Quantize one graph of a pack.

    Args:
        model: In full precision; stays as it is.
        role: Which graph it is.
        recipe: Of the whole pack.
        calibration: What the pack computed.

    Raises:
        RecipeError: The recipe does not fit the graph.
    """
    if role is GraphRole.TEXT2SEMANTIC:
        sequences = calibration.text2semantic_sequences()
        return quantize_text2semantic(model, recipe.text2semantic, sequences)
    if role is GraphRole.LATENT:
        return quantize_latent(model, recipe.latent, calibration.latent_inputs())
    return quantize_vocoder(model, recipe.vocoder, calibration.vocoder_inputs())


def _size(folder: Path, graphs: Sequence[GraphEntry]) -> int:
    files = {file for graph in graphs for file in (graph.file, graph.weights)}
    return sum((folder / file).stat().st_size for file in files)


def _copy_voice(pack: VoicePack, folder: Path) -> None:
    """Take over what is no graph, as it is, but the tables, which get half precision."""
    taken = [reference.file for reference in pack.manifest.references]
    if pack.manifest.lexicon:
        taken.append(pack.manifest.lexicon)
    for name in taken:
        copy = folder / name
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(pack.path(name), copy)
    pack.embeddings().save(folder / pack.manifest.embeddings, np.float16)


def _manifest(job: QuantizeJob, graphs: tuple[GraphEntry, ...]) -> Manifest:
    full = job.pack.manifest
    hashes = {
        "baseline": hashlib.sha256((job.pack.root / MANIFEST_NAME).read_bytes()).hexdigest(),
        f"recipe {job.recipe.name}": recipe_sha256(job.recipe),
    }
    roles = {graph.role for graph in graphs}
    return replace(
        full,
        graphs=graphs,
        required_features=(LAYERED_START,) if GraphRole.TEXT2SEMANTIC_START in roles else (),
        provenance=Provenance(
            exporter=f"voicepack {version('voicepack')}",
            sources={**full.provenance.sources, **hashes},
            training=full.provenance.training,
        ),
        quality=None,
    )
