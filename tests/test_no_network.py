"""Nothing leaves the machine: no source asks for the network, and the whole program runs while it is refused."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
WATCHED = Path(__file__).parent / "watched"
MODULES = sorted((ROOT / "fieldsales").rglob("*.py"))
NETWORK = {
    "aiohttp", "ftplib", "http", "httpx", "imaplib", "nntplib", "poplib", "requests", "smtplib", "socket",
    "socketserver", "ssl", "telnetlib", "urllib", "urllib3", "webbrowser", "websockets", "wsgiref", "xmlrpc",
}  # fmt: skip
HARMLESS = {"urllib.parse"}
ASYNCIO_NETWORK = {
    "open_connection", "start_server", "create_connection", "create_server", "create_datagram_endpoint", "sock_connect",
    "getaddrinfo", "open_url",
}  # fmt: skip
unix = pytest.mark.skipif(sys.platform == "win32", reason="there an event loop wakes itself over the loopback")


def reaching(source: str) -> Iterator[str]:
    """What of a source asks for the network, wherever in it."""
    for node in ast.walk(ast.parse(source)):
        names: list[str] = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom) and not node.level:
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in {"__import__", "import_module"}:
            names = [str(one.value) for one in node.args if isinstance(one, ast.Constant)]
        elif isinstance(node, ast.Attribute) and node.attr in ASYNCIO_NETWORK:
            yield node.attr
        for name in names:
            harmless = any(name == one or name.startswith(one + ".") for one in HARMLESS)
            if name.split(".")[0] in NETWORK and not harmless:
                yield name


def test_no_source_asks_for_the_network() -> None:
    found = {str(path.relative_to(ROOT)): list(reaching(path.read_text(encoding="utf-8"))) for path in MODULES}
    assert len(found) > 50
    assert {name: names for name, names in found.items() if names} == {}


@pytest.mark.parametrize(
    "source",
    [
        "import socket",
        "def f():\n    from urllib.request import urlopen",
        "from urllib import request",
        "import http.client as h",
        "import importlib\nimportlib.import_module('requests')",
        "import asyncio\nasync def f():\n    await asyncio.open_connection('a', 1)",
    ],
)
def test_a_source_that_asks_for_it_is_noticed(source: str) -> None:
    assert list(reaching(source))


def test_taking_a_path_apart_asks_for_no_network() -> None:
    assert list(reaching("from urllib.parse import quote\nimport asyncio, subprocess\nfrom . import http")) == []


# --- the program, watched -------------------------------------------------------------------------------------------


PATIENCE = "import faulthandler\nfaulthandler.dump_traceback_later(90, exit=True)\n"  # what hangs says where


def watch(folder: Path, code: str) -> tuple[subprocess.CompletedProcess[str], list[list[str]]]:
    """Run some Python while the network is refused to it and to all that it starts; what was written down."""
    log = folder / "watched.log"
    environ = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "FIELDSALES"))}
    paths = os.pathsep.join(map(str, (WATCHED, ROOT, ROOT / "tests" / "ui")))
    environ |= {"NETWORK_WATCH": str(log), "PYTHONPATH": paths, "FIELDSALES_HOME": str(folder / "home")}
    done = subprocess.run(
        [sys.executable, "-c", PATIENCE + code],
        env=environ, cwd=folder, capture_output=True, text=True, timeout=120, check=False, stdin=subprocess.DEVNULL,
    )  # fmt: skip
    return done, [line.split("\t") for line in log.read_text(encoding="utf-8").splitlines()]


def assert_quiet(done: subprocess.CompletedProcess[str], lines: list[list[str]]) -> None:
    """Nothing reached out, and whatever was started is a Python that was watched as well."""
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert [line for line in lines if line[0] == "network"] == []
    started = [line[2] for line in lines if line[0] == "process"]
    assert [line for line in started if sys.executable not in line] == []
    assert sum(line[0] == "watched" for line in lines) >= 1 + len(started)


@unix
@pytest.mark.parametrize(
    "reach",
    [
        "socket.create_connection(('127.0.0.1', 9), 1)",
        "socket.getaddrinfo('localhost', 9)",
        "socket.gethostbyname('localhost')",
        "socket.socket(socket.AF_INET, socket.SOCK_DGRAM).sendto(b'', ('127.0.0.1', 9))",
        "socket.socket().bind(('127.0.0.1', 0))",
        "__import__('urllib.request').request.urlopen('http://localhost:9/', timeout=1)",
    ],
)
def test_the_watch_notices_and_refuses(reach: str, tmp_path: Path) -> None:
    done, lines = watch(tmp_path, f"import socket\n{reach}")
    assert done.returncode != 0
    assert "PermissionError: reaches for the network" in done.stderr
    assert any(line[0] == "network" for line in lines)
    with pytest.raises(AssertionError):
        assert_quiet(subprocess.CompletedProcess([], 0, "", ""), lines)


@unix
def test_the_watch_follows_into_whatever_is_started(tmp_path: Path) -> None:
    inner = "import socket\ntry:\n    socket.socket()\nexcept OSError:\n    pass"
    start = f"import subprocess, sys\nsubprocess.run([sys.executable, '-c', {inner!r}])"
    _, lines = watch(tmp_path, start)
    assert [line[0] for line in lines] == ["watched", "process", "watched", "network"]
    unwatched = "import subprocess, sys\nsubprocess.run([sys.executable, '-I', '-c', ''])"
    (tmp_path / "watched.log").unlink()
    with pytest.raises(AssertionError):
        assert_quiet(*watch(tmp_path, unwatched))


EVERY_MODULE = """
import importlib, pkgutil, fieldsales
names = [found.name for found in pkgutil.walk_packages(fieldsales.__path__, "fieldsales.")]
for name in names:
    if name != "fieldsales.__main__":
        importlib.import_module(name)
assert len(names) > 50, names
"""


@unix
def test_importing_every_module_reaches_nothing(tmp_path: Path) -> None:
    assert_quiet(*watch(tmp_path, EVERY_MODULE))


EVERY_COMMAND = """
import shutil, sqlite3, sys
from pathlib import Path
from fieldsales import cli
from fieldsales.cli_words import Commands
from fieldsales.locale import Texts

DAY = ["--today", "2026-11-20", "--lang", "ko"]
def run(*argv, code=0):
    found = cli.run([*argv, *DAY])
    assert code is None or found == code, (argv, found)

run("demo", "--write", "sample.db")
BOOK = ["--file", "sample.db"]
shutil.copy("sample.db", "other.db")
other = sqlite3.connect("other.db")
other.execute("UPDATE account SET note = 'there'")
other.commit()
other.close()
Path("more.csv").write_text("name,phone\\n새빛인쇄,02-000-0000\\n", encoding="utf-8")
(account,) = sqlite3.connect("sample.db").execute("SELECT name FROM account ORDER BY name LIMIT 1").fetchone()
CALLS = {
    "today": [["--json"]],
    "accounts": [["--order", "silence"]],
    "show": [[account, "--mask"]],
    "log": [[account, "call", "--heard", "단가", "--promise", "다음 주에 단가표"], [account, "visit", "--json"]],
    "add": [["누리식품", "--tier", "B", "--person", "문도균"]],
    "merge": [["other.db", "--dry-run"], ["other.db", "--json"]],
    "import": [["more.csv", "--as", "accounts", "--dry-run"], ["more.csv", "--as", "accounts"]],
    "export": [["--json", "json", "--csv", "csv"]],
    "erase": [["누리식품", "--dry-run"], ["누리식품", "--yes"]],
    "demo": [["--picture", "picture.svg", "--size", "80x24", "--keys", "2 w"]],
}
commands = cli.build(Texts("ko"))
assert isinstance(commands, Commands)
names = commands.list_commands(None)
assert set(CALLS) <= set(names), set(CALLS) - set(names)
for name in names:
    run(name, "--help")
    for argv in CALLS.get(name, ()):
        run(name, *argv, *([] if name == "demo" else BOOK))
    if name not in CALLS:
        run(name, *BOOK, code=None)
"""


@unix
def test_every_command_reaches_nothing(tmp_path: Path) -> None:
    assert_quiet(*watch(tmp_path, EVERY_COMMAND))


SCREEN = """
import asyncio, sys
from pathlib import Path
from fieldsales.locale import Texts
from helpers import sample_app

async def main():
    Texts.strict = True
    async with sample_app(Path("screen").absolute()) as seat:
        await seat.press("2", "w", "escape", "r", "escape", "enter", "tab", "escape")
        before = seat.stored("SELECT count(*) FROM activity")
        await seat.press("l")
        await seat.type("단가를 다시 보자고 하심")
        await seat.press("ctrl+s")
        assert seat.stored("SELECT count(*) FROM activity") != before
        await seat.press("slash")
        await seat.type("새녘")
        assert seat.line("새녘물산"), seat.text
        await seat.press("escape", "3", "enter", "space", "escape", "4", "f12", "question_mark", "escape", "ctrl+p")
        await seat.press("escape", "1", "y", "u")
        await seat.app.workers.wait_for_complete()
        assert seat.book.publish_now().in_file

asyncio.run(main())
"""


@unix
def test_the_screen_reaches_nothing(tmp_path: Path) -> None:
    assert_quiet(*watch(tmp_path, SCREEN))
