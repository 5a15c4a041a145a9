"""Days, months and working days. Days are `datetime.date` inside and ISO text in the book."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta

NEVER = "9999-12-31"  # the last day of what cannot be overdue


def parse_day(text: str) -> date | None:
    """The day of an ISO date or moment, None where the text is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def days_since(text: str, today: date) -> int | None:
    """Whole days from an ISO day to today, None where the text is no day."""
    day = parse_day(text)
    return None if day is None else (today - day).days


def add_months(day: date, months: int) -> date:
    """The same day so many months on, clamped to the month's end: 31 January and one month is 28 or 29 February."""
    index = day.year * 12 + day.month - 1 + months
    year, month = divmod(index, 12)
    return date(year, month + 1, min(day.day, month_end(date(year, month + 1, 1)).day))


def month_of(day: date) -> str:
    return f"{day.year:04d}-{day.month:02d}"


def month_back(month: str, count: int) -> str:
    """The month so many months before: `month_back("2026-01", 1)` is `2025-12`."""
    index = int(month[:4]) * 12 + int(month[5:7]) - 1 - count
    return f"{index // 12:04d}-{index % 12 + 1:02d}"


def last_complete_month(today: date) -> str:
    return month_back(month_of(today), 1)


def month_end(day: date) -> date:
    return day.replace(day=31) if day.month == 12 else day.replace(month=day.month + 1, day=1) - timedelta(days=1)


class WorkDays:
    """Which days are worked: neither Saturday, Sunday nor one of the given holidays (ISO days)."""

    def __init__(self, holidays: Iterable[str] = ()) -> None:
        self._holidays = frozenset(holidays)

    def is_working(self, day: date) -> bool:
        return day.weekday() < 5 and day.isoformat() not in self._holidays

    def next(self, day: date) -> date:
        """The day itself if it is worked, else the first working day after it."""
        while not self.is_working(day):
            day += timedelta(days=1)
        return day

    def previous(self, day: date) -> date:
        """The day itself if it is worked, else the last working day before it."""
        while not self.is_working(day):
            day -= timedelta(days=1)
        return day

    def later(self, day: date, count: int) -> date:
        """So many working days after the day."""
        for _ in range(count):
            day = self.next(day + timedelta(days=1))
        return day
