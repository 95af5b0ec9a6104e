"""Lets the demo voice say the held-out sentences, and counts what is wrong.

Prints for each seed the word error rate of an independent recogniser, and how many utterances skip
or repeat something at the end of a sentence.

python tools/demo_voice/evaluate.py PACK FOLDER [--seeds 3]
"""

from __future__ import annotations

import argparse
import sys
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import soundfile
from endings import has_bad_end
from sentences import held_out_sentences
from word_errors import recognize, word_error_rate, word_errors

from voicepack.runtime.speaking import Speaking
from voicepack.runtime.utterance import Trace
from voicepack.runtime.voice import Voice


@dataclass(frozen=True)
class Said:
    """What became of a sentence."""

    file: Path
    ends_badly: bool


def say_all(voice: Voice, sentences: list[str], seed: int, folder: Path) -> list[Said]:
    """Write a sound file for each sentence."""
    folder.mkdir(parents=True, exist_ok=True)
    said = []
    for number, sentence in enumerate(sentences):
        speaking, trace = Speaking(sampling=voice.default_sampling(), seed=seed), Trace()
        chunks = voice.synthesize(sentence, speaking=speaking, trace=trace)
        samples = np.concatenate([chunk.samples for chunk in chunks])
        file = folder / f"{number:05d}.wav"
        soundfile.write(file, samples, voice.sample_rate)
        said.append(Said(file, has_bad_end(trace)))
    return said


def main() -> None:
    """Print what is wrong for each seed, and write what was heard beside the sounds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("pack", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--seeds", type=int, default=3)
    arguments = parser.parse_args()
    voice, sentences = Voice.load(arguments.pack, threads=1), held_out_sentences()
    for seed in range(arguments.seeds):
        folder = arguments.folder / f"seed{seed}"
        said = say_all(voice, sentences, seed, folder)
        heard = recognize([one.file for one in said])
        lines = [
            f"{word_errors(wanted, words)} | {'bad end' * one.ends_badly} | {wanted} | {words}"
            for wanted, words, one in zip(sentences, heard, said, strict=True)
        ]
        (folder / "heard.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
        rate = word_error_rate(sentences, heard)
        bad_ends = sum(one.ends_badly for one in said)
        sys.stdout.write(
            f"seed {seed}: word error rate {rate:.3f}, bad ends {bad_ends} of {len(said)}\n"
        )


if __name__ == "__main__":
    main()
