"""Which line of a case is next, what is lost a month, and what stands in 오늘 once the visit was made."""

from __future__ import annotations

from datetime import date, datetime

from fieldsales.domain.churn import current_step, draft, lost_a_month, next_item, stamp
from fieldsales.domain.model import Account, Activity, CaseEvent, CaseItem, ChurnCase, Contact, History, Rules
from fieldsales.domain.standing import assess
from fieldsales.workflows.churn import load_playbook

TODAY = date(2026, 11, 20)


def item(step: int, position: int, act: str, done: str = "") -> CaseItem:
    return CaseItem(f"{step}{position}", "k", f"i{step}{position}", step, position, act=act, done_at=done)


def test_an_optional_line_is_not_waited_for() -> None:
    items = [item(1, 0, "visit", "2026-11-20T15:00"), item(1, 1, "optional"), item(2, 0, "cause")]
    assert current_step(items) == 2
    assert next_item([item(1, 1, "optional")]) is None


def test_places_to_try_are_not_waited_for_once_new_business_is_found() -> None:
    """S0-26"""
    places, close = item(3, 1, "places"), item(4, 0, "close")
    assert next_item([item(3, 0, "cover"), places, close]) == item(3, 0, "cover")
    assert next_item([item(3, 0, "cover", "2026-11-25T09:15"), places, close]) == close
    assert next_item([places, close]) == places


def months(*amounts: int) -> History:
    found = {f"2026-{4 + number:02}": amount for number, amount in enumerate(amounts)}
    return History(Account("a", "새한유통", tier="A"), amounts=found, last_month=max(found))


def test_what_is_lost_a_month_is_the_mean_as_it_is_told_and_of_a_drop_only_what_is_missing() -> None:
    """S0-03, S0-24"""
    steady = months(45_000_000, 46_000_000, 44_000_000, 45_000_000, 45_000_000, 45_000_000, 44_000_000)
    assert lost_a_month(steady, "notice", TODAY) == 44_800_000
    fallen = months(*[45_000_000] * 6, 15_000_000)
    assert lost_a_month(fallen, "volume", TODAY) == 30_000_000
    gone = months(*[45_000_000] * 6, 0)
    assert lost_a_month(gone, "no_trade", TODAY) == 45_000_000
    assert lost_a_month(History(Account("a")), "notice", TODAY) is None
    made = draft(fallen, load_playbook("churn.ko"), datetime(2026, 11, 20, 9, 20), "volume")
    assert made.lost_amount == 30_000_000


def test_after_the_visit_the_case_no_longer_stands_at_its_hour() -> None:
    case = ChurnCase("k", "a", heard_at="2026-11-19T09:12", started_at="2026-11-19T09:26", visit_at="2026-11-20T15:00")
    before = History(Account("a", "새한유통", entered_on="2026-01-05"), (Contact("c", "a", "문도균"),), cases=(case,))
    (due,) = [one for one in assess(before, Rules(), TODAY).dues if one.key == "case"]
    assert due.time == "15:00"
    visit = Activity("v", "a", "c", kind="visit", day="2026-11-20", time="14:50", case_id="k")
    after = History(before.account, before.contacts, activities=(visit,), cases=(case,))
    (due,) = [one for one in assess(after, Rules(), TODAY).dues if one.key == "case"]
    assert due.time == "" and due.what.id == "due.case"


def test_a_new_line_of_the_timeline_never_stands_before_the_newest() -> None:
    """Sleep, a journey west, a clock set back: none runs backwards; a wrong clock far ahead is not waited for."""
    events = [CaseEvent("e", "k", "2026-11-20T15:00")]
    assert stamp(datetime(2026, 11, 20, 16, 0), events) == "2026-11-20T16:00"
    assert stamp(datetime(2026, 11, 20, 7, 0), events) == "2026-11-20T15:00"
    assert stamp(datetime(2026, 11, 17, 7, 0), events) == "2026-11-17T07:00"
    assert stamp(datetime(2026, 11, 17, 7, 0), []) == "2026-11-17T07:00"
