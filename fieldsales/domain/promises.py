"""약속 read out of what was jotted down: one for each line, or for each part between ` / ` or `;`."""

from __future__ import annotations

import re
from datetime import date

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.text import clean
from fieldsales.domain.when import find_when

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


def read_promises(text: str, today: date) -> list[Promise]:
    """The promises in a text, in its order; lines of nothing but signs are none. Never in the past."""
    promises = []
    for part in _PARTS.split(clean(text, long=True)):
        source = clean(_BULLET.sub("", part.strip()))
        if not any(char.isalnum() for char in source):
            continue
        found = find_when(source, today)
        rest = source if found is None else clean(found.without(source)).strip(_EDGE)
        title = _LEFT_OVER.sub("", rest).strip(_EDGE) or source
        kind = _kind(title, bool(found and found.time and not found.by))
        promises.append(
            Promise(kind, title, found.day.isoformat(), found.time, source)
            if found
            else Promise(kind, title, source=source)
        )
        if len(promises) == MOST:
            break
    return promises
