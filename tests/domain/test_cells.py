"""Every cell of the book has a name and its values words, in both languages."""

from __future__ import annotations

from datetime import date

import pytest

from fieldsales.domain.cells import KINDS, LONG, REFERENCES, joinable, label, thing, words
from fieldsales.domain.frozen import fields
from fieldsales.domain.model import TABLES
from fieldsales.locale import Texts

TODAY = date(2026, 11, 20)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_column_of_every_table_has_a_name(lang: str) -> None:
    t = Texts(lang, today=TODAY)
    for table, kind in TABLES.items():
        assert thing(t, table, {}).strip()
        names = {field.name: label(t, table, field.name) for field in fields(kind)[1:]}
        bare = [name for name, said in names.items() if said == name and lang == "ko"]
        assert bare == [], (table, bare)
        assert all("{" not in said and "." not in said for said in names.values()), (table, names)


def test_no_two_columns_of_a_table_share_a_name() -> None:
    for lang in ("ko", "en"):
        t = Texts(lang, today=TODAY)
        for table, kind in TABLES.items():
            names = [label(t, table, field.name) for field in fields(kind)[1:]]
            assert len(names) == len(set(names)), (lang, table, sorted(names))


@pytest.mark.parametrize(
    ("table", "column", "value", "korean", "english"),
    [
        ("case_event", "text", "no_answer", "부재중", "no answer"),
        ("account", "tier", "A", "A", "A"),
        ("account", "state", "lost", "떠남", "left"),
        ("account", "state", "no such state", "no such state", "no such state"),
        ("account", "since", "2026-11-03", "2026년 11월 3일", "3 Nov 2026"),
        ("account", "seasonal", 1, "예", "yes"),
        ("account", "seasonal", 0, "아니요", "no"),
        ("amount", "amount", 45_000_000, "4,500만", "₩45,000,000"),
        ("amount", "month", "2026-10", "2026년 10월", "Oct 2026"),
        ("contact", "opt_out", "call,mail", "전화, 메일", "calls, mail"),
        ("churn_case", "heard_at", "2026-11-03T09:12", "2026년 11월 3일 09:12", "3 Nov 2026 09:12"),
        ("contact", "account_id", "a1", "가온상사", "가온상사"),
        ("contact", "account_id", "gone", "gone", "gone"),
        ("account", "note", "[b]{day} @kind.visit", "[b]{day} @kind.visit", "[b]{day} @kind.visit"),
        ("account", "usual_gap_days", 30, "30", "30"),
        ("account", "usual_gap_days", None, "", ""),
    ],
)  # fmt: skip
def test_a_value_is_said_in_words(table: str, column: str, value: str | int | None, korean: str, english: str) -> None:
    def name(of: str, id: str) -> str:
        return "가온상사" if (of, id) == ("account", "a1") else ""

    assert words(Texts("ko", today=TODAY), table, column, value, name) == korean
    assert words(Texts("en", today=TODAY), table, column, value, name) == english


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_words_of_a_kind_exist(lang: str) -> None:
    t = Texts(lang)
    listed = {"tier": "A", "cell.state": "open", "cell.from": "log", "cell.scope": "tier"}
    for prefix in set(KINDS.values()):
        first = listed.get(prefix)
        assert first is None or t.has(f"{prefix}.{first}"), prefix


def test_what_is_named_here_is_a_column() -> None:
    columns = {(table, field.name) for table, kind in TABLES.items() for field in fields(kind)}
    assert set(KINDS) <= columns
    names = {name for _, name in columns}
    assert set(REFERENCES) <= names
    assert names >= LONG
    assert joinable("heard")
    assert not joinable("phone")


def test_a_thing_is_told_by_what_tells_most() -> None:
    t = Texts("ko", today=TODAY)
    assert thing(t, "account", {"name": "가온상사"}) == "가온상사"
    assert thing(t, "contact", {"name": "문도균", "title": "차장"}) == "담당자 문도균 차장"
    assert thing(t, "task", {"kind": "give", "title": "새\n단가표"}) == "약속 드릴 것 새 단가표"
    assert thing(t, "lesson", {"line": "", "next_time": "먼저 여쭙기"}) == "오답노트 먼저 여쭙기"


def test_a_moment_without_a_time_reads_as_its_day() -> None:
    for lang, day in (("ko", "2026년 11월 19일"), ("en", "19 Nov 2026")):
        assert words(Texts(lang, today=TODAY), "churn_case", "heard_at", "2026-11-19") == day
