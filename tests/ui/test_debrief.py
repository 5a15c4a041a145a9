"""복기, the last step of a run: drafted from what happened, kept through anything, and one field is enough."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from helpers import NARROW, NOW, TODAY, WIDE, Clock, Seat, open_app, small_book
from rich.cells import cell_len

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, CaseEvent, CaseItem, Cause, ChurnCase, Lesson
from fieldsales.storage.book import Book


def run_of(folder: Path) -> Book:
    """A case in its last step: told after 14 minutes, visited the next day, a cause said by the buyer."""
    book = small_book(folder, "새녘물산", "아라찬수산")
    with book.change("setup", NOW) as change:
        change.add(
            ChurnCase(
                "k", "a0", heard_at="2026-11-19T09:12", heard_from="c0", started_at="2026-11-19T09:20", playbook="churn"
            )
        )
        acts = (("report", 1), ("visit", 1), ("cause", 2), ("cover", 3), ("lesson", 4), ("line", 4), ("close", 4))
        for position, (act, step) in enumerate(acts):
            change.add(
                CaseItem(
                    natural_id("case_item", "k", act),
                    "k",
                    act,
                    step,
                    position,
                    f"줄 {act}",
                    "",
                    act,
                    "" if step == 4 else "2026-11-20T16:00",
                )
            )
        change.add(CaseEvent("e1", "k", "2026-11-19T09:26", "ticked", "팀장님께 알리기", "report"))
        change.add(CaseEvent("e2", "k", "2026-11-19T09:31", "attempt", "no_answer", "t"))
        change.add(CaseEvent("e3", "k", "2026-11-20T08:00", "visit", "조건을 맞추는 중", "v"))
        change.add(
            Activity(
                "t",
                "a0",
                "c0",
                "call",
                day="2026-11-19",
                time="09:31",
                outcome="attempt",
                attempt="no_answer",
                case_id="k",
            )
        )
        change.add(
            Activity("v", "a0", "c0", "visit", day="2026-11-20", time="08:00", heard="조건을 맞추는 중", case_id="k")
        )
        change.add(
            Cause(
                "u",
                "a0",
                "k",
                "c0",
                "management",
                "전에 쓰던 업체가 있었음",
                main=1,
                certainty="confirmed",
                day="2026-11-20",
            )
        )
    return book  # fmt: skip


async def to_run(seat: Seat) -> None:
    await seat.press("3", "enter")
    assert seat.sheet == "CaseSheet"


@pytest.mark.parametrize("opens", [("n",), ("f6",), ("a",), ("enter",)])
async def test_every_way_into_the_debrief_opens_the_drafted_form(tmp_path: Path, opens: tuple[str, ...]) -> None:
    """S0-31, L2, N14: facts with their times; what sounds like a fault is left to the user."""
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        assert "4/4" in seat.text
        await seat.press(*opens)
        assert seat.sheet == "DebriefSheet"
        values = seat.app.screen.values()  # type: ignore[attr-defined]
        assert values["went_well"] == (
            "연락받고 14분 뒤 알림 (11.19 09:26) · 이튿날 찾아뵘 (11.20 08:00) · 들은 말을 그대로 적어 둠"
        )
        assert values["unknown"] == "전에 쓰던 업체가 있었음 (문도균 차장, 11월 20일)"
        assert [values[name] for name in ("next_time", "missed", "mistake", "once_more", "feeling")] == [""] * 5
        assert (values["cause"], values["situation"]) == ("management", "churn")
        assert "이탈 대응 · 재발 방지 4/4" in seat.text
        assert "그때: 1번 찾아뵘, 마지막은 11.20 08:00" in seat.text


async def test_saving_the_debrief_fills_its_lines_and_the_lesson_belongs_to_the_case(tmp_path: Path) -> None:
    """S0-31, S0-32, C14: account, person, cause, situation; undo takes it back whole."""
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        await seat.press("n")
        await seat.type("대표가 바뀌면 그 주에 인사")
        await seat.press("ctrl+s")
        assert seat.sheet == "CaseSheet"
        (lesson,) = seat.book.rows(Lesson)
        assert (lesson.account_id, lesson.case_id, lesson.contact_id, lesson.cause) == ("a0", "k", "c0", "management")
        assert (lesson.next_time, lesson.tags) == ("대표가 바뀌면 그 주에 인사", "churn")
        assert "[x] 줄 lesson" in seat.text and "[ ] 줄 line" in seat.text
        assert "대표가 바뀌면 그 주에 인사" in seat.text
        await seat.press("u")
        assert seat.book.rows(Lesson) == []
        assert "[ ] 줄 lesson" in seat.text


async def test_the_seven_questions_stand_in_the_form_and_the_first_one_blames_nobody(tmp_path: Path) -> None:
    """S0-31, L1: seven questions, what went well, cause and situation; each answer is kept in its own field."""
    seven = ("next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "once_more")
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        await seat.press("n")
        fields = seat.app.screen.fields  # type: ignore[attr-defined]
        assert tuple(fields)[:7] == seven
        assert {"went_well", "cause", "situation", "line", "todo"} <= set(fields)
        assert seat.line("다시 한다면") and "몰랐던 것" in seat.text
        for name in (*seven, "went_well"):
            fields[name].text_value = f"적은 {name}"
        await seat.press("ctrl+s")
        (lesson,) = seat.book.rows(Lesson)
        for name in (*seven, "went_well"):
            assert getattr(lesson, name) == f"적은 {name}"


async def test_a_second_look_changes_the_lesson_and_drafts_nothing_again(tmp_path: Path) -> None:
    """S0-31."""
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        await seat.press("n")
        await seat.type("가")
        form = seat.app.screen
        form.fields["went_well"].text_value = ""  # type: ignore[attr-defined]
        await seat.press("ctrl+s", "n")
        assert seat.app.screen.values()["went_well"] == ""  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        assert len(seat.book.rows(Lesson)) == 1


async def test_f5_shows_what_happened_and_leaves_what_is_being_written(tmp_path: Path) -> None:
    """L2, N14."""
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        await seat.press("n")
        await seat.type("바로 간다")
        await seat.press("f5")
        assert seat.sheet == "ReadSheet"
        assert "09:26" in seat.text and "팀장님께 알리기" in seat.text
        assert "부재중" in seat.text and "no_answer" not in seat.text
        await seat.press("escape")
        assert seat.app.screen.values()["next_time"] == "바로 간다"  # type: ignore[attr-defined]


async def test_a_debrief_is_there_again_after_the_laptop_died_in_the_middle(tmp_path: Path) -> None:
    """S0-36: the text is on disk with every key."""
    book = run_of(tmp_path)
    async with open_app(tmp_path, book) as seat:
        await to_run(seat)
        await seat.press("n")
        await seat.type("바뀐 주에 간다")
    again = Book.open(tmp_path / "book.db", tmp_path / "data", today=TODAY)
    async with open_app(tmp_path, again) as seat:
        await to_run(seat)
        await seat.press("n")
        assert seat.app.screen.values()["next_time"] == "바뀐 주에 간다"  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        assert [one.next_time for one in seat.book.rows(Lesson)] == ["바뀐 주에 간다"]


async def test_esc_folds_the_form_and_writes_no_lesson(tmp_path: Path) -> None:
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        before = seat.counts()
        await seat.press("n")
        await seat.type("바뀐 주에 간다")
        await seat.press("escape")
        assert seat.counts() == before
        assert "[ ] 줄 lesson" in seat.text


async def test_the_line_is_chosen_with_what_was_written_and_stands_in_sight(tmp_path: Path) -> None:
    """S0-34: on the first screen from then on."""
    async with open_app(tmp_path, run_of(tmp_path)) as seat:
        await to_run(seat)
        await seat.press("n")
        await seat.type("두 주 안에 인사")
        await seat.press("ctrl+s")
        assert getattr(seat.app.screen.run.current, "key", "") == "line"  # type: ignore[attr-defined]
        await seat.press("enter")
        assert seat.sheet == "Prompt" and "두 주 안에 인사" in seat.text
        await seat.press("enter")
        (lesson,) = seat.book.rows(Lesson)
        assert (lesson.line, lesson.pinned) == ("두 주 안에 인사", 1)
        assert "[x] 줄 line" in seat.text
        await seat.press("escape", "1")
        assert "오답노트  두 주 안에 인사" in seat.text


async def test_lessons_of_like_cases_stand_in_the_last_step_and_are_marked_with_space(tmp_path: Path) -> None:
    """L3, S0-34: the same cause; faults are told here."""
    book = run_of(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Lesson("like", "a1", day="2026-03-10", mistake="대표 인사를 미룸", cause="management"))
        change.add(Lesson("no", "a1", day="2026-03-10", line="값부터", cause="fees"))
    async with open_app(tmp_path, book) as seat:
        await to_run(seat)
        assert "비슷한 때 배운 것" in seat.text and "대표 인사를 미룸" in seat.text and "값부터" not in seat.text
        run = seat.app.screen.run  # type: ignore[attr-defined]
        run.move_cursor(next(at for at, row in enumerate(run.items) if getattr(row, "kind", "") == "like"))
        await seat.press("space")
        assert {one.id: one.helped for one in seat.book.rows(Lesson)} == {"like": 1, "no": 0}
        await seat.press("enter")
        assert seat.sheet == "FormSheet" and "대표 인사를 미룸" in seat.text


async def test_a_like_lesson_is_told_of_below_that_of_the_case(tmp_path: Path) -> None:
    """S0-33."""
    book = run_of(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Lesson("like", "a1", day="2026-03-10", mistake="대표 인사를 미룸", cause="management"))
        change.add(Lesson("own", "a0", case_id="k", day="2026-11-20", line="그 주에 인사", cause="management"))
    async with open_app(tmp_path, book) as seat:
        await to_run(seat)
        assert "비슷한 일이 있었어요 (3월 아라찬수산)." in seat.text


async def test_masked_the_form_asks_for_no_feeling_and_keeps_the_one_that_is_there(tmp_path: Path) -> None:
    """S0-35, I13."""
    book = run_of(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Lesson("own", "a0", day="2026-11-20", line="그 주에 인사", feeling="속상했다"))
    async with open_app(tmp_path, book) as seat:
        await seat.press("4", "f8", "n")
        assert "feeling" not in seat.app.screen.values()  # type: ignore[attr-defined]
        await seat.press("escape", "f8", "enter")
        form = seat.app.screen
        assert form.values()["feeling"] == "속상했다"  # type: ignore[attr-defined]
        await seat.press("escape")
        from fieldsales.ui.actions import lessons

        seat.app.masked = True
        lesson = seat.book.get(Lesson, "own")
        assert lesson is not None
        lessons.edit(seat.app, lesson)
        await seat.settle()
        seat.app.screen.masked = False  # type: ignore[attr-defined]
        await seat.press("ctrl+s")
        kept = seat.book.get(Lesson, "own")
        assert kept is not None and kept.feeling == "속상했다"


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("size", [NARROW, WIDE, (40, 12)])
async def test_the_form_and_the_timeline_fit_their_width(tmp_path: Path, lang: str, size: tuple[int, int]) -> None:
    """N14."""
    async with open_app(tmp_path, run_of(tmp_path), lang=lang, size=size) as seat:
        await to_run(seat)
        for key in ("n", "f5"):
            await seat.press(key)
            assert all(cell_len(line) <= size[0] for line in seat.lines)
        if size == NARROW and lang == "ko":
            await seat.press("escape")
            labels = ("다시 한다면", "몰랐던 것", "못 챙긴 것", "내 실수", "했으면 좋았을 말", "안 했으면 좋았을 말")
            for label in (*labels, "한 번 더 갔어야 했나", "잘한 것", "눈앞에 둘 한 줄", "해 둘 일", "마음 한 줄"):
                assert label in seat.text


async def test_the_private_line_is_in_no_line_of_the_run(tmp_path: Path) -> None:
    """S0-35."""
    book = run_of(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(Lesson("own", "a0", "c0", "k", "2026-11-20", feeling="속상했다", tags="churn", helped=3))
    async with open_app(tmp_path, book, size=WIDE, clock=Clock(NOW + timedelta(hours=2))) as seat:
        await to_run(seat)
        for _ in range(4):
            assert "속상했다" not in seat.text
            await seat.press("right")


async def test_nothing_that_is_copied_holds_the_private_line(tmp_path: Path) -> None:
    """S0-35: `y` and `f`, wherever they work."""
    from fieldsales.ui.actions.view import text_in_view

    book = run_of(tmp_path)
    with book.change("setup", NOW) as change:
        change.add(
            Lesson(
                "own", "a0", "c0", "k", "2026-11-20", line="그 주에 인사", feeling="속상했다", tags="churn", pinned=1
            )
        )
    ways = (("1",), ("2",), ("3",), ("4",), ("2", "enter"), ("3", "enter"), ("3", "enter", "r"), ("2", "w"))
    texts = []
    async with open_app(tmp_path, book) as seat:
        for keys in ways:
            seat.app.back_to_main()
            await seat.settle()
            await seat.press(*keys)
            texts.append(text_in_view(seat.app))
            assert "속상했다" not in seat.text
    assert sum(bool(text) for text in texts) >= 4
    assert "그 주에 인사" in "".join(texts)
    assert "속상했다" not in "".join(texts)


async def test_from_the_third_case_of_a_year_on_their_causes_stand_together(tmp_path: Path) -> None:
    """S0-08: whether they are alike is looked at here, not on the first morning."""
    book = run_of(tmp_path)

    def another(id: str, day: str, kind: str) -> None:
        with book.change("setup", NOW) as change:
            change.add(ChurnCase(id, "a1", state="closed", started_at=f"{day}T09:00"))
            change.add(Cause(f"u-{id}", "a1", id, kind=kind, main=1))

    another("old", "2025-10-01", "fees")
    another("k1", "2026-05-01", "management")
    async with open_app(tmp_path, book) as seat:
        await to_run(seat)
        assert "열두 달 동안" not in seat.text
        another("k2", "2026-02-01", "volume")
        seat.app.refresh_main()
        await seat.settle()
        assert "열두 달 동안 3건, 사유는 경영진 교체 2 · 물량 1" in seat.text
