"""The generation of a voice is told by what its checkpoints hold."""

from __future__ import annotations

import io
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import torch

from voicepack.export.checkpoint import Checkpoint, open_gpt, open_sovits
from voicepack.export.errors import CheckpointError
from voicepack.export.generation import GENERATIONS, recognise, recognise_pair

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
        ("v3 or v4", checkpoint(FLOW_MATCHING)),
        ("v3-lora or v4-lora", checkpoint(LOW_RANK)),
    ],
)
def test_every_generation_is_recognised(name: str, found: Checkpoint) -> None:
    assert recognise(found).name == name


def test_content_is_believed_and_not_what_header_and_config_say() -> None:
    misleading = checkpoint(V2, header=b"06", config={"version": "v3", "model": {"version": "v1"}})
    assert recognise(misleading).name == "v2"


@pytest.mark.parametrize(
    "found",
    [
        checkpoint({SYMBOLS: (400, 2)}),
        checkpoint({**V1, SPEAKER: (2, 2)}),  # upstream has no Pro voice of 322 symbols
        checkpoint({}),
    ],
)
def test_what_fits_no_generation_is_refused_with_the_signs_found(found: Checkpoint) -> None:
    with pytest.raises(CheckpointError, match="of no known generation") as caught:
        recognise(found)
    assert "num_symbols" in str(caught.value)


def test_languages_are_those_the_generation_was_trained_for() -> None:
    languages = {each.name: each.languages for each in GENERATIONS}
    assert languages["v1"] == ("zh", "en", "ja")
    assert set(languages["v2"]) == {"zh", "en", "ja", "ko", "yue"}


@pytest.mark.parametrize(
    ("name", "num_phones", "sovits"),
    [
        ("v1", 512, V1),
        ("v1", 732, V1),  # the first 322 phones of v2's table are those of v1's
        ("v1", 322, V1),
        ("v2", 732, V2),
        ("v2", 1000, V2),
        ("v2Pro", 732, PRO),
        ("v2ProPlus", 732, PLUS),
    ],
)
def test_a_gpt_serves_every_voice_whose_phones_it_knows(
    name: str, num_phones: int, sovits: Mapping[str, tuple[int, ...]]
) -> None:
    assert recognise_pair(gpt(num_phones), checkpoint(sovits)).name == name


@pytest.mark.parametrize(
    ("num_phones", "sovits", "generation"), [(512, V2, "v2"), (512, PRO, "v2Pro"), (321, V1, "v1")]
)
def test_a_gpt_that_lacks_phones_is_refused_with_the_numbers(
    num_phones: int, sovits: Mapping[str, tuple[int, ...]], generation: str
) -> None:
    needed = sovits[SYMBOLS][0]
    reason = rf"embeds {num_phones} phones.*\({generation}\) speaks with the {needed} phones"
    with pytest.raises(CheckpointError, match=reason):
        recognise_pair(gpt(num_phones), checkpoint(sovits))


def test_a_gpt_without_phone_embedding_is_refused() -> None:
    with pytest.raises(CheckpointError, match=r"no weight model\.ar_text_embedding"):
        recognise_pair(checkpoint({}), checkpoint(V2))


@pytest.mark.parametrize(
    ("shapes", "header", "refusal"),
    [
        (FLOW_MATCHING, b"02", r"generation v3 cannot.*flow matching and its vocoder"),
        (LOW_RANK, b"03", r"generation v3-lora cannot.*vocoder, and its base model"),
        (LOW_RANK, b"04", r"generation v4-lora cannot.*exports v1, v2, v2ProPlus, v2Pro\."),
    ],
)
def test_files_of_v3_and_v4_are_named_and_refused_with_what_they_need(
    shapes: Mapping[str, tuple[int, ...]], header: bytes, refusal: str, tmp_path: Path
) -> None:
    weights = {name: torch.zeros(shape) for name, shape in shapes.items()}
    buffer = io.BytesIO()
    torch.save({"weight": weights, "config": {"model": {}}, "info": "", "lora_rank": 8}, buffer)
    (tmp_path / "voice.pth").write_bytes(header + buffer.getvalue()[2:])
    with pytest.raises(CheckpointError, match=refusal):
        recognise_pair(gpt(732), open_sovits(tmp_path / "voice.pth"))


@pytest.mark.parity
@pytest.mark.parametrize("name", ["v2", "v2Pro"])
def test_checkpoints_of_upstream_are_recognised(reference_data: Path, name: str) -> None:
    folder = reference_data / name.lower()
    sovits = open_sovits(folder / "sovits_e8_s800.pth")
    assert recognise(sovits).name == name
    assert recognise_pair(open_gpt(folder / "gpt-e15.ckpt"), sovits).name == name
