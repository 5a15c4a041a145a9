"""Which column is what (I1), and what stands in a cell: amounts, months and days as they are written (I2, I5)."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.exchange.columns import (
    MissingColumns,
    Target,
    guess,
    guess_currency,
    guess_target,
    is_known,
    read_amount,
    read_day,
    read_month,
    read_phone,
    read_tier,
    read_year_month,
)

NORTHWIND = "CustomerID CompanyName ContactName ContactTitle Address City Region PostalCode Country Phone Fax".split()  # noqa: SIM905


def test_northwinds_customers_are_accounts_with_a_person() -> None:
    assert guess_target(NORTHWIND) == "accounts"
    columns = guess(NORTHWIND, "accounts")
    assert columns.fields == {
        "code": "CustomerID",
        "name": "CompanyName",
        "contact.name": "ContactName",
        "contact.title": "ContactTitle",
        "address": "Address",
        "city": "City",
        "region": "Region",
        "postal": "PostalCode",
        "country": "Country",
        "phone": "Phone",
        "fax": "Fax",
    }
    assert columns.extra == ("PostalCode", "Country")


@pytest.mark.parametrize(
    ("header", "target", "some"),
    [
        (
            "거래처명,거래처코드,대표자,사업자등록번호,담당자,담당자 휴대폰,대표전화,주소,등급,비고,영업사원",
            "accounts",
            {
                "name": "거래처명",
                "code": "거래처코드",
                "ceo.name": "대표자",
                "business_no": "사업자등록번호",
                "contact.name": "담당자",
                "contact.mobile": "담당자 휴대폰",
                "phone": "대표전화",
                "address": "주소",
                "tier": "등급",
                "note": "비고",
            },
        ),
        ("고객사,지역,업종,거래시작일", "accounts", {"region": "지역", "sector": "업종", "since": "거래시작일"}),
        ("상호(필수),연락처", "accounts", {"name": "상호(필수)", "phone": "연락처"}),
        ("이름,전화", "accounts", {"name": "이름", "phone": "전화"}),
        (
            "First Name,Last Name,Organization Name,Organization Title,E-mail 1 - Value,Phone 1 - Value,Notes",
            "contacts",
            {
                "contact.given": "First Name",
                "contact.family": "Last Name",
                "name": "Organization Name",
                "contact.title": "Organization Title",
                "contact.email": "E-mail 1 - Value",
                "contact.phone": "Phone 1 - Value",
                "contact.note": "Notes",
            },
        ),
        (
            "First Name,Last Name,Company,Job Title,Mobile Phone,E-mail Address",
            "contacts",
            {"contact.title": "Job Title"},
        ),
        ("이름,회사,직급,휴대폰,이메일", "contacts", {"contact.name": "이름", "name": "회사", "contact.title": "직급"}),
        ("Account Name,Billing Street,Billing City,Phone", "accounts", {"address": "Billing Street"}),
        ("Organization - Name,Person - Name,Person - Email", "accounts", {"contact.email": "Person - Email"}),
        ("CustomerID,month,amount,orders", "amounts", {"code": "CustomerID", "orders": "orders"}),
        ("업체명,매출월,매출액(만원),건수", "amounts", {"name": "업체명", "month": "매출월", "amount": "매출액(만원)"}),
        ("거래처,연도,월,금액", "amounts", {"year": "연도", "month": "월"}),
        ("OrderID,CustomerID,SalesRep,OrderDate,Amount", "deals", {"deal_code": "OrderID", "day": "OrderDate"}),
        ("거래처,거래일,금액", "deals", {"day": "거래일"}),
    ],
)
def test_columns_are_found_by_their_names(header: str, target: Target, some: dict[str, str]) -> None:
    names = header.split(",")
    assert guess_target(names) == target
    columns = guess(names, target)
    columns.require()
    assert some.items() <= columns.fields.items()
    assert set(names) == {*columns.fields.values(), *columns.months, *columns.extra}


def test_months_as_columns_are_amounts_and_their_total_is_not() -> None:
    """I5"""
    header = ["거래처", "2026-01", "2026년 2월", "202603", "Apr 2026", "2026/5", "합계"]
    assert guess_target(header) == "amounts"
    columns = guess(header, "amounts")
    columns.require()
    assert list(columns.months.values()) == ["2026-01", "2026-02", "2026-03", "2026-04", "2026-05"]
    assert columns.extra == ("합계",)


def test_months_without_a_year_need_a_column_that_says_it() -> None:
    with pytest.raises(MissingColumns) as caught:
        guess(["거래처", "1월", "2월"], "amounts").require()
    assert caught.value.message.id == "importing.no_year"
    columns = guess(["거래처", "연도", "1월", "2월"], "amounts")
    columns.require()
    assert list(columns.months.values()) == ["01", "02"]


@pytest.mark.parametrize(("unit", "factor"), [("원", 1), ("천원", 1000), ("단위: 만원", 10_000), ("백만원", 1_000_000)])
def test_what_a_column_is_counted_in_stands_in_its_name(unit: str, factor: int) -> None:
    assert guess(["거래처", "월", f"매출({unit})"], "amounts").factor == factor
    assert guess(["거래처", f"2026-01({unit})"], "amounts").factor == factor


@pytest.mark.parametrize(
    ("header", "target", "id"),
    [
        ("전화,주소", "accounts", "importing.no_account_column"),
        ("거래처코드,주소", "accounts", "importing.no_name_column"),
        ("거래처,전화", "contacts", "importing.no_person_column"),
        ("거래처,월", "amounts", "importing.no_amount_column"),
        ("거래처,금액", "amounts", "importing.no_month_column"),
        ("거래처,금액", "deals", "importing.no_day_column"),
    ],
)
def test_what_is_missing_is_named(header: str, target: Target, id: str) -> None:
    with pytest.raises(MissingColumns) as caught:
        guess(header.split(","), target).require()
    assert caught.value.message.id == id
    assert caught.value.message.args["seen"] == header.replace(",", ", ")


def test_columns_that_say_nothing_have_no_target() -> None:
    assert guess_target(["가나다", "xyz"]) is None
    assert guess_target([]) is None


@given(st.lists(st.text(max_size=12), unique=True, max_size=8))
def test_no_column_is_lost_or_taken_twice(header: list[str]) -> None:
    for target in ("accounts", "contacts", "amounts", "deals"):
        columns = guess(header, target)
        taken = [*columns.fields.values(), *columns.months]
        assert len(taken) == len(set(taken))
        assert {*taken, *columns.extra} == set(header)


def test_a_persons_or_a_firms_name_is_no_column_name() -> None:
    assert not any(map(is_known, ["한빛상사", "김철수", "Around the Horn", "", "02-123-4567"]))


@pytest.mark.parametrize(
    ("text", "won", "cents"),
    [
        ("1,234", 1234, 123_400),
        ("814.5", 815, 81_450),
        ("1,208.09", 1208, 120_809),
        ("-1,234", -1234, -123_400),
        ("(1,234)", -1234, -123_400),
        ("△1,234", -1234, -123_400),
        ("-", 0, 0),
        ("1.2E+05", 120_000, 12_000_000),
        ("1.234,50", 1235, 123_450),
        ("４５０", 450, 45_000),
        ("$1,234.50", None, 123_450),
        ("₩1,000", 1000, None),
        ("1,000원", 1000, None),
        ("4,500만", 45_000_000, 4_500_000_000),
        ("1억 2,000만", 120_000_000, 12_000_000_000),
        ("", None, None),
        ("없음", None, None),
        ("12..5", None, None),
        ("1e99", None, None),
        ("9" * 30, None, None),
    ],
)
def test_amounts_are_read_as_they_are_written(text: str, won: int | None, cents: int | None) -> None:
    assert (read_amount(text, "KRW"), read_amount(text, "USD")) == (won, cents)


def test_an_amount_counts_in_its_columns_unit_unless_it_says_its_own() -> None:
    texts = ("1.5", "1,200", "(30)", "4,500만", "-")
    assert [read_amount(text, "KRW", 10_000) for text in texts] == [15_000, 12_000_000, -300_000, 45_000_000, 0]


@given(st.decimals(-(10**9), 10**9, places=2))
def test_cents_are_never_lost(value: Decimal) -> None:
    assert read_amount(str(value), "USD") == int(value * 100)
    assert read_amount(f"{value:,}", "USD") == int(value * 100)


@given(st.text(max_size=20), st.sampled_from(["KRW", "USD"]))
def test_any_text_is_an_amount_or_none(text: str, currency: str) -> None:
    amount = read_amount(text, currency)
    assert amount is None or abs(amount) < 2**63


@pytest.mark.parametrize(
    ("header", "cells", "currency"),
    [
        ("CustomerID,month,amount", ["814.5", "1200"], "USD"),
        ("Account,month,amount", ["1200"], "USD"),
        ("Account,month,amount", ["₩1200"], "KRW"),
        ("Account,month,amount", ["4,500만"], "KRW"),
        ("Account,month,amount", ["€12"], "EUR"),
        ("거래처,월,금액", ["1200"], "KRW"),
        ("거래처,월,금액", ["$12"], "USD"),
        ("거래처,월,금액", ["1200", "9", "$12"], "KRW"),
        ("거래처,월,금액(USD)", ["1200"], "USD"),
        ("거래처,월,금액", ["814.50"], "USD"),
        ("거래처,월,매출(백만원)", ["1.25"], "KRW"),
    ],
)
def test_the_currency_is_asked_of_the_file(header: str, cells: list[str], currency: str) -> None:
    names = header.split(",")
    rows = [dict(zip(names, ["x", "2026-01", cell], strict=True)) for cell in cells]
    assert guess_currency(guess(names, "amounts"), names, rows) == currency


@pytest.mark.parametrize(
    "text",
    [
        "2026-01",
        "2026.01",
        "2026/1",
        "202601",
        "2026년 1월",
        "26년 1월",
        "2026-01-15",
        "20260115",
        "Jan 2026",
        "January-2026",
    ],
)
def test_a_month_is_read_however_it_is_written(text: str) -> None:
    assert read_month(text) == "2026-01"


@pytest.mark.parametrize("text", ["", "2026", "2026-13", "202600", "1월", "13/2026", "어제", "99999901", "1234-5678"])
def test_what_is_no_month_is_none(text: str) -> None:
    assert read_month(text) == ""


def test_year_and_month_may_stand_apart() -> None:
    assert read_year_month("2026", "3") == "2026-03"
    assert read_year_month("26년", "3월") == "2026-03"
    assert read_year_month("2026", "2025-04") == "2025-04"
    assert read_year_month("", "3") == read_year_month("2026", "13") == ""


@pytest.mark.parametrize(
    "text", ["2026-01-05", "2026. 1. 5.", "2026/01/05", "2026년 1월 5일", "20260105", "2026-01-05 09:30:00"]
)
def test_a_day_is_read_however_it_is_written(text: str) -> None:
    assert read_day(text) == "2026-01-05"


def test_a_slashed_day_is_read_only_where_it_can_be_but_one() -> None:
    days = ("1/15/2026", "15/1/2026", "1/5/2026", "5/5/2026", "2/30/2026")
    assert [read_day(day) for day in days] == ["2026-01-15", "2026-01-15", "", "2026-05-05", ""]


@given(st.text(max_size=20))
def test_any_text_is_a_month_and_a_day_or_none(text: str) -> None:
    assert len(read_month(text)) in (0, 7)
    assert len(read_day(text)) in (0, 10)


def test_tiers_of_another_scale_are_not_guessed() -> None:
    assert [read_tier(text) for text in ("A", "b등급", "Ｃ", "VIP", "AA", "")] == ["A", "B", "C", "", "", ""]


def test_a_zero_that_a_spreadsheet_took_comes_back() -> None:
    """I2"""
    phones = ("1012345678", "010-1234-5678", "0212345678", "(5) 555-4729", "1588-1234")
    assert [read_phone(phone) for phone in phones] == ["010-1234-5678", *phones[1:]]
