"""The sample book: forty invented accounts, calm on the first day, and every story moves within the week."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import fields
from datetime import date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import TypeVar
from unittest import mock

import pytest

from fieldsales.domain.agenda import agenda
from fieldsales.domain.brief import brief
from fieldsales.domain.calendar_days import korean_holidays
from fieldsales.domain.churn import trigger
from fieldsales.domain.lessons import line_in_sight
from fieldsales.domain.model import (
    Account,
    Activity,
    Agenda,
    Amount,
    CaseEvent,
    CaseItem,
    ChurnCase,
    Contact,
    Contract,
    Decision,
    Fact,
    History,
    Lesson,
    Offer,
    Policy,
    PutOff,
    Rules,
    Sheet,
    Signal,
    Standing,
    Task,
)
from fieldsales.domain.playbooks import Playbook, parse_playbook
from fieldsales.domain.score import inputs_of, score
from fieldsales.domain.standing import assess
from fieldsales.playbooks import find_playbook
from fieldsales.storage.book import Book
from fieldsales.workflows.sample import sample_rows, write_sample
from fieldsales.workflows.sample_teller import Row, Teller

T = TypeVar("T")
FRIDAY = date(2026, 11, 20)
DAYS = (
    FRIDAY,
    date(2026, 11, 30),  # the last day of a month
    date(2027, 2, 28),  # a Sunday, the day before a holiday
    date(2028, 2, 29),
    date(2026, 2, 18),  # in the middle of Seollal
    date(2026, 7, 1),  # the first day of a half-year
)
FIRST_DAY = {"새녘물산", "해윰정밀", "도담나루식품", "마루솔유통", "별찌의료기"}
STORIES = [
    "마루솔유통",
    "곰비임비물류",
    "온새미로아카데미",
    "해윰정밀",
    "새녘물산",
    "두레박커피",
    "별찌의료기",
    "나래들상회",
    "시나브로제약",
    "다솜결인쇄",
    "가람빛엔지니어링",
    "도담나루식품",
    "나린커피",
    "한올담제과",
    "아라찬수산",
    "미리별로보틱스",
    "N&B푸드랩",
    "윤슬아침치과",
]
NAMES = re.compile(r"[가-힣]+")


@lru_cache
def checklist(lang: str) -> Playbook:
    return parse_playbook(find_playbook(f"churn.{lang}"))


@lru_cache
def holidays() -> frozenset[str]:
    return korean_holidays(range(2024, 2030))


@lru_cache(maxsize=64)
def told(day: date, after: int = 0, lang: str = "ko") -> tuple[Row, ...]:
    return tuple(sample_rows(day, day + timedelta(days=after), lang, checklist(lang), holidays()))


def of(kinds: dict[type, list[object]], kind: type[T]) -> tuple[T, ...]:
    return tuple(row for row in kinds[kind] if isinstance(row, kind))


def histories(rows: Sequence[Row]) -> list[History]:
    """What the book would give for each account."""
    by: dict[str, dict[type, list[object]]] = defaultdict(lambda: defaultdict(list))
    for row in rows:
        owner = getattr(row, "account_id", "") or (row.id if isinstance(row, Account) else "")
        by[getattr(row, "scope_id", "") or owner][type(row)].append(row)
    last = max(row.month for row in rows if isinstance(row, Amount))
    found = []
    for kinds in by.values():
        if not kinds[Account]:
            continue
        found.append(
            History(
                account=of(kinds, Account)[0],
                contacts=of(kinds, Contact),
                contracts=of(kinds, Contract),
                activities=tuple(sorted(of(kinds, Activity), key=lambda one: (one.day, one.time), reverse=True)),
                tasks=of(kinds, Task),
                signals=of(kinds, Signal),
                facts=of(kinds, Fact),
                decisions=of(kinds, Decision),
                cases=of(kinds, ChurnCase),
                offers=of(kinds, Offer),
                amounts={row.month: row.amount for row in of(kinds, Amount)},
                policies=of(kinds, Policy),
                put_offs=of(kinds, PutOff),
                last_month=last,
            )
        )
    return found


def named(rows: Sequence[Row], name: str) -> History:
    return next(history for history in histories(rows) if history.account.name == name)


@lru_cache(maxsize=64)
def standings(day: date, after: int = 0) -> list[tuple[History, Standing]]:
    rules, today = Rules(holidays=holidays()), day + timedelta(days=after)
    found = [(history, assess(history, rules, today)) for history in histories(told(day, after))]
    return sorted(found, key=lambda pair: pair[1].care)


def lines(day: date, after: int = 0) -> Agenda:
    dues = ((one.account.id, one.account.name, due) for one, how in standings(day, after) for due in how.dues)
    return agenda(dues, day + timedelta(days=after), 5)


def texts(rows: Iterable[Row]) -> Iterable[tuple[str, str, str]]:
    """Table, column and words of everything that is written in somebody's language."""
    words = {"heard", "said", "note", "title", "text", "source", "wanted", "temper", "mends", "best_time", "terms"}
    words |= {"condition", "line", "next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "by"}
    words |= {"once_more", "went_well", "sector", "region", "place", "tags", "predecessor", "content", "help"}
    for row in rows:
        for column in fields(row):
            value = getattr(row, column.name)
            if column.name in words and isinstance(value, str):
                yield type(row).__name__, column.name, value


# --- what it is -----------------------------------------------------------------------------------------------------


def test_it_holds_forty_accounts_of_different_names() -> None:
    names = [row.name for row in told(FRIDAY) if isinstance(row, Account)]
    assert len(names) == len(set(names)) == 40
    assert set(STORIES) <= set(names)


def test_no_two_rows_share_an_id_on_any_day() -> None:
    for after in range(8):
        ids = [(type(row), row.id) for row in told(FRIDAY, after)]
        assert len(ids) == len(set(ids))


def test_the_same_days_make_the_same_book_and_both_languages_the_same_rows() -> None:
    assert list(told(FRIDAY)) == sample_rows(FRIDAY, FRIDAY, "ko", checklist("ko"), holidays())
    korean, english = told(FRIDAY, 7), told(FRIDAY, 7, "en")
    assert [(type(row), row.id) for row in korean] == [(type(row), row.id) for row in english]
    names = [row.name for row in korean if isinstance(row, (Account, Contact))]
    assert names == [row.name for row in english if isinstance(row, (Account, Contact))]


def test_a_day_before_or_a_week_and_more_after_is_told_from_its_beginning() -> None:
    for today in (FRIDAY - timedelta(days=1), FRIDAY + timedelta(days=8)):
        assert sample_rows(FRIDAY, today, "ko", checklist("ko"), holidays()) == list(told(FRIDAY))


def test_every_text_stands_in_both_languages() -> None:
    known = {row.name for row in told(FRIDAY, 7) if isinstance(row, (Account, Contact))}
    known |= {word for name in known for word in NAMES.findall(name)}
    for (table, column, korean), (_, _, english) in zip(
        texts(told(FRIDAY, 7)), texts(told(FRIDAY, 7, "en")), strict=True
    ):
        assert bool(korean) == bool(english), (table, column, korean, english)
        left = [word for word in NAMES.findall(english) if word not in known]
        assert not left, (table, column, english)


def test_nobody_in_it_can_be_rung_or_written_to() -> None:
    for row in told(FRIDAY, 7):
        for number in (getattr(row, "phone", ""), getattr(row, "mobile", "")):
            assert not number or re.fullmatch(r"(02|010)-0000-\d{4}", number)
        assert not getattr(row, "email", "") or row.email.endswith(".example")  # type: ignore[union-attr]
    numbers = [row.mobile for row in told(FRIDAY) if isinstance(row, Contact) and row.mobile]
    assert len(numbers) == len(set(numbers))


def test_its_tone_is_that_of_the_product() -> None:
    for table, column, text in texts(told(FRIDAY, 7)):
        assert not re.search(r"고객님|힘내|불량|실패|위반|경고|!", text), (table, column, text)
        assert len(text) <= 90 or column in {"content", "help"}, text


@pytest.mark.parametrize("day", DAYS)
def test_nothing_has_happened_that_lies_ahead(day: date) -> None:
    happened = ("day", "done_on", "closed_on", "answered_on", "done_at", "at", "closed_at", "promised_on", "entered_on")
    for after in (0, 3, 7):
        today = (day + timedelta(days=after)).isoformat()
        for row in told(day, after):
            for column in happened:
                assert getattr(row, column, "") < today, row


@pytest.mark.parametrize("after", [0, 7])
def test_every_row_points_at_rows_that_are_there(after: int) -> None:
    rows = told(FRIDAY, after)
    ids: dict[str, set[str]] = defaultdict(set)
    for row in rows:
        ids[type(row).__name__].add(row.id)
    points = {
        "account_id": "Account",
        "referred_by": "Account",
        "contact_id": "Contact",
        "activity_id": "Activity",
        "task_id": "Task",
        "case_id": "ChurnCase",
        "lesson_id": "Lesson",
        "heard_from": "Contact",
    }
    for row in rows:
        for column, table in points.items():
            value = getattr(row, column, "")
            assert not value or value in ids[table], (column, row)


def test_amounts_cover_two_years_and_end_with_the_month_before() -> None:
    for day, after in ((FRIDAY, 0), (date(2026, 11, 28), 7)):
        today = day + timedelta(days=after)
        months = sorted({row.month for row in told(day, after) if isinstance(row, Amount)})
        last = today.replace(day=1) - timedelta(days=1)
        assert (len(months), months[-1]) == (24, f"{last:%Y-%m}")
        assert all(
            isinstance(row.amount, int) and row.amount >= 0 for row in told(day, after) if isinstance(row, Amount)
        )


# --- the first day --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_the_first_day_has_five_lines_and_one_of_them_is_late(day: date) -> None:
    """N1."""
    today = lines(day)
    assert {line.name for line in today.today} == FIRST_DAY
    assert {line.name: line.overdue for line in today.today if line.overdue} == {"해윰정밀": 3}
    what = {line.name: [message.id for message in line.what] for line in today.today}
    assert what["해윰정밀"] == ["due.give", "run.due.propose"]
    assert what["도담나루식품"] == ["due.title", "due.give"]
    assert what["새녘물산"] == ["due.title"]
    assert what["별찌의료기"] == ["due.call"]
    assert what["마루솔유통"] == ["due.greeting"]
    assert today.later_count >= 5


def test_the_lines_of_the_first_day_say_why_in_the_order_of_the_day() -> None:
    line = {one.name: one for one in lines(FRIDAY).today}
    assert line["별찌의료기"].why.id == "due.why_anniversary"
    assert line["마루솔유통"].why.id == "due.why_inherited"
    assert line["도담나루식품"].why.id == "due.why_met"
    order = [one.name for one in lines(FRIDAY).today if one.name != "새녘물산"]
    assert order[:2] == ["해윰정밀", "도담나루식품"]
    assert set(order[2:]) == {"별찌의료기", "마루솔유통"}


@pytest.mark.parametrize("day", DAYS)
def test_the_list_shows_the_bands_that_the_stories_call_for(day: date) -> None:
    """N2."""
    found = {history.account.name: how for history, how in standings(day)}
    bands = {name: how.band for name, how in found.items()}
    assert bands["새녘물산"] == "danger"
    assert bands["해윰정밀"] == bands["곰비임비물류"] == "caution"
    assert bands["도담나루식품"] == bands["온새미로아카데미"] == bands["가람빛엔지니어링"] == "watch"
    assert bands["마루솔유통"] == "unknown"
    worried = {name for name, band in bands.items() if band in {"danger", "caution", "watch"}}
    assert worried == {
        "새녘물산", "해윰정밀", "곰비임비물류", "도담나루식품", "온새미로아카데미", "가람빛엔지니어링",
    }  # fmt: skip
    reasons = {name: how.reason.id if how.reason else "" for name, how in found.items()}
    assert reasons["새녘물산"] == "due.why_case"
    assert reasons["해윰정밀"] == "score.short_last_month"
    assert reasons["곰비임비물류"] == "standing.freeze_complaint"
    assert reasons["온새미로아카데미"] == "standing.prepaid"
    assert reasons["마루솔유통"] == "standing.inherited"
    assert reasons["다솜결인쇄"] == "standing.seasonal"


@pytest.mark.parametrize("day", DAYS)
def test_the_points_of_the_falling_account_are_those_of_the_screen(day: date) -> None:
    """N8: 50 of 100, seven of eight parts known."""
    history = named(told(day), "해윰정밀")
    found = score(inputs_of(history, Rules(holidays=holidays()), day))
    points = {part.name: part.points for part in found.parts}
    assert points == {
        "amount": 18,
        "contact": 8,
        "complaint": 12,
        "contract": 4,
        "people": 0,
        "competitor": 8,
        "attitude": 0,
        "payment": None,
    }
    assert (found.points, found.known) == (50, 7)


def test_only_the_fall_proposes_a_case_and_the_seasonal_firm_never_does() -> None:
    for day in (FRIDAY, *(date(2026, month, 15) for month in range(1, 13, 2))):
        proposed = {one.account.name for one in histories(told(day)) if trigger(one, day)}
        assert proposed == {"해윰정밀"}


def test_the_brief_of_the_half_year_meeting_holds_what_to_know_before_the_door() -> None:
    """N3."""
    rows = told(FRIDAY)
    lessons = [row for row in rows if isinstance(row, Lesson)]
    page = brief(named(rows, "도담나루식품"), lessons, FRIDAY)
    assert {"people", "lately", "give", "complaints", "amounts", "contract", "lessons", "first_words"} <= {
        part.name for part in page.parts
    }
    line = line_in_sight(lessons)
    assert line is not None
    assert line.line == "담당자가 바뀌면 두 주 안에 얼굴부터 뵙기"
    part = page.part("lessons")
    assert part is not None
    assert part.lines[0].pieces == (line.line,)


# --- the open case --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_open_case_has_the_checklist_that_a_case_would_copy(lang: str) -> None:
    rows = told(FRIDAY, 0, lang)
    items = [row for row in rows if isinstance(row, CaseItem)]
    asked = [
        (number, item.key, item.act)
        for number, step in enumerate(checklist(lang).steps, 1)
        for item in step.items
        if not {"figures", "paused", "inherited"} & set(item.when)
    ]
    assert [(item.step, item.key, item.act) for item in items] == asked
    assert not any("{" in item.title + item.help for item in items)
    assert {item.key: item.done_at for item in items if item.done_at} == {
        "report": "2026-11-19T09:26",
        "appointment": "2026-11-19T09:44",
    }


def test_the_case_tells_yesterday_and_the_visit_is_logged_the_day_after() -> None:
    before, after = told(FRIDAY), told(FRIDAY, 1)
    events = [(row.at, row.kind) for row in before if isinstance(row, CaseEvent)]
    assert ("2026-11-19T09:31", "attempt") in events
    assert events == sorted(events)
    assert not any(kind == "visit" for _, kind in events)
    assert any(row.kind == "visit" for row in after if isinstance(row, CaseEvent))
    assert {row.key for row in after if isinstance(row, CaseItem) and row.done_at} == {
        "report", "appointment", "visit", "heard", "offer",
    }  # fmt: skip


# --- the week -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("day", DAYS)
def test_nothing_is_late_in_the_week_and_no_day_is_crowded(day: date) -> None:
    for after in range(1, 8):
        today = lines(day, after).today
        assert not [(line.name, line.keys) for line in today if line.overdue], after
        assert len(today) <= 12


def test_the_working_days_of_the_week_have_something_to_do() -> None:
    for day in (FRIDAY, date(2026, 11, 16), date(2026, 11, 18)):
        for after in range(1, 8):
            if (day + timedelta(days=after)).weekday() < 5:
                assert 2 <= len(lines(day, after).today) <= 9, (day, after)


@pytest.mark.parametrize("day", DAYS)
def test_every_story_moves_within_the_week(day: date) -> None:
    first = {history.account.name: history for history in histories(told(day))}
    last = {history.account.name: history for history in histories(told(day, 7))}
    assert [name for name in STORIES if first[name] == last[name]] == []


def test_what_was_promised_is_kept_when_its_day_has_passed() -> None:
    for day in DAYS:
        today = (day + timedelta(days=7)).isoformat()
        late = [row for row in told(day, 7) if isinstance(row, Task) and row.state == "open" and row.due_on < today]
        assert late == []


def test_the_pause_is_lifted_the_trial_decided_and_the_prospect_won() -> None:
    rows = told(FRIDAY, 7)
    pauses = [row.state for row in rows if isinstance(row, Decision) and row.kind == "freeze"]
    assert pauses == ["closed"]
    trial = named(rows, "두레박커피").decisions
    assert {(one.kind, one.state) for one in trial} == {("convert", "closed"), ("keep", "open")}
    assert named(told(FRIDAY), "미리별로보틱스").account.state == "prospect"
    assert named(rows, "미리별로보틱스").account.state == "active"


def test_days_of_holiday_are_left_free() -> None:
    t = Teller(date(2026, 2, 15), date(2026, 2, 15), "ko", holidays())
    assert t.slot(1) == "2026-02-19"


# --- in a book ------------------------------------------------------------------------------------------------------


def test_it_is_written_into_a_book_as_one_act_that_can_be_taken_back(tmp_path: Path) -> None:
    now = datetime(2026, 11, 20, 8, 0)
    with mock.patch("os.fsync"):
        book = Book.open(tmp_path / "sample.db", tmp_path / "data", create=True, today=FRIDAY)
        try:
            changed = write_sample(book, FRIDAY, FRIDAY, "ko", now, checklist("ko"), holidays())
            assert len(changed.accounts) == 40
            for _ in book.refresh(FRIDAY):
                pass
            assert {line.name for line in book.agenda(FRIDAY, 5).today} == FIRST_DAY
            shown = list(book.accounts(FRIDAY))
            assert len(shown) == 38  # without the one that left and the one that is my manager's
            assert shown[0].name == "새녘물산"
            assert len(book.rows(Sheet)) == len([row for row in told(FRIDAY) if isinstance(row, Sheet)])
            assert book.setting("currency") == "KRW"
            book.undo(now)
            assert book.rows(Account) == []
        finally:
            book.close()
