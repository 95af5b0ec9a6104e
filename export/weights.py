"""Weights on their way from checkpoint to module: norm folded, renamed, nothing left over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

import torch
from torch import Tensor, nn

from voicepack.export.errors import CheckpointError

_WEIGHT_NORM_SUFFIXES = (
    (".weight_g", ".weight_v"),
    (".parametrizations.weight.original0", ".parametrizations.weight.original1"),
)
"""How older and newer torch name magnitude and direction of a weight-normed weight."""

_NAMES_SHOWN = 5
"""Names listed of each kind of fault; a wrong file has hundreds."""

AnyModule = TypeVar("AnyModule", bound=nn.Module)


@dataclass(frozen=True)
class WeightTable:
    """What becomes of each name in a checkpoint."""

    names: Mapping[str, str]
    """Upstream name -> our name. Each is a full name, or a module that stands for all below it, and
    may hold the placeholders `{i}`, `{j}`, `{k}` for integers. The most specific entry decides."""
    dropped: tuple[str, ...] = ()
    """Upstream names, or modules, that are left out on purpose."""

    def inverted(self) -> WeightTable:
        """Turn the table round, so that it maps our names to upstream's."""
        return WeightTable({ours: upstream for upstream, ours in self.names.items()})


def load_module(
    module: AnyModule, weights: Mapping[str, Tensor], table: WeightTable, source: str
) -> AnyModule:
    """Fill every parameter and buffer of a module from a checkpoint.

    Args:
        module: Takes the weights, cast to the dtype of its slots. It may live on the meta device.
        weights: By upstream name, weight norm already folded.
        table: Maps upstream names to those of the module.
        source: Names the checkpoint in error messages.

    Returns:
        The same module, in eval mode.

    Raises:
        CheckpointError: Names left over, slots left empty, wrong shapes, NaN or infinite values;
            all of them in one message, by upstream name.
    """
    renamed, unknown = _rename(weights, table)
    slots = module.state_dict()
    upstream_name = _Renamer(table.inverted())
    common = [ours for ours in slots if ours in renamed]
    leftover = [ours for ours in renamed if ours not in slots]
    missing = [ours for ours in slots if ours not in renamed]
    _refuse_faults(
        source,
        {
            "unknown": unknown + [upstream_name(ours) or ours for ours in leftover],
            "missing": [upstream_name(ours) or ours for ours in missing],
            "of the wrong shape": [
                f"{upstream_name(ours)} is {tuple(renamed[ours].shape)}, "
                f"expected {tuple(slots[ours].shape)}"
                for ours in common
                if renamed[ours].shape != slots[ours].shape
            ],
            "with NaN or infinite values": [
                upstream_name(ours) or ours for ours in common if not is_finite(renamed[ours])
            ],
        },
    )
    module.load_state_dict(
        {ours: renamed[ours].to(slot.dtype) for ours, slot in slots.items()}, assign=True
    )
    return module.eval()


def apply_table(
    weights: Mapping[str, Tensor], table: WeightTable, source: str
) -> dict[str, Tensor]:
    """Rename weights from upstream's names to ours.

    Raises:
        CheckpointError: Names that the table neither maps nor drops, all in one message.
    """
    renamed, unknown = _rename(weights, table)
    _refuse_faults(source, {"unknown": unknown})
    return renamed


def invert_table(module_state: Mapping[str, Tensor], table: WeightTable) -> dict[str, Tensor]:
    """Rename the state of a module back to upstream's names, to write a checkpoint.

    Raises:
        CheckpointError: Names of ours that the table does not know, all in one message.
    """
    return apply_table(module_state, table.inverted(), "module state")


def fold_weight_norm(weights: Mapping[str, Tensor]) -> dict[str, Tensor]:
    """Replace each magnitude and direction by the weight they stand for, computed in float32.

    The norm is taken over all dimensions but the first, for transposed convolutions too. Half a
    pair, or a pair whose sizes disagree, is kept as it is, so that the weight table reports it.

    Source: Salimans and Kingma, "Weight Normalization", 2016.
    """
    folded = dict(weights)
    for magnitude_suffix, direction_suffix in _WEIGHT_NORM_SUFFIXES:
        for name in weights:
            module = name.removesuffix(magnitude_suffix)
            direction = module + direction_suffix
            if module == name or direction not in weights:
                continue
            if _is_pair(weights[name], weights[direction]):
                folded[f"{module}.weight"] = _fold(folded.pop(name), folded.pop(direction))
    return folded


def unfold_weight_norm(weights: Mapping[str, Tensor], modules: Iterable[str]) -> dict[str, Tensor]:
    """Split the weight of each named module into `weight_g` and `weight_v`, as upstream stores it.

    Folding the result gives the same weights back.
    """
    unfolded = dict(weights)
    for module in modules:
        weight = unfolded.pop(f"{module}.weight")
        unfolded[f"{module}.weight_g"] = _norm(weight)
        unfolded[f"{module}.weight_v"] = weight
    return unfolded


def is_finite(tensor: Tensor) -> bool:
    """Tell whether no value is NaN or infinite."""
    return bool(torch.isfinite(tensor).all())


def _is_pair(magnitude: Tensor, direction: Tensor) -> bool:
    return magnitude.shape == (direction.shape[:1] + (1,) * (direction.dim() - 1))


def _fold(magnitude: Tensor, direction: Tensor) -> Tensor:
    direction = direction.float()
    return direction * (magnitude.float() / _norm(direction))


def _norm(weight: Tensor) -> Tensor:
    every_other = tuple(range(1, weight.dim()))
    norm: Tensor = torch.linalg.vector_norm(weight, dim=every_other, keepdim=True)
    return norm


def _rename(
    weights: Mapping[str, Tensor], table: WeightTable
) -> tuple[dict[str, Tensor], list[str]]:
    """Return the weights by our names, and the names that found no place of their own."""
    renamed: dict[str, Tensor] = {}
    unknown: list[str] = []
    rename = _Renamer(table)
    is_dropped = _Renamer(WeightTable({name: name for name in table.dropped}))
    for name, weight in weights.items():
        ours = rename(name)
        if ours and ours not in renamed:
            renamed[ours] = weight
        elif not is_dropped(name):
            unknown.append(name)
    return renamed, unknown


class _Renamer:
    """Maps one name at a time; the empty string says that the table does not know it."""

    def __init__(self, table: WeightTable) -> None:
        most_specific_first = sorted(table.names, key=lambda name: name.count("."), reverse=True)
        self._rules = [(_compile(name), table.names[name]) for name in most_specific_first]

    def __call__(self, name: str) -> str:
        for pattern, target in self._rules:
            if found := pattern.fullmatch(name):
                return target.format(**found.groupdict()) + found["below"]
        return ""


def _compile(name: str) -> re.Pattern[str]:
    with_integers = re.sub(r"\\{([a-z])\\}", r"(?P<\1>\\d+)", re.escape(name))
    return re.compile(rf"{with_integers}(?P<below>(?:\..+)?)")


def _refuse_faults(source: str, faults: Mapping[str, list[str]]) -> None:
    lines = [
        f"- {len(names)} {kind}: {abbreviate(names)}" for kind, names in faults.items() if names
    ]
    if lines:
        raise CheckpointError(
            f"{source}: the weights are not the expected ones.\n"
            + "\n".join(lines)
            + "\nTake the file as training wrote it, and check that it is of this generation."
        )


def abbreviate(names: list[str]) -> str:
    """List the first few names, and count the rest."""
    shown = ", ".join(names[:_NAMES_SHOWN])
    return f"{shown} and {len(names) - _NAMES_SHOWN} more" if len(names) > _NAMES_SHOWN else shown
