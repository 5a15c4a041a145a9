"""The stories of the sample book about leaving: one that may go, one that went, one that came back.

Days are distances to the day of the telling; `Teller` leaves out what lies ahead.
"""

from __future__ import annotations

import json
from datetime import date, timedelta

from fieldsales.domain.dates import add_months
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Activity, CaseEvent, CaseItem, ChurnCase
from fieldsales.domain.playbooks import Playbook
from fieldsales.workflows.sample_teller import MAN, NOTHING, Teller, Two

CASE = "notice"
BOSS: Two = ("팀장님", "my manager")
LOST = 4500  # 만 won a month


def tell_saenyeok(t: Teller, playbook: Playbook) -> None:
    """A new CEO, a new head who brings his own vendor; told yesterday, seen today at three."""
    f = "saenyeok"
    t.contract(
        f,
        "term",
        t.months(-11, 26),
        t.at(26),
        amount=54_000,
        terms=("1년, 한 달 전 통지로 해지", "one year, a month's notice"),
    )
    for label, who, level, text in (
        ("ceo", "guk", "ceo", ("대표가 새로 오심", "A new CEO")),
        ("head", "pyo", "head", ("본부장이 새로 오심", "A new division head")),
    ):
        t.signal(f, label, "people", t.at(-30), text, who=who, level=level, source=("문도균 차장", "문도균"))
    t.log(
        f,
        "news",
        t.at(-34),
        "call",
        "mun",
        heard=("다음 주에 윗분들이 다 바뀐다", "Everyone upstairs changes next week"),
    )
    t.log(
        f,
        "broken",
        t.at(-23),
        "message",
        "mun",
        two_way=0,
        heard=("파손분 교환이 늦다", "The broken goods are slow to be replaced"),
    )
    t.signal(
        f,
        "broken",
        "complaint",
        t.at(-23),
        ("파손분 교환이 늦다", "The broken goods are slow to be replaced"),
        who="mun",
        wanted=("파손분 교환", "the replacements"),
        activity="broken",
        closed=t.slot(4),
    )
    t.log(
        f,
        "mail",
        t.work(-12),
        "message",
        "mun",
        attempt="no_reply",
        said=("본부장님 인사 드릴 날을 여쭘", "Asked for a day to meet the new head"),
    )
    t.signal(
        f,
        "silent",
        "no_reply",
        t.at(-12),
        ("인사 날짜 여쭌 메일에 답 없음", "No answer about a day to meet"),
        who="mun",
    )
    t.signal(
        f,
        "truck",
        "competitor",
        t.at(-7),
        ("다른 업체 차가 들어오더라", "Another firm's lorry was in the yard"),
        level="heard",
        source=("우리 기사님", "our driver"),
        certainty="heard",
    )
    t.log(
        f,
        "notice",
        t.at(-1),
        "call",
        "mun",
        time="09:12",
        case=CASE,
        heard=(
            "이달로 거래를 멈추게 됐다. 이유는 전화로 말하기 어렵다",
            "Trade stops with this month. Hard to say why on the phone",
        ),
        said=("찾아뵙고 듣겠다", "I would like to come and hear it"),
    )
    t.log(f, "missed", t.at(-1), "call", "mun", time="09:31", attempt="no_answer", case=CASE)
    t.log(
        f,
        "time",
        t.at(-1),
        "call",
        "mun",
        time="09:44",
        case=CASE,
        heard=("내일 세 시. 본부장님도 나오신다", "Three tomorrow. The head will be there too"),
        said=("시간만 여쭘", "Only asked when"),
    )
    t.task(
        f,
        t.VISIT,
        "meet",
        ("표지환 본부장 뵙기", "see 표지환"),
        due=t.at(0),
        time="15:00",
        promised=t.at(-1),
        done=t.at(0),
        who="pyo",
        origin="case",
        case=CASE,
        activity="time",
    )
    t.log(
        f,
        "visit",
        t.at(0),
        "visit",
        "pyo",
        time="15:00",
        case=CASE,
        task=t.VISIT,
        with_names="표지환, 문도균",
        place=("마포구 토정로 31", "their office"),
        heard=(
            "전 회사에서 쓰던 업체와 조건을 맞추는 중이다. 그쪽이 다 되는 건 아니다",
            "We are agreeing terms with the firm I used before. They cannot do all of it",
        ),
        said=("급한 물량 절반은 저희가 계속 넣겠다고 말씀드림", "Offered to keep supplying the urgent half"),
    )
    t.signal(
        f,
        "vendor",
        "competitor",
        t.at(0),
        ("본부장이 전 회사에서 쓰던 업체가 들어옴", "The head brings the vendor of his last firm"),
        who="pyo",
        level="replacing",
        source=("표지환 본부장", "표지환"),
        activity="visit",
    )
    t.offer(
        f,
        "price",
        t.at(0),
        ("단가 3% 조정", "3% off the price"),
        who="pyo",
        case=CASE,
        share=100,
        amount=LOST,
        answer="refused",
        answered=t.at(0),
        answer_by=t.at(0),
    )
    t.offer(
        f,
        "half",
        t.at(0),
        ("물량 절반", "half of the volume"),
        who="pyo",
        case=CASE,
        condition=("급한 물량만", "the urgent half only"),
        share=50,
        amount=LOST // 2,
        answer="accepted",
        answered=t.at(7),
        answer_by=t.at(7),
    )
    t.offer(
        f,
        "branch",
        t.slot(4),
        ("파주 지점 먼저", "the Paju branch first"),
        who="mun",
        case=CASE,
        share=20,
        amount=900,
        answer_by=t.at(14),
    )
    t.task(
        f,
        "answer",
        "get",
        ("물량 절반에 대한 답", "their answer about half of the volume"),
        due=t.at(7),
        promised=t.at(0),
        done=t.at(7),
        who="mun",
        origin="case",
        case=CASE,
        activity="visit",
    )
    t.log(
        f,
        "hint",
        t.slot(2),
        "call",
        "mun",
        time="11:20",
        case=CASE,
        heard=(
            "새 업체는 주말 입고가 안 된다. 나는 절반이라도 남기고 싶다",
            "The new firm cannot deliver at weekends. I would keep at least half",
        ),
        said=("파손분은 오늘 다 바꿔 드렸다", "All the broken goods are replaced as of today"),
    )
    t.task(
        f,
        "branch",
        "meet",
        ("파주 지점 이야기", "talk about the Paju branch"),
        due=t.slot(4),
        time="16:00",
        promised=t.slot(2),
        done=t.slot(4),
        who="mun",
        origin="case",
        case=CASE,
        activity="hint",
    )
    t.log(
        f,
        "branch",
        t.slot(4),
        "visit",
        "mun",
        time="16:00",
        case=CASE,
        with_names="문도균",
        heard=("파주는 아직 결정 전이다", "Paju is not decided yet"),
        task="branch",
        said=("파주부터 해 보시라고 권함", "Suggested starting with Paju"),
    )
    t.log(
        f,
        "answer",
        t.at(7),
        "call",
        "mun",
        time="10:05",
        case=CASE,
        heard=("절반은 그대로 가기로 했다", "Half of it stays, that is settled"),
        task="answer",
    )
    _case(t, f, playbook)


def _case(t: Teller, f: str, playbook: Playbook) -> None:
    case = t.id("churn_case", f, CASE)
    yesterday, today = t.at(-1), t.at(0)
    t.rows.append(
        ChurnCase(
            id=case,
            account_id=t.account(f),
            trigger="notice",
            heard_at=f"{yesterday}T09:12",
            heard_from=t.contact(f, "mun"),
            heard_by="call",
            started_at=f"{yesterday}T09:26",
            playbook=playbook.name,
            version=playbook.version,
            speaking=1,
            visit_at=f"{t.slot(4)}T16:00" if t.past(t.slot(2)) else f"{today}T15:00",
            lost_amount=LOST * MAN,
        )
    )
    # What is done of the checklist, when, and the note beside it; anything else stays open.
    done: dict[str, tuple[str, Two]] = {
        "report": (f"{yesterday}T09:26", NOTHING),
        "appointment": (f"{yesterday}T09:44", ("두 번 만에", "at the second try")),
        "visit": (f"{today}T15:00", NOTHING),
        "heard": (f"{today}T16:10", NOTHING),
        "offer": (f"{today}T16:12", ("단가 3%, 물량 절반", "3% off, half of the volume")),
        "cause": (f"{t.slot(1)}T09:20", ("경영진 교체", "new management")),
        "source": (f"{t.slot(1)}T09:22", ("표지환 본부장 직접", "표지환 himself")),
        "hint": (f"{t.slot(2)}T11:30", ("주말 입고", "weekend deliveries")),
        "other": (f"{t.slot(2)}T11:31", ("문도균 차장", "문도균")),
        "recover": (f"{t.slot(4)}T16:40", ("절반이면 2,250만", "half would be ₩22.5 million")),
        "new": (f"{t.slot(5)}T09:15", ("미리별로보틱스 확정", "미리별로보틱스, signed")),
    }
    for step, part in enumerate(playbook.steps, 1):
        shown = [item for item in part.items if set(item.when) <= {"notice", "not_paused"}]
        for position, item in enumerate(shown):
            at, note = done.get(item.key, ("", NOTHING))
            ticked = bool(at) and t.past(at)
            t.rows.append(
                CaseItem(
                    id=natural_id("case_item", case, item.key),
                    case_id=case,
                    key=item.key,
                    step=step,
                    position=position,
                    title=item.title.replace("{boss}", t.word(BOSS)),
                    help=item.help.replace("{boss}", t.word(BOSS)),
                    act=item.act,
                    done_at=at if ticked else "",
                    note=t.word(note) if ticked else "",
                )
            )
    titles = {item.key: item.title.replace("{boss}", t.word(BOSS)) for part in playbook.steps for item in part.items}
    events = [
        (f"{yesterday}T09:26", "opened", "", "notice"),
        (f"{yesterday}T09:44", "note", f"{today}T15:00", "appointment"),
        (f"{t.slot(2)}T11:31", "note", f"{t.slot(4)}T16:00", "appointment again"),
    ]
    events += [(at, "ticked", titles.get(key, key), key) for key, (at, _) in done.items()]
    for row in t.rows:
        if isinstance(row, Activity) and row.case_id == case and row.day >= yesterday and row.time != "09:12":
            kind = "attempt" if row.attempt else row.kind
            events.append((f"{row.day}T{row.time}", kind, row.attempt or row.heard, row.id))
    for at, kind, text, ref in sorted(events):
        if t.past(at):
            id = natural_id("sample", "case_event", f, kind, ref)
            t.rows.append(CaseEvent(id=id, case_id=case, at=at, kind=kind, text=text, ref=ref.removesuffix(" again")))


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
