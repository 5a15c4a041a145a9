"""A picture of the screen as one SVG file: it needs no font of its own, and the same screen gives the same bytes."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from html import escape
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from rich.cells import cell_len
from rich.color import Color
from rich.segment import Segment
from rich.style import Style

from fieldsales.config import Config, Options, Places
from fieldsales.domain.model import FieldsalesError
from fieldsales.locale import Texts

NAMESPACE = "http://www.w3.org/2000/svg"
# One cell in user units. Whole numbers keep the edges of neighbouring grounds sharp.
WIDTH, HEIGHT = 8, 18
BASELINE = 13.5  # from the top of a cell
EDGE = 16  # around the screen
FONT_SIZE = 14
WIDE_SIZE = 15.5  # of signs two columns wide: where a letter fits one column, Hangul would float in two
FONTS = "'D2Coding','Noto Sans Mono CJK KR','NanumGothicCoding',Menlo,Consolas,'DejaVu Sans Mono',monospace"

# Which arms a line has: left, right, up, down.
_ARMS = {
    "─": "lr", "━": "lr", "│": "ud", "┃": "ud", "┌": "rd", "╭": "rd", "┐": "ld", "╮": "ld", "└": "ru", "╰": "ru",
    "┘": "lu", "╯": "lu", "├": "rud", "┤": "lud", "┬": "lrd", "┴": "lru", "┼": "lrud",
}  # fmt: skip
_ARM_PATHS = {"l": (0, HEIGHT / 2), "r": (WIDTH, HEIGHT / 2), "u": (WIDTH / 2, 0), "d": (WIDTH / 2, HEIGHT)}


class Cell(NamedTuple):
    """One sign on the screen: the column it begins in, its width in columns, and how it looks."""

    x: int
    width: int
    sign: str
    color: str  # #rrggbb
    ground: str
    weight: str  # "b" bold, "i" italic, "u" underlined, "s" struck through, in this order


def draw(rows: Sequence[Iterable[Segment]], width: int, color: str, ground: str, rule: str) -> str:
    """The SVG of a screen of `width` columns; the colours (#rrggbb) are of plain text, of the ground and of its rim."""
    wide, high = width * WIDTH + 2 * EDGE, len(rows) * HEIGHT + 2 * EDGE
    out = [
        f'<svg xmlns="{NAMESPACE}" width="{wide}" height="{high}" viewBox="0 0 {wide} {high}" role="img">',
        "<title>fieldsales</title>",
        f'<rect x=".5" y=".5" width="{wide - 1}" height="{high - 1}" rx="10" fill="{ground}" stroke="{rule}"/>',
        f'<g transform="translate({EDGE} {EDGE})" font-family="{FONTS}" font-size="{FONT_SIZE}" text-anchor="middle">',
    ]
    for number, row in enumerate(rows):
        cells = list(_cells(row, color, ground))
        out += _grounds(cells, number * HEIGHT, ground)
        for (ink, weight), run in groupby(cells, lambda cell: (cell.color, cell.weight)):
            out += _run(list(run), number * HEIGHT, ink, weight)
    return "\n".join([*out, "</g>", "</svg>", ""])


def _cells(row: Iterable[Segment], color: str, ground: str) -> Iterator[Cell]:
    x = 0
    for segment in row:
        if segment.control:
            continue
        style = segment.style or Style.null()
        ink, paper = _hex(style.color, color), _hex(style.bgcolor, ground)
        if style.reverse:
            ink, paper = paper, ink
        if style.dim:
            ink = _between(ink, paper)
        flags = (("b", style.bold), ("i", style.italic), ("u", style.underline), ("s", style.strike))
        weight = "".join(name for name, on in flags if on)
        last: Cell | None = None
        for sign in segment.text:
            size = cell_len(sign)
            if size == 0 and last is not None:  # joins the sign before it
                last = last._replace(sign=last.sign + sign)
                continue
            if last is not None:
                yield last
            last = Cell(x, size, sign, ink, paper, weight)
            x += size
        if last is not None:
            yield last


def _hex(color: Color | None, otherwise: str) -> str:
    return otherwise if color is None or color.is_default else color.get_truecolor().hex


def _between(ink: str, paper: str) -> str:
    """The colour halfway, which is what a faint sign looks like."""
    mixed = (int(ink[at : at + 2], 16) + int(paper[at : at + 2], 16) for at in (1, 3, 5))
    return "#" + "".join(f"{both // 2:02x}" for both in mixed)


def _grounds(cells: Sequence[Cell], y: int, plain: str) -> Iterator[str]:
    for ground, group in groupby(cells, lambda cell: cell.ground):
        run = list(group)
        if ground != plain:
            end = run[-1].x + run[-1].width
            yield _rect(run[0].x * WIDTH, y, (end - run[0].x) * WIDTH, HEIGHT, ground)


def _run(cells: Sequence[Cell], y: int, ink: str, weight: str) -> Iterator[str]:
    """The signs of one look in one row: shapes for what must meet its neighbours, text for the rest."""
    letters = []
    gap = int(sum(_is_bar(cell.sign) for cell in cells) > 1)  # keeps the months of a sparkline apart
    for shaped, group in groupby(cells, lambda cell: cell.sign if _is_shape(cell.sign) else ""):
        run = list(group)
        if shaped in {"─", "━"}:
            x, end = run[0].x * WIDTH, (run[-1].x + 1) * WIDTH
            yield f'<path d="M{x} {y + HEIGHT / 2:g}H{end}" stroke="{ink}"/>'
        elif shaped:
            yield from (_shape(cell.sign, cell.x * WIDTH, y, ink, gap) for cell in run)
        else:
            letters += [cell for cell in run if cell.sign.strip() or "u" in weight or "s" in weight]
    if letters:
        look = f' fill="{ink}"'
        look += ' font-weight="bold"' if "b" in weight else ""
        look += ' font-style="italic"' if "i" in weight else ""
        yield f'<text y="{y + BASELINE:g}"{look}>{"".join(_letters(letters))}</text>'
        for name, height in (("u", HEIGHT - 2), ("s", HEIGHT / 2)):
            if name in weight:
                end = (letters[-1].x + letters[-1].width) * WIDTH
                yield f'<path d="M{letters[0].x * WIDTH} {y + height:g}H{end}" stroke="{ink}"/>'


def _letters(cells: Sequence[Cell]) -> Iterator[str]:
    for width, group in groupby(cells, lambda cell: cell.width):
        signs = "".join(map(_letter, group))
        yield signs if width < 2 else f'<tspan font-size="{WIDE_SIZE}">{signs}</tspan>'


def _letter(cell: Cell) -> str:
    """One sign in the middle of its own columns: fonts differ in width, the columns of the picture do not."""
    return f'<tspan x="{(cell.x + cell.width / 2) * WIDTH:g}">{escape(cell.sign, quote=False)}</tspan>'


def _is_shape(sign: str) -> bool:
    return sign in _ARMS or sign in "■□" or "▀" <= sign <= "▐" or sign in "▔▕"


def _is_bar(sign: str) -> bool:
    return "▁" <= sign <= "█"


def _shape(sign: str, x: int, y: int, ink: str, gap: int) -> str:
    if sign in _ARMS:
        middle = f"{x + WIDTH / 2:g} {y + HEIGHT / 2:g}"
        ends = (_ARM_PATHS[arm] for arm in _ARMS[sign])
        path = "".join(f"M{middle}L{x + right:g} {y + down:g}" for right, down in ends)
        return f'<path d="{path}" stroke="{ink}" fill="none"/>'
    if sign in "■□":
        side = WIDTH - 1
        top = y + (HEIGHT - side) / 2
        if sign == "■":
            return _rect(x, top, side, side, ink)
        return f'<path d="M{x + 0.5:g} {top + 0.5:g}h{side - 1}v{side - 1}h{1 - side}z" stroke="{ink}" fill="none"/>'
    if _is_bar(sign):
        high = HEIGHT * (ord(sign) - ord("▀")) / 8
        return _rect(x, y + HEIGHT - high, WIDTH - gap, high, ink)
    if "▉" <= sign <= "▏":
        return _rect(x, y, WIDTH * (ord("▐") - ord(sign)) / 8, HEIGHT, ink)
    left, top, wide, high = {
        "▀": (0.0, 0.0, 1.0, 0.5),
        "▐": (0.5, 0.0, 0.5, 1.0),
        "▔": (0.0, 0.0, 1.0, 0.125),
        "▕": (0.875, 0.0, 0.125, 1.0),
    }.get(sign, (0.0, 0.0, 1.0, 1.0))
    return _rect(x + left * WIDTH, y + top * HEIGHT, wide * WIDTH, high * HEIGHT, ink)


def _rect(x: float, y: float, wide: float, high: float, color: str) -> str:
    return f'<rect x="{x:g}" y="{y:g}" width="{wide:g}" height="{high:g}" fill="{color}"/>'


# --- the screen on the sample ---------------------------------------------------------------------------------------


def picture(own: Places, lang: str, now: datetime, size: tuple[int, int], keys: Sequence[str], theme: str) -> str:
    """The SVG of the screen on the sample book as told from the day of `now`, after the keys were pressed.

    `size` is columns and rows; the keys are named as in bindings (`2`, `down`, `ctrl+p`). Nothing of the user's is
    touched but read: themes of their own can be used. Raises FieldsalesError where there is no such theme.
    """
    import asyncio

    from fieldsales.ui.themes import find_theme, theme_names
    from fieldsales.workflows.opening import make_sample

    themes = own.config / "themes"
    if find_theme(theme, themes) is None:
        raise FieldsalesError("picture.no_theme", name=theme, names=", ".join(theme_names(themes)))
    with tempfile.TemporaryDirectory(prefix="fieldsales-") as folder:
        root = Path(folder)
        places = Places(root / "config", root / "data", root / "cache", root / "fieldsales-sample.db")
        if themes.is_dir():
            shutil.copytree(themes, places.config / "themes")
        book = make_sample(places.book, places.data, now.date(), now.date(), lang, now)
        book.close()
        return asyncio.run(
            _shown(Options(places, Config(theme=theme), places.book, False, None, lang, True), now, size, keys)
        )


async def _shown(options: Options, now: datetime, size: tuple[int, int], keys: Sequence[str]) -> str:
    from fieldsales.storage.book import Book
    from fieldsales.ui.app import FieldsalesApp

    os.environ.pop("NO_COLOR", None)
    book = Book.open(options.path, options.places.data, today=now.date())
    app = FieldsalesApp(options, book, lambda: now, Texts(options.lang, currency=book.setting("currency", "KRW")))
    async with app.run_test(size=size) as pilot:
        for key in ("", *keys):
            if key:
                await pilot.press(key)
            await app.workers.wait_for_complete()
            await pilot.pause()
            await pilot.pause()
        colors = app.theme_variables
        return draw(
            [list(strip) for strip in app.screen._compositor.render_strips()],
            size[0],
            *(_hex(Color.parse(colors[f"c-{name}"].removeprefix("ansi_")), "") for name in ("text", "ground", "rule")),
        )
