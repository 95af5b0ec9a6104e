"""Measures latent and vocoder in any mix of formats."""

from __future__ import annotations

import tempfile
import time
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path

import numpy as np
import onnx

from voicepack.quantize.calibration.calibration_set import CalibrationSet, SpokenSentence
from voicepack.quantize.formats.weight_groups import (
    Format,
    WeightGroup,
    find_weights,
    group_weights,
    overrides_of,
)
from voicepack.quantize.graphs.graph import load_graph, save_graph
from voicepack.quantize.latent import quantize_latent
from voicepack.quantize.metrics.mel import log_mel_l1
from voicepack.quantize.quality.aligned_audio import compare_audio
from voicepack.quantize.recipe import ConvolutionFormat, Recipe
from voicepack.quantize.search.measurements import Values
from voicepack.quantize.search.probe import BYTES, SECONDS, Mix
from voicepack.quantize.vocoder import quantize_vocoder
from voicepack.runtime.acoustics import Acoustics
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.phones import FloatArray
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.session import EngineOptions

ROLES = (GraphRole.LATENT, GraphRole.VOCODER)


@dataclass(frozen=True)
class SoundProbe:
    """The half of a voice that gives it its sound; see `Probe`."""

    pack: VoicePack
    """In full precision."""
    recipe: Recipe
    """What is not mixed: how ranges are chosen, and how much of the vocoder is in INT8."""
    calibration: CalibrationSet
    probed: tuple[SpokenSentence, ...]
    """Sentences to measure on, none of which is for calibration."""
    name: str = field(default="sound", init=False)
    loss_metric: str = field(default="log_mel_l1", init=False)
    formats: tuple[Format, ...] = field(
        default=(
            ConvolutionFormat.INT8,
            ConvolutionFormat.INT8_WEIGHTS,
            ConvolutionFormat.FP16,
            ConvolutionFormat.FP32,
        ),
        init=False,
    )

    @cached_property
    def groups(self) -> tuple[WeightGroup, ...]:
        """Parts of latent, then stages of the vocoder."""
        return (*self._groups_of(GraphRole.LATENT), *self._groups_of(GraphRole.VOCODER))

    def measure(self, mix: Mix) -> Values:
        """Speak the sentences' tokens with their noise; see `Probe.measure`."""
        rate = self.pack.manifest.sample_rate
        with tempfile.TemporaryDirectory() as folder:
            latent, vocoder = (self._save(role, mix, Path(folder)) for role in ROLES)
            size = sum(file.stat().st_size for file in Path(folder).iterdir())
            acoustics = self._open(latent, vocoder)
            began = time.perf_counter()
            spoken = self._speak(acoustics)
            seconds = time.perf_counter() - began
        pairs = zip(self._reference, spoken, strict=True)
        values = [compare_audio(reference, audio, rate) for reference, audio in pairs]
        means = {name: float(np.mean([each[name] for each in values])) for name in values[0]}
        audio_s = sum(audio.size for audio in spoken) / rate
        return {**means, BYTES: size, SECONDS: seconds / audio_s}

    def loss(self, mix: Mix) -> float:
        """Compare the log-mel spectrograms alone; see `Probe.loss`."""
        with tempfile.TemporaryDirectory() as folder:
            latent, vocoder = (self._save(role, mix, Path(folder)) for role in ROLES)
            spoken = self._speak(self._open(latent, vocoder))
        rate = self.pack.manifest.sample_rate
        pairs = zip(self._reference, spoken, strict=True)
        return float(np.mean([log_mel_l1(reference, audio, rate) for reference, audio in pairs]))

    @cached_property
    def _models(self) -> dict[GraphRole, onnx.ModelProto]:
        return {role: load_graph(self._path(role)) for role in ROLES}

    @cached_property
    def _reference(self) -> list[FloatArray]:
        full = self._open(self._path(GraphRole.LATENT), self._path(GraphRole.VOCODER))
        return self._speak(full)

    def _path(self, role: GraphRole) -> Path:
        return self.pack.path(self.pack.graph(role).file)

    def _groups_of(self, role: GraphRole) -> tuple[WeightGroup, ...]:
        return group_weights(find_weights(self._models[role], role), role)

    def _save(self, role: GraphRole, mix: Mix, folder: Path) -> Path:
        """Build one of the graphs in its formats of the mix."""
        overrides = {
            pattern: ConvolutionFormat(form.value)
            for pattern, form in overrides_of(self._groups_of(role), mix).items()
        }
        full = ConvolutionFormat.FP32
        if role is GraphRole.LATENT:
            latent = replace(self.recipe.latent, convolutions=full, overrides=overrides)
            inputs = self.calibration.latent_inputs()
            model = quantize_latent(self._models[role], latent, inputs)
        else:
            vocoder = replace(self.recipe.vocoder, convolutions=full, overrides=overrides)
            inputs = self.calibration.vocoder_inputs()
            model = quantize_vocoder(self._models[role], vocoder, inputs)
        path = folder / f"{role.value}.onnx"
        save_graph(model, path)
        return path

    def _open(self, latent: Path, vocoder: Path) -> Acoustics:
        engine = engine_of(find_profile(self.pack.manifest.target))
        options = EngineOptions(threads=1)
        channels = self.probed[0].latent.shape[1]
        return Acoustics(engine.open(latent, options), engine.open(vocoder, options), channels)

    def _speak(self, acoustics: Acoustics) -> list[FloatArray]:
        return [
            acoustics.audio_of(
                acoustics.latent_of(each.tokens, each.phones, each.embedding, each.noise),
                each.embedding,
            )
            for each in self.probed
        ]
