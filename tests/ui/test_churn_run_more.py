"""The run from the call to the door: how it was heard, the time asked for, the timeline, proposals, situations."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest
from helpers import NOW, WIDE, Clock, Seat, open_app, sample_app, small_book
from rich.cells import cell_len
from test_churn_run import begin, done, to_item

from fieldsales.domain.model import (
    Account,
    Activity,
    Amount,
    CaseEvent,
    ChurnCase,
    Contact,
    Decision,
    PutOff,
    Task,
)
from fieldsales.storage.book import Book


def stopped(book: Book, *accounts: str) -> Book:
    """A book in which the trade of the accounts ended in September."""
    with book.change("setup", NOW) as change:
        for account in accounts:
            for month in range(3, 11):
                amount = 0 if month == 10 else 100
                change.put(Amount(f"{account}{month}", account, f"2026-{month:02d}", amount))
    return book


async def open_draft(seat: Seat) -> None:
    await seat.press("2", "c")


# --- situations -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("size", [(80, 24), (120, 36)])
@pytest.mark.parametrize(
    ("situation", "first", "item", "last"),
    [
        ("notice", "숨 한 번 고르고, 세 가지만 먼저 해요.", "팀장님께 알리기", "잘 챙긴 사람도 한 해에 한두 번은"),
        ("figures", "아직 떠난 게 아닐 수도 있어요.", "우리 쪽 집계부터 확인하기", "아니었다면 Esc."),
        ("inherited", "맡은 지 13일 된 곳이네요.", "팀장님께 알리기", "전임자께 여쭐 것 셋도 적어 두었어요."),
        ("third", "올해는 유난히 일이 겹치네요.", "팀장님께 알리기", "셋에 닮은 점이 있는지는"),
        (
            "paused",
            "지금은 연락을 멈추라는 말씀이 있어요. (팀장님, 11.17부터)",
            "팀장님께 드릴 건의",
            "사유 정리, 권할 것",
        ),
        ("apart", "바로 뵙기 어려운 사이라면, 길을 돌아가요.", "팀장님께 알리기", "대신 여쭤 줄 분이 있을까요?"),
        ("evening", "오늘은 알리는 것까지만 해도 돼요.", "팀장님께 알리기", "23일 월요일 아침 여기서 이어져요."),
    ],
)
async def test_each_situation_opens_with_its_own_words_and_writes_nothing(
    tmp_path: Path, size: tuple[int, int], situation: str, first: str, item: str, last: str
) -> None:
    """The table of the worst morning; S0-01, S0-06, S0-08, S0-10, S0-21, S2-23; C2: on one screen, nothing kept."""
    book = small_book(tmp_path, "가온상사", "나온상사", "다온상사")
    clock = Clock(datetime(2026, 11, 20, 18, 5) if situation == "evening" else NOW)
    if situation == "figures":
        stopped(book, "a0")
    with book.change("setup", NOW) as change:
        if situation == "inherited":
            change.edit(Account, "a0", origin="inherited", inherited_on="2026-11-07", predecessor="이 과장")
        if situation == "third":
            for number in (1, 2):
                at = f"2026-0{number}-03T09:00"
                change.add(ChurnCase(f"k{number}", f"a{number}", heard_at=at, started_at=at, state="closed"))
        if situation == "paused":
            change.add(Decision("d", "a0", kind="freeze", by="팀장님", day="2026-11-17"))
    async with open_app(tmp_path, book, size=size, clock=clock) as seat:
        await seat.press("2")
        await seat.choose("가온상사")
        before = seat.counts()
        await seat.press("c")
        if situation == "apart":
            await seat.press("t", "tab", "tab", "tab", "2", "ctrl+s")
        assert first in seat.text
        assert f"> [ ] {item}" in seat.text
        assert last in seat.text
        assert seat.counts() == before
        await seat.press("space")
        assert len(seat.book.rows(ChurnCase, account_id="a0")) == 1


async def test_two_keys_from_the_account_to_the_first_tick(tmp_path: Path) -> None:
    """C1: from the account, from a proposal in 오늘; with the Hangul layout the same."""
    for number, keys in enumerate((("c", "space"), ("ㅊ", "space"), ("f4", "space"))):
        async with open_app(tmp_path / str(number), small_book(tmp_path / str(number), "가온상사")) as seat:
            await seat.press("2")
            await seat.press(*keys)
            assert len(seat.book.rows(ChurnCase)) == 1


# --- how it was heard -------------------------------------------------------------------------------------------------


async def test_one_form_holds_when_whom_how_speaking_and_who_could_ask(tmp_path: Path) -> None:
    """S0-21; before the first tick it is part of the draft, after it of the case."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Contact("c9", "a0", "표지환", "본부장", mobile="010-0000-0177", position=1))
    async with open_app(tmp_path, book) as seat:
        await open_draft(seat)
        before = seat.counts()
        await seat.press("t")
        await seat.type("9시 12분")
        await seat.press("tab")
        assert seat.line("→ 11.20 09:12")
        await seat.press("tab", "2", "tab", "2", "tab")
        await seat.type("표지")
        await seat.press("ctrl+s")
        assert seat.counts() == before
        assert "대신 · 표지환 본부장 · 010-0000-0177" in seat.line("만날 시간 여쭙기")
        assert seat.line("표지환 본부장께서 대신 여쭤 주실 수 있어요.")
        await seat.press("space")
        (case,) = seat.book.rows(ChurnCase)
        assert (case.heard_at, case.heard_from, case.heard_by, case.speaking, case.through) == (
            "2026-11-20T09:12", "c0", "visit", 0, "c9",
        )  # fmt: skip
        await seat.press("t", "tab", "tab", "tab", "1", "ctrl+s")
        (case,) = seat.book.rows(ChurnCase)
        assert (case.speaking, case.through, case.heard_at) == (1, "", "2026-11-20T09:12")


async def test_a_proposal_that_turns_out_to_be_a_notice_asks_for_no_figures(tmp_path: Path) -> None:
    async with open_app(tmp_path, stopped(small_book(tmp_path, "가온상사"), "a0")) as seat:
        await open_draft(seat)
        assert "집계부터 확인" in seat.text
        await seat.press("t", "tab", "tab", "1", "ctrl+s")
        assert "집계부터 확인" not in seat.text
        assert "숨 한 번 고르고" in seat.text


# --- the time to meet -------------------------------------------------------------------------------------------------


async def test_the_two_sentences_for_the_phone_stand_over_the_time_that_was_fixed(tmp_path: Path) -> None:
    """N5; S0-17: a date is enough, and the visit stays open (S0-12)."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        case = await begin(seat)
        await to_item(seat, "appointment")
        await seat.press("enter")
        assert seat.line("“차장님, 지금 찾아뵙고 말씀 듣고 싶습니다. 십 분이면 됩니다.”")
        assert seat.line("그럼 23일 월요일 아침 먼저 들르겠습니다.")
        assert seat.line("010-0000-0142")
        await seat.type("내일 3시")
        assert seat.line("→ 11월 21일 토 15:00")
        await seat.press("enter")
        assert "내일 15:00에 뵙기로 했어요." in seat.text
        assert "내일 15:00" in seat.line("] 찾아가기")
        assert done(seat, case) == {"report", "appointment"}
        assert [(one.kind, one.due_on, one.due_time) for one in seat.book.rows(Task)] == [
            ("meet", "2026-11-21", "15:00")
        ]
        await seat.press("u")
        assert (seat.book.rows(Task), seat.book.rows(Activity)) == ([], [])


async def test_in_the_evening_the_run_and_the_phone_speak_of_the_day_beside_the_visit(tmp_path: Path) -> None:
    """S0-11; the Thursday before Christmas, which is a holiday: nothing speaks of tomorrow."""
    clock = Clock(datetime(2026, 12, 24, 19, 0))
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        await begin(seat)
        assert "12월 28일 월요일까지" in seat.line("] 찾아가기")
        assert seat.line("오늘 할 일은 여기까지예요. 28일 월요일 아침 이 자리에서 이어져요.")
        await to_item(seat, "appointment")
        await seat.press("enter")
        assert seat.line("“차장님, 28일 월요일에 찾아뵙고 말씀 듣고 싶습니다. 십 분이면 됩니다.”")
        assert seat.line("그럼 28일 월요일 아침 먼저 들르겠습니다.")
        assert "주세요.”" in seat.text  # to its end, on a line of its own
        await seat.press("escape", "escape", "3")
        assert "오늘 할 일은 여기까지예요. 28일 월요일 아침" in seat.text  # in the pane as well


async def test_words_that_say_no_time_are_not_taken_for_one(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await to_item(seat, "appointment")
        await seat.press("enter")
        await seat.type("글쎄요")
        await seat.press("enter")
        assert seat.sheet == "FormSheet"
        assert "읽지 못했어요" in seat.text
        assert seat.book.rows(Task) == []


async def test_while_contact_is_paused_no_sentence_for_the_phone_is_offered(tmp_path: Path) -> None:
    """S2-23, S2-24."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Decision("d", "a0", kind="freeze", by="팀장님", day="2026-11-17"))
    async with open_app(tmp_path, book) as seat:
        await begin(seat)
        assert "연락은 쉬는 중이에요." in seat.text
        await to_item(seat, "appointment")
        await seat.press("enter")
        assert seat.sheet == "CaseSheet"
        assert "찾아뵙고" not in seat.text


async def test_temper_and_what_mends_it_stand_before_the_door(tmp_path: Path) -> None:
    """C13, S2-20, S2-21: on the first step, in sight without scrolling, until the visit is done."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.edit(Contact, "c0", temper="말씀이 적음", mends="사과부터")
    async with open_app(tmp_path, book) as seat:
        await begin(seat)
        assert seat.line("말씀이 적음 · 사과부터")
        await seat.press("l")
        await seat.type("물량 절반은 남길 수 있다")
        await seat.press("ctrl+s")
        assert not seat.line("사과부터")


async def test_the_questions_for_the_previous_rep_are_a_text_to_copy(tmp_path: Path) -> None:
    """S0-01."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.edit(Account, "a0", origin="inherited", inherited_on="2026-11-07", predecessor="이 과장")
    async with open_app(tmp_path, book) as seat:
        await begin(seat)
        await to_item(seat, "predecessor")
        await seat.press("enter")
        assert seat.line("이 과장님, 안녕하세요.")
        await seat.press("y")
        text = seat.app.clipboard
        assert text.startswith("이 과장님") and "가온상사" in text
        assert [line[:2] for line in text.split("\n")[1:4]] == ["1.", "2.", "3."]
        await seat.press("escape", "space")
        assert "[x] 전임자께 셋만 여쭙기" in seat.text


# --- the timeline -----------------------------------------------------------------------------------------------------


async def test_the_timeline_writes_itself_and_takes_notes(tmp_path: Path) -> None:
    """C11."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        case = await begin(seat)
        clock.now = datetime(2026, 11, 20, 9, 31)
        await seat.press("m", "h")
        assert "이탈 대응 · 이력" in seat.text
        assert "소식 들음" in seat.line("09:20  소식")
        assert "팀장님께 알리기" in seat.line("함 ")
        assert "문도균 차장 · 부재중" in seat.line("09:31  시도")
        await seat.press("a")
        await seat.type("경비실에 명함을 맡김")
        await seat.press("ctrl+s")
        assert seat.line("경비실에 명함을 맡김")
        await seat.press("e")
        await seat.type(" · 받으심")
        await seat.press("ctrl+s")
        texts = [one.text for one in seat.book.rows(CaseEvent, case_id=case) if one.kind == "note"]
        assert len(texts) == 1 and "받으심" in texts[0]
        await seat.press("h")
        assert "찾아가기 1/4" in seat.text
        await seat.press("h", "escape")
        assert seat.sheet == "CaseSheet" and "찾아가기 1/4" in seat.text


async def test_a_moment_on_the_timeline_is_corrected(tmp_path: Path) -> None:
    """C11: a tick made later than the deed."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("h", "e")
        await seat.type("9시 5분")
        await seat.press("ctrl+s", "h")
        assert "09:05" in seat.line("팀장님께 알리기")


async def test_a_draft_has_no_timeline(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await open_draft(seat)
        await seat.press("h")
        assert "아직 시작 전이에요." in seat.notice
        assert "이력" not in seat.lines[1]


async def test_undo_of_the_beginning_leaves_the_timeline_behind(tmp_path: Path) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await begin(seat)
        await seat.press("h", "u")
        assert "숨 한 번 고르고" in seat.text


# --- proposals --------------------------------------------------------------------------------------------------------


async def test_a_proposal_is_seen_in_today_and_on_the_page_and_one_key_sets_it_aside(tmp_path: Path) -> None:
    """S0-10, C1."""
    async with open_app(tmp_path, stopped(small_book(tmp_path, "가온상사"), "a0")) as seat:
        assert "거래 확인" in seat.line("가온상사") and "10월 거래 없음" in seat.line("가온상사")
        await seat.press("enter")
        assert seat.line("10월 거래가 없어요.")
        assert seat.line("c 살펴보기   x 이번엔 아니에요")
        await seat.press("y")
        assert "살펴보기" not in seat.app.clipboard
        await seat.press("x")
        assert [one.what for one in seat.book.rows(PutOff)] == ["propose:2026-10"]
        assert not seat.line("10월 거래가 없어요.")
        await seat.press("u")
        assert seat.line("10월 거래가 없어요.")
        await seat.press("escape", "x")
        assert not seat.line("거래 확인")
        await seat.press("x")
        assert seat.notice == "지금은 여쭤 둔 것이 없어요."


async def test_space_on_a_proposal_opens_the_run_that_checks_our_own_figures_first(tmp_path: Path) -> None:
    """S0-10: nothing is done by it, and Esc makes it unhappen."""
    async with open_app(tmp_path, stopped(small_book(tmp_path, "가온상사"), "a0")) as seat:
        before = seat.counts()
        await seat.press("space")
        assert "> [ ] 우리 쪽 집계부터 확인하기" in seat.text
        await seat.press("escape")
        assert seat.counts() == before


async def test_a_masked_page_hides_the_proposal(tmp_path: Path) -> None:
    """F8."""
    async with open_app(tmp_path, stopped(small_book(tmp_path, "가온상사"), "a0")) as seat:
        await seat.press("enter", "f8")
        assert not seat.line("10월 거래가 없어요.")
        assert not seat.line("살펴보기")


# --- time -------------------------------------------------------------------------------------------------------------


async def test_waking_in_another_time_zone_loses_no_line_and_turns_no_clock_back(tmp_path: Path) -> None:
    """Sleep, time zones, a clock set back by a day: every line stays in sight, in the order it was written."""
    clock = Clock()
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), clock=clock) as seat:
        case = await begin(seat)
        for hour, day in ((0, 20), (23, 19)):
            clock.now = datetime(2026, 11, day, hour, 40)
            await seat.press("escape", "2", "c", "m")
            assert "[x] 팀장님께 알리기" in seat.text
            assert "-" not in seat.lines[1].replace("─", "")
        events = sorted(seat.book.rows(CaseEvent, case_id=case), key=lambda one: one.id)
        assert [one.at for one in events] == sorted(one.at for one in events)
        await seat.press("h")
        for time in {one.at[11:16] for one in events}:
            assert seat.line(time)
        await seat.press("escape", "escape", "1")
        assert seat.line("가온상사")


async def test_the_sample_run_reads_in_english_too(tmp_path: Path) -> None:
    async with sample_app(tmp_path, lang="en", size=WIDE) as seat:
        await seat.press("3", "enter", "right", "1", "1")
        assert "Who said so" in seat.text
        await seat.press("escape", "h")
        assert "Churn response · Timeline" in seat.text
        assert "{" not in seat.text


async def test_while_contact_is_paused_the_cursor_stands_on_what_can_be_done(tmp_path: Path) -> None:
    """S2-24: nothing beside the lines that rest says to ring or to go."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        with seat.book.change("setup", NOW) as change:
            change.add(Decision("d", "a0", kind="freeze", by="팀장님", day="2026-11-17"))
        await open_draft(seat)
        await seat.press("space")
        assert "연락 멈춤이 풀리면" in seat.line("만날 시간 여쭙기") and "연락 멈춤이 풀리면" in seat.line("찾아가기  ")
        assert "전화로는 시간만" not in seat.text
        assert ">" in seat.line("남길 방법 하나라도 권하기")


async def test_back_from_the_timeline_the_next_line_has_its_help(tmp_path: Path) -> None:
    """S0-36: h and h again is the run as it was; undone to the draft, the first line is in front again."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await open_draft(seat)
        await seat.press("space")
        before = seat.lines
        await seat.press("h", "h")
        assert seat.lines == before
        assert "전화로는 시간만" in seat.text
        await seat.press("u")
        assert ">" in seat.line("팀장님께 알리기")


async def test_where_they_do_not_speak_with_us_the_one_who_asks_comes_next(tmp_path: Path) -> None:
    """S0-21: neither the screen nor the first report promises a visit; with attempts the number stays in sight."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        with seat.book.change("setup", NOW) as change:
            change.add(Contact("c8", "a0", "오세람", "과장", mobile="010-0000-0202"))
        await open_draft(seat)
        await seat.press("t")
        form = seat.app.screen
        form.fields["speaking"].choose("no")  # type: ignore[attr-defined]
        form.fields["through"].value = "오세람"  # type: ignore[attr-defined]
        await seat.press("ctrl+s", "space")
        assert "알리셨네요. 이제 대신 여쭤 줄 분께 부탁드려요." in seat.text
        await seat.press("m")
        assert "010-0000-0202" in seat.text
        await seat.press("r", "tab", "tab", "tab")
        assert "오세람 과장을 통해 찾아뵐 시간부터 여쭙겠습니다." in seat.text


async def test_beside_the_run_of_an_account_without_a_person_no_heading_stands_empty(tmp_path: Path) -> None:
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.remove(Contact, "c0")
    async with open_app(tmp_path, book, size=WIDE) as seat:
        await open_draft(seat)
        assert "보낼 글 ──" in seat.text
        assert "만날 분" not in seat.text


async def test_the_run_is_centred_and_not_stretched_over_140_columns(tmp_path: Path) -> None:
    """The screens' rule: a time stays within reach of its line."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), size=(200, 50)) as seat:
        await open_draft(seat)
        lines = [line for line in seat.lines if line.strip()]
        assert all(line.startswith(" " * 30) and cell_len(line.rstrip()) <= 170 for line in lines)
        assert seat.line("> [ ] 팀장님께 알리기").index(">") < 40
