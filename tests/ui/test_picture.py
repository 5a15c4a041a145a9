from __future__ import annotations

import re
from datetime import datetime
from pathlib import Path
from xml.etree import ElementTree

import pytest
from helpers import places
from rich.segment import Segment
from rich.style import Style

from fieldsales.cli import run
from fieldsales.domain.model import FieldsalesError
from fieldsales.ui.picture import HEIGHT, NAMESPACE, WIDTH, draw, picture

MORNING = datetime(2026, 11, 20, 9, 20)
SVG = f"{{{NAMESPACE}}}"


def drawn(*segments: Segment, width: int = 20) -> ElementTree.Element:
    return ElementTree.fromstring(draw([segments], width, "#111111", "#eeeeee", "#cccccc"))


def words(svg: ElementTree.Element) -> str:
    return "\n".join("".join(text.itertext()) for text in svg.iter(f"{SVG}text"))


def places_of(svg: ElementTree.Element) -> dict[str, float]:
    """Where the middle of each sign is, in columns."""
    spans = [span for span in svg.iter(f"{SVG}tspan") if span.get("x")]
    return {span.text or "": float(span.get("x", "")) / WIDTH for span in spans}


def rects(svg: ElementTree.Element) -> list[tuple[float, float, float, float, str]]:
    """Left, top, width, height and colour of each rectangle but the ground of the whole."""

    def number(one: ElementTree.Element, name: str) -> float:
        return float(one.get(name, ""))

    return [
        (number(one, "x"), number(one, "y"), number(one, "width"), number(one, "height"), one.get("fill", ""))
        for one in list(svg.iter(f"{SVG}rect"))[1:]
    ]


def test_hangul_stands_in_the_middle_of_two_columns_and_a_letter_in_the_middle_of_one() -> None:
    assert places_of(drawn(Segment("a한b"))) == {"a": 0.5, "한": 2.0, "b": 3.5}


def test_what_is_shown_cannot_become_markup() -> None:
    svg = drawn(Segment("<b>&amp;"))
    assert words(svg) == "<b>&amp;"
    assert not list(svg.iter(f"{SVG}b"))


def test_a_ground_is_drawn_once_for_neighbours_and_not_at_all_where_it_is_the_plain_one() -> None:
    blue = Style(bgcolor="#0000ff")
    svg = drawn(Segment("ab", blue), Segment("한", blue + Style(bold=True)), Segment("c"))
    assert rects(svg) == [(0, 0, 4 * WIDTH, HEIGHT, "#0000ff")]


def test_the_bars_of_a_sparkline_stand_on_one_line_with_a_gap_between() -> None:
    low, high = rects(drawn(Segment("▂▄")))
    assert [one[0] for one in (low, high)] == [0, WIDTH]
    assert [one[1] + one[3] for one in (low, high)] == [HEIGHT, HEIGHT]
    assert (low[3], high[3]) == (HEIGHT / 4, HEIGHT / 2)
    assert low[2] < WIDTH


def test_a_rule_is_one_line_over_all_its_columns() -> None:
    svg = drawn(Segment("─" * 20))
    assert [path.get("d") for path in svg.iter(f"{SVG}path")] == [f"M0 {HEIGHT // 2}H{20 * WIDTH}"]
    assert words(svg) == ""


def test_reversed_signs_change_places_with_their_ground() -> None:
    svg = drawn(Segment("x", Style(reverse=True)))
    assert rects(svg)[0][4] == "#111111"
    assert next(svg.iter(f"{SVG}text")).get("fill") == "#eeeeee"


def test_a_screen_drawn_twice_is_the_same_file_and_needs_nothing_from_elsewhere(tmp_path: Path) -> None:
    own = places(tmp_path, tmp_path / "book.db")
    first = picture(own, "ko", MORNING, (80, 24), ["2", "down"], "night")
    assert picture(own, "ko", MORNING, (80, 24), ["2", "down"], "night") == first
    svg = ElementTree.fromstring(first)
    assert "[2고객사]" in words(svg)  # blanks are not drawn
    assert "오늘" in words(svg)
    assert "해윰정밀" in words(svg)
    assert re.findall(r"\w+://[^\"]*", first) == [NAMESPACE]
    assert not re.search(r"url\(|@font-face|@import|href|<script|<image", first)
    assert list(tmp_path.iterdir()) == []  # nothing of the user's was touched


def test_a_theme_that_does_not_exist_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(FieldsalesError) as refused:
        picture(places(tmp_path, tmp_path / "book.db"), "ko", MORNING, (80, 24), [], "dusk")
    assert refused.value.message.id == "picture.no_theme"
    assert refused.value.message.args["name"] == "dusk"


@pytest.mark.parametrize("size", ["120", "120x", "x36", "10x10", "120x36x2", "9999x36", "-80x24", "팔십x24"])
def test_a_size_that_is_none_is_not_understood(size: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["--lang", "en", "demo", "--picture", "never.svg", f"--size={size}"]) == 2
    assert size in capsys.readouterr().err


def test_a_picture_that_cannot_be_written_is_refused_with_the_path(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "no such folder" / "cockpit.svg"
    assert run(["--lang", "en", "demo", "--picture", str(path)]) == 1
    assert str(path) in capsys.readouterr().err


def test_the_command_draws_the_day_and_the_size_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "cockpit.svg"
    assert run(["--today", "2027-03-03", "demo", "--lang=ko", "--picture", str(path), "--size", "120x30"]) == 0
    svg = ElementTree.parse(path).getroot()
    assert int(svg.get("width", "")) > 120 * WIDTH
    assert "3월3일수" in words(svg)
