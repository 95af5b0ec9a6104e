import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

pytest.importorskip("torch", reason="needs the export extra")

import torch

from voicepack.export.flow import Coupling, Flip, Flow, FlowSizes

pytestmark = pytest.mark.torch

SIZES = FlowSizes(
    num_couplings=3,
    num_layers=2,
    kernel_size=5,
    channels=8,
    latent_channels=6,
    embedding_channels=4,
)


def forwards(flow: Flow, latent: torch.Tensor, embedding: torch.Tensor) -> torch.Tensor:
    """Run the flow as training does: first step first, and shifts added."""
    for step in flow.steps:
        if isinstance(step, Flip):
            latent = latent[:, torch.arange(latent.shape[1] - 1, -1, -1)]
        else:
            # With a zero second half, the coupling returns minus the shift there.
            kept, shifted = latent.chunk(2, dim=1)
            minus_shift = step(torch.cat([kept, torch.zeros_like(kept)], dim=1), embedding)
            latent = torch.cat([kept, shifted - minus_shift.chunk(2, dim=1)[1]], dim=1)
    return latent


@given(frames=st.integers(1, 20), seed=st.integers(0, 99))
@settings(max_examples=20, deadline=None)
def test_the_flow_undoes_what_training_does(frames: int, seed: int) -> None:
    torch.manual_seed(seed)
    flow = Flow(SIZES).eval()
    latent, embedding = torch.randn(1, 6, frames), torch.randn(1, 4, 1)

    with torch.inference_mode():
        undone = flow(forwards(flow, latent, embedding), embedding)

    torch.testing.assert_close(undone, latent, rtol=1e-4, atol=1e-5)


def test_a_coupling_keeps_its_first_half_and_shifts_the_second_by_a_function_of_the_first() -> None:
    torch.manual_seed(0)
    coupling = Coupling(SIZES).eval()
    first, second = torch.randn(1, 3, 9), torch.randn(1, 3, 9)
    embedding = torch.randn(1, 4, 1)

    with torch.inference_mode():
        one = coupling(torch.cat([first, second], dim=1), embedding)
        other = coupling(torch.cat([first, second + 1], dim=1), embedding)

    assert torch.equal(one[:, :3], first)
    torch.testing.assert_close(other[:, 3:], one[:, 3:] + 1)


def test_the_embedding_changes_the_shift() -> None:
    torch.manual_seed(0)
    coupling = Coupling(SIZES).eval()
    latent = torch.randn(1, 6, 9)

    with torch.inference_mode():
        quiet = coupling(latent, torch.zeros(1, 4, 1))
        loud = coupling(latent, torch.ones(1, 4, 1))

    assert not torch.allclose(quiet, loud, atol=1e-3)
