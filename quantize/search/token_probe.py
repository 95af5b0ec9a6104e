"""Measures text2semantic in any mix of formats."""

from __future__ import annotations

import tempfile
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from statistics import median

import numpy as np
import onnx

from voicepack.quantize.calibration.activations import Activations, record_activations
from voicepack.quantize.calibration.calibration_set import CalibrationSet, SpokenSentence
from voicepack.quantize.formats.weight_groups import (
    Format,
    WeightGroup,
    find_weights,
    group_weights,
    overrides_of,
)
from voicepack.quantize.graphs.every_position import for_every_position
from voicepack.quantize.graphs.graph import load_graph, save_graph, tensor_spec, weights_path
from voicepack.quantize.metrics.divergence import compare_logits, kl_divergence
from voicepack.quantize.recipe import Text2SemanticRecipe, WeightFormat
from voicepack.quantize.search.measurements import Values
from voicepack.quantize.search.probe import BYTES, SECONDS, Mix
from voicepack.quantize.target_limits import runs_on
from voicepack.quantize.text2semantic import apply_recipe
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.kv_cache import Decoder, cache_dtype, make_decoder
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import EngineOptions

FORMATS = (
    WeightFormat.INT4_BLOCK,
    WeightFormat.INT8_BLOCK,
    WeightFormat.INT8,
    WeightFormat.FP16,
    WeightFormat.FP32,
)


@dataclass(frozen=True)
class TokenProbe:
    """The half of a voice that says what is spoken; see `Probe`."""

    pack: VoicePack
    """In full precision."""
    recipe: Text2SemanticRecipe
    """What is not mixed: the cache, the size of blocks, and how they are rounded."""
    calibration: CalibrationSet
    probed: tuple[SpokenSentence, ...]
    """Sentences to measure on, none of which is for calibration."""
    name: str = field(default="tokens", init=False)
    loss_metric: str = field(default="kl_mean", init=False)

    @cached_property
    def formats(self) -> tuple[Format, ...]:
        """All there are, but for those that the target cannot run."""
        profile = find_profile(self.pack.manifest.target)
        return tuple(form for form in FORMATS if runs_on(profile, form))

    @cached_property
    def groups(self) -> tuple[WeightGroup, ...]:
        """Every matrix."""
        role = GraphRole.TEXT2SEMANTIC
        return group_weights(find_weights(self._model, role), role)

    def measure(self, mix: Mix) -> Values:
        """Read the sentences as the runtime does, token by token; see `Probe.measure`."""
        recipe = replace(self.recipe, weights=WeightFormat.FP32, overrides=self._overrides(mix))
        with tempfile.TemporaryDirectory() as folder:
            path = self._save(self._quantize(recipe), folder)
            size = path.stat().st_size + weights_path(path).stat().st_size
            logits, step_s = _read_stepwise(self._decoder(path), self.probed)
        divergence = compare_logits(self._stepwise_reference, logits)
        return {
            "kl_mean": divergence.mean_kl,
            "kl_worst": divergence.worst_kl,
            "top1_agreement": divergence.top1_agreement,
            "top_k_overlap": divergence.top_k_overlap,
            BYTES: size,
            SECONDS: step_s,
        }

    def loss(self, mix: Mix) -> float:
        """Read each sentence in one pass, the cache in full precision; see `Probe.loss`.

        Where activations are rounded, all positions of a pass share a range, so losses come out
        larger than token by token; their order is what is asked for.
        """
        recipe = Text2SemanticRecipe(
            block_size=self.recipe.block_size,
            calibrated=self.recipe.calibrated,
            overrides=self._overrides(mix),
        )
        logits = self._read_at_once(self._quantize(recipe))
        return float(kl_divergence(self._reference_at_once, logits).mean())

    @cached_property
    def _model(self) -> onnx.ModelProto:
        return load_graph(self.pack.path(self.pack.graph(GraphRole.TEXT2SEMANTIC).file))

    @cached_property
    def _stepwise_reference(self) -> FloatArray:
        path = self.pack.path(self.pack.graph(GraphRole.TEXT2SEMANTIC).file)
        return _read_stepwise(self._decoder(path), self.probed)[0]

    @cached_property
    def _reference_at_once(self) -> FloatArray:
        return self._read_at_once(self._model)

    def _overrides(self, mix: Mix) -> dict[str, WeightFormat]:
        overrides = overrides_of(self.groups, mix)
        return {pattern: WeightFormat(form.value) for pattern, form in overrides.items()}

    @cached_property
    def _activations(self) -> Activations:
        """What calibration sees, of all weights: recorded once, for it takes longer than a mix."""
        names = [weight.name for weight in find_weights(self._model, GraphRole.TEXT2SEMANTIC)]
        return record_activations(self._model, self.calibration.text2semantic_sequences(), names)

    def _quantize(self, recipe: Text2SemanticRecipe) -> onnx.ModelProto:
        return apply_recipe(self._model, recipe, self._activations)

    def _save(self, model: onnx.ModelProto, folder: str) -> Path:
        path = Path(folder) / "text2semantic.onnx"
        save_graph(model, path)
        return path

    def _decoder(self, path: Path) -> Decoder:
        structure = onnx.load(path, load_external_data=False)
        session = engine_of(find_profile(self.pack.manifest.target)).open(path, EngineOptions(1))
        return make_decoder(
            KvCache(self.pack.graph(GraphRole.TEXT2SEMANTIC).kv_cache),
            session,
            self.pack.manifest.text2semantic,
            cache_dtype(tensor_spec(value) for value in structure.graph.input),
        )

    def _read_at_once(self, model: onnx.ModelProto) -> FloatArray:
        """Return the logits of every position that a token was chosen at."""
        with tempfile.TemporaryDirectory() as folder:
            decoder = self._decoder(self._save(for_every_position(model), folder))
            rows = [
                decoder.prefill(spoken.hidden, spoken.num_text)[-len(spoken.tokens) - 1 :]
                for spoken in self.probed
            ]
        return np.concatenate(rows)


def _read_stepwise(
    decoder: Decoder, sentences: Sequence[SpokenSentence]
) -> tuple[FloatArray, float]:
    """Return the logits at every choice, and the median time of a step in seconds."""
    logits, times = [], []
    for spoken in sentences:
        start = len(spoken.hidden) - len(spoken.tokens)
        logits.append(decoder.prefill(spoken.hidden[:start], spoken.num_text))
        for row in spoken.hidden[start:]:
            began = time.perf_counter()
            logits.append(decoder.step(row))
            times.append(time.perf_counter() - began)
    return np.stack(logits), median(times)
