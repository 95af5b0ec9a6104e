"""`voicepack say`: speak text with a voice pack."""

from __future__ import annotations

import io
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from voicepack.runtime.atomic_paths import replaced_file
from voicepack.runtime.audio import AudioChunk, stream_raw, stream_wav, write_wav
from voicepack.runtime.commands.text_options import (
    EXISTING_FILE,
    language_pack_option,
    lexicon_option,
    ssml_option,
)
from voicepack.runtime.errors import TextError
from voicepack.runtime.memory_limit import keep_within
from voicepack.runtime.phones import Phones
from voicepack.runtime.sampling import Sampling
from voicepack.runtime.speaking import Speaking
from voicepack.runtime.text.lexicon_file import load_lexicons
from voicepack.runtime.text.modes import MODES
from voicepack.runtime.text.splitting import Split
from voicepack.runtime.text.ssml import Ssml
from voicepack.runtime.utterance import Trace
from voicepack.runtime.voice import Voice


@click.command()
@click.argument("pack", type=click.Path(exists=True, path_type=Path))
@click.argument("text", required=False)
@click.option("--file", type=EXISTING_FILE, help="Read the text from a UTF-8 file.")
@click.option("--phones", help="Speak these phones instead of text.")
@ssml_option
@lexicon_option
@click.option("-o", "--output", help="WAV file to write; - streams WAV to standard output.")
@click.option("--output-raw", is_flag=True, help="Stream bare int16 samples to standard output.")
@click.option("--language", help=f"One of {', '.join(MODES)}.  [default: that of the reference]")
@click.option("--style", help="Named reference to speak like.  [default: the pack's first]")
@click.option("--seed", type=int, default=0, show_default=True, help="Same seed, same speech.")
@click.option("--speed", type=float, default=1.0, show_default=True, help="2 is twice as fast.")
@click.option("--noise-scale", type=float, default=0.5, show_default=True, help="0 is exact.")
@click.option("--pause", default=0.3, show_default=True, help="Seconds after each sentence.")
@click.option(
    "--split",
    type=click.Choice([each.value for each in Split]),
    default=Split.CUT5.value,
    show_default=True,
    help="How text is cut into sentences, as upstream names it.",
)
@click.option("--top-k", type=int, help="Choose among this many tokens.  [default: the pack's]")
@click.option("--top-p", type=float, help="Choose within this probability.  [default: the pack's]")
@click.option("--temperature", type=float, help="Above 1 is livelier.  [default: the pack's]")
@click.option("--repetition-penalty", type=float, help="1 is off.  [default: the pack's]")
@click.option("--greedy", is_flag=True, help="Take the likeliest token each time (--top-k 1).")
@language_pack_option("Gives Chinese its features; repeat for more.  [default: those beside PACK]")
@click.option("--threads", type=click.IntRange(min=1), help="[default: free cores, at most 4]")
@click.option(
    "--spinning/--no-spinning",
    default=None,
    help="Let idle threads spin: faster, but holds cores.  [default: as tuned, else off]",
)
@click.option(
    "--memory-limit",
    type=click.IntRange(min=1),
    help="Megabytes to stay within; refused, with the reason, where that cannot be.",
)
@click.option("--target", help="Which of the targets of PACK.  [default: what fits here]")
@click.option(
    "--trace",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write what happened to an .npz file.",
)
@click.option("-q", "--quiet", is_flag=True, help="Print nothing but errors.")
def say(
    pack: Path,
    text: str | None,
    file: Path | None,
    phones: str | None,
    ssml: bool,
    lexicons: tuple[Path, ...],
    output: str | None,
    output_raw: bool,
    language: str | None,
    style: str | None,
    seed: int,
    speed: float,
    noise_scale: float,
    pause: float,
    split: str,
    top_k: int | None,
    top_p: float | None,
    temperature: float | None,
    repetition_penalty: float | None,
    greedy: bool,
    language_packs: tuple[Path, ...],
    threads: int | None,
    spinning: bool | None,
    memory_limit: int | None,
    target: str | None,
    trace: Path | None,
    quiet: bool,
) -> None:
    """Speak TEXT with the voice pack PACK.

    Without TEXT, --file or --phones, every line of standard input is spoken as it comes, or with
    --ssml all of it once it has ended.

    \b
    Examples:
      voicepack say my.voicepack "Turn left." -o out.wav
      voicepack say my.voicepack --file story.txt --speed 1.2 -o story.wav
      voicepack say my.voicepack --ssml --file story.xml --lexicon names.toml -o story.wav
      tail -f messages | voicepack say my.voicepack --output-raw | aplay -r 32000 -f S16_LE
      voicepack say my.voicepack --phones "HH AH0 L OW1 ." --greedy --noise-scale 0 \\
          --trace trace.npz -o out.wav
    """
    _refuse_contradictions(text, file, phones, output, output_raw, trace)
    if ssml and phones is not None:
        raise click.UsageError("Give only one of --ssml and --phones.")
    voice = Voice.load(pack, threads, spinning, language_packs, target, memory_limit is not None)
    if memory_limit is not None:
        voice = keep_within(voice, memory_limit * 10**6)
    if voice.choice.reason and not quiet:
        click.echo(f"target {voice.choice.profile.name}: {voice.choice.reason}", err=True)
    voice = voice.with_lexicon(load_lexicons(lexicons, voice.symbols))
    chosen = voice.default_sampling()
    sampling = Sampling(
        top_k=1 if greedy else chosen.top_k if top_k is None else top_k,
        top_p=chosen.top_p if top_p is None else top_p,
        temperature=chosen.temperature if temperature is None else temperature,
        repetition_penalty=(
            chosen.repetition_penalty if repetition_penalty is None else repetition_penalty
        ),
    )
    speaking = Speaking(sampling, seed, speed, noise_scale, pause, Split(split))
    happened = Trace() if trace is not None else None
    chunks = (
        chunk
        for piece in (_documents(text, file) if ssml else _pieces(voice, text, file, phones))
        for chunk in voice.synthesize(
            piece, language=language, reference=style, speaking=speaking, trace=happened
        )
    )
    try:
        _deliver(chunks, voice.sample_rate, output, output_raw, quiet)
    finally:
        if trace is not None and happened is not None:
            with replaced_file(trace) as temporary:
                happened.save(temporary)


def _refuse_contradictions(
    text: str | None,
    file: Path | None,
    phones: str | None,
    output: str | None,
    output_raw: bool,
    trace: Path | None,
) -> None:
    if sum(source is not None for source in (text, file, phones)) > 1:
        raise click.UsageError("Give only one of TEXT, --file and --phones.")
    if output is not None and output_raw:
        raise click.UsageError("Give only one of --output and --output-raw.")
    if output is None and not output_raw and trace is None:
        raise click.UsageError("Say where the speech goes: -o FILE.wav, -o - or --output-raw.")


def _pieces(
    voice: Voice, text: str | None, file: Path | None, phones: str | None
) -> Iterator[str | Phones]:
    """Yield what is to be spoken, line by line where it comes from standard input."""
    if phones is not None:
        yield Phones(voice.symbols.ids(voice.symbols.parse(phones)))
    elif text is not None:
        yield text
    elif file is not None:
        yield _read_text(file)
    else:
        yield from io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8", errors="replace")


def _documents(text: str | None, file: Path | None) -> Iterator[Ssml]:
    """Yield the document that is to be spoken."""
    if text is not None:
        yield Ssml(text)
    elif file is not None:
        yield Ssml(_read_text(file))
    else:
        yield Ssml(sys.stdin.buffer.read().decode("utf-8-sig", "surrogateescape"))


def _read_text(file: Path) -> str:
    try:
        return file.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise TextError(
            f"{file}: not UTF-8 text ({error.reason} at byte {error.start}). Save it as UTF-8."
        ) from error


def _deliver(
    chunks: Iterable[AudioChunk], sample_rate: int, output: str | None, raw: bool, quiet: bool
) -> None:
    """Bring the audio where it was asked for, and say how fast that was."""
    start = time.perf_counter()
    if raw or output == "-":
        for data in stream_raw(chunks) if raw else stream_wav(chunks, sample_rate):
            sys.stdout.buffer.write(data)
            sys.stdout.buffer.flush()
        return
    if output is None:
        num_samples = sum(len(chunk.samples) for chunk in chunks)
        _refuse_silence(num_samples)
        return
    with replaced_file(Path(output)) as temporary, temporary.open("wb") as opened:
        num_samples = write_wav(opened, chunks, sample_rate)
        _refuse_silence(num_samples)
    if not quiet:
        seconds, spent = num_samples / sample_rate, time.perf_counter() - start
        click.echo(
            f"{output}: {seconds:.2f} s of speech in {spent:.2f} s "
            f"(real-time factor {spent / seconds:.2f})",
            err=True,
        )


def _refuse_silence(num_samples: int) -> None:
    if not num_samples:
        raise TextError("There is nothing to say: the text holds no letters or digits.")
