"""What is common to reading days out of a line, coming or past: the words, times of day, and where they stood."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta
from functools import cache

from fieldsales.domain.dates import add_months
from fieldsales.domain.frozen import dataclass

LONGEST = 500  # characters of a line that are read


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


WEEKDAYS = "월화수목금토일"
MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
LATIN_DAYS = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_COUNTS = {
    "한": 1, "일": 1, "두": 2, "이": 2, "세": 3, "석": 3, "서": 3, "삼": 3, "네": 4, "넉": 4, "사": 4, "다섯": 5,
    "여섯": 6, "일곱": 7, "여덟": 8, "아홉": 9, "열": 10, "열한": 11, "열두": 12, "a": 1, "an": 1, "one": 1, "two": 2,
    "three": 3, "four": 4, "five": 5, "six": 6,
}  # fmt: skip
NATIVE_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}

# What may follow a Korean phrase directly and belongs to it; anything else of Hangul there makes it another word.
_TAIL = (
    "(?:전까지|까지는|까지만|까지|에는|에도|엔|에|부터|이후|중으로|중에|중|안으로|안에|안|이내에|이내|내로|쯤에|쯤|경에|경|께|은|는"
    "|전에)"
)
_END = rf"(?:{_TAIL}(?![가-힣])|(?![가-힣]))"
_LIMIT = r"(?:\s(?:까지|안에|안으로|중에|중으로|이내에|이내|내로)(?![가-힣]))?"
_DOW = r"(?:\s*\([월화수목금토일](?:요일)?\)|\s+[월화수목금토일]요일)?"
KO = r"(?<![가-힣\d])"
COUNT = r"\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열두|열한|열"
WEEK = r"(?P<week>이번\s?주|금주|다다음\s?주|다담주|다음\s?주|담주|내주|차주)"
LATIN_DAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
LATIN_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
_BY = r"(?:\b(?:by|until|till|before|on|at)\s+)?(?:\bthe\s+)?"

SAID = r"(?:[월화수목금토일](?:요일)?|\d{1,2}월(?:\s*\d{1,2}일)?|\d{1,2}일)"
DATES = (
    r"(?<![\d.,])(?P<year>20\d\d)\s*[-./]\s*(?P<month>\d{1,2})\s*[-./]\s*(?P<day>\d{1,2})(?:\.|T(?=\d\d:))?(?!\d{3})",
    r"(?<![\d.,])(?P<year>\d\d)(?:/|\.\s?)(?P<month>\d{1,2})(?:/|\.\s?)(?P<day>\d{1,2})\.?(?!\d)",
    r"(?<!\d)(?P<year>(?:20)?\d\d)년\s*(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})일",
    r"(?<!\d)(?P<month>\d{1,2})월\s*(?P<day>\d{1,2})(?:\s*[~-]\s*\d{1,2})?일",
    r"(?<![\w.,/:-])(?P<month>\d{1,2})/(?P<day>\d{1,2})(?![\d/%]|\s*%)",
    r"(?<![\w.,/:-])(?P<month>1[0-2]|0?[1-9])\.(?: ?(?P<day>\d{1,2})\.|(?P<day2>\d{1,2}))(?![\d.,%]|\s*%|[A-Za-z])",
)
LATIN_DATES = (
    rf"(?P<month>{LATIN_MONTH})\.?\s+(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:,?\s+(?P<year>20\d\d))?(?!:)",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?\s+(?:of\s+)?(?P<month>{LATIN_MONTH})\b(?:,?\s+(?P<year>20\d\d))?",
)
DAY_NUMBER = r"(?<![\d.,~월년-])(?<!월 )(?P<day>\d{1,2})일(?!\s?(?:동안|간|치|째|씩|차|전(?!까지)|만에|연속))"

Reader = Callable[[re.Match[str], date], "date | None"]
Rule = tuple[str, bool, Reader]  # a pattern, whether it is in Latin letters, and what it means


def compiled(pattern: str, latin: bool, reader: Reader) -> tuple[re.Pattern[str], Reader]:
    """A way of saying a day with what may stand around it. Ranges of Hangul that ignore case compile slowly."""
    if latin:
        return re.compile(rf"{_BY}\b(?:{pattern})(?!\w)", re.IGNORECASE), reader
    return re.compile(rf"(?:{pattern}){_DOW}{_END}{_LIMIT}"), reader


def to_count(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)


def monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def after(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, count * (12 if unit == "y" else 1))


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


def find_day(
    text: str, today: date, rules: list[tuple[re.Pattern[str], Reader]], earliest: int, latest: int
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


def what_was_read(text: str, today: date, day: tuple[date, tuple[int, int]] | None) -> Found | None:
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
