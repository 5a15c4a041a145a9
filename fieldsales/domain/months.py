"""An account's monthly amounts as they are read: which months count, and how they look in a row."""

from __future__ import annotations

from datetime import date

from fieldsales.domain.dates import add_months, last_complete_month, month_back
from fieldsales.domain.model import History


def months_between(start: date, end: date) -> int:
    """Whole months from one day to another; the last day of a short month counts as the day of a longer one."""
    months = (end.year - start.year) * 12 + end.month - start.month
    while months > 0 and add_months(start, months) > end:
        months -= 1
    return max(months, 0)


OLD_MONTHS = 12  # amounts that end longer ago than so many complete months say nothing about how an account stands


def newest_month(history: History, today: date) -> str:
    """The last complete month for which the book knows amounts, "" where this account has none or they are old."""
    newest = _last_known(history, today)
    return "" if newest <= month_back(last_complete_month(today), OLD_MONTHS) else newest


def ended_in(history: History, today: date) -> str:
    """The last month for which the book knows amounts where they are old, else ""."""
    return "" if newest_month(history, today) else _last_known(history, today)


def _last_known(history: History, today: date) -> str:
    complete = last_complete_month(today)
    if not history.amounts or min(history.amounts) > complete:
        return ""
    return min(complete, history.last_month or max(history.amounts))


def month_amounts(history: History, today: date, count: int, *, old: bool = False) -> list[tuple[str, int | None]]:
    """The last so many complete months, oldest first; with `old` up to the newest that is known, however long ago.

    A month without a row is 0 from the account's first month on, and None (not known) before it or after the book's
    newest month. The running month is left out.
    """
    newest = newest_month(history, today) or (ended_in(history, today) if old else "")
    last = newest if old and newest else last_complete_month(today)
    months = [month_back(last, back) for back in range(count - 1, -1, -1)]
    if not newest:
        return [(month, None) for month in months]
    first = min(history.amounts)
    return [(month, history.amounts.get(month, 0) if first <= month <= newest else None) for month in months]


def spark(history: History, today: date) -> str:
    """Twelve signs, oldest month first: 0 to 7 against the largest of them, "." where nothing is known."""
    values = [amount for _, amount in month_amounts(history, today, 12)]
    top = max((amount for amount in values if amount is not None), default=0)
    signs = []
    for amount in values:
        if amount is None:
            signs.append(".")
        elif amount <= 0 or top <= 0:
            signs.append("0")
        else:
            signs.append(str(max(1, -(-7 * amount // top))))
    return "".join(signs)


def monthly_mean(history: History, today: date, count: int = 6) -> int | None:
    """The mean of the account's last complete months with data, None where there is none."""
    known = [amount for _, amount in month_amounts(history, today, count) if amount is not None]
    return round(sum(known) / len(known)) if known else None


def three_digits(amount: int) -> int:
    """A mean as it is told: the nearest with three digits that count, 6,426,666 is 6,430,000."""
    step = int(10 ** max(0, len(str(abs(amount))) - 3))
    return (amount + step // 2) // step * step
