"""The program in a pseudo-terminal, and what stands on its screen."""

from __future__ import annotations

import os
import signal
import sqlite3
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

pexpect = pytest.importorskip("pexpect")
pyte = pytest.importorskip("pyte")

if sys.platform == "win32":
    pytest.skip("no pseudo-terminal", allow_module_level=True)

import termios  # noqa: E402  not on Windows

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds, on a machine that does much else
# What sets a mode and what unsets it: the other screen, the mouse, focus, pasting in brackets, the cursor, wrapping.
MODES = (
    *((b"\x1b[?%dh" % mode, b"\x1b[?%dl" % mode) for mode in (1049, 1000, 1002, 1003, 1006, 1015, 1004, 2004)),
    (b"\x1b[?25l", b"\x1b[?25h"),
    (b"\x1b[?7l", b"\x1b[?7h"),
)


class Terminal:
    """The program in a pseudo-terminal of 80 by 24, and what stands on its screen."""

    def __init__(self, home: Path, *arguments: str, shell: bool = False) -> None:
        env = {
            **{name: value for name, value in os.environ.items() if name not in {"COLORFGBG", "FIELDSALES_FILE"}},
            "FIELDSALES_HOME": str(home),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }
        command = [sys.executable, "-m", "fieldsales", "--lang", "ko", *arguments]
        if shell:
            command = ["bash", "--norc", "--noprofile", "--noediting", "-i"]
            env |= {"PS1": "shell> ", "PYTHONPATH": str(ROOT)}
        self.child = pexpect.spawn(
            command[0], command[1:], env=env, cwd=str(ROOT), dimensions=(24, 80), timeout=PATIENCE, encoding=None
        )
        self.screen = pyte.Screen(80, 24)
        self.stream = pyte.ByteStream(self.screen)
        self.raw = b""

    def read(self, seconds: float = 0.2) -> None:
        """Take in what the program writes within so many seconds."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            try:
                data = self.child.read_nonblocking(65536, timeout=0.05)
            except pexpect.TIMEOUT:
                continue
            except pexpect.EOF:
                return
            self.raw += data
            # Textual asks for the mode of synchronised output, which pyte does not know and would print.
            self.stream.feed(data.replace(b"\x1b[?2026$p", b"").replace(b"\x1b[>1u", b"").replace(b"\x1b[<u", b""))

    @property
    def text(self) -> str:
        return "\n".join("".join(line).rstrip() for line in _rows(self.screen))

    def wait(self, words: str | Callable[[str], bool]) -> str:
        """Wait until the words are on the screen."""
        seen = words if callable(words) else lambda text: words in text
        end = time.monotonic() + PATIENCE
        while time.monotonic() < end:
            self.read()
            if seen(self.text):
                return self.text
        raise AssertionError(f"waited in vain for {words!r}:\n{self.text}")

    def send(self, data: str | bytes) -> None:
        self.child.send(data.encode() if isinstance(data, str) else data)
        self.read(0.3)

    @property
    def is_given_back(self) -> bool:
        """Whether every mode that was set is unset again, and the line discipline reads lines and echoes."""
        set_last = [on for on, off in MODES if self.raw.rfind(on) > self.raw.rfind(off)]
        local = termios.tcgetattr(self.child.child_fd)[3]
        return not set_last and bool(local & termios.ICANON) and bool(local & termios.ECHO)

    def ended(self) -> int | None:
        """Wait for the end; the exit code."""
        end = time.monotonic() + PATIENCE
        while self.child.isalive() and time.monotonic() < end:
            self.read(0.1)
        self.read(0.2)
        self.child.close()
        return int(self.child.exitstatus) if self.child.exitstatus is not None else None


def _rows(screen: object) -> Iterator[list[str]]:
    buffer = screen.buffer  # type: ignore[attr-defined]
    for y in range(24):
        yield [buffer[y][x].data for x in range(80)]


@contextmanager
def terminal(home: Path, *arguments: str, shell: bool = False) -> Iterator[Terminal]:
    """With `shell`, a shell with job control in which the program has still to be started."""
    opened = Terminal(home, *arguments, shell=shell)
    try:
        yield opened
    finally:
        if opened.child.isalive():
            opened.child.kill(signal.SIGKILL)
        opened.child.close(force=True)


def working_database(home: Path) -> sqlite3.Connection:
    (path,) = home.rglob("books/*/book.db")
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)
