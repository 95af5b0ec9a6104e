"""`manifest.json`: the round trip, and every kind of fault."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from string import ascii_lowercase

import pytest
from hypothesis import given
from hypothesis import strategies as st

from voicepack.runtime.contract import GraphRole, Precision
from voicepack.runtime.errors import PackError
from voicepack.runtime.manifest import (
    FileRecord,
    GraphEntry,
    Manifest,
    Marking,
    Provenance,
    ReferenceEntry,
    Rights,
    SamplingDefaults,
    TensorSpec,
    Text2SemanticShape,
)
from voicepack.runtime.manifest_json import dump, parse
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.text.symbols import symbol_table

Edit = Callable[[str, object], None]

TEXT = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
NAME = st.text(ascii_lowercase, min_size=1, max_size=6)
SHA256 = st.text("0123456789abcdef", min_size=64, max_size=64)
COUNT = st.integers(2, 900)
FRACTION = st.floats(0.01, 1.0)
SHAPE = st.lists(st.one_of(st.integers(0, 2**40), NAME), max_size=4).map(tuple)
TENSORS = st.lists(st.builds(TensorSpec, NAME, NAME, SHAPE), max_size=2).map(tuple)
GRAPH = st.builds(
    GraphEntry,
    role=st.sampled_from(GraphRole),
    file=st.just("a.onnx"),
    weights=st.just("a.data"),
    precision=st.sampled_from(Precision),
    opset=COUNT,
    engine=TEXT,
    minimum_engine=TEXT,
    inputs=TENSORS,
    outputs=TENSORS,
    kv_cache=TEXT,
)
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | TEXT
    | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXT, inner, max_size=2),
    max_leaves=4,
)
MANIFEST = st.builds(
    Manifest,
    name=TEXT,
    generation=TEXT,
    target=TEXT,
    sample_rate=st.integers(8000, 192000),
    semantic_rate=COUNT,
    symbols=st.just("v2"),
    symbols_sha256=st.just(symbol_table("v2").sha256),
    languages=st.lists(NAME, max_size=3).map(tuple),
    text2semantic=st.builds(Text2SemanticShape, COUNT, COUNT, COUNT, COUNT),
    embeddings=st.just("a.data"),
    graphs=st.lists(GRAPH, max_size=2, unique_by=lambda graph: graph.role).map(tuple),
    references=st.lists(
        st.builds(ReferenceEntry, TEXT, NAME, TEXT, st.just("a.data")),
        min_size=1,
        max_size=3,
        unique_by=lambda reference: reference.name,
    ).map(tuple),
    provenance=st.builds(
        Provenance, TEXT, st.dictionaries(NAME, SHA256), st.dictionaries(NAME, TEXT)
    ),
    files=st.fixed_dictionaries(
        {
            path: st.builds(FileRecord, SHA256, st.integers(0, 2**34))
            for path in ("a.onnx", "a.data", "b/声.npz")
        }
    ),
    shared_components=st.dictionaries(NAME, SHA256, max_size=2),
    sampling=st.builds(SamplingDefaults, COUNT, FRACTION, FRACTION, FRACTION),
    quality=st.none() | st.dictionaries(TEXT, JSON, max_size=2),
    rights=st.builds(Rights, TEXT, TEXT, TEXT),
    marking=st.builds(Marking, st.booleans()),
)


@given(MANIFEST)
def test_a_manifest_survives_the_round_trip_through_json(manifest: Manifest) -> None:
    assert parse(dump(manifest), "here") == manifest


@given(MANIFEST)
def test_equal_manifests_give_equal_text(manifest: Manifest) -> None:
    reordered = replace(manifest, files=dict(reversed(manifest.files.items())))
    assert dump(reordered) == dump(manifest)


def test_the_text_starts_with_the_format_and_ends_with_a_newline(pack: VoicePack) -> None:
    text = dump(pack.manifest)
    assert text.startswith('{\n  "format": 1,\n')
    assert text.endswith("}\n")


def test_a_number_json_cannot_express_is_refused_when_writing(pack: VoicePack) -> None:
    manifest = replace(pack.manifest, quality={"snr_db": float("inf")})
    with pytest.raises(PackError, match="not finite"):
        dump(manifest)


def test_unknown_fields_are_ignored(pack: VoicePack) -> None:
    document = json.loads(dump(pack.manifest))
    document["colour"] = "red"
    document["graphs"][0]["note"] = None
    assert parse(json.dumps(document), "here") == pack.manifest


def test_fields_with_a_default_may_be_absent(pack: VoicePack) -> None:
    document = json.loads(dump(pack.manifest))
    del document["sampling"], document["rights"]["consent"]
    assert parse(json.dumps(document), "here") == pack.manifest


def test_a_newer_format_is_refused_with_the_way_out(pack: VoicePack) -> None:
    text = json.dumps({"format": 2, "everything": "else may have changed"})
    with pytest.raises(PackError, match=r"here: pack format 2.*reads up to 1. Upgrade voicepack"):
        parse(text, "here")


def test_an_unknown_required_feature_is_refused_by_name(pack: VoicePack) -> None:
    text = json.dumps({"format": 1, "required_features": ["telepathy"]})
    with pytest.raises(PackError, match=r"'telepathy', which this runtime does not have"):
        parse(text, "here")


def test_all_faults_are_named_in_one_message(pack: VoicePack) -> None:
    document = json.loads(dump(pack.manifest))
    document["sample_rate"] = "32000"
    document["graphs"][1]["role"] = "bass"
    document["graphs"][2]["inputs"][0]["shape"] = [1, 2.5]
    del document["provenance"]["exporter"]
    with pytest.raises(PackError) as caught:
        parse(json.dumps(document), "here")
    assert str(caught.value).splitlines()[1:] == [
        "  sample_rate: expected a whole number, found '32000'",
        "  graphs[1].role: expected one of text2semantic, text2semantic-start, latent, "
        "vocoder, speaker, bert, g2pw, found 'bass'",
        "  graphs[2].inputs[0].shape[1]: expected a whole number, found 2.5; "
        "or graphs[2].inputs[0].shape[1]: expected text, found 2.5",
        "  provenance.exporter: missing",
    ]


@pytest.mark.parametrize(
    ("place", "value", "message"),
    [
        ("name", None, "name: expected text, found None"),
        ("sample_rate", True, "sample_rate: expected a whole number"),
        ("sample_rate", 0, "sample_rate: 0 is outside 8000 to 192000"),
        ("sample_rate", 10**30, "sample_rate: expected a whole number"),
        ("symbols", "v9", "symbols: 'v9' is none of v1, v2"),
        ("symbols_sha256", "F" * 64, "symbols_sha256: the table v2 of this runtime has another"),
        ("languages", "en", "languages: expected a list"),
        ("files", [], "files: expected an object"),
        ("quality", 3, "quality: expected an object"),
        ("marking/metadata", 1, "marking.metadata: expected true or false"),
        ("text2semantic/vocabulary", 1, "text2semantic.vocabulary: 1 is outside"),
        ("sampling/top_p", 0, "sampling.top_p: 0.0 is outside"),
        ("sampling/temperature", -1, "sampling.temperature: -1.0 is outside"),
        ("graphs/0/file", "x.onnx", r"graphs\[0\].file: 'x.onnx' is not listed in files"),
        ("graphs/1/role", "text2semantic", "graphs: 'text2semantic' occurs more than once"),
        ("references/1/name", "default", "references: 'default' occurs more than once"),
        ("references", [], "references: a voice needs at least one"),
        ("embeddings", "manifest.json", "embeddings: 'manifest.json' is not listed"),
        ("files/vocoder.data/size", -1, r"files\['vocoder.data'\].size: -1 is outside"),
        ("files/vocoder.data/sha256", "00", r"files\['vocoder.data'\].sha256: expected 64"),
        ("files/VOCODER.data", {"sha256": "0" * 64, "size": 1}, "same as another path"),
        ("files/Manifest.json", {"sha256": "0" * 64, "size": 1}, "same as another path"),
    ],
)
def test_a_wrong_field_is_named(
    pack: VoicePack, edit: Edit, place: str, value: object, message: str
) -> None:
    edit(place, value)
    with pytest.raises(PackError, match=message):
        parse((pack.root / "manifest.json").read_text("utf-8"), "here")


@pytest.mark.parametrize(
    "path",
    ["../a", "/a", "a/../b", "a//b", "./a", "C:/a", "a\\b", "a\0b", "", "a/", "nul.txt", "a."],
)
def test_a_path_that_is_not_safe_everywhere_is_refused(pack: VoicePack, path: str) -> None:
    files = pack.manifest.files | {path: FileRecord("0" * 64, 1)}
    with pytest.raises(PackError, match="files: "):
        parse(dump(replace(pack.manifest, files=files)), "here")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[1]",
        "{",
        '{"format": "1"}',
        '{"format": true}',
        '{"format": 1, "format": 1}',
        '{"format": 1, "name": NaN}',
        '{"format": 1, "name": "\\ud800"}',
        '{"format": 1' + "0" * 5000 + "}",
        "[" * 100_000,
    ],
)
def test_what_is_no_manifest_is_refused_as_such(text: str) -> None:
    with pytest.raises(PackError, match=r"here: not a manifest"):
        parse(text, "here")


def test_a_long_list_of_faults_is_cut(pack: VoicePack) -> None:
    files = {f"{i}:": FileRecord("0" * 64, 1) for i in range(30)} | pack.manifest.files
    with pytest.raises(PackError, match="and 10 more"):
        parse(dump(replace(pack.manifest, files=files)), "here")
