"""Colour themes: one TOML file each, in `themes/` of the package and in the user's configuration folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from textual.theme import Theme

# Every colour that a theme gives, by its name in the file. The names are the CSS variables too, with a dash.
COLORS = (
    "ground", "text", "dim", "rule", "accent", "key", "cursor_ground", "field_ground",
    "danger", "caution", "watch", "steady", "unknown", "good",
)  # fmt: skip


class ThemeError(ValueError):
    """A theme file that cannot be used. The text names the file and what is wrong in it."""


def theme_folder() -> Path:
    """The packaged themes: inside the package in a wheel, beside it in an editable install."""
    inside = Path(__file__).parents[1] / "themes"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "themes"


def read_theme(path: Path) -> Theme:
    """The theme in a file. Raises ThemeError where a name or a colour is missing or is none."""
    try:
        data = _parsed(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ThemeError(f"{path.name}: {error}") from None
    colors = data.get("colors")
    if not isinstance(colors, dict):
        raise ThemeError(f"{path.name}: [colors]")
    for name in COLORS:
        value = colors.get(name)
        if not (isinstance(value, str) and len(value) == 7 and value[0] == "#" and _is_hex(value[1:])):
            raise ThemeError(f"{path.name}: {name}")
    return Theme(
        name=str(data.get("name", path.stem)),
        primary=colors["accent"],
        secondary=colors["accent"],
        accent=colors["accent"],
        foreground=colors["text"],
        background=colors["ground"],
        surface=colors["field_ground"],
        panel=colors["field_ground"],
        boost=colors["cursor_ground"],
        warning=colors["caution"],
        error=colors["danger"],
        success=colors["good"],
        dark=bool(data.get("dark", False)),
        variables={f"c-{name.replace('_', '-')}": colors[name] for name in COLORS},
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
    for folder in (own_folder, theme_folder()):
        path = folder / f"{name}.toml"
        if path.is_file():
            return path
    return None


def theme_names(own_folder: Path) -> list[str]:
    """All themes that can be chosen, the packaged ones first."""
    names = [path.stem for folder in (theme_folder(), own_folder) for path in sorted(folder.glob("*.toml"))]
    return list(dict.fromkeys(names))
