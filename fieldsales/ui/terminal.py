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


def steady_output() -> None:
    """What is drawn after the terminal has gone (a closed window, a broken line) goes nowhere.

    Textual's writing thread ends at the first failure, and whoever writes to it then waits for ever: the book would
    not be closed.
    """
    if sys.platform == "win32":
        return
    from textual.drivers import linux_driver
    from textual.drivers._writer_thread import WriterThread

    class SteadyWriter(WriterThread):
        def run(self) -> None:
            try:
                super().run()
            except OSError:
                while self._queue.get() is not None:
                    pass

    setattr(linux_driver, "WriterThread", SteadyWriter)  # noqa: B010  as above


def stop_group() -> None:
    """Stop as the kernel does it for Ctrl+Z: this process and whoever started it in the foreground, until they are
    continued. Where no shell could ever continue them the kernel lets it pass."""
    if sys.platform == "win32":
        return
    import signal

    before = signal.signal(signal.SIGTSTP, signal.SIG_DFL)
    try:
        os.killpg(0, signal.SIGTSTP)
    finally:
        signal.signal(signal.SIGTSTP, before)


def wants_no_color() -> bool:
    """Whether there is to be no colour: the user says so (`NO_COLOR`, any value), or the terminal has none."""
    kind = os.environ.get("TERM", "").lower()
    return bool(os.environ.get("NO_COLOR")) or kind.startswith("vt") or kind.endswith(("-m", "-mono"))


def is_light() -> bool:
    """Whether the terminal says that it is light (COLORFGBG ends in a light colour)."""
    return os.environ.get("COLORFGBG", "").rpartition(";")[2] in {"7", "15"}
