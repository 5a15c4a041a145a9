"""Breaks the merge in one way after the other and sees whether the tests notice. Run: python tests/storage/mutants.py

Each mutant is a change of a few words in a copy of the package. A mutant that no test kills says that the tests are
decoration there; so does one whose words are no longer found. Names on the command line run only those.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path

ROOT = Path(__file__).parents[2]
TESTS = ("test_merge_machine.py", "test_merging.py")
EXAMPLES = 60
LONGEST = 300.0  # seconds for one mutant

FOLD = "fieldsales/domain/operations.py"
MERGE = "fieldsales/storage/merging.py"
STAGE = "fieldsales/storage/staging.py"
REFOLD = "fieldsales/storage/refolding.py"
RECORD = "fieldsales/storage/recording.py"
BOOK = "fieldsales/storage/book.py"
LINE = "    if not without:\n        last: Stamp"
NO_LINE = "    if False:\n        last: Stamp"
QUICK = "_fold_quickly(rows, patches) or fold(read_operations(rows))"
NO_QUICK = "fold(read_operations(rows))"
STANDING = "    if not standing:\n"
NO_STANDING = "    if standing:\n        return False, fold_row(connection, rows[0][0], rows[0][1])\n    if True:\n"
# Ways that are only quicker are closed where a mutant is to be seen in the slow one.
SLOWLY = ((FOLD, LINE, NO_LINE), (REFOLD, QUICK, NO_QUICK), (REFOLD, STANDING, NO_STANDING))

# Name: the words of a file, and what stands there instead.
MUTANTS: dict[str, Sequence[tuple[str, str, str]]] = {
    "plain last writer wins": (
        *SLOWLY,
        (FOLD, "            known |= seen[operation.stamp]\n", "            known = -1\n"),
    ),
    "no parents recorded": (
        (RECORD, "FILTER (WHERE p.hlc IS NOT NULL)", "FILTER (WHERE p.hlc < 0)"),
        (RECORD, "NOT EXISTS (SELECT 1 FROM seen WHERE tbl = NEW.tbl AND pk = NEW.pk)\n    OR", "1\n    OR"),
    ),
    "only one parent kept": (
        (
            RECORD,
            "json_group_array(json_array(p.hlc, p.rnd)) FILTER (WHERE p.hlc IS NOT NULL)",
            "CASE WHEN p.hlc IS NULL THEN '[]' ELSE json_array(json_array(max(p.hlc), p.rnd)) END",
        ),
    ),
    "only direct parents are known": (
        *SLOWLY,
        (FOLD, "seen[operation.stamp] = before | bit", "seen[operation.stamp] = _direct(operation, kept)"),
        (
            FOLD,
            "def _fold_graph(",
            "def _direct(operation: Operation, kept: list[tuple[int, Operation]]) -> int:\n"
            "    return sum(bit for bit, o in kept if o.stamp in operation.parents or o is operation)\n\n\n"
            "def _fold_graph(",
        ),
    ),
    "no touch": ((RECORD, "INSTEAD OF INSERT ON touching WHEN", "INSTEAD OF INSERT ON touching WHEN 0 AND"),),
    "delete wins": (
        *SLOWLY,
        (FOLD, "alive = any(not head.deletes for head in heads)", "alive = not any(head.deletes for head in heads)"),
    ),
    "a lost delete is not told": (
        *SLOWLY,
        (FOLD, "for head in heads if head.deletes)", "for head in heads if not heads)"),
    ),
    "no random in the identity": ((RECORD, "random() & 4294967295", "7"),),
    "conflicts are dropped": (
        (
            REFOLD,
            'connection.executemany("INSERT INTO main.conflict VALUES (?, ?, ?, ?, ?, ?, ?)", conflicts)',
            "conflicts.clear()",
        ),
    ),
    "only the newest loser is kept": (
        *SLOWLY,
        (FOLD, "elif value != values[column]:", "elif value != values[column] and not conflicts:"),
    ),
    "the earlier of two equals wins": (
        *SLOWLY,
        (FOLD, "        for bit, operation in reversed(those):", "        for bit, operation in _unseen(those, seen):"),
        (FOLD, "            if known & bit:\n                continue\n", ""),
        (FOLD, "            if known == (bit << 1) - 1:", "            if False:"),
        (
            FOLD,
            "def _fold_graph(",
            "def _unseen(those: list[tuple[int, Operation]], seen: dict[Stamp, int]) -> list[tuple[int, Operation]]:\n"
            "    return [(b, o) for b, o in those if not any(seen[p.stamp] & b for _, p in those if p is not o)]\n\n\n"
            "def _fold_graph(",
        ),
    ),
    "the clock is not raised above what was seen": ((RECORD, "coalesce(max(p.hlc), 0) + 1", "0"),),
    "nothing is brought back": ((MERGE, "            if not heads:  # nothing", "            if True:  # nothing"),),
    "what is brought back differs from copy to copy": (
        (MERGE, "crc32(parents_text.encode())", "crc32(parents_text.encode()) ^ (id(connection) & 0xFFFFFF)"),
    ),
    "a form is taken to have seen everything": (
        (
            BOOK,
            "                    if seen is not None:\n                        work.executemany",
            "                    if False:\n                        work.executemany",
        ),
    ),
    "what a form had not seen is not looked at": (
        (BOOK, "                            self._settle_unseen(change, seen)", "                            pass"),
    ),
    "what was erased comes back": (
        (STAGE, 'for known in ("main.erased", "temp.incoming_erased"):', "for known in ():"),
    ),
    "a conflict stays after it was settled": (
        (RECORD, "DELETE FROM conflict WHERE tbl = NEW.tbl", "DELETE FROM conflict WHERE 0 AND tbl = NEW.tbl"),
    ),
    "any edit of the row settles all its conflicts": (
        (RECORD, "(col = '_deleted' OR json_type(NEW.patch, '$.' || col) IS NOT NULL", "(1"),
    ),
    "an edit of a standing row is left out": (
        (REFOLD, "CASE WHEN t.standing AND o.parents = '[]' THEN", "CASE WHEN t.standing AND o.hlc % 3 = 0 THEN"),
    ),
}


def changed(changes: Sequence[tuple[str, str, str]]) -> dict[str, str]:
    """The files as the changes make them, by path. Raises LookupError where the words are not there."""
    files: dict[str, str] = {}
    for file, old, new in changes:
        text = files.get(file) or (ROOT / file).read_text(encoding="utf-8")
        if old not in text:
            raise LookupError(f"{file}: {old.strip()[:60]!r} is not there")
        files[file] = text.replace(old, new)
    return files


def copy_of_everything(folder: Path) -> None:
    shutil.copytree(ROOT / "fieldsales", folder / "fieldsales", ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests" / "storage").mkdir(parents=True)
    for name in (*TESTS, "copies.py", "oracle.py"):
        shutil.copy(ROOT / "tests" / "storage" / name, folder / "tests" / "storage")
    shutil.copy(ROOT / "pyproject.toml", folder)


def run_tests(folder: Path, examples: int) -> tuple[bool, str]:
    """Whether a test failed, and which."""
    try:
        done = subprocess.run(
            [sys.executable, "-m", "pytest", "-x", "-p", "no:cacheprovider", "--tb=line", "-q"]
            + [str(folder / "tests" / "storage" / name) for name in TESTS],
            cwd=folder,
            env={
                **os.environ,
                "PYTHONPATH": str(folder),
                "PYTHONDONTWRITEBYTECODE": "1",
                "FIELDSALES_EXAMPLES": str(examples),
                "FIELDSALES_MUTANT": "1",
                "HYPOTHESIS_STORAGE_DIRECTORY": str(folder / "hypothesis"),
            },
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=LONGEST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False, "not done in time"
    failed = re.search(r"FAILED \S+::(\w+(\[.*?\])?)", done.stdout)
    if failed:
        return True, failed[1]
    if done.returncode:
        return True, f"pytest ended with {done.returncode}: {done.stdout[-200:]!r}"
    return False, ""


def try_all(names: Sequence[str], examples: int = EXAMPLES) -> list[str]:
    """Print what came of each mutant; the names of those that live on."""
    survivors = []
    for name in names:
        begun = time.monotonic()
        with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
            copy_of_everything(Path(folder))
            for file, text in changed(MUTANTS[name]).items():
                (Path(folder) / file).write_text(text, encoding="utf-8")
            killed, by = run_tests(Path(folder), examples)
        if not killed:
            survivors.append(name)
        print(
            f"{'killed' if killed else 'SURVIVED':8}  {name:50}  {by}  ({time.monotonic() - begun:.0f} s)", flush=True
        )
    return survivors


def main() -> int:
    with tempfile.TemporaryDirectory(prefix="mutant-") as folder:
        copy_of_everything(Path(folder))
        failed, by = run_tests(Path(folder), 20)
        if failed:
            print(f"the tests fail as it is: {by}")
            return 1
    survivors = try_all(sys.argv[1:] or list(MUTANTS))
    print(f"{len(survivors)} survived")
    return 1 if survivors else 0


if __name__ == "__main__":
    sys.exit(main())
