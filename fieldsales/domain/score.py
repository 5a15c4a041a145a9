"""The order of attention: up to 100 points from eight parts, each with its reason and its rows (figures 5).

It ranks whom to look after next; it is no probability of leaving. Money is compared as integers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from fieldsales.domain.cadence import Today, iso, number_of
from fieldsales.domain.dates import month_back, month_of
from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import Message, Signal
from fieldsales.domain.months import three_digits
from fieldsales.domain.score_inputs import (
    ROLES,
    Person,
    Row,
    ScoreInputs,
    Silence,
    current_contract,
    inputs_of,
    said,
)

__all__ = [
    "DEFAULT_WEIGHTS",
    "PARTS",
    "Part",
    "Person",
    "Score",
    "ScoreInputs",
    "Silence",
    "band_of",
    "fall_of",
    "inputs_of",
    "said",
    "score",
]

PARTS = ("amount", "contact", "complaint", "contract", "people", "competitor", "attitude", "payment")
DEFAULT_WEIGHTS: Mapping[str, int] = {
    "amount": 25,
    "contact": 20,
    "complaint": 15,
    "contract": 10,
    "people": 10,
    "competitor": 10,
    "attitude": 5,
    "payment": 5,
}
BANDS = ((60, "danger"), (40, "caution"), (20, "watch"), (0, "steady"))
ENOUGH = 4  # parts that must be known before a low score says "steady"
NEWS_DAYS = 180  # a change of people is news for so long
FRESH_DAYS = 90  # competitors and attitude; and a contact so recent makes silence about them mean something

_DROPS = ((80, 25), (50, 18), (30, 12), (20, 6))  # percent, points
_SEASON_DROP = 20  # percent against the same month last year, below which a fall is the season's
_ENDS = ((30, 10), (60, 7), (90, 4))  # days before a contract's end, points
_LEVELS = {"heard": 5, "quote": 8, "replacing": 10}
_CLEARABLE = ("complaint", "contact", "people", "contract")
_INTERVALS = {1, 2, 3, 4, 6, 12}


@dataclass(frozen=True, slots=True)
class Deed:
    """Something the rep can do: the stem of two texts, `_falls` where it lowers the band and `_stays` where not."""

    stem: str
    args: Mapping[str, str | int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Part:
    """One part. `points` is None where nothing is known; `rows` are the rows behind it, `day` the day it rests on."""

    name: str
    points: int | None
    maximum: int
    reason: Message
    rows: tuple[Row, ...] = ()
    day: str = ""
    short: Message | None = None  # the reason in the words of a list, where there are points
    after: int = 0  # points left when the rep has cleared it
    act: Deed | None = None  # what clears it, where the rep can


@dataclass(frozen=True, slots=True)
class Score:
    """`band` is what is shown; `points` stay what they are where a decision or an open case overrules it (`aside`)."""

    points: int
    known: int
    band: str
    parts: tuple[Part, ...]
    one_thing: Message | None = None
    aside: Message | None = None

    @property
    def shown(self) -> tuple[Part, ...]:
        """The parts as screen 왜 lists them: most points first, those not known last."""
        return tuple(sorted(self.parts, key=lambda part: (part.points is None, -(part.points or 0))))

    def part(self, name: str) -> Part:
        return next(part for part in self.parts if part.name == name)


# --- amounts --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Fall:
    """Part 1 worked out: points of 25 and what they rest on."""

    points: int | None
    reason: Message
    drop: int = 0  # percent
    now: int = 0
    irregular: bool = False
    season: bool = False
    compared: int = 0  # months back to the oldest compared


def fall_of(inputs: ScoreInputs) -> Fall:
    """거래 감소: the last complete month against the mean of the six before it (at least three).

    Irregular traders (more than a third of those months 0, or marked so): the last three months against the six
    before. Half the points where the same month last year was as low (S0-10, figures 5).
    """
    months = inputs.months
    if not months or months[-1] is None:
        return Fall(None, Message("score.not_known"))
    base = [amount for amount in months[-7:-1] if amount is not None]
    irregular = inputs.irregular or 3 * base.count(0) > len(base) >= 3
    width = 3 if irregular else 1
    recent = [amount or 0 for amount in months[-width:]]
    if irregular:
        base = [amount for amount in months[-9:-3] if amount is not None]
    if len(base) < 3:
        return Fall(None, Message("score.amount_short"))
    total, now = sum(base), sum(recent)
    n = len(base)
    # means compared without dividing: base mean B = total/n, recent mean R = now/width; 100*(B-R) >= p*B
    lost = total * width - now * n
    points = next((p for percent, p in _DROPS if 100 * lost >= percent * total * width), 0) if total > 0 else 0
    drop = 100 * lost // (total * width) if total > 0 else 0
    year_ago = [months[-12 - back - 1] for back in range(width) if len(months) >= 13 + back]
    season = False
    if points:
        if len(year_ago) == width and None not in year_ago:
            before = sum(amount or 0 for amount in year_ago)
            season = 100 * (before - now) < _SEASON_DROP * before if before > 0 else now >= before
        else:
            season = inputs.seasonal
        if season:
            points //= 2
    args: dict[str, str | int] = {
        "month": inputs.month,
        "current": three_digits(now // width) if width > 1 else now,
        "n": n,
        "base": three_digits(total // n),
    }
    kind = "score.amount_irregular" if irregular else "score.amount_six" if n == 6 else "score.amount"
    reason = Message(f"{kind}_season" if season else kind, args)
    return Fall(points, reason, drop, now, irregular, season, width - 1 + 6)


def _amount(inputs: ScoreInputs, clock: Today) -> Part:
    fall = fall_of(inputs)
    short = None
    if fall.points:
        if fall.irregular:
            short = Message("score.short_irregular", {"drop": min(fall.drop, 100)})
        elif fall.now <= 0:
            short = Message("score.short_nothing", {"month": inputs.month})
        elif inputs.month == month_back(month_of(inputs.today), 1):
            clock.month()
            short = Message("score.short_last_month", {"drop": fall.drop})
        else:
            short = Message("score.short_month", {"month": inputs.month, "drop": fall.drop})
    rows = inputs.amount_rows(fall.compared, 0) if inputs.amount_rows and fall.points is not None else ()
    return _part("amount", fall.points, fall.reason, rows, inputs.month, short)


# --- the other parts ------------------------------------------------------------------------------------------------


def _contact(inputs: ScoreInputs, clock: Today) -> Part:
    """연락 뜸함: the longest wait of all kinds against its interval, never less than 14 after 90 days (S3-10)."""
    points, worst = 0, None
    for silence in inputs.silences:
        days = silence.interval
        if not clock.reached(silence.since + days + 1):
            found = 0
        elif not clock.reached(silence.since + days * 3 // 2 + 1):
            found = 8
        else:
            found = 20 if clock.reached(silence.since + days * 2 + 1) else 14
        if found > points:
            points, worst = found, silence
    quiet = inputs.quiet_since
    if quiet:
        floor = 0
        if clock.reached(quiet + 90):
            floor = 20 if clock.reached(quiet + 180) else 14
        if floor > points:
            points, worst = floor, None
    row = (("activity", inputs.contact_row),) if inputs.contact_row else ()
    touched = iso(inputs.last_contact) if inputs.last_contact else ""
    if not points:
        if not inputs.last_contact:
            return _part("contact", 0, Message("score.contact_not_yet"))
        return _part("contact", 0, Message("score.contact_kept", {"day": touched}), row, touched)
    kind = worst.kind if worst else "call"
    since = worst.touched if worst else inputs.last_contact
    if worst is None:
        reason = Message("score.contact_quiet", {"day": touched or iso(quiet)})
    else:
        every = f"@score.every_{worst.months}" if worst.months in _INTERVALS else "@score.every_settled"
        if worst.touched:
            reason = Message(f"score.contact_{kind}", {"day": iso(worst.touched), "every": every})
        else:
            reason = Message("score.contact_never", {"kind": f"@score.kind_{kind}", "every": every})
    short = Message(f"score.short_{kind}", {"day": iso(since)}) if since else Message(f"score.short_{kind}_never")
    return _part("contact", points, reason, row, touched, short, act=Deed(f"score.act_{kind}"))


def _live(signals: Iterable[Signal], clock: Today) -> list[Signal]:
    found = []
    for one in signals:
        if one.state == "open":
            end = number_of(one.expires_on)
            if end is None or not clock.after(end):
                found.append(one)
    return found


def _complaint(inputs: ScoreInputs, clock: Today) -> Part:
    """불만: 8 for each open one, 4 more when older than 14 days or a promise was broken, 3 when the boss was asked
    for (S2-02)."""
    signals = inputs.signals.get("complaint", ())
    live = _live(signals, clock)
    points = 0
    for one in live:
        day = number_of(one.day)
        old = day is not None and clock.reached(day + 15)
        points += 8 + (4 if old or one.promise_broken else 0) + (3 if one.boss_asked else 0)
    if not live:
        return _nothing("complaint", signals, inputs, clock)
    days = [day for one in live if (day := number_of(one.day)) is not None]
    since = iso(min(days)) if days else ""
    rows = tuple(("signal", one.id) for one in live)
    if len(live) == 1:
        text: dict[str, str | int] = {"text": said(live[0].text)}
        reason = Message("score.complaint_one", text | {"day": since}) if since else Message("score.complaint", text)
        short, act = Message("score.short_complaint"), Deed("score.act_complaint")
    else:
        count: dict[str, str | int] = {"n": len(live)}
        reason = Message("score.complaint_many", count)
        short, act = Message("score.short_complaints", count), Deed("score.act_complaints", count)
    return _part("complaint", min(points, 15), reason, rows, since, short, act=act)


def _contract(inputs: ScoreInputs, clock: Today) -> Part:
    """계약: 4, 7, 10 from 90, 60, 30 days before its end; 10 when it ran out; 5 without one or by the month."""
    one = current_contract(inputs.contracts)
    if one is None:
        return _part("contract", None, Message("score.not_known"))
    end = number_of(one.ends_on)
    others = [
        other
        for other in inputs.contracts
        if other.kind == "monthly" and (number_of(other.starts_on) or 0) >= (end or 0)
    ]
    if end is not None and one.kind in {"term", "prepaid"} and others and clock.after(end):
        one, end = others[0], None
    row = (("contract", one.id),)
    if one.kind in {"none", "monthly"}:
        kind = "none" if one.kind == "none" else "monthly"
        reason, short = Message(f"score.contract_{kind}"), Message(f"score.short_contract_{kind}")
        return _part("contract", 5, reason, row, one.starts_on, short, act=Deed(f"score.act_contract_{kind}"))
    if end is None:
        return _part("contract", 0, Message("score.contract_endless"), row, one.starts_on)
    day = {"day": iso(end)}
    if one.renewed:
        return _part("contract", 0, Message("score.contract_renewed", day), row, iso(end))
    if clock.after(end):
        reason, short = Message("score.contract_over", day), Message("score.short_contract_over", day)
        return _part("contract", 10, reason, row, iso(end), short, act=Deed("score.act_contract"))
    for days, points in _ENDS:
        if clock.reached(end - days):
            today = clock.reached(end)
            reason = Message("score.contract_today" if today else "score.contract_left", day)
            short = Message("score.short_contract_today" if today else "score.short_contract", day)
            return _part("contract", points, reason, row, iso(end), short, act=Deed("score.act_contract"))
    return _part("contract", 0, Message("score.contract_until", day), row, iso(end))


def _people_part(inputs: ScoreInputs, clock: Today) -> Part:
    """사람 바뀜: 대표 10, 본부장 8, 담당 7 until met in person, then 2; after 180 days 3 if never met (S0-18)."""
    best: tuple[int, int, Person] | None = None
    for one in inputs.people:
        recent = not clock.reached(one.day + NEWS_DAYS + 1)
        points = (2 if one.met else ROLES[one.role]) if recent else (0 if one.met else 3)
        left = 2 if recent else 0
        if points and (best is None or points > best[0]):
            best = points, left, one
    if best is None:
        rows: Sequence[object] = (*inputs.people, *inputs.signals.get("people", ()))
        return _nothing("people", rows, inputs, clock)
    points, left, one = best
    who = said(one.name) or f"@score.role_{one.role or 'buyer'}"
    word = "score.people_met" if one.met else "score.people"
    reason = Message(f"{word}_named" if one.name else word, {"who": who, "day": iso(one.day)})
    told = "score.short_person" if one.name else "score.short_people"
    short = Message(f"{told}_met" if one.met else told, {"who": who})
    act = None if one.met else Deed("score.act_people", {"who": who})
    return _part("people", points, reason, (one.row,), iso(one.day), short, after=left, act=act)


def _competitor(inputs: ScoreInputs, clock: Today) -> Part:
    """경쟁사: heard 5, quote 8, replacing 10; half after 90 days, none after 180."""
    signals = inputs.signals.get("competitor", ())
    best: tuple[int, Signal] | None = None
    for one in _live(signals, clock):
        day = number_of(one.day)
        points = _LEVELS.get(one.level, 5)
        if day is not None and clock.reached(day + FRESH_DAYS + 1):
            points = 0 if clock.reached(day + NEWS_DAYS + 1) else points // 2
        if points and (best is None or points > best[0]):
            best = points, one
    if best is None:
        return _nothing("competitor", signals, inputs, clock)
    points, one = best
    level = one.level if one.level in _LEVELS else "heard"
    reason = Message(f"score.competitor_{level}", {"day": one.day[:10]})
    if number_of(one.day) is None:
        reason = Message(f"score.short_{level}")
    return _part("competitor", points, reason, (("signal", one.id),), one.day[:10], Message(f"score.short_{level}"))


def _attitude(inputs: ScoreInputs, clock: Today) -> Part:
    """약속·말: 2 for each open sign of the last 90 days; a chip and the signal it became are one (S1-26)."""
    signals = inputs.signals.get("attitude", ())
    signs: dict[tuple[int, str], Row] = {}
    settled = {(number_of(one.day), one.kind) for one in signals if one.state != "open"}
    for day, mark, row in inputs.marks:
        if (day, mark) not in settled and not clock.reached(day + FRESH_DAYS + 1):
            signs[day, mark] = ("activity", row)
    for one in _live(signals, clock):
        number = number_of(one.day)
        if number is not None and not clock.reached(number + FRESH_DAYS + 1):
            signs[number, one.kind] = ("signal", one.id)
    if not signs:
        return _nothing("attitude", (*signals, *inputs.marks), inputs, clock)
    newest = iso(max(signs)[0])
    reason = Message("score.attitude", {"n": len(signs), "day": newest})
    short = Message("score.short_attitude", {"n": len(signs)})
    return _part("attitude", min(2 * len(signs), 5), reason, tuple(signs.values()), newest, short)


def _payment(inputs: ScoreInputs, clock: Today) -> Part:
    """결제: up to 30 days late 3, more 5; known only where a row says so."""
    signals = inputs.signals.get("payment", ())
    if not signals:
        return _part("payment", None, Message("score.not_known"))
    late = [one for one in _live(signals, clock) if one.days is None or one.days > 0]
    if not late:
        return _part("payment", 0, Message("score.payment_fine"), tuple(("signal", one.id) for one in signals))
    one = max(late, key=lambda row: row.days or 1)
    days = one.days or 1
    reason = Message("score.payment_late", {"n": days})
    short = Message("score.short_payment", {"n": days})
    return _part("payment", 5 if days > 30 else 3, reason, (("signal", one.id),), one.day[:10], short)


# --- the whole ------------------------------------------------------------------------------------------------------


def score(inputs: ScoreInputs, weights: Mapping[str, int] = DEFAULT_WEIGHTS, *, clock: Today | None = None) -> Score:
    """Add up the eight parts. `weights` gives other maxima: the points scale with them, rounded down.

    An open case makes the band 위험; a decision that it is fine until a day makes it 안정; the points stay (S1-19).
    """
    clock = clock or Today(inputs.today)
    parts = tuple([_weighed(part(inputs, clock), weights) for part in _MAKERS])
    found = [part.points for part in parts if part.points is not None]
    points, known = sum(found), len(found)
    band, aside = band_of(points, known), None
    if inputs.case_open:
        band, aside = "danger", Message("score.aside_case")
    elif inputs.fine_until:
        band, aside = "steady", Message("score.aside_fine", {"day": inputs.fine_until})
    elif inputs.paused:
        aside = Message("score.aside_freeze")
    # While a case is open nothing lowers the band, so nothing is promised.
    one = None if inputs.case_open else _one_thing(parts, points, known)
    return Score(points, known, band, parts, one, aside)


def band_of(points: int, known: int) -> str:
    """The word for the points; `unknown` while they are few and so is what is known."""
    if points < 20 and known < ENOUGH:
        return "unknown"
    for least, band in BANDS:
        if points >= least:
            return band
    return "steady"


def _one_thing(parts: tuple[Part, ...], points: int, known: int) -> Message | None:
    best: tuple[int, Deed] | None = None
    for name in _CLEARABLE:
        part = parts[PARTS.index(name)]
        gain = (part.points or 0) - part.after
        if part.act is not None and gain > 0 and (best is None or gain > best[0]):
            best = gain, part.act
    if best is None:
        return None
    gain, act = best
    new = points - gain
    band = band_of(new, known)
    args = dict(act.args) | {"points": new}
    if band in {"unknown", band_of(points, known)}:
        return Message(f"{act.stem}_stays", args)
    return Message(f"{act.stem}_falls", args | {"band": f"@score.band_{band}"})


def _part(
    name: str,
    points: int | None,
    reason: Message,
    rows: tuple[Row, ...] = (),
    day: str = "",
    short: Message | None = None,
    *,
    after: int = 0,
    act: Deed | None = None,
) -> Part:
    return Part(name, points, DEFAULT_WEIGHTS[name], reason, rows, day, short, after, act)


def _nothing(name: str, rows: Sequence[object], inputs: ScoreInputs, clock: Today) -> Part:
    """No points: known to be none after a contact of the last 90 days or where a row exists. Silence is not health."""
    recent = inputs.last_contact and not clock.reached(inputs.last_contact + FRESH_DAYS + 1)
    if recent or rows:
        return _part(name, 0, _KNOWN_NONE)
    return _part(name, None, _NOT_KNOWN)


def _weighed(part: Part, weights: Mapping[str, int]) -> Part:
    maximum = weights.get(part.name, part.maximum) if weights else part.maximum
    if maximum == part.maximum:
        return part
    points = None if part.points is None else part.points * maximum // part.maximum
    after = part.after * maximum // part.maximum
    return Part(part.name, points, maximum, part.reason, part.rows, part.day, part.short, after, part.act)


_KNOWN_NONE, _NOT_KNOWN = Message("score.none"), Message("score.not_known")
_MAKERS: tuple[Callable[[ScoreInputs, Today], Part], ...] = (
    _amount,
    _contact,
    _complaint,
    _contract,
    _people_part,
    _competitor,
    _attitude,
    _payment,
)
