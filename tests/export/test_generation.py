"""The generation of a voice is told by what its checkpoints hold."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from voicepack.export.checkpoint import Checkpoint, open_gpt, open_sovits
from voicepack.export.errors import CheckpointError
from voicepack.export.generation import GENERATIONS, gpt_symbols, recognise, recognise_pair

pytestmark = pytest.mark.torch

SYMBOLS = "enc_p.text_embedding.weight"
UPSAMPLE = "dec.ups.0.weight_v"
SPEAKER = "sv_emb.weight"
FLOW = "cfm.estimator.proj_in.weight"
LORA = "cfm.base_model.model.estimator.transformer_blocks.0.attn.to_q.lora_A.default.weight"


def checkpoint(
    shapes: Mapping[str, tuple[int, ...]],
    header: bytes = b"PK",
    config: dict[str, Any] | None = None,
) -> Checkpoint:
    weights = {name: torch.zeros(shape) for name, shape in shapes.items()}
    return Checkpoint(Path("voice.pth"), weights, config or {}, "", "", header)


def gpt(num_phones: int) -> Checkpoint:
    return checkpoint({"model.ar_text_embedding.word_embeddings.weight": (num_phones, 2)})


V1 = {SYMBOLS: (322, 2), UPSAMPLE: (4, 2, 16)}
V2 = {SYMBOLS: (732, 2), UPSAMPLE: (4, 2, 16)}
PRO = {**V2, SPEAKER: (2, 2)}
PLUS = {SYMBOLS: (732, 2), UPSAMPLE: (4, 2, 20), SPEAKER: (2, 2)}
FLOW_MATCHING = {SYMBOLS: (732, 2), FLOW: (2, 2)}
LOW_RANK = {LORA: (2, 2)}


@pytest.mark.parametrize(
    ("name", "found"),
    [
        ("v1", checkpoint(V1)),
        ("v2", checkpoint(V2)),
        ("v2Pro", checkpoint(PRO)),
        ("v2Pro", checkpoint(PRO, header=b"05")),
        ("v2ProPlus", checkpoint(PLUS)),
        ("v3", checkpoint(FLOW_MATCHING, header=b"02")),
        ("v3", checkpoint(FLOW_MATCHING, config={"model": {"version": "v3"}})),
        ("v4", checkpoint(FLOW_MATCHING, config={"version": "v4"})),
        ("v3-lora", checkpoint(LOW_RANK, header=b"03")),
        ("v4-lora", checkpoint(LOW_RANK, header=b"04")),
    ],
)
def test_every_generation_is_recognised(name: str, found: Checkpoint) -> None:
    assert recognise(found).name == name


def test_content_is_believed_and_not_what_header_and_config_say() -> None:
    misleading = checkpoint(V2, header=b"06", config={"version": "v3", "model": {"version": "v1"}})
    assert recognise(misleading).name == "v2"


@pytest.mark.parametrize(
    "found", [checkpoint({SYMBOLS: (400, 2)}), checkpoint(FLOW_MATCHING), checkpoint({})]
)
def test_what_fits_no_generation_is_refused_with_the_signs_found(found: Checkpoint) -> None:
    with pytest.raises(CheckpointError, match="of no known generation") as caught:
        recognise(found)
    assert "num_symbols" in str(caught.value)


def test_languages_are_those_the_generation_was_trained_for() -> None:
    languages = {each.name: each.languages for each in GENERATIONS}
    assert languages["v1"] == ("zh", "en", "ja")
    assert set(languages["v2"]) == {"zh", "en", "ja", "ko", "yue"}


def test_a_v2_pair_can_be_exported() -> None:
    assert recognise_pair(gpt(732), checkpoint(V2)).name == "v2"


@pytest.mark.parametrize("sovits", [V1, PRO, PLUS])
def test_a_generation_that_cannot_be_exported_is_named(
    sovits: Mapping[str, tuple[int, ...]],
) -> None:
    found = checkpoint(sovits)
    with pytest.raises(CheckpointError, match=f"generation {recognise(found).name} cannot be"):
        recognise_pair(gpt(732), found)


def test_checkpoints_of_different_symbol_tables_are_no_pair() -> None:
    with pytest.raises(CheckpointError, match=r"symbol table v1, but .* has v2.*same phones"):
        recognise_pair(gpt(512), checkpoint(V2))


@pytest.mark.parametrize(("num_phones", "table"), [(512, "v1"), (732, "v2")])
def test_gpt_symbols_are_told_by_the_embedding(num_phones: int, table: str) -> None:
    assert gpt_symbols(gpt(num_phones)) == table


def test_a_gpt_of_no_known_symbol_table_is_refused() -> None:
    with pytest.raises(CheckpointError, match="embeds 100 phones"):
        gpt_symbols(gpt(100))


def test_a_gpt_without_phone_embedding_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"no weight model\.ar_text_embedding"):
        gpt_symbols(checkpoint({}))


@pytest.mark.parity
@pytest.mark.parametrize("name", ["v2", "v2Pro"])
def test_checkpoints_of_upstream_are_recognised(reference_data: Path, name: str) -> None:
    folder = reference_data / name.lower()
    assert recognise(open_sovits(folder / "sovits_e8_s800.pth")).name == name
    assert gpt_symbols(open_gpt(folder / "gpt-e15.ckpt")) == "v2"
