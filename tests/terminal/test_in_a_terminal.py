"""A few things that only a real terminal shows: bytes in, bytes out, signals, and being killed."""

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

ROOT = Path(__file__).parents[2]
PATIENCE = 60  # seconds, on a machine that does much else


class Terminal:
    """The program in a pseudo-terminal of 80 by 24, and what stands on its screen."""

    def __init__(self, home: Path, *arguments: str) -> None:
        env = {
            **{name: value for name, value in os.environ.items() if name not in {"COLORFGBG", "FIELDSALES_FILE"}},
            "FIELDSALES_HOME": str(home),
            "TERM": "xterm-256color",
            "LANG": "C.UTF-8",
            "LC_ALL": "C.UTF-8",
        }
        command = ["-m", "fieldsales", "--lang", "ko", *arguments]
        self.child = pexpect.spawn(
            sys.executable, command, env=env, cwd=str(ROOT), dimensions=(24, 80), timeout=PATIENCE, encoding=None
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
def terminal(home: Path, *arguments: str) -> Iterator[Terminal]:
    opened = Terminal(home, *arguments)
    try:
        yield opened
    finally:
        if opened.child.isalive():
            opened.child.kill(signal.SIGKILL)
        opened.child.close(force=True)


def working_database(home: Path) -> sqlite3.Connection:
    (path,) = home.rglob("books/*/book.db")
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True)


def test_the_demo_starts_speaks_korean_takes_jamo_and_ends_with_q(tmp_path: Path) -> None:
    with terminal(tmp_path, "demo") as program:
        text = program.wait("새녘물산")
        assert "[1 오늘" in text and "오답노트" in text
        assert "이탈 대응" in text
        program.send("ㅈ")
        program.wait("/ 100")
        program.send("\x1b")
        program.wait("[1 오늘")
        program.send("q")
        assert program.ended() == 0
        assert b"\x1b[?1049l" in program.raw  # the screen from before is back


def test_bytes_that_are_no_utf_8_do_not_end_the_program(tmp_path: Path) -> None:
    """A paste in CP949."""
    with terminal(tmp_path, "demo") as program:
        program.wait("새녘물산")
        program.send("/")
        program.send("한빛".encode("cp949"))
        program.send(b"\xff\xfe")
        program.send("\x15")
        program.send("해윰")
        program.wait("해윰정밀")
        program.send("\x1b")
        program.wait("[2 고객사]")
        program.send("q")
        assert program.ended() == 0


def test_sigterm_gives_the_terminal_back(tmp_path: Path) -> None:
    with terminal(tmp_path, "demo") as program:
        program.wait("새녘물산")
        program.child.kill(signal.SIGTERM)
        program.ended()
        assert b"\x1b[?1049l" in program.raw
        assert b"\x1b[?25h" in program.raw  # the cursor is shown again
        assert "Traceback" not in program.raw.decode(errors="replace")


def test_killed_in_the_middle_of_a_run_and_of_a_log_nothing_is_lost(tmp_path: Path) -> None:
    """Every tick and every word is in the working database before the next key is read."""
    book = str(tmp_path / "book.db")
    with terminal(tmp_path, "--file", book) as program:
        program.wait("빈 수첩으로 시작")
        program.send("3")
        program.wait("아직 빈 수첩이에요.")
        program.send("a")
        program.wait("Ctrl+S")
        program.send("가온상사")
        program.send("\r")
        program.wait(lambda text: "가온상사" in text and "오답노트" in text)
        program.send("2")
        program.wait("[2 고객사]")
        program.send("c")
        program.wait("팀장님께 알리기")
        program.send(" ")
        program.wait("[x] 팀장님께 알리기")
        program.send("l")
        program.wait("들은 말")
        program.send("납기만 지켜지면")
        program.wait("납기만 지켜지면")
        os.kill(program.child.pid, signal.SIGKILL)
        program.ended()
    with working_database(tmp_path) as work:
        assert work.execute("SELECT count(*) FROM case_item WHERE done_at != ''").fetchone() == (1,)
        assert "납기만 지켜지면" in work.execute("SELECT fields FROM draft WHERE form = 'log'").fetchone()[0]
    with terminal(tmp_path, "--file", book) as program:
        program.wait("가온상사")
        program.send("2")
        program.wait("[2 고객사]")
        program.send("c")
        program.wait("[x] 팀장님께 알리기")
        program.send("l")
        program.wait("납기만 지켜지면")
        program.send("\x1b")
        program.read(0.5)
        program.send("\x1b")
        program.wait("[2 고객사]")
        program.send("q")
        assert program.ended() == 0
