"""Amounts read from and written as people write them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.money import LARGEST, minor_digits, parse_money
from fieldsales.locale import format_money


@pytest.mark.parametrize(
    ("amount", "korean"),
    [
        (0, "0원"),
        (9_900, "9,900원"),
        (10_000, "1만"),
        (12_345, "1만 2,345원"),
        (17_100_000, "1,710만"),
        (45_000_000, "4,500만"),
        (99_999_999, "9,999만 9,999원"),
        (120_000_000, "1억 2,000만"),
        (123_456_789, "1억 2,345만"),
        (100_000_000, "1억"),
        (1_000_500_000_000, "1조 5억"),
        (-45_000_000, "-4,500만"),
    ],
)
def test_won_are_grouped_as_they_are_said_and_exact_below_one_eok(amount: int, korean: str) -> None:
    assert format_money(amount, "KRW", "ko") == korean


@pytest.mark.parametrize(
    ("amount", "currency", "lang", "text"),
    [
        (123_450, "USD", "en", "$1,234.50"),
        (123_450, "USD", "ko", "$1,234.50"),
        (450_000, "USD", "en", "$4,500"),
        (-5, "USD", "en", "-$0.05"),
        (45_000_000, "KRW", "en", "₩45,000,000"),
        (1_234, "JPY", "en", "¥1,234"),
        (1_234_567, "KWD", "en", "1,234.567 KWD"),
        (0, "CHF", "en", "0 CHF"),
    ],
)
def test_other_currencies_have_their_sign_and_decimal_places(amount: int, currency: str, lang: str, text: str) -> None:
    assert format_money(amount, currency, lang) == text


def test_a_gain_may_show_its_plus_and_nothing_has_none() -> None:
    assert format_money(60_000_000, "KRW", "ko", signed=True) == "+6,000만"
    assert format_money(-60_000_000, "KRW", "ko", signed=True) == "-6,000만"
    assert format_money(0, "KRW", "ko", signed=True) == "0원"


@pytest.mark.parametrize(
    ("text", "won"),
    [
        ("4,500만", 45_000_000),
        ("4500만원", 45_000_000),
        ("450만원", 4_500_000),
        ("1.5억", 150_000_000),
        ("1억 2,000만", 120_000_000),
        ("1억2천만", 120_000_000),
        ("4천5백만", 45_000_000),
        ("4만5천원", 45_000),
        ("오백만원", 5_000_000),
        ("천만 원", 10_000_000),
        ("만원", 10_000),
        ("10만 1원", 100_001),
        ("1조", 10**12),
        ("₩4,500,000", 4_500_000),
        ("\\4,500", 4_500),
        ("KRW 4,500", 4_500),
        ("4 500 000", 4_500_000),
        ("４，５００만", 45_000_000),
        ("￦４５００", 4_500),
        ("(1,234)", -1_234),
        ("-1,234", -1_234),
        ("−1,234", -1_234),
        ("1,234-", -1_234),
        ("▲500", -500),
        ("₩-500", -500),
        ("+500", 500),
        ("1.2k", 1_200),
        ("45454.4545", 45_454),
        ("45454.5", 45_455),
        ("0.5", 1),
        ("4500000.0", 4_500_000),
        ("0", 0),
    ],
)
def test_won_are_read_as_people_and_spreadsheets_write_them(text: str, won: int) -> None:
    assert parse_money(text, "KRW") == won


@pytest.mark.parametrize(
    "text",
    ["", "-", "()", "(-5)", "--5", "1,23", "12,3456", "1..5", "2억 3조", "1억 1억", "1억 2", "만원짜리", "이사비용",
     "원", "$5", "5 USD", "5%", "4,500만 톤", "NaN", "inf", "1e5", "9" * 30, "٫", "abc"],
)  # fmt: skip
def test_what_is_no_amount_of_won_is_none(text: str) -> None:
    assert parse_money(text, "KRW") is None


@pytest.mark.parametrize(
    ("text", "cents"),
    [("$1,234.50", 123_450), ("-$0.05", -5), ("US$ 7", 700), ("1.005", 101), ("4.5M", 450_000_000), ("2만", 2_000_000)],
)
def test_dollars_are_read_into_cents(text: str, cents: int) -> None:
    assert parse_money(text, "USD") == cents


def test_another_currencys_sign_is_refused() -> None:
    assert parse_money("₩4,500", "USD") is None
    assert parse_money("$4,500", "KRW") is None


def test_minor_digits_are_those_of_the_currency() -> None:
    assert [minor_digits(currency) for currency in ("KRW", "JPY", "USD", "EUR", "KWD")] == [0, 0, 2, 2, 3]


@given(st.integers(-(10**8) + 1, 10**8 - 1))
def test_what_is_written_in_korean_below_one_eok_is_read_back(amount: int) -> None:
    assert parse_money(format_money(amount, "KRW", "ko", signed=True), "KRW") == amount


@given(st.integers(-LARGEST, LARGEST))
def test_large_won_lose_at_most_what_is_below_one_man_and_never_grow(amount: int) -> None:
    read = parse_money(format_money(amount, "KRW", "ko"), "KRW")
    assert read is not None
    assert 0 <= abs(amount) - abs(read) < 10_000


CURRENCIES = "KRW USD EUR GBP JPY CNY INR VND CHF CLP ISK XAF KWD BHD TND".split()  # noqa: SIM905


@given(st.integers(-(10**17), 10**17), st.sampled_from(CURRENCIES))
def test_what_is_written_in_english_is_read_back(amount: int, currency: str) -> None:
    assert parse_money(format_money(amount, currency, "en"), currency) == amount


MONEYISH = st.text(alphabet="0123456789.,-()₩$원만억조천백십 일이삼km▲+\\", max_size=14)


@given(st.text() | MONEYISH, st.sampled_from(["KRW", "USD", "KWD"]))
def test_no_text_breaks_the_reading_and_all_fits_the_file(text: str, currency: str) -> None:
    value = parse_money(text, currency)
    assert value is None or (isinstance(value, int) and abs(value) <= LARGEST)
