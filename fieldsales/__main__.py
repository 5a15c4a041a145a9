"""The program's door: opens the screen at once where nothing else is asked for, else hands over to the commands."""

from __future__ import annotations

import gc
import io
import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date
    from pathlib import Path

    from fieldsales.config import Places

_SCREEN_OPTIONS = ("--file", "--today", "--lang")


def main() -> int:
    """Run the program on `sys.argv` and give its exit code: 0 done, 1 refused, 2 not understood."""
    gc.disable()  # next to nothing made at the start is garbage; the screen and the longer commands turn it on again
    argv = speak_utf8(sys.argv[1:])
    screen = _screen_arguments(argv)
    if screen is None:
        from fieldsales.cli import run

        return _end(run(argv, last=True))
    try:
        return open_screen(**screen)
    except KeyboardInterrupt:
        return 1


def _end(code: int) -> int:
    """Leave at once: everything is written and closed, and taking the interpreter down costs as much as a short job."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except OSError:  # whoever read the output has stopped
        code = code or 1
    os._exit(code)


def _screen_arguments(argv: list[str]) -> dict[str, str] | None:
    """The options of a call that only opens the screen; None for anything else, which the commands understand.

    Reading these few by hand spares the start the import of the command-line library.
    """
    found: dict[str, str] = {}
    rest = list(argv)
    while rest:
        name, equals, value = rest.pop(0).partition("=")
        if name == "demo" and not equals:
            found["demo"] = "yes"
            continue
        if name == "tour" and not equals:
            found |= {"demo": "yes", "tour": "yes"}
            continue
        if name == "--no-trace" and not equals:
            found["no_trace"] = "yes"
            continue
        if name not in _SCREEN_OPTIONS:
            return None
        if not equals:
            if not rest:
                return None
            value = rest.pop(0)
        if not value or (name == "--today" and not _is_day(value)) or (name == "--lang" and value not in {"ko", "en"}):
            return None
        found[name[2:]] = value
    return found


def _is_day(text: str) -> bool:
    from datetime import date

    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def open_screen(
    file: str = "", today: str = "", lang: str = "", demo: str = "", no_trace: str = "", tour: str = ""
) -> int:
    """Open the screen. `today` is an ISO day or "", `demo` anything but "" for the sample book, `no_trace` likewise for
    leaving nothing on this machine, `tour` for being led through the sample."""
    from fieldsales.config import Options, choose_lang, configured

    places, config, explicit = configured(os.environ, file, not no_trace)
    language = choose_lang(lang, config, os.environ)
    terminal = all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.stdout, sys.stderr))
    if not terminal or os.environ.get("TERM") == "dumb":
        from fieldsales.cli import complain

        return complain(language, "cli.no_terminal")
    os.environ.setdefault("TEXTUAL_DISABLE_KITTY_KEY", "1")  # that keyboard protocol breaks the input of Hangul
    os.environ.setdefault("TEXTUAL_FPS", "240")  # its usual 60 delays what a key brings by up to two frames
    from datetime import date

    from fieldsales.ui.app import run

    day = date.fromisoformat(today) if today else None
    return run(Options(places, config, places.book, explicit, day, language, bool(demo), not no_trace, bool(tour)))


def draw_screen(
    path: Path, places: Places, lang: str, day: date, size: tuple[int, int], keys: list[str], theme: str
) -> None:
    """Write a picture (SVG) of the screen on the sample book, as it looks on the morning of the day.

    Raises OSError where the file cannot be written, FieldsalesError for a theme that does not exist.
    """
    from datetime import datetime, time

    from fieldsales.ui.picture import picture

    drawn = picture(places, lang, datetime.combine(day, time(9, 20)), size, keys, theme)
    path.write_text(drawn, encoding="utf-8", newline="\n")


def speak_utf8(argv: list[str]) -> list[str]:
    """Make the streams UTF-8 whatever the locale says, and read the arguments again as UTF-8 where they are that.

    A terminal whose locale names another encoding is nearly always a UTF-8 one that was never told; one sentence
    says so, in that encoding, so that a terminal which really speaks it can show the sentence.
    """
    streams = [stream for stream in (sys.stdout, sys.stderr, sys.stdin) if isinstance(stream, io.TextIOWrapper)]
    odd = next((stream.encoding for stream in streams if not _is_utf8(stream.encoding)), "")
    if odd and sys.platform != "win32" and sys.stderr is not None:
        sys.stderr.write(_not_utf8(odd))
        sys.stderr.flush()
    for stream in streams:
        stream.reconfigure(encoding="utf-8", errors="replace")
    if _is_utf8(sys.getfilesystemencoding()):
        return argv
    again = []
    for argument in argv:
        try:
            again.append(os.fsencode(argument).decode("utf-8"))
        except UnicodeError:
            again.append(argument)
    return again


def _is_utf8(encoding: str) -> bool:
    return encoding.lower().replace("-", "").replace("_", "") == "utf8"


def _not_utf8(encoding: str) -> str:
    from fieldsales.config import Config, choose_lang
    from fieldsales.locale import Texts

    for lang in (choose_lang("", Config(), os.environ), "en"):
        text = Texts(lang)("cli.not_utf8", encoding=encoding) + "\n"
        try:
            text.encode(encoding)
        except UnicodeEncodeError:
            continue
        return text
    return ""


if __name__ == "__main__":
    sys.exit(main())
