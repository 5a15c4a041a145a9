"""약속 read out of what was jotted down: one for each line, or for each part between ` / ` or `;`.

A comma parts two only where each has a day of its own: `다음 주 화까지 단가표, 금요일까지 계약서` are two, `단가표,
견적서 금요일까지` is one.
"""

from __future__ import annotations

import re
from datetime import date
from functools import cache

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.text import clean
from fieldsales.domain.when import dated_words, find_when

MOST = 50  # promises of one text


@dataclass(frozen=True, slots=True)
class Promise:
    kind: str  # give (I owe), get (they owe), meet
    title: str
    due_on: str = ""  # ISO day, "" where none was said
    due_time: str = ""
    source: str = ""  # the words it was read from


_PARTS = re.compile(r"\n|\s/\s|;|；")
_BULLET = re.compile(r"^(?:[-*•·→>☐□]+|\d{1,2}[.)]\s|\[[ xX]?\])\s*")
_HOLES = re.compile(r"\(\s*\)|\s+(?=,)|,(?=\s*,)")  # what the words of a day leave behind
_EDGE = " \t,.:·-–~→"
_LEFT_OVER = re.compile(
    r"^(?:까지|에는|에|은|는|by|on|at|until)(?![^\W\d_])\s*|\s+(?:까지|에|by|on|at|until)$", re.IGNORECASE
)

_FACE = re.compile(r"뵙|뵈|봬|뵐|만나|만날|만남|미팅|\bmeet(?:ing|s)?\b", re.IGNORECASE)
_GET = re.compile(
    r"받기|받을|받아|받는|받음|받도록|주시기|주신|주실|주시면|보내\s?주(?!기|세|고)|답변?\s?주시|알려\s?주시"
    r"|\bthey\b|\bthey'll\b|\breceive\b|\bawait\b|\bget from\b",
    re.IGNORECASE,
)
_GIVE = re.compile(
    r"보내|전달|제출|발송|송부|회신|(?<!인사)(?<!인사 )드리기|(?<!인사)(?<!인사 )드림|\b(?:send|deliver|submit)\b",
    re.IGNORECASE,
)
_OCCASION = re.compile(
    r"방문|인사(?!팀|부|과|처|담당|이동|발령|고과|총무)|상담|점심|저녁|식사|회의|티타임|\b(?:visit|lunch|dinner|coffee|see)\b",
    re.IGNORECASE,
)  # fmt: skip


def _kind(title: str, appointed: bool) -> str:
    """A time makes an appointment, unless it limits something to send or to get."""
    if _FACE.search(title):
        return "meet"
    if _GET.search(title):
        return "get"
    if appointed:
        return "meet"
    if _GIVE.search(title):
        return "give"
    return "meet" if _OCCASION.search(title) else "give"


@dataclass(frozen=True, slots=True)
class _Piece:
    """What stands between two commas."""

    start: int
    end: int
    dated: bool
    worded: bool  # says more than days
    first: bool  # begins with its day

    def upto(self, other: _Piece) -> _Piece:
        return _Piece(self.start, other.end, self.dated or other.dated, self.worded or other.worded, self.first)


@cache
def _commas() -> re.Pattern[str]:
    return re.compile(
        r"\s*(?:(?<!\d)[,，、]|[,，、](?!\d))\s*(?:(?:그리고|and then|and|then)\s+)?|\s+(?:그리고|and then)\s+",
        re.IGNORECASE,
    )


def _pieces(source: str, days: list[tuple[int, int]]) -> list[_Piece]:
    """The line at its commas; one within a day (`Tue, 24 Nov`) is none."""
    commas = [one.span() for one in _commas().finditer(source)]
    commas = [(a, b) for a, b in commas if not any(start < b and a < end for start, end in days)]
    pieces = []
    for start, end in zip([0, *(b for _, b in commas)], [*(a for a, _ in commas), len(source)], strict=True):
        here = [(a, b) for a, b in days if start <= a and b <= end]
        words = "".join(
            char for at, char in enumerate(source[start:end], start) if not any(a <= at < b for a, b in here)
        )
        first = bool(here) and not source[start : here[0][0]].strip()
        pieces.append(_Piece(start, end, bool(here), any(char.isalnum() for char in words), first))
    return pieces


def _with_words(pieces: list[_Piece]) -> list[_Piece] | None:
    """The pieces, those that are nothing but a day put to the words next to them: None where they could go two ways."""
    found: list[_Piece] = []
    for at, piece in enumerate(pieces):
        if found and found[-1].dated and not found[-1].worded:
            found[-1] = found[-1].upto(piece)
        elif not piece.dated or piece.worded:
            found.append(piece)
        else:
            before = at > 0 and not pieces[at - 1].dated
            behind = at + 1 < len(pieces) and not pieces[at + 1].dated
            if before == behind or (before and found[-1].dated):
                return None
            if before:
                found[-1] = found[-1].upto(piece)
            else:
                found.append(piece)
    return found


def _parted(source: str, today: date) -> list[str]:
    """The promises of one line that commas part, each with a day of its own.

    What stands without a day between two that have one belongs to the first where both begin with their days; else
    nobody can tell whose it is, and it is a promise without a day.
    """
    days = dated_words(source, today)
    pieces = _with_words(_pieces(source, days)) if len(days) > 1 else None
    if pieces is None or sum(piece.dated for piece in pieces) < 2:
        return [source]
    parts: list[_Piece] = []
    between: _Piece | None = None  # what has no day since the last that has one
    for piece in pieces:
        if not piece.dated:
            between = between.upto(piece) if between else piece
            continue
        if between and parts:
            both_first = parts[-1].first and piece.first
            parts[-1:] = [parts[-1].upto(between)] if both_first else [parts[-1], between]
        parts.append(between.upto(piece) if between and not parts else piece)
        between = None
    if between:
        parts[-1] = parts[-1].upto(between)
    return [source[part.start : part.end] for part in parts]


def read_promises(text: str, today: date) -> list[Promise]:
    """The promises in a text, in its order; lines of nothing but signs are none. Never in the past."""
    promises: list[Promise] = []
    for part in _PARTS.split(clean(text, long=True)):
        line = clean(_BULLET.sub("", part.strip()))
        if any(char.isalnum() for char in line):
            promises.extend(_promise(source, today) for source in _parted(line, today))
        if len(promises) >= MOST:
            break
    return promises[:MOST]


def _promise(source: str, today: date) -> Promise:
    found = find_when(source, today)
    rest = source if found is None else clean(_HOLES.sub("", clean(found.without(source)))).strip(_EDGE)
    title = _LEFT_OVER.sub("", rest).strip(_EDGE) or source
    kind = _kind(title, bool(found and found.time and not found.by))
    if found is None:
        return Promise(kind, title, source=source)
    return Promise(kind, title, found.day.isoformat(), found.time, source)
