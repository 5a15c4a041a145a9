"""The stories of the sample book that are about people: silence, taking over, referrals, decisions, an anniversary.

Each function tells one account. Days are distances to the day of the telling; `Teller` leaves out what lies ahead.
"""

from __future__ import annotations

import json

from fieldsales.domain.dates import add_months
from fieldsales.workflows.sample_teller import Teller, Two

DIRECT: Two = ("직접 들음", "told me")
MY_LEAD: Two = ("팀장님", "my manager")


def tell_onsaemi(t: Teller) -> None:
    """Prepaid, then silent; last year they rang in the busiest week."""
    f = "onsaemi"
    t.policy(f, "call", t.months(-18), every_months=2)
    for key in ("call", "prepaid"):
        t.put_off(f, key, t.slot(1))
    t.contract(
        f,
        "prepaid",
        t.months(-4),
        t.at(170),
        amount=2400,
        received=2400,
        delivered=900,
        terms=("선금 2,400만, 쓰는 만큼 차감", "₩24 million ahead, drawn down as used"),
    )
    t.log(f, "last", t.at(-71), "call", "woo", heard=("방학 지나고 날짜를 잡자", "Let us fix dates after the holidays"))
    t.log(
        f,
        "mail",
        t.work(-33),
        "message",
        "woo",
        attempt="no_reply",
        said=("남은 선금 쓰실 날짜를 여쭘", "Asked for dates for what is left"),
    )
    t.signal(f, "no_reply", "no_reply", t.at(-26), ("날짜 여쭌 메일에 답 없음", "No answer about dates"), who="woo")
    t.signal(f, "text", "no_reply", t.at(-14), ("문자에도 답 없음", "No answer to the text either"), who="woo")
    t.log(
        f,
        "rush",
        t.months(-11),
        "call",
        "woo",
        heard=("이번 주 안에 다 해 줄 수 있나", "Can you do all of it this week?"),
    )
    t.signal(
        f,
        "rush",
        "rush",
        t.months(-11),
        ("가장 바쁜 주에 한꺼번에 요청하심", "Asked for everything in the busiest week"),
        who="woo",
        closed=t.months(-10),
        activity="rush",
    )
    t.log(
        f,
        "call",
        t.slot(1),
        "call",
        "woo",
        heard=("잊은 게 아니라 강의실 공사 중이었다", "Not forgotten; the classrooms were being rebuilt"),
        said=("오시는 주에 나눠서 하자고 말씀드림", "Suggested spreading it over the coming weeks"),
    )
    t.task(
        f,
        "visit",
        "meet",
        ("남은 선금 일정 잡기", "fix dates for the prepaid rest"),
        due=t.slot(5),
        time="14:00",
        promised=t.slot(1),
        done=t.slot(5),
        who="woo",
        activity="call",
    )
    t.log(
        f,
        "visit",
        t.slot(5),
        "visit",
        "woo",
        time="14:00",
        heard=("두 번에 나눠 쓰겠다", "We will use it in two parts"),
        said=("날짜 두 개 적어 드림", "Wrote down two dates"),
        task="visit",
    )


def tell_marusol(t: Teller) -> None:
    """Taken over two weeks ago and not yet seen; the previous rep left promises."""
    f = "marusol"
    left: Two = ("전임자 이 과장", "Mr Lee, who had it before")
    t.fact(
        f,
        "anger",
        "feeling",
        t.at(-13),
        ("납기가 어긋나면 크게 화내신다고 함", "Said to get angry when deliveries slip"),
        who="noh",
        until=t.months(5),
        source=left,
        private=1,
    )
    t.fact(
        f,
        "ending",
        "gap",
        t.at(-13),
        ("계약이 언제까지인지 적어 둔 것이 없음", "Nothing written about when the contract ends"),
        source=left,
    )
    t.task(
        f,
        "shelf",
        "give",
        ("진열대 교체 견적", "quote for new shelves"),
        due=t.slot(3),
        promised=t.at(-20),
        done=t.slot(3),
        who="noh",
        source=left,
    )
    t.task(
        f,
        "returns",
        "give",
        ("반품 정산표", "settlement of returns"),
        due=t.slot(7),
        promised=t.at(-24),
        done=t.slot(7),
        who="noh",
        source=left,
    )
    t.log(
        f,
        "greeting",
        t.at(0),
        "visit",
        "noh",
        time="17:00",
        sheet="greeting",
        heard=(
            "담당이 바뀌었다는 말도 없었다. 반품이 석 달째다",
            "Nobody told us it had changed hands. The returns are three months old",
        ),
        said=(
            "들은 것부터 정리하겠다. 이름과 번호를 창고 문에 붙여 둠",
            "I will start with what I heard. Left my name and number on the storeroom door",
        ),
    )
    t.signal(
        f,
        "returns",
        "complaint",
        t.at(0),
        ("반품이 석 달째다", "The returns are three months old"),
        who="noh",
        wanted=("반품 정산", "the returns"),
        activity="greeting",
    )
    t.log(
        f,
        "shelf",
        t.slot(3),
        "call",
        "noh",
        heard=("견적은 봤다. 반품만 끝내자", "Saw the quote. Let us just finish the returns"),
        task="shelf",
    )


def tell_yegrina(t: Teller) -> None:
    """An ally: she has referred three clinics, and one of them referred a fourth."""
    f = "yegrina"
    t.contract(f, "term", t.months(-9), t.months(15), amount=25_000)
    t.fact(
        f,
        "school",
        "family",
        t.at(-50),
        ("둘째가 유치원에 들어감", "Her second child started kindergarten"),
        who="geum",
        until=t.months(8),
        source=DIRECT,
    )
    t.log(
        f,
        "intro",
        t.at(-11),
        "message",
        "geum",
        heard=("은평에 개원하는 후배가 있다", "A younger colleague is opening in Eunpyeong"),
        said=("고맙다고 인사드림", "Thanked her"),
    )
    t.signal(
        f, "thanks", "thanks", t.at(-11), ("후배 원장님 소개", "Introduced a colleague"), who="geum", activity="intro"
    )
    t.log(
        "yunseul",
        "first",
        t.work(-42),
        "call",
        "eo",
        heard=("개원 준비가 끝나면 이야기하자", "Let us talk when the opening is done"),
    )
    t.fact(
        "yunseul",
        "opening",
        "work",
        t.at(-42),
        ("개원 공사 중", "Building before the opening"),
        who="eo",
        until=t.months(2),
        source=("금나래 실장", "금나래"),
    )
    t.log(
        "yunseul",
        "look",
        t.slot(3),
        "visit",
        "eo",
        heard=("금 실장 말을 믿고 부른 거다", "I called because 금나래 told me to"),
        said=("자리 재 드리고 빈손으로 나옴", "Measured the room and asked for nothing"),
    )
    t.log(
        "geurin",
        "first",
        t.work(-120),
        "visit",
        "mo",
        heard=("은초롬 실장이 편하다고 하더라", "은초롬 said it was easy with you"),
    )


def tell_durebak(t: Teller) -> None:
    """Change within a term: five visits of five are used, and on time before the contract was late after it."""
    f = "durebak"
    t.contract(f, "term", t.at(-120), t.at(245), amount=3300)
    for n, (back, heard) in enumerate(
        (
            (-200, ("가게에서 직접 보고 싶다", "I want to see it in the shop")),
            (-176, ("사장님께 여쭤보겠다", "I will ask the owner")),
            (-151, ("조건은 괜찮다", "The terms are fine")),
            (-128, ("다음 주에 계약하자", "Let us sign next week")),
        )
    ):
        t.log(f, f"before{n}", t.work(back), "visit", "cheon", heard=heard)
    late: Two = ("약속한 시간보다 많이 늦으심", "Much later than agreed")
    for n, (back, heard, marks) in enumerate(
        (
            (-58, ("주문은 아무 때나 받아 줬으면 좋겠다", "Take orders at any hour, please"), "late"),
            (-45, ("깜빡했다", "It slipped my mind"), "late,hard"),
            (-33, ("이번 달은 맞춰 보겠다", "We will try this month"), ""),
            (-19, ("바빠서 못 봤다", "Too busy to look"), "late"),
            (-6, ("해 보니 정해진 날이 편하긴 하다", "A fixed day is easier after all"), ""),
        )
    ):
        label = f"visit{n}"
        t.log(f, label, t.work(back), "visit", "cheon", heard=heard, marks=marks)
        if "late" in marks:
            t.signal(f, f"late{n}", "late", t.work(back), late, who="cheon", activity=label)
    t.decide(
        f,
        "convert",
        "convert",
        t.at(-60),
        ("주문하는 날을 정해 놓고 맞춰 보기", "Try it with a fixed order day"),
        by=("나", "me"),
        until=t.at(6),
        closed=t.at(6),
        budget=5,
    )
    t.put_off(f, f"decision:{t.id('decision', f, 'convert')}", t.at(5))
    t.decide(
        f, "keep", "keep", t.at(6), ("화요일 주문으로 안고 간다", "Keep them, with orders on Tuesdays"), by=("나", "me")
    )


def tell_byeoljji(t: Teller) -> None:
    """The first anniversary next week, with a draw for five of their people; renewal in 84 days."""
    f = "byeoljji"
    t.contract(f, "term", t.months(-12, 6), t.at(84), amount=30_000)
    t.policy(f, "visit", t.months(-13), every_months=4)
    t.log(
        f,
        "call",
        t.workday_at(t.months(-1, -9)),
        "call",
        "myeong",
        heard=("소모품 하나만 더 있으면 된다", "One more consumable and we are set"),
    )
    t.put_off(f, "call", t.at(0))
    t.put_off(f, "renewal", t.at(6))
    t.log(
        f,
        "idea",
        t.at(-20),
        "message",
        "myeong",
        heard=("직원들이 이제 손에 익었다고 한다. 뽑기 좋다", "It sits well in the hand now. A draw sounds fun"),
        said=("첫돌 삼아 작은 뽑기를 해 드리겠다", "A small draw for its first birthday"),
    )
    t.task(
        f,
        "draw",
        "event",
        ("1주년 뽑기, 다섯 분", "first-year draw for five"),
        due=t.at(6),
        promised=t.at(-20),
        done=t.at(6),
        who="myeong",
        origin="sheet",
        activity="idea",
    )
    t.sheet(
        f,
        "year",
        "anniversary",
        ("1주년", "First year"),
        t.at(-20),
        json.dumps(
            {
                "who": t.word(("직원 다섯 분 추첨", "five of their people, drawn by lot")),
                "gift": t.word(("동네 빵집 쿠폰", "vouchers of the bakery next door")),
                "budget": "",
                "word": t.word(("한 해 잘 써 주셔서 고맙습니다", "Thank you for this first year")),
            },
            ensure_ascii=False,
        ),
        closed=t.at(6),
    )
    t.log(
        f,
        "hello",
        t.at(0),
        "call",
        "myeong",
        heard=("목요일이면 다 있다" if t.day.weekday() == 4 else "그날이면 다 있다", "Everyone is in that day"),
        said=("그날 점심때 들르겠다", "I will come by at noon"),
    )
    t.log(
        f,
        "year",
        t.at(6),
        "visit",
        "myeong",
        time="12:30",
        heard=("이런 건 처음 받아 본다고 다들 웃었다", "Everyone laughed; nobody had ever had this"),
        said=("다음 해도 잘 부탁드린다고 인사", "Asked to be of use another year"),
        task="draw",
    )


def tell_dasom(t: Teller) -> None:
    """Orders in February, May, August and November only: nothing is wrong in between."""
    f = "dasom"
    t.contract(f, "term", t.months(-35), t.months(13))
    t.policy(f, "review", t.months(-24), per_year=4)
    t.log(
        f,
        "call",
        t.work(-15),
        "call",
        "bin",
        heard=("다음 잡지 마감 전에는 조용하다", "Quiet until the next issue closes"),
    )


def tell_others(t: Teller) -> None:
    """Those told in a line or two each."""
    t.log(
        "narin",
        "message",
        t.at(-9),
        "message",
        "sunu",
        heard=("새 매장 자리를 보러 다닌다", "Looking at places for a new shop"),
    )
    t.log(
        "narin",
        "visit",
        t.work(-124),
        "visit",
        "sunu",
        heard=("원두 보관이 늘 걱정이다", "Storing the beans is a constant worry"),
    )
    t.fact(
        "narin",
        "shop",
        "work",
        t.at(-9),
        ("새 매장 준비 중", "Preparing a new shop"),
        who="sunu",
        until=t.months(3),
        source=DIRECT,
    )
    t.sheet(
        "narin",
        "chair",
        "customer_chair",
        ("고객 의자", "Customer's chair"),
        t.at(-9),
        json.dumps(
            {"words": t.word(("보관만 해결되면 매장을 늘리고 싶다", "With storage solved we would open more shops"))},
            ensure_ascii=False,
        ),
    )
    t.log(
        "hanol",
        "referral",
        t.at(-6),
        "call",
        "gye",
        heard=("소개한 곳에서 좋다고 하더라", "The firm I sent you to is pleased"),
        said=("다음에 뵐 때 제대로 인사드리겠다", "I will thank you properly when we meet"),
    )
    t.fact(
        "hanol",
        "gift",
        "taste",
        t.at(-120),
        ("팥 들어간 건 안 드심", "Nothing with red beans"),
        who="gye",
        until=t.months(20),
        source=("같이 간식", "over a snack"),
        private=1,
    )
    t.signal(
        "hanol", "thanks", "thanks", t.at(-30), ("거래처 한 곳을 소개해 주심", "Introduced another firm"), who="gye"
    )
    t.task(
        "hanol",
        "thanks",
        "give",
        ("소개 인사", "thanks for the referral"),
        due=t.slot(2),
        promised=t.at(-6),
        done=t.slot(2),
        who="gye",
        activity="referral",
    )
    t.log(
        "hanol",
        "thanks",
        t.slot(2),
        "message",
        "gye",
        heard=("별것 아닌데 고맙다", "It was nothing, but thank you"),
        said=("덕분이라고 손글씨로 적어 드림", "A note by hand"),
        task="thanks",
    )
    t.log(
        "ara",
        "call",
        t.at(-26),
        "call",
        "ha",
        heard=("이사가 마음이 좀 상해 있다. 새 이야기는 천천히", "The director is sore just now; new things can wait"),
    )
    hold = add_months(t.day, 4).replace(day=1).isoformat()
    t.fact(
        "ara",
        "promotion",
        "feeling",
        t.at(-27),
        ("상무 승진이 미뤄짐", "His promotion was put off"),
        who="son",
        until=hold,
        source=("하 대표", "하윤목"),
        private=1,
    )
    t.decide(
        "ara",
        "hold",
        "hold",
        t.at(-26),
        ("손 이사 마음이 풀릴 때까지 제안 쉼", "No pitch until the director feels better"),
        by=("나", "me"),
        until=hold,
        who="son",
    )
    t.log(
        "ara",
        "market",
        t.slot(5),
        "visit",
        "ha",
        heard=("물건 이야기 없이 와 주니 반갑다", "Good that you come without anything to sell"),
        said=("경매 끝나고 국밥만 먹고 옴", "Soup after the auction, nothing else"),
    )
    t.log(
        "neona",
        "first",
        t.work(-48),
        "call",
        heard=("팀장님과 바로 이야기하겠다", "We will talk with your manager directly"),
        note=("뵙기 전에 윗분을 찾으심", "Asked for my manager before we ever met"),
    )
    t.decide(
        "neona",
        "handover",
        "handover",
        t.work(-46),
        ("처음부터 팀장님을 찾으셔서 넘겨 드림", "They asked for my manager from the start"),
        by=MY_LEAD,
    )
    t.log(
        "nnb",
        "lab",
        t.slot(5),
        "visit",
        "je",
        sheet="half_year",
        heard=("시제품이 나오면 포장부터 의논하자", "When the sample is ready, let us start with the packing"),
        said=("작은 수량도 된다고 말씀드림", "Small runs are fine"),
    )
    t.contract("nnb", "term", t.months(-13), t.months(11), amount=11_000)
    t.contract("haetgwi", "monthly", t.months(-21), "")
    t.contract("hanol", "term", t.months(-16), t.months(8), amount=27_000)
    t.contract("narin", "term", t.months(-30), t.months(7), amount=22_000)
    t.contract("ara", "term", t.months(-31), t.months(17), amount=13_000)
    for firm, months in (
        ("andamiro", 14),
        ("kkotgaram", 9),
        ("mulbi", 12),
        ("kkachi", 10),
        ("bolumul", 13),
        ("saembari", 12),
        ("dalgu", 11),
    ):
        t.contract(firm, "term", t.months(months - 24), t.months(months))
