"""How an account stands on a day: its line in the list and everything that is due there.

`assess` is what the derived rows of the book are made of. It is exact about its own age: until `changes_on` the same
history gives the same answer.
"""

from __future__ import annotations

from datetime import date

from fieldsales.domain.cadence import Seen, Today, iso, number_of, standing_decision
from fieldsales.domain.due_lines import DueLines, prepaid_balance
from fieldsales.domain.model import History, Message, Rules, Standing
from fieldsales.domain.score import Score, ScoreInputs, score
from fieldsales.domain.score_inputs import inputs_seen

MONTHS = 12  # of the spark
MEAN_MONTHS = 6

_PLACES = {"danger": 2, "caution": 3, "watch": 4, "unknown": 5, "steady": 6}
_CASE, _PRESSING, _PROSPECT, _HANDED, _GONE = 0, 1, 7, 8, 9
_PLACE = 10**17  # one place in the order of attention outweighs all points, one point all money
_POINT = 10**15
_OLD_CUSTOMER = 365  # days, from which a wish to see my manager is an alarm (S2-08)
_WORTH_SAYING = 3  # points of a part, from which it is said beside an account that stands steady


def assess(history: History, rules: Rules, today: date) -> Standing:
    """The account's standing on the day.

    `care` orders the list, smallest first: an open case; contact paused, a proposed case, a wish to see my manager;
    then by band (위험, 주의, 살핌, 모름, 안정), points and the amount at stake; what left comes last and has no band
    (S2-01, figures 5).
    """
    seen = Seen(history, rules, today)
    clock, contacts = seen.today, seen.contacts
    inputs = inputs_seen(seen, rows=False)
    found = score(inputs, rules.weights, clock=clock)
    lines = DueLines(seen, lambda: found.part("amount").short)
    amount = mean_amount(inputs)
    apart = (lines.gone or not lines.mine) and not inputs.case_open
    pressing = not apart and (lines.freeze is not None or _pressing(history, inputs, lines, clock))
    dues = lines.all()
    return Standing(
        band="unknown" if apart else found.band,
        points=0 if apart else found.points,
        known=found.known,
        care=_care(history, found, lines, pressing, amount),
        amount=amount,
        last_contact=iso(contacts.last) if contacts.last else "",
        last_met=iso(contacts.met) if contacts.met else "",
        spark=spark_of(inputs),
        reason=_reason_apart(history, lines, clock) if apart else _reason(history, inputs, found, lines, clock),
        dues=tuple(sorted(dues, key=lambda due: (due.good_day, due.rank, due.key))),
        changes_on=clock.changes_on,
    )


def mean_amount(inputs: ScoreInputs) -> int | None:
    """The mean of the last six complete months that are known, rounded down, None where there is none."""
    known = [amount for amount in inputs.months[-MEAN_MONTHS:] if amount is not None]
    return sum(known) // len(known) if known else None


def spark_of(inputs: ScoreInputs) -> str:
    """Twelve signs, oldest month first: 1 to 7 against the account's own largest, 0 for nothing, "." for not known."""
    months = inputs.months[-MONTHS:]
    if not months:
        return "." * MONTHS
    top = max([amount for amount in months if amount is not None], default=0)
    return "".join(["." if amount is None else "0" if amount <= 0 else str(-(-7 * amount // top)) for amount in months])


def _pressing(history: History, inputs: ScoreInputs, lines: DueLines, clock: Today) -> bool:
    """Whether something stands outside the points: a proposed case that was not dismissed, or an old customer who asks
    for my manager (S0-10, S2-08)."""
    if inputs.fine_until:
        return False
    return lines.proposed is not None or _asked_for_manager(history, clock) is not None


def _asked_for_manager(history: History, clock: Today) -> str | None:
    """The day on which somebody asked for my manager, where the account is mine for over a year."""
    account = history.account
    since = number_of(account.since) or number_of(account.introduced_on) or number_of(account.entered_on)
    if since is None or not clock.reached(since + _OLD_CUSTOMER + 1):
        return None
    for one in history.signals:
        if one.state == "open" and (one.kind == "boss_asked" or (one.kind == "complaint" and one.boss_asked)):
            day = number_of(one.day)
            if day is not None and clock.reached(day):
                return iso(day)
    return None


def _care(history: History, found: Score, lines: DueLines, pressing: bool, amount: int | None) -> int:
    if lines.case is not None:
        place = _CASE
    elif lines.gone:
        place = _GONE
    elif not lines.mine:
        place = _HANDED
    elif history.account.state == "prospect":
        place = _PROSPECT
    else:
        place = _PRESSING if pressing else _PLACES[found.band]
    stake = min(max(found.points * (amount or 0), 0), _POINT - 1)
    return place * _PLACE + (100 - min(found.points, 100)) * _POINT + (_POINT - 1 - stake)


def _reason_apart(history: History, lines: DueLines, clock: Today) -> Message | None:
    account = history.account
    if not lines.gone:
        return Message("standing.handed")
    ended = number_of(account.ended_on)
    word = "standing.released" if account.state == "released" else "standing.lost"
    return Message(f"{word}_on", {"day": iso(ended)}) if ended and clock.reached(ended) else Message(word)


def _reason(history: History, inputs: ScoreInputs, found: Score, lines: DueLines, clock: Today) -> Message | None:
    """The one thing said beside the account's name."""
    case = lines.case
    if case is not None:
        begun = number_of(case.heard_at) or number_of(case.started_at)
        return Message("due.why_case", {"day": iso(begun)}) if begun else Message("due.why_case_undated")
    if lines.freeze is not None:
        begun = number_of(lines.freeze.day)
        angry = (found.part("complaint").points or 0) > 0
        if begun and not angry:
            return Message("standing.freeze_since", {"day": iso(begun)})
        return Message("standing.freeze_complaint" if angry else "standing.freeze")
    if inputs.fine_until:
        return Message("standing.fine", {"day": inputs.fine_until})
    asked = _asked_for_manager(history, clock)
    if asked is not None:
        return Message("standing.manager", {"day": asked})
    if lines.proposed is not None and lines.proposed.short.id == "run.seen.quiet":
        return lines.proposed.short
    over = [balance for one in history.contracts if (balance := prepaid_balance(one) or 0) < 0]
    top = max(found.parts, key=lambda part: part.points or 0)
    if found.band in {"steady", "unknown"} and lines.greeting_open():
        taken = number_of(history.account.inherited_on) or 0
        if not clock.after(taken):
            return Message("standing.inherited_today")
        return Message("standing.inherited", {"day": iso(taken)})
    if lines.dormant() and (not top.points or top.name in {"amount", "contact"}):
        return Message("standing.prepaid")
    soon = lines.anniversary_soon() if found.band == "steady" else None
    if soon is not None:
        return soon
    if top.points and top.short is not None and (found.band != "steady" or top.points >= _WORTH_SAYING):
        return top.short
    if over:
        return Message("standing.over_delivered", {"amount": -min(over)})
    trial = standing_decision(history.decisions, "convert", clock)
    if trial is not None and number_of(trial.until) is not None:
        return Message("standing.trial", {"day": trial.until[:10]})
    trade = found.part("amount")
    if trade.points is not None and (inputs.seasonal or trade.reason.id.endswith(("_season", "_irregular"))):
        return Message("standing.seasonal")
    return None
