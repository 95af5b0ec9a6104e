"""How exactly a graph is computed, by the precision that it is stored in."""

from __future__ import annotations

from dataclasses import replace

from voicepack.runtime.contract import Precision
from voicepack.runtime.manifest import GraphEntry
from voicepack.targets.session import Arithmetic, EngineOptions

FLOATING = {Precision.FP32: Arithmetic.EXACT, Precision.FP16: Arithmetic.HALF}


def options_of(entry: GraphEntry, options: EngineOptions) -> EngineOptions:
    """Add to what the caller asks for how a graph of its precision is computed.

    Whatever rounds its weights further than to 16 bits needs no more exact arithmetic than they do.
    """
    return replace(options, arithmetic=FLOATING.get(entry.precision, Arithmetic.INTEGER))
