"""The days nobody works in Korea."""

from __future__ import annotations

from collections.abc import Iterable


def korean_holidays(years: Iterable[int]) -> frozenset[str]:
    """Public holidays and their substitutes in the given years, as ISO days. The library is heavy: call it late."""
    from holidays import country_holidays

    return frozenset(day.isoformat() for day in country_holidays("KR", years=sorted(set(years))))
