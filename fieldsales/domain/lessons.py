"""오답노트: what a lesson says in one line, what it is about, which are alike, and what a run gives a debrief to begin
with.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from functools import lru_cache

from fieldsales.domain.dates import add_months, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Activity, CaseFile, Cause, Lesson, Message, Task
from fieldsales.domain.people import full_name, is_meeting, people_changes, person_name

ALIKE_MONTHS = 12  # within which a like lesson is told of (S0-33)
ANEW = 3  # the so-manieth like lesson offers to write the line anew
CHECK_DAYS = 30  # after which a promise to oneself is looked at again (L6)
REVIEW_DAYS = (7, 30, 90, 180)  # of the review clock, where it is switched on (L4)
REVIEW_SETTING = "lessons.review"  # the day it was switched on, "" while it is off
CHECK = "check"  # what a task says that looks at a promise to oneself again

CAUSES = ("fees", "volume", "neglect", "competitor", "management", "other")
# What a lesson can be for: words that `remembered.situations` finds at an account.
SITUATIONS = (
    "people_changed", "complaint", "competitor", "volume", "inherited", "renewal", "prepaid", "freeze", "boss_asked",
    "churn",
)  # fmt: skip

_ABOUT = frozenset(SITUATIONS) - {"churn"}

_FAULTS = ("next_time", "unknown", "missed", "mistake", "should_say", "should_not_say", "once_more")
_WORDS = ("line", *_FAULTS, "went_well")

# How a person is, by the words that people use for it. What only looks alike (전화, 대화) must not match.
_TRAITS = (
    (
        "anger",
        r"(?<![가-힣])화(?:나|가|를| ?내|부터)|욱하|욱해|언성|버럭|다혈질|불같|"
        r"\bangry|\banger|\bshout|\bflar(?:e|es|ed|ing)\b",
    ),
    ("quiet", r"말씀이 적|말이 적|말씀이 없|말수|과묵|무뚝뚝|\bfew words|\breserved\b|\bsays little|\btaciturn"),
    ("direct", r"돌려 말|돌려서|단도직입|직설|용건(?:만|부터)|결론부터|\bto the point|\bblunt|\bstraight\b"),
    ("careful", r"꼼꼼|깐깐|하나하나|세세|\bthorough|\bmeticulous|\bdetails?\b"),
    ("price", r"단가에 민감|값을 따|가격을 따|한 푼|\bhaggl|\bpenny|\bprice[- ]conscious"),
    ("busy", r"바쁘시|바쁘신|늘 바|시간이 없|짧게 말|\bbusy|\bshort of time"),
    ("punctual", r"시간에 엄격|시간을 꼭|늦는 것을|늦을|늦으면|기한에|\bpunctual|\bon time|\blate\b"),
    ("forgiving", r"금방 풀|바로 풀|오래 두지 않|뒤끝(?:이|은)? 없|\bforgiv|\bblows over|\bsoon over"),
    ("grudge", r"오래 담아|담아 두|뒤끝(?:이|은)? (?:있|길|긴)|\bgrudge|\bnever forgets"),
    ("proud", r"체면|자존심|\bpride\b|\bproud\b"),
)
TRAITS = frozenset(name for name, _ in _TRAITS)


# --- what a lesson says ---------------------------------------------------------------------------------------------


def lesson_line(lesson: Lesson) -> str:
    """The one line a lesson is shown by: the line itself, else the first thing written in it; never the feeling."""
    fields = (
        lesson.line,
        lesson.next_time,
        lesson.went_well,
        lesson.unknown,
        lesson.missed,
        lesson.should_say,
        lesson.should_not_say,
        lesson.mistake,
        lesson.once_more,
        lesson.todo,
    )
    return next((text for text in fields if text), "")


def helping_line(lesson: Lesson) -> str:
    """What a lesson has to say in the first minute of a case (L3): the line of one that was of use, else what went
    well. "" where it only holds what went wrong: that waits for the last step.
    """
    if lesson.helped > 0:
        return lesson.line or lesson.next_time or lesson.went_well or lesson.should_say
    return lesson.went_well


def line_in_sight(lessons: Sequence[Lesson]) -> Lesson | None:
    """The pinned lesson that is kept in sight: the newest of the pinned ones."""
    pinned = [lesson for lesson in lessons if lesson.pinned and lesson_line(lesson)]
    return max(pinned, key=lambda lesson: (lesson.day, lesson.id), default=None)


def has_lesson(lesson: Lesson) -> bool:
    """Whether at least one of its fields is filled (S0-31). The private line and a task alone are no lesson."""
    return any(getattr(lesson, name) for name in _WORDS)


# --- what it is about -----------------------------------------------------------------------------------------------


@lru_cache(maxsize=4096)
def traits(text: str) -> frozenset[str]:
    """How a person is, as words of a text tell it (S0-34): names of `TRAITS`."""
    return frozenset(name for name, pattern in _patterns() if pattern.search(text)) if text else frozenset()


@lru_cache(maxsize=1)
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(pattern, re.IGNORECASE)) for name, pattern in _TRAITS)


def traits_of(lesson: Lesson) -> frozenset[str]:
    """The kinds of people that a lesson is about: as it is tagged, and as its own words tell."""
    return (TRAITS & tags_of(lesson)) | traits("\n".join(str(getattr(lesson, name)) for name in _WORDS))


def tags_of(lesson: Lesson) -> frozenset[str]:
    return _words_of(lesson.tags)


@lru_cache(maxsize=1024)
def _words_of(tags: str) -> frozenset[str]:
    return frozenset(tag for word in tags.split(",") if (tag := word.strip()))


def situation_of(tags: str) -> str:
    """The situation that a lesson is for first: the first of its tags that is one, "" where none is."""
    return next((tag for word in tags.split(",") if (tag := word.strip()) in SITUATIONS), "")


def tagged(tags: str, situation: str, found: Iterable[str] = ()) -> str:
    """The tags with another situation as the first one. The other tags stay, and what was found beside is added."""
    before = [tag for word in tags.split(",") if (tag := word.strip())]
    first = situation_of(tags)
    kept = before if situation == first else [tag for tag in before if tag != first]
    return ",".join(dict.fromkeys(tag for tag in (situation, *kept, *found) if tag))


# --- which are alike ------------------------------------------------------------------------------------------------


def alike(one: Lesson, other: Lesson) -> bool:
    """Whether two lessons are about the same thing: the same cause, or the same situation.

    That a case was open at the time makes none like another.
    """
    if one.cause and one.cause == other.cause:
        return True
    return bool(tags_of(one) & tags_of(other) & _ABOUT)


def earlier_like(lesson: Lesson, lessons: Iterable[Lesson]) -> tuple[Lesson, ...]:
    """The like lessons of the twelve months up to this one, newest first (S0-33). What only went well is no mistake."""
    day = parse_day(lesson.day)
    if day is None or not _of_a_fault(lesson):
        return ()
    since = add_months(day, -ALIKE_MONTHS).isoformat()
    found = [
        one
        for one in lessons
        if one.id != lesson.id
        and since <= one.day <= lesson.day
        and (one.day, one.id) < (lesson.day, lesson.id or "~")
        and _of_a_fault(one)
        and alike(one, lesson)
    ]
    return tuple(sorted(found, key=lambda one: (one.day, one.id), reverse=True))


def all_earlier_like(lessons: Iterable[Lesson]) -> dict[str, tuple[Lesson, ...]]:
    """What `earlier_like` gives for each lesson that has any, by its id; the cost grows with how many are alike."""
    groups: dict[str, list[Lesson]] = {}
    found = {}
    for lesson in sorted(lessons, key=lambda one: (one.day, one.id)):
        day = parse_day(lesson.day)
        if day is None or not _of_a_fault(lesson):
            continue
        since = add_months(day, -ALIKE_MONTHS).isoformat()
        like: dict[str, Lesson] = {}
        for name in (f"cause:{lesson.cause}" if lesson.cause else "", *(tags_of(lesson) & _ABOUT)):
            if name:
                before = groups.setdefault(name, [])
                like |= {one.id: one for one in before[bisect_left(before, since, key=lambda one: one.day) :]}
                before.append(lesson)
        if like:
            found[lesson.id] = tuple(sorted(like.values(), key=lambda one: (one.day, one.id), reverse=True))
    return found


def write_anew(count: int) -> bool:
    """Whether so many earlier like lessons are reason to offer that the line be written anew (L5)."""
    return count >= ANEW - 1


def _of_a_fault(lesson: Lesson) -> bool:
    return bool(lesson.line) or any(getattr(lesson, name) for name in _FAULTS)


# --- how they count -------------------------------------------------------------------------------------------------


def grouped(lessons: Iterable[Lesson], key: Callable[[Lesson], str]) -> tuple[tuple[str, tuple[Lesson, ...]], ...]:
    """Lessons by a key, in the order given (L7). The most first, of equals by key, and those without one last."""
    groups: dict[str, list[Lesson]] = {}
    for lesson in lessons:
        groups.setdefault(key(lesson), []).append(lesson)
    order = sorted(groups, key=lambda name: (not name, -len(groups[name]), name))
    return tuple((name, tuple(groups[name])) for name in order)


def by_month(lessons: Iterable[Lesson]) -> tuple[tuple[str, tuple[Lesson, ...]], ...]:
    """Lessons by the month they were written in, the newest month first (L7)."""
    return tuple(sorted(grouped(lessons, lambda lesson: lesson.day[:7]), reverse=True))


# --- the review clock -----------------------------------------------------------------------------------------------


def review_day(lesson: Lesson, since: str) -> str:
    """The day on which a lesson asks to be looked at again, where the review clock runs since a day (L4)."""
    if lesson.review_on:
        return lesson.review_on
    begun = parse_day(max(lesson.day, since))
    return "" if begun is None else (begun + timedelta(days=REVIEW_DAYS[0])).isoformat()


def asked_again(lessons: Iterable[Lesson], since: str, today: date) -> Lesson | None:
    """The one lesson that asks to be looked at today, None where none does or the clock is off (`since` is "")."""
    if not since:
        return None
    days = [(review_day(lesson, since), lesson.id, lesson) for lesson in lessons if lesson_line(lesson)]
    return min((one for one in days if one[0] and one[0] <= today.isoformat()), default=("", "", None))[2]


def next_review(reviews: int, today: date) -> str:
    """The next day after it was kept so often in a row: 7, 30, 90, then every 180 days."""
    days = REVIEW_DAYS[min(max(reviews, 0), len(REVIEW_DAYS) - 1)]
    return (today + timedelta(days=days)).isoformat()


# --- what a run gives a debrief to begin with -----------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Debrief:
    """A debrief drafted from a case's timeline (L2): facts with their times, by the name of the field.

    `hints` stand in empty fields and are not kept: nothing there is said for the user that sounds like a fault.
    """

    fields: Mapping[str, tuple[Message, ...]]
    hints: Mapping[str, tuple[Message, ...]]
    cause: str = ""
    contact_id: str = ""


def debrief(file: CaseFile, today: date) -> Debrief:
    """The draft of a case's debrief (S0-31, L2)."""
    fields = {
        "next_time": _what_would_have_kept_them(file),
        "unknown": _what_was_told(file),
        "went_well": _went_well(file),
    }
    hints = {"missed": _before(file, today), "once_more": _visits(file)}
    cause = next((one.kind for one in file.causes if one.main), file.causes[0].kind if file.causes else "")
    here = {contact.id for contact in file.history.contacts}
    return Debrief(
        {name: said for name, said in fields.items() if said},
        {name: said for name, said in hints.items() if said},
        cause if cause in CAUSES else "",
        file.case.heard_from if file.case.heard_from in here else "",
    )


def _teller(file: CaseFile, cause: Cause) -> str:
    return person_name(file.history, cause.contact_id) if cause.contact_id else cause.source


def _what_would_have_kept_them(file: CaseFile) -> tuple[Message, ...]:
    """The hint as it was said: nobody knows better what to do the next time."""
    said = []
    for cause in file.causes:
        if cause.heard:
            who = _teller(file, cause)
            said.append(
                Message("debrief.hint_by", {"text": cause.heard, "name": who})
                if who
                else Message("debrief.hint", {"text": cause.heard})
            )
    return tuple(said[:1])


def _what_was_told(file: CaseFile) -> tuple[Message, ...]:
    """The causes in the user's words, with who said so and when. One's own neglect is not told as news."""
    said = []
    for cause in file.causes:
        if cause.text and cause.kind != "neglect" and cause.certainty != "guessed":
            who, day = _teller(file, cause), cause.day[:10]
            form = "debrief.told" + ("_by" if who else "") + ("_on" if day else "")
            args: dict[str, str | int] = {"text": cause.text, "name": who, "day": day}
            said.append(Message(form, {key: value for key, value in args.items() if value}))
    return tuple(said)


def _visits(file: CaseFile) -> tuple[Message, ...]:
    visits = [one for one in file.visits if is_meeting(one)]
    tried = sum(one.outcome == "attempt" for one in file.visits)
    if visits:
        last = _moment(visits[-1])
        return (Message("debrief.visits", {"n": len(visits), "at": last}), *_tried(tried))
    return _tried(tried)


def _tried(count: int) -> tuple[Message, ...]:
    return (Message("debrief.tried", {"n": count}),) if count else ()


def _went_well(file: CaseFile) -> tuple[Message, ...]:
    """What was done soon and well: told at once, there soon, their words kept, something offered and taken."""
    said: list[Message] = []
    heard = _at(file.case.heard_at)
    reports = {item.key for item in file.items if item.act == "report"}
    told = [_at(one.at) for one in file.events if one.kind == "report" or (one.kind == "ticked" and one.ref in reports)]
    first = min((at for at in told if at is not None), default=None)
    if heard is not None and first is not None and timedelta(0) <= first - heard < timedelta(days=1):
        minutes = int((first - heard).total_seconds() // 60)
        at = first.isoformat(timespec="minutes")
        if minutes < 60:
            said.append(Message("debrief.told_minutes", {"n": minutes, "at": at}))
        else:
            said.append(Message("debrief.told_hours", {"n": minutes // 60, "at": at}))
    visits = [one for one in file.visits if is_meeting(one)]
    if heard is not None and visits and (day := parse_day(visits[0].day)) is not None:
        days = (day - heard.date()).days
        if days in (0, 1):
            form = "debrief.there_same_day" if days == 0 else "debrief.there_next_day"
            said.append(Message(form, {"at": _moment(visits[0])}))
    if any(one.heard for one in visits):
        said.append(Message("debrief.words_kept"))
    taken = sum(one.answer == "accepted" for one in file.offers)
    if file.offers:
        form = "debrief.offers_taken" if taken else "debrief.offers"
        said.append(Message(form, {"n": len(file.offers), "taken": taken}))
    return tuple(said)


def _before(file: CaseFile, today: date) -> tuple[Message, ...]:
    """What stood in the book before they told us: the last meeting, and news of people."""
    said = []
    heard = file.case.heard_at[:10]
    met = max((one.day for one in file.history.activities if is_meeting(one) and one.day < heard), default="")
    if met:
        said.append(Message("debrief.met_before", {"day": met}))
    for change in people_changes(file.history, today):
        if change.day < heard:
            who = full_name(change.contact) if change.contact else ""
            form = f"debrief.changed_{change.role if change.role in ('ceo', 'head', 'buyer') else 'other'}"
            said.append(Message(form, {"day": change.day, "name": who}))
            break
    return tuple(said)


def _moment(activity: Activity) -> str:
    return f"{activity.day}T{activity.time or '00:00'}"


def _at(moment: str) -> datetime | None:
    try:
        return datetime.fromisoformat(moment) if len(moment) >= 16 else None
    except ValueError:
        return None


# --- promises to oneself --------------------------------------------------------------------------------------------


def open_promises(tasks: Collection[Task]) -> dict[str, Task]:
    """The open promise to oneself of each lesson, by the lesson's id: what is to be done, else the look at it after."""
    found: dict[str, Task] = {}
    for task in sorted(tasks, key=lambda one: (one.sheet == CHECK, one.due_on or "9999", one.id)):
        if task.state == "open" and task.kind == "prevent" and task.lesson_id:
            found.setdefault(task.lesson_id, task)
    return found
