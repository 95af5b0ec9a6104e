"""Lets a voice pack say the held-out sentences, and counts what an independent recogniser mishears.

python tools/demo_voice/evaluate.py PACK FOLDER [--seeds 3]
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import numpy as np
import soundfile
from sentences import held_out_sentences
from word_errors import recognize, word_error_rate, word_errors

from voicepack.runtime.speaking import Speaking
from voicepack.runtime.voice import Voice


def say_all(voice: Voice, sentences: list[str], seed: int, folder: Path) -> list[Path]:
    """Write a sound file for each sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    files = []
    for number, sentence in enumerate(sentences):
        speaking = Speaking(sampling=voice.default_sampling(), seed=seed)
        chunks = [chunk.samples for chunk in voice.synthesize(sentence, speaking=speaking)]
        file = folder / f"{number:05d}.wav"
        soundfile.write(file, np.concatenate(chunks), voice.sample_rate)
        files.append(file)
    return files


def main() -> None:
    """Print the word error rate of each seed, and write what was heard beside the sounds."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("pack", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    voice, sentences = Voice.load(arguments.pack, threads=1), held_out_sentences()
    for seed in range(arguments.seeds):
        folder = arguments.folder / f"seed{seed}"
        heard = recognize(say_all(voice, sentences, seed, folder))
        lines = [
            f"{word_errors(wanted, said)} | {wanted} | {said}"
            for wanted, said in zip(sentences, heard, strict=True)
        ]
        (folder / "heard.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        rate = word_error_rate(sentences, heard)
        sys.stdout.write(f"seed {seed}: word error rate {rate:.3f}\n")


if __name__ == "__main__":
    main()
