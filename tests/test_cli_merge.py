"""`fieldsales merge` with a preview, with another book, and on a machine where nothing may stay."""

from __future__ import annotations

import os
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest
from said import Said

from fieldsales.storage.book import Book


def call(home: Path, *argv: str, lang: str = "ko", typed: str | None = None) -> Said:
    done = subprocess.run(
        [sys.executable, "-m", "fieldsales", *argv, "--lang", lang],
        env=os.environ | {"FIELDSALES_HOME": str(home)},
        input=typed or "",
        capture_output=True,
        text=True,
        check=False,
    )
    return Said(done.returncode, done.stdout, done.stderr)


@pytest.fixture
def home(tmp_path: Path) -> Path:
    home = tmp_path / "home"
    assert call(home, "add", "도담나루").code == 0
    return home


def edited_copy(home: Path, path: Path) -> Path:
    shutil.copy(home / "fieldsales.db", path)
    with closing(sqlite3.connect(path)) as db:
        db.execute("INSERT INTO account(id, name) VALUES ('b', '새녘물산')")
        db.commit()
    return path


def names(home: Path) -> set[str]:
    with closing(sqlite3.connect(home / "fieldsales.db")) as db:
        return {name for (name,) in db.execute("SELECT name FROM account")}


def test_a_preview_tells_what_would_come_in_and_changes_nothing(home: Path, tmp_path: Path) -> None:
    copy = edited_copy(home, tmp_path / "copy.db")
    told = call(home, "merge", str(copy), "--dry-run")
    assert told.code == 0
    assert "바뀐 것 1건이 들어와요" in told.out
    assert names(home) == {"도담나루"}
    told = call(home, "merge", str(copy), "--dry-run", "--json")
    assert told.json["dry_run"] is True
    assert told.json["files"][0]["changes"] == 1
    assert told.json["files"][0]["merged"] is False
    assert call(home, "merge", str(copy), lang="en").out.startswith("copy.db: merged 1 change in 1 account.")
    assert names(home) == {"도담나루", "새녘물산"}
    assert "새로운 것이 없어요" in call(home, "merge", str(copy)).out


def test_another_book_is_named_and_refused_and_joined_only_on_purpose(home: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    assert call(other, "add", "도담나루").code == 0
    assert call(other, "add", "남의 것").code == 0
    theirs = str(shutil.copy(other / "fieldsales.db", tmp_path / "theirs.db"))
    refused = call(home, "merge", theirs)
    assert refused.code == 1
    assert "theirs.db" in refused.err
    assert "fieldsales.db" in refused.err
    unasked = call(home, "merge", theirs, "--join")
    assert unasked.code == 1
    assert "--yes" in unasked.err
    looked = call(home, "merge", theirs, "--join", "--dry-run")
    assert "고객사 1곳, 그 수첩에 2곳" in looked.out
    assert "이름이 같은 곳 1곳은 두 번 나와요: 도담나루" in looked.out
    assert names(home) == {"도담나루"}
    assert call(home, "merge", theirs, "--join", "--yes").code == 0
    assert names(home) == {"도담나루", "남의 것"}


def test_nothing_is_left_on_a_borrowed_machine(home: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    stick.mkdir()
    shutil.copy(home / "fieldsales.db", stick / "book.db")
    borrowed = tmp_path / "borrowed"
    done = call(
        borrowed, "log", "도담나루", "call", "--said", "버스에서", "--no-trace", "--file", str(stick / "book.db")
    )
    assert done.code == 0, done.err
    assert not borrowed.exists()
    assert [path.name for path in stick.iterdir()] == ["book.db"]
    assert call(home, "merge", str(stick / "book.db")).code == 0
    with closing(Book.open(home / "fieldsales.db", home / "data")) as book:
        assert book.work.execute("SELECT said FROM activity").fetchall() == [("버스에서",)]
