"""Money as people write it, read into the integer in the currency's smallest unit that the book holds."""
# ruff: noqa: SIM905  (a row of codes reads as one)

from __future__ import annotations

import re
import unicodedata
from decimal import ROUND_HALF_UP, Decimal

LARGEST = 2**63 - 1  # what the file's integers can hold

_NO_MINOR = frozenset("BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF".split())
_THREE_MINOR = frozenset("BHD IQD JOD KWD LYD OMR TND".split())
_SIGNS = {"KRW": "₩", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "VND": "₫"}
_WORDS = {"KRW": ("원정", "원", "won"), "USD": ("달러", "불"), "EUR": ("유로",), "JPY": ("엔",), "CNY": ("위안",)}

_LARGE = {"조": 10**12, "억": 10**8, "만": 10**4}
_SMALL = {"천": 1000, "백": 100, "십": 10}
_LATIN = {"k": 10**3, "m": 10**6, "b": 10**9}

_MINUS = re.compile(r"^[-−–▲△]\s*|\s*[-−]$")
_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d{1,3}(?: \d{3})+|\d+)(?:\.\d+)?|\.\d+"
_PLAIN = re.compile(rf"({_NUMBER})\s*([kmb]?)", re.IGNORECASE)
_SECTION = re.compile(rf"\s*((?:(?:{_NUMBER})?\s*[천백십]\s*)*(?:{_NUMBER})?)\s*([조억만])?\s*")
_DIGIT = re.compile(rf"({_NUMBER})?\s*([천백십])?\s*")
_SPELT = re.compile("[일이삼사오육칠팔구십백천만억조]*[십백천만억조][일이삼사오육칠팔구십백천만억조]*")


def minor_digits(currency: str) -> int:
    """How many decimal places the currency has: 0 for won and yen, 2 for most."""
    return 0 if currency in _NO_MINOR else 3 if currency in _THREE_MINOR else 2


def parse_money(text: str, currency: str = "KRW") -> int | None:
    """The amount in the smallest unit, None where the text is no amount of this currency.

    Understands `4,500만`, `1.5억`, `4천5백만`, `오백만원`, `₩4,500,000`, `$1,234.50`, `1.2k`; a minus, brackets or ▲
    make it negative; full-width signs and digits count as plain ones. What is finer than the smallest unit is rounded
    half up, as spreadsheets write it (`45454.5454` won). Another currency's sign makes it None, not a wrong number.
    """
    text = unicodedata.normalize("NFKC", text[:80]).strip().rstrip(".").strip()
    negative = False
    if len(text) > 2 and text[0] == "(" and text[-1] == ")":
        negative, text = True, text[1:-1].strip()
    text, found = _MINUS.subn("", text, count=1)
    bare = text.removeprefix("+").strip()
    text = _without_currency(bare, currency)
    named = text != bare
    if not found:
        text, found = _MINUS.subn("", text, count=1)
    if found and negative:
        return None
    value = _value(text.strip(), named)
    if value is None:
        return None
    if value > LARGEST:  # before the scaling, whose precision ends at 28 digits
        return None
    scaled = int((value * 10 ** minor_digits(currency)).to_integral_value(ROUND_HALF_UP))
    if scaled > LARGEST:
        return None
    return -scaled if negative or found else scaled


def _without_currency(text: str, currency: str) -> str:
    """The text without the currency's sign, code or word, on either side."""
    sign = _SIGNS.get(currency, "")
    for mark in (currency, sign, "\\" if currency == "KRW" else "", "US$" if currency == "USD" else ""):
        if mark and text[: len(mark)].upper() == mark:
            return text[len(mark) :].strip()
    for mark in (currency, sign, *_WORDS.get(currency, ())):
        if mark and text.lower().endswith(mark.lower()):
            return text[: -len(mark)].strip()
    return text


def _value(text: str, named: bool) -> Decimal | None:
    """The number that was written; `named` where its currency stood beside it."""
    if match := _PLAIN.fullmatch(text):
        return _number(match[1]) * _LATIN.get(match[2].lower(), 1)
    if _SPELT.fullmatch(text):
        from hangulpy import hangul_to_number

        try:
            return Decimal(hangul_to_number(text))
        except (ValueError, ArithmeticError):
            return None
    if not text or text[0] not in "0123456789.조억만천백십" or not any(unit in text for unit in "조억만천백십"):
        return None
    total, limit, at = Decimal(0), None, 0
    while at < len(text):
        match = _SECTION.match(text, at)
        if match is None or match.end() == at:
            return None
        size = _LARGE.get(match[2] or "", 1)
        count = _below_ten_thousand(match[1])
        if count is None or (limit is not None and size >= limit) or (match[2] is None and match.end() < len(text)):
            return None
        if limit is not None and match[2] is None and count < 10 and not named:
            return None  # `1억 2` is said for 1억 2천만: not to be guessed at. `10만 1원` is plain
        total, limit, at = total + count * size, size, match.end()
    return total


def _below_ten_thousand(text: str) -> Decimal | None:
    """The number before a large unit: `4,500`, `1.5`, `4천5백`; nothing at all is one, as in `만원`."""
    if not text.strip():
        return Decimal(1)
    total, limit, at = Decimal(0), 10_000, 0
    while at < len(text):
        match = _DIGIT.match(text, at)
        if match is None or match.end() == at:
            return None
        size = _SMALL.get(match[2] or "", 1)
        if size >= limit:
            return None
        total, limit, at = total + (_number(match[1]) if match[1] else 1) * size, size, match.end()
    return total


def _number(text: str) -> Decimal:
    return Decimal(text.replace(",", "").replace(" ", ""))
