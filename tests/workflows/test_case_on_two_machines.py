"""The same case worked on in two copies of a book: merged, nothing that was ticked, written or offered is missing."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from datetime import datetime, timedelta
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st
from two_copies import copy_of, new_book, take

from fieldsales.domain.churn import draft, timeline
from fieldsales.domain.ids import natural_id
from fieldsales.domain.log_effects import LogEntry
from fieldsales.domain.model import Activity, CaseEvent, CaseItem, Cause, ChurnCase, Cover, Offer
from fieldsales.storage.book import Book
from fieldsales.workflows import churn, closing
from fieldsales.workflows.log import log

NOW = datetime(2026, 11, 19, 9, 20)
KEYS = ("appointment", "heard", "offer", "cause", "new", "look_back")
TABLES = (CaseItem, CaseEvent, Cause, Cover, Offer, ChurnCase, Activity)


def begun(book: Book, key: str = "report", now: datetime = NOW) -> str:
    made = draft(book.history("a0"), churn.load_playbook("churn.ko"), now, boss="팀장님")
    return churn.begin(book, made, key, now).case_id


def tick(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    churn.tick(book, case, KEYS[which % len(KEYS)], now)


def untick(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    churn.untick(book, case, KEYS[which % len(KEYS)], now)


def note(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    churn.note(book, case, KEYS[which % len(KEYS)], text, now)


def line(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    churn.note(book, case, "", text, now)


def attempt(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    churn.attempt(book, case, ("no_answer", "refused", "no_reply")[which % 3], now)


def visit(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    entry = LogEntry("a0", "visit", contact_id="c0", day=now.date().isoformat(), time=f"{now:%H:%M}", heard=text)
    log(book, entry, now)


def offer(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    with book.change("offer", now) as change:
        change.add(Offer(change.new_id(), "a0", case, "c0", now.date().isoformat(), text))


def cause(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    kind = ("fees", "volume", "neglect")[which % 3]
    with book.change("cause", now) as change:
        change.put(Cause(natural_id("cause", case, kind), "a0", case, kind=kind, heard=text))


def cover(book: Book, case: str, now: datetime, which: int, text: str) -> None:
    with book.change("cover", now) as change:
        change.add(Cover(change.new_id(), "a0", case, name=text, amount=1000 * which))


ACTS: tuple[Callable[[Book, str, datetime, int, str], None], ...] = (
    tick, untick, note, line, attempt, visit, offer, cause, cover,
)  # fmt: skip
what_one_did = st.lists(st.tuples(st.sampled_from(ACTS), st.integers(0, 5)), max_size=8)


def everything(book: Book) -> dict[type, set[object]]:
    return {kind: set(book.rows(kind)) for kind in TABLES}


def ids(book: Book, table: str) -> set[str]:
    return {id for (id,) in book.work.execute(f"SELECT id FROM {table}")}


def texts(book: Book) -> set[str]:
    """Every text that stands in the case's rows, or is kept beside one that another copy wrote."""
    found = {str(value) for (value,) in book.work.execute("SELECT val FROM conflict")}
    for kind in TABLES:
        for row in book.rows(kind):
            found |= {str(getattr(row, name)) for name in ("text", "note", "heard", "name") if hasattr(row, name)}
    return found


@settings(max_examples=15, deadline=None)
@given(st.lists(what_one_did, min_size=2, max_size=2), st.booleans())
def test_both_sides_keep_every_tick_note_offer_and_line_of_the_timeline(
    done: list[list[tuple[Callable[[Book, str, datetime, int, str], None], int]]], first_takes: bool
) -> None:
    with tempfile.TemporaryDirectory() as folder:
        here = new_book(Path(folder))
        case = begun(here)
        there = copy_of(here, Path(folder))
        before = set(here.rows(CaseEvent))
        typed: set[str] = set()
        for number, (book, acts) in enumerate(zip((here, there), done, strict=True)):
            for minute, (act, which) in enumerate(acts):
                text = f"말 {number}-{minute}"
                act(book, case, NOW + timedelta(minutes=10 * minute + number), which, text)
                if act is cause:  # one row for each kind: what the same person writes anew stands instead
                    continue
                if act in {line, visit, offer, cover}:
                    typed.add(text)
        events = {event.id for book in (here, there) for event in book.rows(CaseEvent)}
        kept = {table: ids(here, table) | ids(there, table) for table in ("offer", "cover", "cause")}
        ticked = {
            side: {item.key: item.done_at for item in book.rows(CaseItem)} for side, book in enumerate((here, there))
        }
        order = (here, there) if first_takes else (there, here)
        take(*order)
        take(*reversed(order))
        take(*order)
        assert everything(here) == everything(there)
        assert {event.id for event in here.rows(CaseEvent)} == events
        assert before <= set(here.rows(CaseEvent))
        for table, those in kept.items():
            assert ids(here, table) == those
        assert typed <= texts(here)
        for item in here.rows(CaseItem):
            both = {ticked[0][item.key], ticked[1][item.key]}
            assert item.done_at in both
            if "" not in both:  # done on both sides
                assert item.done_at
        for book in (here, there):
            book.close()


def test_a_case_begun_on_both_machines_on_one_day_is_one_case(tmp_path: Path) -> None:
    here = new_book(tmp_path)
    there = copy_of(here, tmp_path)
    begun(here)
    begun(there, now=NOW + timedelta(hours=3))
    take(here, there)
    (case,) = here.rows(ChurnCase)
    keys = [item.key for item in here.rows(CaseItem)]
    assert len(keys) == len(set(keys))
    assert {item.case_id for item in here.rows(CaseItem)} == {case.id}
    assert len([event for event in here.rows(CaseEvent) if event.kind == "opened"]) == 2


def test_a_case_closed_and_begun_again_on_the_same_day_is_another_one(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    first = begun(book)
    closing.close(book, first, NOW, outcome="restored", farewell="impossible", lesson_line="집계부터 본다")
    assert begun(book, now=NOW + timedelta(hours=2)) != first


def test_a_clock_set_back_and_a_journey_west_leave_the_timeline_in_order(tmp_path: Path) -> None:
    book = new_book(tmp_path)
    case = begun(book)
    for number, hours in enumerate((1, -2, 3, -8)):
        churn.note(book, case, "", f"말 {number}", NOW + timedelta(hours=hours))
    said = [event.text for event in timeline(book.rows(CaseEvent, case_id=case)) if event.kind == "note"]
    assert said == ["말 0", "말 1", "말 2", "말 3"]
    at = [event.at for event in timeline(book.rows(CaseEvent, case_id=case))]
    assert at == sorted(at)
