"""How fast, in how much memory and on how much disk text becomes phones, in every language.

    python -m benchmarks.text [LANGUAGE ...]

Each language has fresh processes of its own, the best of which counts. Time is that of the
processor, which is what the clock shows where nothing else runs. Limits: import and first sentence
0.6 s (Cantonese 1.2 s), later sentences 3 ms per 30 characters, 120 MB (Japanese 200 MB).
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution
from importlib.resources import files
from pathlib import Path

from voicepack.quantize.sentence_sets import SentenceUse, built_in_sentences
from voicepack.runtime.text.languages import MODULES

PROCESSES = 3
OWN = "voicepack"
REQUIREMENT = re.compile(r"(?P<name>[\w.-]+)(\[(?P<extras>[\w,-]+)\])?")
EXTRA = re.compile(r"extra == ['\"]([\w-]+)['\"]")
FRESH_PROCESS = """
import json, resource, sys, time
language, first, *later = json.loads(sys.argv[1])
begin = time.process_time()
from voicepack.runtime.text.sentences import sentences
from voicepack.runtime.text.symbols import symbol_table
symbols = symbol_table("v2")
next(sentences(first, language, symbols))
first_s = time.process_time() - begin
# What mixed text needs more of is loaded by half of the sentences.
half = len(later) // 2
for text in later[:half]:
    list(sentences(text, language, symbols))
begin = time.process_time()
for text in later[half:]:
    list(sentences(text, language, symbols))
later_s = time.process_time() - begin
peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
print(json.dumps([first_s, later_s / sum(map(len, later[half:])) * 30, peak]))
"""
MIXED = (
    "我用GPT-SoVITS做了一个demo。",
    "你也喜欢まいご吗？MyGO的新歌很好听！",
    "今日はgood dayですね。iPhone 15を買いました。",
    "안녕하세요, hello 你好, 오늘 회의는 Zoom으로 합니다.",
    "東京から新幹線で3時間、然后坐bus去酒店。",
    "这个bug已经fixed了，请大家更新到version 2.5。",
    "明天的meeting改到下午3点，记得带laptop。",
    "この曲はTaylor Swiftの新しいsingleです。",
    "토요일에 弘大에서 live 공연을 봤어요.",
    "他说「ありがとう」，然后就走了。",
    "Please翻译一下：駅はどこですか。",
)


@dataclass(frozen=True)
class Figures:
    """What one language costs."""

    first_s: float
    later_s: float
    """Per 30 characters."""
    peak_bytes: int


def measure(language: str) -> Figures:
    """Speak in fresh processes; the best of each figure."""
    texts = MIXED if language == "auto" else _sentences(language)
    command = [sys.executable, "-c", FRESH_PROCESS, json.dumps([language, *texts])]
    results = [
        json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
        for _ in range(PROCESSES)
    ]
    return Figures(*(min(figures) for figures in zip(*results, strict=True)))


def installed_bytes(language: str) -> int:
    """Add up a language's own files and the packages of its extra."""
    packages = sum(_package_bytes(name) for name in _packages(OWN, language, set()))
    module = MODULES.get(language)
    if module is None:
        return packages
    text = Path(str(files("voicepack.runtime.text")))
    own = [*(text / module).rglob("*.py"), *(text / "data").glob(f"{module}_*")]
    return packages + sum(file.stat().st_size for file in own)


def main() -> None:
    """Print a table of the languages."""
    print("| language | import and first sentence | 30 characters | peak memory | installed |")
    print("|---|---|---|---|---|")
    for language in sys.argv[1:] or [*MODULES, "auto"]:
        found = measure(language)
        print(
            f"| {language} | {found.first_s:.2f} s | {found.later_s * 1e3:.2f} ms "
            f"| {found.peak_bytes / 1e6:.0f} MB | {installed_bytes(language) / 1e6:.1f} MB |"
        )


def _sentences(language: str) -> tuple[str, ...]:
    check, calibration = SentenceUse.CHECK, SentenceUse.CALIBRATION
    return built_in_sentences(language, check) + built_in_sentences(language, calibration)


def _packages(owner: str, extra: str, known: set[str]) -> set[str]:
    """Name what an extra needs, and what that needs; what all of voicepack needs is left out."""
    for line in _installed_requirements(owner):
        needed = REQUIREMENT.match(line)
        condition = EXTRA.search(line)
        asked_for = condition[1] == extra if condition else owner != OWN
        if needed and asked_for and needed["name"] == OWN:
            for named in needed["extras"].split(","):
                _packages(OWN, named, known)
        elif needed and asked_for and needed["name"] not in known:
            known.add(needed["name"])
            _packages(needed["name"], "", known)
    return known


def _installed_requirements(package: str) -> list[str]:
    try:
        return distribution(package).requires or []
    except PackageNotFoundError:
        return []


def _package_bytes(package: str) -> int:
    try:
        installed = distribution(package).files or []
    except PackageNotFoundError:
        return 0
    paths = [Path(str(file.locate())) for file in installed]
    return sum(path.stat().st_size for path in paths if path.is_file())


if __name__ == "__main__":
    main()
