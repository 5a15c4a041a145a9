"""고객사: orders, finding in every way people type, the page by Tab."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, NOW, TODAY, WIDE, Seat, open_app, sample_app, small_book

from fieldsales.domain.model import Account, Activity


def shown(seat: Seat) -> list[str]:
    return [row.name for row in seat.main.accounts.items[:60]]  # type: ignore[attr-defined]


async def test_o_turns_through_the_orders_and_says_which(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        rows = seat.book.accounts(TODAY)
        by_order = {}
        for order in ("care", "name", "amount", "silence"):
            assert seat.app.t(f"order.{order}") in seat.text
            by_order[order] = shown(seat)
            assert seat.line(by_order[order][0])
            await seat.press("o")
        assert by_order["care"][:2] == ["새녘물산", "해윰정밀"]
        assert by_order["name"] == sorted(by_order["name"], key=lambda name: (not name[0].isascii(), name))
        amounts = {row.name: row.amount for row in rows[:200]}
        known = [amount for name in by_order["amount"] if (amount := amounts[name]) is not None]
        assert known == sorted(known, reverse=True)
        contacts = {row.name: row.last_contact for row in rows[:200]}
        days = [contacts[name] for name in by_order["silence"] if contacts[name]]
        assert days == sorted(days)
        assert shown(seat) == by_order["care"]


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("윰정", "해윰정밀"),  # inside a name
        ("ㅎㅇㅈㅁ", "해윰정밀"),  # first sounds
        ("해유", "해윰정밀"),  # the last syllable half typed
        ("해윰ㅈ", "해윰정밀"),
        ("godba", "해윰정밀"),  # typed in the wrong layout
        ("n&b", "N&B푸드랩"),
        ("오세람", "도담나루식품"),  # a person
        ("화곡로", "도담나루식품"),  # an address or region
        ("0000", ""),  # digits of a phone
    ],
)
async def test_an_account_is_found_however_it_is_typed(tmp_path: Path, typed: str, found: str) -> None:
    async with sample_app(tmp_path) as seat:
        whole = len(seat.book.accounts(TODAY))
        await seat.press("slash")
        await seat.type(typed)
        if found:
            assert found in shown(seat), typed
            assert len(seat.main.accounts.items) < whole
            assert seat.line(found)
        else:
            assert len(seat.main.accounts.items) > 5
        await seat.press("escape")
        assert len(seat.main.accounts.items) == whole
        assert seat.main.accounts.has_focus


async def test_the_field_keeps_its_hangul_and_letters_are_no_commands_there(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("slash")
        await seat.type("ㅣㅡㅈlmqu/1")
        assert seat.sheet == "MainScreen"
        field = seat.app.focused
        assert getattr(field, "value", "") == "ㅣㅡㅈlmqu/1"
        assert seat.line(seat.app.t("list.none_found"))
        before = seat.counts()
        await seat.press("enter")
        assert seat.sheet == "MainScreen" and seat.counts() == before


async def test_a_filtered_list_stays_while_its_page_is_read(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("slash")
        await seat.type("정밀")
        await seat.press("enter", "escape")
        assert seat.sheet == "MainScreen"
        assert "해윰정밀" in shown(seat) and len(shown(seat)) < 5
        await seat.press("escape")
        assert len(shown(seat)) > 20


async def test_esc_brings_the_keys_back_from_the_page_beside_the_list(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        await seat.press("2", "enter")
        assert seat.app.context == "page"
        await seat.press("escape")
        assert seat.app.context == "accounts"


async def test_a_list_line_ends_in_its_reason(tmp_path: Path) -> None:
    async with sample_app(tmp_path, size=WIDE) as seat:
        assert "41일" in seat.line("해윰정밀  ") or "41일" in seat.text
        await seat.press("2")
        row = seat.main.accounts.row
        assert row is not None and row.name == "새녘물산"
        assert "위험" in seat.line("   위험")


async def test_tab_turns_the_page_through_all_that_it_holds(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press("enter")
        seen = {}
        for page in ("brief", "history", "amounts", "people", "contract"):
            assert f"[{seat.app.t(f'page.{page}')}]" in seat.text
            seen[page] = seat.text
            await seat.press("tab")
        assert f"[{seat.app.t('page.brief')}]" in seat.text
        await seat.press("shift+tab")
        assert f"[{seat.app.t('page.contract')}]" in seat.text
        newest = max(seat.book.rows(Activity, account_id=account), key=lambda one: one.day)
        assert seat.app.t("page.day", day=newest.day) in seen["history"]
        assert "4,500만" in seen["amounts"]
        assert "오세람" in seen["people"] and "010-0000" in seen["people"]


async def test_what_a_page_shows_is_edited_where_it_stands(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press("enter", "tab", "tab", "tab", "enter")
        assert seat.sheet == "FormSheet"
        await seat.press("end")
        await seat.type("님")
        await seat.press("ctrl+s")
        assert seat.sheet == "AccountSheet"
        names = {str(name) for (name,) in seat.stored("SELECT name FROM contact WHERE account_id = ?", account)}
        assert any(name.endswith("님") for name in names)
        assert seat.line("님")


@pytest.mark.parametrize("kind", ["contact", "contract", "amount", "fact", "account"])
async def test_a_on_a_page_adds_what_belongs_to_it(tmp_path: Path, kind: str) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.choose("도담나루식품")
        account = seat.app.account_id
        await seat.press("enter")
        before = seat.counts()
        await seat.press("a")
        assert seat.sheet == "Menu"
        await seat.paste(seat.app.t(f"add.{kind}"))
        await seat.press("enter")
        assert seat.sheet == "FormSheet"
        await seat.type(
            {"contact": "나루한", "contract": "2027-03-31", "amount": "300만", "fact": "차 좋아하심"}.get(kind, "가온")
        )
        await seat.press("ctrl+s")
        assert seat.sheet != "FormSheet", seat.text
        after = seat.counts()
        if kind == "amount":  # last month is known already and is written over
            stored = seat.stored("SELECT amount FROM amount WHERE account_id = ? AND month = '2026-10'", account)
            assert stored == [(3_000_000,)]
        else:
            assert after[kind] == before[kind] + 1


async def test_an_account_is_ended_never_deleted(tmp_path: Path) -> None:
    async with sample_app(tmp_path) as seat:
        await seat.press("2")
        await seat.choose("나린커피")
        account = seat.app.account_id
        before = seat.counts()
        seat.app.run_command("end_account", seat.app.context)
        await seat.settle()
        await seat.press("1", "ctrl+s")
        assert seat.sheet == "MainScreen", seat.text
        after = seat.counts()
        assert {name: n for name, n in after.items() if n < before[name]} == {}
        assert seat.stored("SELECT state, farewell, ended_on FROM account WHERE id = ?", account) == [
            ("lost", "done", TODAY.isoformat())
        ]
        assert "나린커피" not in shown(seat)


@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_the_page_of_an_account_that_left_says_so_at_its_top(tmp_path: Path, size: tuple[int, int]) -> None:
    """As the list does: the state in place of a band, and below it since when and how."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.edit(Account, "a0", state="lost", ended_on="2026-10-14", lost_to="competitor", left_how="hurt")
    async with open_app(tmp_path, book, size=size) as seat:
        await seat.press("2", "slash")
        await seat.type("가온")
        await seat.press("enter", "enter")
        assert seat.line("떠남 · A")
        assert "모름 · A" not in seat.text
        assert "떠난 곳 · 2026년 10월 14일부터" in seat.line("지금 ")
        assert "서운해하며" in seat.text


async def test_an_account_that_left_is_found_by_what_is_typed_below_the_others(tmp_path: Path) -> None:
    """S1-14: it leaves the list and stays searchable."""
    async with sample_app(tmp_path) as seat:
        left = "나래들상회"
        rows = seat.main.accounts.items
        assert left not in [row.name for row in rows]  # type: ignore[attr-defined]
        await seat.press("slash")
        await seat.type("나래들")
        assert seat.app.t("state.lost") in seat.line(left)
        await seat.press("escape", "slash")
        await seat.type("상")
        states = [row.state in ("active", "prospect") for row in seat.main.accounts.items]  # type: ignore[attr-defined]
        assert states == sorted(states, reverse=True) and len(set(states)) == 2
