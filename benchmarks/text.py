"""How fast, and in how much memory, English text becomes phones.

    python -m benchmarks.text

Limits: import and first sentence 0.6 s, later sentences 3 ms per 30 characters, 120 MB.
"""

from __future__ import annotations

import subprocess
import sys
import time

from voicepack.runtime.text.english import load
from voicepack.runtime.text.splitting import Split, cut
from voicepack.runtime.text.symbols import symbol_table

FIRST = """
import resource, time
begin = time.perf_counter()
from voicepack.runtime.text.sentences import sentences
from voicepack.runtime.text.symbols import symbol_table
next(sentences("Turn left in 200 metres.", "en", symbol_table("v2")))
taken_s = time.perf_counter() - begin
# A word that only the net can say, so that all data is loaded.
next(sentences("Warmworded blorfing Kowalczyk.", "en", symbol_table("v2")))
print(taken_s, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024)
"""
# Each word once, so that the cache of words does not flatter; some are in no dictionary.
TEXT = (
    "The Brookhollow ferry departs at 7:45 p.m. from pier 12, weather permitting. "
    "Doctors recommended a vaccination costing $85.50, although insurers reimburse 60% of that. "
    "Chatbots misheard Kowalczyk's livestream, so grumpy engineers recalibrated 3 microphones! "
    "Yesterday's thunderstorm flooded basements, uprooted oaks and blackened 1,250 homes. "
    "Please fasten your seatbelt, stow luggage overhead and silence every smartwatch."
)
REPETITIONS = 20


def fresh_process() -> tuple[float, float]:
    """Import and speak in a fresh process: seconds to the first sentence, peak megabytes."""
    command = [sys.executable, "-c", FIRST]
    done = subprocess.run(command, check=True, capture_output=True, text=True)
    taken_s, peak = done.stdout.split()
    return float(taken_s), float(peak)


def later_sentences_s() -> float:
    """Speak the text without what earlier texts have left in caches, per 30 characters."""
    taken = 0.0
    for _ in range(REPETITIONS):
        front_end = load(symbol_table("v2"))
        front_end.pronounce("Warmworded blorfing.")
        begin = time.perf_counter()
        for piece in cut(TEXT, Split.CUT5):
            front_end.pronounce(piece)
        taken += time.perf_counter() - begin
    return taken / REPETITIONS / len(TEXT) * 30


def main() -> None:
    """Print the three figures."""
    taken_s, peak = min(fresh_process() for _ in range(3))
    print(f"import and first sentence    {taken_s:.3f} s")
    print(f"30 characters, new words     {later_sentences_s() * 1e3:.2f} ms")
    print(f"peak memory of the process   {peak:.0f} MB")


if __name__ == "__main__":
    main()
