"""오답노트 of the sample book: what it has learnt. Only the first is kept in sight."""

from __future__ import annotations

from typing import Any

from fieldsales.domain.frozen import replace
from fieldsales.domain.model import Lesson
from fieldsales.workflows.sample_cases import narae_left
from fieldsales.workflows.sample_teller import Teller, Two


def tell_lessons(t: Teller) -> None:
    left = narae_left(t)
    lessons: tuple[tuple[str, str, str, str, Two, str, dict[str, Two], int, int], ...] = (
        (
            "narae",
            "owner",
            "jin",
            "left",
            ("담당자가 바뀌면 두 주 안에 얼굴부터 뵙기", "When people change, see the new face within two weeks"),
            "people_changed",
            {
                "next_time": ("바뀐 소식을 들은 그 주에 인사부터 간다", "Go and say hello in the week I hear of it"),
                "unknown": ("새 사장님께 오래 쓰던 곳이 있었음", "The new owner had a supplier of many years"),
                "missed": ("가게를 넘긴다는 메일에 답만 하고 안 감", "Answered the mail and did not go"),
                "once_more": ("예 · 넘기시던 주", "Yes, in the week of the handover"),
                "went_well": ("떠나실 때 손편지를 남긴 것", "The note I left when they went"),
            },
            1,
            2,
        ),
        (
            "ara",
            "face",
            "son",
            "",
            ("새로 오신 분께는 자료보다 얼굴 먼저", "For someone new, a face before papers"),
            "people_changed",
            {
                "next_time": ("첫날은 빈손으로 인사만", "On the first day only say hello"),
                "went_well": ("자료를 접고 이야기만 듣고 온 것", "Put the papers away and listened"),
            },
            0,
            1,
        ),
        (
            "sinabro",
            "bow",
            "tak",
            "left",
            ("떠나셔도 인사는 끝까지", "Whoever leaves, say goodbye properly"),
            "churn",
            {
                "mistake": ("못 지킬 날짜를 된다고 말씀드림", "Promised a date I could not keep"),
                "should_not_say": ("이번에는 꼭 됩니다", "This time it will surely work"),
                "should_say": ("이 날짜는 어렵습니다, 사흘 뒤가 됩니다", "Not that day; three days later it can be"),
                "went_well": ("화가 나 계실 때도 찾아가 인사드린 것", "Went to say goodbye though he was angry"),
            },
            0,
            1,
        ),
        (
            "gombi",
            "sorry",
            "ma",
            "",
            ("화나셨을 때는 설명보다 사과 먼저", "When someone is angry, sorry before reasons"),
            "complaint",
            {
                "next_time": (
                    "듣고, 죄송하다 하고, 고칠 것 하나만 말씀드리기",
                    "Listen, say sorry, name one thing to put right",
                )
            },
            0,
            1,
        ),
        (
            "onsaemi",
            "dates",
            "woo",
            "",
            ("선금 받은 날 첫 날짜부터 잡기", "Fix the first date on the day the money comes"),
            "prepaid",
            {"missed": ("쓰실 날을 묻지 않고 기다리기만 함", "Only waited, never asked for dates")},
            0,
            0,
        ),
        (
            "marusol",
            "before",
            "",
            "",
            ("물려받은 곳은 전임자 약속부터 여쭙기", "Of an inherited account, ask for the open promises first"),
            "inherited",
            {"went_well": ("열어 보기 전에 전화 한 통 한 것", "One call before opening the files")},
            0,
            0,
        ),
        (
            "hanol",
            "day",
            "gye",
            "",
            ("늦을 것 같으면 하루 먼저 알려 드리기", "If it may be late, say so a day before"),
            "complaint",
            {"went_well": ("하루 먼저 알려 드려 서운해하지 않으심", "Told a day ahead, and nobody was hurt")},
            0,
            0,
        ),
    )
    days = {
        "narae": left,
        "ara": t.months(-8),
        "sinabro": t.months(-13),
        "gombi": t.months(-10),
        "onsaemi": t.months(-10, -2),
        "marusol": t.at(-12),
        "hanol": t.months(-5),
    }
    causes = {"narae": "management", "sinabro": "neglect"}
    for firm, label, who, case, line, tags, words, pinned, helped in lessons:
        if not t.past(days[firm]):
            continue
        texts: dict[str, Any] = {field: t.word(text) for field, text in words.items()}
        t.rows.append(
            replace(
                Lesson(
                    id=t.id("lesson", firm, label),
                    account_id=t.account(firm),
                    contact_id=t.contact(firm, who),
                    case_id=t.id("churn_case", firm, case) if case else "",
                    day=days[firm],
                    line=t.word(line),
                    cause=causes.get(firm, ""),
                    tags=tags,
                    pinned=pinned,
                    helped=helped,
                ),
                **texts,
            )
        )
    t.task(
        "ara",
        "others",
        "prevent",
        ("대표나 담당자가 바뀐 곳 찾아보기", "look for accounts whose people have changed"),
        due=t.next_workday_at(20),
        promised=t.at(-2),
        origin="lesson",
        lesson="face",
    )
