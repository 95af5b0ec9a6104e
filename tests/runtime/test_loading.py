"""What is loaded when, and what is refused at once all the same."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from voicepack.runtime.contract import GraphRole
from voicepack.runtime.errors import PackError
from voicepack.runtime.loading import GraphLoader
from voicepack.runtime.pack import VoicePack
from voicepack.runtime.voice import Voice
from voicepack.targets.errors import TargetError
from voicepack.targets.onnx_runtime import OnnxRuntime
from voicepack.targets.session import Array, EngineOptions, Session


class NoSession:
    def run(self, inputs: Mapping[str, Array]) -> dict[str, Array]:
        return {}

    def with_state(self, state: Mapping[str, tuple[str, Array]]) -> Session:
        return self


class RecordingEngine:
    """Notes what it is asked, and lacks the devices of some graphs."""

    def __init__(self, *lacking: str) -> None:
        self.opened: list[str] = []
        self._lacking = lacking

    def check(self, options: EngineOptions) -> None:
        if options.role in self._lacking:
            raise TargetError(f"no device for the {options.role}")

    def open(self, model: Path, options: EngineOptions) -> Session:
        self.opened.append(model.name)
        return NoSession()


def loader(pack: VoicePack, engine: RecordingEngine) -> GraphLoader:
    return GraphLoader(pack, engine, EngineOptions(threads=1))


def test_a_graph_for_later_is_opened_when_it_is_run(pack: VoicePack) -> None:
    engine = RecordingEngine()
    vocoder = loader(pack, engine).open_later(GraphRole.VOCODER)
    assert engine.opened == []

    vocoder.run({})

    assert engine.opened == ["vocoder.onnx"]


def test_a_device_that_a_later_graph_lacks_is_missed_at_once(pack: VoicePack) -> None:
    with pytest.raises(TargetError, match="no device for the vocoder"):
        loader(pack, RecordingEngine("vocoder")).open_later(GraphRole.VOCODER)


@pytest.mark.parametrize("damaged", ["text2semantic.data", "latent.onnx", "vocoder.data"])
def test_damage_is_refused_at_once_whatever_is_loaded_later(pack: VoicePack, damaged: str) -> None:
    file = pack.root / damaged
    content = bytearray(file.read_bytes())
    content[-1] ^= 1
    file.write_bytes(content)

    with pytest.raises(PackError, match=damaged):
        Voice.load(pack.root)


@pytest.mark.torch
def test_a_first_sentence_loads_what_makes_its_audio(
    demo_pack: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    open_graph = OnnxRuntime.open

    def note(engine: OnnxRuntime, model: Path, options: EngineOptions) -> Session:
        opened.append(model.stem)
        return open_graph(engine, model, options)

    monkeypatch.setattr(OnnxRuntime, "open", note)
    voice = Voice.load(demo_pack, threads=1)
    assert opened == ["text2semantic"]

    for _ in range(2):
        assert list(voice.synthesize("Hello."))

    assert sorted(opened) == ["latent", "text2semantic", "vocoder"]
