"""Reports put into words."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from fieldsales.domain.model import Message
from fieldsales.domain.reports import Paragraph, Report
from fieldsales.domain.text import clean


class Words(Protocol):
    """What puts a message into the user's language."""

    def say(self, message: Message) -> str: ...


def report_lines(report: Report, t: Words, filled: Mapping[str, str] | None = None) -> list[str]:
    """The paragraphs as they are read on screen: a gap that is not filled stays visible in its brackets."""
    return _lines(report, t, filled or {}, gaps=True)


def report_text(report: Report, t: Words, filled: Mapping[str, str] | None = None) -> str:
    """The text that is copied: plain lines without markup; a gap left open becomes its fallback."""
    return "\n".join(_lines(report, t, filled or {}, gaps=False))


def open_slots(report: Report, filled: Mapping[str, str] | None = None) -> list[str]:
    """The names of the gaps that are still open."""
    given = filled or {}
    return [slot.name for slot in report.slots if not clean(given.get(slot.name, ""))]


def _lines(report: Report, t: Words, filled: Mapping[str, str], gaps: bool) -> list[str]:
    paragraphs: list[Paragraph] = list(report.paragraphs)
    for slot in report.slots:
        words = clean(filled.get(slot.name, ""))
        if words:
            paragraphs[slot.paragraph] = (Message(slot.filled.id, {**slot.filled.args, slot.name: words}),)
        elif not gaps:
            paragraphs[slot.paragraph] = slot.fallback
    return ["".join(t.say(piece) for piece in paragraph) for paragraph in paragraphs]
