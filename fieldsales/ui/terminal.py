"""What the terminal sends and Textual does not forgive, and what it says about its colours."""

from __future__ import annotations

import codecs
import os
import sys


def lenient_input() -> None:
    """Bytes that are not UTF-8 (a paste in CP949) become replacement signs; unhandled they would end the program.

    Textual decodes standard input strictly (Textualize/textual #6456), so its decoder is given a forgiving mode.
    """
    if sys.platform == "win32":
        return
    from textual.drivers import linux_driver

    strict = codecs.getincrementaldecoder("utf-8")

    def forgiving(encoding: str) -> object:
        return lambda errors="replace": strict(errors)

    setattr(linux_driver, "getincrementaldecoder", forgiving)  # noqa: B010  the module does not export what it imports


def wants_no_color() -> bool:
    """Whether there is to be no colour: the user says so (`NO_COLOR`, any value), or the terminal has none."""
    kind = os.environ.get("TERM", "").lower()
    return bool(os.environ.get("NO_COLOR")) or kind.startswith("vt") or kind.endswith(("-m", "-mono"))


def is_light() -> bool:
    """Whether the terminal says that it is light (COLORFGBG ends in a light colour)."""
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}
