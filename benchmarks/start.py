"""First real rows on screen, and the memory they take.

From the start of the process to the first bytes that hold the name of an account of the book, against the same screen
without data (four bordered ScrollViews, two text lines, one stylesheet) and against a Textual app of one line, each in
a terminal of its own with the same settings. Memory is the most that was held when the rows stood, and what is held
three seconds later.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator
from functools import partial

from benchmarks import common
from benchmarks.books import KINDS
from benchmarks.common import SIZES, Bench, Ratio, Shown, Terminal, environment, interleaved, ratio

MARK = "rows-are-here"
NAME = re.compile(rf"[가-힣]{{3}}(?:{'|'.join(KINDS)})")
SETTLED = 3.0  # seconds after the first rows


def marked(text: str) -> bool:
    return MARK in text


def named(text: str) -> bool:
    """Whether the text holds the name of an account of `books`, which has no other words of that shape."""
    return NAME.search(text) is not None


def measure(bench: Bench) -> Iterator[Ratio]:
    small, large = bench.book(bench.small), bench.book(bench.large)
    programs: dict[str, tuple[list[str], Shown, dict[str, str]]] = {
        "one-line app": (bench.rival("one_line"), marked, environment()),
        "skeleton": (bench.rival("skeleton"), marked, environment()),
        f"start with {bench.small:,} accounts": (bench.screen(small), named, environment(small)),
        f"start with {bench.large:,} accounts": (bench.screen(large), named, environment(large)),
    }
    line, skeleton, few, many = programs
    for size in SIZES:

        def first_rows(name: str, size: tuple[int, int] = size) -> float:
            command, shown, environ = programs[name]
            terminal = Terminal(command, size, environ)
            try:
                taken = terminal.until(shown) - terminal.begun
            finally:
                terminal.close()
            time.sleep(0.05)
            return taken

        found = interleaved(bench.rounds, {name: partial(first_rows, name) for name in programs})
        at = f" at {size[0]}x{size[1]}"
        found = {name + at: figures for name, figures in found.items()}
        yield ratio(found, few + at, skeleton + at, 1.10)
        yield ratio(found, few + at, line + at, 1.35)
        yield ratio(found, many + at, few + at, 1.10)
    yield from _memory(bench, programs, line, (few, many))


def _memory(
    bench: Bench,
    programs: dict[str, tuple[list[str], Shown, dict[str, str]]],
    line: str,
    ours: tuple[str, ...],
) -> Iterator[Ratio]:
    peaks: dict[str, list[float]] = {}
    settled: dict[str, list[float]] = {}
    for _ in range(min(bench.rounds, 3)):  # memory hardly varies
        for name in (line, *ours):
            command, shown, environ = programs[name]
            terminal = Terminal(command, SIZES[0], environ)
            try:
                terminal.until(shown)
                peak = terminal.memory()
                terminal.rest(quiet=SETTLED, longest=SETTLED)
                later = terminal.memory()
            finally:
                terminal.close()
            if not peak or not later:
                return  # a system that does not say
            peaks.setdefault("memory at the first rows, " + name, []).append(peak["VmHWM"])
            settled.setdefault(f"memory after {SETTLED:.0f} s, " + name, []).append(later["VmRSS"])
    for found in (peaks, settled):
        own = list(found)
        for name in own[1:]:
            yield ratio(found, name, own[0], 1.35)


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
