"""The stories of the sample book that are about care: promises, complaints, people, prepayments, decisions.

Each function tells one account. Days are distances to the day of the telling; `Teller` leaves out what lies ahead.
"""

from __future__ import annotations

import json

from fieldsales.workflows.sample_teller import Teller, Two

DIRECT: Two = ("직접 들음", "told me")
MY_LEAD: Two = ("팀장님", "my manager")


def tell_haeyun(t: Teller) -> None:
    """A promise three days late, a complaint, a rival's quote, and a month that fell."""
    f = "haeyun"
    t.contract(
        f,
        "term",
        t.months(-22),
        t.at(75),
        amount=54_000,
        terms=("월 단위 발주, 말일 정산", "monthly orders, settled at month's end"),
    )
    t.log(
        f,
        "quiet",
        t.at(-41),
        "call",
        "bang",
        heard=("이번 달은 발주가 조금 늦을 것 같다", "Orders may come a little late this month"),
    )
    t.log(
        f,
        "complaint",
        t.at(-20),
        "message",
        "bang",
        two_way=0,
        heard=("납기가 두 번 늦었다. 라인이 섰다", "Twice late now; the line stood still"),
        note=("메일로 받음", "by mail"),
    )
    t.signal(
        f,
        "complaint",
        "complaint",
        t.at(-20),
        ("납기가 두 번 늦었다. 라인이 섰다", "Twice late now; the line stood still"),
        who="bang",
        wanted=("납기", "the deliveries"),
        activity="complaint",
        closed=t.slot(2),
    )
    t.signal(
        f,
        "quote",
        "competitor",
        t.at(-18),
        ("다른 곳에서 견적을 받아 두었다", "Has a quote from someone else"),
        who="do",
        level="quote",
        source=("협회 모임에서 직접 들음", "heard in person at a trade meeting"),
    )
    t.log(
        f,
        "answer",
        t.at(-10),
        "message",
        "bang",
        two_way=0,
        said=("일주일 안에 단가표를 드리겠다", "The price list within a week"),
    )
    t.task(
        f,
        "prices",
        "give",
        ("단가표", "price list"),
        due=t.at(-3),
        promised=t.at(-10),
        done=t.at(0),
        who="bang",
        source=(f"{int(t.at(-3)[8:])}일까지 단가표", f"price list by the {int(t.at(-3)[8:])}th"),
        activity="answer",
    )
    for key in ("call", "renewal"):  # put off until the price list has gone out
        t.put_off(f, key, t.at(1))
    t.log(
        f,
        "sorry",
        t.at(0),
        "call",
        "bang",
        time="09:40",
        heard=("표는 잘 받았다. 납기는 와서 이야기하자", "The list has come. Let us talk about the deliveries here"),
        said=("늦어 죄송하다, 방금 보내 드렸다", "Sorry it is late; it has just gone out"),
        task="prices",
    )
    t.task(
        f,
        "meet",
        "meet",
        ("납기 이야기", "talk about deliveries"),
        due=t.slot(2),
        time="10:00",
        promised=t.at(0),
        done=t.slot(2),
        who="bang",
        activity="sorry",
    )
    t.log(
        f,
        "visit",
        t.slot(2),
        "visit",
        "bang",
        time="10:00",
        heard=(
            "견적은 받아만 봤다. 입고 날만 미리 알려 주면 된다",
            "The quote was only to look at. Just tell us the delivery day ahead",
        ),
        said=("출고 전날 문자로 알려 드리겠다", "I will text you the day before"),
        task="meet",
    )
    t.task(
        f,
        "plan",
        "give",
        ("다음 달 입고 일정표", "next month's delivery dates"),
        due=t.slot(6),
        promised=t.slot(2),
        done=t.slot(6),
        who="bang",
        activity="visit",
    )
    t.log(
        f,
        "plan",
        t.slot(6),
        "call",
        "bang",
        heard=("표대로만 오면 바랄 게 없다", "If it comes by that list, nothing more to wish for"),
        task="plan",
    )


def tell_dodam(t: Teller) -> None:
    """The good model whose deliveries were late twice: half-year meeting today, a new CEO not yet met."""
    f = "dodam"
    t.contract(
        f,
        "term",
        t.months(-34),
        t.at(75),
        amount=66_000,
        terms=("연 단위, 단가 분기마다 협의", "yearly; prices agreed each quarter"),
    )
    t.log(
        f,
        "spring",
        t.half_back(-178),
        "visit",
        "oh",
        sheet="half_year",
        heard=("포장 바뀐 이유와 반품 절차가 궁금했다", "Why the packing changed, and how returns work"),
        said=("두 가지 다 그 자리에서 보여 드림", "Showed both on the spot"),
    )
    t.log(
        f,
        "call79",
        t.work(-79),
        "call",
        "oh",
        heard=("별일 없다. 첫째가 학교에서 상을 받았다", "All well. The eldest won a prize at school"),
    )
    t.fact(
        f,
        "promotion",
        "work",
        t.at(-66),
        ("승진에서 밀림", "Passed over for promotion"),
        who="oh",
        until=t.months(4),
        source=DIRECT,
        private=1,
    )
    t.log(
        f,
        "quarter",
        t.work(-43),
        "review",
        "oh",
        sheet="quarter",
        note=("지난 분기 이용 정리 · 더 필요한 것 1, 채울 것 1", "Last quarter's use: one thing more needed, one gap"),
    )
    t.signal(
        f,
        "ceo",
        "people",
        t.at(-30),
        ("대표 바뀜", "New CEO"),
        who="ryu",
        level="ceo",
        source=("홈페이지", "their website"),
    )
    t.log(
        f,
        "complaint",
        t.at(-20),
        "call",
        "oh",
        time="17:50",
        heard=("납기가 두 번이나 늦었다", "Late twice now"),
        said=("원인부터 알아보겠다", "I will find out why first"),
    )
    t.signal(
        f,
        "complaint",
        "complaint",
        t.at(-20),
        ("납기가 두 번이나 늦었다", "Late twice now"),
        who="oh",
        wanted=("납기", "the deliveries"),
        activity="complaint",
        closed=t.slot(4),
    )
    t.log(f, "missed", t.work(-16), "call", "oh", attempt="no_answer")
    t.log(
        f,
        "call10",
        t.at(-10),
        "call",
        "oh",
        time="18:20",
        heard=("물량은 그대로, 납기만 부탁", "The volume stays, just mind the dates"),
        said=("새 성적서를 만날 때 들고 가겠다", "I will bring the new test report when we meet"),
    )
    t.put_off(f, f"person:{t.contact(f, 'ryu')}", t.at(1))  # to be asked for at the meeting
    t.task(
        f,
        "report",
        "give",
        ("새 성적서", "new test report"),
        due=t.at(0),
        promised=t.at(-10),
        done=t.at(0),
        who="oh",
        activity="call10",
    )
    t.task(
        f,
        "half_year",
        "meet",
        ("반기 상담", "half-year meeting"),
        due=t.at(0),
        time="10:30",
        promised=t.at(-10),
        done=t.at(0),
        who="oh",
        sheet="half_year",
        activity="call10",
    )
    t.log(
        f,
        "half_year",
        t.at(0),
        "visit",
        "oh",
        time="10:30",
        sheet="half_year",
        task="half_year",
        heard=(
            "납기만 지켜지면 내년도 그대로 간다. 대표님이 다른 데 단가를 물어보셨다",
            "If the dates hold, next year stays as it is. The CEO asked others for prices",
        ),
        said=("이번 달은 이틀 앞당겨 넣겠다", "This month's comes two days early"),
    )
    t.signal(
        f,
        "rival",
        "competitor",
        t.at(0),
        ("대표님이 다른 데 단가를 물어보셨다", "The CEO asked others for prices"),
        who="oh",
        level="heard",
        source=("오 차장", "오세람"),
        activity="half_year",
    )
    t.task(
        f,
        "prices",
        "give",
        ("새 단가표", "new price list"),
        due=t.slot(4),
        promised=t.at(0),
        done=t.slot(4),
        who="oh",
        activity="half_year",
    )
    t.log(
        f,
        "prices",
        t.slot(4),
        "call",
        "oh",
        time="18:10",
        heard=("표 잘 받았다. 이번 입고는 이틀 먼저 왔더라", "Got the list. The delivery came two days early"),
        task="prices",
    )
    t.task(
        f,
        "ceo",
        "meet",
        ("새 대표님 인사", "meet the new CEO"),
        due=t.next_workday_at(13),
        time="14:00",
        promised=t.at(0),
        who="ryu",
        activity="half_year",
    )


def tell_gombi(t: Teller) -> None:
    """My manager went alone and the anger came; contact is paused. The rep knows how it mends."""
    f = "gombi"
    t.contract(
        f,
        "term",
        t.months(-11),
        t.at(26),
        amount=38_400,
        terms=("1년, 한 달 전까지 갱신 통지", "one year; notice a month ahead"),
    )
    t.signal(
        f,
        "pallet",
        "payment",
        t.at(-37),
        ("파손분을 빼 달라며 결제를 미루심", "Holds the payment until the broken goods are taken off"),
        who="ma",
        days=35,
    )
    t.log(
        f,
        "promise",
        t.work(-26),
        "call",
        "ma",
        heard=("납기 확인을 왜 매번 우리가 해야 하나", "Why must we be the ones to check every delivery"),
    )
    t.signal(
        f,
        "checks",
        "complaint",
        t.work(-26),
        ("납기 확인을 왜 매번 우리가 해야 하나", "Why must we be the ones to check every delivery"),
        who="ma",
        wanted=("납기 확인", "the delivery checks"),
        activity="promise",
        closed=t.slot(6),
        promise_broken=1,
    )
    t.signal(
        f,
        "rival",
        "competitor",
        t.at(-12),
        ("옆 창고 업체가 견적을 넣었다", "The firm next door put in a quote"),
        who="ma",
        level="quote",
        source=("기사님", "our driver"),
        certainty="heard",
    )
    t.log(
        f,
        "alone",
        t.at(-4),
        "visit",
        "ma",
        by="팀장님" if t.lang == "ko" else "my manager",
        heard=("말 바꾸는 회사와는 이야기 못 한다", "No talking with a firm that changes its word"),
        note=("나 없이 가심. 크게 화내심", "Went without me; he was furious"),
    )
    t.signal(
        f,
        "anger",
        "complaint",
        t.at(-4),
        ("말 바꾸는 회사와는 이야기 못 한다", "No talking with a firm that changes its word"),
        who="ma",
        wanted=("그날 일", "what happened that day"),
        source=("팀장님께 들음", "from my manager"),
        activity="alone",
        closed=t.slot(3),
        boss_asked=0,
    )
    t.signal(f, "word", "word_changed", t.at(-12), ("결제일을 두 번 바꾸심", "Moved the payment day twice"), who="ma")
    t.signal(f, "silent", "no_reply", t.at(-8), ("메일에 답이 없으심", "No answer to the mail"), who="ma")
    t.decide(
        f,
        "freeze",
        "freeze",
        t.at(-3),
        ("대책이 나올 때까지 연락하지 말 것", "No contact until there is a plan"),
        by=MY_LEAD,
        closed=t.slot(2),
        who="ma",
    )
    t.task(
        f,
        "checks",
        "do",
        ("출고 확인 방법 정리", "notes on better shipment checks"),
        due=t.at(-2),
        promised=t.at(-3),
        done=t.at(-2),
    )
    t.task(
        f,
        "debrief",
        "debrief",
        ("그날 오간 말씀 여쭙기", "ask what was said that day"),
        due=t.slot(1),
        promised=t.at(-4),
        done=t.slot(1),
        source=("팀장님", "my manager"),
        activity="alone",
    )
    t.log(
        f,
        "evening",
        t.slot(2),
        "call",
        "ma",
        time="19:10",
        heard=("나도 목소리가 컸다. 확인만 제대로 되면 그대로 가자", "I was loud too. If the checks work, we go on"),
        said=("먼저 죄송하다고 말씀드림. 출고 사진을 보내는 안", "Said sorry first; offered a photo of every shipment"),
        note=("팀장님께 말씀드리고 전화함", "Called after telling my manager"),
    )
    t.task(
        f,
        "photos",
        "give",
        ("출고 사진 안내", "note on the shipment photos"),
        due=t.slot(6),
        promised=t.slot(2),
        done=t.slot(6),
        who="ma",
        activity="evening",
    )
    t.log(f, "photos", t.slot(6), "message", "ma", heard=("이렇게만 해 달라", "Just like this, please"), task="photos")


def tell_garam(t: Teller) -> None:
    """Four years, one complaint tried three times without progress, and now they ask for somebody above."""
    f = "garam"
    t.contract(f, "term", t.months(-26), t.at(200), amount=45_600)
    words: Two = ("도면 수정이 석 달째 제자리다", "The drawings have not moved for three months")
    t.log(
        f,
        "first",
        t.work(-38),
        "visit",
        "cha",
        heard=words,
        said=("설계팀에 다시 올리겠다", "I will take it to design again"),
    )
    t.signal(
        f,
        "drawings",
        "complaint",
        t.work(-38),
        words,
        who="cha",
        wanted=("도면 수정", "the drawings"),
        activity="first",
        tries=3,
        boss_asked=1,
    )
    t.log(
        f,
        "second",
        t.work(-20),
        "call",
        "cha",
        heard=("들은 답은 지난번과 같다", "The same answer as before"),
        said=("담당 설계자를 정해 달라고 요청함", "Asked for a named designer"),
    )
    t.log(
        f,
        "third",
        t.at(-6),
        "call",
        "cha",
        heard=("위에 분 좀 뵙시다", "Let me see somebody above you"),
        said=("날을 잡아 함께 오겠다", "We will come together; I will fix the day"),
    )
    t.signal(
        f,
        "above",
        "boss_asked",
        t.at(-6),
        ("위에 분 좀 뵙시다", "Let me see somebody above you"),
        who="cha",
        activity="third",
    )
    t.signal(
        f,
        "rival",
        "competitor",
        t.at(-25),
        ("다른 설계사 명함이 책상에 있었음", "Another design firm's card on his desk"),
        who="cha",
        level="heard",
        source=("직접 봄", "seen"),
        certainty="guessed",
    )
    t.signal(
        f,
        "silent",
        "no_reply",
        t.at(-16),
        ("수정 요청 메일에 답 없음", "No answer to the mail about changes"),
        who="cha",
    )
    t.task(
        f,
        "joint",
        "meet",
        ("동반 방문", "joint visit"),
        due=t.next_workday_at(9),
        sheet="joint",
        time="14:00",
        promised=t.at(-5),
        who="cha",
        activity="third",
    )
    t.sheet(
        f,
        "joint",
        "joint",
        ("동반 방문", "Joint visit"),
        t.at(-5),
        json.dumps(
            {
                "their_aim": t.word(("되는 날짜를 윗분 입으로 듣기", "to hear a date from somebody above")),
                "our_aim": t.word(
                    ("도면 일을 끝내고 이야기는 나와 이어 가기", "finish the drawings, and go on talking with me")
                ),
                "listen": t.word(("팀장님은 듣고, 날짜는 내가 말씀드림", "my manager listens, I give the date")),
                "agreed": "",
            },
            ensure_ascii=False,
        ),
    )
    t.task(
        f,
        "designer",
        "do",
        ("설계 담당자와 되는 날짜 맞추기", "agree a real date with design"),
        due=t.slot(4),
        promised=t.at(-5),
        done=t.slot(4),
        activity="third",
    )
    t.log(
        f,
        "date",
        t.slot(4),
        "call",
        "cha",
        heard=("날짜가 있으면 됐다. 그래도 얼굴은 보자", "A date is what I wanted. Still, let us meet"),
        said=("수정본 넘길 날을 말씀드림", "Gave him the day for the new drawings"),
        task="designer",
    )
