"""Makes a language pack: what all voices share that speak Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

import numpy as np
import onnx

from voicepack.export.bert import Bert
from voicepack.export.bert_folder import BertFolder, read_bert
from voicepack.export.bert_graph import bert_computation, bert_examples, bert_graph, bert_spec
from voicepack.export.language_g2pw import read_g2pw, write_g2pw
from voicepack.export.language_graph import graph_entry, open_graph
from voicepack.quantize.bert import PRECISIONS, quantize_bert
from voicepack.quantize.errors import GraphError
from voicepack.quantize.graphs.graph import check_graph, save_graph
from voicepack.quantize.metrics.waveform import snr_db
from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences
from voicepack.runtime.contract import BertTensor, GraphRole, Precision
from voicepack.runtime.language_graphs import refuse_width
from voicepack.runtime.language_manifest import BertEntry, LanguageManifest
from voicepack.runtime.language_pack import (
    LanguagePack,
    replace_language_pack,
    write_language_pack,
)
from voicepack.runtime.manifest import Provenance
from voicepack.runtime.progress import Progress, silent

LANGUAGES = ("zh",)
"""Languages there are packs for: no other has features."""
TOLERANCE = {Precision.FP32: 1e-4, Precision.FP16: 2e-2, Precision.INT8: 0.2}
"""Relative error allowed between graph and module. For INT8 that is 14 dB: a graph with a fault has
none of them left, and how close it really is stands in the manifest."""
STEPS = ("bert", "graph", "g2pw", "verify")
VOCABULARY = "vocab.txt"
MAX_JUDGED = 64
"""Characters of a sentence that features are compared on."""


@dataclass(frozen=True)
class LanguageJob:
    """What a language pack is made of."""

    bert: Path
    """Hugging Face folder of the BERT that voices are trained with."""
    g2pw: Path | None = None
    """`g2pW.onnx` in its folder, for readings by context."""
    precision: Precision = Precision.INT8
    language: str = "zh"


def export_language(
    job: LanguageJob, destination: Path, progress: Progress = silent, overwrite: bool = False
) -> LanguagePack:
    """Compile BERT, and g2pW where it is given, into a language pack.

    Args:
        job: What it is made of.
        destination: The folder to be.
        progress: Hears of every step.
        overwrite: Replace a language pack that is already there; nothing else is ever replaced.

    Raises:
        CheckpointError: BERT or g2pW cannot be used.
        GraphError: A graph does not compute what it should, or the precision is none of these.
        PackError: The destination is taken, or cannot be written; or BERT is of another size.
        TargetError: The engine is missing here.
    """
    if job.precision not in PRECISIONS:
        known = ", ".join(each.value for each in PRECISIONS)
        raise GraphError(f"a language pack in {job.precision.value}: choose one of {known}.")

    def build(folder: Path) -> LanguageManifest:
        return _build(job, folder, progress)

    write = replace_language_pack if overwrite else write_language_pack
    pack = write(destination, build)
    progress(len(STEPS), len(STEPS), "")
    return pack


def _build(job: LanguageJob, folder: Path, progress: Progress) -> LanguageManifest:
    progress(0, len(STEPS), STEPS[0])
    source = read_bert(job.bert)
    refuse_width(job.bert, source.net.sizes.width)
    progress(1, len(STEPS), STEPS[1])
    bert = _write_bert(folder, source, job.precision)
    progress(2, len(STEPS), STEPS[2])
    sources, g2pw = dict(source.sources), None
    if job.g2pw:
        given = read_g2pw(job.g2pw)
        stored = Precision.FP32 if job.precision is Precision.FP32 else Precision.FP16
        g2pw = write_g2pw(folder, given, source.tokenizer, stored)
        sources |= given.sources
    progress(3, len(STEPS), STEPS[3])
    provenance = Provenance(exporter=f"voicepack {version('voicepack')}", sources=sources)
    return LanguageManifest(job.language, bert, provenance, g2pw)


def _write_bert(folder: Path, source: BertFolder, precision: Precision) -> BertEntry:
    sizes = source.net.sizes
    (folder / VOCABULARY).write_text(source.vocabulary, encoding="utf-8", newline="\n")
    path = folder / "bert.onnx"
    model = bert_graph(source.net)
    _save_checked(path, model, source.net, Precision.FP32)
    snr = None
    if precision is not Precision.FP32:
        model = quantize_bert(model, precision)
        _save_checked(path, model, source.net, precision)
        snr = round(features_snr_db(path, source), 2)
    return BertEntry(
        graph=graph_entry(path, GraphRole.BERT, model, precision),
        vocabulary=VOCABULARY,
        identity=source.identity,
        width=sizes.width,
        num_positions=sizes.num_positions,
        snr_db=snr,
    )


def _save_checked(path: Path, model: onnx.ModelProto, net: Bert, precision: Precision) -> None:
    save_graph(model, path)
    spec, reference = bert_spec(net.sizes.width), bert_computation(net)
    check_graph(path, spec, reference, bert_examples(net), TOLERANCE[precision])


def features_snr_db(path: Path, source: BertFolder) -> float:
    """Compare the features of a graph on disk with the module's, on the built-in sentences.

    Returns:
        Signal-to-noise ratio in dB, over all sentences.
    """
    session = open_graph(path)
    reference = bert_computation(source.net)
    longest = min(MAX_JUDGED, source.net.sizes.num_positions - 2)
    exact, found = [], []
    for sentence in built_in_sentences("zh", SentenceUse.CHECK):
        inputs = {BertTensor.INPUT_IDS: source.tokenizer.ids(sentence[:longest])[None]}
        exact.append(reference(inputs)[BertTensor.FEATURES].ravel())
        found.append(session.run(inputs)[BertTensor.FEATURES].ravel())
    return snr_db(np.concatenate(exact), np.concatenate(found))
