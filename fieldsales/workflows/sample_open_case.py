"""The open case of the sample book: told yesterday, reported within the hour, to be seen today at three.

Days are distances to the day of the telling; `Teller` leaves out what lies ahead.
"""

from __future__ import annotations

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
    next_month = add_months(t.day, 1).isoformat()[:7]
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
        from_month=next_month,
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
    t.cause(
        f,
        CASE,
        "management",
        t.slot(1),
        who="pyo",
        certainty="confirmed",
        control="part",
        main=1,
        heard=("전에 쓰던 곳이 손에 익어서요", "I know how the firm I used before works"),
    )
    t.cause(
        f,
        CASE,
        "neglect",
        t.slot(2),
        who="mun",
        control="yes",
        heard=(
            "파손분 교환만 빨랐어도 말을 꺼내기 쉬웠다",
            "Had the goods been replaced sooner I could have spoken up",
        ),
    )
    t.cover(
        f, CASE, "miribyeol", t.slot(5), ("미리별로보틱스", "미리별로보틱스"), 6000, next_month, "signed",
        source="miribyeol",
    )  # fmt: skip
    t.cover(
        f, CASE, "durebak", t.slot(4), ("두레박커피 새 매장", "두레박커피, the new shop"), 3000, next_month, "likely",
        due=t.at(14),
    )  # fmt: skip
    for label, name in (
        ("gram", ("그린나래도서관", "그린나래도서관")),
        ("once", ("지난봄 견적 주셨던 곳", "whoever asked for a quote in spring")),
    ):
        t.cover(f, CASE, label, t.slot(4), name, 600, next_month, "possible")
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
            lost_from=today[:7],
        )
    )
    # What is done of the checklist, when, and the note beside it; anything else stays open.
    done: dict[str, tuple[str, Two]] = {
        "report": (f"{yesterday}T09:26", NOTHING),
        "appointment": (f"{yesterday}T09:44", NOTHING),
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
