"""Colour themes: every text can be read on every ground it stands on, and a broken file is told in a sentence."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import open_app, sample_app, small_book
from textual.color import Color

from fieldsales.config import Config, read_config
from fieldsales.ui.themes import COLORS, ThemeError, read_theme, theme_folder, theme_names

GROUNDS = ("ground", "cursor_ground", "field_ground")
TEXTS = tuple(name for name in COLORS if name not in (*GROUNDS, "rule"))


def luminance(color: Color) -> float:
    parts = [part / 255 for part in color.rgb]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("name", theme_names(Path("none")))
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    colors = read_theme(theme_folder() / f"{name}.toml").variables
    low = {
        (text, ground): round(contrast(colors[f"c-{text}"], colors[f"c-{ground.replace('_', '-')}"]), 2)
        for text in TEXTS
        for ground in GROUNDS
    }
    assert {pair: ratio for pair, ratio in low.items() if ratio < 4.5} == {}
    assert contrast(colors["c-accent"], colors["c-ground"]) >= 4.5  # the sign under the cursor of a field


def test_there_is_a_day_and_a_night() -> None:
    assert {"day", "night"} <= set(theme_names(Path("none")))
    assert not read_theme(theme_folder() / "day.toml").dark
    assert read_theme(theme_folder() / "night.toml").dark


@pytest.mark.parametrize(
    ("text", "wrong"),
    [
        ("not toml [", "own.toml"),
        ("[colors]\nground = 3\n", "ground"),
        ('[colors]\nground = "#12345"\n', "ground"),
        ('name = "own"\n', "[colors]"),
    ],
)
def test_a_broken_theme_names_what_is_wrong(tmp_path: Path, text: str, wrong: str) -> None:
    path = tmp_path / "own.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ThemeError, match=wrong.replace("[", r"\[")):
        read_theme(path)


async def test_f12_puts_the_next_theme_on_and_remembers_it(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        seen = set()
        for _ in range(2):
            await seat.press("f12")
            seen.add((seat.app.theme, str(seat.main.today.styles.background.hex).lower()))
            assert read_config(seat.app.options.places.config_file).theme == seat.app.theme
        assert {name for name, _ in seen} == {"day", "night"}
        assert len({ground for _, ground in seen}) == 2


async def test_a_broken_theme_of_ones_own_is_told_and_changes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text("[colors]\nground = 'red'\n", encoding="utf-8")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        for _ in range(3):
            await seat.press("f12")
            if "own.toml" in seat.notice:
                break
        assert "own.toml" in seat.notice
        assert seat.app.theme in {"day", "night"}


@pytest.mark.parametrize("theme", ["own", "none-such"])
async def test_a_theme_that_cannot_be_used_does_not_keep_the_program_shut(tmp_path: Path, theme: str) -> None:
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    (folder / "own.toml").write_text("[colors]\nground = 'red'\n", encoding="utf-8")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme=theme)) as seat:
        assert seat.line("오늘")
        if theme == "own":
            await seat.pilot.pause(0.2)  # it is told once the panes are painted
            assert "own.toml" in seat.text


async def test_a_theme_of_ones_own_wins(tmp_path: Path) -> None:
    folder = tmp_path / "config" / "themes"
    folder.mkdir(parents=True)
    night = (theme_folder() / "night.toml").read_text(encoding="utf-8")
    (folder / "night.toml").write_text(night.replace("#14181B", "#000000"), encoding="utf-8")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme="night")) as seat:
        assert seat.main.today.styles.background.hex == "#000000"


async def test_the_language_changes_at_once_and_is_remembered(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        seat.app.run_command("language", seat.app.context)
        await seat.settle()
        assert seat.app.t.lang == "en"
        assert "1 Today" in seat.text and "고객사" not in seat.text
        assert read_config(seat.app.options.places.config_file).lang == "en"
        seat.app.run_command("language", seat.app.context)
        await seat.settle()
        assert "1 오늘" in seat.text and "Today" not in seat.text
