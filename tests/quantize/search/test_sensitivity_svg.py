from __future__ import annotations

from xml.etree import ElementTree

from voicepack.quantize.reports.report import Sensitivity
from voicepack.quantize.search.sensitivity_svg import sensitivity_svg

SVG = "{http://www.w3.org/2000/svg}"


def bars(svg: str) -> list[int]:
    picture = ElementTree.fromstring(svg)
    return [int(bar.attrib["width"]) for bar in picture.iter(f"{SVG}rect") if "rx" in bar.attrib]


def entry(group: str, loss: float, metric: str = "kl_mean") -> Sensitivity:
    return Sensitivity(group, metric, loss)


def test_bars_are_logarithmic_over_four_powers_of_ten() -> None:
    drawn = bars(sensitivity_svg([entry("a", 1.0), entry("b", 0.01), entry("c", 0.0001)]))
    # 900 pixels less 320 for names and 80 for numbers; half of them; and the least that is seen.
    assert drawn == [500, 250, 2]


def test_each_metric_has_its_own_scale() -> None:
    drawn = bars(sensitivity_svg([entry("a", 1.0), entry("b", 0.001, "log_mel_l1")]))
    assert drawn == [500, 500]


def test_groups_that_lose_nothing_or_everything_are_drawn() -> None:
    assert bars(sensitivity_svg([entry("a", 1.0), entry("b", 0.0)])) == [500, 2]
    assert bars(sensitivity_svg([entry("a", float("inf")), entry("b", 1.0)])) == [500, 2]


def test_names_are_escaped_and_all_there() -> None:
    svg = sensitivity_svg([entry("a <b>", 1.0), entry("c", 0.5)])
    texts = [text.text for text in ElementTree.fromstring(svg).iter(f"{SVG}text")]
    assert texts == ["KL divergence (nats), logarithmic", "a <b>", "1", "c", "0.5"]
