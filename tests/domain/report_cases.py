"""The case of 새녘물산, as far as the tests of its reports want it: built up field by field."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from fieldsales.domain.model import (
    Account,
    Activity,
    CaseEvent,
    CaseFile,
    CaseItem,
    Cause,
    ChurnCase,
    Contact,
    Cover,
    History,
    Message,
    Offer,
    Rules,
    Task,
)
from fieldsales.domain.reports import KINDS, Report, make_report
from fieldsales.locale import Texts
from fieldsales.workflows.reports import report_text

HEARD = "2026-11-19T09:12"
NOW = datetime(2026, 11, 20, 16, 30)
LATER = datetime(2026, 11, 30, 9, 0)
CALLED = (12, 1, 2, 3, 4, 5, 6, 8, 9, 10)  # not in November, not in July

PEOPLE = (
    Contact("c1", "a", "문도균", "차장", since="2025-07-05"),
    Contact("c2", "a", "표지환", "본부장", role="head", came_on="2026-10-20"),
    Contact("c3", "a", "국태린", "대표", role="ceo", came_on="2026-10-20"),
)
BEFORE = (
    *(
        Activity(f"b{month}", "a", "c1", kind="call", day=f"2026-{month:02d}-12" if month < 12 else "2025-12-12")
        for month in CALLED
    ),
    Activity("b20", "a", "c1", kind="visit", day="2026-02-10", joint=0),
    *(Activity(f"q{day}", "a", "c1", kind="review", day=day) for day in ("2025-12-05", "2026-02-20", "2026-04-10")),
)
HISTORY = History(
    Account("a", "새녘물산", tier="A", entered_on="2025-07-05", since="2022-10-10", inherited_on="2025-07-05"),
    PEOPLE,
    activities=tuple(sorted(BEFORE, key=lambda one: one.day, reverse=True)),
    amounts={f"2026-{month:02d}": 4500_0000 for month in range(5, 11)},
    last_month="2026-10",
)
CASE = ChurnCase(
    "k",
    "a",
    heard_at=HEARD,
    heard_from="c1",
    heard_by="call",
    started_at="2026-11-19T09:26",
    lost_amount=4500_0000,
    lost_from="2026-11",
)
ITEMS = (
    CaseItem("i1", "k", "report", act="report", done_at="2026-11-19T09:50"),
    CaseItem("i2", "k", "appointment", position=1, act="appointment", done_at="2026-11-19T09:44"),
    CaseItem("i3", "k", "visit", position=2, act="visit", done_at="2026-11-20T15:00"),
)
MISSED = Activity(
    "v1", "a", "c1", kind="call", day="2026-11-19", time="09:31", outcome="attempt", attempt="no_answer", case_id="k"
)
LOGS = (
    MISSED,
    replace(MISSED, id="v2", time="09:40"),
    Activity("v3", "a", "c1", kind="call", day="2026-11-19", time="09:44", heard="내일 세 시", case_id="k"),
    Activity(
        "v4",
        "a",
        "c2",
        kind="visit",
        day="2026-11-20",
        time="15:00",
        with_names="표지환, 문도균",
        heard="전 회사에서 쓰던 업체와 조건을 맞추는 중이다",
        case_id="k",
    ),
)
EVENTS = (
    CaseEvent("e0", "k", "2026-11-19T09:26", "opened", "", "notice"),
    CaseEvent("e1", "k", "2026-11-19T09:31", "attempt", "no_answer", "v1"),
    CaseEvent("e2", "k", "2026-11-19T09:40", "attempt", "no_answer", "v2"),
    CaseEvent("e3", "k", "2026-11-19T09:44", "call", "내일 세 시", "v3"),
    CaseEvent("e4", "k", "2026-11-19T09:50", "report", "", "first"),
    CaseEvent("e5", "k", "2026-11-20T15:00", "visit", "", "v4"),
)
HALF = Offer(
    "o2", "a", "k", "c1", "2026-11-20", "물량 절반을 남기는 것", share=50, amount=2250_0000, answer_by="2026-11-27"
)
OFFERS = (
    Offer("o1", "a", "k", "c2", "2026-11-20", "단가 3% 조정", answer="refused", answered_on="2026-11-20"),
    HALF,
    Offer("o3", "a", "k", "c1", "2026-11-20", "파주 지점 먼저"),
)
TAKEN = replace(HALF, answer="accepted", answered_on="2026-11-27", from_month="2026-12")
NEW_HEAD = Cause(
    "s1",
    "a",
    "k",
    contact_id="c2",
    kind="management",
    text="본부장이 전에 쓰던 업체와 조건을 맞추는 중",
    main=1,
    certainty="heard",
    control="no",
    day="2026-11-20",
)
NEGLECT = Cause(
    "s2", "a", "k", kind="neglect", text="대표 바뀐 걸 듣고도 미뤘다", main=1, control="yes", day="2026-11-20"
)
SIGNED = Cover("w1", "a", "k", name="미리별로보틱스", amount=6000_0000, month="2026-12", state="signed")
NEXT = Task(
    "t1", "a", "c1", "get", "물량 절반에 대한 답", "2026-11-27", origin="case", promised_on="2026-11-20", case_id="k"
)
FILE = CaseFile(HISTORY, CASE, ITEMS, EVENTS, visits=LOGS)
KO, EN = Texts("ko", today=NOW.date()), Texts("en", today=NOW.date())
BOSS = {"ko": "팀장님", "en": "Ms Park"}


def made(kind: str, file: CaseFile = FILE, now: datetime = NOW, rules: Rules | None = None) -> Report:
    return make_report(kind, file, now, rules or Rules(), boss="팀장님")


def text(
    kind: str,
    file: CaseFile = FILE,
    now: datetime = NOW,
    t: Texts = KO,
    turned: tuple[str, ...] = (),
    **filled: str,
) -> str:
    return report_text(made(kind, file, now), t, filled, turned)


def all_texts(file: CaseFile, now: datetime = NOW, t: Texts = KO) -> dict[str, str]:
    """Every text of a case, with everything put in that may be put in."""
    found = {}
    for kind in KINDS:
        report = made(kind, file, now)
        found[kind] = report_text(report, t, turned=[one.key for one in report.choices if not one.taken])
    return found


def note_words(report: Report) -> list[str]:
    return [one.id for one in report.notes if isinstance(one, Message)]
