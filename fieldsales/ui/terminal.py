"""What the terminal sends and Textual does not forgive."""

from __future__ import annotations

import codecs
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
