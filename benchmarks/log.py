"""A call logged from the shell, in the user's file when the command is back, against taskwarrior's `task add`.

Both stores hold 10,000 records: 10,000 activities of 500 accounts here, 10,000 tasks there. Taskwarrior asks nothing
and runs no hooks. Nothing of the screen may be loaded. Without taskwarrior in the PATH there is nothing to measure.
"""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from benchmarks import common
from benchmarks.common import DAY, Bench, Ratio, environment, interleaved, ratio

RECORDS = 10_000
EACH = 20  # activities of one account
SCREEN = ("textual", "rich", "sqlite_utils", "holidays", "hangulpy", "fieldsales.ui")
_LOADED = """
import atexit, os, sys
from fieldsales import __main__
def told(code):
    print("loaded", *[name for name in sys.argv.pop().split(",") if name in sys.modules])
    sys.stdout.flush()
    real(code)
real, os._exit = os._exit, told
wanted = sys.argv[1:]
__main__.speak_utf8 = lambda argv: argv[:-1]
sys.exit(__main__.main())
"""


def _tasks(folder: Path, records: int) -> dict[str, str]:
    """The environment in which `task` has a store of so many tasks below the folder."""
    store = folder / f"tasks-{records}"
    settings = store / "taskrc"
    environ = {**environment(), "TASKRC": str(settings), "TASKDATA": str(store / "data")}
    if not (store / "whole").exists():
        shutil.rmtree(store, ignore_errors=True)
        (store / "data").mkdir(parents=True)
        settings.write_text(f"data.location={store / 'data'}\nconfirmation=off\nhooks=off\nverbose=nothing\n")
        tasks = [
            {"description": f"call customer {n} about the price list", "status": "pending"} for n in range(records)
        ]
        source = store / "tasks.json"
        source.write_text(json.dumps(tasks))
        _quietly(["task", "import", str(source)], environ)
        (store / "whole").touch()
    return environ


def _quietly(command: list[str], environ: dict[str, str]) -> None:
    subprocess.run(command, env=environ, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, check=True)


def _timed(command: list[str], environ: dict[str, str]) -> Callable[[], float]:
    def run() -> float:
        begun = time.perf_counter()
        _quietly(command, environ)
        return time.perf_counter() - begun

    return run


def measure(bench: Bench) -> Iterator[Ratio]:
    records = bench.records or RECORDS
    if shutil.which("task") is None:
        print("log: no taskwarrior in the PATH", file=sys.stderr)
        return
    home = bench.book(max(1, records // EACH), months=0, activities=EACH)
    names = subprocess.run(
        [*bench.command, "--file", str(home / "book.db"), "--today", DAY, "--json", "accounts", "--limit", "1"],
        env=environment(home), stdout=subprocess.PIPE, text=True, check=True,
    )  # fmt: skip
    account = str(json.loads(names.stdout)["accounts"][0]["account"])
    options = ["--file", str(home / "book.db"), "--today", DAY, "--lang", "ko"]
    words = [*options, "log", account, "call", "--said", "다음 주에 새 단가표를 드리기로 함"]
    _check_loaded(bench, words, environment(home))
    found = interleaved(
        bench.rounds,
        {
            "fieldsales log": _timed([*bench.command, *words], environment(home)),
            "task add": _timed(
                ["task", "add", "promised the new price list for next week"], _tasks(bench.work, records)
            ),
        },
    )
    yield ratio(found, "fieldsales log", "task add", 2.0)


def _check_loaded(bench: Bench, words: list[str], environ: dict[str, str]) -> None:
    """Raises RuntimeError where logging loads anything of the screen."""
    command = [str(bench.python), "-c", _LOADED, *words, ",".join(SCREEN)]
    out = subprocess.run(command, env=environ, stdout=subprocess.PIPE, text=True, check=True).stdout
    loaded = out.splitlines()[-1].split()
    if loaded != ["loaded"]:
        raise RuntimeError(f"logging a call has loaded more than it needs: {loaded[1:] or out}")


if __name__ == "__main__":
    sys.exit(common.main(__doc__, measure))
