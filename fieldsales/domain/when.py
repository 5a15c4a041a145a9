"""Days and times of day read out of one line of Korean or English, as people jot them down.

Weeks run from Monday to Sunday: `다음 주 화` and `next tue` are the Tuesday of the next calendar week. A weekday alone
is the next one after today; a day or month that has passed is the next one of its name. A week without a day
(`다음 주까지`) means its Friday, a month without one its last day, the beginning of a month its 5th.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import cache

from fieldsales.domain.dates import add_months, month_end

FARTHEST = 731  # days: what is farther off was hardly meant as a due day
_FARTHEST_BACK = 3_660
_LONGEST = 500  # characters of a line that are read


@dataclass(frozen=True, slots=True)
class Found:
    """What was read: the day, the time (`HH:MM`, "" if none) and where it stood in the NFC form of the line."""

    day: date
    time: str
    spans: tuple[tuple[int, int], ...]  # in the order of the line, with the particles that belong to them
    by: bool = False  # said as a limit (`까지`, `by`), not as an appointment
    day_said: bool = True  # False where only a time was said

    @property
    def start(self) -> int:
        return self.spans[0][0]

    @property
    def end(self) -> int:
        return self.spans[-1][1]

    def without(self, text: str) -> str:
        """The line without what was read out of it."""
        text = unicodedata.normalize("NFC", text)
        for start, end in reversed(self.spans):
            text = text[:start] + " " + text[end:]
        return text


_WEEKDAYS = "월화수목금토일"
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_LATIN_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_COUNTS = {
    "한": 1, "일": 1, "두": 2, "이": 2, "세": 3, "석": 3, "서": 3, "삼": 3, "네": 4, "넉": 4, "사": 4, "다섯": 5,
    "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열두": 12, "a": 1, "an": 1, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6,
}  # fmt: skip
_NATIVE_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}

# What may follow a Korean phrase directly and belongs to it; anything else of Hangul there makes it another word.
_TAIL = (
    "(?:전까지|까지는|까지만|까지|에는|에도|엔|에|부터|이후|중으로|중에|중|안으로|안에|안|이내에|이내|내로|쯤에|쯤|경에|경|께|은|는"
    "|전에)"
)
_END = rf"(?:{_TAIL}(?![가-힣])|(?![가-힣]))"
_LIMIT = r"(?:\s(?:까지|안에|안으로|중에|중으로|이내에|이내|내로)(?![가-힣]))?"
_DOW = r"(?:\s*\([월화수목금토일](?:요일)?\)|\s+[월화수목금토일]요일)?"
_KO = r"(?<![가-힣\d])"
_N = r"\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열두|열한|열"
_WEEK = r"(?:(?P<week>이번\s?주|금주|다다음\s?주|다담주|다음\s?주|담주|내주|차주)"
_LATIN_DAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
_LATIN_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_YEAR = r"(?P<year>(?:20)?\d\d)"
_BY = r"(?:\b(?:by|until|till|before|on|at)\s+)?(?:\bthe\s+)?"

_Reader = Callable[[re.Match[str], date], "date | None"]
_SOURCES: list[tuple[str, bool, _Reader]] = []


def _rule(*patterns: str, latin: bool = False) -> Callable[[_Reader], _Reader]:
    """Add ways of saying a day. What is said with more words has to stand before what is part of it."""

    def add(reader: _Reader) -> _Reader:
        _SOURCES.extend((pattern, latin, reader) for pattern in patterns)
        return reader

    return add


def _compiled(pattern: str, latin: bool, reader: _Reader) -> tuple[re.Pattern[str], _Reader]:
    """A way of saying a day with what may stand around it. Ranges of Hangul that ignore case compile slowly."""
    if latin:
        return re.compile(rf"{_BY}\b(?:{pattern})(?!\w)", re.IGNORECASE), reader
    return re.compile(rf"(?:{pattern}){_DOW}{_END}{_LIMIT}"), reader


@cache
def _rules() -> list[tuple[re.Pattern[str], _Reader]]:
    """Compiled at the first line that is read, which takes some tens of milliseconds."""
    return [_compiled(*source) for source in _SOURCES]


def _count(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)


def _monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def _coming(today: date, weekday: int) -> date:
    return today + timedelta(days=(weekday - today.weekday() - 1) % 7 + 1)


def _friday(today: date, weeks: int) -> date:
    """The last working day of a week; on a weekend this week's last day is Sunday."""
    day = _monday(today, weeks) + timedelta(days=4)
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


_SAID = r"(?:[월화수목금토일](?:요일)?|\d{1,2}월(?:\s*\d{1,2}일)?|\d{1,2}일)"


@_rule(
    rf"{_KO}(?:지난|저번|매)\s?(?:주말|주|달|월|해|년)?\s*{_SAID}?",
    rf"{_KO}(?:작년|재작년)\s*{_SAID}?",
    rf"(?<![가-힣\d])(?:{_N})\s?(?:일|주일|주|개월|달|년|해)\s?전(?!까지)",
)
def _no_due_day(match: re.Match[str], today: date) -> None:
    """The past and what recurs: read so that no part of it is taken for a day."""


@_rule(
    rf"(?:last|every|each)\s+(?:{_LATIN_DAY}|week|month|year)",
    r"\w+\s+(?:day|week|month|year)s?\s+ago",
    latin=True,
)
def _latin_no_due_day(match: re.Match[str], today: date) -> None:
    """The same in English."""


@_rule(rf"{_KO}(?P<word>오늘|금일|내일모레|내일|명일|낼|모레|그글피|글피)")
def _near_day(match: re.Match[str], today: date) -> date:
    days = {"오늘": 0, "금일": 0, "내일": 1, "명일": 1, "낼": 1, "모레": 2, "내일모레": 2, "글피": 3, "그글피": 4}
    return today + timedelta(days=days[match["word"]])


@_rule(rf"{_KO}{_WEEK}\s*(?P<day>[월화수목금토일])(?:요일)?)")
def _day_of_week(match: re.Match[str], today: date) -> date:
    return _monday(today, _weeks(match["week"])) + timedelta(days=_WEEKDAYS.index(match["day"]))


@_rule(rf"{_KO}{_WEEK}\s?(?P<part>초|말)?)")
def _week(match: re.Match[str], today: date) -> date:
    weeks = _weeks(match["week"])
    if match["part"]:
        return _monday(today, weeks) + timedelta(days=0 if match["part"] == "초" else 5)
    return _friday(today, weeks)


def _weeks(text: str) -> int:
    return 0 if text[0] in "이금" else 2 if text.startswith("다다") or text.startswith("다담") else 1


@_rule(
    rf"{_KO}(?:오는|돌아오는)\s?(?P<day>[월화수목금토일])(?:요일)?",
    rf"{_KO}(?P<day>[월화수목금토일])요일",
)
def _weekday(match: re.Match[str], today: date) -> date:
    return _coming(today, _WEEKDAYS.index(match["day"]))


@_rule(rf"{_KO}주말")
def _weekend(match: re.Match[str], today: date) -> date:
    return _coming(today, 5)


_DATES = (
    r"(?<![\d.,])(?P<year>20\d\d)\s*[-./]\s*(?P<month>\d{1,2})\s*[-./]\s*(?P<day>\d{1,2})(?:\.|T(?=\d\d:))?(?!\d{3})",
    r"(?<![\d.,])(?P<year>\d\d)(?:/|\.\s?)(?P<month>\d{1,2})(?:/|\.\s?)(?P<day>\d{1,2})\.?(?!\d)",
    r"(?<!\d)(?P<year>(?:20)?\d\d)년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일",
    r"(?<!\d)(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})(?:\s*[~-]\s*\d{1,2})?일",
    r"(?<![\w.,/:-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/%]|\s*%)",
    r"(?<![\w.,/:-])(?P<month>1[0-2]|0?[1-9])\.(?: ?(?P<day>\d{1,2})\.|(?P<day2>\d{1,2}))(?![\d.,%]|\s*%|[A-Za-z])",
)


@_rule(*_DATES)
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
    rf"{_KO}(?P<which>이번\s?달|이달|금월|다음\s?달|담달|내달|차월|다다음\s?달)\s*(?:(?P<day>\d{{1,2}})일|{_MONTH_PART})?"
)
def _day_of_month(match: re.Match[str], today: date) -> date:
    which = match["which"]
    months = 2 if which.startswith("다다") else 0 if which[0] in "이금" else 1
    month = add_months(today.replace(day=1), months)
    return month.replace(day=int(match["day"])) if match["day"] else _part(month, match["part"])


@_rule(rf"{_KO}(?:월(?P<part>말|초)|말일)")
def _end_of_month(match: re.Match[str], today: date) -> date:
    if match["part"] != "초":
        return month_end(today)
    return _part(today if today.day <= 5 else add_months(today.replace(day=1), 1), "초")


@_rule(rf"{_KO}연말")
def _end_of_year(match: re.Match[str], today: date) -> date:
    return date(today.year, 12, 31)


@_rule(
    rf"(?<![가-힣\d.,])(?P<n>{_N})\s?(?P<unit>일|주일|주|개월|달|년|해)\s?(?:뒤|후|이내|안|있다가|내)",
    r"(?<![가-힣\d])(?P<native>하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름|일주일|반년)\s?(?:뒤|후|이내|안|있다가|내)",
)
def _later(match: re.Match[str], today: date) -> date:
    native = match.groupdict().get("native")
    if native:
        if native == "반년":
            return add_months(today, 6)
        return today + timedelta(days=7 if native == "일주일" else _NATIVE_DAYS[native])
    return _after(today, _count(match["n"]), {"일": "d", "주": "w", "개": "m", "달": "m"}.get(match["unit"][0], "y"))


def _after(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, count * (12 if unit == "y" else 1))


_DAY_NUMBER = r"(?<![\d.,~월년-])(?<!월 )(?P<day>\d{1,2})일(?!\s?(?:동안|간|치|째|씩|차|전(?!까지)|만에|연속))"


@_rule(_DAY_NUMBER)
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


@_rule(rf"(?P<which>next|this|coming)\s+(?P<day>{_LATIN_DAY})\b", latin=True)
def _latin_day_of_week(match: re.Match[str], today: date) -> date:
    weekday = _LATIN_DAYS.index(match["day"][:3].lower())
    which = match["which"].lower()
    if which == "coming":
        return _coming(today, weekday)
    return _monday(today, 1 if which == "next" else 0) + timedelta(days=weekday)


@_rule(
    r"(?P<day>monday|tues?(?:day)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|friday|fri|mon|saturday|sunday)",
    r"(?<=by )(?P<day>sat|sun)|(?<=on )(?P<day2>sat|sun)",
    latin=True,
)
def _latin_weekday(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    name = match["day"] or groups["day2"]
    return _coming(today, _LATIN_DAYS.index(name[:3].lower()))


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


_LATIN_DATES = (
    rf"(?P<month>{_LATIN_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>20\d\d))?(?!:)",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{_LATIN_MONTH})\b(?:,?\s+(?P<year>20\d\d))?",
)


@_rule(*_LATIN_DATES, latin=True)
def _latin_date(match: re.Match[str], today: date) -> date | None:
    month = _MONTHS.index(match["month"][:3].lower()) + 1
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
    return _after(today, _count(match["n"]), match["unit"][0].lower())


# --- days that have been ----------------------------------------------------------------------------------------------


def _last(today: date, weekday: int) -> date:
    return today - timedelta(days=(today.weekday() - weekday) % 7)


def _last_of(month: int, day: int, today: date) -> date | None:
    for year in range(today.year, today.year - 5, -1):
        try:
            found = date(year, month, day)
        except ValueError:
            continue
        if found <= today:
            return found
    return None


def _past_near_day(match: re.Match[str], today: date) -> date:
    back = {
        "오늘": 0,
        "방금": 0,
        "today": 0,
        "어제": 1,
        "어저께": 1,
        "yesterday": 1,
        "그제": 2,
        "그저께": 2,
        "엊그제": 2,
    }
    return today - timedelta(days=back.get(match["word"].lower(), 3))


def _past_later(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    if native := groups.get("native"):
        return today - timedelta(days=7 if native == "일주일" else _NATIVE_DAYS[native])
    unit = {"일": "d", "주": "w", "개": "m", "달": "m"}.get(match["unit"][0], match["unit"][0].lower())
    return _after(today, -_count(match["n"]), "y" if unit in "년해" else unit)


def _past_weekday(match: re.Match[str], today: date) -> date:
    name = match["day"]
    weekday = _WEEKDAYS.index(name) if name in _WEEKDAYS else _LATIN_DAYS.index(name[:3].lower())
    week = (match.groupdict().get("week") or "").replace(" ", "")
    if week:
        weeks = {"이번주": 0, "금주": 0, "지지난주": -2}.get(week, -1)
        return _monday(today, weeks) + timedelta(days=weekday)
    day = _last(today, weekday)
    return day - timedelta(days=7) if day == today and match.groupdict().get("last") else day


def _past_date(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    day = match["day"] or groups["day2"]
    name = match["month"]
    month = int(name) if name.isdigit() else _MONTHS.index(name[:3].lower()) + 1
    if year := groups.get("year"):
        return date(int(year) + (2000 if int(year) < 100 else 0), month, int(day))
    return _last_of(month, int(day), today)


def _past_day_number(match: re.Match[str], today: date) -> date | None:
    which = (match.groupdict().get("which") or "").replace(" ", "")
    if which:
        first = add_months(today.replace(day=1), 0 if which[0] in "이금" else -1)
        return first.replace(day=int(match["day"]))
    for months in range(13):
        first = add_months(today.replace(day=1), -months)
        if 1 <= int(match["day"]) <= month_end(first).day and first.replace(day=int(match["day"])) <= today:
            return first.replace(day=int(match["day"]))
    return None


_PAST_SOURCES: tuple[tuple[str, bool, _Reader], ...] = (
    (rf"{_KO}(?:다음|다다음|담|내|차|오는|내년)\s?(?:주|달)?\s*{_SAID}", False, _no_due_day),
    (rf"(?<![가-힣\d])(?:{_N})\s?(?:일|주일|주|개월|달|년|해)\s?(?:뒤|후)", False, _no_due_day),
    (rf"(?:next|coming)\s+(?:{_LATIN_DAY})", True, _no_due_day),
    (rf"{_KO}(?P<word>오늘|방금|어제|어저께|엊그제|그제|그저께|그끄제|그끄저께)", False, _past_near_day),
    (r"(?P<word>today|yesterday)", True, _past_near_day),
    (rf"(?<![가-힣\d])(?P<n>{_N})\s?(?P<unit>일|주일|주|개월|달|년|해)\s?전", False, _past_later),
    (r"(?<![가-힣\d])(?P<native>하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름|일주일)\s?전", False, _past_later),
    (r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six)\s+(?P<unit>day|week|month|year)s?\s+ago", True, _past_later),
    (
        rf"{_KO}(?P<week>이번\s?주|금주|지지난\s?주|지난\s?주|저번\s?주)\s*(?P<day>[{_WEEKDAYS}])(?:요일)?",
        False,
        _past_weekday,
    ),
    (rf"{_KO}(?P<last>지난|저번)\s?(?P<day>[{_WEEKDAYS}])(?:요일)?", False, _past_weekday),
    (rf"{_KO}(?P<day>[{_WEEKDAYS}])요일", False, _past_weekday),
    (rf"(?P<last>last\s+)?(?P<day>{_LATIN_DAY})", True, _past_weekday),
    *((pattern, False, _past_date) for pattern in _DATES),
    *((pattern, True, _past_date) for pattern in _LATIN_DATES),
    (rf"{_KO}(?P<which>이번\s?달|이달|금월|지난\s?달|저번\s?달)\s*(?P<day>\d{{1,2}})일", False, _past_day_number),
    (_DAY_NUMBER, False, _past_day_number),
    (r"(?P<day>\d{1,2})(?:st|nd|rd|th)", True, _past_day_number),
)


@cache
def _past_rules() -> list[tuple[re.Pattern[str], _Reader]]:
    return [_compiled(*source) for source in _PAST_SOURCES]


# --- times of day -----------------------------------------------------------------------------------------------------

_HALF_DAY = r"(?P<half>오전|오후|아침|점심|낮|저녁|밤|새벽)?\s*"
_NATIVE_HOURS = ["한", "두", "세", "네", "다섯", "여섯", "일곱", "여덟", "아홉", "열", "열한", "열두"]
_TIMES = (
    (
        rf"(?<![가-힣\d]){_HALF_DAY}(?<!\d)(?P<hour>\d{{1,2}}|열한|열두|한|두|세|네|다섯|여섯|일곱|여덟|아홉|열)\s?시(?!간)"
        rf"(?:\s*(?P<minute>\d{{1,2}})분|\s*(?P<thirty>반))?(?:\s?정각)?{_END}{_LIMIT}"
    ),
    (
        rf"(?<![가-힣\d:.]){_HALF_DAY}(?<![\d:.])(?P<hour>\d{{1,2}}):(?P<minute>[0-5]\d)(?![\d:])"
        rf"\s*(?P<m>[apAP]\.?[mM]\b\.?)?{_END}{_LIMIT}"
    ),
    rf"(?i:{_BY}\b(?P<hour>1[0-2]|0?[1-9])(?::(?P<minute>[0-5]\d))?\s*(?P<m>[ap]\.?m\b)\.?)",
    r"(?i:\bat)\s+(?P<hour>\d{1,2})(?!\w|[:./])",
    rf"(?<![가-힣])(?P<noon>정오){_END}{_LIMIT}",
    rf"(?i:{_BY}\b(?P<noon>noon)\b)",
)


@cache
def _times() -> list[re.Pattern[str]]:
    return [re.compile(source) for source in _TIMES]


_IS_LIMIT = re.compile(r"까지|안에|안으로|이내|내로|전에|중으로|\b(?i:by|until|till|before|within)\b")


def _time(match: re.Match[str]) -> str:
    """The time of day of a match, "" where it is none. From 1 to 7 without a half of the day is the afternoon."""
    groups = match.groupdict()
    if groups.get("noon"):
        return "12:00"
    text = groups["hour"]
    hour = _NATIVE_HOURS.index(text) + 1 if text in _NATIVE_HOURS else int(text)
    minute = 30 if groups.get("thirty") else int(groups.get("minute") or 0)
    half = groups.get("half") or {"a": "오전", "p": "오후"}.get((groups.get("m") or "")[:1].lower(), "")
    if half in ("오전", "아침", "새벽"):
        hour = 0 if hour == 12 and half != "아침" else hour
    elif half in ("오후", "저녁", "밤", "낮", "점심"):
        if half == "밤" and hour == 12:
            hour = 0
        elif hour < 12 and not (half in ("낮", "점심") and hour > 9):
            hour += 12
    elif 1 <= hour <= 7 and not text.startswith("0"):
        hour += 12
    return f"{hour:02d}:{minute:02d}" if hour < 24 and minute < 60 else ""


def _find_day(
    text: str, today: date, rules: list[tuple[re.Pattern[str], _Reader]], earliest: int, latest: int
) -> tuple[date, tuple[int, int]] | None:
    """The first day said in the line, of two that begin together the longer one; so many days from today at most.

    What says a day that cannot be meant (a past one, 30 February) is struck out, so that no part of it is read.
    """
    found: tuple[date, tuple[int, int]] | None = None
    for pattern, reader in rules:
        for match in pattern.finditer(text):
            start, end = match.span()
            if found and (start, -end) >= (found[1][0], -found[1][1]):
                break
            try:
                day = reader(match, today)
            except (ValueError, OverflowError):
                day = None
            if day is not None and earliest <= (day - today).days <= latest:
                found = day, (start, end)
                break
            text = text[:start] + "\0" * (end - start) + text[end:]
    return found


def _find_time(text: str) -> tuple[str, tuple[int, int]] | None:
    for pattern in _times():
        for match in pattern.finditer(text):
            if time := _time(match):
                blank = len(match[0]) - len(match[0].lstrip())
                return time, (match.start() + blank, match.end())
    return None


def _found(text: str, today: date, day: tuple[date, tuple[int, int]] | None) -> Found | None:
    """What was read, with the time that stands anywhere in the rest of the line."""
    if day:
        start, end = day[1]
        time = _find_time(text[:start] + "\0" * (end - start) + text[end:])
    else:
        time = _find_time(text)
    spans = sorted(found[1] for found in (day, time) if found)
    if not spans:
        return None
    by = any(_IS_LIMIT.search(text[start:end]) for start, end in spans)
    return Found(day[0] if day else today, time[0] if time else "", tuple(spans), by, day is not None)


def find_when(text: str, today: date, now_time: str | None = None) -> Found | None:
    """The day and time that a line says, None where it says neither. Never in the past nor more than two years off.

    A time alone is today's, or tomorrow's where `now_time` (`HH:MM`) is later than it.
    """
    text = unicodedata.normalize("NFC", text)[:_LONGEST]
    found = _found(text, today, _find_day(text, today, _rules(), 0, FARTHEST))
    if found and not found.day_said and now_time is not None and found.time < now_time and today < date.max:
        return replace(found, day=today + timedelta(days=1))
    return found


def find_past(text: str, today: date) -> Found | None:
    """The day and time at which something happened, None where the line says neither. Never after today.

    `어제 3시`, `그제`, `3일 전`, `지난주 금`, `11/18`, `18일`, `last fri`: what is short of a year, month or week is the last
    one of its name, today included.
    """
    text = unicodedata.normalize("NFC", text)[:_LONGEST]
    return _found(text, today, _find_day(text, today, _past_rules(), -_FARTHEST_BACK, 0))


_ONE_DAY = re.compile(rf"([{_WEEKDAYS}])(?:까지|에)?")
_PLUS = re.compile(r"\+?\s*(\d{1,3})")


def read_day(text: str, today: date) -> date | None:
    """The day that the whole line says: a date phrase, `3` or `+3` (days from today), `월` (the coming Monday).

    None for anything else, and for a day that has passed.
    """
    text = unicodedata.normalize("NFC", text[:_LONGEST]).strip()
    try:
        if match := _PLUS.fullmatch(text):
            day = today + timedelta(days=int(match[1]))
            return day if (day - today).days <= FARTHEST else None
        if match := _ONE_DAY.fullmatch(text):
            return _coming(today, _WEEKDAYS.index(match[1]))
        if text.lower() in ("sat", "sun"):
            return _coming(today, _LATIN_DAYS.index(text.lower()))
    except OverflowError:
        return None
    found = find_when(text, today)
    if found is None or not found.day_said or found.without(text).strip(" ,.()!?~"):
        return None
    return found.day
