"""What is said on ordinary days: short lines heard and answered in calls, reviews and meetings of the sample book.

Each account starts at another place of the pools, so that neighbours do not say the same thing on the same day.
"""

from __future__ import annotations

from fieldsales.workflows.sample_teller import NOTHING, Two

# Heard, and what was said to it.
CALLS: tuple[tuple[Two, Two], ...] = (
    (("이번 달은 지난달만큼만 간다", "This month will be about like last month"), NOTHING),
    (
        ("입고가 오전이면 더 좋겠다", "Deliveries in the morning would suit us better"),
        ("기사님과 이야기해 오전으로 돌려 보겠다", "I will ask the driver to come mornings"),
    ),
    (("요즘 바쁘니 월말에 다시 통화하자", "Busy now; ring again at the end of the month"), NOTHING),
    (("잘 쓰고 있다. 따로 불편한 건 없다", "It works well; nothing is in the way"), NOTHING),
    (
        ("계산서가 늦게 온다", "The invoice reaches us late"),
        ("이달부터 25일에 먼저 보내 드리겠다", "From this month it goes out on the 25th"),
    ),
    (
        ("새 직원이 들어와 쓰는 법을 다시 물을 수도 있다", "Someone new has started and may ask how things work"),
        NOTHING,
    ),
    (
        ("감기가 돌아서 사무실이 반은 비었다", "Half the office is out with a cold"),
        ("몸조리하시라고 인사", "Wished them a good rest"),
    ),
    (
        ("다음 달에 행사가 하나 있어 조금 더 필요하다", "There is an event next month; we shall need a little more"),
        ("수량 정해지면 하루 안에 확인해 드리겠다", "Once you know how many, I confirm within a day"),
    ),
    (("단가는 지금대로면 된다", "The price is fine as it is"), NOTHING),
    (("창고를 옮기느라 정신이 없었다", "Moving the storeroom took all our attention"), NOTHING),
    (("지난번 알려 준 방법대로 하니 편해졌다", "It got easier the way you showed us"), NOTHING),
    (
        ("결재하시는 분이 출장이라 다음 주에 답을 주겠다", "The one who signs is travelling; an answer next week"),
        NOTHING,
    ),
    (
        ("포장이 한 번 찢어져 왔다. 큰일은 아니다", "One parcel came torn; nothing serious"),
        ("바로 바꿔 드렸음", "Replaced at once"),
    ),
    (("이번 반기 예산이 조금 남을 것 같다", "There may be a little budget left this half-year"), NOTHING),
    (("비가 잦아 손님이 조금 줄었다", "A rainy spell, and a few people fewer"), NOTHING),
    (("올해는 작년보다 낫다", "This year is better than the last"), NOTHING),
    (
        ("서류를 하나로 묶어 주면 좋겠다", "One bundle of papers would be easier"),
        ("다음 자료부터 한 장으로 드리겠다", "From the next review it will be one page"),
    ),
    (("휴가 다녀와서 밀린 일을 보는 중이다", "Back from leave and catching up"), NOTHING),
    (("옆 사무실에서도 뭘 쓰는지 물어보더라", "The office next door asked what we use"), NOTHING),
    (("아이 시험 기간이라 일찍 들어간다", "Going home early; exam week for the children"), NOTHING),
    (("이번 달 결제는 5일에 나간다", "This month's payment goes out on the 5th"), NOTHING),
    (("주문을 이틀만 당겨 줄 수 있는지", "Could the order come two days earlier"), ("당겨 드렸음", "Moved it up")),
    (("별일 없다. 안부 고맙다", "All well, thanks for asking"), NOTHING),
    (("다음에 오면 커피나 한잔하자", "Let us have a coffee when you come by"), NOTHING),
)

REVIEWS: tuple[Two, ...] = (
    ("이용 정리 한 장 드림. 더 필요한 것 없음", "One page of what was used; nothing more needed"),
    ("이용 정리 드림. 소모품 하나 더 필요하다 하심", "Review handed over; one more consumable wanted"),
    ("지난 분기와 나란히 정리. 잘 보인다고 하심", "Set beside last quarter; easy to read, they say"),
    ("이용 정리 드림. 안 쓰는 항목 하나 빼 드림", "Review handed over; dropped an item nobody used"),
    ("바쁘셔서 메일로 드리고 전화로 함께 봄", "Busy, so by mail, and we went through it on the phone"),
    ("채울 것 하나 찾음. 다음 자료에 견적 넣기로", "Found one gap; the quote goes into the next review"),
)

MEETINGS: tuple[tuple[Two, Two], ...] = (
    (
        ("궁금한 것 하나 있었는데 오늘 풀렸다", "There was one question, and it is answered today"),
        ("쓰는 법 다시 보여 드림", "Showed how it works again"),
    ),
    (
        ("내년도 이대로 가고 싶다", "We should like to go on like this next year"),
        ("바뀌는 것 있으면 먼저 말씀드리겠다", "If anything changes you hear it first"),
    ),
    (
        ("현장 직원들이 더 잘 안다. 같이 보자", "The people on the floor know best; let us look together"),
        ("현장 두 분과 함께 둘러봄", "Walked round with two of them"),
    ),
    (
        ("교체 주기가 짧은 것 같다", "It seems to need changing too often"),
        ("기록을 보고 다음 달에 답 드리기로", "Will look at the records and answer next month"),
    ),
    (("사람이 자주 바뀌지 않아 좋다", "Good that it is always the same person"), NOTHING),
    (("담당이 바로 와 주니 마음이 놓인다", "It is a relief that you come at once"), NOTHING),
)

MESSAGES: tuple[Two, ...] = (
    ("이번 주문 잘 받았다", "The order has arrived"),
    ("다음 것도 같은 걸로", "The same again next time"),
    ("수량 하나만 늘려 달라", "One more, please"),
    ("사진 보내니 맞는지 봐 달라", "Here is a picture; is it the right one?"),
    ("거래명세서 한 번 더 보내 달라", "Could you send the statement once more"),
    ("고맙다, 잘 도착했다", "Thank you, it came in good order"),
)

# What is known of people on ordinary days: firm, person, kind, days ago, days until it is stale, words, source.
FACTS: tuple[tuple[str, str, str, int, int, Two, Two], ...] = (
    (
        "andamiro",
        "seok",
        "work",
        -40,
        120,
        ("새벽 배송 시작해 출근이 빨라짐", "Starts earlier since the dawn deliveries"),
        ("직접 들음", "told me"),
    ),
    ("andamiro", "ok", "taste", -200, 500, ("점심은 국밥", "Lunch is soup and rice"), ("같이 식사", "over lunch")),
    (
        "chuimsae",
        "gam",
        "work",
        -25,
        60,
        ("새 공연 두 편 준비 중", "Preparing two new shows"),
        ("직접 들음", "told me"),
    ),
    ("kkachi", "pi", "place", -320, 400, ("영도에 사심", "Lives in Yeongdo"), ("직접 들음", "told me")),
    (
        "bolumul",
        "ga",
        "market",
        -30,
        90,
        ("튜브 용기 값이 올랐다고 함", "Tube containers have become dearer"),
        ("직접 들음", "told me"),
    ),
    (
        "kkotgaram",
        "ban",
        "family",
        -90,
        200,
        ("따님이 고3", "Her daughter is in her last school year"),
        ("직접 들음", "told me"),
    ),
    (
        "kkotgaram",
        "myo",
        "work",
        -60,
        120,
        ("별관 공사가 두 달 더 걸림", "Works on the annexe for two more months"),
        ("지배인께 들음", "from the manager"),
    ),
    (
        "hanmureup",
        "ham",
        "work",
        -30,
        80,
        ("시집 서가를 새로 짬", "Built a new shelf for poems"),
        ("가서 봄", "seen there"),
    ),
    ("mulbi", "hwang", "work", -55, 150, ("정년이 두 해 남음", "Two years to retirement"), ("직접 들음", "told me")),
    (
        "mulbi",
        "jeom",
        "work",
        -80,
        100,
        ("설비 점검이 분기 첫 달에 몰림", "Plant checks crowd into each quarter's first month"),
        ("직접 들음", "told me"),
    ),
    (
        "yeoul",
        "gong",
        "market",
        -70,
        120,
        ("시멘트 값이 오를 거라 봄", "Expects cement to become dearer"),
        ("직접 들음", "told me"),
    ),
    (
        "saembari",
        "pyeon",
        "family",
        -45,
        160,
        ("첫째가 돌을 지남", "First child just turned one"),
        ("직접 들음", "told me"),
    ),
    ("dalgu", "ye", "work", -35, 90, ("분류장을 하나 더 냄", "Opened a second sorting hall"), ("직접 들음", "told me")),
    ("deunson", "eum", "place", -500, 900, ("가게 위층에 사심", "Lives above the shop"), ("직접 들음", "told me")),
    (
        "eoseureum",
        "gung",
        "work",
        -64,
        90,
        ("진열장 조명을 새로 닮", "New lamps in the showcase"),
        ("가서 봄", "seen there"),
    ),
    ("nnb", "je", "work", -50, 70, ("비건 간식 시제품 시험 중", "Testing a vegan snack"), ("직접 들음", "told me")),
    ("dabut", "on", "work", -100, 130, ("원아가 스무 명으로 늘어남", "Twenty children now"), ("직접 들음", "told me")),
    (
        "haetgwi",
        "yeo",
        "feeling",
        -60,
        120,
        ("주말 근무가 버거우시다 함", "Weekend shifts wear her out"),
        ("직접 들음", "told me"),
    ),
)
