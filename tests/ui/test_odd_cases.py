"""Cases that are not as most are: another checklist by now, two of them open at once, people who are gone."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from helpers import NARROW, NOW, WIDE, Seat, open_app, small_book

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, CaseItem, Cause, ChurnCase, Contact, Lesson, Offer
from fieldsales.storage.book import Book
from fieldsales.ui.screens.case import CaseRow, CaseSheet

SHORT = """name = "churn"
version = "9.0"
title = "우리 것"
[[step]]
key = "one"
title = "먼저 할 것"
[[step.item]]
key = "say"
title = "알리기"
act = "report"
[[step.item]]
key = "go"
title = "가 보기"
act = "visit"
[[step]]
key = "two"
title = "그다음 할 것"
[[step.item]]
key = "why"
title = "까닭"
"""


def own_list(folder: Path) -> None:
    path = folder / "home" / "config" / "playbooks" / "churn.ko.toml"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(SHORT, encoding="utf-8")


def two_open(folder: Path) -> Book:
    """A case that was begun on two machines, on different days."""
    book = small_book(folder, "가온상사", "새녘물산")
    with book.change("setup", NOW) as change:
        for day in ("2026-11-19", "2026-11-20"):
            id = natural_id("churn_case", "a0", day)
            change.add(
                ChurnCase(id, "a0", heard_at=f"{day}T08:05", heard_by="call", started_at=f"{day}T08:10", state="open")
            )
            for place, (key, act) in enumerate((("report", "report"), ("visit", "visit"))):
                change.add(CaseItem(natural_id("case_item", id, key), id, key, 1, place, f"{key} {day}", "", act))
    return book


def id_of(day: str) -> str:
    return natural_id("churn_case", "a0", day)


async def the_run(seat: Seat) -> CaseSheet:
    await seat.press("2")
    await seat.choose("가온상사")
    await seat.press("c")
    sheet = seat.app.screen
    assert isinstance(sheet, CaseSheet)
    return sheet


async def to_step(seat: Seat, sheet: CaseSheet, step: int) -> None:
    for _ in range(5):
        if sheet.step != step:
            await seat.press("right")
    assert sheet.step == step


async def to_row(seat: Seat, sheet: CaseSheet, kind: str, number: int = 0) -> None:
    rows = [at for at, item in enumerate(sheet.run.items) if isinstance(item, CaseRow) and item.kind == kind]
    sheet.run.move_cursor(rows[number])
    await seat.settle()


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_a_case_goes_on_where_the_checklist_has_fewer_steps_by_now(tmp_path: Path, size: tuple[int, int]) -> None:
    """It keeps its lines, and all four steps stay in reach."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=size) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        for item in seat.book.rows(CaseItem, case_id=case.id):
            if item.step < 4:
                with seat.book.change("setup", seat.clock.now) as change:
                    change.edit(CaseItem, item.id, done_at="2026-11-20T09:20")
        own_list(tmp_path)
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "churn.ko.toml").write_text(SHORT, encoding="utf-8")
        await seat.press("escape", "c")
        sheet = seat.app.screen  # type: ignore[assignment]
        assert isinstance(sheet, CaseSheet)
        assert sheet.step == 4 and seat.line("4/4")
        for step, title in enumerate(("찾아가기", "사정 확인", "거래금액 보전"), 1):
            await to_step(seat, sheet, step)
            assert seat.line(f"{title} {step}/4")  # as they were called when it began


async def test_a_case_of_a_checklist_of_two_steps_has_its_causes_and_its_money(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        folder = seat.app.desk.places.config / "playbooks"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "churn.ko.toml").write_text(SHORT, encoding="utf-8")
        sheet = await the_run(seat)
        assert seat.line("가 보기")
        await seat.press("space")
        await to_step(seat, sheet, 2)
        assert seat.line("그다음 할 것 2/4")
        await seat.press("1")
        assert [one.kind for one in seat.book.rows(Cause)] == ["fees"]
        await to_step(seat, sheet, 3)
        assert seat.line("떨어진 금액") or seat.line("3/4")
        await to_row(seat, sheet, "money")
        await to_step(seat, sheet, 4)
        (folder / "churn.ko.toml").unlink()
        await seat.press("escape", "3")
        assert seat.line("그다음 할 것 · 거래금액 보전 · 재발 방지")  # its own steps, also without its list


async def test_of_two_open_cases_the_run_asks_which(tmp_path: Path) -> None:
    """Both copies of a book had begun one: each can be opened, ticked and closed."""
    async with open_app(tmp_path, two_open(tmp_path)) as seat:
        for key, day in (("1", "2026-11-20"), ("2", "2026-11-19")):
            await seat.press("2")
            await seat.choose("가온상사")
            await seat.press("c")
            assert seat.sheet == "Menu" and seat.line("들으신 건")
            await seat.press(key)
            sheet = seat.app.screen
            assert isinstance(sheet, CaseSheet) and sheet.case_id == id_of(day)
            await seat.press("space")
            item = seat.book.get(CaseItem, natural_id("case_item", id_of(day), "report"))
            assert item is not None and item.done_at
            await seat.press("escape")


async def test_each_open_case_of_an_account_opens_from_its_line(tmp_path: Path) -> None:
    """Pane 3; and what is logged from a run belongs to it."""
    async with open_app(tmp_path, two_open(tmp_path)) as seat:
        for day in ("2026-11-20", "2026-11-19"):
            await seat.press("3")
            pane = seat.main.churn
            pane.move_cursor(next(at for at, one in enumerate(pane.items) if getattr(one, "id", "") == id_of(day)))
            await seat.settle()
            await seat.press("enter")
            sheet = seat.app.screen
            assert isinstance(sheet, CaseSheet) and sheet.case_id == id_of(day)
            seat.clock.now += timedelta(minutes=5)  # at once it would say that the try before was turned down
            await seat.press("m")
            (tried,) = seat.book.rows(Activity, case_id=id_of(day))
            assert tried.outcome == "attempt"
            await seat.press("l", "ctrl+s")
            assert len(seat.book.rows(Activity, case_id=id_of(day))) == 2
            await seat.press("escape")


async def test_a_loss_is_not_rounded_by_looking_at_its_form(tmp_path: Path) -> None:
    """Above an 억 an amount is shown to the nearest 만; what is kept stays as it is."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        with seat.book.change("setup", seat.clock.now) as change:
            change.edit(ChurnCase, case.id, lost_amount=123_456_789)
        seat.app.refresh_main()
        await to_step(seat, sheet, 3)
        await to_row(seat, sheet, "money")
        await seat.press("e")
        assert seat.sheet == "FormSheet"
        await seat.press("ctrl+s")
        kept = seat.book.get(ChurnCase, case.id)
        assert kept is not None and kept.lost_amount == 123_456_789


async def test_each_lesson_of_a_case_opens_itself(tmp_path: Path) -> None:
    """Not the one written last."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        with seat.book.change("setup", seat.clock.now) as change:
            change.add(Lesson("l1", "a0", "", case.id, "2026-11-18", line="먼저 여쭙기"))
            change.add(Lesson("l2", "a0", "", case.id, "2026-11-20", line="그날 가기"))
        seat.app.refresh_main()
        await to_step(seat, sheet, 4)
        await to_row(seat, sheet, "lesson", 0)
        await seat.press("enter")
        assert seat.sheet == "DebriefSheet"
        seat.app.screen.fields["missed"].text_value = "아는 줄 알았다"  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        first, last = seat.book.get(Lesson, "l1"), seat.book.get(Lesson, "l2")
        assert first is not None and first.missed == "아는 줄 알았다"
        assert last is not None and last.missed == ""


async def test_whoever_told_us_and_has_left_is_called_by_name(tmp_path: Path) -> None:
    """Neither form nor line shows an id, and saving the form loses nobody."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        with seat.book.change("setup", seat.clock.now) as change:
            gone = change.new_id()
            change.add(Contact(gone, "a0", "국태린", "과장", left_on="2026-11-20"))
            change.edit(ChurnCase, case.id, heard_from=gone)
            change.add(Cause(natural_id("cause", case.id, "fees"), "a0", case.id, gone, "fees", main=1))
        seat.app.refresh_main()
        await to_step(seat, sheet, 2)
        assert "국태린 과장" in seat.line("[x] 1")
        await seat.press("1", "ctrl+s")
        (cause,) = seat.book.rows(Cause)
        assert cause.contact_id == gone
        await seat.press("t")
        assert seat.line("국태린 과장") and gone[:8] not in seat.text
        await seat.press("ctrl+s")
        kept = seat.book.get(ChurnCase, case.id)
        assert kept is not None and kept.heard_from == gone


async def test_an_offer_names_a_contact_or_nobody(tmp_path: Path) -> None:
    """Whoever told us may be a bare name: that is no contact's id."""
    book = small_book(tmp_path, "가온상사")
    async with open_app(tmp_path, book) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        with seat.book.change("setup", seat.clock.now) as change:
            change.edit(ChurnCase, case.id, heard_from="경비실 김 선생")
            for person in seat.book.rows(Contact, account_id="a0"):
                change.remove(Contact, person.id)
        seat.app.refresh_main()
        await to_step(seat, sheet, 3)
        await seat.press("a", "2", "1", "ctrl+s")
        (offer,) = seat.book.rows(Offer)
        assert offer.contact_id == ""


async def test_an_offer_to_somebody_who_has_left_stays_theirs(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        sheet = await the_run(seat)
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        with seat.book.change("setup", seat.clock.now) as change:
            change.add(Contact("gone", "a0", "국태린", "과장", left_on="2026-11-20"))
            change.add(Offer("o", "a0", case.id, "gone", "2026-11-19", "단가 3%", answer="thinking"))
        seat.app.refresh_main()
        await to_step(seat, sheet, 3)
        await to_row(seat, sheet, "offer")
        await seat.press("enter")
        seat.app.screen.fields["condition"].text_value = "석 달"  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        offer = seat.book.get(Offer, "o")
        assert offer is not None and (offer.contact_id, offer.condition) == ("gone", "석 달")
