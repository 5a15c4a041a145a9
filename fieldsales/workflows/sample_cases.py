"""The stories of the sample book about leaving: one that went, one that came back, one that will fill the gap.

Days are distances to the day of the telling; `Teller` leaves out what lies ahead.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from fieldsales.domain.dates import add_months
from fieldsales.domain.model import ChurnCase
from fieldsales.workflows.sample_teller import MAN, Teller


def narae_left(t: Teller) -> str:
    """The day 나래들상회 left: the check after six months comes five days after the day of the telling."""
    check = t.day + timedelta(days=5)
    left = add_months(check, -6)
    while add_months(left, 6) < check:  # a short month cut the day off: step back into line
        left += timedelta(days=1)
    return left.isoformat()


def tell_narae(t: Teller) -> None:
    """Left without a word when the shop changed hands; the goodbye is written, the six-month word is due."""
    f = "narae"
    left = narae_left(t)
    t.log(
        f,
        "owner",
        t.work(-205),
        "message",
        "bong",
        two_way=0,
        heard=("가게를 넘기게 됐다", "I am handing over the shop"),
    )
    t.signal(
        f,
        "owner",
        "people",
        t.at(-200),
        ("사장이 바뀜", "New owner"),
        who="jin",
        level="ceo",
        source=("봉수현 사장", "봉수현"),
        closed=left,
    )
    t.log(f, "last", t.work(-260), "call", "bong", heard=("요즘 몸이 안 좋다", "Not in good health these days"))
    t.rows.append(
        ChurnCase(
            id=t.id("churn_case", f, "left"),
            account_id=t.account(f),
            trigger="no_trade",
            heard_at=f"{left}T10:00",
            heard_by="figures",
            started_at=f"{left}T10:20",
            state="closed",
            playbook="churn",
            version="1",
            lost_amount=900 * MAN,
            outcome="none",
            lost_to="competitor",
            left_how="quiet",
            farewell="done",
            closed_at=f"{left}T17:30",
            note=t.word(("새 사장님이 쓰던 곳으로 옮김", "Went to the firm the new owner knew")),
        )
    )
    t.log(
        f,
        "bye",
        left,
        "message",
        "jin",
        two_way=0,
        said=("그동안 맡겨 주셔서 고맙다고 적어 드림", "A note of thanks for all the years"),
    )
    t.log(
        f,
        "three",
        t.next_workday(add_months(date.fromisoformat(left), 3) + timedelta(days=2)).isoformat(),
        "message",
        "jin",
        heard=("이제 자리가 좀 잡혔다", "Things have settled a little"),
        said=("석 달 인사만 드림", "A word after three months, nothing else"),
    )
    check = t.at(5)
    t.log(
        f,
        "again",
        check,
        "message",
        "jin",
        heard=("그때 편지 잘 받았다. 진열 바꿀 때 한번 보자", "Your note was kind. Come by when we change the shelves"),
        said=("안부만 여쭘", "Only asked how they are"),
    )


def tell_sinabro(t: Teller) -> None:
    """Left in anger fourteen months ago, was thanked all the same, came back with part and is past the half now."""
    f = "sinabro"
    left = t.months(-14)
    t.log(
        f,
        "angry",
        t.months(-14, -9),
        "call",
        "tak",
        heard=("약속한 날을 세 번 어겼다. 그만하자", "Three dates broken. Let us stop"),
    )
    t.log(
        f,
        "bye",
        t.months(-14, 4),
        "visit",
        "tak",
        heard=("와 줄 줄은 몰랐다", "I did not think you would come"),
        said=("죄송하고 고마웠다고 인사드리고 나옴", "Said sorry and thank you, and left"),
    )
    t.rows.append(
        ChurnCase(
            id=t.id("churn_case", f, "left"),
            account_id=t.account(f),
            trigger="notice",
            heard_at=f"{t.months(-14, -9)}T16:10",
            heard_from=t.contact(f, "tak"),
            heard_by="call",
            started_at=f"{t.months(-14, -9)}T16:30",
            state="closed",
            playbook="churn",
            version="1",
            lost_amount=5000 * MAN,
            outcome="half",
            lost_to="competitor",
            left_how="hurt",
            farewell="done",
            closed_at=f"{t.months(-13)}T18:00",
            note=t.word(("여섯 달 만에 40%로 돌아오심. 지금은 55%", "Back after six months with 40%, now 55%")),
        )
    )
    t.signal(
        f, "broken", "trust", left, ("약속한 날을 세 번 어김", "Three dates broken"), who="tak", closed=t.months(-8)
    )
    t.log(
        f,
        "check",
        t.months(-11),
        "message",
        "tak",
        heard=("지금 업체도 날짜가 밀린다", "The new firm is late as well"),
        said=("안부만 여쭘", "Only asked how they are"),
    )
    t.log(
        f,
        "back",
        t.months(-8),
        "visit",
        "tak",
        heard=("급한 것 40%만 다시 맡겨 보겠다", "We will give you the urgent 40% again"),
        said=("날짜는 못 지킬 것 같으면 먼저 말씀드리겠다", "If a date slips you hear it from me first"),
    )
    t.offer(
        f,
        "back",
        t.months(-8),
        ("급한 품목 40%", "the urgent 40%"),
        who="tak",
        case="left",
        share=40,
        amount=2000,
        answer="accepted",
        answered=t.months(-8),
    )
    t.offer(
        f,
        "more",
        t.months(-3),
        ("정기 품목 15%", "15% of the regular items"),
        who="tak",
        share=15,
        amount=750,
        kind="added",
        answer="accepted",
        answered=t.months(-3, 6),
    )
    t.contract(
        f,
        "term",
        t.months(-8),
        t.months(16),
        amount=30_000,
        terms=("입고일을 못 지키면 사흘 전 알림", "three days' notice if a date slips"),
    )
    t.log(
        f,
        "review",
        t.slot(4),
        "review",
        "tak",
        sheet="quarter",
        heard=("여섯 달 동안 날짜를 한 번도 안 어겼더라", "Not one date missed in six months"),
        note=("지난 반년 입고일 정리 드림", "The half-year's delivery dates on a page"),
    )


def tell_miribyeol(t: Teller) -> None:
    """A prospect: agreed by word of mouth, signed within the week; it covers what 새녘물산 took away."""
    f = "miribyeol"
    t.log(
        f,
        "first",
        t.work(-66),
        "visit",
        "jing",
        heard=("양산 전에 공급처를 정해야 한다", "We must settle suppliers before series production"),
    )
    t.log(
        f,
        "screen",
        t.work(-31),
        "visit",
        "jing",
        heard=("결제는 검수 뒤에 하고 싶다", "We would rather pay after inspection"),
        said=("첫 거래는 선금 30%로 말씀드림", "Asked for 30% ahead on the first order"),
    )
    t.sheet(
        f,
        "screen",
        "screening",
        ("계약 전 점검", "Before the contract"),
        t.work(-31),
        json.dumps({"result": "conditional", "condition": t.word(("선금 30%", "30% ahead"))}, ensure_ascii=False),
    )
    t.log(
        f,
        "agreed",
        t.at(-8),
        "call",
        "jing",
        heard=("선금 30%, 다음 달부터 6,000만으로 가자", "30% ahead, ₩60 million a month from next month"),
        said=("적어서 보내 드리겠다", "I will put it in writing"),
    )
    t.fact(
        f,
        "agreed",
        "agreement",
        t.at(-8),
        ("선금 30%, 다음 달부터 월 6,000만", "30% ahead, ₩60 million a month from next month"),
        who="jing",
        source=("전화로 들음, 서면 아직", "by phone, not in writing yet"),
    )
    t.offer(
        f,
        "start",
        t.at(-8),
        ("다음 달부터 월 6,000만", "₩60 million a month from next month"),
        who="jing",
        condition=("선금 30%", "30% ahead"),
        amount=6000,
        kind="added",
        answer="accepted",
        answered=t.at(-8),
    )
    t.task(
        f,
        "paper",
        "get",
        ("합의한 내용 서면으로", "the agreement in writing"),
        due=t.slot(3),
        promised=t.at(-8),
        done=t.slot(3),
        who="jing",
        activity="agreed",
    )
    t.log(
        f,
        "paper",
        t.slot(3),
        "message",
        "jing",
        heard=("적은 대로 맞다. 도장 찍어 보냈다", "As you wrote it. Stamped and sent"),
        task="paper",
    )
    if t.past(t.slot(3)):
        first = add_months(t.day, 1).replace(day=1)
        t.contract(
            f,
            "term",
            first.isoformat(),
            (add_months(first, 12) - timedelta(days=1)).isoformat(),
            amount=72_000,
            terms=("선금 30%", "30% ahead"),
        )
    t.task(
        f,
        "deposit",
        "get",
        ("선금 30%", "the 30% ahead"),
        due=t.at(12),
        promised=t.slot(3),
        who="jing",
        activity="paper",
    )
