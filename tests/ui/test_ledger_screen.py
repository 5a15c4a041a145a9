"""N15 on the screen: three amounts, each by itself, one key for an offer, one for a step, and the rows behind them."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers import NARROW, NOW, WIDE, Seat, open_app, sample_app, small_book

from fieldsales.domain.model import Account, Amount, CaseItem, ChurnCase, Cover, Offer
from fieldsales.storage.book import Book
from fieldsales.ui.screens.case import CaseRow, CaseSheet


def book_with_loss(folder: Path, lost: int | None = 45_000_000) -> Book:
    book = small_book(folder, "가온상사", "미리별로보틱스")
    with book.change("setup", NOW) as change:
        change.edit(Account, "a1", tier="B")
        for month in ("07", "08", "09", "10"):
            change.add(Amount(f"m{month}", "a0", f"2026-{month}", lost or 0))
    return book


async def begin(seat: Seat, step: int = 3) -> str:
    """The run of the first account, begun, at a step."""
    await seat.press("2")
    await seat.choose("가온상사")
    await seat.press("c", "space")
    sheet = seat.app.screen
    assert isinstance(sheet, CaseSheet)
    while sheet.step != step:
        await seat.press("right")
    (case,) = seat.book.rows(ChurnCase, state="open")
    return case.id


async def to_row(seat: Seat, kind: str, number: int = 0) -> None:
    """Put the cursor on a further line of the step."""
    run = seat.app.screen.run  # type: ignore[attr-defined]
    rows = [at for at, item in enumerate(run.items) if isinstance(item, CaseRow) and item.kind == kind]
    run.move_cursor(rows[number])
    await seat.settle()


async def add(seat: Seat, what: str) -> None:
    await seat.press("a", what)
    assert seat.sheet == "FormSheet"


async def fill(seat: Seat, **values: str) -> None:
    """Write into the fields of the form that is open, and save it."""
    for name, text in values.items():
        seat.app.screen.fields[name].text_value = text  # type: ignore[attr-defined]
    await seat.press("ctrl+s")
    assert seat.sheet == "CaseSheet", seat.notice


async def test_the_three_amounts_stand_each_by_itself_with_their_shares(tmp_path: Path) -> None:
    """S0-03, S0-16, S0-22, S0-24, C6, C7: the figures of N15, out of what is typed there."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        assert "월 -4,500만" in seat.line("잃은 금액")
        assert "아직 받아들여진 것 없음" in seat.line("되살린 금액")
        assert "회복 못 함" not in seat.text
        await add(seat, "1")
        await fill(seat, name="미리별로보틱스", amount="6000만", state="signed", month="12월")
        await add(seat, "1")
        await fill(seat, name="두레박커피", amount="3000만", state="likely")
        for name in ("그린나래", "지난봄 견적"):
            await add(seat, "1")
            await fill(seat, name=name, amount="600만", state="possible")
        await add(seat, "2")
        await fill(seat, way="volume", text="절반", answer="accepted", amount="50%", from_month="12")
        assert "월 +2,250만  절반 회복 · 12월부터 물량 절반" in seat.line("되살린 금액")
        assert "월 +6,000만  확정 1건 · 미리별로보틱스 12월" in seat.line("새로 채울 금액")
        assert "되살림 50%     새 거래까지 183%" in seat.text
        assert "(2,250만 + 6,000만) / 4,500만" in seat.text
        assert "셋을 더하면 월 +3,750만" in seat.text
        assert "유력 1건 3,000만, 가망 2건 1,200만은 넣지 않았어요." in seat.text
        (cover,) = seat.book.rows(Cover, state="signed")
        assert (cover.from_id, cover.month) == ("a1", "2026-12")


async def test_one_digit_is_an_offer_and_a_second_form_takes_its_answer(tmp_path: Path) -> None:
    """S0-15: a, a digit, Ctrl+S in step 1; Space on it says how they answered."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        case_id = await begin(seat, 1)
        await seat.press("a", "3", "ctrl+s")
        (offer,) = seat.book.rows(Offer, case_id=case_id)
        assert (offer.text, offer.answer) == ("다른 지점", "thinking")
        assert "권해 본 것" in seat.text and "생각 중" in seat.line("다른 지점  ")
        await to_row(seat, "offer")
        await seat.press("space", "2", "ctrl+s")
        (offer,) = seat.book.rows(Offer, case_id=case_id)
        assert (offer.answer, offer.answered_on) == ("refused", "2026-11-20")
        await seat.press("u")
        assert seat.book.rows(Offer)[0].answer == "thinking"


@pytest.mark.parametrize(
    ("way", "text", "said"),
    [
        ("price", "3% 조정", "단가 3% 조정"),
        ("price", "", "단가"),
        ("volume", "물량 3분의 1", "물량 3분의 1"),
        ("site", "파주 먼저", "파주 먼저"),
        ("", "선불로 바꾸기", "선불로 바꾸기"),
    ],
)
async def test_the_way_and_the_words_make_one_offer(tmp_path: Path, way: str, text: str, said: str) -> None:
    """S0-15."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await add(seat, "2")
        await fill(seat, way=way, text=text)
        assert [one.text for one in seat.book.rows(Offer)] == [said]


async def test_what_cannot_be_read_stays_in_the_form_and_says_so(tmp_path: Path) -> None:
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await add(seat, "1")
        for values, said in (
            ({}, "어디서 올 거래인지"),
            ({"name": "두레박커피", "amount": "많이"}, "많이"),
            ({"amount": "", "month": "언젠가"}, "어느 달인지"),
            ({"month": "", "due_on": "글쎄"}, "글쎄"),
        ):
            for name, text in values.items():
                seat.app.screen.fields[name].text_value = text  # type: ignore[attr-defined]
            await seat.press("ctrl+s")
            assert seat.sheet == "FormSheet"
            assert said in seat.notice
        assert seat.book.rows(Cover) == []


async def test_space_makes_new_business_surer_and_undo_takes_it_back(tmp_path: Path) -> None:
    """S0-22: 가망, 유력, 확정; only the last one counts."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await add(seat, "1")
        await fill(seat, name="두레박커피", amount="3000만")
        await to_row(seat, "cover")
        await seat.press("space")
        assert "유력" in seat.line("두레박커피  ") and "월 0원" in seat.line("새로 채울 금액")
        await seat.press("space")
        assert seat.notice == "두레박커피 · 확정으로 옮겼어요."
        assert "월 +3,000만" in seat.line("새로 채울 금액")
        await seat.press("u")
        assert "월 0원" in seat.line("새로 채울 금액")


async def test_enter_on_an_amount_opens_what_it_is_the_sum_of(tmp_path: Path) -> None:
    """K5, S0-03."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        for name, amount, state in (
            ("두레박커피", "3000만", "signed"),
            ("나린커피", "500만", "signed"),
            ("햇귀", "1만", "likely"),
        ):
            await add(seat, "1")
            await fill(seat, name=name, amount=amount, state=state)
        await to_row(seat, "money", 2)
        await seat.press("enter")
        assert "월 +3,500만" in seat.line("모두")
        assert "나린커피" in seat.text and "유력 1건 1만은 넣지 않았어요." in seat.text
        await seat.press("escape")
        await to_row(seat, "money", 1)
        await seat.press("enter")
        assert "아직 받아들여진 것이 없어요." in seat.text
        await seat.press("escape")
        await to_row(seat, "money", 0)
        await seat.press("enter")
        assert "4,500만" in seat.line("2026년 10월") and "월 -4,500만" in seat.line("잃은 금액  ")


async def test_the_loss_is_corrected_and_its_month_read(tmp_path: Path) -> None:
    """S0-03: an account without amounts says what to write, and nothing is divided by nothing."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case_id = await begin(seat)
        assert "아직 모름" in seat.line("잃은 금액") and "%" not in seat.text
        await to_row(seat, "money", 0)
        await seat.press("e")
        await fill(seat, amount="4500만", month="지난달")
        case = seat.book.get(ChurnCase, case_id)
        assert case is not None
        assert (case.lost_amount, case.lost_from) == (45_000_000, "2026-10")
        assert "월 -4,500만  10월부터" in seat.line("잃은 금액")


async def test_nothing_to_cover_it_asks_for_three_places_and_says_what_the_worst_is(tmp_path: Path) -> None:
    """S0-25, S0-26, C7: both figures in one line, gone once something is signed for next month."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        case_id = await begin(seat)
        assert "다음 달 확정은 0원, 마음이 쓰이는 곳은 가온상사 월 4,500만이에요." in seat.text
        assert "a로 알아볼 곳 셋만 적어 두어요." in seat.text
        await add(seat, "3")
        await fill(seat, place1="햇귀마트", place2="지난봄 견적", place3="파주 지점", due_on="다음 주 화")
        found = seat.book.rows(Cover, case_id=case_id)
        assert [one.name for one in found] == ["햇귀마트", "지난봄 견적", "파주 지점"]
        assert {(one.state, one.due_on) for one in found} == {("idea", "2026-11-24")}
        assert "11.24까지" in seat.line("지난봄 견적  ")
        assert "셋만 적어 두어요" not in seat.text
        await add(seat, "1")
        await fill(seat, name="미리별로보틱스", amount="6000만", state="signed")
        assert "마음이 쓰이는 곳은" not in seat.text


async def test_a_line_is_changed_and_removed_in_its_form(tmp_path: Path) -> None:
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await add(seat, "1")
        await fill(seat, name="두레박커피", amount="3000만")
        await to_row(seat, "cover")
        await seat.press("e")
        await fill(seat, amount="2000만")
        assert [one.amount for one in seat.book.rows(Cover)] == [20_000_000]
        await to_row(seat, "cover")
        await seat.press("enter")
        await fill(seat, remove="1")
        assert seat.book.rows(Cover) == []


async def test_what_was_typed_is_kept_when_the_form_is_left(tmp_path: Path) -> None:
    """C16: on disk with each keystroke, and gone from the drafts once it is saved."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await add(seat, "1")
        await seat.type("두레박")
        await seat.press("escape")
        assert seat.book.rows(Cover) == []
        await add(seat, "1")
        assert "두레박" in seat.text
        await seat.press("ctrl+s")
        await add(seat, "1")
        assert seat.app.screen.fields["name"].text_value == ""  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE])
async def test_nothing_of_the_money_is_cut_in_either_language(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    """N15."""
    async with open_app(tmp_path, book_with_loss(tmp_path), lang=lang, size=size) as seat:
        await begin(seat)
        await add(seat, "1")
        await fill(seat, name="미리별로보틱스", amount="60,000,000", state="signed", month="12")
        await to_row(seat, "cover")
        money = [line[: seat.app.screen.run.size.width] for line in seat.lines[8:20]]  # type: ignore[attr-defined]
        assert "…" not in "".join(money)


async def test_with_the_screen_hidden_no_amount_is_seen(tmp_path: Path) -> None:
    """I13."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        assert "4,500만" in seat.text
        await seat.press("f8")
        assert "4,500만" not in seat.text
        await seat.press("f8")
        await to_row(seat, "money", 0)
        await seat.press("enter", "f8")
        assert "4,500만" not in seat.text


async def test_the_money_is_written_with_the_hangul_layout_on(tmp_path: Path) -> None:
    """ㅁ is a, ㄷ is e."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat)
        await seat.press("ㅁ")
        assert seat.sheet == "Menu"
        await seat.press("escape")
        await to_row(seat, "money", 0)
        await seat.press("ㄷ")
        assert seat.sheet == "FormSheet"


async def test_today_names_the_worst_only_while_a_large_account_is_in_danger(tmp_path: Path) -> None:
    """S0-25: two calm lines below the day, hidden with the screen; one signed deal that is large enough ends them."""
    async with sample_app(tmp_path, size=(80, 40)) as seat:
        assert "마음이 쓰이는 곳 새녘물산 월 4,500만" in seat.text
        assert "다음 달에 확정된 새 거래 0원" in seat.text
        await seat.press("f8")
        assert "4,500만" not in seat.text
        await seat.press("f8")
        (case,) = seat.book.open_cases()
        with seat.book.change("setup", NOW) as change:
            change.add(Cover("c", case.account_id, case.id, name="햇귀", amount=45_000_000, state="signed"))
        seat.app.refresh_main()
        await seat.settle()
        assert "마음이 쓰이는 곳" not in seat.text
    async with open_app(tmp_path / "b", book_with_loss(tmp_path / "b")) as seat:
        assert "마음이 쓰이는 곳" not in seat.text


async def test_on_the_first_line_the_sentence_is_in_sight_again(tmp_path: Path) -> None:
    """S0-06: coming back up shows what stands above the first line, on a step longer than the screen."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        await begin(seat, 3)
        for number in range(6):
            await add(seat, "2")
            await fill(seat, text=f"길 {number}")
            await seat.press("ctrl+s")
        await seat.press("end")
        run = seat.app.screen.run  # type: ignore[attr-defined]
        assert run.scroll_y > 0
        await seat.press("home")
        assert run.scroll_y == 0


async def test_what_is_written_in_a_later_step_does_not_turn_away_from_it(tmp_path: Path) -> None:
    """The first offer ticks the last open line of step 1, which then is done; the eyes are on step 3."""
    async with open_app(tmp_path, book_with_loss(tmp_path)) as seat:
        case_id = await begin(seat)
        sheet = seat.app.screen
        assert isinstance(sheet, CaseSheet)
        with seat.book.change("setup", NOW) as change:
            for item in seat.book.rows(CaseItem, case_id=case_id):
                if item.step == 1 and item.act != "offer":
                    change.edit(CaseItem, item.id, done_at="2026-11-20T09:30")
        seat.app.refresh_main()
        await add(seat, "2")
        await fill(seat, way="volume", text="절반")
        assert not [one for one in seat.book.rows(CaseItem, case_id=case_id) if one.step == 1 and not one.done_at]
        assert (sheet.step, sheet.view.step) == (3, 2)
        await seat.press("u")
        assert (sheet.step, sheet.view.step) == (3, 1)
        for _ in range(2):
            await seat.press("right")  # to step 1, whose last line is done there
        assert sheet.step == 1
        await seat.press("space")
        assert sheet.step == 2
