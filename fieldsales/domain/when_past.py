"""When something happened, read out of one line of Korean or English."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta
from functools import cache

from fieldsales.domain.dates import add_months, month_end
from fieldsales.domain.day_words import (
    COUNT,
    DATES,
    DAY_NUMBER,
    KO,
    LATIN_COUNT,
    LATIN_DATES,
    LATIN_DAY,
    LATIN_DAYS,
    LONGEST,
    MONTHS,
    NATIVE_DAYS,
    READ,
    SAID,
    WEEKDAYS,
    Found,
    Ready,
    Rule,
    after,
    compiled,
    days_said,
    monday,
    to_count,
    what_was_read,
)
from fieldsales.domain.frozen import replace

FARTHEST_BACK = 3_660  # days


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


def _no_past_day(match: re.Match[str], today: date) -> None:
    """What is yet to come: read so that no part of it is taken for a day that has been."""


def _past_near_day(match: re.Match[str], today: date) -> date:
    back = {"오늘": 0, "방금": 0, "today": 0, "어제": 1, "어저께": 1, "yesterday": 1}
    two = {"그제": 2, "그저께": 2, "엊그제": 2}
    return today - timedelta(days=(back | two).get(match["word"].lower(), 3))


def _past_later(match: re.Match[str], today: date) -> date:
    groups = match.groupdict()
    if native := groups.get("native"):
        return today - timedelta(days=7 if native == "일주일" else NATIVE_DAYS[native])
    unit = {"일": "d", "주": "w", "개": "m", "달": "m"}.get(match["unit"][0], match["unit"][0].lower())
    return after(today, -to_count(match["n"]), "y" if unit in "년해" else unit)


def _past_weekday(match: re.Match[str], today: date) -> date:
    name = match["day"]
    weekday = WEEKDAYS.index(name) if name in WEEKDAYS else LATIN_DAYS.index(name[:3].lower())
    week = "".join((match.groupdict().get("week") or "").lower().split())
    if week:
        weeks = {"이번주": 0, "금주": 0, "thisweek": 0, "지지난주": -2}.get(week, -1)
        return monday(today, weeks) + timedelta(days=weekday)
    day = _last(today, weekday)
    return day - timedelta(days=7) if day == today and match.groupdict().get("last") else day


def _weekday_weeks_ago(match: re.Match[str], today: date) -> date:
    """`2주 전 화요일`: the Tuesday of the calendar week that lies two weeks back."""
    name = match["day"]
    weekday = WEEKDAYS.index(name) if name in WEEKDAYS else LATIN_DAYS.index(name[:3].lower())
    return monday(today, -to_count(match["n"])) + timedelta(days=weekday)


def _past_date(match: re.Match[str], today: date) -> date | None:
    groups = match.groupdict()
    day = match["day"] or groups["day2"]
    name = match["month"]
    month = int(name) if name.isdigit() else MONTHS.index(name[:3].lower()) + 1
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


_SOURCES: tuple[Rule, ...] = (
    (rf"{KO}(?:다음|다다음|담|내|차|오는|내년)\s?(?:주|달)?\s*{SAID}", False, _no_past_day),
    (rf"(?<![가-힣\d])(?:{COUNT})\s?(?:일|주일|주|개월|달|년|해)\s?(?:뒤|후)", False, _no_past_day),
    (rf"(?:next|coming)\s+(?:{LATIN_DAY})", True, _no_past_day),
    (rf"{KO}(?:지난\s?달|저번\s?달|지난\s?해|작년|재작년)\s*[{WEEKDAYS}]요일", False, _no_past_day),
    (
        rf"(?:{KO}(?:지난\s?달|저번\s?달|이번\s?달|이달)\s*|{KO})"
        rf"(?:(?:첫|둘|셋|넷|다섯)째|마지막)\s?(?:주의?\s*[{WEEKDAYS}](?:요일)?|[{WEEKDAYS}]요일)",
        False,
        _no_past_day,
    ),
    (rf"(?:first|second|third|fourth|fifth|[1-5](?:st|nd|rd|th))\s+(?:{LATIN_DAY})", True, _no_past_day),
    (
        rf"(?:{LATIN_DAY})\s+(?:of\s+)?last\s+(?:month|year)|last\s+(?:month|year)(?:\s+on)?\s+(?:{LATIN_DAY})",
        True,
        _no_past_day,
    ),
    (rf"{KO}(?P<word>오늘|방금|어제|어저께|엊그제|그제|그저께|그끄제|그끄저께)", False, _past_near_day),
    (r"(?P<word>today|yesterday)", True, _past_near_day),
    (
        rf"(?<![가-힣\d])(?P<n>{COUNT}|일|이|삼|사)\s?주(?:일)?\s?전(?:의|에)?\s*(?P<day>[{WEEKDAYS}])요일",
        False,
        _weekday_weeks_ago,
    ),
    (rf"(?<![가-힣\d])(?P<n>{COUNT})\s?(?P<unit>일|주일|주|개월|달|년|해)\s?전", False, _past_later),
    (r"(?<![가-힣\d])(?P<native>하루|이틀|사흘|나흘|닷새|엿새|이레|열흘|보름|일주일)\s?전", False, _past_later),
    (r"(?P<n>\d{1,3}|an?|one|two|three|four|five|six)\s+(?P<unit>day|week|month|year)s?\s+ago", True, _past_later),
    (
        rf"{KO}(?P<week>이번\s?주|금주|지지난\s?주|지난\s?주|저번\s?주)\s*(?P<day>[{WEEKDAYS}])(?:요일)?",
        False,
        _past_weekday,
    ),
    (rf"(?P<n>{LATIN_COUNT})\s+weeks?\s+ago(?:\s+on)?\s+(?P<day>{LATIN_DAY})", True, _weekday_weeks_ago),
    (rf"(?P<week>(?:last|this)\s+week)(?:\s+on)?\s+(?P<day>{LATIN_DAY})", True, _past_weekday),
    (rf"(?P<day>{LATIN_DAY})\s+(?:of\s+)?(?P<week>(?:last|this)\s+week)", True, _past_weekday),
    (rf"{KO}(?P<last>지난|저번)\s?(?P<day>[{WEEKDAYS}])(?:요일)?", False, _past_weekday),
    (rf"{KO}(?P<day>[{WEEKDAYS}])요일", False, _past_weekday),
    (rf"(?P<last>last\s+)?(?P<day>{LATIN_DAY})", True, _past_weekday),
    *((pattern, False, _past_date) for pattern in DATES),
    *((pattern, True, _past_date) for pattern in LATIN_DATES),
    (rf"{KO}(?P<which>이번\s?달|이달|금월|지난\s?달|저번\s?달)\s*(?P<day>\d{{1,2}})일", False, _past_day_number),
    (DAY_NUMBER, False, _past_day_number),
    (r"(?P<day>\d{1,2})(?:st|nd|rd|th)", True, _past_day_number),
)


@cache
def _rules() -> list[Ready]:
    return [compiled(*source) for source in _SOURCES]


_SAID_TO_BE_LATE = re.compile(r"오후|저녁|밤|낮|점심|p\.?m|1[3-9]|2[0-4]", re.IGNORECASE)


def find_past(text: str, today: date, now: str = "") -> Found | None:
    """The day and time at which something happened, None where the line says neither. Never after today.

    With `now` (`HH:MM`), a bare hour that would still lie ahead of it is that of the morning: `4시` said at nine.

    `어제 3시`, `그제`, `3일 전`, `지난주 금`, `11/18`, `18일`, `last fri`: what is short of a year, month or week is
    the last one of its name, today included.
    """
    text = unicodedata.normalize("NFC", text)[:LONGEST]
    said = days_said(text, today, _rules(), -FARTHEST_BACK, 0)
    found = what_was_read(text, today, said, next((one for one in said if one.kind in READ), None))
    if found is None or not now or found.day != today or found.time <= now or _SAID_TO_BE_LATE.search(text):
        return found
    morning = int(found.time[:2]) - 12
    return replace(found, time=f"{morning:02}{found.time[2:]}") if morning >= 0 else found
