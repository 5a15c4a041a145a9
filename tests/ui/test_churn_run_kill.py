"""Killed in the middle of a run: every tick, try, cause and note that was told is there, and nothing is torn."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
from datetime import date
from pathlib import Path

from fieldsales.domain.model import CaseEvent, CaseItem, Cause, ChurnCase
from fieldsales.storage.book import Book

ROOT = Path(__file__).parents[2]

RUN = """
import sys
from datetime import datetime, timedelta
from pathlib import Path
from fieldsales.domain.churn import draft
from fieldsales.domain.model import Account, Contact
from fieldsales.storage.book import Book
from fieldsales.workflows import case_lines, causes, churn
now = datetime(2026, 11, 20, 9, 26)
book = Book.open(Path(sys.argv[1]), Path(sys.argv[2]), create=True, today=now.date())
with book.change("setup", now) as change:
    change.add(Account("a", "새녘물산", tier="A", entered_on="2026-01-05"))
    change.add(Contact("c", "a", "문도균", "차장"))
made = draft(book.history("a"), churn.load_playbook("churn.ko"), now)
case = churn.begin(book, made, "report", now).case_id
print("case", case, flush=True)
for number in range(1000):
    now += timedelta(minutes=2)
    churn.attempt(book, case, "no_answer", now)
    print("tried", number, flush=True)
    for item in made.items:
        if item.act != "visit" and item.key != "report":
            churn.tick(book, case, item.key, now)
            print("ticked", item.key, flush=True)
    kind = causes.KINDS[number % 6]
    causes.save(book, case, kind, causes.CauseFields(heard=f"hint {number}"), now)
    print("cause", kind, flush=True)
    case_lines.add_line(book, case, f"note {number}", now)
    print("note", number, flush=True)
    for item in made.items:
        if item.act != "visit" and item.key != "report":
            churn.untick(book, case, item.key, now)
            print("open", item.key, flush=True)
"""


def test_whatever_a_run_said_was_done_is_there_after_a_kill(tmp_path: Path) -> None:
    """C16, S0-36: kill -9 at any moment, five times."""
    for round in range(5):
        folder = tmp_path / str(round)
        folder.mkdir()
        path, data = folder / "book.db", folder / "data"
        env = {**os.environ, "PYTHONPATH": str(ROOT)}
        process = subprocess.Popen(
            [sys.executable, "-c", RUN, str(path), str(data)], stdout=subprocess.PIPE, text=True, env=env
        )
        assert process.stdout is not None
        told = []
        for _ in range(random.Random(round).randint(2, 40)):
            told.append(process.stdout.readline().split())
        process.send_signal(signal.SIGKILL)
        told += [line.split() for line in process.stdout.read().splitlines() if line]
        process.wait()
        assert told[0][0] == "case"
        case = told[0][1]
        book = Book.open(path, data, today=date(2026, 11, 20))
        try:
            assert book.get(ChurnCase, case) is not None
            done = {item.key: bool(item.done_at) for item in book.rows(CaseItem, case_id=case)}
            last = {key: word == "ticked" for word, key in told if word in {"ticked", "open"}}
            unsaid = {key for key, value in last.items() if done[key] != value}
            assert len(unsaid) <= 1  # the one that was being written when it was killed
            assert done["report"]
            events = book.rows(CaseEvent, case_id=case)
            for word, count in (("tried", "attempt"), ("note", "note")):
                said = sum(one[0] == word for one in told)
                assert said <= sum(event.kind == count for event in events) <= said + 1
            kinds = {one.kind for one in book.rows(Cause, case_id=case)}
            assert {one[1] for one in told if one[0] == "cause"} <= kinds
        finally:
            book.close()
