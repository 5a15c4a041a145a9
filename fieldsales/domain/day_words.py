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
    "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
}  # fmt: skip
NATIVE_DAYS = {"하루": 1, "이틀": 2, "사흘": 3, "나흘": 4, "닷새": 5, "엿새": 6, "이레": 7, "열흘": 10, "보름": 15}

# What may follow a Korean phrase directly and belongs to it; anything else of Hangul there makes it another word.
_TAIL = (
    "(?:전까지|까지는|까지만|까지|에는|에도|엔|에|부터|이후|중으로|중에|중|안으로|안에|안|이내에|이내|내로|쯤에|쯤|경에|경|께|은|는"
    "|전에)"
)
_END = rf"(?:{_TAIL}(?![가-힣])|(?![가-힣]))"
_LIMIT = r"(?:\s(?:까지|전까지|전에|안에|안으로|중에|중으로|중|이내에|이내|내로|이후)(?![가-힣]))?"
_DOW = r"(?:\s*\((?P<dow>[월화수목금토일])(?:요일)?\)|\s+(?P<dow2>[월화수목금토일])요일)?"
KO = r"(?<![가-힣\d])"
COUNT = r"\d{1,3}|한|두|세|석|네|넉|다섯|여섯|일곱|여덟|아홉|열두|열한|열"
WEEK = r"(?P<week>이번\s?주|금주|다다음\s?주|다음\s?다음\s?주|다담주|다음\s?주|담주|내주|차주)"
LATIN_DAY = (
    r"mon(?:day)?|tue(?:s(?:day)?)?|wed(?:nesday)?|thu(?:r(?:s(?:day)?)?)?|fri(?:day)?|sat(?:urday)?|sun(?:day)?"
)
LATIN_MONTH = (
    r"jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?"
    r"|nov(?:ember)?|dec(?:ember)?"
)
LATIN_COUNT = r"\d{1,3}|an?|one|two|three|four|five|six|seven|eight|nine|ten"
_DAYS_END = r"(?:end\s+of\s+(?:the\s+)?day|close\s+of\s+business|eod|cob)"
_BY = rf"(?:\b(?:by|until|till|before|on|at)\s+)?(?:\b(?:the\s+)?{_DAYS_END}\s+(?:on\s+)?)?(?:\bthe\s+)?"

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
    rf"(?P<month>{LATIN_MONTH})\.?\s+(?:the\s+)?(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*[-–]\s*\d{{1,2}}(?!\d))?(?:,?\s+(?P<year>20\d\d))?(?!:)",
    rf"(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?:\s*[-–]\s*\d{{1,2}}(?:st|nd|rd|th)?)?\s+(?:of\s+)?(?P<month>{LATIN_MONTH})\b(?:,?\s+(?P<year>20\d\d))?",
)
_NO_DAY_NUMBER = (  # `30일 동안` and `3일 전에` count days, `5일 전화` does not
    r"(?!동안|간|치|째|씩|차|만에|연속|전(?!까지)|\s(?:동안|간|치|째|씩|차|만에|연속|전)(?:에|은|의|부터)?(?![가-힣]))"
)
DAY_NUMBER = rf"(?<![\d.,~월년-])(?<!월 )(?P<day>\d{{1,2}})일{_NO_DAY_NUMBER}"

Reader = Callable[[re.Match[str], date], "date | None"]
Rule = tuple[str, bool, Reader]  # a pattern, whether it is in Latin letters, and what it means
Ready = tuple[re.Pattern[str], Reader, str]  # a rule that is compiled, and the kind of what it reads

# What a phrase says. The first four can be read as one day, the others cannot.
READ = ("day", "named", "weekday", "period")  # `12월 3일`, `다음 주 화`, `화요일`, `다음 달`
PAST = "past"  # a day that has been, or a week or month that has
RECURRING = "recurring"
UNSURE = "unsure"  # a day was said, but not which for certain
LEADS, TRAILS, BESIDE = "leads", "trails", "beside"  # no day, but changes the one that follows, stands before, either
LAST_OF_RANGE = "last of range"


def compiled(pattern: str, latin: bool, reader: Reader, kind: str = "day") -> Ready:
    """A way of saying a day with what may stand around it. Ranges of Hangul that ignore case compile slowly.

    Only behind one day does a weekday belong to it; behind a week or a month it would pick a day of it.
    """
    if latin:
        return re.compile(rf"{_BY}\b(?:{pattern})(?!\w|['’]s\b)", re.IGNORECASE), reader, kind
    weekday = _DOW if kind in ("day", "named", "weekday") else ""
    within = r"(?:\s내(?=\s|$))?" if kind == "period" else ""
    return re.compile(rf"(?:{pattern}){weekday}{_END}{_LIMIT}{within}"), reader, kind


def to_count(text: str) -> int:
    return _COUNTS.get(text.lower()) or int(text)


def monday(today: date, weeks: int) -> date:
    return today - timedelta(days=today.weekday()) + timedelta(weeks=weeks)


def after(today: date, count: int, unit: str) -> date:
    if unit in "dw":
        return today + timedelta(days=count * (7 if unit == "w" else 1))
    return add_months(today, count * (12 if unit == "y" else 1))


# --- the phrases of a line --------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Said:
    """A phrase of a line that says a day or seems to; the day is meant only where the kind is one of READ."""

    day: date | None
    start: int
    end: int
    kind: str


def days_said(text: str, today: date, rules: list[Ready], earliest: int, latest: int) -> list[Said]:
    """All that says a day in the line, in its order; of what begins together the longest, of equals the first rule.

    What says a day that cannot be meant (a past one, 30 February) is kept as such, so that no part of it is read.
    """
    said: list[Said] = []
    at = 0
    coming = [pattern.search(text) for pattern, _, _ in rules]
    while True:
        best: tuple[int, int, int] | None = None
        for number, (pattern, _, _) in enumerate(rules):
            match = coming[number]
            if match is not None and match.start() < at:
                match = coming[number] = pattern.search(text, at)
            if match is not None and (best is None or (match.start(), -match.end(), number) < best):
                best = match.start(), -match.end(), number
        if best is None:
            return said
        found = coming[best[2]]
        assert found is not None
        said.append(_said(found, today, rules[best[2]], earliest, latest))
        at = found.end()


def _said(match: re.Match[str], today: date, rule: Ready, earliest: int, latest: int) -> Said:
    """What a phrase says. A day whose weekday is said to be another (`12월 3일 금요일`) is not certain."""
    (start, end), (_, reader, kind) = match.span(), rule
    if kind not in READ:
        return Said(None, start, end, kind)
    try:
        day = reader(match, today)
    except (ValueError, OverflowError):
        day = None
    groups = match.groupdict()
    weekday = groups.get("dow") or groups.get("dow2")
    if day is None or (weekday and day.weekday() != WEEKDAYS.index(weekday)):
        return Said(None, start, end, UNSURE)
    if not earliest <= (day - today).days <= latest:
        return Said(day, start, end, PAST if day < today else UNSURE)
    return Said(day, start, end, kind)


# --- what stands together ---------------------------------------------------------------------------------------------


@cache
def _gaps() -> tuple[re.Pattern[str], ...]:
    """What stands between two phrases that say one day together, that are a choice, or the ends of a range."""
    return (
        re.compile(r"\s*(?:의|\b(?:of|in|on|the|of the|on the)\b)?\s*", re.IGNORECASE),
        re.compile(r"\s*(?:/|&|·|또는|아니면|혹은|및|\bor\b|\band\b)\s*", re.IGNORECASE),
        re.compile(r"\s*(?:[~–-]|\bto\b|\bthrough\b|\buntil\b)\s*", re.IGNORECASE),
    )


def aside(gap: str) -> bool:
    return gap.strip() in (",", "(")


def _particle(words: str) -> bool:
    """Whether a Korean phrase ends in more than the name of its day (`화요일까지`)."""
    last = words.rstrip(")")[-1]
    return "가" <= last <= "힣" and last not in (*WEEKDAYS, *"늘레피")


def _same_day(one: Said, other: Said, end: int) -> Said | None:
    """Two phrases that name one day: `Tue, 24 Nov`, `내일 21일`; also where that day has been."""
    if one.day is None or other.day is None:
        return None
    exact, name = (one, other) if other.kind == "weekday" else (other, one)
    if name.kind == "weekday" and exact.kind in ("day", PAST):
        agreed = exact.day is not None and name.day is not None and exact.day.weekday() == name.day.weekday()
    else:
        agreed = one.day == other.day
    return Said(exact.day, one.start, end, exact.kind) if agreed else None


def joined(text: str, one: Said, other: Said) -> Said | None:
    """Two neighbours as one phrase, None where they are none.

    Two that do not agree are a day that is not certain, unless they are the ends of a range or parted by a comma.
    """
    gap, start, end = text[one.end : other.start], one.start, other.end
    together, choice, _ = _gaps()
    words, others = text[start : one.end], text[other.start : end].lower()
    if aside(gap):
        apart = others.startswith(("by ", "on ", "until ", "till ", "before ")) or any(
            sign in others for sign in "안내뒤후"
        )
        if one.kind not in (*READ, PAST) or _particle(words) or ("(" not in gap and (apart or one.kind == other.kind)):
            return None
        closing = end + ("(" in gap and text[end : end + 1] == ")")
        return _same_day(one, other, closing)
    sure, other_sure = one.kind in READ, other.kind in READ
    if choice.fullmatch(gap) and (sure or one.kind == UNSURE) and (other_sure or other.kind == UNSURE):
        return Said(None, start, end, UNSURE)
    if not together.fullmatch(gap):
        return None
    if other_sure and one.kind in (RECURRING, PAST) and (one.kind == RECURRING or other.kind in ("weekday", "named")):
        return _same_day(one, other, end) or Said(None, start, end, one.kind if one.day is None else UNSURE)
    if one.kind in (LEADS, BESIDE):
        if other_sure or other.kind == UNSURE:
            return Said(None, start, end, UNSURE)
        return Said(None, start, end, other.kind) if other.kind in (LEADS, BESIDE) else None
    if not sure and one.kind != UNSURE:
        return None
    if other.kind in (TRAILS, BESIDE, UNSURE) or (one.kind == "weekday" and other.kind == PAST):
        return Said(None, start, end, UNSURE)
    if other.kind == LEADS:
        connected = bool(gap.strip()) or others.startswith(("in ", "on ", "the "))
        return Said(None, start, end, UNSURE) if connected and one.kind == "weekday" else None
    if not other_sure:
        return None
    before = others.startswith(("before", "until", "till"))
    return (None if before else _same_day(one, other, end)) or Said(None, start, end, UNSURE)


def is_range(text: str, one: Said, other: Said) -> bool:
    """`12월 3일부터 5일까지`, `Mon - Wed`: it is due when it begins."""
    if one.kind not in READ or other.kind not in READ:
        return False
    gap, words, others = text[one.end : other.start], text[one.start : one.end], text[other.start : other.end].lower()
    if not gap.strip() and (words.endswith("부터") or others.startswith(("until", "till"))):
        return is_limit(others)
    return not is_limit(words) and bool(_gaps()[2].fullmatch(gap))


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


_IS_LIMIT = re.compile(r"까지|안에|안으로|이내|내로|전에|중으로|\s중$|\b(?i:by|until|till|before|within)\b")


def is_limit(words: str) -> bool:
    """Whether the words say the last moment for something (`금요일까지`) rather than its day."""
    return _IS_LIMIT.search(words) is not None


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


def _find_time(text: str) -> tuple[str, tuple[int, int]] | None:
    for pattern in _times():
        for match in pattern.finditer(text):
            if time := _time(match):
                blank = len(match[0]) - len(match[0].lstrip())
                return time, (match.start() + blank, match.end())
    return None


_MEAL = r"(?!\s*(?:식사|약속|자리|먹|모임|대접|회식|$|\S*(?:과|와|랑|하고|님)(?:\s|$)))"


@cache
def _part_of_day() -> re.Pattern[str]:
    """The part of a day that is said behind it. An evening or morning that may be a meal is left in the words."""
    return re.compile(
        rf"\s?(?P<half>오전|오후|새벽|낮|밤|(?:아침|저녁){_MEAL}|점심(?=\s?(?:까지|전)))(?:\s?전까지|\s?전에)?{_END}{_LIMIT}"
        r"|\s+(?i:(?:in\s+the\s+)?(?P<latin>morning|afternoon|evening|night))\b"
        rf"|\s+(?i:by\s+)?(?:the\s+)?(?i:{_DAYS_END})\b"
    )


def _in_half(time: str, half: str) -> str:
    """An hour said after the part of the day (`저녁에 8시`, `in the evening at 8`) is one of that part."""
    hour = int(time[:2])
    if half.lower() in ("오후", "저녁", "밤", "낮", "afternoon", "evening", "night") and 1 <= hour < 12:
        hour += 12 if half != "낮" or hour < 10 else 0
    elif half.lower() in ("오전", "아침", "새벽", "morning") and 12 < hour < 20:
        hour -= 12
    return f"{hour:02d}{time[2:]}"


def what_was_read(text: str, today: date, said: list[Said], meant: Said | None) -> Found | None:
    """What was read: the day that is meant, and a time that no other day of the line has for its own."""
    others = [one for one in said if one is not meant and one.kind in (*READ, PAST, RECURRING, UNSURE)]
    if meant is None:
        if any(one.kind not in (PAST, LEADS, TRAILS, BESIDE) for one in said):
            return None
        time = _find_time(text)
        if time is None or any(one.end <= time[1][0] and not text[one.end : time[1][0]].strip() for one in said):
            return None
        return Found(today, time[0], (time[1],), is_limit(text[slice(*time[1])]), day_said=False)
    assert meant.day is not None
    start, end = meant.start, meant.end
    first = start if any(one.end <= start for one in others) else 0
    last = min((one.start for one in others if one.start >= end), default=len(text))
    time = _find_time("\0" * first + text[first:start] + "\0" * (end - start) + text[end:last])
    part = _part_of_day().match(text, end, last) if meant.kind != "period" else None
    if part and not (time and time[1][0] < part.end() and time[1][1] > part.start()):
        end = part.end()
        half = part["half"] or part["latin"]
        if time and half and time[1][0] >= end:
            time = _in_half(time[0], half), time[1]
    spans = sorted([(start, end), *([time[1]] if time else [])])
    return Found(meant.day, time[0] if time else "", tuple(spans), any(is_limit(text[a:b]) for a, b in spans))
