"""Days and times of day read out of one line of Korean or English, as people jot them down.

Weeks run from Monday to Sunday: `다음 주 화` and `next tue` are the Tuesday of the next calendar week. A weekday alone
is the next one after today; a day or month that has passed is the next one of its name. A week without a day
(`다음 주까지`) means its Friday, a month without one its last day, the beginning of a month its 5th.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from fieldsales.domain.dates import add_months, month_end
from fieldsales.domain.day_words import (
    COUNT,
    DATES,
    DAY_NUMBER,
    KO,
    LATIN_DATES,
    LATIN_DAY,
    LATIN_DAYS,
    LONGEST,
    MONTHS,
    NATIVE_DAYS,
    SAID,
    WEEK,
    WEEKDAYS,
    Found,
    Reader,
    Rule,
    after,
    compiled,
    find_day,
    monday,
    to_count,
    what_was_read,
)
from fieldsales.domain.frozen import replace

FARTHEST = 731  # days: what is farther off was hardly meant as a due day


_SOURCES: list[Rule] = []


def _rule(*patterns: str, latin: bool = False) -> Callable[[Reader], Reader]:
    """Add ways of saying a day. What is said with more words has to stand before what is part of it."""

    def add(reader: Reader) -> Reader:
        _SOURCES.extend((pattern, latin, reader) for pattern in patterns)
        return reader

    return add


@cache
def _rules() -> list[tuple[re.Pattern[str], Reader]]:
    """Compiled at the first line that is read, which takes some tens of milliseconds."""
    return [compiled(*source) for source in _SOURCES]


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _friday(today: date, weeks: int) -> date:
    """The last working day of a week; on a weekend this week's last day is Sunday."""
    day = monday(today, weeks) + timedelta(days=4)
    return day if day >= today else day + timedelta(days=2)


def _next_of(month: int, day: int, today: date) -> date | None:
    """The next such day of the year, today included. 29 February may be years off."""
    for year in (today.year, today.year + 1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found >= today:
            return found
    return None


def _in_year(year: str | None, month: str, day: str, today: date) -> date | None:
    if not year:
        return _next_of(int(month), int(day), today)
    number = int(year)
    return date(number + 2000 if number < 100 else number, int(month), int(day))


def _part(month: date, part: str | None) -> date:
    """A part of a month: its beginning is the 5th, its middle the 15th, its last third the 25th, else its end."""
    days = {"초": 5, "중순": 15, "하순": 25, "초순": 5}
    return month.replace(day=days[part]) if part in days else month_end(month)


_MONTH_PART = r"(?P<part>초순|초|중순|하순|말)"


@_rule(
    rf"{KO}(?:지난|저번|매)\s?(?:주말|주|달|월|해|년)?\s*{SAID}?",
    rf"{KO}(?:작년|재작년)\s*{SAID}?",
    rf"(?<![가-힣\d])(?:{COUNT})\s?(?:일|주일|주|개월|달|년|해)\s?전(?!까지)",
)
def _no_due_day(match: re.Match[str], today: date) -> None:
    """The past and what recurs: read so that no part of it is taken for a day."""


@_rule(
    rf"(?:last|every|each)\s+(?:{LATIN_DAY}|week|month|year)",
    r"\w+\s+(?:day|week|month|year)s?\s+ago",
    latin=True,
)
def _latin_no_due_day(match: re.Match[str], today: date) -> None:
    """The same in English."""


@_rule(rf"{KO}(?P<word>오늘|금일|내일모레|내일|명일|낼|모레|그글피|글피)")
def _near_day(match: re.Match[str], today: date) -> date:
    days = {"오늘": 0, "금일": 0, "내일": 1, "명일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3, "그글피": 4}
    return today + timedelta(days=days[match["word"]])


@_rule(rf"{KO}{WEEK}\s*(?P<day>[월화수목금토일])(?:요일)?")
def _day_of_week(match: re.Match[str], today: date) -> date:
    return monday(today, _weeks(match["week"])) + timedelta(days=WEEKDAYS.index(match["day"]))


@_rule(rf"{KO}{WEEK}\s?(?P<part>초|말)?")
def _week(match: re.Match[str], today: date) -> date:
    weeks = _weeks(match["week"])
    if match["part"]:
        return monday(today, weeks) + timedelta(days=0 if match["part"] == "초" else 5)
    return _friday(today, weeks)


def _weeks(text: str) -> int:
    return 0 if text[0] in "이금" else 2 if text.startswith("다다") or text.startswith("다담") else 1


@_rule(
    rf"{KO}(?:오는|돌아오는)\s?(?P<day>[월화수목금토일])(?:요일)?",
    rf"{KO}(?P<day>[월화수목금토일])요일",
)
def _weekday(match: re.Match[str], today: date) -> date:
    return _coming(today, WEEKDAYS.index(match["day"]))


@_rule(rf"{KO}주말")
def _weekend(match: re.Match[str], today: date) -> date:
    return _coming(today, 5)


@_rule(*DATES)
def _date(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    return _in_year(groups.get("year"), match["month"], match["day"] or groups["day2"], today)


@_rule(
    r"(?:(?P<next>내년|후년)|올해|금년)\s*(?P<month>\d{1,2})월\s*(?:(?P<day>\d{1,2})일|(?P<part>초순|초|중순|하순|말))?"
)
def _month_of_year(match: re.Match[str], today: date) -> date:
    year = today.year + {"내년": 1, "후년": 2}.get(match["next"] or "", 0)
    if match["day"]:
        return date(year, int(match["month"]), int(match["day"]))
    return _part(date(year, int(match["month"]), 1), match["part"])


@_rule(
    rf"(?<![\d년])(?P<month>\d{{1,2}})월\s*{_MONTH_PART}",
    r"(?<![\d년])(?P<month>\d{1,2})월(?=까지|\s?안에|\s?중에|\s?중으로)",
)
def _part_of_month(match: re.Match[str], today: date) -> date:
    part = match.groupdict().get("part")
    day = _part(date(today.year, int(match["month"]), 1), part)
    return day if day >= today else _part(date(today.year + 1, int(match["month"]), 1), part)


@_rule(
    rf"{KO}(?P<which>이번\s?달|이달|금월|다음\s?달|담달|내달|차월|다다음\s?달)\s*(?:(?P<day>\d{{1,2}})일|{_MONTH_PART})?"
)
def _day_of_month(match: re.Match[str], today: date) -> date:
    which = match["which"]
    months = 2 if which.startswith("다다") else 0 if which[0] in "이금" else 1
    month = add_months(today.replace(day=1), months)
    return month.replace(day=int(match["day"])) if match["day"] else _part(month, match["part"])


@_rule(rf"{KO}(?:월(?P<part>말|초)|말일)")
def _end_of_month(match: re.Match[str], today: date) -> date:
    if match["part"] != "초":
        return month_end(today)
    return _part(today if today.day <= 5 else add_months(today.replace(day=1), 1), "초")


@_rule(rf"{KO}연말")
def _end_of_year(match: re.Match[str], today: date) -> date:
    return date(today.year, 12, 31)


@_rule(
    rf"(?<![가-힣\d.,])(?P<n>{COUNT})\s?(?P<unit>일|주일|주|개월|달|년|해)\s?(?:뒤|후|이내|안|있다가|내)",
    r"(?<![가-힣\d])(?P<native>하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름|일주일|반년)\s?(?:뒤|후|이내|안|있다가|내)",
)
def _later(match: re.Match[str], today: date) -> date:
    native = match.groupdict().get("native")
    if native:
        if native == "반년":
            return add_months(today, 6)
        return today + timedelta(days=7 if native == "일주일" else NATIVE_DAYS[native])
    return after(today, to_count(match["n"]), {"일": "d", "주": "w", "개": "m", "달": "m"}.get(match["unit"][0], "y"))


@_rule(DAY_NUMBER)
def _day_number(match: re.Match[str], today: date) -> date | None:
    number = int(match["day"])
    for months in range(13):
        first = add_months(today.replace(day=1), months)
        if 1 <= number <= month_end(first).day and first.replace(day=number) >= today:
            return first.replace(day=number)
    return None


@_rule(r"(?P<word>today|tomorrow|tmr|tmrw|(?:the )?day after tomorrow)", latin=True)
def _latin_near_day(match: re.Match[str], today: date) -> date:
    word = match["word"].lower()
    return today + timedelta(days=0 if word == "today" else 2 if "after" in word else 1)


@_rule(rf"(?P<which>next|this|coming)\s+(?P<day>{LATIN_DAY})\b", latin=True)
def _latin_day_of_week(match: re.Match[str], today: date) -> date:
    weekday = LATIN_DAYS.index(match["day"][:3].lower())
    which = match["which"].lower()
    if which == "coming":
        return _coming(today, weekday)
    return monday(today, 1 if which == "next" else 0) + timedelta(days=weekday)


@_rule(
    r"(?P<day>monday|tues?(?:day)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|friday|fri|mon|saturday|sunday)",
    r"(?<=by )(?P<day>sat|sun)|(?<=on )(?P<day2>sat|sun)",
    latin=True,
)
def _latin_weekday(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    name = match["day"] or groups["day2"]
    return _coming(today, LATIN_DAYS.index(name[:3].lower()))


@_rule(
    r"(?P<which>next|this)\s+(?P<unit>week|month)",
    r"(?P<unit>end) of (?:the |this )?(?P<which>week|month|next month|year)",
    latin=True,
)
def _latin_period(match: re.Match[str], today: date) -> date:
    unit, which = match["unit"].lower(), match["which"].lower()
    if unit == "end":
        if which == "year":
            return date(today.year, 12, 31)
        unit, which = ("week", "this") if which == "week" else ("month", "next" if which != "month" else "this")
    ahead = 1 if which == "next" else 0
    return _friday(today, ahead) if unit == "week" else month_end(add_months(today.replace(day=1), ahead))


@_rule(*LATIN_DATES, latin=True)
def _latin_date(match: re.Match[str], today: date) -> date | None:
    month = MONTHS.index(match["month"][:3].lower()) + 1
    return _in_year(match["year"], str(month), match["day"], today)


@_rule(r"(?P<day>\d{1,2})(?:st|nd|rd|th)", latin=True)
def _latin_day_number(match: re.Match[str], today: date) -> date | None:
    return _day_number(match, today)


@_rule(
    r"(?:in|within)\s+(?P<n>\d{1,3}|an?|one|two|three|four|five|six)\s+(?P<unit>day|week|month|year)s?",
    r"(?P<n>\d{1,3}|one|two|three|four|five|six)\s+(?P<unit>day|week|month|year)s?\s+(?:later|from now)",
    latin=True,
)
def _latin_later(match: re.Match[str], today: date) -> date:
    return after(today, to_count(match["n"]), match["unit"][0].lower())


def find_when(text: str, today: date, now_time: str | None = None) -> Found | None:
    """The day and time that a line says, None where it says neither. Never in the past nor more than two years off.

    A time alone is today's, or tomorrow's where `now_time` (`HH:MM`) is later than it.
    """
    text = unicodedata.normalize("NFC", text)[:LONGEST]
    found = what_was_read(text, today, find_day(text, today, _rules(), 0, FARTHEST))
    if found and not found.day_said and now_time is not None and found.time < now_time and today < date.max:
        return replace(found, day=today + timedelta(days=1))
    return found


_ONE_DAY = re.compile(rf"([{WEEKDAYS}])(?:까지|에)?")
_PLUS = re.compile(r"\+?\s*(\d{1,3})")


def read_day(text: str, today: date) -> date | None:
    """The day that the whole line says: a date phrase, `3` or `+3` (days from today), `월` (the coming Monday).

    None for anything else, and for a day that has passed.
    """
    text = unicodedata.normalize("NFC", text[:LONGEST]).strip()
    try:
        if match := _PLUS.fullmatch(text):
            day = today + timedelta(days=int(match[1]))
            return day if (day - today).days <= FARTHEST else None
        if match := _ONE_DAY.fullmatch(text):
            return _coming(today, WEEKDAYS.index(match[1]))
        if text.lower() in ("sat", "sun"):
            return _coming(today, LATIN_DAYS.index(text.lower()))
    except OverflowError:
        return None
    found = find_when(text, today)
    if found is None or not found.day_said or found.without(text).strip(" ,.()!?~"):
        return None
    return found.day
