"""The terminal is lost, ends the program, sets it aside or pastes: it is given back, and nothing typed is lost."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
from pathlib import Path

import pytest
from pseudo_terminal import PATIENCE, Terminal, terminal, working_database

from fieldsales.storage.book import Book

SAID = "납기만 지켜지면 내년도 그대로"


def start_a_log(program: Terminal) -> None:
    """A new book with one account, and a log of it with a few words typed."""
    program.wait("빈 수첩으로 시작")
    program.send("3")
    program.wait("아직 빈 수첩이에요.")
    program.send("a")
    program.wait("Ctrl+S")
    program.send("가온상사\r")
    program.wait(lambda text: "가온상사" in text and "오답노트" in text)
    program.send("2")
    program.wait("[2 고객사]")
    program.send("l")
    program.wait("들은 말")
    program.send(SAID)
    program.wait(SAID)


def draft(home: Path) -> dict[str, str]:
    """The log being written, as another connection finds it in the working database."""
    with working_database(home) as work:
        fields: dict[str, str] = json.loads(work.execute("SELECT fields FROM draft WHERE form = 'log'").fetchone()[0])
    return fields


@pytest.mark.slow
@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])
def test_told_to_end_in_the_middle_of_a_log_it_gives_the_terminal_back(tmp_path: Path, number: signal.Signals) -> None:
    with terminal(tmp_path, "--file", str(tmp_path / "book.db")) as program:
        start_a_log(program)
        assert not program.is_given_back
        os.kill(program.child.pid, number)
        end = time.monotonic() + PATIENCE
        while program.child.isalive() and time.monotonic() < end:
            program.read(0.1)
        program.read(0.2)
        assert not program.child.isalive()
        assert program.is_given_back
        assert "Traceback" not in program.raw.decode(errors="replace")
    assert draft(tmp_path)["heard"] == SAID


def test_a_lost_terminal_ends_the_program_and_the_file_is_whole(tmp_path: Path) -> None:
    """The window is closed: there is nothing left to write to."""
    book = tmp_path / "book.db"
    with terminal(tmp_path, "--file", str(book)) as program:
        start_a_log(program)
        program.child.ptyproc.fileobj.close()
        end = time.monotonic() + PATIENCE
        while program.child.isalive() and time.monotonic() < end:
            time.sleep(0.05)
        assert not program.child.isalive()
    assert draft(tmp_path)["heard"] == SAID
    seen = Book.look(book, None)
    assert seen.work.execute("SELECT name FROM account").fetchall() == [("가온상사",)]
    seen.close()


@pytest.mark.slow
def test_set_aside_with_ctrl_z_it_comes_back_with_what_was_typed(tmp_path: Path) -> None:
    with terminal(tmp_path, shell=True) as program:
        program.wait("shell>")
        program.send(f"{sys.executable} -m fieldsales --lang ko --file {tmp_path / 'book.db'}\r")
        start_a_log(program)
        program.send("\x1b[D" * 3)  # three to the left: the cursor has to stay there
        program.send("\x1a")
        program.wait("fg를 치면")
        program.wait("Stopped")
        assert program.is_given_back
        assert draft(tmp_path)["heard"] == SAID
        program.send("echo 'the shell' works\r")
        program.wait("the shell works")
        program.send("fg\r")
        program.wait("쓰는 대로 저장됨")
        program.wait(SAID)
        assert not program.is_given_back
        program.send("꼭 ")
        program.wait("내년도 꼭 그대로")
        program.send("\x13")
        program.wait("[2 고객사]")
        program.send("q")
        program.wait("shell>")
        assert program.is_given_back
    with working_database(tmp_path) as work:
        assert work.execute("SELECT heard FROM activity").fetchall() == [("납기만 지켜지면 내년도 꼭 그대로",)]


@pytest.mark.slow
def test_where_no_shell_could_bring_it_back_ctrl_z_leaves_it_open(tmp_path: Path) -> None:
    with terminal(tmp_path, "--file", str(tmp_path / "book.db")) as program:
        start_a_log(program)
        program.send("\x1a")
        program.wait("쓰는 대로 저장됨")
        program.send(" 간다")
        program.wait(SAID + " 간다")
    assert draft(tmp_path)["heard"] == SAID + " 간다"


@pytest.mark.slow
def test_a_hundred_pasted_lines_arrive_whole_and_at_once(tmp_path: Path) -> None:
    lines = [f"{number}번째 줄: 납기를 다시 여쭘" for number in range(1, 101)]
    with terminal(tmp_path, "--file", str(tmp_path / "book.db")) as program:
        start_a_log(program)
        program.send(b"\x1b[200~" + "\r".join(["", *lines]).encode() + b"\x1b[201~")
        program.wait("100번째 줄")
        assert draft(tmp_path)["heard"] == "\n".join([SAID, *lines])
        program.send("!")
        program.wait("여쭘!")
        program.send("\x13")
        program.wait("[2 고객사]")
    with working_database(tmp_path) as work:
        assert work.execute("SELECT heard FROM activity").fetchall() == [("\n".join([SAID, *lines]) + "!",)]
