"""Colour themes: one TOML file each, in `themes/` of the package and in the user's configuration folder."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from textual.theme import Theme

# Every colour that a theme gives, by its name in the file. The names are the CSS variables too, with a dash.
COLORS = (
    "ground", "text", "dim", "rule", "accent", "key", "cursor_ground", "field_ground",
    "danger", "caution", "watch", "steady", "unknown", "good",
)  # fmt: skip
OPTIONAL = ("cursor_text",)  # one colour for all that stands on the line under the cursor
HUES = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")
TERMINAL_COLORS = frozenset({"default", *HUES, *(f"bright_{hue}" for hue in HUES)})
SHIPPED = ("day", "night", "contrast", "colorblind", "ansi", "mono")  # in the order in which they are offered


class ThemeError(ValueError):
    """A theme that cannot be used. `id` and `args_` are a text id and what is filled in: file, line and reason."""

    def __init__(self, id: str, **args: str | int) -> None:
        super().__init__(id, args)
        self.id = id
        self.args_ = args


def theme_folder() -> Path:
    """The packaged themes: inside the package in a wheel, beside it in an editable install."""
    inside = Path(__file__).parents[1] / "themes"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "themes"


def read_theme(path: Path) -> Theme:
    """The theme in a file, called as the file is. Raises ThemeError where it cannot be read, a colour is missing or is
    none, or a name is in it that no theme has."""
    file = path.name
    try:
        raw = path.read_bytes()
    except OSError as error:
        raise ThemeError("theme.unreadable", file=file, why=error.strerror or "") from None
    try:
        text = raw.decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        raise ThemeError("theme.not_utf8", file=file, line=raw.count(b"\n", 0, error.start) + 1) from None
    try:
        data = _parsed(text)
    except (ValueError, RecursionError) as error:
        at = re.search(r"\(at line (\d+)", str(error))
        lines = text.split("\n")
        line = int(at[1]) if at else max(len(text.rstrip("\n").split("\n")), 1)
        raise ThemeError("theme.not_toml", file=file, line=line, text=lines[line - 1].strip()[:60]) from None
    _check(data, text, file)
    return _made(path.stem, data)


def _check(data: dict[str, Any], text: str, file: str) -> None:
    """Raise ThemeError for the first thing in the file that no theme may say."""
    colors = data.get("colors")
    if not isinstance(colors, dict):
        raise ThemeError("theme.no_colors", file=file, line=_line_of("colors", text))
    kinds = {"name": str, "dark": bool, "colorless": bool, "colors": dict}
    for key, value in data.items():
        if key not in kinds:
            raise ThemeError("theme.unknown", file=file, line=_line_of(key, text), key=key)
        if not isinstance(value, kinds[key]):
            wrong = "theme.not_text" if key == "name" else "theme.not_flag"
            raise ThemeError(wrong, file=file, line=_line_of(key, text), key=key)
    for key, value in colors.items():
        line = _line_of(key, text, below="colors")
        if key not in COLORS and key not in OPTIONAL:
            raise ThemeError("theme.unknown", file=file, line=line, key=key)
        if not _is_color(value):
            raise ThemeError("theme.bad_color", file=file, line=line, key=key, value=str(value)[:30])
    for key in COLORS:
        if key not in colors:
            raise ThemeError("theme.missing", file=file, line=_line_of("colors", text), key=key)


def _line_of(key: str, text: str, below: str = "") -> int:
    """The line (from 1) that gives a key its value or opens its table, looked for below the head of a table."""
    start = 0
    if below and (head := re.search(rf"^[ \t]*\[[ \t]*{below}[ \t]*\]", text, re.MULTILINE)):
        start = head.end()
    pattern = re.compile(rf"^[ \t]*(?:\[[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]", re.MULTILINE)
    found = pattern.search(text, start)
    return text.count("\n", 0, found.start()) + 1 if found else 1


def _is_color(value: object) -> bool:
    if not isinstance(value, str):
        return False
    return value in TERMINAL_COLORS or (len(value) == 7 and value[0] == "#" and _is_hex(value[1:]))


def _made(name: str, data: dict[str, Any]) -> Theme:
    said = {key: value if value[0] == "#" else f"ansi_{value}" for key, value in data["colors"].items()}
    ink = said.get("cursor_text", "")
    variables = {f"c-{key.replace('_', '-')}": said[key] for key in COLORS} | {
        "c-cursor-text": ink or said["text"],
        "c-cursor-dim": ink or said["dim"],
        "c-caret": ink or said["accent"],
        "c-caret-text": said["cursor_ground"] if ink else said["ground"],
        "c-field-style": "underline" if said["field_ground"] == said["ground"] else "none",
        "c-colorless": "yes" if data.get("colorless") else "no",
    }
    ansi = any(value[0] != "#" for value in said.values())
    if ansi:  # the library's own styles ask for these where the terminal's colours are used
        variables |= {"ansi-background": said["ground"], "ansi-foreground": said["text"]}
    return Theme(
        name=name,
        primary=said["accent"],
        secondary=said["accent"],
        accent=said["accent"],
        foreground=said["text"],
        background=said["ground"],
        surface=said["field_ground"],
        panel=said["field_ground"],
        boost=said["cursor_ground"],
        warning=said["caution"],
        error=said["danger"],
        success=said["good"],
        dark=bool(data.get("dark", False)),
        ansi=ansi,
        variables=variables,
    )


def _parsed(text: str) -> dict[str, Any]:
    """A TOML file. One of texts and truths alone, a line each as in the packaged themes, is read here: the library
    takes longer to load than such a file to read."""
    data: dict[str, Any] = {}
    table = data
    for line in text.split("\n"):
        if not line or (line[0] == "#" and line.isprintable()):
            continue
        key, _, value = line.partition(" = ")
        name = line[1:-1] if line[0] == "[" and line[-1] == "]" else ""
        plain = (name or key.replace("_", "a")).isalpha() and line.isascii() and line.isprintable() and "\\" not in line
        if plain and name and name not in data:
            table = data[name] = {}
        elif plain and not name and value in {"true", "false"} and key not in table:
            table[key] = value == "true"
        elif plain and not name and value[:1] == value[-1:] == '"' and value.count('"') == 2 and key not in table:
            table[key] = value[1:-1]
        else:
            import tomllib

            return tomllib.loads(text)
    return data


def _is_hex(text: str) -> bool:
    return all(sign in "0123456789abcdefABCDEF" for sign in text)


def find_theme(name: str, own_folder: Path) -> Path | None:
    """The file of a theme; one in the user's folder wins over a packaged one of the same name."""
    if not name or "/" in name or "\\" in name or "\0" in name:
        return None
    for folder in (own_folder, theme_folder()):
        path = folder / f"{name}.toml"
        if path.is_file():
            return path
    return None


def theme_names(own_folder: Path) -> list[str]:
    """All themes that can be chosen, the packaged ones first."""
    names = [path.stem for folder in (theme_folder(), own_folder) for path in sorted(folder.glob("*.toml"))]
    return [*(name for name in SHIPPED if name in names), *dict.fromkeys(name for name in names if name not in SHIPPED)]
