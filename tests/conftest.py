"""What every test stands on: texts as they are in the sources now, and no user's own folders or settings."""

from __future__ import annotations

import os
import sqlite3
import sys
from collections.abc import Callable, Iterator
from functools import wraps
from pathlib import Path

import pytest
from said import DAY, Call, Said

ROOT = Path(__file__).parents[1]


def pytest_configure() -> None:
    """Compile the catalogs where a text is newer than what was compiled. Only the first of parallel workers does."""
    if os.environ.get("PYTEST_XDIST_WORKER"):
        return
    folder = ROOT / "fieldsales" / "locale"
    compiled = [path.stat().st_mtime for path in folder.glob("*/LC_MESSAGES/fieldsales.mo")]
    sources = [path.stat().st_mtime for path in folder.glob("*/*.po")]
    if sources and (len(compiled) < 2 or min(compiled) < max(sources)):
        sys.path.insert(0, str(ROOT))
        from hatch_build import compile_catalogs

        compile_catalogs()


@pytest.fixture(autouse=True, scope="session")
def _strict_texts() -> None:
    """A text that is missing fails the test that asks for it."""
    from fieldsales.locale import Texts

    Texts.strict = True


@pytest.fixture(autouse=True, scope="session")
def _tables_made_once() -> Iterator[None]:
    """A new book gets a copy of tables that were made once: making them is the greater part of most tests' time.

    Databases of an older format go through the steps themselves, as do the processes that tests start.
    """
    from fieldsales.storage import migrations

    made = sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)
    apply = migrations.apply
    apply(made)

    @wraps(apply)
    def copied(connection: sqlite3.Connection, after: Callable[[int], None] | None = None) -> bool:
        if connection.in_transaction or connection.execute("SELECT 1 FROM sqlite_master").fetchone():
            return apply(connection, after)
        made.backup(connection)
        connection.execute("BEGIN IMMEDIATE")
        if after is not None:
            after(0)
        connection.execute("COMMIT")
        return True

    migrations.apply = copied
    yield
    migrations.apply = apply
    made.close()


@pytest.fixture(autouse=True)
def _own_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reads or writes what belongs to the person who runs it."""
    for name in ("FIELDSALES_FILE", "LC_ALL", "LC_MESSAGES", "LANGUAGE", "NO_COLOR", "COLORFGBG"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("COLORTERM", "truecolor")
    monkeypatch.setenv("TERM", "xterm-256color")
    for name in ("TMUX", "SSH_TTY"):  # what is copied goes to nobody's clipboard
        monkeypatch.setenv(name, "of no test")
    monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path_factory.getbasetemp() / "home-of-no-test"))


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Call:
    """Runs commands in this process, in Korean, on a Friday; each `machine` has a home of its own."""
    from fieldsales.cli import run

    monkeypatch.setenv("LANG", "ko_KR.UTF-8")

    def called(*argv: str, machine: str = "home", lang: str = "") -> Said:
        monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path / machine))
        code = run(["--today", DAY, *(["--lang", lang] if lang else []), *argv])
        out, err = capsys.readouterr()
        return Said(code, out, err)

    return called
