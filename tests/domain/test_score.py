from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.dates import add_months, month_back
from fieldsales.domain.model import (
    Account,
    Activity,
    Amount,
    ChurnCase,
    Contact,
    Contract,
    Deal,
    Decision,
    History,
    Policy,
    Rules,
    Signal,
)
from fieldsales.domain.score import DEFAULT_WEIGHTS, PARTS, Score, inputs_of, score

TODAY = date(2026, 11, 20)
MONTHLY = Policy("p", scope="account", scope_id="a", kind="call", per_year=12)
LAST = "2026-10"
TABLE = ("contact", "amount", "complaint", "contract", "people", "competitor", "attitude", "payment")


def ago(days: int, today: date = TODAY) -> str:
    return (today - timedelta(days=days)).isoformat()


def ahead(days: int) -> str:
    return ago(-days)


def months(*amounts: int, last: str = LAST) -> dict[str, int]:
    """Amounts of months in a row, the last one given last."""
    return {month_back(last, len(amounts) - 1 - index): amount for index, amount in enumerate(amounts)}


def called(days: int) -> Activity:
    return Activity(f"call{days}", account_id="a", kind="call", day=ago(days))


def signal(kind: str, back: int, level: str = "", /, **more: object) -> Signal:
    made = Signal(f"{kind}{back}", account_id="a", kind=kind, level=level, day=ago(back), text="늦음")
    return replace(made, **more)  # type: ignore[arg-type]


PAID = signal("payment", 30, days=0, state="closed")


def history(
    *,
    contact: int | None = 20,
    amounts: dict[str, int] | None = None,
    contract: int | None = 200,
    signals: tuple[Signal, ...] = (),
    contacts: tuple[Contact, ...] = (),
    activities: tuple[Activity, ...] = (),
    account: Account | None = None,
    decisions: tuple[Decision, ...] = (),
    cases: tuple[ChurnCase, ...] = (),
    contracts: tuple[Contract, ...] = (),
    deals: tuple[Deal, ...] = (),
    last_month: str = LAST,
) -> History:
    made = contracts
    if contract is not None:
        made = (*contracts, Contract("c", "a", kind="term", ends_on=ahead(contract)))
    return History(
        account or Account("a", name="해윰정밀"),
        contacts=contacts,
        contracts=made,
        activities=(*(() if contact is None else (called(contact),)), *activities),
        signals=signals,
        decisions=decisions,
        cases=cases,
        amounts=amounts or {},
        deals=deals,
        policies=(MONTHLY,),
        last_month=last_month if amounts else "",
    )


def scored(made: History, today: date = TODAY, rules: Rules | None = None) -> Score:
    rules = rules or Rules()
    return score(inputs_of(made, rules, today), rules.weights)


def points(made: History, name: str) -> int | None:
    return scored(made).part(name).points


FLAT = months(100, 100, 100, 100, 100, 100, 98)
COMPLAINT = signal("complaint", 20, boss_asked=1)
CASES = {
    "A": (history(amounts=FLAT, signals=(PAID,)), (0, 0, 0, 0, 0, 0, 0, 0), 0, 8, "steady"),
    "B": (history(contact=75, amounts=FLAT, signals=(PAID,)), (20, 0, 0, 0, 0, 0, 0, 0), 20, 8, "watch"),
    "C": (
        history(
            contact=40,
            amounts=months(100, 100, 100, 100, 100, 100, 45),
            contract=75,
            contacts=(Contact("b", "a", name="문도균", role="buyer", came_on=ago(30)),),
            signals=(PAID, signal("competitor", 20, "heard")),
        ),
        (8, 18, 0, 4, 7, 5, 0, 0), 42, 8, "caution",
    ),
    "D": (
        history(
            contact=95,
            amounts=months(100, 100, 100, 100, 100, 100, 15),
            contract=25,
            signals=(
                COMPLAINT, signal("people", 60, "ceo"), signal("competitor", 9, "replacing"),
                signal("late", 5), signal("word_changed", 6), signal("payment", 3, days=12),
            ),
        ),
        (20, 25, 15, 10, 10, 10, 4, 3), 97, 8, "danger",
    ),
    "F": (
        history(
            contact=400,
            amounts=months(100, 100, 100, 100, 100, 100, -5),
            contract=-1,
            signals=(
                COMPLAINT, signal("complaint", 40), signal("people", 60, "ceo"), signal("competitor", 9, "replacing"),
                signal("late", 5), signal("word_changed", 6), signal("no_reply", 7), signal("payment", 3, days=31),
            ),
        ),
        (20, 25, 15, 10, 10, 10, 5, 5), 100, 8, "danger",
    ),
    "G": (
        history(contact=400, amounts=months(*[100] * 7), contract=None, signals=(PAID,)),
        (20, 0, None, None, None, None, None, 0), 20, 3, "watch",
    ),
    "H": (
        history(contact=None, contract=None, account=Account("a", origin="inherited", inherited_on=ago(5))),
        (0, None, None, None, None, None, None, None), 0, 1, "unknown",
    ),
    "I": (
        history(
            contact=28,
            amounts=months(100, 100, 100, 100, 100, 100, 85),
            contract=58,
            contacts=(Contact("d", "a", name="나대표", role="ceo", came_on=ago(100)),),
            activities=(Activity("v", "a", "d", kind="visit", day=ago(95)),),
            signals=(PAID, signal("late", 40)),
        ),
        (0, 0, 0, 7, 2, 0, 2, 0), 11, 8, "steady",
    ),
    "J": (
        history(
            contact=10,
            amounts=months(80, 90, 100, 100, 110, 120, 75),
            contract=None,
            contracts=(Contract("m", "a", kind="monthly"),),
            signals=(
                signal("complaint", 3), signal("complaint", 20), signal("competitor", 120, "heard"),
                signal("payment", 9, days=5),
            ),
        ),
        (0, 6, 15, 5, 0, 2, 0, 3), 31, 8, "watch",
    ),
}  # fmt: skip


@pytest.mark.parametrize("case", CASES)
def test_the_worked_cases_come_out_as_the_figures_say(case: str) -> None:
    """figures 5"""
    made, parts, total, known, band = CASES[case]
    found = scored(made)
    assert tuple(found.part(name).points for name in TABLE) == parts
    assert (found.points, found.known, found.band) == (total, known, band)


@pytest.mark.parametrize(
    ("amount", "expected"), [(81, 0), (80, 6), (71, 6), (70, 12), (51, 12), (50, 18), (20, 25), (0, 25), (-40, 25)]
)
def test_a_fall_scores_at_exact_percentages_of_the_months_before(amount: int, expected: int) -> None:
    """figures 5, S0-10: integers only, 100*(base-cur) >= 20*base"""
    assert points(history(amounts=months(100, 100, 100, 100, 100, 100, amount)), "amount") == expected


@pytest.mark.parametrize(("days", "expected"), [(30, 0), (31, 8), (45, 8), (46, 14), (60, 14), (61, 20)])
def test_silence_scores_against_the_settled_interval(days: int, expected: int) -> None:
    """figures 5"""
    assert points(history(contact=days), "contact") == expected


@pytest.mark.parametrize(("days", "expected"), [(89, 0), (90, 14), (179, 14), (180, 20)])
def test_silence_of_months_counts_without_any_rhythm(days: int, expected: int) -> None:
    """S3-10"""
    assert points(replace(history(contact=days), policies=()), "contact") == expected


def test_the_longest_wait_of_all_kinds_decides() -> None:
    """figures 5: the worst kind"""
    review = Policy("r", scope="account", scope_id="a", kind="review", per_year=4)
    handed = Activity("r", "a", kind="review", day=ago(150))
    made = replace(history(contact=5, activities=(handed,)), policies=(MONTHLY, review))
    part = scored(made).part("contact")
    assert part.points == 14
    assert part.reason.id == "score.contact_review"
    assert part.reason.args["day"] == ago(150)


def test_what_was_never_begun_is_no_silence() -> None:
    """figures 5: an account that is called every week is not silent because no review was ever handed over"""
    review = Policy("r", scope="account", scope_id="a", kind="review", per_year=4)
    account = Account("a", entered_on=ago(700))
    made = replace(history(contact=5, account=account), policies=(MONTHLY, review))
    assert points(made, "contact") == 0
    assert points(replace(made, activities=(), policies=(review,)), "contact") == 20


def test_an_attempt_is_no_contact() -> None:
    """V5: a call nobody answered, a mail without an answer and a note leave the silence as it is"""
    tries = (
        Activity("x", "a", kind="call", outcome="attempt", attempt="no_answer", day=ago(1)),
        Activity("y", "a", kind="message", two_way=0, day=ago(1)),
        Activity("z", "a", kind="note", day=ago(1)),
    )
    assert points(history(contact=50, activities=tries), "contact") == 14


def test_nothing_counts_before_the_day_of_entry() -> None:
    """law 4, N12: an imported book is not silent for years on its first day"""
    account = Account("a", tier="A", entered_on=ago(3))
    assert points(history(contact=400, account=account), "contact") == 0
    assert points(history(contact=None, account=account), "contact") == 0


def test_a_missing_month_counts_as_nothing_up_to_the_newest_month_of_the_book() -> None:
    amounts = months(100, 100, 100, 100, 100, 100, last="2026-09")
    assert points(history(amounts=amounts, last_month="2026-10"), "amount") == 25
    assert points(history(amounts=amounts, last_month="2026-09"), "amount") == 0


def test_an_old_import_is_judged_by_its_own_last_months() -> None:
    amounts = months(100, 100, 100, 100, 100, 100, 100, last="1998-05")
    part = scored(history(amounts=amounts, last_month="1998-05")).part("amount")
    assert (part.points, part.day) == (0, "1998-05")


def test_the_running_month_is_left_out() -> None:
    """figures 0"""
    amounts = FLAT | {"2026-11": 1}
    assert points(history(amounts=amounts, last_month="2026-11"), "amount") == 0


def test_two_months_are_too_few_to_compare() -> None:
    """figures 5: at least 3 months before"""
    assert points(history(amounts=months(100, 100, 10)), "amount") is None
    assert points(history(amounts=months(100, 100, 100, 10)), "amount") == 25


def test_the_same_month_a_year_ago_halves_a_fall_of_the_season() -> None:
    year = months(40, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 100, 40)
    found = scored(history(amounts=year)).part("amount")
    assert (found.points, found.reason.id) == (9, "score.amount_six_season")
    assert points(history(amounts=year | {"2025-10": 50}), "amount") == 18


def test_a_seasonal_trader_without_last_years_month_is_halved_too() -> None:
    made = history(amounts=months(100, 100, 100, 100, 100, 100, 40), account=Account("a", seasonal=1))
    assert points(made, "amount") == 9


def test_an_irregular_trader_is_judged_by_three_months() -> None:
    """figures 5: orders in February, May, August and November only, and nothing wrong"""
    quarterly = months(90, 0, 0, 90, 0, 0, 90, 0, 0)
    found = scored(history(amounts=quarterly)).part("amount")
    assert (found.points, found.reason.id) == (0, "score.amount_irregular")
    assert points(history(amounts=months(90, 0, 0, 90, 0, 0, 30, 0, 0)), "amount") == 12 + 6


def test_months_of_credit_notes_cannot_fall_further() -> None:
    """figures 0: negative months"""
    assert points(history(amounts=months(-10, -10, -10, -10, -10, -10, -50)), "amount") == 0
    assert points(history(amounts=months(100, -50, 100, 100, 100, 100, 100)), "amount") == 0


@settings(deadline=None)
@given(st.lists(st.integers(-1000, 10**13), min_size=4, max_size=15))
def test_the_fall_never_leaves_its_bounds(amounts: list[int]) -> None:
    part = scored(history(amounts=months(*amounts))).part("amount")
    assert part.points is None or 0 <= part.points <= 25


@pytest.mark.parametrize(
    ("days", "expected"), [(91, 0), (90, 4), (61, 4), (60, 7), (31, 7), (30, 10), (0, 10), (-1, 10)]
)
def test_a_contract_near_its_end_counts(days: int, expected: int) -> None:
    """S3-07, figures 5"""
    assert points(history(contract=days), "contract") == expected


def test_a_renewed_or_longer_contract_takes_the_alarm_away() -> None:
    ending = Contract("old", "a", kind="term", ends_on=ahead(10))
    assert points(history(contract=300, contracts=(ending,)), "contract") == 0
    assert points(history(contract=None, contracts=(replace(ending, renewed=1),)), "contract") == 0
    assert points(history(contract=None, contracts=(ending,)), "contract") == 10


def test_a_complaint_weighs_more_when_old_broken_or_sent_upward() -> None:
    """S2-02, S2-04"""
    assert points(history(signals=(signal("complaint", 14),)), "complaint") == 8
    assert points(history(signals=(signal("complaint", 15),)), "complaint") == 12
    assert points(history(signals=(signal("complaint", 1, promise_broken=1),)), "complaint") == 12
    assert points(history(signals=(signal("complaint", 1, boss_asked=1),)), "complaint") == 11
    assert points(history(signals=(signal("complaint", 1, state="closed"),)), "complaint") == 0


def test_a_new_person_counts_until_met_in_person() -> None:
    """S0-18: a call is not a meeting"""
    new = Contact("h", "a", name="표지환", title="본부장", role="head", came_on=ago(30))
    phone = Activity("p", "a", "h", kind="call", day=ago(5))
    visit = Activity("v", "a", "h", kind="visit", day=ago(5))
    assert points(history(contacts=(new,), activities=(phone,)), "people") == 8
    assert points(history(contacts=(new,), activities=(visit,)), "people") == 2
    assert points(history(contacts=(replace(new, came_on=ago(181)),)), "people") == 3
    assert points(history(contacts=(replace(new, left_on=ago(2)),)), "people") == 0


@pytest.mark.parametrize(("days", "expected"), [(90, 8), (91, 4), (180, 4), (181, 0)])
def test_news_of_a_competitor_fades(days: int, expected: int) -> None:
    """product 1a 5: bad news expires too"""
    assert points(history(signals=(signal("competitor", days, "quote"),)), "competitor") == expected


def test_a_chip_and_the_signal_it_became_are_one_sign() -> None:
    """S1-26"""
    chip = Activity("v", "a", kind="visit", day=ago(5), marks="late,hard")
    assert points(history(activities=(chip,)), "attitude") == 2
    assert points(history(activities=(chip,), signals=(signal("late", 5),)), "attitude") == 2
    assert points(history(activities=(chip,), signals=(signal("late", 5, state="closed"),)), "attitude") == 0
    assert points(history(signals=(signal("late", 91),)), "attitude") == 0


def test_a_sign_that_has_expired_is_gone() -> None:
    """S3-03: what expires is not used"""
    assert points(history(signals=(signal("complaint", 30, expires_on=ago(1)),)), "complaint") == 0


def test_silence_is_not_health() -> None:
    """figures 5: without a contact of 90 days or a row, four parts are not known"""
    assert scored(history(contact=90)).known == 6
    assert scored(history(contact=91)).known == 2


def test_too_little_known_is_no_steady_account() -> None:
    """product 1b: 모름 while points are under 20 and fewer than four parts are known"""
    assert scored(replace(history(contact=91, contract=None), policies=())).band == "unknown"
    assert scored(replace(history(contact=185, contract=None), policies=())).band == "watch"


def test_a_decision_that_it_is_fine_sets_the_band_aside_until_its_day() -> None:
    """S1-19"""
    decision = Decision("f", "a", kind="fine", day=ago(10), until=ahead(0))
    made = replace(CASES["D"][0], decisions=(decision,))
    assert (scored(made).band, scored(made).points) == ("steady", 97)
    assert scored(made).aside is not None
    past = replace(made, decisions=(replace(decision, until=ago(1)),))
    assert scored(past).band == "danger"


def test_an_open_case_is_danger_whatever_was_decided() -> None:
    made = replace(
        CASES["A"][0],
        cases=(ChurnCase("x", "a", heard_at=f"{ago(1)}T09:12"),),
        decisions=(Decision("f", "a", kind="fine", until=ahead(9)),),
    )
    found = scored(made)
    assert (found.band, found.points) == ("danger", 0)


def test_the_one_thing_is_the_part_the_rep_can_clear_that_lowers_most() -> None:
    """N8: the fall of trade is larger, but no task clears it"""
    made = history(
        contact=41,
        amounts=months(4500, 4500, 4500, 4500, 4500, 4500, 1710),
        contract=75,
        signals=(signal("complaint", 20), signal("competitor", 18, "quote")),
    )
    found = scored(made)
    assert (found.points, found.known, found.band) == (50, 7, "caution")
    assert found.one_thing is not None
    assert found.one_thing.id == "score.act_complaint_falls"
    assert found.one_thing.args == {"points": 38, "band": "@score.band_watch"}
    assert [part.name for part in found.shown][:3] == ["amount", "complaint", "contact"]
    assert found.shown[-1].name == "payment"


def test_meeting_the_new_person_leaves_what_the_change_itself_weighs() -> None:
    new = Contact("h", "a", name="표지환", title="본부장", role="ceo", came_on=ago(30))
    found = scored(history(contacts=(new,), amounts=months(100, 100, 100, 100, 100, 100, 65)))
    assert found.points == 22
    assert found.one_thing is not None
    assert found.one_thing.id == "score.act_people_falls"
    assert found.one_thing.args == {"who": "표지환 본부장", "points": 14, "band": "@score.band_steady"}


def test_nothing_to_clear_is_nothing_to_say() -> None:
    assert scored(CASES["A"][0]).one_thing is None


def test_weights_scale_the_points_of_a_part_down_to_whole_ones() -> None:
    rules = Rules(weights={"complaint": 10, "amount": 30})
    found = scored(CASES["J"][0], rules=rules)
    assert (found.part("complaint").points, found.part("complaint").maximum) == (10, 10)
    assert found.part("amount").points == 6 * 30 // 25
    assert sum(DEFAULT_WEIGHTS.values()) == 100


def test_every_part_names_the_rows_behind_it() -> None:
    from fieldsales.domain.ids import natural_id

    found = scored(CASES["J"][0])
    assert found.part("complaint").rows == (("signal", "complaint3"), ("signal", "complaint20"))
    assert found.part("contract").rows == (("contract", "m"),)
    assert found.part("contact").rows == (("activity", "call10"),)
    assert ("amount", natural_id("amount", "a", LAST)) in found.part("amount").rows
    assert len(found.part("amount").rows) == 7


def test_a_month_made_of_deals_names_the_deals() -> None:
    deal = Deal("d", "a", day="2026-10-05", amount=98)
    found = scored(history(amounts=FLAT, deals=(deal,)))
    assert found.part("amount").rows[0] == ("deal", "d")


def test_rows_with_broken_days_are_read_over() -> None:
    made = history(
        signals=(signal("complaint", 3, day="gestern"), signal("competitor", 3, "?", day="2026-13-40")),
        contacts=(Contact("x", "a", role="ceo", came_on="9999-99-99"),),
        activities=(Activity("b", "a", day=""),),
        cases=(),
        contracts=(Contract("q", "a", ends_on="bald"),),
        account=Account("a", entered_on="x", inherited_on="y", since="z"),
    )
    assert scored(made).part("complaint").points == 8
    assert scored(made).part("competitor").points == 5


def test_rows_of_later_days_do_not_count_yet() -> None:
    made = history(contact=50, activities=(Activity("f", "a", day=ahead(2)),), signals=(signal("complaint", -3),))
    assert (points(made, "contact"), points(made, "complaint")) == (14, 0)


def test_parts_stand_in_a_fixed_order_and_add_up() -> None:
    for made, *_ in CASES.values():
        found = scored(made)
        assert tuple(part.name for part in found.parts) == PARTS
        assert found.points == sum(part.points or 0 for part in found.parts)


def test_the_amount_row_ids_are_those_of_the_table() -> None:
    from fieldsales.domain.ids import natural_id

    row = Amount(natural_id("amount", "a", LAST), "a", LAST, 98)
    assert ("amount", row.id) in scored(CASES["A"][0]).part("amount").rows


def test_a_month_end_is_no_edge_for_contracts() -> None:
    end = add_months(date(2027, 1, 31), 1)
    made = history(contract=None, contracts=(Contract("c", "a", ends_on=end.isoformat()),))
    assert scored(made, end - timedelta(days=30)).part("contract").points == 10
    assert scored(made, end - timedelta(days=31)).part("contract").points == 7
