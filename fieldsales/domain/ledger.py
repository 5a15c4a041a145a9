"""거래금액 보전: what a case lost, what came back of it, and what new business covers. Nothing is netted out of sight.

All amounts are whole numbers in the book's smallest currency unit, a month.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date

from fieldsales.domain.dates import month_back, month_of
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import CaseFile, ChurnCase, Cover, Offer

COVER_STATES = ("signed", "likely", "possible", "idea")  # in the order in which they count
OFFER_WAYS = ("price", "volume", "site", "term")  # what may be offered to keep something (S0-15)
ANSWERS = ("accepted", "refused", "thinking")
PLACES = 3  # places to try where nothing covers the loss (S0-26)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """New business of one state that is named but not counted: how many and how much of it is known (S0-22)."""

    count: int = 0
    amount: int = 0


@dataclass(frozen=True, slots=True)
class Ledger:
    """The money of one case. Lost, recovered and new stand each by itself (S0-03)."""

    lost: int | None  # None: not said
    recovered: int
    signed: int
    back: tuple[Offer, ...] = ()  # what was accepted
    covers: tuple[Cover, ...] = ()  # new business that is signed
    likely: LeftOut = LeftOut()
    possible: LeftOut = LeftOut()
    ideas: tuple[Cover, ...] = ()

    @property
    def tier(self) -> str:
        """`restored` from the whole amount on, `half` from half of it on, `part`, `none`; "" while the loss is not
        known (S0-16). New business never lifts it."""
        return tier_of(self.lost, self.recovered)

    @property
    def recovered_percent(self) -> int | None:
        """Of the loss, rounded down so that 49.8% is not half; None where there is nothing to divide by."""
        return percent(self.recovered, self.lost)

    @property
    def cover_percent(self) -> int | None:
        """보전율: recovered and signed together, of the loss (S0-24); None where there is nothing to divide by."""
        return percent(self.recovered + self.signed, self.lost)

    @property
    def net(self) -> int | None:
        """All three together. Shown only beside its parts (S0-03)."""
        return None if self.lost is None else self.recovered + self.signed - self.lost

    @property
    def open(self) -> int:
        """What neither came back nor is covered, 0 where nothing is open or the loss is not known."""
        return max((self.lost or 0) - self.recovered - self.signed, 0)

    @property
    def wants_places(self) -> bool:
        """Whether something is open that nothing signed covers, so that places to try are asked for (S0-26)."""
        return self.open > 0 and not self.covers and len(self.ideas) < PLACES


def tier_of(lost: int | None, recovered: int) -> str:
    """See `Ledger.tier`: 250 of 500 is `half`, 249 is `part` (S0-16)."""
    if lost is None or lost <= 0:
        return ""
    if recovered >= lost:
        return "restored"
    if 2 * recovered >= lost:
        return "half"
    return "part" if recovered > 0 else "none"


def percent(part: int, whole: int | None) -> int | None:
    """Whole percent, rounded down; None where there is nothing to divide by."""
    return None if whole is None or whole <= 0 else 100 * part // whole


def recovered_by(offer: Offer, lost: int | None) -> int:
    """What an offer brings back: nothing before it is accepted, then its amount, else its share of the loss."""
    if offer.answer != "accepted":
        return 0
    if offer.amount is not None:
        return max(offer.amount, 0)
    return max(offer.share or 0, 0) * max(lost or 0, 0) // 100


def recovered(offers: Iterable[Offer], lost: int | None) -> int:
    return sum(recovered_by(offer, lost) for offer in offers)


def ledger(case: ChurnCase, offers: Sequence[Offer] = (), covers: Sequence[Cover] = ()) -> Ledger:
    """The money of a case out of its rows. Only what is signed counts as new (S0-22)."""
    by_state = {state: tuple(one for one in covers if one.state == state) for state in COVER_STATES}
    return Ledger(
        lost=case.lost_amount,
        recovered=recovered(offers, case.lost_amount),
        signed=_sum(by_state["signed"]),
        back=tuple(one for one in offers if one.answer == "accepted"),
        covers=by_state["signed"],
        likely=LeftOut(len(by_state["likely"]), _sum(by_state["likely"])),
        possible=LeftOut(len(by_state["possible"]), _sum(by_state["possible"])),
        ideas=by_state["idea"],
    )


def ledger_of(file: CaseFile) -> Ledger:
    return ledger(file.case, file.offers, file.covers)


def in_order(covers: Iterable[Cover]) -> tuple[Cover, ...]:
    """What counts first, the largest of a state first; one of an unknown state stands last."""

    def place(cover: Cover) -> tuple[int, int, str, str]:
        known = cover.state in COVER_STATES
        state = COVER_STATES.index(cover.state) if known else len(COVER_STATES)
        return state, -(cover.amount or 0), cover.name, cover.id

    return tuple(sorted(covers, key=place))


def next_state(state: str) -> str:
    """One step surer; what is signed begins anew as possible."""
    return {"idea": "possible", "possible": "likely", "likely": "signed"}.get(state, "possible")


def _sum(covers: Iterable[Cover]) -> int:
    return sum(max(one.amount or 0, 0) for one in covers)


# --- the worst case -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exposed:
    """An account of tier A that is at risk or leaving, and what it would cost a month."""

    account_id: str
    name: str
    amount: int


@dataclass(frozen=True, slots=True)
class WorstCase:
    """The new business signed for next month does not reach the largest account of tier A at risk (S0-25)."""

    signed: int
    largest: Exposed


def next_month(today: date) -> str:
    return month_back(month_of(today), -1)


def signed_by(covers: Iterable[Cover], month: str) -> int:
    """What is signed and runs in a month."""
    return _sum(one for one in covers if one.state == "signed" and (not one.month or one.month <= month))


def worst_case(signed: int, exposed: Iterable[Exposed]) -> WorstCase | None:
    """None where nothing of tier A is at risk, or where what is signed reaches the largest of them (S0-25, C7)."""
    largest = max(exposed, key=lambda one: (one.amount, one.account_id), default=None)
    if largest is None or largest.amount <= 0 or signed >= largest.amount:
        return None
    return WorstCase(signed, largest)


# --- reading what was typed -----------------------------------------------------------------------------------------

_MONTH = re.compile(r"(?:(\d{4}|\d{2})\s*(?:년|[-./])\s*)?(\d{1,2})\s*(?:월|$)\s*(?:부터|까지)?")
_NEAR = {
    "지난달": 1, "지난 달": 1, "전월": 1, "last month": 1, "이달": 0, "이번달": 0, "이번 달": 0, "당월": 0,
    "this month": 0, "다음달": -1, "다음 달": -1, "담달": -1, "차월": -1, "내달": -1, "next month": -1,
}  # fmt: skip
_NAMES = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_SHARES = {"전부": 100, "다": 100, "all": 100, "절반": 50, "반": 50, "half": 50}
_SHARE = re.compile(r"(\d{1,3})\s*(?:%|퍼센트|프로)")


def read_month(text: str, today: date) -> str | None:
    """The month that a few words name, as `YYYY-MM`; None where they name none, "" where there are no words.

    Understands `2026-12`, `26.12`, `12월부터`, `12`, `다음 달`, `차월`, `Dec`, `next month`. Without a year it is the
    month of that name nearest to today: up to five months back, up to six ahead.
    """
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    if not said:
        return ""
    bare = said.removesuffix("부터").removesuffix("까지").strip()
    if bare in _NEAR:
        return month_back(month_of(today), _NEAR[bare])
    named = re.fullmatch(r"([a-z]{3})[a-z]*\.?\s*(\d{4})?", bare)
    if named and named[1] in _NAMES:
        return _of_year(named[2], _NAMES.index(named[1]) + 1, today)
    found = _MONTH.fullmatch(said)
    if found is None or not 1 <= int(found[2]) <= 12:
        return None
    return _of_year(found[1], int(found[2]), today)


def _of_year(year: str | None, number: int, today: date) -> str:
    if year:
        return f"{int(year) + (2000 if len(year) == 2 else 0):04d}-{number:02d}"
    months = (month_back(month_of(today), back) for back in range(5, -7, -1))
    return next(month for month in months if int(month[5:]) == number)


def read_share(text: str) -> int | None:
    """The percent of the loss that a few words name, such as `50%` or `절반`; None where they name none."""
    said = unicodedata.normalize("NFKC", text).strip().casefold()
    found = _SHARE.fullmatch(said)
    return int(found[1]) if found else _SHARES.get(said)
