"""Makes a small wheel for devices: the runtime, the targets and the data of a few languages.

    pip wheel --no-deps -w dist .
    python tools/device_wheel.py dist/voicepack-0.1.0-py3-none-any.whl --languages ja -o device

It has the name and the version of the wheel that it is made from, and a build tag that tells them
apart. English is always in it, for other languages say words in Latin letters in English.
"""

from __future__ import annotations

import argparse
import csv
import io
import zipfile
from base64 import urlsafe_b64encode
from collections.abc import Collection
from fnmatch import fnmatch
from hashlib import sha256
from pathlib import Path

DEVICE_SIDE = ("voicepack/runtime/*", "voicepack/targets/*", "*.dist-info/*")
DATA = "voicepack/runtime/text/data/"
LANGUAGES = {
    "en": ("english_*",),
    "ja": ("japanese_*",),
    "ko": ("korean_*",),
    "yue": ("cantonese_*", "chinese_simplified.txt"),
    "zh": ("chinese_*",),
}
"""The data files of each language."""
ALL_LANGUAGES = ("LICENSES.md", "symbols.txt")
RECORD, WHEEL = ".dist-info/RECORD", ".dist-info/WHEEL"


def main() -> None:
    """Make the wheel and print where it is."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("wheel", type=Path, help="the whole wheel of voicepack")
    parser.add_argument("--languages", required=True, help="codes between commas, such as ja,zh")
    parser.add_argument("-o", "--output", type=Path, default=Path(), help="folder for the wheel")
    arguments = parser.parse_args()
    languages = set(arguments.languages.split(","))
    if unknown := sorted(languages - LANGUAGES.keys()):
        parser.error(f"no language {', '.join(unknown)}; there are {', '.join(LANGUAGES)}")
    print(make_device_wheel(arguments.wheel, languages, arguments.output))


def make_device_wheel(whole: Path, languages: Collection[str], folder: Path) -> Path:
    """Write the wheel of a device.

    Args:
        whole: The wheel to take from.
        languages: Codes of languages; English is added.
        folder: Where to write; made if it is not there.
    """
    spoken = sorted({"en", *languages})
    tag = "_".join(("1", *spoken))
    name, version, *platform = whole.stem.split("-")
    folder.mkdir(parents=True, exist_ok=True)
    made = folder / ("-".join((name, version, tag, *platform)) + ".whl")
    with zipfile.ZipFile(whole) as source, zipfile.ZipFile(made, "w") as target:
        record = []
        for entry in source.infolist():
            if entry.filename.endswith(RECORD) or not is_kept(entry.filename, spoken):
                continue
            content = source.read(entry)
            if entry.filename.endswith(WHEEL):
                content = content.rstrip() + f"\nBuild: {tag}\n".encode()
            target.writestr(entry, content, zipfile.ZIP_DEFLATED)
            record.append((entry.filename, f"sha256={digest(content)}", str(len(content))))
        record_name = f"{name}-{version}{RECORD}"
        target.writestr(record_name, table([*record, (record_name, "", "")]), zipfile.ZIP_DEFLATED)
    return made


def is_kept(file: str, languages: Collection[str]) -> bool:
    """Tell whether a device that speaks these languages needs a file."""
    if not file.startswith(DATA):
        return any(fnmatch(file, pattern) for pattern in DEVICE_SIDE)
    patterns = (*ALL_LANGUAGES, *(each for code in languages for each in LANGUAGES[code]))
    return any(fnmatch(file.removeprefix(DATA), pattern) for pattern in patterns)


def digest(content: bytes) -> str:
    """Hash a file as wheels do."""
    return urlsafe_b64encode(sha256(content).digest()).rstrip(b"=").decode()


def table(rows: list[tuple[str, str, str]]) -> str:
    """Write rows as wheels list their files."""
    text = io.StringIO()
    csv.writer(text, lineterminator="\n").writerows(rows)
    return text.getvalue()


if __name__ == "__main__":
    main()
