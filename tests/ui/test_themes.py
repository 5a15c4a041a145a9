"""Colour themes: every text can be read on every ground it stands on, with colour or without; plain signs; files that
are broken are told with their line."""

from __future__ import annotations

import math
import unicodedata
from collections.abc import AsyncIterator, Iterator
from itertools import combinations
from pathlib import Path

import pytest
from helpers import NARROW, WIDE, Seat, open_app, sample_app, sample_book, small_book
from rich.segment import Segment
from textual.color import Color

from fieldsales.config import Config, read_config
from fieldsales.locale import Texts
from fieldsales.ui.themes import COLORS, HUES, SHIPPED, ThemeError, read_theme, theme_folder, theme_names
from fieldsales.ui.widgets.filters import plain_text

GROUNDS = ("ground", "cursor_ground", "field_ground")
TEXTS = tuple(name for name in COLORS if name not in (*GROUNDS, "rule"))
WITH_COLOR = tuple(name for name in SHIPPED if name != "mono")
LEAST = {"contrast": 7.0}  # else 4.5

# The sixteen colours (the dark ones, then the bright ones) as widespread terminals have them.
PALETTES = {
    "xterm": "000000 cd0000 00cd00 cdcd00 0000ee cd00cd 00cdcd e5e5e5 "
    "7f7f7f ff0000 00ff00 ffff00 5c5cff ff00ff 00ffff ffffff",
    "console": "000000 aa0000 00aa00 aa5500 0000aa aa00aa 00aaaa aaaaaa "
    "555555 ff5555 55ff55 ffff55 5555ff ff55ff 55ffff ffffff",
    "windows": "0c0c0c c50f1f 13a10e c19c00 0037da 881798 3a96dd cccccc "
    "767676 e74856 16c60c f9f1a5 3b78ff b4009e 61d6d6 f2f2f2",
    "editor": "000000 cd3131 0dbc79 e5e510 2472c8 bc3fbc 11a8cd e5e5e5 "
    "666666 f14c4c 23d18b f5f543 3b8eea d670d6 29b8db e5e5e5",
    "gnome": "171421 c01c28 26a269 a2734c 12488b a347ba 2aa1b3 d0cfcc "
    "5e5c64 f66151 33d17a e9ad0c 2a7bde c061cb 33c7de ffffff",
    "mac": "000000 c23621 25bc24 adad27 492ee1 d338d3 33bbc8 cbcccd "
    "818383 fc391f 31e722 eaec23 5833ff f935f8 14f0f0 e9ebeb",
}  # fmt: skip
NAMES = (*HUES, *(f"bright_{hue}" for hue in HUES))


def linear(color: Color) -> list[float]:
    parts = [part / 255 for part in color.rgb]
    return [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]


def luminance(color: Color) -> float:
    red, green, blue = linear(color)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """The contrast of two colours (#rrggbb) as WCAG reckons it: 1 to 21."""
    dark, light = sorted((luminance(Color.parse(one)), luminance(Color.parse(other))))
    return (light + 0.05) / (dark + 0.05)


def shades(name: str) -> Iterator[str]:
    """A colour of a theme as #rrggbb; of a terminal's colour, as each of the terminals shows it."""
    name = name.removeprefix("ansi_")
    if name.startswith("#"):
        yield from [name] * len(PALETTES)
    else:
        yield from (f"#{palette.split()[NAMES.index(name)]}" for palette in PALETTES.values())


def worst(text: str, ground: str) -> float:
    return min(contrast(ink, paper) for ink, paper in zip(shades(text), shades(ground), strict=True))


def shipped(name: str) -> dict[str, str]:
    return read_theme(theme_folder() / f"{name}.toml").variables


@pytest.mark.parametrize("name", WITH_COLOR)
def test_every_text_can_be_read_on_every_ground(name: str) -> None:
    colors = shipped(name)
    ink = colors["c-cursor-text"] if colors["c-cursor-text"] != colors["c-text"] else ""
    ratios = {
        (text, ground): round(
            worst(
                ink if ink and ground == "cursor_ground" else colors[f"c-{text}"],
                colors[f"c-{ground.replace('_', '-')}"],
            ),
            2,
        )
        for text in TEXTS
        for ground in GROUNDS
    }
    ratios["caret", ""] = worst(colors["c-caret-text"], colors["c-caret"])
    ratios["selected", ""] = worst(colors["c-ground"], colors["c-accent"])
    assert {pair: ratio for pair, ratio in ratios.items() if ratio < LEAST.get(name, 4.5)} == {}


def test_there_are_a_day_a_night_and_more() -> None:
    assert theme_names(Path("none")) == list(SHIPPED)
    assert len(SHIPPED) > 5
    assert not read_theme(theme_folder() / "day.toml").dark
    assert read_theme(theme_folder() / "night.toml").dark
    texts = [Texts(lang)(f"theme.{name}") for lang in ("ko", "en") for name in SHIPPED]
    assert len(set(texts)) == 2 * len(SHIPPED)


# How eyes without one kind of cone see light (Machado, Oliveira and Fernandes 2009, severity 1.0), on linear RGB.
EYES = {
    "deutan": (
        (0.367322, 0.860646, -0.227968),
        (0.280085, 0.672501, 0.047413),
        (-0.011820, 0.042940, 0.968881),
    ),
    "protan": (
        (0.152286, 1.052583, -0.204868),
        (0.114503, 0.786281, 0.099216),
        (-0.003882, -0.048116, 1.051998),
    ),
}


def seen_by(color: str, eye: str) -> tuple[float, float, float]:
    """The colour as an eye sees it, in CIE L*a*b*, where distance is how different two colours look."""
    light = linear(Color.parse(color))
    red, green, blue = (
        min(1.0, max(0.0, sum(share * part for share, part in zip(row, light, strict=True)))) for row in EYES[eye]
    )

    def curve(part: float) -> float:
        return part ** (1 / 3) if part > 0.008856 else 7.787 * part + 16 / 116

    x = curve((0.4124 * red + 0.3576 * green + 0.1805 * blue) / 0.95047)
    y = curve(0.2126 * red + 0.7152 * green + 0.0722 * blue)
    z = curve((0.0193 * red + 0.1192 * green + 0.9505 * blue) / 1.08883)
    return 116 * y - 16, 500 * (x - y), 200 * (y - z)


def nearest(name: str, eye: str) -> float:
    colors = shipped(name)
    bands = ("danger", "caution", "watch", "steady", "unknown")
    seen = [seen_by(colors[f"c-{band}"], eye) for band in bands]
    return min(math.dist(one, other) for one, other in combinations(seen, 2))


@pytest.mark.parametrize("eye", EYES)
def test_colour_blind_eyes_tell_the_bands_apart(eye: str) -> None:
    assert nearest("colorblind", eye) > 20  # a tenth of it can be noticed
    assert nearest("colorblind", eye) > nearest("night", eye)


# --- what stands on the screen --------------------------------------------------------------------------------------

ROUNDS: tuple[tuple[str, ...], ...] = (
    (), ("2", "down"), ("slash",), ("3",), ("4",), ("enter",), ("enter", "tab"), ("enter", "tab", "tab"),
    ("2", "w"), ("l",), ("2", "e"), ("2", "a"), ("3", "enter"), ("3", "enter", "right"), ("3", "r"), ("n",), ("s",),
    ("g",), ("question_mark",), ("ctrl+p",), ("f12",), ("u",),
)  # fmt: skip


async def rounds(seat: Seat) -> AsyncIterator[tuple[str, list[list[Segment]]]]:
    """The screen's segments, a list a row, in every pane, sheet, form and menu."""
    for keys in ROUNDS:
        seat.app.back_to_main()
        await seat.settle()
        if seat.main.pane != "today":
            await seat.press("escape", "1")
        await seat.press(*keys)
        yield " ".join(keys), [list(strip) for strip in seat.app.screen._compositor.render_strips()]


@pytest.mark.slow
async def test_whatever_stands_on_the_screen_can_be_read_in_every_theme(tmp_path: Path) -> None:
    """Seen once in a theme whose every colour is another, so that each text tells which of them it is drawn in."""
    names = {
        f"#{16 * number + 9:02x}{200 - 9 * number:02x}77": name for number, name in enumerate((*COLORS, "cursor_text"))
    }
    own_theme(tmp_path, "[colors]\n" + "".join(f'{name} = "{color}"\n' for color, name in names.items()), "probe")
    pairs: dict[tuple[str, str], str] = {}
    async with open_app(tmp_path, sample_book(tmp_path), config=Config(theme="probe")) as seat:
        async for where, rows in rounds(seat):
            for segment in (segment for row in rows for segment in row):
                style, text = segment.style, segment.text.strip()
                if style is not None and any(sign.isalnum() for sign in text):
                    assert style.color and style.color.triplet and style.bgcolor and style.bgcolor.triplet, (
                        where,
                        text,
                    )
                    assert not style.dim, (where, text)
                    pairs[names[style.color.triplet.hex], names[style.bgcolor.triplet.hex]] = f"{where}: {text}"
    assert len(pairs) > 8  # it has looked
    low = {
        (name, *pair): where
        for name in WITH_COLOR
        for pair, where in pairs.items()
        if worst(*(colors_of(name)[part] for part in pair)) < LEAST.get(name, 4.5)
    }
    assert low == {}


def colors_of(theme: str) -> dict[str, str]:
    colors = shipped(theme)
    return {name: colors[f"c-{name.replace('_', '-')}"] for name in (*COLORS, "cursor_text")}


@pytest.mark.slow
async def test_without_colour_the_look_tells_what_the_colour_told(tmp_path: Path) -> None:
    found = set()
    async with open_app(tmp_path, sample_book(tmp_path), config=Config(theme="mono")) as seat:
        async for where, rows in rounds(seat):
            for style in (segment.style for row in rows for segment in row):
                if style is not None:
                    assert style.color is None and style.bgcolor is None, where
                    found |= {name for name in ("bold", "reverse", "underline") if getattr(style, name)}
    assert found == {"bold", "reverse", "underline"}


@pytest.mark.parametrize("theme", ["day", "night", "contrast", "ansi", "mono"])
async def test_no_color_leaves_the_cursor_and_the_fields_to_be_seen(
    tmp_path: Path, theme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if theme != "mono":
        monkeypatch.setenv("NO_COLOR", "0")  # any value
    async with open_app(tmp_path, small_book(tmp_path, "가온상사", "누리물산"), config=Config(theme=theme)) as seat:
        await seat.press("2", "down")
        strips = seat.app.screen._compositor.render_strips()
        styles = [[segment.style for segment in strip if segment.style is not None] for strip in strips]
        assert {style.color for row in styles for style in row} == {None}
        assert {style.bgcolor for row in styles for style in row} == {None}
        lit = [number for number, row in enumerate(styles) if any(style.reverse for style in row)]
        assert [seat.lines[number].startswith(" > ") and seat.name in seat.lines[number] for number in lit] == [True]
        await seat.press("l", "tab")
        strips = seat.app.screen._compositor.render_strips()
        looks = {
            name
            for strip in strips
            for segment in strip
            for name in ("reverse", "underline")
            if segment.style and getattr(segment.style, name)
        }
        assert looks == {"reverse", "underline"}  # the field with the keys, and the others
        assert "(다음 주 화까지 새 단가표)" in seat.text  # a hint is no text of the user's


@pytest.mark.parametrize("terminal", ["vt100", "linux-m", "xterm-mono"])
async def test_a_terminal_without_colour_gets_none(
    tmp_path: Path, terminal: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TERM", terminal)
    monkeypatch.delenv("COLORTERM", raising=False)
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        rows = [list(strip) for strip in seat.app.screen._compositor.render_strips()]
        assert {segment.style.color for row in rows for segment in row if segment.style} == {None}


async def test_a_terminal_of_sixteen_colours_gets_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "linux")
    monkeypatch.delenv("COLORTERM", raising=False)
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        assert seat.app.theme == "ansi"
        rows = [list(strip) for strip in seat.app.screen._compositor.render_strips()]
        colors = {segment.style.color for row in rows for segment in row if segment.style and segment.style.color}
        assert colors and all(color.number is not None and color.number < 16 for color in colors)


@pytest.mark.slow
@pytest.mark.parametrize(("lang", "size"), [("ko", NARROW), ("en", WIDE)])
async def test_plain_signs_are_ascii_everywhere(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    seen, usual = set(), 0
    book = sample_book(tmp_path, lang)
    async with open_app(tmp_path, book, lang=lang, size=size, config=Config(plain=True)) as seat:
        async for where, rows in rounds(seat):
            text = "".join(segment.text for row in rows for segment in row)
            usual += len(text)
            seen |= {
                (where, sign)
                for sign in text
                if unicodedata.east_asian_width(sign) == "A" or "\u2500" <= sign <= "\u25ff"
            }
    assert seen == set()
    assert usual > 10 * size[0] * size[1]


def test_plain_signs_take_as_much_room_as_those_they_stand_for() -> None:
    text = "도담나루식품 · 방문 · ▁▂▃▄▅▆▇ ■□ … → “좋아요” ─│┌ ·"
    assert plain_text(text) == '도담나루식품,  방문,  1234567 #. ~ > "좋아요" -|+, '
    assert len(plain_text(text)) == len(text)


async def test_what_is_typed_is_shown_as_it_is_even_among_plain_signs(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(plain=True)) as seat:
        await seat.press("2", "l")
        await seat.type("내일·모레 … 값 ↑")
        assert "내일·모레 … 값 ↑" in seat.text
        assert "─" not in seat.text


async def test_plain_signs_are_switched_at_once_and_remembered(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        file = seat.app.options.places.config_file
        assert "─" in seat.text and "▇" in seat.text
        seat.app.run_command("plain", seat.app.context)
        await seat.settle()
        assert not any("\u2500" <= sign <= "\u259f" for sign in seat.text)
        assert read_config(file).plain
        seat.app.run_command("plain", seat.app.context)
        await seat.settle()
        assert "─" in seat.text and "▇" in seat.text
        assert not read_config(file).plain


# --- choosing -------------------------------------------------------------------------------------------------------


async def test_a_theme_is_seen_before_it_is_taken_and_then_remembered(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), config=Config(theme="day")) as seat:
        file = seat.app.options.places.config_file
        ground = seat.main.today.styles.background.hex
        seat.pressed = 0
        await seat.press("f12", "down")
        assert seat.app.theme == "night"
        assert seat.main.today.styles.background.hex != ground  # on what lies below
        assert not file.exists()
        await seat.press("enter")
        assert seat.pressed == 3
        assert seat.app.theme == read_config(file).theme == "night"
        assert Texts("ko")("theme.night") in seat.notice


async def test_escape_brings_back_the_theme_before(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), config=Config(theme="day")) as seat:
        ground = seat.main.today.styles.background.hex
        await seat.press("f12", "f12", "down")
        assert seat.app.theme == "contrast"
        await seat.press("escape")
        assert seat.app.theme == "day"
        assert seat.main.today.styles.background.hex == ground
        assert not seat.app.options.places.config_file.exists()


@pytest.mark.parametrize(("typed", "theme"), [("3", "contrast"), ("터미널", "ansi"), ("mono", "mono")])
async def test_a_theme_is_found_by_number_and_by_name(tmp_path: Path, typed: str, theme: str) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme="day")) as seat:
        await seat.press("f12")
        await seat.type(typed)
        assert seat.app.theme == theme
        await seat.press("enter")
        assert read_config(seat.app.options.places.config_file).theme == theme


async def test_without_colour_the_choice_says_why_nothing_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_COLOR", "yes")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("f12")
        assert "NO_COLOR" in seat.text


# --- one's own ------------------------------------------------------------------------------------------------------

DAY = (theme_folder() / "day.toml").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("text", "id", "line", "named"),
    [
        ("# mine\nnot toml [", "theme.not_toml", 2, "not toml ["),
        ('name = "own"\n', "theme.no_colors", 1, "[colors]"),
        ("\ncolors = 3\n", "theme.no_colors", 2, "[colors]"),
        (DAY.replace('text = "#2A2824"', "text = 3"), "theme.bad_color", 7, "text"),
        (DAY.replace("#2A2824", "#12345"), "theme.bad_color", 7, "#12345"),
        (DAY.replace("#2A2824", "mauve"), "theme.bad_color", 7, "mauve"),
        (DAY.replace('rule = "#DCD4C4"\n', ""), "theme.missing", 5, "rule"),
        (DAY + 'grund = "#000000"\n', "theme.unknown", 20, "grund"),
        (DAY.replace("dark = false", "drak = false"), "theme.unknown", 3, "drak"),
        (DAY.replace("dark = false", 'dark = "no"'), "theme.not_flag", 3, "dark"),
        (DAY.replace('"day"', "5"), "theme.not_text", 2, "name"),
        (DAY.replace("#2A2824", "#2A28\udcff"), "theme.not_utf8", 7, "UTF-8"),
    ],
)
def test_a_broken_theme_names_file_line_and_reason(tmp_path: Path, text: str, id: str, line: int, named: str) -> None:
    path = tmp_path / "own.toml"
    path.write_bytes(text.encode("utf-8", "surrogateescape"))
    with pytest.raises(ThemeError) as caught:
        read_theme(path)
    assert (caught.value.id, caught.value.args_.get("line")) == (id, line)
    for lang, number in (("ko", f"{line}번째 줄"), ("en", f"line {line}")):
        told = Texts(lang)(caught.value.id, **caught.value.args_)
        assert "own.toml" in told and number in told and named in told


def own_theme(folder: Path, text: str, name: str = "own") -> None:
    themes = folder / "config" / "themes"
    themes.mkdir(parents=True, exist_ok=True)
    (themes / f"{name}.toml").write_text(text, encoding="utf-8")


async def test_a_theme_of_ones_own_is_offered_and_may_name_terminal_colours(tmp_path: Path) -> None:
    own_theme(tmp_path, DAY.replace("#2A2824", "default").replace("#FBF8F1", "default"), "저녁")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme="day")) as seat:
        await seat.press("f12")
        await seat.type("저녁")
        await seat.press("enter")
        assert seat.app.theme == read_config(seat.app.options.places.config_file).theme == "저녁"
        assert seat.line("가온상사")


async def test_a_broken_theme_of_ones_own_is_told_and_cannot_be_taken(tmp_path: Path) -> None:
    own_theme(tmp_path, "[colors]\nground = 'red-ish'\n")
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme="day")) as seat:
        await seat.press("f12", *["down"] * len(SHIPPED))
        assert "own.toml 2번째 줄" in seat.text
        await seat.press("enter")
        assert seat.sheet == "Menu"
        await seat.press("escape")
        assert seat.app.theme == "day"
        assert not seat.app.options.places.config_file.exists()


@pytest.mark.parametrize("theme", ["own", "none-such", "night", "../day"])
async def test_a_theme_that_cannot_be_used_does_not_keep_the_program_shut(tmp_path: Path, theme: str) -> None:
    for name in ("own", "night"):
        own_theme(tmp_path, "[colors]\nground = 'red-ish'\n", name)
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), config=Config(theme=theme)) as seat:
        assert seat.line("오늘")
        await seat.pilot.pause(0.2)  # it is told once the panes are painted
        assert theme in seat.text


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


async def test_the_sign_that_stands_for_an_arrow_works_as_the_arrow(tmp_path: Path) -> None:
    async with open_app(tmp_path, sample_book(tmp_path), config=Config(plain=True)) as seat:
        await seat.press("3", "enter")
        before = seat.text
        assert " > " in seat.lines[-1]
        await seat.press("right")
        after = seat.text
        seat.app.back_to_main()
        await seat.press("3", "enter")
        assert seat.text == before != after
        await seat.press("greater_than_sign")
        assert seat.text == after
