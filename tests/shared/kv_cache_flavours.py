"""Every flavour of the text2semantic graph, and a target that runs it."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from voicepack.targets.profile import KvCache

TARGETS = {
    KvCache.SHARED_BUFFER: "cpu",
    KvCache.PORTABLE: "cpu-portable",
    KvCache.ON_DEVICE: "jetson-orin",
    KvCache.STATEFUL: "openvino-cpu",
}
FLAVOURS = [
    KvCache.SHARED_BUFFER,
    KvCache.PORTABLE,
    KvCache.ON_DEVICE,
    pytest.param(
        KvCache.STATEFUL,
        marks=[
            pytest.mark.openvino,
            pytest.mark.skipif(not find_spec("openvino"), reason="openvino is not installed"),
        ],
    ),
]
