"""Every report is a whole text, whatever is missing, whatever names are in it."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TypeVar

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from report_cases import (
    BEFORE,
    CASE,
    EVENTS,
    FILE,
    HISTORY,
    ITEMS,
    LOGS,
    NEGLECT,
    NEW_HEAD,
    NEXT,
    NOW,
    OFFERS,
    PEOPLE,
    SIGNED,
    TAKEN,
    all_texts,
    made,
    text,
)

from fieldsales.domain.churn import farewell_text
from fieldsales.domain.model import CaseFile, Decision, History
from fieldsales.domain.reports import KINDS
from fieldsales.locale import Texts
from fieldsales.workflows.reports import open_slots, report_lines

IDEA = replace(SIGNED, id="w9", state="idea", amount=None, month="", name="파주 지점")


T = TypeVar("T")


def some(rows: tuple[T, ...]) -> st.SearchStrategy[tuple[T, ...]]:
    return st.lists(st.sampled_from(rows), unique_by=id, max_size=len(rows)).map(tuple)


@st.composite
def cases(draw: st.DrawFn) -> CaseFile:
    """The case with any of its rows and fields missing."""
    case = replace(
        CASE,
        trigger=draw(st.sampled_from(["notice", "no_trade", "volume", ""])),
        heard_at=draw(st.sampled_from(["2026-11-19T09:12", "2026-11-19", "", "2026-11-20T16:30"])),
        heard_from=draw(st.sampled_from(["c1", "김 부장", "", "gone"])),
        heard_by=draw(st.sampled_from(["call", "visit", "message", "figures", ""])),
        visit_at=draw(st.sampled_from(["", "2026-11-21T10:00", "2026-11-23", "2026-11-20T15:00"])),
        lost_amount=draw(st.sampled_from([None, 0, 1, 12_345, 4500_0000, 123_456_789])),
        outcome=draw(st.sampled_from(["", "none", "half"])),
        state=draw(st.sampled_from(["open", "closed"])),
    )
    account = replace(
        HISTORY.account,
        since=draw(st.sampled_from(["", "2022-10-10", "2026-11-19", "3000-01-01", "?"])),
        inherited_on=draw(st.sampled_from(["", "2026-11-06", "2025-07-05"])),
        state=draw(st.sampled_from(["active", "lost", "handed"])),
    )
    history = History(
        account,
        draw(some(PEOPLE)),
        activities=BEFORE if draw(st.booleans()) else (),
        tasks=(NEXT,) if draw(st.booleans()) else (),
        decisions=(Decision("d", "a", kind="freeze", day="2026-11-19"),) if draw(st.booleans()) else (),
        amounts=HISTORY.amounts if draw(st.booleans()) else {},
        last_month="2026-10",
    )
    causes = draw(
        some(
            (
                replace(
                    NEW_HEAD, kind=draw(st.sampled_from(["fees", "volume", "competitor", "management", "other", ""]))
                ),
                NEGLECT,
                replace(NEW_HEAD, id="s9", text="", certainty="", contact_id="", main=0, day=""),
            )
        )
    )
    return CaseFile(
        history,
        case,
        draw(some(ITEMS)),
        tuple(sorted(draw(some(EVENTS)), key=lambda one: one.at)),
        causes,
        draw(some((*OFFERS, replace(TAKEN, id="o8"), replace(TAKEN, id="o9", amount=None, text="")))),
        draw(some((SIGNED, replace(SIGNED, id="w2", month="", name=""), replace(SIGNED, id="w3", amount=None), IDEA))),
        draw(
            some(
                (*LOGS, replace(LOGS[0], id="v8", attempt=""), replace(LOGS[3], id="v9", with_names="", contact_id=""))
            )
        ),
    )


def wrong_in(said: str) -> str:
    """What no finished text holds: a gap, a piece of the works, a doubled blank or stop."""
    for number, line in enumerate(said.split("\n")):
        rest = re.sub(r"^\[새녘물산\] ", "", line) if not number else line
        for sign in ("[", "]", "{", "}", "@", "None", "  ", "..", " .", ",,", ", .", "report."):
            if sign in rest:
                return f"{sign!r} in {line!r}"
        head = not number and re.search(r"\d+/\d+ 오[전후]$|\d+/\d+, (morning|afternoon)$", line)
        if not rest.strip() or not (head or re.search(r"[.?)\"요]$", rest)):
            return f"the end of {line!r}"
    return ""


@pytest.mark.parametrize("lang", ["ko", "en"])
@settings(max_examples=120, deadline=None)
@given(file=cases())
def test_a_report_is_a_whole_text_under_any_missing_data(lang: str, file: CaseFile) -> None:
    """S0-23: it can always be copied; a gap left open has a wording of its own."""
    t = Texts(lang, today=NOW.date())
    for kind, said in all_texts(file, t=t).items():
        assert not wrong_in(said), (kind, said, wrong_in(said))
        assert len(said) < 1500, kind


def test_a_text_that_were_not_whole_would_be_noticed() -> None:
    for bad in ("오늘 [방문 시각]에 갑니다.", "None입니다.", "두  칸입니다.", "끝이 없", "", "{name}입니다."):
        assert wrong_in(bad)


@settings(max_examples=60, deadline=None)
@given(file=cases())
def test_every_gap_stands_in_sight_until_it_is_filled(file: CaseFile) -> None:
    """S0-23: in brackets on the screen, and gone once it is filled."""
    t = Texts("ko", today=NOW.date())
    for kind in KINDS:
        report = made(kind, file)
        shown = "\n".join(report_lines(report, t))
        for slot in report.slots:
            assert t.say(slot.label) in shown
        filled = {slot.name: "채운 말" for slot in report.slots}
        assert open_slots(report, filled) == []
        if filled:
            assert "\n".join(report_lines(report, t, filled)).count("채운 말") == len(filled)


# --- particles ------------------------------------------------------------------------------------------------------

ENDINGS = [
    ("한빛상사", "를", "와", "가"),
    ("새녘물산", "을", "과", "이"),
    ("다솜로펌", "을", "과", "이"),
    ("서울", "을", "과", "이"),
    ("N&B푸드랩", "을", "과", "이"),
    ("SK", "를", "와", "가"),
    ("LG CNS", "를", "와", "가"),
    ("ABL", "을", "과", "이"),
    ("Café", "를", "와", "가"),
    ("세븐11", "을", "과", "이"),
    ("스토어24", "를", "와", "가"),
    ("3M", "을", "과", "이"),
    ("가온(주)", "를", "와", "가"),
    ("나린(본점)", "을", "과", "이"),
    ('"라온"', "을", "과", "이"),
    ("김 실장 (수원)", "을", "과", "이"),
]


@pytest.mark.parametrize(("name", "object_", "with_", "subject"), ENDINGS)
def test_particles_fit_every_kind_of_ending(name: str, object_: str, with_: str, subject: str) -> None:
    """받침, ㄹ, vowel, Latin, digits, brackets: in whatever place of a text a name stands."""
    visit = replace(LOGS[3], contact_id="", with_names=name, heard="")
    called = replace(FILE, visits=(visit,), events=())
    assert f"15:00 {name}{object_} 뵙고 왔습니다." in text("update", called)
    assert f"15:00 {name}{with_} 통화했습니다." in text(
        "update", replace(called, visits=(replace(visit, kind="call"),))
    )
    other = replace(visit, by=name, with_names="문도균")
    assert f"{name}{subject} 문도균 차장을 만났습니다." in text("update", replace(called, visits=(other,)))
    ideas = (replace(IDEA, name=name),)
    assert f"{name}{object_} 알아보고 있으며" in text("recovery", replace(FILE, covers=ideas))


SYLLABLES = st.text(st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6)


@given(SYLLABLES)
def test_particles_follow_the_last_syllable_of_any_hangul_name(name: str) -> None:
    final = (ord(name[-1]) - 0xAC00) % 28
    ideas = (replace(IDEA, name=name),)
    assert f"{name}{'을' if final else '를'} 알아보고" in text("recovery", replace(FILE, covers=ideas))


@pytest.mark.parametrize(
    ("amount", "told"),
    [
        (2250_0000, "2,250만 원은"),
        (1_2345_0000, "1억 2,345만 원은"),
        (12_345, "1만 2,345원은"),
        (3000, "3,000원은"),
        (1_0000_0000, "1억 원은"),
    ],
)
def test_amounts_bring_their_unit_and_their_particle(amount: int, told: str) -> None:
    taken = replace(TAKEN, amount=amount, from_month="")
    file = replace(FILE, offers=(taken,), case=replace(CASE, lost_amount=9_9999_0000))
    assert f"월 {told} 되살렸습니다." in text("recovery", file)


def test_names_are_data_in_every_text() -> None:
    """A name is never read as a placeholder, nor as the id of a text."""
    odd = "{name} @report.head [b]"
    history = replace(HISTORY, account=replace(HISTORY.account, name=odd))
    file = replace(FILE, history=history, covers=(replace(SIGNED, name=odd),), causes=(NEW_HEAD,))
    for kind, said in all_texts(file).items():
        if kind not in {"questions", "request"}:
            assert odd in said, kind


# --- the farewells --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("how", "said"),
    [
        (
            "quiet",
            "차장님, 그동안 맡겨 주셔서 고맙습니다. 모자랐던 점은 새겨 두겠습니다. "
            "필요한 일이 생기시면 편하게 연락 주십시오.",
        ),
        (
            "hurt",
            "차장님, 실망을 드려 죄송합니다. 하신 말씀은 그대로 적어 두고 고치겠습니다. "
            "그동안 맡겨 주신 것 잊지 않겠습니다.",
        ),
    ],
)
def test_two_farewells(how: str, said: str) -> None:
    """S3-20, S3-22: without a word, or hurt."""
    t = Texts("ko", today=NOW.date())
    assert t.say(farewell_text(HISTORY, "c1", how, NOW.date())) == said


def test_an_english_farewell_calls_a_person_by_name_and_not_by_title() -> None:
    """S3-22."""
    english = replace(HISTORY, contacts=(replace(PEOPLE[0], name="Ms Moon", title="deputy head"),))
    t = Texts("en", today=NOW.date())
    assert t.say(farewell_text(english, "c1", "quiet", NOW.date())).startswith("Dear Ms Moon, thank you")


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("how", ["quiet", "hurt", "", "?"])
def test_a_farewell_is_whole_under_any_missing_data(lang: str, how: str) -> None:
    """S3-22."""
    t = Texts(lang, today=NOW.date())
    bare = replace(HISTORY, contacts=())
    unnamed = replace(HISTORY, contacts=(replace(PEOPLE[0], title="", name=""),))
    titled = replace(HISTORY, contacts=(replace(PEOPLE[0], title="대표님"),))
    for history in (HISTORY, bare, unnamed, titled):
        said = t.say(farewell_text(history, "c1", how, NOW.date()))
        assert (
            said.endswith(".") and "{" not in said and "님님" not in said and not said.startswith((",", "님", "Dear ,"))
        )
