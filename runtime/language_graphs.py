"""Loads the graphs of a language pack."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from voicepack.runtime.bert import Bert
from voicepack.runtime.bert_tokenizer import BertTokenizer
from voicepack.runtime.embedding_tables import FEATURE_SIZE
from voicepack.runtime.errors import PackError
from voicepack.runtime.language_pack import LanguagePack
from voicepack.runtime.manifest import GraphEntry
from voicepack.targets.session import Engine, EngineOptions, Session

if TYPE_CHECKING:
    from voicepack.runtime.text.chinese.polyphones import Polyphones


def load_bert(pack: LanguagePack, engine: Engine, options: EngineOptions) -> Bert:
    """Load what gives characters their features.

    Raises:
        PackError: Its vocabulary is damaged, or its features are of another size than voices take.
        TargetError: The engine is missing, too old, or refuses the graph.
    """
    entry = pack.manifest.bert
    refuse_width(pack.root, entry.width)
    session = _open(entry.graph, pack, engine, options)
    return Bert(session.run, load_tokenizer(pack), entry.width, entry.num_positions)


def load_g2pw(pack: LanguagePack, engine: Engine, options: EngineOptions) -> Polyphones | None:
    """Load what reads characters by their context; None where the pack has no such thing.

    Raises:
        PackError: Its tables are damaged.
        TargetError: The engine is missing, too old, or refuses the graph.
        TextError: A package it needs is not installed.
    """
    entry = pack.manifest.g2pw
    if entry is None:
        return None
    # Chinese is imported when it is first spoken, like every language.
    from voicepack.runtime.text.chinese.g2pw import G2pw, load_converter
    from voicepack.runtime.text.chinese.g2pw_tables import read_tables

    tables = read_tables(pack.text(entry.tables), str(pack.path(entry.tables)))
    session = _open(entry.graph, pack, engine, options)
    return G2pw(session, load_tokenizer(pack), tables, load_converter())


def check_language_content(pack: LanguagePack) -> None:
    """Check what loading a pack would look at, but its graphs and the tables of g2pW.

    Raises:
        PackError: Its features are of another size than voices take, or a text is not UTF-8.
        TextError: Its vocabulary is none of BERT.
    """
    refuse_width(pack.root, pack.manifest.bert.width)
    load_tokenizer(pack)


def _open(graph: GraphEntry, pack: LanguagePack, engine: Engine, options: EngineOptions) -> Session:
    chosen = replace(options, content=graph.content(pack.manifest.files))
    return engine.open(pack.path(graph.file), chosen)


def load_tokenizer(pack: LanguagePack) -> BertTokenizer:
    """Read the vocabulary, which both graphs share.

    Raises:
        PackError: It is not UTF-8.
        TextError: It is no vocabulary of BERT.
    """
    name = pack.manifest.bert.vocabulary
    return BertTokenizer.read(pack.text(name), str(pack.path(name)))


def refuse_width(source: Path, width: int) -> None:
    """Refuse features that voices cannot take.

    Raises:
        PackError: They are of another size.
    """
    if width != FEATURE_SIZE:
        raise PackError(
            f"{source}: gives {width} features a character, but voices take {FEATURE_SIZE}. Take "
            "the BERT that voices are trained with, chinese-roberta-wwm-ext-large."
        )
