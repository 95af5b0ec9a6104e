"""Makes the demo voice from nothing but Debian packages: see README.md.

    python tools/demo_voice/make_voice.py FOLDER [STAGE ...]

Every stage goes on where it was stopped, and does nothing once it is done.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import soundfile
import torch
import train_hubert
import train_latent
import train_text2semantic
import train_vocoder
from architecture import new_synthesizer
from checkpoints import write_gpt, write_hubert, write_sovits
from corpus import Example, SoundExample, prepare_codes, prepare_sound, read_examples, read_sound
from sentences import held_out_sentences, training_sentences
from source_speech import SAMPLE_RATE, speak

from voicepack.export.synthesizer import Synthesizer

NUM_SENTENCES = 8000
NUM_WITH_SOUND = 1500
"""Of the sentences, the first."""
CHUNK = 100
SEED = 1
REFERENCE = 97
"""Number of the sentence that becomes the reference clip."""
MINUTES = {"text2semantic": 44, "latent": 60, "vocoder": 62, "polish": 28, "hubert": 36}
"""Of training, on a fifth to a half of a core, which was all there was; a whole one needs less."""


def sentences_of(folder: Path) -> list[str]:
    """Read the sentences, held-out ones first, or compose them."""
    file = folder / "sentences.txt"
    if not file.exists():
        composed = held_out_sentences() + training_sentences(NUM_SENTENCES, SEED)
        file.write_text("\n".join(composed), encoding="utf-8")
    return file.read_text(encoding="utf-8").splitlines()


def speak_sentences(folder: Path) -> None:
    """Let festival say all sentences."""
    sentences = sentences_of(folder)
    speak(sentences, range(len(sentences)), folder / "speech")


def write_codes(folder: Path) -> None:
    """Write phones and codes of all sentences."""
    sentences = sentences_of(folder)
    for numbers, file in _chunks(folder, "codes", len(sentences)):
        prepare_codes(sentences, numbers, folder / "speech", file)


def write_sound(folder: Path) -> None:
    """Write sound and acoustic frames of the first sentences."""
    for numbers, file in _chunks(folder, "sound", NUM_WITH_SOUND):
        prepare_sound(numbers, folder / "speech", file)


def train_all_text2semantic(folder: Path) -> None:
    """Train text2semantic."""
    train_text2semantic.train(
        _examples(folder), folder / "ckpt" / "t2s.pt", MINUTES["text2semantic"]
    )


def train_all_latent(folder: Path) -> None:
    """Train the net between tokens and vocoder."""
    train_latent.train(_sound(folder), folder / "ckpt" / "latent.pt", MINUTES["latent"])


def train_all_vocoder(folder: Path) -> None:
    """Train the vocoder."""
    train_vocoder.train(_sound(folder), folder / "ckpt" / "vocoder.pt", MINUTES["vocoder"])


def polish_vocoder(folder: Path) -> None:
    """Train the vocoder further, on what the net before it predicts."""
    net = _synthesizer(folder, "vocoder")
    train_vocoder.polish(net, _sound(folder), folder / "ckpt" / "polish.pt", MINUTES["polish"])


def train_all_hubert(folder: Path) -> None:
    """Train the stand-in for HuBERT."""
    train_hubert.train(_sound(folder), folder / "ckpt" / "hubert.pt", MINUTES["hubert"])


def write_voice(folder: Path) -> None:
    """Write what `voicepack export` takes, from wherever the trainings stand."""
    voice = folder / "voice"
    voice.mkdir(exist_ok=True)
    model = train_text2semantic.FactoredText2Semantic()
    model.load_state_dict(_trained(folder, "t2s"))
    write_gpt(voice / "gpt.ckpt", model.plain())
    hearing = train_hubert.Hearing()
    hearing.load_state_dict(_trained(folder, "hubert"))
    write_hubert(voice / "hubert", hearing.eval())
    net = _synthesizer(folder, "polish")
    net.ssl_projection = hearing.ssl_projection()
    write_sovits(voice / "sovits.pth", net)
    _write_reference(folder, voice)


STAGES: dict[str, Callable[[Path], None]] = {
    "speech": speak_sentences,
    "codes": write_codes,
    "sound": write_sound,
    "text2semantic": train_all_text2semantic,
    "latent": train_all_latent,
    "vocoder": train_all_vocoder,
    "polish": polish_vocoder,
    "hubert": train_all_hubert,
    "voice": write_voice,
}


def main() -> None:
    """Run all stages, or those named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("folder", type=Path)
    parser.add_argument("stages", nargs="*", metavar="STAGE", help=", ".join(STAGES))
    arguments = parser.parse_args()
    unknown = set(arguments.stages) - set(STAGES)
    if unknown:
        parser.error(f"no stages {', '.join(sorted(unknown))}; there are {', '.join(STAGES)}")
    arguments.folder.mkdir(parents=True, exist_ok=True)
    torch.set_num_threads(1)
    for stage in arguments.stages or STAGES:
        STAGES[stage](arguments.folder)


def _chunks(folder: Path, kind: str, count: int) -> list[tuple[range, Path]]:
    """List the chunks of the corpus that are still to be written."""
    corpus = folder / "corpus"
    corpus.mkdir(exist_ok=True)
    chunks = [
        (range(start, min(start + CHUNK, count)), corpus / f"{kind}_{start:05d}.npz")
        for start in range(0, count, CHUNK)
    ]
    return [(numbers, file) for numbers, file in chunks if not file.exists()]


def _examples(folder: Path) -> list[Example]:
    """Read the sentences to learn from."""
    return _all_examples(folder)[len(held_out_sentences()) :]


def _sound(folder: Path) -> list[SoundExample]:
    """Read the sentences with sound to learn from."""
    files = sorted((folder / "corpus").glob("sound_?????.npz"))
    return read_sound(_all_examples(folder), files)[len(held_out_sentences()) :]


def _all_examples(folder: Path) -> list[Example]:
    return read_examples(sorted((folder / "corpus").glob("codes_?????.npz")))


def _synthesizer(folder: Path, vocoder: str) -> Synthesizer:
    net = new_synthesizer(train_latent.SEED)
    train_latent.learning_parts(net).load_state_dict(_trained(folder, "latent"))
    net.vocoder.load_state_dict(_trained(folder, vocoder))
    return net


def _trained(folder: Path, name: str) -> dict[str, torch.Tensor]:
    state: dict[str, torch.Tensor] = torch.load(folder / "ckpt" / f"{name}.pt", weights_only=True)[
        "module"
    ]
    return state


def _write_reference(folder: Path, voice: Path) -> None:
    files = sorted((folder / "corpus").glob("sound_?????.npz"))
    example = read_sound(_all_examples(folder), files)[REFERENCE]
    soundfile.write(voice / "reference.wav", example.samples, SAMPLE_RATE, subtype="PCM_16")
    text = sentences_of(folder)[REFERENCE]
    (voice / "reference.txt").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
