"""BERT of a language pack at full size, in every precision.

    python -m benchmarks.bert

All graphs are run in turn in one process, with one thread, so that a machine that changes its speed
changes it for all. Times are processor time: what other processes take does not count. The weights
are seeded: sizes and speeds are those of the real net, the loss by rounding is not. Real BERTs have
a few channels with far larger values than the rest, which random ones lack.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from benchmarks.full_size import CACHE
from voicepack.export.bert_folder import BertFolder, read_bert
from voicepack.export.bert_graph import bert_computation, bert_graph
from voicepack.export.language_graph import open_graph
from voicepack.export.seeded_bert import FULL_BERT, write_bert
from voicepack.quantize.bert import PRECISIONS, quantize_bert
from voicepack.quantize.graphs.graph import save_graph, weights_path
from voicepack.quantize.metrics.waveform import snr_db
from voicepack.runtime.contract import BertTensor, Precision
from voicepack.runtime.phones import FloatArray, IntArray
from voicepack.targets.session import Session

LENGTHS = (10, 30, 100)
"""Characters."""
REPETITIONS = 9


@dataclass(frozen=True)
class Contender:
    """BERT on disk, loaded."""

    name: str
    session: Session
    megabytes: float
    load_s: float


def main() -> None:
    """Print a line for each precision and length."""
    source = full_size_bert()
    contenders = [make_contender(source, each) for each in PRECISIONS]
    for length in LENGTHS:
        ids = source.tokenizer.ids(chinese(length))[None]
        exact = bert_computation(source.net)({BertTensor.INPUT_IDS: ids})[BertTensor.FEATURES]
        for each in contenders:
            features, spent_s = fastest(each.session, ids)
            print(
                f"{each.name:<6}{length:>4} characters  {1000 * spent_s:6.1f} ms  "
                f"{snr_db(exact.ravel(), features.ravel()):6.1f} dB  {each.megabytes:7.1f} MB  "
                f"loaded in {each.load_s:.2f} s"
            )


def full_size_bert() -> BertFolder:
    """Return the net; its files are written at the first call."""
    folder = CACHE / "bert"
    if not (folder / "pytorch_model.bin").exists():
        write_bert(folder, FULL_BERT, seed=1)
    return read_bert(folder)


def chinese(length: int) -> str:
    """Draw ideographs that the net knows."""
    random = np.random.default_rng(length)
    return "".join(map(chr, random.integers(0x4E00, 0x9000, size=length)))


def make_contender(source: BertFolder, precision: Precision) -> Contender:
    """Write the graph in a precision, as `voicepack export-language` does, and open it."""
    path = CACHE / "bert-graphs" / f"{precision.value}.onnx"
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        save_graph(quantize_bert(bert_graph(source.net), precision), path)
    start = time.perf_counter()
    session = open_graph(path)
    return Contender(precision.value, session, size(path) / 1e6, time.perf_counter() - start)


def size(path: Path) -> int:
    """Count the bytes of a graph and its weights."""
    return path.stat().st_size + weights_path(path).stat().st_size


def fastest(session: Session, ids: IntArray) -> tuple[FloatArray, float]:
    """Run a text several times; return the features, and the seconds of the fastest run."""
    spent = []
    for _ in range(1 + REPETITIONS):
        start = time.process_time()
        features = session.run({BertTensor.INPUT_IDS: ids})[BertTensor.FEATURES]
        spent.append(time.process_time() - start)
    return features, min(spent[1:])


if __name__ == "__main__":
    main()
