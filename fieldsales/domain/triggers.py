"""이탈 대응 proposed from the figures: when trade seems to stop, and how the user's "not this time" is kept (S0-10)."""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise

from fieldsales.domain.dates import NEVER, month_back, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import History, Message
from fieldsales.domain.months import newest_month, three_digits

DROP_PERCENT = 50  # of the mean, which proposes a case (S0-10)
QUIET_GAPS = 3  # times the usual gap between deals
LEAST_DEALS = 5  # before a gap is called usual
OLD_DAYS = 365
LONGEST_GAP = 3_660  # days; a longer one was mistyped
FIGURES = frozenset({"no_trade", "volume"})

_month_back = lru_cache(maxsize=1024)(month_back)  # asked for every account of the book


@dataclass(frozen=True, slots=True)
class Trigger:
    """A case proposed from the figures: its kind (`no_trade`, `volume`) and the sentence that says what was seen.

    `short` is the same beside the account's name. `key` names what it rests on: the month, or the day of the newest
    deal. What was dismissed or put off is kept under it, so that new figures propose anew. `until` is the day up to
    which a dismissal holds.
    """

    kind: str
    why: Message
    short: Message
    key: str
    until: str = NEVER


def trigger_told(how: str, before: str) -> str:
    """The kind of trigger once it is said how it was heard: by somebody it is a notice, from the figures it is not."""
    if how == "figures":
        return before if before in FIGURES else "volume"
    return "notice" if how and before in FIGURES else before


def trigger(history: History, today: date) -> Trigger | None:
    """What the amounts propose (S0-10): the last complete month is 0, or half or more below the mean of the six before.

    Nothing is proposed for an account with less than three months before, with a case open, set aside until later or
    dismissed, that left, or whose rhythm explains it: the same month last year was as low, or it trades now and then
    and its last three months are not half below the six before. Dated deals are asked about after three of the usual
    gaps.
    """
    account = history.account
    if account.state not in {"active", "handed"} or any(case.state == "open" for case in history.cases):
        return None
    day = today.isoformat()
    if any(one.kind == "fine" and one.state == "open" and one.until >= day for one in history.decisions):
        return None
    set_aside = {one.what for one in history.put_offs if one.until > day}
    return next((found for found in seen(history, today) if found.key not in set_aside), None)


def seen(history: History, today: date) -> tuple[Trigger, ...]:
    """Everything that speaks for a case, also what was dismissed: the months first, then the dated deals."""
    return tuple(found for found in (_from_months(history, today), _from_deals(history, today)) if found is not None)


def asks_again_on(history: History, today: date) -> date | None:
    """The next day on which dated deals may give another answer, None where they never do. Months change it anyway."""
    days, usual = _rhythm(history)
    ahead = next((day for day in days if day > today), None)
    known = [day for day in days if day <= today]
    turns = [known[-1] + timedelta(days=days) for days in (QUIET_GAPS * usual, _old(usual))] if usual and known else []
    return min((day for day in (ahead, *turns) if day is not None and day > today), default=None)


def _old(usual: int) -> int:
    """Days of silence after which it is no news any more: what was imported may have ended long ago."""
    return max(OLD_DAYS, 2 * QUIET_GAPS * usual)


def _rhythm(history: History) -> tuple[list[date], int]:
    """The days with deals, earliest first, and the usual gap between them in days, 0 where there is none to go by."""
    if not history.deals or history.account.irregular or history.account.seasonal:
        return [], 0
    days = sorted({day for deal in history.deals if (day := parse_day(deal.day)) is not None})
    if len(days) < LEAST_DEALS:
        return days, 0
    gaps = sorted((later - earlier).days for earlier, later in pairwise(days))
    return days, min(max(history.account.usual_gap_days or gaps[len(gaps) // 2], 0), LONGEST_GAP)


def _from_months(history: History, today: date) -> Trigger | None:
    newest = newest_month(history, today)
    if not newest:
        return None
    first = min(history.amounts)

    def known(back: int) -> int | None:
        month = _month_back(newest, back)
        return history.amounts.get(month, 0) if month >= first else None

    last = known(0) or 0
    base = [amount for back in range(1, 7) if (amount := known(back)) is not None]
    total = sum(base)
    if len(base) < 3 or total <= 0 or 100 * last * len(base) > DROP_PERCENT * total:
        return None
    year_ago = known(12)
    if year_ago is not None and 100 * last >= 80 * year_ago:
        return None
    if history.account.irregular or history.account.seasonal or 3 * sum(amount == 0 for amount in base) > len(base):
        recent = [known(back) or 0 for back in range(3)]
        before = [amount for back in range(3, 9) if (amount := known(back)) is not None]
        if len(before) < 3 or 100 * sum(recent) * len(before) > DROP_PERCENT * sum(before) * len(recent):
            return None
    mean, key = three_digits(total // len(base)), f"propose:{newest}"
    if last <= 0:
        why = Message("churn.seen.no_trade", {"month": newest, "mean": mean})
        return Trigger("no_trade", why, Message("run.seen.no_trade", {"month": newest}), key)
    drop = 100 - 100 * last * len(base) // total
    why = Message("churn.seen.volume", {"month": newest, "amount": last, "mean": mean, "drop": drop})
    return Trigger("volume", why, Message("run.seen.volume", {"month": newest, "drop": drop}), key)


def _from_deals(history: History, today: date) -> Trigger | None:
    days, usual = _rhythm(history)
    known = [day for day in days if day <= today]
    if usual <= 0 or len(known) < LEAST_DEALS:
        return None
    quiet = (today - known[-1]).days
    if not QUIET_GAPS * usual <= quiet < _old(usual):
        return None
    args: dict[str, str | int] = {"n": quiet, "gap": usual}
    # Asked again after as long a silence once more: by then it is no longer the same news.
    until = (today + timedelta(days=QUIET_GAPS * usual)).isoformat()
    return Trigger(
        "no_trade", Message("churn.seen.quiet", args), Message("run.seen.quiet", args), f"propose:{known[-1]}", until
    )
