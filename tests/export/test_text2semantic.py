"""Text2semantic equals upstream: torch module, every flavour of the graph, and the token loop."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

pytest.importorskip("torch")

import torch
from kv_cache_flavours import FLAVOURS, TARGETS

from voicepack.export.checkpoint import open_gpt
from voicepack.export.text2semantic import (
    Text2Semantic,
    Text2SemanticSizes,
    build_text2semantic,
    visible_positions,
)
from voicepack.export.text2semantic_graph import text2semantic_graph
from voicepack.quantize.graphs.graph import relative_error, save_graph
from voicepack.runtime.decoding import TokenGenerator
from voicepack.runtime.embedding import embed_phones, embed_tokens
from voicepack.runtime.kv_cache import Decoder, make_decoder, prefill_bias
from voicepack.runtime.manifest import Text2SemanticShape
from voicepack.runtime.phones import FloatArray, Phones
from voicepack.runtime.randomness import RandomStream
from voicepack.runtime.sampling import Sampling
from voicepack.targets.catalogue import engine_of, find_profile
from voicepack.targets.profile import KvCache
from voicepack.targets.session import EngineOptions

pytestmark = pytest.mark.torch

CASES = [("v2", "short"), ("v2", "mid"), ("v2pro", "short")]
FLOAT32_TOLERANCE = 1e-4
"""80 dB: what is left of float32 after a few layers in another order of addition."""
SMALL = Text2SemanticSizes(
    num_layers=2,
    num_heads=4,
    width=32,
    feed_forward=64,
    num_phones=20,
    vocabulary=65,
    num_features=1024,
)


def decoder_of(net: Text2Semantic, flavour: KvCache, folder: Path) -> Decoder:
    path = folder / "text2semantic.onnx"
    save_graph(text2semantic_graph(net, flavour), path)
    session = engine_of(find_profile(TARGETS[flavour])).open(path, EngineOptions(threads=1))
    sizes = net.sizes
    shape = Text2SemanticShape(sizes.num_layers, sizes.num_heads, sizes.head_size, sizes.vocabulary)
    return make_decoder(flavour, session, shape)


def decode(decoder: Decoder, hidden: FloatArray, num_text: int, num_prefill: int) -> FloatArray:
    """Logits after the last prefilled position and after each later one."""
    logits = [decoder.prefill(hidden[:num_prefill], num_text)]
    logits += [decoder.step(row) for row in hidden[num_prefill:]]
    return np.stack(logits)


def test_text_sees_text_and_tokens_see_the_past() -> None:
    assert visible_positions(2, 2).int().tolist() == [
        [1, 1, 0, 0],
        [1, 1, 0, 0],
        [1, 1, 1, 0],
        [1, 1, 1, 1],
    ]


def test_the_host_s_bias_hides_what_the_module_s_mask_hides() -> None:
    visible = visible_positions(3, 4).numpy()
    assert np.array_equal(prefill_bias(3, 7) == 0, visible)


@pytest.mark.parametrize("flavour", FLAVOURS)
def test_steps_over_a_growing_cache_equal_one_pass_over_everything(
    flavour: KvCache, tmp_path: Path
) -> None:
    torch.manual_seed(0)
    net = Text2Semantic(SMALL).eval().requires_grad_(False)
    hidden = np.random.default_rng(0).standard_normal((300, 32)).astype(np.float32)
    expected = net(torch.from_numpy(hidden)[None], 5).numpy()
    decoder = decoder_of(net, flavour, tmp_path)
    found = decode(decoder, hidden, num_text=5, num_prefill=9)
    assert relative_error(found, expected[8:]) < FLOAT32_TOLERANCE
    again = decode(decoder, hidden[:40], num_text=5, num_prefill=20)  # nothing of before remains
    assert relative_error(again, expected[19:40]) < FLOAT32_TOLERANCE


@pytest.mark.parity
@pytest.mark.parametrize(("generation", "case"), CASES)
class TestParity:
    def test_the_module_gives_upstream_s_logits(
        self, reference_data: Path, generation: str, case: str
    ) -> None:
        net, data = self.load(reference_data, generation, case)
        hidden, num_text = self.hidden(net, data)
        logits = net(torch.from_numpy(hidden)[None], num_text).numpy()[num_text:]
        assert relative_error(logits, data["tf_logits"]) < FLOAT32_TOLERANCE

    @pytest.mark.parametrize("flavour", FLAVOURS)
    def test_the_graph_gives_upstream_s_logits_and_greedy_tokens(
        self, reference_data: Path, generation: str, case: str, flavour: KvCache, tmp_path: Path
    ) -> None:
        net, data = self.load(reference_data, generation, case)
        decoder = decoder_of(net, flavour, tmp_path)
        hidden, num_text = self.hidden(net, data)
        prompt = data["ref_prompt_codes"]
        found = decode(decoder, hidden, num_text, num_text + len(prompt))
        assert relative_error(found, data["tf_logits"][len(prompt) - 1 :]) < FLOAT32_TOLERANCE

        generator = TokenGenerator(decoder, net.embedding_tables())
        everything = Phones(data["all_phones"], data["all_bert"].T)
        target = Phones(data["in_phones2"], data["in_bert2"].T)
        nothing = np.empty(0, np.int64)
        for key, phones, tokens, penalty in (
            ("greedy_rp100", everything, prompt, 1.0),
            ("greedy_rp135", everything, prompt, 1.35),
            ("greedy_noprompt_rp135", target, nothing, 1.35),
        ):
            greedy = Sampling(top_k=1, repetition_penalty=penalty)
            generated = generator.generate(phones, tokens, greedy, RandomStream(0))
            assert generated.tolist() == data[key].tolist(), key

    def load(
        self, folder: Path, generation: str, case: str
    ) -> tuple[Text2Semantic, dict[str, np.ndarray]]:
        net = build_text2semantic(open_gpt(folder / generation / "gpt-e15.ckpt"))
        with np.load(folder / generation / f"{case}.npz") as arrays:
            return net, dict(arrays)

    def hidden(self, net: Text2Semantic, data: dict[str, np.ndarray]) -> tuple[FloatArray, int]:
        tables = net.embedding_tables()
        text = embed_phones(tables, Phones(data["all_phones"], data["all_bert"].T))
        return np.concatenate([text, embed_tokens(tables, data["tf_tokens"], 0)]), len(text)
