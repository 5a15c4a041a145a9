"""이력: everything that happened or was learnt at an account, newest first."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Activity, History, Message, Signal
from fieldsales.domain.people import person_name
from fieldsales.domain.remembered import expired

Piece = Message | str

_KINDS = frozenset({"visit", "call", "review", "message", "note"})
_SHEETS = frozenset({"half_year", "quarter", "greeting"})
_ATTEMPTS = frozenset({"no_answer", "no_reply", "refused"})
_SIGNALS = frozenset(
    {
        "complaint",
        "need",
        "late",
        "word_changed",
        "no_reply",
        "rush",
        "competitor",
        "people",
        "boss_asked",
        "trust",
        "payment",
        "thanks",
    }
)


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """One line of 이력."""

    day: str
    kind: Message
    person: str
    pieces: tuple[Piece, ...]
    row: tuple[str, str]
    private: bool = False


def history_lines(history: History, today: date) -> tuple[HistoryLine, ...]:
    """Everything that happened or was learnt, newest first (N13). A signal or note that was made of an activity's own
    words is told on that activity's line and not again.
    """
    by_activity: dict[str, list[Signal]] = {}
    own_words = {
        one.id: {_flat(text) for text in (one.heard, one.said, one.note) if text} for one in history.activities
    }
    lines: list[tuple[str, str, int, HistoryLine]] = []
    for signal in history.signals:
        if signal.activity_id in own_words and (not signal.text or _flat(signal.text) in own_words[signal.activity_id]):
            by_activity.setdefault(signal.activity_id, []).append(signal)
            continue
        lines.append((signal.day, "", 1, _signal_line(history, signal)))
    for activity in history.activities:
        lines.append(
            (activity.day, activity.time, 0, _activity_line(history, activity, by_activity.get(activity.id, [])))
        )
    for fact in history.facts:
        pieces: list[Piece] = [
            Message("brief.fact_from", {"text": fact.text, "source": fact.source}) if fact.source else fact.text
        ]
        if fact.expires_on:
            form = "history.expired" if expired(fact, today) else "history.until"
            pieces.append(Message(form, {"day": fact.expires_on}))
        who = person_name(history, fact.contact_id)
        line = HistoryLine(fact.day, Message("history.fact"), who, tuple(pieces), ("fact", fact.id), bool(fact.private))
        lines.append((fact.day, "", 2, line))
    lines.sort(key=lambda entry: (entry[0], entry[1], -entry[2], entry[3].row[1]), reverse=True)
    return tuple(entry[3] for entry in lines)


def lines_of_rows(history: History, today: date) -> dict[tuple[str, str], HistoryLine]:
    """The line that tells of a row: its own, or that of the activity on which it is told."""
    lines = {line.row: line for line in history_lines(history, today)}
    for signal in history.signals:
        told = lines.get(("activity", signal.activity_id))
        if told is not None:
            lines.setdefault(("signal", signal.id), told)
    return lines


def _activity_line(history: History, activity: Activity, signals: Sequence[Signal]) -> HistoryLine:
    kind = "attempt" if activity.outcome == "attempt" else activity.kind if activity.kind in _KINDS else "note"
    pieces: list[Piece] = []
    if activity.outcome == "attempt":
        how = activity.attempt if activity.attempt in _ATTEMPTS else "no_answer"
        pieces.append(Message(f"history.attempt_{how}"))
    if activity.sheet in _SHEETS:
        pieces.append(Message(f"history.sheet_{activity.sheet}"))
    if activity.kind2 in _KINDS:
        pieces.append(Message(f"history.{activity.kind2}"))
    if activity.joint:
        pieces.append(Message("kind.joint"))
    if activity.by != "me" and activity.by:
        pieces.append(activity.by)
    told = set()
    for signal in signals:
        pieces.append(_signal_piece(signal))
        told.add(_flat(signal.text))
    heard = _flat(activity.heard)
    if heard and heard not in told:
        pieces.append(Message("brief.quote", {"text": heard}))
    for text in (_flat(activity.said), _flat(activity.note)):
        if text and text not in told:
            pieces.append(text)
    who = person_name(history, activity.contact_id)
    return HistoryLine(activity.day, Message(f"history.{kind}"), who, tuple(pieces), ("activity", activity.id))


def _signal_piece(signal: Signal) -> Message:
    if not signal.text:
        return Message(_label(signal))
    return Message("history.signal", {"kind": f"@{_label(signal)}", "text": _flat(signal.text)})


def _label(signal: Signal) -> str:
    return f"history.signal_{signal.kind if signal.kind in _SIGNALS else 'other'}"


def _signal_line(history: History, signal: Signal) -> HistoryLine:
    pieces: list[Piece] = [signal.text] if signal.text else []
    if signal.kind in {"complaint", "need"} and signal.text:
        pieces = [Message("brief.quote", {"text": signal.text})]
    if signal.source:
        pieces.append(signal.source)
    if signal.state == "closed" and signal.closed_on:
        pieces.append(Message("history.closed", {"day": signal.closed_on}))
    who = person_name(history, signal.contact_id)
    kind = Message(_label(signal))
    return HistoryLine(signal.day, kind, who, tuple(pieces), ("signal", signal.id), private=signal.kind == "complaint")


def _flat(text: str) -> str:
    """A text of several lines as one."""
    return " ".join(text.split())
