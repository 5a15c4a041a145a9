"""A first proposal of tiers, so that a new book has a rhythm before anyone has thought about tiers (screen N12)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fieldsales.domain.cadence import DEFAULTS
from fieldsales.domain.dates import month_back
from fieldsales.domain.model import Policy

SHARE_A = 0.27
SHARE_B = 0.45
MONTHS = 6


def mean_amounts(amounts: Iterable[tuple[str, str, int]], last_month: str) -> dict[str, int]:
    """The mean a month of each account over the six months that end with `last_month`; a month without a row is 0.

    `amounts` are account, month and amount. An account without a row in those months is left out.
    """
    first = month_back(last_month, MONTHS - 1)
    sums: dict[str, int] = {}
    for account, month, amount in amounts:
        if first <= month <= last_month:
            sums[account] = sums.get(account, 0) + amount
    return {account: total // MONTHS for account, total in sums.items()}


def propose_tiers(means: Mapping[str, int | None]) -> dict[str, str]:
    """A tier for each account by its mean amount: the top 27 in 100 A, the next 45 B, the others C.

    Who brought nothing is C where others brought something; where nobody did, nothing is known and everyone is B.
    Accounts of one amount fall to either side by their id, the same way every time.
    """
    ranked = sorted((account for account in means if (means[account] or 0) > 0), key=lambda a: (-(means[a] or 0), a))
    if not ranked:
        return dict.fromkeys(means, "B")
    top = round(len(means) * SHARE_A)
    middle = top + round(len(means) * SHARE_B)
    tiers = dict.fromkeys(means, "C")
    tiers.update(dict.fromkeys(ranked[:middle], "B"))
    tiers.update(dict.fromkeys(ranked[:top], "A"))
    return tiers


def touches_a_year(policies: Iterable[Policy], tier: str) -> dict[str, int]:
    """How many contacts a year one account of the tier comes to, by kind; kinds that are none are left out."""
    touches = dict(DEFAULTS.get(tier, {}))
    for policy in policies:
        if policy.scope == "tier" and policy.scope_id == tier:
            touches[policy.kind] = round(12 / policy.every_months) if policy.every_months else policy.per_year
    return {kind: count for kind, count in touches.items() if count}
