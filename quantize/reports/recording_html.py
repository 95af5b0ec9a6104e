"""One sentence in an HTML report: spectrograms, their difference, and players."""

from __future__ import annotations

from base64 import b64encode
from html import escape
from io import BytesIO

import numpy as np

from voicepack.quantize.reports.recording import Recording
from voicepack.quantize.reports.spectrogram_image import (
    DIFFERENCE_DB,
    difference_image,
    mel_db,
    spectrogram_image,
)
from voicepack.runtime.audio import AudioChunk, limit_peak, write_wav
from voicepack.runtime.phones import FloatArray


def recording_html(recording: Recording, anchor: str) -> str:
    """Return an `article` with everything inside it, as data URLs.

    Args:
        recording: The sentence.
        anchor: Its id on the page.
    """
    rate = recording.sample_rate
    loudest = float(mel_db(recording.baseline, rate).max())

    def heard(caption: str, samples: FloatArray) -> str:
        picture = _picture(spectrogram_image(samples, loudest, rate), caption)
        return (
            f"<figure><figcaption>{caption}</figcaption>{picture}{_player(samples, rate)}</figure>"
        )

    difference = difference_image(recording.baseline, recording.candidate, rate)
    panels = [
        heard("Baseline", recording.baseline),
        heard("Pack, same tokens and noise", recording.candidate),
        f"<figure><figcaption>Difference of the two</figcaption>"
        f"{_picture(difference, 'Difference')}{_LEGEND}</figure>",
    ]
    if recording.free_run is not None:
        panels.append(heard("Pack on its own", recording.free_run))
    else:
        panels.append('<p class="bad">On its own, the pack did not come to an end.</p>')
    return (
        f'<article id="{anchor}">\n<h3>{escape(recording.text)}</h3>\n'
        f'<div class="panels">\n{chr(10).join(panels)}\n</div>\n</article>'
    )


_LEGEND = (
    '<div class="legend" style="background: linear-gradient(to right, '
    '#08306b, #4292c6, #ffffff, #ef6548, #7f0000)"></div>'
    f'<div class="ends"><span>{DIFFERENCE_DB:.0f} dB quieter</span><span>equal</span>'
    f"<span>{DIFFERENCE_DB:.0f} dB louder</span></div>"
)


def _picture(png: bytes, description: str) -> str:
    return f'<img alt="{description}" src="data:image/png;base64,{b64encode(png).decode()}">'


def _player(samples: FloatArray, sample_rate: int) -> str:
    finite = np.nan_to_num(samples, nan=0.0, posinf=1.0, neginf=-1.0)
    file = BytesIO()
    write_wav(file, [AudioChunk(limit_peak(finite), sample_rate)], sample_rate)
    data = b64encode(file.getvalue()).decode()
    return f'<audio controls preload="metadata" src="data:audio/wav;base64,{data}"></audio>'
