import pytest

pytest.importorskip("torch", reason="needs the export extra")

import torch

from voicepack.export.mrte import NUM_HEADS, Mrte

pytestmark = pytest.mark.torch


def test_cross_attention_equals_pytorchs_own() -> None:
    torch.manual_seed(0)
    mrte = Mrte(channels=6, inner_channels=16)
    torchs = torch.nn.MultiheadAttention(16, NUM_HEADS)
    layers = (mrte.query, mrte.key, mrte.value)
    torchs.load_state_dict(
        {
            "in_proj_weight": torch.cat([layer.weight.squeeze(2) for layer in layers]),
            "in_proj_bias": torch.cat([layer.state_dict()["bias"] for layer in layers]),
            "out_proj.weight": mrte.attention_output.weight.squeeze(2),
            "out_proj.bias": mrte.attention_output.state_dict()["bias"],
        }
    )
    speech, text, style = torch.randn(1, 6, 9), torch.randn(1, 6, 4), torch.randn(1, 16, 1)

    with torch.inference_mode():
        joint = mrte(speech, text, style)
        query, key = mrte.speech_input(speech)[0].T, mrte.text_input(text)[0].T
        attended = torchs(query, key, key, need_weights=False)[0] + query + style[0].T
        expected = mrte.output(attended.T.unsqueeze(0))

    torch.testing.assert_close(joint, expected, rtol=1e-4, atol=1e-5)
