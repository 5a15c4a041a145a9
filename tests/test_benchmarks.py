"""The measurements still run: each once, on a book of a few accounts. What they measure is not looked at here."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from functools import partial
from importlib.util import find_spec
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


def run(script: str, tmp_path: Path) -> list[dict[str, object]]:
    command = [
        sys.executable,
        "-m",
        f"benchmarks.{script}",
        "--python",
        sys.executable,
        "--work",
        str(tmp_path / "work"),
    ]
    sizes = ["--rounds", "1", "--small", "50", "--large", "60", "--records", "60", "--json"]
    done = subprocess.run([*command, *sizes], cwd=ROOT, stdout=subprocess.PIPE, timeout=120, check=False)
    assert done.returncode in {0, 1}
    found: list[dict[str, object]] = json.loads(done.stdout)
    return found


def test_the_ratio_is_that_of_the_medians_and_says_whether_the_target_is_met(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import common

    found = {"own": [2.0, 9.0, 3.0], "other": [1.0, 2.0, 2.0]}
    made = common.ratio(found, "own", "other", 1.5)
    assert (made.ratio, made.met) == (1.5, True)
    assert not common.ratio(found, "own", "other", 1.4).met
    assert common.ratio(found, "own", "other").met


def test_every_round_runs_every_measure_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import common

    order: list[str] = []

    def measure(name: str) -> float:
        order.append(name)
        return len(order)

    found = common.interleaved(4, {name: partial(measure, name) for name in "ab"})
    assert {name: len(figures) for name, figures in found.items()} == {"a": 4, "b": 4}
    assert sorted(order[:2]) == sorted(order[2:4]) == ["a", "b"]
    assert order[:2] != order[2:4]  # neither always comes first


def test_the_names_of_the_invented_accounts_are_all_different(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(str(ROOT))
    from benchmarks import books

    assert len({books.name_of(number) for number in range(132_000)}) == 132_000


@pytest.mark.skipif(sys.platform == "win32", reason="needs terminals")
@pytest.mark.parametrize(
    ("script", "ratios"),
    [
        pytest.param("start", 10, marks=pytest.mark.slow),
        pytest.param("keys", 8, marks=pytest.mark.slow),
        pytest.param("typed", 6, marks=pytest.mark.slow),
        ("log", 1),
        ("saving", 1),
        ("publishing", 1),
        ("importing", 1),
        ("merging", 23 if find_spec("apsw") else 17),
    ],
)
def test_a_measurement_runs(script: str, ratios: int, tmp_path: Path) -> None:
    if script == "log" and shutil.which("task") is None:
        pytest.skip("no taskwarrior here")
    assert len(run(script, tmp_path)) == ratios
