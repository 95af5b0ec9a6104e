"""Where a training stands: kept on disk every few minutes, so that it can go on after any stop."""

from __future__ import annotations

import json
import math
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import torch
from torch import nn

SAVE_EVERY_S = 120.0
LOG_EVERY_S = 20.0
WARM_UP_STEPS = 100
LAST_RATE = 0.02
"""Learning rate at the end of the plan, as a share of the highest."""


@dataclass
class Training:
    """A module, its optimizer, and how much of the planned time is spent."""

    module: nn.Module
    optimizer: torch.optim.Optimizer
    file: Path
    planned_s: float
    highest_rate: float
    step: int = 0
    spent_s: float = 0.0
    _sums: dict[str, float] = field(default_factory=dict)
    _summed: int = 0

    def resume(self) -> None:
        """Go on from the file, where there is one."""
        self.file.parent.mkdir(parents=True, exist_ok=True)
        if self.file.exists():
            state = torch.load(self.file, weights_only=True)
            self.module.load_state_dict(state["module"])
            self.optimizer.load_state_dict(state["optimizer"])
            self.step, self.spent_s = state["step"], state["spent_s"]

    def steps(self) -> Iterator[int]:
        """Count steps until the planned time is spent, with a learning rate that falls to match."""
        saved = logged = last = time.monotonic()
        while self.spent_s < self.planned_s:
            for group in self.optimizer.param_groups:
                group["lr"] = self._rate()
            yield self.step
            self.step += 1
            now = time.monotonic()
            self.spent_s, last = self.spent_s + now - last, now
            if now - logged > LOG_EVERY_S:
                self._log()
                logged = now
            if now - saved > SAVE_EVERY_S:
                self.save()
                saved = now
        self.save()

    def descend(self, loss: torch.Tensor, largest_gradient: float) -> None:
        """Take one step of the optimizer; longer gradients are cut to a length."""
        self.optimizer.zero_grad()
        torch.autograd.backward(loss)
        nn.utils.clip_grad_norm_(self.module.parameters(), largest_gradient)
        self.optimizer.step()

    def note(self, losses: Mapping[str, torch.Tensor]) -> None:
        """Remember the losses of a step for the log."""
        for name, loss in losses.items():
            self._sums[name] = self._sums.get(name, 0.0) + float(loss.detach())
        self._summed += 1

    def save(self) -> None:
        """Write the state; a stop while writing leaves the last one whole."""
        state = {
            "module": self.module.state_dict(),
            "optimizer": self.optimizer.state_dict(),
            "step": self.step,
            "spent_s": self.spent_s,
        }
        partial = self.file.with_suffix(".partial")
        torch.save(state, partial)
        partial.replace(self.file)

    def _rate(self) -> float:
        share = min(1.0, self.spent_s / self.planned_s)
        falling = LAST_RATE + (1 - LAST_RATE) * (1 + math.cos(math.pi * share)) / 2
        return self.highest_rate * falling * min(1.0, (self.step + 1) / WARM_UP_STEPS)

    def _log(self) -> None:
        means = {name: round(total / self._summed, 4) for name, total in self._sums.items()}
        line = json.dumps({"step": self.step, "spent_s": round(self.spent_s), **means})
        with self.file.with_suffix(".log").open("a", encoding="utf-8") as log:
            log.write(line + "\n")
        self._sums, self._summed = {}, 0
