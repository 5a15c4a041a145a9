"""연락 주기: how often a tier or an account is called, reviewed and met."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Changed, Policy

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

RHYTHM_KINDS = ("call", "review", "meeting", "visit")


def save_rhythm(book: Book, numbers: Mapping[tuple[str, str, str], int | None], now: datetime) -> Changed:
    """Settle rhythms: (scope, scope id, kind) to times a year, for visits to months between two (S4-11, S4-17).

    None takes a row out, so that the account follows its tier again and the tier its default.
    """
    with book.change("rhythm", now) as change:
        for (scope, scope_id, kind), number in numbers.items():
            id = natural_id("policy", scope, scope_id, kind)
            if number is None:
                change.remove(Policy, id)
                continue
            months = number if kind == "visit" else None
            change.put(
                Policy(
                    id=id,
                    scope=scope,
                    scope_id=scope_id,
                    kind=kind,
                    per_year=0 if kind == "visit" else number,
                    every_months=months,
                    from_on=now.date().isoformat() if scope == "account" else "",
                )
            )
    return change.changed
