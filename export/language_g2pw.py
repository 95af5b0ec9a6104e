"""Takes g2pW from the folder that GPT-SoVITS downloads into a language pack."""

from __future__ import annotations

import ast
import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import numpy as np
import onnx
from google.protobuf.message import DecodeError  # type: ignore[import-untyped]

from voicepack.export.errors import CheckpointError
from voicepack.export.language_graph import graph_entry, open_graph
from voicepack.quantize.errors import GraphError
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.graphs.graph import relative_error, save_graph
from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.contract import G2pwTensor, GraphRole, Precision
from voicepack.runtime.integrity import record_file
from voicepack.runtime.language_manifest import G2pwEntry
from voicepack.runtime.text.chinese.g2pw import G2pw
from voicepack.runtime.text.chinese.g2pw_tables import G2pwTables, dump_tables
from voicepack.targets.session import Array

GRAPH, TABLES = "g2pw.onnx", "g2pw.json"
"""Files of the language pack."""
POLYPHONIC, MONOPHONIC = "POLYPHONIC_CHARS.txt", "MONOPHONIC_CHARS.txt"
BOPOMOFO = "bopomofo_to_pinyin_wo_tune_dict.json"
CONFIG = "config.py"
ADVICE = "Give the g2pW.onnx in its folder, the G2PWModel that GPT-SoVITS downloads."

UNASKED = tuple("一不和咋嗲剖差攢倒難奔勁拗肖瘙誒泊听噢")
"""Characters that upstream reads without the graph, though it knows them."""
NOT_FIXED = frozenset("似攢")
"""Characters that upstream reads by their words, though the folder gives them one reading."""
TOLERANCE = 1e-4
"""Relative: between characters asked about together, and each with a text of its own."""

Content = TypeVar("Content")


@dataclass(frozen=True)
class G2pwFolder:
    """What was read."""

    graph: Path
    tables: G2pwTables
    sources: dict[str, str]
    """What was read -> sha256 of the file."""


def read_g2pw(graph: Path) -> G2pwFolder:
    """Read the tables that lie beside a g2pW graph. Nothing in the folder is run.

    Args:
        graph: `g2pW.onnx`, with the lists of characters, the table of readings and `config.py`.

    Raises:
        CheckpointError: A file is missing or damaged.
    """
    folder = graph.parent
    polyphonic = _read(folder / POLYPHONIC, _pairs)
    monophonic = _read(folder / MONOPHONIC, _pairs)
    pinyin = _read(folder / BOPOMOFO, _table)
    config = _read(folder / CONFIG, _settings)
    if not graph.is_file():
        raise CheckpointError(f"{graph}: no such file. {ADVICE}")
    files = (graph, *(folder / name for name in (POLYPHONIC, MONOPHONIC, BOPOMOFO, CONFIG)))
    return G2pwFolder(
        graph=graph,
        tables=_tables(polyphonic, dict(monophonic), pinyin, config),
        sources={f"g2pw {path.name}": record_file(path).sha256 for path in files},
    )


def write_g2pw(
    folder: Path, given: G2pwFolder, tokenizer: BertTokenizer, precision: Precision
) -> G2pwEntry:
    """Write graph and tables into a language pack, and see that the graph answers.

    Args:
        folder: Of the pack.
        given: What was read.
        tokenizer: That of the BERT beside it, which has the same vocabulary.
        precision: fp32, or fp16 as storage format.

    Raises:
        CheckpointError: The file is no graph.
        GraphError: The graph has other inputs or readings than the tables.
        TargetError: The engine refuses the graph.
    """
    try:
        model = onnx.load(given.graph)
    except (DecodeError, ValueError, OSError) as error:
        raise CheckpointError(f"{given.graph}: not an ONNX graph ({error}). {ADVICE}") from error
    if precision is Precision.FP16:
        model = store_as_half(model)
    path = folder / GRAPH
    save_graph(model, path)
    _check(path, given, tokenizer)
    (folder / TABLES).write_text(dump_tables(given.tables), encoding="utf-8", newline="\n")
    return G2pwEntry(graph_entry(path, GraphRole.G2PW, model, precision), TABLES)


def _check(path: Path, given: G2pwFolder, tokenizer: BertTokenizer) -> None:
    """Ask about several characters of one text at once, as the runtime does, and one by one."""
    session = open_graph(path)
    asked = list(given.tables.places)[:4]
    net = G2pw(session, tokenizer, given.tables, str)
    together = net.inputs("".join(asked), range(len(asked)))
    declared = {each.name for each in onnx.load(path, load_external_data=False).graph.input}
    if declared != together.keys():
        raise GraphError(
            f"{given.graph}: takes {', '.join(sorted(declared))}, where "
            f"{', '.join(sorted(together))} are expected. {ADVICE}"
        )
    found = next(iter(session.run(together).values()))
    apart = next(iter(session.run(_apart(together, len(asked))).values()))
    if found.shape != (len(asked), len(given.tables.readings)):
        raise GraphError(
            f"{given.graph}: gives probabilities of shape {found.shape}, but the tables beside it "
            f"have {len(given.tables.readings)} readings. {ADVICE}"
        )
    if not relative_error(found, apart) <= TOLERANCE:
        raise GraphError(
            f"{given.graph}: answers otherwise about several characters at once than about each. "
            f"{ADVICE}"
        )


def _apart(inputs: dict[str, Array], count: int) -> dict[str, Array]:
    """Give each character a copy of the text."""
    texts = (G2pwTensor.INPUT_IDS, G2pwTensor.TOKEN_TYPES, G2pwTensor.ATTENTION_MASK)
    return inputs | {name: np.repeat(inputs[name], count, axis=0) for name in texts}


def _tables(
    polyphonic: list[tuple[str, str]],
    monophonic: dict[str, str],
    pinyin: dict[str, str],
    config: dict[str, object],
) -> G2pwTables:
    """Number characters and readings as the graph was trained with them: sorted."""
    if config.get("use_char_phoneme", False):
        labels = sorted({f"{character} {reading}" for character, reading in polyphonic})
        of_label = {label: label.split(" ")[1] for label in labels}
        pairs = [(character, f"{character} {reading}") for character, reading in polyphonic]
    else:
        labels = sorted({reading for _, reading in polyphonic})
        of_label = {label: label for label in labels}
        pairs = polyphonic
    places = {label: place for place, label in enumerate(labels)}
    characters = sorted({character for character, _ in polyphonic})
    choices: dict[str, list[int]] = {character: [] for character in characters}
    if config.get("use_mask", True):
        for character, label in pairs:
            choices[character].append(places[label])
    return G2pwTables(
        readings=tuple(_pinyin(of_label[label], pinyin) for label in labels),
        characters=tuple(characters),
        choices=tuple(tuple(choices[character]) for character in characters),
        unasked=UNASKED,
        fixed={
            character: _pinyin(reading, pinyin)
            for character, reading in monophonic.items()
            if character not in NOT_FIXED
        },
    )


def _pinyin(reading: str, pinyin: dict[str, str]) -> str:
    """Turn bopomofo with the tone as a digit into pinyin; empty where there is none."""
    syllable = pinyin.get(reading[:-1], "")
    return syllable + reading[-1] if syllable else ""


def _read(path: Path, parse: Callable[[str], Content]) -> Content:
    if not path.is_file():
        raise CheckpointError(f"{path}: no such file, but g2pW needs it. {ADVICE}")
    try:
        return parse(path.read_text(encoding="utf-8"))
    except (ValueError, SyntaxError) as error:
        raise CheckpointError(f"{path}: cannot be read ({error}). {ADVICE}") from error


def _pairs(text: str) -> list[tuple[str, str]]:
    """Read lines of a character, a tab and a reading."""
    rows = [line.split("\t") for line in text.strip().split("\n")]
    for number, row in enumerate(rows, start=1):
        if len(row) != 2 or len(row[0]) != 1 or row[1][-1:] not in tuple("12345"):
            raise ValueError(f"line {number} is not a character, a tab and a reading")
    return [(row[0], row[1]) for row in rows]


def _table(text: str) -> dict[str, str]:
    table = json.loads(text)
    if not isinstance(table, dict) or not all(isinstance(each, str) for each in table.values()):
        raise ValueError("not a table of syllables")
    return table


def _settings(text: str) -> dict[str, object]:
    """Read the plain assignments of a Python file, which is not run."""
    settings: dict[str, object] = {}
    for node in ast.parse(text).body:
        match node:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Constant(value=value)):
                settings[name] = value
    return settings
