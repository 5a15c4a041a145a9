"""Where things live, and what the user has settled in `config.toml`. Knows nothing of the book."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any, NamedTuple

LANGUAGES = ("ko", "en")
CONFIG_FILE = "config.toml"
BOOK_FILE = "fieldsales.db"


class ConfigError(ValueError):
    """Something is wrong with the configuration file. `id` and `args_` are a text id and what is filled into it."""

    def __init__(self, id: str, /, **args: str | int) -> None:
        super().__init__(id, args)
        self.id = id
        self.args_ = args


class Places(NamedTuple):
    """Folders of the configuration, the private data and the cache, and the path of the user's own book."""

    config: Path
    data: Path
    cache: Path
    book: Path

    @property
    def config_file(self) -> Path:
        return self.config / CONFIG_FILE


class KeyEntry(NamedTuple):
    """A line of the table `[keys]`: a command's id and keys as they were written, not yet looked at."""

    id: str
    keys: tuple[str, ...]
    all: bool = False  # a list, which takes the place of all keys of the command
    line: int = 1


class Config(NamedTuple):
    """What `config.toml` may say. Empty and None mean that it does not say; `troubles` are what could not be read."""

    lang: str = ""  # ko, en
    theme: str = ""
    mask_on_open: bool = False
    plain: bool = False  # ASCII signs only on the screen
    reports_to: str = ""  # what the user calls the one reported to; the texts know the default
    book: str = ""  # path of the book; ~ is the home folder
    backups: str = ""  # folder of the backups; ~ is the home folder
    keys: tuple[KeyEntry, ...] = ()  # keys of the user's own, by the ids of commands
    troubles: tuple[ConfigError, ...] = ()


class Options(NamedTuple):
    """What the screen is opened with."""

    places: Places
    config: Config
    path: Path
    explicit: bool  # the user named the path
    today: date | None  # None: the clock's day
    lang: str
    demo: bool
    trace: bool = True  # whether anything but the book's file may be written
    tour: bool = False  # whether a line at the bottom leads through the sample book


def places(environ: Mapping[str, str], book: str = "") -> Places:
    """Where everything lives. `FIELDSALES_HOME` moves all of it; `book` is a path that the user named, "" if none."""
    home = environ.get("FIELDSALES_HOME", "")
    if home:
        root = _absolute(home)
        named = _absolute(book) if book else root / BOOK_FILE
        return Places(root / "config", root / "data", root / "cache", named)
    if sys.platform == "linux" and environ.get("HOME", "").startswith("/"):
        # The same folders that platformdirs gives, which takes longer to import than a command may take to start.
        user = Path(environ["HOME"])
        config, data, cache = (
            (Path(said) if (said := environ.get(name, "")).startswith("/") else user / usual) / "fieldsales"
            for name, usual in (
                ("XDG_CONFIG_HOME", ".config"),
                ("XDG_DATA_HOME", ".local/share"),
                ("XDG_CACHE_HOME", ".cache"),
            )
        )
        if book:
            return Places(config, data, cache, _absolute(book))
        if not environ.get("XDG_DOCUMENTS_DIR") and not (config.parent / "user-dirs.dirs").exists():
            return Places(config, data, cache, user / "Documents" / BOOK_FILE)
    from platformdirs import PlatformDirs

    dirs = PlatformDirs("fieldsales", appauthor=False, roaming=False)
    named = _absolute(book) if book else dirs.user_documents_path / BOOK_FILE
    return Places(dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, named)


def _absolute(path: str) -> Path:
    """The path from the root on. An unknown `~name` stays as it is, where Path.expanduser would raise."""
    named = os.path.expanduser(path)
    try:
        return Path(os.path.abspath(named))
    except OSError:  # the folder in which the program was started is gone
        return Path(named)


def configured(environ: Mapping[str, str], file: str = "", trace: bool = True) -> tuple[Places, Config, bool]:
    """Places and configuration together. The path given wins over FIELDSALES_FILE, which wins over the file's `book`.

    The last value says whether the path came from the command line or the environment.
    """
    said = file or environ.get("FIELDSALES_FILE", "")
    found = places(environ, said or "-")  # the documents folder is asked for only where nothing else names a book
    config = read_config(found.config_file)
    if trace:
        _note_backups(found.data, config)
    if said:
        return found, config, True
    if config.book:
        return found._replace(book=_absolute(config.book)), config, False
    return places(environ), config, False


def _note_backups(data: Path, config: Config) -> None:
    """Leave a note in the private data folder of where backups go, for whoever writes them and knows no settings."""
    note = data / "backups.place"
    said = str(_absolute(config.backups)) if config.backups else ""
    if config.troubles or not (said or note.exists()):
        return
    try:
        if not said:
            note.unlink()
        elif not note.exists() or note.read_text(encoding="utf-8", errors="surrogateescape") != said:
            data.mkdir(parents=True, exist_ok=True, mode=0o700)
            note.write_text(said, encoding="utf-8", errors="surrogateescape")
    except OSError:  # backups go where they went before
        pass


def choose_lang(said: str, config: Config, environ: Mapping[str, str]) -> str:
    """`ko` or `en`: what the command line says, else the configuration, else the locale."""
    if said in LANGUAGES:
        return said
    if config.lang:
        return config.lang
    names = [environ.get(name, "") for name in ("LC_ALL", "LC_MESSAGES", "LANG")]
    name = next((name for name in names if name), "")
    if not name and sys.platform == "win32":  # pragma: no cover
        import locale

        name = locale.getlocale()[0] or ""
    return "ko" if name.lower().startswith("ko") else "en"


# --- reading --------------------------------------------------------------------------------------------------------

_AT = re.compile(r"\(at (?:line (\d+)|end of document)")


def read_config(path: Path) -> Config:
    """The configuration, with the defaults for whatever is missing or wrong; it never raises."""
    try:
        raw = path.read_bytes()
    except FileNotFoundError:
        return Config()
    except OSError as error:
        return Config(troubles=(ConfigError("config.unreadable", path=str(path), why=error.strerror or ""),))
    return _parsed(raw, path)


def _parsed(raw: bytes, path: Path) -> Config:
    import tomllib

    name = str(path)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        return Config(troubles=(ConfigError("config.not_utf8", path=name, line=line),))
    try:
        said = tomllib.loads(text)
    except (ValueError, RecursionError) as error:  # also numbers of thousands of digits, brackets without end
        at = _AT.search(str(error))
        lines = text.split("\n")
        line = int(at[1]) if at and at[1] else max(len(text.rstrip("\n").split("\n")), 1)
        shown = lines[line - 1].strip()[:60] if line <= len(lines) else ""
        return Config(troubles=(ConfigError("config.not_toml", path=name, line=line, text=shown),))
    values: dict[str, Any] = {}
    troubles: list[ConfigError] = []
    for key, value in said.items():
        wrong = _wrong(key, value)
        if key == "keys" and isinstance(value, dict):
            values["keys"] = tuple(_key_entries(value, text, name, troubles))
        elif wrong:
            troubles.append(ConfigError(wrong, path=name, key=key, line=_line_of(key, text)))
        else:
            values[key] = value
    return Config(**values, troubles=tuple(troubles))


def _wrong(key: str, value: object) -> str:
    """The text id of what is wrong with one value, "" if nothing is."""
    if key == "lang":
        return "" if value in LANGUAGES else "config.bad_lang"
    if key in {"theme", "reports_to", "book", "backups"}:
        return "" if isinstance(value, str) else "config.not_text"
    if key in {"mask_on_open", "plain"}:
        return "" if isinstance(value, bool) else "config.not_flag"
    if key == "keys":
        return "config.not_table"
    return "config.unknown"


def _key_entries(table: Mapping[str, object], text: str, path: str, troubles: list[ConfigError]) -> Iterator[KeyEntry]:
    """The lines of the table `[keys]`, each one key or a list of keys; anything else is told."""
    head = re.search(r"^[ \t]*(?:\[[ \t]*)?[\"']?keys[\"']?[ \t]*[\].=]", text, re.MULTILINE)
    start = head.start() if head else 0
    for id, value in table.items():
        found = re.compile(rf"(?<![\w-]){re.escape(id)}[\"']?[ \t]*[=.]").search(text, start)
        line = text.count("\n", 0, found.start()) + 1 if found else 1
        keys = tuple(value) if isinstance(value, list) else (value,)
        if keys and all(isinstance(key, str) for key in keys):
            yield KeyEntry(id, keys, isinstance(value, list), line)
        else:
            troubles.append(ConfigError("config.not_keys", path=path, key=id, line=line))


def _line_of(key: str, text: str) -> int:
    """The line (from 1) that gives a key its value or opens its table."""
    found = re.search(rf"^[ \t]*(?:\[+[ \t]*)?[\"']?{re.escape(key)}[\"']?[ \t]*[\].=]", text, re.MULTILINE)
    return text.count("\n", 0, found.start()) + 1 if found else 1


# --- writing --------------------------------------------------------------------------------------------------------


def save_config_value(places: Places, key: str, value: str | int | bool | None) -> None:
    """Write one flat key (None takes it out) and leave every other line as it is, comments too.

    Raises ConfigError where the file cannot be read or written, or where the line cannot be changed safely.
    """
    import tomllib

    path = Path(os.path.realpath(places.config_file))
    try:
        text = path.read_bytes().decode("utf-8-sig") if path.exists() else ""
        before = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:  # both decoding errors are ValueErrors
        raise ConfigError("config.not_saved", path=str(path)) from error
    lines = text.split("\n")
    top = next((number for number, line in enumerate(lines) if line.lstrip().startswith("[")), len(lines))
    pattern = re.compile(rf"[ \t]*[\"']?{re.escape(key)}[\"']?[ \t]*=")
    at = next((number for number, line in enumerate(lines[:top]) if pattern.match(line)), None)
    new = [] if value is None else [f"{key} = {_toml(value)}"]
    if at is not None:
        comment = re.search(r"[ \t]+#[^\"']*$", lines[at])
        lines[at : at + 1] = [line + (comment[0] if comment else "") for line in new]
    else:
        while top > 0 and not lines[top - 1].strip():
            top -= 1
        lines[top:top] = new
    text = "\n".join(lines).rstrip("\n") + "\n"
    wanted = {name: old for name, old in before.items() if name != key} | ({} if value is None else {key: value})
    try:
        if tomllib.loads(text) != wanted:
            raise ConfigError("config.not_saved", path=str(path))
    except tomllib.TOMLDecodeError as error:
        raise ConfigError("config.not_saved", path=str(path)) from error
    _replace_file(path, text)


def _toml(value: str | int | bool) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    import json

    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _replace_file(path: Path, text: str) -> None:
    """Put a whole file in place of another: a reader sees the old one or the new one, never half of either."""
    part = path.with_name(f"{path.name}.{os.getpid()}.part")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with part.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
    except (OSError, UnicodeEncodeError) as error:
        part.unlink(missing_ok=True)
        raise ConfigError("config.not_saved", path=str(path)) from error
