"""The first proposal of tiers, and what a rhythm comes to in a year (N12)."""

from __future__ import annotations

from collections import Counter

from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.model import Policy
from fieldsales.domain.tiers import mean_amounts, propose_tiers, touches_a_year


def test_eighty_nine_accounts_become_24_40_and_25() -> None:
    tiers = propose_tiers({f"{n:02d}": 1000 - n for n in range(89)})
    assert Counter(tiers.values()) == {"A": 24, "B": 40, "C": 25}
    assert "".join(tiers[f"{n:02d}"] for n in range(89)) == "A" * 24 + "B" * 40 + "C" * 25


def test_without_amounts_everyone_is_b() -> None:
    assert propose_tiers({"x": None, "y": 0}) == {"x": "B", "y": "B"}
    assert propose_tiers({}) == {}


def test_who_brought_nothing_is_c_where_others_brought_something() -> None:
    means = {str(n): n if n < 3 else None for n in range(1, 11)}
    assert propose_tiers(means) == {"2": "A", "1": "A"} | {str(n): "C" for n in range(3, 11)}


@given(st.dictionaries(st.text(max_size=4), st.none() | st.integers(-100, 100), max_size=40))
def test_a_higher_tier_never_goes_to_the_smaller_amount(means: dict[str, int | None]) -> None:
    tiers = propose_tiers(means)
    assert tiers.keys() == means.keys()
    ranks = {tier: [means[id] or 0 for id in tiers if tiers[id] == tier] for tier in "ABC"}
    for higher, lower in (("A", "B"), ("B", "C")):
        if ranks[higher] and ranks[lower]:
            assert min(ranks[higher]) >= max(ranks[lower])


def test_the_mean_counts_six_months_and_a_month_without_trade_as_nothing() -> None:
    rows = [
        ("a", "2026-01", 600),
        ("a", "2026-06", 600),
        ("a", "2025-12", 9999),
        ("b", "2025-12", 1),
        ("c", "2026-07", 1),
    ]
    assert mean_amounts(rows, "2026-06") == {"a": 200}


def test_a_tier_has_its_floor_until_the_user_settles_another() -> None:
    assert touches_a_year([], "A") == {"call": 12, "review": 4, "meeting": 2}
    policies = [
        Policy("1", scope_id="A", kind="call", per_year=6),
        Policy("2", scope_id="A", kind="review", per_year=0),
        Policy("3", scope_id="A", kind="meeting", per_year=2, every_months=3),
        Policy("4", scope_id="B", kind="call", per_year=9),
        Policy("5", scope="account", scope_id="A", kind="joint", per_year=9),
    ]
    assert touches_a_year(policies, "A") == {"call": 6, "meeting": 4}
