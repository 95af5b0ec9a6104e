from __future__ import annotations

import dataclasses
import math
import re
from html.parser import HTMLParser

import numpy as np
import pytest

from voicepack.quantize.reports.recording import Recording
from voicepack.quantize.reports.report import Report, Sensitivity, SentenceQuality, changes
from voicepack.quantize.reports.report_html import NUM_RECORDINGS, to_html, worst_sentences

RATE = 32000
TONE = np.sin(2 * np.pi * 220 * np.arange(RATE // 4) / RATE).astype(np.float32)
UNCLOSED = {"meta", "img", "br"}


class Page(HTMLParser):
    """Remembers elements, attributes and text, and that every element is closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.attributes: list[tuple[str, str]] = []
        self.text = ""
        self._open: list[str] = []
        self.feed(html)
        assert self._open == []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append(tag)
        self.attributes += [(name, value or "") for name, value in attrs]
        if tag not in UNCLOSED:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self._open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


def recordings(report: Report) -> list[Recording]:
    return [
        Recording(quality.text, RATE, TONE, TONE * np.float32(0.5), TONE)
        for quality in report.sentences
    ]


@pytest.fixture
def page(report: Report) -> Page:
    return Page(to_html(report, recordings(report)))


def test_the_page_reads_nothing_from_elsewhere(page: Page) -> None:
    sources = [value for name, value in page.attributes if name in ("src", "href")]
    assert sources
    assert all(source.startswith(("data:", "#")) for source in sources)
    assert "link" not in page.elements
    assert "url(" not in page.text


def test_text_is_shown_as_it_is_and_never_as_markup(page: Page) -> None:
    assert "Good <morning>." in page.text
    assert "morning" not in page.elements


def test_the_verdict_and_what_was_not_measured_are_said(page: Page) -> None:
    assert "over budget" in page.text
    assert "1 of 4 limits are kept" in page.text
    assert "not measured" in page.text


def test_a_value_that_alone_would_break_the_budget_is_marked(report: Report) -> None:
    html = to_html(report, recordings(report))
    assert '<td data-rank="0.03" class="bad">0.03</td>' in html
    assert '<td data-rank="0.01">0.01</td>' in html


def test_infinite_and_missing_values_can_be_sorted(report: Report) -> None:
    sentences = (*report.sentences, SentenceQuality("Go.", {"snr_db": math.nan}))
    html = to_html(
        dataclasses.replace(report, sentences=sentences),
        recordings(dataclasses.replace(report, sentences=sentences)),
    )
    ranks = re.findall(r'data-rank="([^"]*)"', html)
    assert {"1e999", "-1e999"} <= set(ranks)
    assert all(float(rank) == float(rank) for rank in ranks)


def test_sentences_that_break_a_limit_are_heard_first_and_few_in_all(report: Report) -> None:
    many = tuple(SentenceQuality(f"{i}", {"log_mel_l1": i / 100}) for i in range(20))
    found = worst_sentences(dataclasses.replace(report, sentences=(*many, report.sentences[1])))
    assert found[0] == 20
    assert found[1:] == (19, 18, 17, 16, 15, 14, 13)
    assert len(found) == NUM_RECORDINGS


def test_each_recording_has_three_players_and_four_pictures(report: Report) -> None:
    page = Page(to_html(report, recordings(report)))
    assert page.elements.count("audio") == 3 * page.elements.count("article")
    assert page.elements.count("img") == 4 * page.elements.count("article")


def test_a_run_without_end_is_said_and_nan_is_no_trouble(report: Report) -> None:
    broken = np.full_like(TONE, np.nan)
    heard = [
        dataclasses.replace(each, candidate=broken, free_run=None) for each in recordings(report)
    ]
    assert "did not come to an end" in Page(to_html(report, heard)).text


def test_an_earlier_release_has_a_column(report: Report) -> None:
    before = dataclasses.replace(report, pack_values={"size_ratio": 0.25})
    page = Page(to_html(report, recordings(report), changes(before, report)))
    assert "Before" in page.text
    assert "worse now" in page.text


def test_notes_and_sensitivity_are_shown_where_there_are_any(report: Report, page: Page) -> None:
    assert "Sensitivity" not in page.text
    ranking = (Sensitivity("fc1", "kl_mean", 0.1), Sensitivity("fc2", "kl_mean", 0.2))
    full = dataclasses.replace(report, notes=("Mind <this>.",), sensitivity=ranking)
    text = Page(to_html(full, recordings(full))).text
    assert "Mind <this>." in text
    assert text.index("fc2") < text.index("fc1")


def test_losses_of_one_metric_have_a_scale_of_their_own(report: Report) -> None:
    ranking = [("a", "kl_mean", 0.2), ("b", "kl_mean", 0.1), ("c", "snr_db", 9), ("d", "mcd_db", 0)]
    sensitivity = tuple(Sensitivity(*each) for each in [*ranking, ("e", "snr_db", math.inf)])
    html = to_html(dataclasses.replace(report, sensitivity=sensitivity), recordings(report))
    widths = re.findall(r'class="bar" style="width: ([0-9.]+)%', html)
    assert widths == ["100.0", "50.0", "100.0", "100.0", "0.0"]
