"""윗분 모시기 on the screen: one page that asks for nothing, and what is written down from it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from helpers import NOW, TODAY, WIDE, Seat, open_app, sample_app, small_book

from fieldsales.domain.boss import answers_of, joint_planned, mandates, pause_of, requests
from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    ChurnCase,
    Decision,
    Fact,
    Lesson,
    Offer,
    Sheet,
    Signal,
    Task,
)
from fieldsales.locale import Texts
from fieldsales.ui.actions.reports import file_of, make
from fieldsales.workflows.reports import report_text

ASKED = Signal("s", "a0", "c0", kind="boss_asked", text="위에 분 좀 뵙시다", day="2026-11-18")


async def to_page(seat: Seat, name: str = "") -> None:
    """From the account list: the page before bringing my manager."""
    await seat.press("2")
    if name:
        await seat.choose(name)
    await seat.press("enter", "b")
    assert seat.sheet == "BossSheet"


async def note(seat: Seat, digit: str) -> None:
    """Choose what to write down from the page."""
    await seat.press("a")
    await seat.type(digit)
    assert seat.sheet == "FormSheet"


async def test_the_page_shows_the_checks_with_evidence_and_enter_passes_it(tmp_path: Path) -> None:
    """C12, S2-06, S2-08, S2-09, S2-12, V9: two keys from the page to a planned visit; nothing is typed, and nothing
    goes into a lesson."""
    async with sample_app(tmp_path) as seat:
        lessons = seat.book.rows(Lesson)
        await to_page(seat, "가람빛엔지니어링")
        assert "된 곳에서 윗분을 찾으셨네요" in seat.text and "위에 분 좀 뵙시다" in seat.text
        assert "석 달에" in seat.line("내 관심이 뜸해졌나")
        assert "제자리" in seat.line("챙김이 모자랐나") and "명함" in seat.line("다른 곳이 더 애쓰나")
        assert "아직 없어요" in seat.line("권해 본 것") and "듣고" in seat.line("모신다면")
        assert len(seat.text.rstrip().split("\n")) <= 24
        before = seat.pressed
        await seat.press("enter")
        assert seat.sheet == "FormSheet"
        await seat.press("enter")
        assert seat.pressed - before == 2
        assert seat.sheet == "BossSheet" and seat.line("동반 방문   ")
        assert seat.book.rows(Lesson) == lessons


async def test_a_new_joint_visit_brings_its_sheet_and_the_people_to_ask(tmp_path: Path) -> None:
    """V9, S2-15, S2-16: one key takes all of it back."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        before = seat.snapshot()
        await to_page(seat)
        await seat.press("enter")
        await seat.type("다음 주 화 2시")
        await seat.press("tab", "tab", "1", "ctrl+s")
        task = joint_planned(seat.book.history("a0"))
        assert task is not None and (task.due_on, task.due_time, task.contact_id) == ("2026-11-24", "14:00", "c0")
        assert task.title == "팀장님과 동반 방문"
        (sheet,) = seat.book.rows(Sheet)
        assert (sheet.playbook, sheet.task_id) == ("joint", task.id) and sheet.title.endswith("불만 듣기")
        assert "미리 여쭐 분: 문도균 차장" in seat.text and "11월 24일 화 14:00" in seat.text
        await seat.press("enter")
        assert "11월 24일 화 14:00" in seat.line("언제")
        await seat.press("ctrl+s")
        again = joint_planned(seat.book.history("a0"))
        assert again is not None and (again.due_on, again.due_time) == ("2026-11-24", "14:00")
        await seat.press("u")
        assert seat.snapshot() == before
        await seat.press("u")
        assert seat.sheet == "MainScreen"  # that was the account itself


async def test_joint_visits_and_requests_for_my_manager_are_two_counts_on_the_page(tmp_path: Path) -> None:
    """S3-15, S2-04: an ordinary visit is in neither."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(ASKED)
        for number, joint in enumerate((1, 1, 0)):
            change.add(Activity(f"v{number}", "a0", "c0", "visit", day=f"2026-0{number + 3}-10", joint=joint))
    async with open_app(tmp_path, book) as seat:
        await to_page(seat)
        assert seat.line("동반 방문 2번 · 윗분 요청 1번")


async def test_space_answers_a_check_and_again_takes_it_back(tmp_path: Path) -> None:
    """S2-09."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await to_page(seat)
        await seat.press("down", "space")
        assert "그런 편" in seat.line("챙김이 모자랐나")
        await seat.press("space")
        assert "아닌 편" in seat.line("챙김이 모자랐나")
        assert answers_of(seat.book.history("a0"), TODAY) == {"care": "no"}
        await seat.press("space")
        assert answers_of(seat.book.history("a0"), TODAY) == {}


async def test_reporting_is_never_gated(tmp_path: Path) -> None:
    """C12, S2-10: r works from the page as from anywhere."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c", "space")
        await seat.press("b")
        assert seat.sheet == "BossSheet"
        await seat.press("r")
        assert seat.sheet == "ReportSheet"


async def test_offers_made_stand_on_the_page_with_their_answers(tmp_path: Path) -> None:
    """S2-06."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Offer("o", "a0", day="2026-11-10", text="물량 절반", answer="refused"))
        change.add(Offer("p", "a0", day="2026-11-12", text="파주 지점 먼저"))
    async with open_app(tmp_path, book) as seat:
        await to_page(seat)
        assert "답 기다리는 중" in seat.line("파주 지점 먼저") and "거절" in seat.line("물량 절반")


async def test_a_request_is_written_down_from_the_page(tmp_path: Path) -> None:
    """S2-04, S2-11: who asked and in which words; the year's list is private, and reports do not hold it."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "c", "space", "b")
        await note(seat, "1")
        await seat.type("위에 분 좀 뵙시다")
        await seat.press("enter")
        (asked,) = requests(seat.book.history("a0"))
        assert (asked.text, asked.contact_id, asked.day) == ("위에 분 좀 뵙시다", "c0", "2026-11-20")
        assert [one.kind for one in seat.book.rows(CaseEvent) if one.ref == asked.id] == ["boss"]
        assert "위에 분 좀 뵙시다" in seat.text
        await seat.press("escape")
        for kind in ("first", "update", "recovery", "questions", "full"):
            (case,) = seat.book.rows(ChurnCase)
            history = seat.book.history("a0")
            text = report_text(make(seat.app, file_of(seat.app, history, case), kind), seat.app.t)
            assert "위에 분" not in text and "윗분" not in text
        seat.app.run_command("boss_year", "case")
        await seat.settle()
        assert "윗분 요청 1번 · 동반 방문 0번" in seat.text and seat.line("가온상사")
        await seat.press("f8")
        assert "가온상사" not in seat.text and "위에 분" not in seat.text


async def test_a_visit_without_me_is_written_down_and_told_later(tmp_path: Path) -> None:
    """S2-22, V11: it stands in 오늘 until it is told; the page opens it."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await to_page(seat)
        await note(seat, "2")
        await seat.press("ctrl+s")
        (visit,) = seat.book.rows(Activity)
        assert (visit.by, visit.kind, visit.contact_id) == ("팀장님", "visit", "c0")
        assert seat.line("팀장님 혼자 다녀오신 일")
        await seat.press("home", "enter")
        await seat.type("말 바꾸는 회사와는 못 한다")
        await seat.press("tab", "3", "tab")
        await seat.type("사과부터")
        await seat.press("ctrl+s")
        assert [one.state for one in seat.book.rows(Task)] == ["done"]
        assert [(one.kind, one.state) for one in seat.book.rows(Signal)] == [("complaint", "open")]
        assert not seat.line("팀장님 혼자 다녀오신 일")


async def test_what_a_joint_visit_left_stands_on_the_account_page(tmp_path: Path) -> None:
    """S2-12, S2-14, S2-18."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await to_page(seat)
        await note(seat, "3")
        await seat.type("다음 주 금까지 설계 담당자 정하기")
        await seat.press("tab")
        await seat.type("비용은 내 판단대로")
        await seat.press("tab", "1", "tab")
        await seat.type("옆 업체가 값을 내림")
        await seat.press("tab", "2", "ctrl+s")
        (task,) = seat.book.rows(Task)
        assert task.title == "설계 담당자 정하기 (팀장님 말씀)" and task.due_on == "2026-11-27"
        (mandate,) = mandates(seat.book.history("a0"))
        assert mandate.source == "팀장님 · 문도균 차장 앞에서"
        assert [one.text for one in seat.book.rows(Fact) if one.kind == "market"] == ["값 · 옆 업체가 값을 내림"]
        await seat.press("escape")
        assert "비용은 내 판단대로" in seat.line("맡은 것")
        await seat.press("f8")
        assert "비용은 내 판단대로" not in seat.text


async def test_contact_is_paused_from_the_page_and_lifted_again(tmp_path: Path) -> None:
    """S2-23, V10: by whom, since when, until what; the days go on counting."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await to_page(seat)
        await note(seat, "4")
        await seat.press("tab", "tab", "tab")
        await seat.type("대책이 정해지면")
        await seat.press("ctrl+s")
        pause = pause_of(seat.book.history("a0"), TODAY)
        assert pause is not None and (pause.by, pause.day, pause.text) == ("팀장님", "2026-11-20", "대책이 정해지면")
        assert "연락을 멈춘 곳이에요" in seat.text and "대책이 정해지면" in seat.line("연락 멈춤 고치기")
        await seat.press("home", "down", "down", "enter")
        assert pause_of(seat.book.history("a0"), TODAY) is None
        assert "연락을 멈춘 곳이에요" not in seat.text


async def test_three_days_of_a_pause_offer_the_request_and_copying_it_is_the_plan(tmp_path: Path) -> None:
    """S2-24: a line of 오늘, opened with Space; the text asks and never says to act against the order."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Decision("f", "a0", kind="freeze", by="팀장님", day="2026-11-17"))
    async with open_app(tmp_path, book) as seat:
        assert "건의드려 보기" in seat.line("가온상사") and "연락 멈춤" in seat.line("가온상사")
        await seat.press("space")
        assert seat.sheet == "ReportSheet" and "드려도 될까요" in seat.text
        await seat.press("y", "escape")
        assert not seat.line("건의드려 보기")
        assert seat.book.rows(Activity) == []
        await seat.press("u")
        assert seat.line("건의드려 보기")


async def test_an_account_is_handed_over_and_taken_back_from_the_page(tmp_path: Path) -> None:
    """A17, S2-05, S2-07: who asked before meeting me puts the handover first; back it comes with one key."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(ASKED)
    async with open_app(tmp_path, book) as seat:
        await to_page(seat)
        assert "뵙기도 전에" in seat.text
        await seat.press("home", "enter", "enter")
        account = seat.book.get(Account, "a0")
        assert account is not None and (account.owner, account.state) == ("manager", "handed")
        assert "윗분이 챙기시는 곳" in seat.text
        await seat.press("home", "enter")
        back = seat.book.get(Account, "a0")
        assert back is not None and (back.owner, back.state) == ("me", "active")


async def test_the_log_form_keeps_a_joint_visit_and_an_answer_without_progress(tmp_path: Path) -> None:
    """S3-15, A6."""
    book = small_book(tmp_path, "가온상사")
    with book.change("setup", NOW) as change:
        change.add(Signal("k", "a0", "c0", kind="complaint", text="납기", day="2026-11-01"))
    async with open_app(tmp_path, book) as seat:
        await seat.press("2", "l")
        fields = seat.app.screen.fields  # type: ignore[attr-defined]
        fields["kind"].choose("visit")
        for name in ("done_try:k", "chip_joint"):
            fields[name].focus()
            await seat.settle()
            await seat.press("space")
        await seat.press("ctrl+s")
        (visit,) = seat.book.rows(Activity)
        assert (visit.kind, visit.joint) == ("visit", 1)
        assert [(one.tries, one.state) for one in seat.book.rows(Signal)] == [(1, "open")]


async def test_f8_hides_the_page_and_hangul_keys_work_on_it(tmp_path: Path) -> None:
    """I10, I13: ㅠ is b, ㅁ is a."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        await seat.press("2", "enter", "ㅠ")
        assert seat.sheet == "BossSheet"
        await seat.press("f8")
        assert "스스로 살피기" not in seat.text and "가온상사" not in seat.text
        await seat.press("f8", "ㅁ")
        assert "윗분 요청 적기" in seat.text


@pytest.mark.parametrize("lang", ["ko", "en"])
async def test_the_page_is_whole_on_wide_screens_and_in_both_languages(tmp_path: Path, lang: str) -> None:
    async with open_app(tmp_path, small_book(tmp_path, "가온상사"), lang=lang, size=WIDE) as seat:
        await seat.press("2", "enter", "b")
        assert seat.sheet == "BossSheet"
        assert not re.search(r"\b[a-z]+\.[a-z_]+\b", seat.text)


def test_nothing_here_blames_or_tells_to_break_an_order() -> None:
    """S2-24, tone: no blame, no cheer; no Latin words in Korean texts."""
    path = Path(__file__).parents[2] / "fieldsales" / "locale" / "ko" / "boss.po"
    texts = re.findall(r'^msgstr "(.*)"$', path.read_text("utf-8"), re.M)[1:]
    assert len(texts) > 100
    t = Texts("ko")
    for text in texts:
        bare = re.sub(r"\{[^}]*\}", "", text)
        assert not re.search(r"힘내|고객님|!|실패|경고|위반|몰래|그래도 전화|먼저 연락해", bare), text
        assert not re.search(r"[A-Za-z]{2,}", bare), text
    assert t("boss.say_plain").startswith("보고는 바로")


async def test_a_note_may_be_what_is_said_of_somebody_or_news_of_the_market(tmp_path: Path) -> None:
    """S2-14, S2-27: one field at the end of the form of a note; any other note is just one."""
    async with open_app(tmp_path, small_book(tmp_path, "가온상사")) as seat:
        for digit, text in (("2", "까다롭기로 이름남"), ("", "골프를 좋아하심")):
            await seat.press("2", "enter", "a")
            await seat.type("메모")
            await seat.press("enter")
            await seat.type(text)
            await seat.press("tab", "tab", "tab", "tab", *digit)
            await seat.press("ctrl+s", "escape")
        assert {one.text: one.kind for one in seat.book.rows(Fact)} == {
            "까다롭기로 이름남": "reputation",
            "골프를 좋아하심": "work",
        }
