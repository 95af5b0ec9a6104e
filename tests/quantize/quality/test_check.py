"""The check lets a sound pack pass, and no damaged one."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt
import onnx
import pytest

from voicepack.quantize.budget import make_budget
from voicepack.quantize.errors import QualityError
from voicepack.quantize.formats.precision import store_as_half
from voicepack.quantize.quality.check import CheckJob, CheckResult, check_pack, compare_quality
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.errors import PackError
from voicepack.runtime.pack import VoicePack

pytest.importorskip("torch")
pytestmark = pytest.mark.torch

Array = npt.NDArray[np.float32]
Edit = Callable[[onnx.ModelProto], None]
Rewrite = Callable[[Mapping[GraphRole, Edit]], VoicePack]
TEXTS = ("Turn left in two hundred metres.", "Is anyone home?")


def job(pack: Path, baseline: Path, *texts: str) -> CheckJob:
    return CheckJob(pack, baseline, texts or TEXTS, "en", threads=1)


def broken_limits(result: CheckResult) -> set[str]:
    return {verdict.metric.name for verdict in result.report.verdicts() if not verdict.passed}


def change_weights(change: Callable[[dict[str, Array]], Mapping[str, Array]]) -> Edit:
    """Put what `change` returns in the place of weights of the same names."""

    def edit(model: onnx.ModelProto) -> None:
        tensors = {each.name: each for each in model.graph.initializer}
        arrays = {name: onnx.numpy_helper.to_array(each) for name, each in tensors.items()}
        for name, array in change(arrays).items():
            tensors[name].CopyFrom(onnx.numpy_helper.from_array(array, name))

    return edit


def scale(name: str, factor: float) -> Edit:
    return change_weights(lambda arrays: {name: arrays[name] * np.float32(factor)})


def swap(first: str, second: str) -> Edit:
    """Swap all weights whose names begin so."""

    def swapped(arrays: dict[str, Array]) -> dict[str, Array]:
        pairs = {
            name: second + name.removeprefix(first) for name in arrays if name.startswith(first)
        }
        pairs |= {other: name for name, other in pairs.items()}
        return {name: arrays[other] for name, other in pairs.items()}

    return change_weights(swapped)


def saturate(output: str, limit: float) -> Edit:
    """Cut an activation off, as too narrow a range does when it is quantized."""

    def edit(model: onnx.ModelProto) -> None:
        at = next(i for i, node in enumerate(model.graph.node) if output in node.output)
        model.graph.node[at].output[0] = f"{output}.whole"
        for name, value in (("low", -limit), ("high", limit)):
            array = np.array(value, np.float32)
            tensor = onnx.numpy_helper.from_array(array, f"{output}.{name}")
            model.graph.initializer.append(tensor)
        ends = [f"{output}.whole", f"{output}.low", f"{output}.high"]
        model.graph.node.insert(at + 1, onnx.helper.make_node("Clip", ends, [output]))

    return edit


def forget_tokens(first: int) -> Edit:
    """Lose the scores of the tokens from `first` on, but for the one that ends speech."""

    def forgotten(arrays: dict[str, Array]) -> dict[str, Array]:
        head = arrays["head.weight"].copy()
        head[:, first:-1] = 0
        return {"head.weight": head}

    return change_weights(forgotten)


def cut_vocabulary(size: int) -> Edit:
    def cut(model: onnx.ModelProto) -> None:
        change_weights(
            lambda arrays: {"head.weight": np.ascontiguousarray(arrays["head.weight"][:, :size])}
        )(model)
        shape = next(each for each in model.graph.output if each.name == "logits").type.tensor_type
        shape.shape.dim[1].dim_value = size

    return cut


def spoil(name: str) -> Edit:
    """Put one NaN into a weight."""

    def spoilt(arrays: dict[str, Array]) -> dict[str, Array]:
        array = arrays[name].copy()
        array.flat[0] = np.nan
        return {name: array}

    return change_weights(spoilt)


DAMAGES = {
    "scaled head": (GraphRole.TEXT2SEMANTIC, scale("head.weight", 1.5), "kl_mean"),
    "scaled feed-forward": (GraphRole.TEXT2SEMANTIC, scale("blocks.0.fc2.weight", 3), "kl_mean"),
    "scaled vocoder": (GraphRole.VOCODER, scale("upsamplers.1.weight", 2), "log_mel_l1"),
    "scaled latent": (GraphRole.LATENT, scale("flow.steps.2.output.weight", 3), "snr_db"),
    "swapped layers": (GraphRole.TEXT2SEMANTIC, swap("blocks.0.", "blocks.1."), "kl_mean"),
    "swapped couplings": (GraphRole.LATENT, swap("flow.steps.0.", "flow.steps.2."), "snr_db"),
    "swapped convolutions": (
        GraphRole.VOCODER,
        swap("blocks.0.dilated.0.", "blocks.0.plain.1."),
        "snr_db",
    ),
    "saturated activations": (GraphRole.TEXT2SEMANTIC, saturate("blocks.0.fc1", 0.05), "kl_mean"),
    "saturated vocoder": (GraphRole.VOCODER, saturate("add_8", 0.05), "log_mel_l1"),
    "forgotten tokens": (GraphRole.TEXT2SEMANTIC, forget_tokens(512), "kl_mean"),
    "NaN in text2semantic": (GraphRole.TEXT2SEMANTIC, spoil("head.weight"), "kl_mean"),
    "NaN in latent": (GraphRole.LATENT, spoil("flow.steps.0.output.weight"), "non_finite"),
    "NaN in vocoder": (GraphRole.VOCODER, spoil("blocks.0.plain.0.weight"), "non_finite"),
}


@pytest.mark.parametrize(("role", "edit", "expected"), DAMAGES.values(), ids=DAMAGES)
def test_damage_breaks_the_budget(
    role: GraphRole, edit: Edit, expected: str, rewrite: Rewrite, demo_pack: Path
) -> None:
    result = compare_quality(job(rewrite({role: edit}).root, demo_pack))
    assert expected in broken_limits(result)


def test_a_pack_differs_from_itself_in_nothing(rewrite: Rewrite, demo_pack: Path) -> None:
    report = compare_quality(job(rewrite({}).root, demo_pack)).report
    assert report.passed
    assert report.notes == ()
    exact = {"kl_mean": 0, "top1_agreement": 1, "snr_db": math.inf, "token_edit_distance": 0}
    for quality in report.sentences:
        assert exact.items() <= quality.values.items()
        assert quality.values["speaker_cosine"] == pytest.approx(1)


def test_half_precision_keeps_the_default_budget(rewrite: Rewrite, demo_pack: Path) -> None:
    def halve(model: onnx.ModelProto) -> None:
        model.CopyFrom(store_as_half(model))

    result = compare_quality(job(rewrite(dict.fromkeys(GraphRole, halve)).root, demo_pack))
    assert broken_limits(result) == set()
    # 11 bits of a weight are worth about 66 dB; sums over many lose some of it.
    assert all(40 < each.values["snr_db"] < 100 for each in result.report.sentences)


def test_speech_that_never_ends_is_a_loop_whose_sound_is_infinitely_far(
    rewrite: Rewrite, demo_pack: Path
) -> None:
    def never_ends(arrays: dict[str, Array]) -> dict[str, Array]:
        head = arrays["head.weight"].copy()
        head[:, -1] = 0
        head[:, 0] *= 100
        return {"head.weight": head}

    pack = rewrite({GraphRole.TEXT2SEMANTIC: change_weights(never_ends)})
    result = compare_quality(job(pack.root, demo_pack, TEXTS[0]))
    (quality,) = result.report.sentences
    assert quality.values["loops"] == 1
    assert quality.values["free_mcd_db"] == math.inf
    assert result.recordings[0].free_run is None
    assert "loops" in broken_limits(result)


def test_what_the_baseline_cannot_say_is_left_out(rewrite: Rewrite, demo_pack: Path) -> None:
    endless = rewrite({GraphRole.TEXT2SEMANTIC: spoil("head.weight")}).root
    with pytest.raises(QualityError, match=r"none of the sentences.*left out"):
        compare_quality(job(demo_pack, endless, TEXTS[0]))


def test_a_shorter_vocabulary_cannot_be_compared(rewrite: Rewrite, demo_pack: Path) -> None:
    pack = rewrite({GraphRole.TEXT2SEMANTIC: cut_vocabulary(1000)})
    with pytest.raises(QualityError, match=r"1000 logits, but the baseline 1025"):
        compare_quality(job(pack.root, demo_pack))


def test_audio_of_another_length_cannot_be_compared(rewrite: Rewrite, demo_pack: Path) -> None:
    def skip_every_other_sample(model: onnx.ModelProto) -> None:
        last = model.graph.node[-1]
        (name,) = last.output
        last.output[0] = "all"
        for key, values in (("starts", [0]), ("ends", [2**62]), ("axes", [2]), ("steps", [2])):
            model.graph.initializer.append(onnx.numpy_helper.from_array(np.array(values), key))
        inputs = ["all", "starts", "ends", "axes", "steps"]
        model.graph.node.append(onnx.helper.make_node("Slice", inputs, [name]))

    pack = rewrite({GraphRole.VOCODER: skip_every_other_sample})
    with pytest.raises(QualityError, match="samples, but the pack"):
        compare_quality(job(pack.root, demo_pack))


def test_without_a_speaker_graph_a_limit_on_the_speaker_is_broken_and_a_note_says_why(
    rewrite: Rewrite,
) -> None:
    pack = rewrite({}).root
    report = compare_quality(job(pack, pack)).report
    assert not report.passed
    assert "no speaker graph" in report.notes[0]
    free = replace(report, budget=make_budget({"kl_mean": 0}, "test"))
    assert free.passed


def test_every_sentence_is_reported_then_the_cost(
    rewrite: Rewrite, demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "voicepack.quantize.quality.check.measure_costs",
        lambda pack, baseline, threads: {"load_s": 0.5},
    )
    heard: list[tuple[int, int, str]] = []
    result = check_pack(job(rewrite({}).root, demo_pack), lambda *step: heard.append(step))
    assert heard == [(0, 3, TEXTS[0]), (1, 3, TEXTS[1]), (2, 3, "cost"), (3, 3, "")]
    assert result.report.pack_values == {"load_s": 0.5}


def test_a_changed_file_is_found_before_anything_runs(rewrite: Rewrite, demo_pack: Path) -> None:
    pack = rewrite({}).root
    weights = pack / "graphs" / "vocoder.data"
    weights.write_bytes(bytes(weights.stat().st_size))
    with pytest.raises(PackError, match=r"vocoder\.data: content changed"):
        compare_quality(job(pack, demo_pack))
