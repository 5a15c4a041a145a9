"""A few things that only a real terminal shows: bytes in, bytes out, signals, and being killed."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest
from pseudo_terminal import terminal, working_database


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


@pytest.mark.slow
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
