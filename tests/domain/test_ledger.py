"""거래금액 보전: each amount by itself, only what is signed counts, and the edges of the tiers."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.ledger import (
    COVER_STATES,
    Exposed,
    Ledger,
    LeftOut,
    in_order,
    ledger,
    next_month,
    next_state,
    percent,
    read_month,
    read_share,
    recovered_by,
    signed_by,
    tier_of,
    worst_case,
)
from fieldsales.domain.model import ChurnCase, Cover, Offer

TODAY = date(2026, 11, 20)
amounts = st.integers(0, 10**15)


def of(lost: int | None, offers: tuple[Offer, ...] = (), covers: tuple[Cover, ...] = ()) -> Ledger:
    return ledger(ChurnCase("k", lost_amount=lost), offers, covers)


def back(amount: int | None, answer: str = "accepted", share: int | None = None) -> Offer:
    return Offer("o", amount=amount, answer=answer, share=share)


def new(amount: int | None, state: str = "signed", month: str = "2026-12", name: str = "미리별로보틱스") -> Cover:
    return Cover(f"{state}{amount}{month}{name}", name=name, amount=amount, month=month, state=state)


# --- the tiers ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("recovered", "tier"),
    [(0, "none"), (1, "part"), (249, "part"), (250, "half"), (499, "half"), (500, "restored"), (900, "restored")],
)
def test_a_tier_begins_at_its_edge(recovered: int, tier: str) -> None:
    """S0-16, C6: 250 of 500 is half, 249 is a part."""
    assert of(500, (back(recovered),)).tier == tier


@pytest.mark.parametrize("lost", [None, 0, -5])
def test_without_a_loss_there_is_no_tier_and_no_share(lost: int | None) -> None:
    found = of(lost, (back(100),), (new(100),))
    assert (found.tier, found.recovered_percent, found.cover_percent) == ("", None, None)


def test_an_odd_loss_is_halved_without_rounding() -> None:
    """S0-16: 250 of 501 is less than half, 251 is more."""
    assert (tier_of(501, 250), tier_of(501, 251)) == ("part", "half")


@given(st.integers(1, 10**15), amounts)
def test_half_is_at_least_fifty_of_a_hundred_and_never_rounded_up(lost: int, recovered: int) -> None:
    """S0-16: the word and the number beside it never contradict each other."""
    share, tier = percent(recovered, lost), tier_of(lost, recovered)
    assert share is not None
    assert (share >= 100) == (tier == "restored")
    assert (50 <= share < 100) == (tier == "half")
    assert (recovered == 0) == (tier == "none")


@given(st.integers(1, 10**12), amounts, amounts)
def test_new_business_never_lifts_the_tier(lost: int, recovered: int, signed: int) -> None:
    """S0-16, C6: what is new is a line of its own."""
    assert of(lost, (back(recovered),), (new(signed),)).tier == of(lost, (back(recovered),)).tier


# --- what counts ----------------------------------------------------------------------------------------------------


def test_what_was_lost_recovered_and_won_stand_apart_and_their_sum_beside_them() -> None:
    """S0-03: -5억 and +10억 stand there, and the +5억 only with them."""
    found = of(5 * 10**8, (), (new(10**9),))
    assert (found.lost, found.recovered, found.signed, found.net) == (5 * 10**8, 0, 10**9, 5 * 10**8)


def test_five_lost_and_ten_won_are_two_hundred_percent() -> None:
    """S0-24."""
    assert of(5 * 10**8, (), (new(10**9),)).cover_percent == 200
    assert of(4500, (back(2250),), (new(6000),)).cover_percent == 183


@pytest.mark.parametrize("state", ["likely", "possible", "idea", "", "?"])
def test_only_what_is_signed_counts(state: str) -> None:
    """S0-22, C7: 가망 of 10억 changes nothing, 확정 does."""
    before = of(500)
    with_it = of(500, (), (new(10**9, state),))
    assert (with_it.cover_percent, with_it.signed, with_it.open) == (before.cover_percent, 0, 500)
    assert of(500, (), (new(10**9),)).signed == 10**9


def test_likely_and_possible_are_named_with_their_number_and_sum() -> None:
    """S0-22, C7."""
    found = of(
        500, (), (new(3000, "likely"), new(600, "possible"), new(600, "possible", name="b"), new(None, "likely"))
    )
    assert (found.likely, found.possible) == (LeftOut(2, 3000), LeftOut(2, 1200))


@pytest.mark.parametrize("answer", ["refused", "thinking", ""])
def test_an_offer_brings_nothing_back_before_it_is_accepted(answer: str) -> None:
    """S0-15."""
    assert recovered_by(back(100, answer), 500) == 0
    assert of(500, (back(100, answer),)).back == ()


def test_an_accepted_share_counts_of_the_loss_and_an_amount_before_it() -> None:
    assert recovered_by(back(None, share=50), 501) == 250
    assert recovered_by(back(300, share=50), 500) == 300
    assert recovered_by(back(None, share=50), None) == 0
    assert recovered_by(back(None), 500) == 0


@given(
    st.one_of(st.none(), st.integers(-(10**12), 10**15)),
    st.lists(st.tuples(st.sampled_from(["accepted", "refused", "thinking"]), st.one_of(st.none(), amounts))),
    st.lists(st.tuples(st.sampled_from(COVER_STATES), st.one_of(st.none(), st.integers(-(10**12), 10**15)))),
)
def test_the_parts_always_make_the_sum(
    lost: int | None, offers: list[tuple[str, int | None]], covers: list[tuple[str, int | None]]
) -> None:
    """S0-03, S0-22: whatever stands in the rows, nothing counts twice and nothing else than it says."""
    found = of(lost, tuple(back(amount, answer) for answer, amount in offers), tuple(new(a, s) for s, a in covers))
    assert found.recovered == sum(amount or 0 for answer, amount in offers if answer == "accepted")
    assert found.signed == sum(max(amount or 0, 0) for state, amount in covers if state == "signed")
    assert found.likely.count + found.possible.count + len(found.covers) + len(found.ideas) == len(covers)
    assert found.open >= 0
    assert found.net == (None if lost is None else found.recovered + found.signed - lost)


def test_places_are_asked_for_only_where_nothing_covers_what_is_open() -> None:
    """S0-26."""
    assert of(500).wants_places
    assert of(500, (back(200),), (new(100, "likely"),)).wants_places
    assert not of(500, (), (new(1),)).wants_places
    assert not of(500, (back(500),)).wants_places
    assert not of(None).wants_places
    assert not of(500, (), tuple(new(None, "idea", name=name) for name in "가나다")).wants_places


def test_what_counts_stands_first_and_the_largest_before_the_others() -> None:
    rows = (new(1, "idea"), new(5, "possible"), new(1, "signed"), new(9, "possible"), new(2, "likely"), new(7, "?"))
    assert [(one.state, one.amount) for one in in_order(rows)] == [
        ("signed", 1),
        ("likely", 2),
        ("possible", 9),
        ("possible", 5),
        ("idea", 1),
        ("?", 7),
    ]


def test_a_step_makes_it_surer_and_a_signed_one_begins_anew() -> None:
    states = ["idea"]
    for _ in range(4):
        states.append(next_state(states[-1]))
    assert states == ["idea", "possible", "likely", "signed", "possible"]


# --- the worst case -------------------------------------------------------------------------------------------------


def test_an_empty_pipeline_is_held_against_the_largest_account_at_risk() -> None:
    """S0-25, C7: both figures are there."""
    found = worst_case(0, [Exposed("a", "해윰정밀", 4000), Exposed("b", "도담나루식품", 4500)])
    assert found is not None
    assert (found.signed, found.largest.name, found.largest.amount) == (0, "도담나루식품", 4500)


@pytest.mark.parametrize(("signed", "told"), [(4499, True), (4500, False)])
def test_what_is_signed_has_to_reach_the_largest(signed: int, told: bool) -> None:
    """S0-25."""
    assert (worst_case(signed, [Exposed("b", "도담나루식품", 4500)]) is not None) == told


def test_nothing_at_risk_is_no_worst_case() -> None:
    """S0-25."""
    assert worst_case(0, []) is None
    assert worst_case(0, [Exposed("a", "나린커피", 0)]) is None


def test_only_what_is_signed_and_runs_by_then_counts_for_next_month() -> None:
    """S0-25."""
    rows = (new(1), new(10, month="2027-01"), new(100, month=""), new(1000, "likely"), new(10_000, month="2026-11"))
    assert signed_by(rows, next_month(TODAY)) == 10_101
    assert next_month(date(2026, 12, 31)) == "2027-01"


# --- what was typed -------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "month"),
    [
        ("2026-12", "2026-12"),
        ("26.12", "2026-12"),
        ("2027년 3월", "2027-03"),
        ("12월부터", "2026-12"),
        ("12", "2026-12"),
        ("다음 달", "2026-12"),
        ("차월부터", "2026-12"),
        ("이번 달", "2026-11"),
        ("지난달", "2026-10"),
        ("6월", "2026-06"),
        ("5월", "2027-05"),
        ("Dec", "2026-12"),
        ("next month", "2026-12"),
        ("March 2027", "2027-03"),
        ("", ""),
        ("13월", None),
        ("0", None),
        ("글쎄요", None),
    ],
)
def test_a_month_is_read_as_people_jot_it_down(text: str, month: str | None) -> None:
    assert read_month(text, TODAY) == month


@given(st.integers(1, 12), st.dates(date(2000, 2, 1), date(2090, 1, 1)))
def test_a_month_without_a_year_is_the_nearest_of_its_name(number: int, today: date) -> None:
    found = read_month(f"{number}월", today)
    assert found is not None
    away = (int(found[:4]) - today.year) * 12 + int(found[5:]) - today.month
    assert int(found[5:]) == number
    assert -5 <= away <= 6


@pytest.mark.parametrize(
    ("text", "share"),
    [("50%", 50), ("절반", 50), ("30 %", 30), ("전부", 100), ("half", 50), ("2,250만", None), ("", None)],
)
def test_a_share_of_the_loss_is_told_from_an_amount(text: str, share: int | None) -> None:
    assert read_share(text) == share


@given(st.text())
def test_whatever_is_typed_is_read_or_refused_and_never_fails(text: str) -> None:
    found = read_month(text, TODAY)
    assert found is None or found == "" or (len(found) == 7 and 1 <= int(found[5:]) <= 12)
    assert read_share(text) is None or read_share(text) >= 0  # type: ignore[operator]
