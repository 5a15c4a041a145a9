"""예시 수첩: a book of forty invented accounts whose stories move on for a week.

The stories are told from a day; the book is written for a day from there up to a week later, and what has happened by
then is in it. The same two days make the same rows, in either language with the same ids.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from fieldsales.domain.dates import add_months, month_back, month_of
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Contact, Setting
from fieldsales.domain.playbooks import Playbook
from fieldsales.workflows import sample_cases, sample_relations, sample_stories
from fieldsales.workflows.sample_firms import STORY_FIRMS
from fieldsales.workflows.sample_lessons import tell_lessons
from fieldsales.workflows.sample_open_case import tell_saenyeok
from fieldsales.workflows.sample_ordinary import ORDINARY_FIRMS
from fieldsales.workflows.sample_talk import CALLS, FACTS, MEETINGS, MESSAGES, REVIEWS
from fieldsales.workflows.sample_teller import Firm, Row, Teller

if TYPE_CHECKING:
    from fieldsales.domain.model import Changed
    from fieldsales.storage.book import Book

WEEK = 7  # days the stories move on for
MONTHS = 24  # of amounts
YEAR_BACK = 400  # days of ordinary contact that are written
_EVERY = {  # months between two contacts of a kind, as the tiers' floors have it
    "A": {"call": 1, "review": 3, "meeting": 6},
    "B": {"call": 3, "review": 6, "meeting": 12},
    "C": {"call": 6},
}
# Those who do not write, and those whose silence or words are part of a story.
_TOLD_APART = frozenset({"onsaemi", "marusol", "durebak", "narae", "dasom", "ara", "neona", "yunseul", "haetgwi"})
_EVERY_FOR = {("dasom", "review"): 3}
_RIPPLE = (0, 3, -4, 2, 5, -2, -5, 1, 4, -3, 2, -1)  # percent; ordinary months differ a little


def sample_rows(
    day: date, today: date, lang: str, playbook: Playbook, holidays: frozenset[str] = frozenset()
) -> list[Row]:
    """All rows of the sample book as it stands in the morning of `today`, told from `day`.

    A `today` before `day` or more than a week after it is taken for `day`. `lang` is `ko` or `en`; names stay Korean.
    `playbook` is the checklist of the open case; `holidays` are ISO days on which nothing is arranged.
    """
    if not day <= today <= day + timedelta(days=WEEK):
        today = day
    t = Teller(day, today, lang, holidays)
    t.rows.append(Setting(natural_id("setting", "currency"), "currency", "KRW"))
    for index, firm in enumerate(STORY_FIRMS + ORDINARY_FIRMS):
        _account(t, firm)
        _people(t, firm)
        _amounts(t, firm, index)
        _routine(t, firm, index)
        _messages(t, firm, index)
    sample_stories.tell_haeyun(t)
    sample_stories.tell_dodam(t)
    sample_stories.tell_gombi(t)
    sample_relations.tell_onsaemi(t)
    sample_relations.tell_marusol(t)
    sample_relations.tell_yegrina(t)
    sample_relations.tell_durebak(t)
    sample_relations.tell_byeoljji(t)
    sample_relations.tell_dasom(t)
    sample_stories.tell_garam(t)
    sample_relations.tell_others(t)
    tell_saenyeok(t, playbook)
    sample_cases.tell_narae(t)
    sample_cases.tell_sinabro(t)
    sample_cases.tell_miribyeol(t)
    tell_lessons(t)
    _facts(t)
    return t.rows


def write_sample(
    book: Book,
    day: date,
    today: date,
    lang: str,
    now: datetime,
    playbook: Playbook,
    holidays: frozenset[str] = frozenset(),
) -> Changed:
    """Writes the sample into an empty book, as one act that can be undone."""
    with book.change("sample", now) as change:
        for row in sample_rows(day, today, lang, playbook, holidays):
            change.add(row)
    return change.changed


# --- accounts and people --------------------------------------------------------------------------------------------


def _entered(t: Teller, firm: Firm) -> str:
    if firm.key == "marusol":
        return t.at(-13)
    if firm.key == "saenyeok":
        return t.months(-16, -1)
    if firm.key == "miribyeol":
        return t.at(-70)
    return t.months(-firm.months)


def _account(t: Teller, firm: Firm) -> None:
    entered = _entered(t, firm)
    years, months = firm.years, firm.since_months
    since = t.months(-months, -1) if months is not None else t.months(-12 * years) if years else entered
    columns: dict[str, str | int] = {"since": since, "introduced_on": since}
    columns |= _particulars(t, firm.key)
    t.rows.append(
        Account(
            id=t.account(firm.key),
            name=firm.name,
            tier=firm.tier,
            entered_on=entered,
            region=t.word(firm.region),
            address=firm.address,
            phone=f"02-0000-{firm.phone}",
            sector=t.word(firm.sector),
            tags=t.word(firm.tags),
            note=t.word(firm.note),
            **columns,  # type: ignore[arg-type]
        )
    )


def _particulars(t: Teller, key: str) -> dict[str, str | int]:
    """What is particular about an account's own columns."""
    prospect: dict[str, str | int] = {"state": "prospect", "since": "", "introduced_on": ""}
    begins = add_months(t.day, 1).replace(day=1).isoformat()
    won: dict[str, str | int] = {"state": "active", "since": begins, "introduced_on": ""}
    by_key: dict[str, dict[str, str | int]] = {
        "marusol": {
            "origin": "inherited",
            "inherited_on": t.at(-13),
            "predecessor": t.word(("이 과장", "Mr Lee")),
            "introduced_on": "",
        },
        "saenyeok": {
            "origin": "inherited",
            "inherited_on": t.months(-16, -1),
            "predecessor": t.word(("박 대리", "Ms Park")),
        },
        "gombi": {"relation": "hurt", "relation_on": t.at(-4)}
        if not t.past(t.slot(2))
        else {"relation": "good", "relation_on": t.slot(2)},
        "yegrina": {"relation": "good", "relation_on": t.at(-40)},
        "onsaemi": {"irregular": 1},
        "dasom": {"seasonal": 1, "irregular": 1},
        "byeoljji": {"introduced_on": t.months(-12, 6), "since": t.months(-12, 6)},
        "narae": {
            "state": "lost",
            "ended_on": sample_cases.narae_left(t),
            "lost_to": "competitor",
            "left_how": "quiet",
            "farewell": "done",
        },
        "sinabro": {
            "relation": "good",
            "relation_on": t.months(-3),
            "ended_on": t.months(-14),
            "lost_to": "competitor",
            "left_how": "hurt",
            "farewell": "done",
            "won_back_on": t.months(-8),
        },
        "neona": {"state": "handed", "owner": "manager", "lost_to": "manager"},
        "miribyeol": won if t.past(t.slot(3)) else prospect,
        "yunseul": prospect | {"origin": "referred", "referred_by": t.account("yegrina")},
        "dalbo": {"origin": "referred", "referred_by": t.account("yegrina")},
        "naritmul": {"origin": "referred", "referred_by": t.account("yegrina")},
        "geurin": {"origin": "referred", "referred_by": t.account("naritmul")},
        "kkotgaram": {"next_need_on": t.at(40)},
    }
    return by_key.get(key, {})


def _people(t: Teller, firm: Firm) -> None:
    for position, person in enumerate(firm.people):
        columns = {
            "since": t.at(person.since) if person.since else "",
            "came_on": t.at(person.came) if person.came is not None else "",
            "left_on": t.at(person.left) if person.left is not None else "",
            "ally_since": t.at(person.ally) if person.ally is not None else "",
        }
        t.rows.append(
            Contact(
                id=t.contact(firm.key, person.key),
                account_id=t.account(firm.key),
                name=person.name,
                title=t.word(person.title),
                role=person.role,
                phone=f"02-0000-{person.phone}" if person.phone else "",
                mobile=f"010-0000-{person.mobile}" if person.mobile else "",
                email=f"{person.key}@{firm.key}.example",
                position=position,
                temper=t.word(person.temper),
                mends=t.word(person.mends),
                best_time=t.word(person.best),
                opt_out=person.opt_out,
                note=t.word(person.note),
                **columns,
            )
        )


def _facts(t: Teller) -> None:
    for firm, who, kind, back, until, text, source in FACTS:
        t.fact(
            firm,
            f"{who}-{kind}",
            kind,
            t.work(back),
            text,
            who=who,
            until=t.at(until),
            source=source,
            private=int(kind == "taste"),
        )


# --- amounts --------------------------------------------------------------------------------------------------------


def _amounts(t: Teller, firm: Firm, index: int) -> None:
    """Monthly amounts from the month before `today`'s back two years, or since the firm began to buy."""
    story = month_of(t.day)
    newest = 0 if month_of(t.today) > story else 1
    months = min(MONTHS, firm.since_months or 12 * firm.years or firm.months)
    for back in range(newest, newest + months):
        amount = _won(t, firm, index, back, month_back(story, back))
        if amount is not None:
            t.month(firm.key, back, amount)


def _won(t: Teller, firm: Firm, index: int, back: int, month: str) -> int | None:
    """The amount in 만 of the month so many before the story's month, None where there is none."""
    if firm.key == "dasom":
        return 1400 + 60 * _RIPPLE[int(month[5:7]) % 12] if int(month[5:7]) in {2, 5, 8, 11} else 0
    if firm.key == "sinabro":
        if back >= 14:
            return 5000 + 50 * _RIPPLE[back % 12]
        if back >= 8:
            return 0
        return (2000, 2000, 2100, 2200, 2500, 2750, 2750, 2750)[7 - max(back, 0)]
    if firm.key == "narae":
        left = sample_cases.narae_left(t)[:7]
        if month > left:
            return 0
        return firm.won + 9 * _RIPPLE[back % 12] if month < left else 240
    if not firm.won:
        return None
    recent = firm.recent
    if back <= len(recent) and recent:
        return recent[-max(back, 1)]
    first = recent[0] if recent and recent[0] < 2 * firm.won else firm.won
    level = first * (1000 - firm.growth * 10 * max(back - len(recent), 0) // 12) // 1000
    return level * (100 + _RIPPLE[(back + index * 5) % 12]) // 100


# --- ordinary contact -----------------------------------------------------------------------------------------------


def _routine(t: Teller, firm: Firm, index: int) -> None:
    for kind, number in (("call", firm.rhythm.call), ("review", firm.rhythm.review), ("meeting", firm.rhythm.meeting)):
        every = _EVERY_FOR.get((firm.key, kind)) or _EVERY[firm.tier].get(kind)
        if number is None or every is None:
            continue
        if number < 0:
            last = t.workday(t.day + timedelta(days=number))
        else:
            due = date.fromisoformat(t.slot(number)) if number <= WEEK else t.day + timedelta(days=number)
            last = _before(t, due, every)
            _ordinary(t, firm, kind, _shown(t, last, every), index, 0)
        entered = t.months(-8, 1) if firm.key == "sinabro" else _entered(t, firm)  # it came back then
        day, turn = last, 1
        while day >= t.day - timedelta(days=YEAR_BACK) and day.isoformat() >= entered:
            _ordinary(t, firm, kind, day, index, turn)
            day = t.workday(add_months(last, -every * turn))
            turn += 1


def _messages(t: Teller, firm: Firm, index: int) -> None:
    """Between the calls, where calls are rare, people write: orders, thanks, a picture."""
    if firm.tier == "A" or firm.key in _TOLD_APART:
        return
    if firm.tier == "C":
        heard, said = MEETINGS[index % len(MEETINGS)]
        t.log(
            firm.key,
            "routine-visit",
            t.work(-110 - index * 13 % 150),
            "visit",
            firm.people[0].key,
            heard=heard,
            said=said,
        )
    for turn, back in enumerate(range(9 + index * 11 % 43, 330, 47)):
        day = t.work(-back)
        if day < _entered(t, firm):
            break
        heard = MESSAGES[(index + turn) % len(MESSAGES)]
        t.log(firm.key, f"routine-message-{turn}", day, "message", firm.people[0].key, heard=heard)


def _before(t: Teller, due: date, every: int) -> date:
    """The working day after which the next turn is shown on that day, or as near to it as the calendar allows."""
    raw = add_months(due, -every)
    back = t.workday(raw)
    if t.day < _shown(t, back, every) <= due:
        return back
    while t.next_workday(raw) != raw or _shown(t, raw, every) <= t.day:
        raw += timedelta(days=1)
    return raw


def _shown(t: Teller, last: date, every: int) -> date:
    """The working day on which the next turn stands in 오늘: never after the end of its period."""
    good = add_months(last, every)
    after = t.next_workday(good)
    return after if after.month == good.month or good.month % every else t.previous_workday(good)


def _ordinary(t: Teller, firm: Firm, kind: str, day: date, index: int, turn: int) -> None:
    """One contact as they mostly are. The months in which nobody answered have an attempt before the call."""
    who = firm.people[0].key if firm.people[0].left is None else ""
    pick = index * 7 + turn * 5 + len(kind)
    label = f"routine-{kind}-{turn}"
    if kind == "review":
        t.log(firm.key, label, day.isoformat(), "review", who, sheet="quarter", note=REVIEWS[pick % len(REVIEWS)])
    elif kind == "meeting":
        heard, said = MEETINGS[pick % len(MEETINGS)]
        t.log(firm.key, label, day.isoformat(), "visit", who, sheet="half_year", heard=heard, said=said)
    else:
        heard, said = CALLS[pick % len(CALLS)]
        if pick % 6 == 0:
            before = t.workday(day - timedelta(days=1)).isoformat()
            t.log(firm.key, f"{label}-missed", before, "call", who, attempt="no_answer")
        t.log(firm.key, label, day.isoformat(), "call", who, heard=heard, said=said)
