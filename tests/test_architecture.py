"""The house and its rooms: who may import whom, who may know what."""

from __future__ import annotations

import ast
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "fieldsales"
MODULES = sorted(PACKAGE.rglob("*.py"))
LONGEST = 700  # lines of a module; data written as Python is not counted
DATA = "fieldsales.workflows.sample"  # and what begins so

# Room: (what of ours it may import, which libraries). A name stands for itself and for everything below it.
ROOMS: dict[str, tuple[set[str], set[str]]] = {
    "domain": ({"domain"}, {"dateutil", "hangulpy", "holidays", "merge3"}),
    "storage": ({"storage", "domain"}, {"sqlite3", "sqlite_utils", "send2trash"}),
    "exchange": ({"exchange", "domain"}, {"csv"}),
    "workflows": ({"workflows", "domain", "storage", "exchange", "playbooks"}, set()),
    "ui.views": ({"domain", "ui.commands", "ui.widgets", "locale"}, {"textual", "rich"}),
    "ui.widgets": ({"domain", "ui.widgets", "ui.commands", "locale"}, {"textual", "rich"}),
    "ui.commands": ({"domain"}, {"textual"}),
    "ui.themes": (set(), {"textual"}),
    "ui.control": (
        {"ui", "workflows", "storage", "exchange", "domain", "config", "locale", "playbooks"},
        {"textual", "rich"},
    ),
    "cli": (
        {
            "cli",
            "cli_jobs",
            "cli_session",
            "cli_words",
            "cli_keep",
            "cli_erase",
            "cli_whole",
            "cli_keys",
            "cli_checklists",
            "ui.commands",
            "ui.rebinding",
            "cli_review",
            "cli_report",
            "cli_merge",
            "__main__",
            "config",
            "workflows",
            "storage.book",
            "domain",
            "locale",
        },
        {"click"},
    ),
    "main": ({"cli", "config", "locale", "ui.app", "ui.picture"}, set()),
    "config": (set(), {"platformdirs"}),
    "locale": ({"locale"}, set()),
    "playbooks": (set(), set()),
    "root": (set(), set()),
}
# The standard library's ways to the world outside, closed to the domain.
OUTSIDE_WORLD = {
    "asyncio", "getpass", "glob", "io", "locale", "logging", "multiprocessing", "os", "pathlib", "platform", "random",
    "secrets", "shutil", "socket", "sqlite3", "subprocess", "sys", "tempfile", "threading", "time", "urllib",
}  # fmt: skip
ONLY_IN = {
    "sqlite3": {"storage"},
    "sqlite_utils": {"storage"},
    "textual": {"ui.views", "ui.widgets", "ui.commands", "ui.themes", "ui.control"},
    "click": {"cli"},
    "platformdirs": {"config"},
}
CLOCK_ALLOWED = {"fieldsales.__main__", "fieldsales.cli", "fieldsales.ui.app"}
SQL = re.compile(
    r"\bSELECT\b[\s\S]+\bFROM\b|\bINSERT\s+(OR\s+\w+\s+)?INTO\b|\bUPDATE\s+\w+\s+SET\b|\bDELETE\s+FROM\b"
    r"|\b(CREATE|DROP|ALTER)\s+(TEMP\s+)?(TABLE|INDEX|VIEW|TRIGGER)\b|\bPRAGMA\s+\w"
)
BEFORE_PAINT = ("sqlite_utils", "hangulpy", "holidays", "click", "dateutil", "openpyxl")


def name_of(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(name: str) -> str:
    """The room that a module stands in, by its dotted name."""
    parts = name.split(".")[1:]
    if not parts:
        return "root"
    if parts[0] == "ui":
        below = parts[1] if len(parts) > 1 else ""
        if below in {"panes", "screens"}:
            return "ui.views"
        return f"ui.{below}" if below in {"widgets", "commands", "themes"} else "ui.control"
    return "cli" if parts[0].startswith("cli_") else {"__main__": "main"}.get(parts[0], parts[0])


def imports(tree: ast.AST, module: str, package: bool) -> Iterator[tuple[int, str]]:
    """Line and full name of whatever a module imports, at its top or late."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = module.split(".")
                above = above[: len(above) - node.level + (1 if package else 0)]
                base = ".".join([*above, base] if base else above)
            for alias in node.names:
                yield node.lineno, f"{base}.{alias.name}"


def allowed(name: str, names: set[str]) -> bool:
    return any(name == one or name.startswith(one + ".") for one in names)


def breaches(source: str, module: str, package: bool = False) -> list[str]:
    """What a module's source does that its room forbids."""
    room = room_of(module)
    ours, libraries = ROOMS[room]
    found = []
    tree = ast.parse(source)
    for line, name in imports(tree, module, package):
        top = name.split(".")[0]
        where = f"{module}:{line} ({room}) imports {name}"
        if top == "fieldsales":
            own = name.partition(".")[2]
            sibling = room == "ui.views" and own.startswith(module.partition(".")[2] + ".")
            if not (allowed(own, ours) or sibling):
                found.append(where)
            continue
        foreign = top not in sys.stdlib_module_names and top not in libraries
        misplaced = top in ONLY_IN and room not in ONLY_IN[top]
        if foreign or misplaced or (room == "domain" and top in OUTSIDE_WORLD):
            found.append(where)
    found += [f"{module}:{line} {what}" for line, what in _deeds(tree, module, room)]
    return found


def _deeds(tree: ast.AST, module: str, room: str) -> Iterator[tuple[int, str]]:
    """Calls of the clock, files in the domain, SQL outside storage."""
    descriptions = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef)
        and node.body
        and isinstance(node.body[0], ast.Expr)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            clock = re.search(
                r"(^|\.)(date|datetime)\.(now|today|utcnow)$|(^|\.)time\.(time|time_ns|localtime)$", called
            )
            if clock and room != "storage" and module not in CLOCK_ALLOWED:
                yield node.lineno, f"reads the clock: {called}()"
            if room == "domain" and called in {"open", "print", "input"}:
                yield node.lineno, f"reaches outside: {called}()"
        elif (
            isinstance(node, ast.Constant)
            and isinstance(node.value, str)
            and room != "storage"
            and id(node) not in descriptions
            and SQL.search(node.value)
        ):
            yield node.lineno, f"holds SQL: {node.value[:40]!r}"


@pytest.mark.parametrize("path", MODULES, ids=name_of)
def test_a_module_keeps_to_its_room(path: Path) -> None:
    assert breaches(path.read_text(encoding="utf-8"), name_of(path), path.name == "__init__.py") == []


@pytest.mark.parametrize(
    ("module", "source"),
    [
        ("fieldsales.domain.score", "import sqlite3"),
        ("fieldsales.domain.score", "def f():\n    import os"),
        ("fieldsales.domain.score", "from datetime import date\nx = date.today()"),
        ("fieldsales.domain.score", "from fieldsales.storage import book"),
        ("fieldsales.domain.score", "from ..storage.book import Book"),
        ("fieldsales.domain.score", "from textual.app import App"),
        ("fieldsales.storage.book", "from fieldsales.workflows.log import log"),
        ("fieldsales.exchange.csv_files", "from fieldsales.storage.book import Book"),
        ("fieldsales.workflows.log", "def f(b):\n    b.execute('SELECT id FROM account')"),
        ("fieldsales.workflows.log", "def f(b, t):\n    b.execute(f'DELETE FROM {t}')"),
        ("fieldsales.workflows.log", "import datetime\nx = datetime.datetime.now()"),
        ("fieldsales.workflows.log", "from fieldsales.ui import app"),
        ("fieldsales.ui.panes.today", "from fieldsales.storage.book import Book"),
        ("fieldsales.ui.panes.today", "from fieldsales.ui.panes.accounts import Accounts"),
        ("fieldsales.ui.panes.today", "from fieldsales.ui.screens.sheet import Sheet"),
        ("fieldsales.ui.widgets.lines", "from fieldsales.ui.panes.today import TodayPane"),
        ("fieldsales.ui.actions.log", "import sqlite3"),
        ("fieldsales.cli", "from fieldsales.storage.reading import accounts"),
        ("fieldsales.cli", "from fieldsales.ui.app import run"),
        ("fieldsales.config", "from fieldsales.domain.model import Message"),
        ("fieldsales.workflows.log", "import requests"),
    ],
)
def test_the_rules_notice_a_breach(module: str, source: str) -> None:
    assert len(breaches(source, module)) == 1


@pytest.mark.parametrize("path", [path for path in MODULES if not name_of(path).startswith(DATA)], ids=name_of)
def test_no_module_grows_past_what_can_be_read_in_one_sitting(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST


def _tree() -> Iterator[Path]:
    """Every file that belongs to the repository."""
    skipped = {"__pycache__", "build", "dist", "LC_MESSAGES"}
    for folder, names, files in os.walk(ROOT):
        names[:] = [
            name
            for name in names
            if name not in skipped
            and not name.endswith((".egg-info", "venv"))
            and (not name.startswith(".") or name in {".ci", ".github"})
        ]
        yield from (Path(folder) / name for name in files if not name.endswith((".pyc", ".mo")))


def test_nothing_names_a_machine_or_where_its_packages_come_from() -> None:
    roots = "|".join(("work", "tmp", "opt", "home", "root", "Users"))
    machine = re.compile(rf"(?<![\w.~$}}*/<-])/({roots})/\w|[A-Z]:\\Users")
    hosts = ("index" + "-url", "files.python" + "hosted", "pypi" + r"\.", "dev" + "pi", "arti" + "factory")
    registry = re.compile("|".join(hosts))
    named = []
    for path in _tree():
        try:
            text = path.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            continue
        named += [
            f"{path.relative_to(ROOT)}:{number}: {line.strip()[:80]}"
            for number, line in enumerate(text.splitlines(), 1)
            if machine.search(line) or registry.search(line)
        ]
    assert named == []


@pytest.mark.parametrize("name", ["README.md", "CHANGELOG.md", "LICENSE"])
def test_a_newcomer_finds_what_to_read_first(name: str) -> None:
    assert len((ROOT / name).read_text(encoding="utf-8")) > 200


# The screen turns the garbage collector on again at its first paint: what is loaded then is written down.
_PAINT = """
import gc, os, sys
def painted():
    with open(sys.argv.pop(), "w") as file:
        file.write("\\n".join(sys.modules))
    os._exit(0)
gc.enable = painted
out = sys.argv[-1]
from fieldsales.__main__ import main
sys.argv = ["fieldsales", "--file", sys.argv[1], out]
real = main.__globals__["speak_utf8"]
main.__globals__["speak_utf8"] = lambda argv: real(argv[:-1])
main()
"""


@pytest.mark.skipif(not (PACKAGE / "ui" / "app.py").exists(), reason="there is no screen yet")
def test_before_the_first_paint_only_what_paints_is_loaded(tmp_path: Path) -> None:
    pexpect = pytest.importorskip("pexpect")
    environ = os.environ | {"FIELDSALES_HOME": str(tmp_path), "TERM": "xterm-256color", "PYTHONPATH": str(ROOT)}
    book, seen = str(tmp_path / "book.db"), tmp_path / "modules"
    subprocess.run(
        [sys.executable, "-m", "fieldsales", "--file", book, "add", "Hanbit"], env=environ, check=True, timeout=60
    )
    screen = pexpect.spawn(
        sys.executable, ["-c", _PAINT, book, str(seen)], env=environ, dimensions=(24, 80), timeout=30
    )
    screen.expect(pexpect.EOF)
    screen.close()
    loaded = set(seen.read_text().split("\n"))
    assert "textual.app" in loaded
    assert [name for name in BEFORE_PAINT if name in loaded] == []


def test_a_command_loads_nothing_of_the_screen(tmp_path: Path) -> None:
    code = (
        "import sys; from fieldsales.cli import run; code = run(sys.argv[1:]); "
        "print([n for n in ('textual', 'rich', 'sqlite_utils', 'holidays', 'fieldsales.ui') if n in sys.modules])"
    )
    environ = os.environ | {"FIELDSALES_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}

    def loaded_by(*arguments: str) -> str:
        command = [sys.executable, "-c", code, *arguments]
        return subprocess.run(command, env=environ, check=True, capture_output=True, text=True).stdout.splitlines()[-1]

    loaded_by("add", "Hanbit")
    assert loaded_by("log", "Hanbit", "call", "--heard", "all is well") == "[]"
