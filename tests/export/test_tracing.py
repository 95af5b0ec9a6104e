import logging
from pathlib import Path

import numpy as np
import onnx
import pytest

pytest.importorskip("torch", reason="needs the export extra")

import torch

from voicepack.export.tracing import OPSET, export_graph, module_computation
from voicepack.quantize.graphs.graph import GraphSpec, check_graph, save_graph
from voicepack.runtime.contract import GraphRole
from voicepack.runtime.manifest import TensorSpec

pytestmark = pytest.mark.torch

SPEC = GraphSpec(
    role=GraphRole.LATENT,
    inputs=(
        TensorSpec("rows", "float32", ("num_rows", 3)),
        TensorSpec("order", "int64", ("num_picked",)),
    ),
    outputs=(TensorSpec("picked", "float32", ("num_picked", 4)),),
)


class Pick(torch.nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.widen = torch.nn.Linear(3, 4)

    def forward(self, rows: torch.Tensor, order: torch.Tensor) -> torch.Tensor:
        widened: torch.Tensor = self.widen(rows)[order]
        return widened


def example(num_rows: int, order: list[int]) -> dict[str, np.ndarray]:
    rows = np.arange(3 * num_rows, dtype=np.float32).reshape(num_rows, 3)
    return {"rows": rows, "order": np.array(order, np.int64)}


@pytest.fixture(scope="module")
def module() -> Pick:
    return Pick().eval()


@pytest.fixture(scope="module")
def model(module: Pick) -> onnx.ModelProto:
    traced = {name: torch.from_numpy(array) for name, array in example(5, [1, 0, 4]).items()}
    return export_graph(module, SPEC, traced)


def test_a_traced_graph_serves_lengths_that_were_not_traced(
    module: Pick, model: onnx.ModelProto, tmp_path: Path
) -> None:
    save_graph(model, tmp_path / "pick.onnx")

    others = [example(1, [0]), example(2, [1, 1, 1, 0]), example(40, [39])]
    check_graph(tmp_path / "pick.onnx", SPEC, module_computation(module, SPEC), others, 1e-6)


def test_a_traced_graph_has_the_modules_names_and_standard_operators_only(
    model: onnx.ModelProto,
) -> None:
    assert "widen.bias" in {initializer.name for initializer in model.graph.initializer}
    assert [(each.domain, each.version) for each in model.opset_import] == [("", OPSET)]


def test_tracing_is_quiet_and_leaves_the_loggers_as_they_were(
    module: Pick, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    caplog.set_level(logging.INFO, logger="torch.onnx")
    traced = {name: torch.from_numpy(array) for name, array in example(4, [1, 0, 2]).items()}

    export_graph(module, SPEC, traced)

    heard = [record for record in caplog.records if record.name.startswith("torch.onnx")]
    assert heard == []
    assert capfd.readouterr() == ("", "")
    assert logging.getLogger("torch.onnx").level == logging.INFO
