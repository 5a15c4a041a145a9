"""From a key to the list that it changes: Down, and a letter in the search line.

Against the echo: a letter typed into an Input and repeated by a Static. All programs stand open side by side, each in a
terminal of its own with the same settings, and take their keys in turn.
"""

from __future__ import annotations

import sqlite3
import sys
from collections.abc import Iterator
from pathlib import Path

from benchmarks import common
from benchmarks.common import SIZES, Bench, Ratio, Terminal, environment, interleaved, ratio
from benchmarks.start import MARK, named

DOWN = "\x1b[B"
HOME = "\x1b[H"
BACKSPACE = "\x7f"
CLEAR = "\x15"  # Ctrl+U
LETTERS = "ㅎㄷ"  # in these books both find every account, which takes longest
STEPS = 8  # lines that Down goes through before Home: fewer than are in sight


class Accounts:
    """The account list of the program, open in a terminal."""

    def __init__(self, bench: Bench, home: Path, size: tuple[int, int]) -> None:
        self._names = _names(home)
        self._at = 0
        self.terminal = Terminal(bench.screen(home), size, environment(home))
        self.terminal.until(named)
        self.terminal.rest(0.5)
        self.terminal.key("2", lambda text: self._names[0] in text)
        self.terminal.rest(0.5)
        self._typed = 0

    def down(self) -> float:
        """Seconds from Down to the bytes that show the next line."""
        if self._at == STEPS:
            self.terminal.key(HOME, lambda text: self._names[0] in text)
            self.terminal.rest()
            self._at = 0
        self._at += 1
        taken = self.terminal.key(DOWN, lambda text: self._names[self._at] in text)
        self.terminal.rest()
        return taken

    def letter(self) -> float:
        """Seconds from a letter in the search line to the lines that it finds."""
        if self._typed == len(LETTERS):
            self.terminal.key(BACKSPACE * self._typed, named)
            self.terminal.rest()
            self._typed = 0
        taken = self.terminal.key(LETTERS[self._typed], named)
        self._typed += 1
        self.terminal.rest()
        return taken

    def find(self) -> None:
        """Open the search line."""
        self.terminal.key("/", bool)
        self.terminal.rest(0.5)


class Echo:
    """The rival, open in a terminal."""

    def __init__(self, bench: Bench, size: tuple[int, int]) -> None:
        self._text = ""
        self.terminal = Terminal(bench.rival("echo"), size, environment())
        self.terminal.until(lambda text: MARK in text)
        self.terminal.rest(0.5)

    def letter(self) -> float:
        """Seconds from a letter to the bytes that repeat it."""
        if len(self._text) == 20:
            self.terminal.key(CLEAR, bool)
            self.terminal.rest()
            self._text = ""
        self._text += "a"
        taken = self.terminal.key("a", lambda text: f"{self._text}>" in text)
        self.terminal.rest()
        return taken


def _names(home: Path) -> list[str]:
    """The first accounts in the order of the list."""
    (cache,) = home.glob("home/data/books/*/derived.db")
    connection = sqlite3.connect(f"{cache.as_uri()}?mode=ro", uri=True)
    try:
        found = connection.execute(
            "SELECT name FROM standing WHERE listed = 1 ORDER BY care, name_key, n LIMIT ?", (STEPS + 1,)
        )
        return [name for (name,) in found]
    finally:
        connection.close()


def measure(bench: Bench) -> Iterator[Ratio]:
    counts = (bench.small, bench.large)
    homes = [bench.book(count) for count in counts]
    for size in SIZES:
        at = f" at {size[0]}x{size[1]}"
        echo = Echo(bench, size)
        lists: list[Accounts] = []
        try:
            lists += [Accounts(bench, home, size) for home in homes]
            for key in ("Down", "a letter in the search line"):
                if key != "Down":
                    for one in lists:
                        one.find()
                names = [f"{key}, {count:,} accounts{at}" for count in counts]
                ways = [one.down if key == "Down" else one.letter for one in lists]
                found = interleaved(bench.rounds * 2, {"echo": echo.letter, **dict(zip(names, ways, strict=True))})
                for name in names:
                    yield ratio(found, name, "echo", 3.0)
        finally:
            for terminal in (echo.terminal, *(one.terminal for one in lists)):
                terminal.close()


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
