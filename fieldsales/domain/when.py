"""Days and times of day read out of one line of Korean or English, as people jot them down.

Weeks run from Monday to Sunday: `다음 주 화` and `next tue` are the Tuesday of the next calendar week. A weekday alone
is the next one after today; a day or month that has passed is the next one of its name. A week without a day
(`다음 주까지`) means its Friday, a month without one its last day, the beginning of a month its 5th. The second Tuesday
of a month is its second, whatever week it lies in. A wrong day is worse than none: what can be read in two ways is
left in the words.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from fieldsales.domain.dates import add_months, month_end
from fieldsales.domain.day_words import (
    BESIDE,
    COUNT,
    DATES,
    DAY_NUMBER,
    KO,
    LAST_OF_RANGE,
    LATIN_COUNT,
    LATIN_DATES,
    LATIN_DAY,
    LATIN_DAYS,
    LATIN_MONTH,
    LEADS,
    LONGEST,
    MONTHS,
    NATIVE_DAYS,
    PAST,
    READ,
    RECURRING,
    SAID,
    TRAILS,
    UNSURE,
    WEEK,
    WEEKDAYS,
    Found,
    Reader,
    Ready,
    Said,
    after,
    aside,
    compiled,
    days_said,
    is_limit,
    is_range,
    joined,
    monday,
    to_count,
    what_was_read,
)
from fieldsales.domain.frozen import replace

FARTHEST = 731  # days: what is farther off was hardly meant as a due day


_SOURCES: list[tuple[str, bool, Reader, str]] = []
_HINTS: list[str] = []  # of each source, the signs of which a line needs one to be worth reading by it


def _rule(*patterns: str, hint: str = "", latin: bool = False, kind: str = "day") -> Callable[[Reader], Reader]:
    """Add ways of saying a day: of two that read the same words the one that stands first is taken.

    `hint` holds signs of which one is in whatever the patterns match; for Latin patterns any letter will do.
    """

    def add(reader: Reader) -> Reader:
        _SOURCES.extend((pattern, latin, reader, kind) for pattern in patterns)
        _HINTS.extend(hint for _ in patterns)
        return reader

    return add


def _no_day(match: re.Match[str], today: date) -> None:
    """Words that look like a day to come and are none, so that no part of them is taken for one."""


@cache
def _ready(number: int) -> Ready:
    """Compiled for the first line that may need it: all of them would take some tenths of a second."""
    return compiled(*_SOURCES[number])


def _rules(text: str) -> list[Ready]:
    """The rules that may read something of a line."""
    signs = set(text)
    letters = any(sign.isascii() and sign.isalpha() for sign in signs)
    return [
        _ready(number)
        for number, (_, latin, _, _) in enumerate(_SOURCES)
        if (letters if latin else not signs.isdisjoint(_HINTS[number]))
    ]


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
    days = {"초": 5, "중순": 15, "하순": 25, "초순": 5, "첫날": 1}
    return month.replace(day=days[part]) if part in days else month_end(month)


_MONTH_PART = r"(?P<part>초순|초|중순|하순|말일|말|마지막\s?날|첫날)"


_rule(rf"{KO}(?:지난|저번)\s?(?:주말|주|달|월|해|년)?\s*{SAID}?", hint="난번", kind=PAST)(_no_day)
_rule(rf"{KO}(?:작년|재작년)\s*{SAID}?", hint="작", kind=PAST)(_no_day)
_rule(rf"{KO}(?:어제|그제|그저께|엊그제)", hint="제께", kind=PAST)(_no_day)
_rule(
    rf"(?<![가-힣\d])(?:{COUNT})\s?(?:일|주일|주|개월|달|년|해)\s?전(?!까지)",
    hint="전",
    kind=PAST,
)(_no_day)
_rule(
    rf"last\s+(?:{LATIN_DAY}|week|month|year)|yesterday",
    r"\w+\s+(?:day|week|month|year)s?\s+ago",
    latin=True,
    kind=PAST,
)(_no_day)
_rule(rf"{KO}매\s?(?:주말|주|달|월|해|년)?\s*{SAID}?", rf"{KO}(?:격주|격월|매일)", hint="매격", kind=RECURRING)(_no_day)
_rule(rf"{KO}[월화수목금토일]요일마다", hint="마", kind=RECURRING)(_no_day)
_rule(
    rf"(?:every|each)\s+(?:other\s+|second\s+)?(?:{LATIN_DAY}|day|week|month|year)",
    r"(?:mon|tues|wednes|thurs|fri|satur|sun)days",
    latin=True,
    kind=RECURRING,
)(_no_day)

_KO_NTH = r"(?:첫|둘|셋|넷|다섯)째|(?:첫|두|세|네|다섯)\s?번째|첫|마지막|(?<!\d)[1-5]\s?(?:째|번째)"
_LATIN_NTH = r"first|second|third|fourth|fifth|last"
_LATIN_WEEK = r"week\s+after\s+next|next\s+week|this\s+week"

# Words that say a day only together with others, or which day only to those who were there.
_rule(rf"{KO}그\s?(?:다음\s?)?(?:주|달)\s*{SAID}?", hint="그", kind=UNSURE)(_no_day)
_rule(rf"{KO}(?:오는|돌아오는)\s?(?:주|달)\s*{SAID}?", hint="오", kind=UNSURE)(_no_day)
_rule(rf"{KO}[월화수목금토일]요일(?:이나|과|와|이랑|하고|이든지|이든)", hint="요", kind=UNSURE)(_no_day)
_rule(rf"{KO}(?:오늘|내일|모레|글피)(?:이나|나|과|와|이랑|랑|하고)", hint="나과와랑하", kind=UNSURE)(_no_day)
_rule(r"(?<![가-힣\d.,월년~-])(?<!월 )(?:[1-9]|10)일\s?전까지", hint="전", kind=UNSURE)(_no_day)
_rule(
    rf"(?:{LATIN_DAY}|today|tomorrow)\s+week",
    rf"(?:{LATIN_DAY})\s+after\s+next",
    rf"(?:{_LATIN_NTH}|[1-5](?:st|nd|rd|th))\s+(?:mon|tues|wednes|thurs|fri|satur|sun)day",
    r"(?:mid|middle\s+of)[\s-]+(?:next|this)\s+(?:week|month)",
    latin=True,
    kind=UNSURE,
)(_no_day)


def _nth_weekday(month: date, nth: str, weekday: int) -> date | None:
    """The second Tuesday of a month, None where it has none."""
    names = {"첫": 1, "둘": 2, "두": 2, "셋": 3, "세": 3, "넷": 4, "네": 4, "다": 5, "fi": 1, "se": 2, "th": 3, "fo": 4}
    if nth.lower().startswith(("마지막", "last")):
        day = month_end(month)
        return day - timedelta(days=(day.weekday() - weekday) % 7)
    number = (
        5
        if nth.lower() == "fifth"
        else int(nth[0])
        if nth[0].isdigit()
        else names.get(nth[0]) or names[nth[:2].lower()]
    )
    day = month + timedelta(days=(weekday - month.weekday()) % 7 + 7 * (number - 1))
    return day if day.month == month.month else None


_WHICH_MONTH = r"이번\s?달|이달|금월|다음\s?달|담달|내달|차월|다다음\s?달"


def _months_ahead(which: str) -> int:
    return 2 if which.startswith("다다") else 0 if which[0] in "이금" or which.lower() == "this" else 1


def _nth_of(match: re.Match[str], today: date) -> date | None:
    """The n-th weekday of the month that is named; where none is, or no year, of the first one that has it to come."""
    groups = match.groupdict()
    name = (match["day"] or groups["day2"])[:3].lower()
    weekday = WEEKDAYS.index(name[0]) if name[0] in WEEKDAYS else LATIN_DAYS.index(name)
    which, month, first = groups.get("which"), groups.get("month"), today.replace(day=1)
    if which and which.lower() != "the":
        months = [add_months(first, _months_ahead(which))]
    elif month:
        number = int(month) if month.isdigit() else MONTHS.index(month[:3].lower()) + 1
        said = groups.get("year") or ""
        ahead = {"올": 0, "금": 0, "내": 1, "후": 2}.get(said[:1])
        digits = said.rstrip("년")
        years = (
            [today.year, today.year + 1] if not said else [today.year + ahead] if ahead is not None else [int(digits)]
        )
        months = [date(year + 2000 if year < 100 else year, number, 1) for year in years]
    else:
        months = [first, add_months(first, 1)]
    days = [_nth_weekday(one, match["nth"], weekday) for one in months]
    return next((day for day in days if day is not None and day >= today), days[-1] if which or month else None)


_rule(
    rf"{KO}(?:(?:(?:(?P<year>내년|후년|올해|금년|(?:20)?\d\d년)\s*)?(?P<month>\d{{1,2}})월|(?P<which>{_WHICH_MONTH}))의?\s*)?"
    rf"(?P<nth>{_KO_NTH})\s?(?:주의?\s*(?P<day>[월화수목금토일])(?:요일)?|(?P<day2>[월화수목금토일])요일)",
    kind="named",
    hint="째번첫막",
)(_nth_of)
_rule(
    rf"(?P<nth>{_LATIN_NTH}|[1-5](?:st|nd|rd|th))\s+(?P<day>{LATIN_DAY})\s+"
    rf"(?:(?:(?:of|in)\s+)?(?P<which>next|this)\s+month|(?:of|in)\s+(?:the\s+month|(?P<month>{LATIN_MONTH})\b(?:,?\s+(?P<year>20\d\d))?))",
    rf"(?:(?P<which>next|this)\s+month|(?P<month>{LATIN_MONTH}))(?:\s+on)?(?:\s+the)?\s+(?P<nth>{_LATIN_NTH})\s+(?P<day>{LATIN_DAY})",
    latin=True,
    kind="named",
)(_nth_of)


@_rule(rf"{KO}(?P<word>오늘|금일|내일모레|내일|명일|낼|모레|그글피|글피)", hint="늘일낼레피")
def _near_day(match: re.Match[str], today: date) -> date:
    days = {"오늘": 0, "금일": 0, "내일": 1, "명일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3, "그글피": 4}
    return today + timedelta(days=days[match["word"]])


@_rule(rf"{KO}{WEEK}\s*(?:의|중에|중)?\s*\(?(?P<day>[월화수목금토일])(?:요일)?\)?", hint="주", kind="named")
def _day_of_week(match: re.Match[str], today: date) -> date | None:
    """`다음 주 일 정리` speaks of work: a bare Sunday is read where nothing follows it."""
    if match[0].endswith("일") and not match[0].endswith("요일") and match.string[match.end() :].strip():
        return None
    return monday(today, _weeks(match["week"])) + timedelta(days=WEEKDAYS.index(match["day"]))


@_rule(rf"{KO}{WEEK}\s*(?:(?P<month>\d{{1,2}})월\s*)?(?P<number>\d{{1,2}})일", hint="주", kind="named")
def _number_in_week(match: re.Match[str], today: date) -> date | None:
    """`다음 주 24일`: the day of that number where the week has one."""
    days = [monday(today, _weeks(match["week"])) + timedelta(days=ahead) for ahead in range(7)]
    month, number = int(match["month"] or 0), int(match["number"])
    return next((day for day in days if day.day == number and month in (0, day.month)), None)


@_rule(rf"{KO}{WEEK}\s?(?P<part>초|말|주말)?", hint="주", kind="period")
def _week(match: re.Match[str], today: date) -> date:
    weeks = _weeks(match["week"])
    if match["part"]:
        return monday(today, weeks) + timedelta(days=0 if match["part"] == "초" else 5)
    return _friday(today, weeks)


def _weeks(text: str) -> int:
    text = text.replace(" ", "")
    return 0 if text[0] in "이금" else 2 if text.startswith(("다다", "다담", "다음다음")) else 1


@_rule(
    rf"(?<![가-힣\d.,])(?P<n>{COUNT}|일|이|삼|사)\s?주(?:일)?\s?(?:뒤|후)(?:의|에)?\s*"
    r"\(?(?:(?P<day>[월화수목금토일])요일|(?P<day2>[월화수목금토]))\)?",
    hint="주",
    kind="named",
)
def _day_of_later_week(match: re.Match[str], today: date) -> date:
    """`2주 뒤 화요일`: the Tuesday of the calendar week that lies two weeks ahead."""
    return monday(today, to_count(match["n"])) + timedelta(days=WEEKDAYS.index(match["day"] or match["day2"]))


@_rule(rf"{KO}(?:오는|돌아오는)\s?(?P<day>[월화수목금토일])(?:요일)?", hint="오", kind="named")
@_rule(rf"{KO}(?P<day>[월화수목금토일])요일", hint="요", kind="weekday")
def _weekday(match: re.Match[str], today: date) -> date:
    return _coming(today, WEEKDAYS.index(match["day"]))


@_rule(rf"{KO}(?P<which>이번|다음)\s?(?P<day>[월화수목금토일])요일", hint="요", kind="named")
def _this_or_next_weekday(match: re.Match[str], today: date) -> date | None:
    """`다음 금요일` is for some the coming Friday, for others that of next week: read where it is the same day."""
    weekday = WEEKDAYS.index(match["day"])
    coming, here = _coming(today, weekday), monday(today, 0) + timedelta(days=weekday)
    if match["which"] == "다음":
        return coming if coming == here + timedelta(days=7) else None
    return None if here == today else coming


@_rule(rf"{KO}주말", hint="말", kind="period")
def _weekend(match: re.Match[str], today: date) -> date:
    return _coming(today, 5)


@_rule(*DATES[:2], *DATES[4:], hint="-./")
@_rule(*DATES[2:4], hint="월")
def _date(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    return _in_year(groups.get("year"), match["month"], match["day"] or groups["day2"], today)


@_rule(r"(?:(?P<next>내년|후년)|올해|금년)\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일", hint="년해")
@_rule(rf"(?:(?P<next>내년|후년)|올해|금년)\s*(?P<month>\d{{1,2}})월(?:\s*{_MONTH_PART})?", hint="년해", kind="period")
def _month_of_year(match: re.Match[str], today: date) -> date:
    year = today.year + {"내년": 1, "후년": 2}.get(match["next"] or "", 0)
    groups = match.groupdict()
    first = date(year, int(match["month"]), 1)
    return first.replace(day=int(groups["day"])) if groups.get("day") else _part(first, groups.get("part"))


@_rule(
    rf"(?<![\d년])(?P<month>\d{{1,2}})월\s*{_MONTH_PART}",
    r"(?<![\d년])(?P<month>\d{1,2})월(?=까지|\s?안에|\s?중에|\s?중으로)",
    hint="월",
    kind="period",
)
def _part_of_month(match: re.Match[str], today: date) -> date:
    part = match.groupdict().get("part")
    day = _part(date(today.year, int(match["month"]), 1), part)
    return day if day >= today else _part(date(today.year + 1, int(match["month"]), 1), part)


@_rule(rf"{KO}(?P<which>{_WHICH_MONTH})의?\s*(?P<day>\d{{1,2}})일", hint="달월")
@_rule(rf"{KO}(?P<which>{_WHICH_MONTH})\s*{_MONTH_PART}?", hint="달월", kind="period")
def _day_of_month(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    month = add_months(today.replace(day=1), _months_ahead(match["which"]))
    return month.replace(day=int(match["day"])) if groups.get("day") else _part(month, groups["part"])


@_rule(rf"{KO}(?:월(?P<part>말|초)|말일)", hint="월말", kind="period")
def _end_of_month(match: re.Match[str], today: date) -> date:
    if match["part"] != "초":
        return month_end(today)
    return _part(today if today.day <= 5 else add_months(today.replace(day=1), 1), "초")


@_rule(rf"{KO}연말", hint="연", kind="period")
def _end_of_year(match: re.Match[str], today: date) -> date:
    return date(today.year, 12, 31)


_LATER = r"(?:뒤|후|이내|안|있다가|내)"


@_rule(
    rf"(?<![가-힣\d.,])(?P<n>{COUNT})\s?(?P<unit>일)\s?{_LATER}",
    rf"(?<![가-힣\d])(?P<native>하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름)\s?{_LATER}",
    hint="뒤후안내있",
)
@_rule(
    rf"(?<![가-힣\d.,])(?P<n>{COUNT})\s?(?P<unit>주일|주|개월|달|년|해)\s?{_LATER}",
    r"(?<![가-힣\d.,])(?P<n>일|이|삼|사)\s?(?P<unit>주일|주)\s?(?:뒤|후)",
    rf"(?<![가-힣\d])(?P<native>일주일|반년)\s?{_LATER}",
    hint="뒤후안내있",
    kind="period",
)
def _later(match: re.Match[str], today: date) -> date:
    native = match.groupdict().get("native")
    if native:
        if native == "반년":
            return add_months(today, 6)
        return today + timedelta(days=7 if native == "일주일" else NATIVE_DAYS[native])
    return after(today, to_count(match["n"]), {"일": "d", "주": "w", "개": "m", "달": "m"}.get(match["unit"][0], "y"))


@_rule(DAY_NUMBER, hint="일")
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


@_rule(rf"(?P<which>next|this|coming)\s+(?P<day>{LATIN_DAY})\b", latin=True, kind="named")
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
    kind="weekday",
)
def _latin_weekday(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    name = match["day"] or groups["day2"]
    return _coming(today, LATIN_DAYS.index(name[:3].lower()))


@_rule(
    rf"(?P<week>{_LATIN_WEEK})(?:\s+on)?\s+(?P<day>{LATIN_DAY})",
    rf"(?P<day>{LATIN_DAY})\s+(?:(?:of|in)\s+)?(?:the\s+)?(?P<week>{_LATIN_WEEK})",
    rf"in\s+(?P<n>{LATIN_COUNT})\s+weeks?(?:\s+on)?\s+(?P<day>{LATIN_DAY})",
    rf"(?P<day>{LATIN_DAY})\s+in\s+(?P<n>{LATIN_COUNT})\s+weeks?",
    latin=True,
    kind="named",
)
def _latin_day_in_week(match: re.Match[str], today: date) -> date:
    """`next week on Monday`, `Friday in two weeks`: the weekday of that calendar week."""
    groups = match.groupdict()
    week = (groups.get("week") or "").lower()
    weeks = to_count(match["n"]) if not week else 2 if "after" in week else 1 if week.startswith("next") else 0
    return monday(today, weeks) + timedelta(days=LATIN_DAYS.index(match["day"][:3].lower()))


@_rule(
    rf"(?P<n>{LATIN_COUNT})\s+(?P<unit>day|week|month)s?\s+(?:from|after)\s+"
    rf"(?:(?P<near>today|tomorrow|now)|(?:(?P<which>next|this|coming)\s+)?(?P<day>{LATIN_DAY}))",
    latin=True,
)
def _latin_from(match: re.Match[str], today: date) -> date:
    """`two weeks from Friday`: counted from the coming Friday."""
    if near := match["near"]:
        begin = today + timedelta(days=1 if near.lower() == "tomorrow" else 0)
    else:
        weekday = LATIN_DAYS.index(match["day"][:3].lower())
        which = (match["which"] or "coming").lower()
        begin = (
            _coming(today, weekday) if which == "coming" else monday(today, which == "next") + timedelta(days=weekday)
        )
    return after(begin, to_count(match["n"]), match["unit"][0].lower())


@_rule(
    rf"(?P<which>{_LATIN_WEEK}|next\s+month|this\s+month)",
    r"end\s+of\s+(?:the\s+|this\s+)?(?P<end>week|month|next\s+week|next\s+month|year)",
    r"(?:early|beginning\s+of|start\s+of)\s+(?P<begin>next\s+week|next\s+month)",
    latin=True,
    kind="period",
)
def _latin_period(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    said = (groups.get("which") or groups.get("end") or match["begin"]).lower()
    if said == "year":
        return date(today.year, 12, 31)
    ahead = 2 if "after" in said else 1 if said.startswith("next") else 0
    first = add_months(today.replace(day=1), ahead)
    if groups.get("begin"):
        return monday(today, ahead) if "week" in said else _part(first, "초")
    return _friday(today, ahead) if "week" in said else month_end(first)


@_rule(
    r"(?P<day>\d{1,2})(?:st|nd|rd|th)\s+(?:of\s+)?(?P<which>next|this)\s+month",
    r"(?P<which>next|this)\s+month(?:\s+on)?(?:\s+the)?\s+(?P<day>\d{1,2})(?:st|nd|rd|th)",
    latin=True,
)
def _latin_day_of_month(match: re.Match[str], today: date) -> date:
    return add_months(today.replace(day=1), _months_ahead(match["which"])).replace(day=int(match["day"]))


@_rule(*LATIN_DATES, latin=True)
def _latin_date(match: re.Match[str], today: date) -> date | None:
    month = MONTHS.index(match["month"][:3].lower()) + 1
    return _in_year(match["year"], str(month), match["day"], today)


@_rule(r"(?P<day>\d{1,2})(?:st|nd|rd|th)", latin=True)
def _latin_day_number(match: re.Match[str], today: date) -> date | None:
    return _day_number(match, today)


@_rule(
    rf"(?:in|within)\s+(?P<n>{LATIN_COUNT})\s+(?P<unit>day)s?",
    rf"(?P<n>{LATIN_COUNT})\s+(?P<unit>day)s?\s+(?:later|from\s+now)",
    latin=True,
)
@_rule(
    rf"(?:in|within)\s+(?P<n>{LATIN_COUNT})\s+(?P<unit>week|month|year)s?",
    rf"(?P<n>{LATIN_COUNT})\s+(?P<unit>week|month|year)s?\s+(?:later|from\s+now)",
    latin=True,
    kind="period",
)
def _latin_later(match: re.Match[str], today: date) -> date:
    return after(today, to_count(match["n"]), match["unit"][0].lower())


# Words that say no day but change one that stands next to them; last, so that they win over nothing.
_rule(rf"{KO}(?:내년|후년|올해|금년|상반기|하반기)", r"(?<!\d)[1-4]\s?분기", hint="년해기", kind=LEADS)(_no_day)
_rule(r"(?<![\d년])\d{1,2}월", hint="월", kind=LEADS)(_no_day)
_rule(rf"(?<![가-힣\d])(?:{COUNT}|일)\s?(?:주일|주|개월|달)", hint="주월달", kind=LEADS)(_no_day)
_rule(
    rf"(?:{LATIN_COUNT}|the|few)\s+(?:day|week|month|year)s?(?:\s+(?:from|after|before|of|on|this|past))?",
    r"(?:day|week|month)s?\s+(?:from|after|before|of)",
    r"next\s+next",
    rf"(?!may\b)(?:{LATIN_MONTH})",
    latin=True,
    kind=LEADS,
)(_no_day)
_rule(
    rf"{KO}(?:전날|전주|다음\s?날|이튿날|익일)",
    rf"{KO}(?:하루|이틀|사흘|나흘|일주일|보름)\s?전",
    hint="전날익",
    kind=TRAILS,
)(_no_day)
_rule(rf"{KO}(?:{_KO_NTH})\s?주", r"(?<![가-힣\d])\d\s?주차", hint="주", kind=BESIDE)(_no_day)
_rule(r"following\s+(?:week|month)|week\s+after", latin=True, kind=BESIDE)(_no_day)


# --- what stands together ---------------------------------------------------------------------------------------------


@cache
def _picked() -> re.Pattern[str]:
    """What picks a day of a week or month where no rule knows which."""
    return re.compile(
        r"(?:의|\s+(?i:on)\b)?\s*(?:\(?[월화수목금토일](?:요일)?\)?(?:까지|에|은|는)?(?![가-힣])"
        rf"|(?:{_KO_NTH})\s?(?:주|날)|(?:초반|중반|후반|중순|하순|초순|중간)|(?i:sat|sun)\b)"
    )


@cache
def _listed() -> re.Pattern[str]:
    """A second weekday, short, behind a first: `화요일, 목`, `fri or sat`."""
    return re.compile(
        r"(?:\s*[,·/]\s*|이?나\s|\s*(?:또는|아니면|혹은)\s*)[월화수목금토일](?:까지|에)?(?![가-힣])"
        r"|\s*(?:,|/|&|\b(?i:or)\b|\b(?i:and)\b)\s*(?i:sat|sun)\b"
    )


def _doubtful(text: str, one: Said) -> Said:
    """The phrase, or where words behind it could change its day, all of them as a day that is not certain."""
    if one.kind == "period":
        more = _picked().match(text, one.end)
    elif one.kind in ("weekday", "named"):
        more = _listed().match(text, one.end)
    else:
        more = None
    return Said(None, one.start, more.end(), UNSURE) if more else one


def _phrases(text: str, today: date) -> list[Said]:
    """All that says a day in a line, what stands together as one phrase."""
    phrases: list[Said] = []
    for found in days_said(text, today, _rules(text), 0, FARTHEST):
        one = _doubtful(text, found)
        last = phrases[-1] if phrases else None
        if last is not None and one.start < last.end:
            phrases[-1] = Said(None, last.start, max(last.end, one.end), UNSURE)
        elif last is not None and is_range(text, last, one):
            phrases.append(Said(None, one.start, one.end, LAST_OF_RANGE))
        elif last is not None and (both := joined(text, last, one)) is not None:
            phrases[-1] = both
        else:
            phrases.append(one)
    return phrases


@cache
def _conditional() -> re.Pattern[str]:
    """`월요일까지 회신 안 오면 화요일 전화`: the limit is that of somebody else."""
    return re.compile(r"[가-힣]면(?=[\s,])|\b(?i:if|unless)\b")


def _meant(text: str, phrases: list[Said]) -> Said | None:
    """The day a line is due: the only one it says, or of several the only one said as a limit."""
    said = [one for one in phrases if one.kind in READ or one.kind == UNSURE]
    if len({one.day for one in said}) == 1:
        return said[0] if said[0].kind in READ else None
    if _conditional().search(text):
        return None
    limits = [one for one in said if is_limit(text[one.start : one.end])]
    if len(limits) != 1 or limits[0].kind not in READ:
        return None
    near = [one for one in said if one is not limits[0] and aside(text[one.end : limits[0].start])]
    return None if near else limits[0]


def dated_words(text: str, today: date) -> list[tuple[int, int]]:
    """Where a line in NFC says a day, be it one that cannot be read for certain or one that recurs."""
    kinds = (*READ, UNSURE, RECURRING)
    return [(one.start, one.end) for one in _phrases(text[:LONGEST], today) if one.kind in kinds]


def find_when(text: str, today: date, now_time: str | None = None) -> Found | None:
    """The day and time that a line says, None where it says neither. Never in the past nor more than two years off.

    A time alone is today's, or tomorrow's where `now_time` (`HH:MM`) is later than it.
    """
    text = unicodedata.normalize("NFC", text)[:LONGEST]
    phrases = _phrases(text, today)
    found = what_was_read(text, today, phrases, _meant(text, phrases))
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
