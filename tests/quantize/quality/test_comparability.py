"""Only the same voice is compared."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from voicepack.quantize.errors import QualityError
from voicepack.quantize.quality.comparability import refuse_other_voice
from voicepack.runtime.manifest import Manifest
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.pack_writing import write_pack, write_prompt
from voicepack.runtime.phones import Phones
from voicepack.runtime.prompt import Prompt

pytest.importorskip("torch")
pytestmark = pytest.mark.torch


@pytest.fixture
def baseline(demo_pack: Path) -> VoicePack:
    return VoicePack.open(demo_pack)


@pytest.fixture
def with_prompt(baseline: VoicePack, tmp_path: Path) -> Callable[[Prompt], VoicePack]:
    """The demo pack with another reference, and without graphs."""

    def write(prompt: Prompt) -> VoicePack:
        def build(folder: Path) -> Manifest:
            baseline.embeddings().save(folder / baseline.manifest.embeddings, "float32")
            entry = write_prompt(folder, prompt)
            return replace(baseline.manifest, references=(entry,), graphs=())

        return write_pack(tmp_path / "other.voicepack", build)

    return write


def test_a_pack_is_the_same_voice_as_itself(baseline: VoicePack) -> None:
    refuse_other_voice(baseline, baseline)


@pytest.mark.parametrize(
    ("field", "value"), [("generation", "v2Pro"), ("symbols", "v1"), ("sample_rate", 48000)]
)
def test_another_kind_of_voice_is_refused_by_name(
    field: str, value: object, baseline: VoicePack
) -> None:
    other = VoicePack(baseline.root, replace(baseline.manifest, **{field: value}))  # type: ignore[arg-type]
    with pytest.raises(QualityError, match=f"{field}: found {value}, the baseline has"):
        refuse_other_voice(other, baseline)


def test_other_sizes_are_refused(baseline: VoicePack) -> None:
    shape = replace(baseline.manifest.text2semantic, vocabulary=513)
    other = VoicePack(baseline.root, replace(baseline.manifest, text2semantic=shape))
    with pytest.raises(QualityError, match=r"text2semantic: .*vocabulary=513"):
        refuse_other_voice(other, baseline)


def test_references_of_other_names_are_refused(
    baseline: VoicePack, with_prompt: Callable[[Prompt], VoicePack]
) -> None:
    other = with_prompt(replace(baseline.prompt(), name="calm"))
    with pytest.raises(QualityError, match="references: found calm, the baseline has default"):
        refuse_other_voice(other, baseline)


@pytest.mark.parametrize("part", ["phones", "tokens", "embedding"])
def test_a_wrong_reference_is_refused(
    part: str, baseline: VoicePack, with_prompt: Callable[[Prompt], VoicePack]
) -> None:
    right = baseline.prompt()
    wrong = {
        "phones": replace(right, phones=Phones(right.phones.ids[::-1].copy())),
        "tokens": replace(right, tokens=right.tokens[:-1]),
        "embedding": replace(right, embedding=right.embedding[::-1].copy()),
    }
    with pytest.raises(QualityError, match=f"reference 'default': {part} differ"):
        refuse_other_voice(with_prompt(wrong[part]), baseline)


def test_rounding_of_an_embedding_is_no_other_voice(
    baseline: VoicePack, with_prompt: Callable[[Prompt], VoicePack]
) -> None:
    right = baseline.prompt()
    rounded = right.embedding.astype("float16").astype("float32")
    refuse_other_voice(with_prompt(replace(right, embedding=rounded)), baseline)
