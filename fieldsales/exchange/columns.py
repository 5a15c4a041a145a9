"""Which column of a file is what, guessed from its name in Korean or English, and what stands in a cell.

A name is read in two parts, whose it is and what it is: `거래처 전화번호` and `Account Phone` are the phone of the
account, `담당자 휴대폰` the mobile of the contact. A bare `전화` belongs to whatever the file lists.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from typing import Literal, get_args

from fieldsales.domain.frozen import dataclass, field
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.money import minor_digits, parse_money

Target = Literal["accounts", "contacts", "amounts", "deals"]
"""What the rows of a file are. `deals` are dated orders, `amounts` one figure for each account and month."""

TARGETS: tuple[Target, ...] = get_args(Target)

_OWNERS = {
    "account": (
        "고객사 거래처 회사 업체 상호 매장 가맹점 병원 사업장 사업자 법인 고객 "
        "company customer account organization organization1 organisation client business billing"
    ),
    "contact": "담당자 담당 contact primarycontact person contactperson associatedcontact",
    "ceo": "대표자 대표이사 대표 ceo owner",
}

_WORDS = {
    "name": "이름 명 성명 성함 명칭 name fullname displayname",
    "code": "코드 번호 id code no number customercode recordid key 관리번호",
    "business_no": (
        "사업자등록번호 사업자번호 등록번호 businessno businessnumber registrationnumber vat vatnumber taxid brn"
    ),
    "tier": "등급 고객등급 tier grade class rating",
    "phone": (
        "전화 전화번호 연락처 대표전화 대표번호 유선전화 tel telephone phone phonenumber businessphone phone1 workphone"
    ),
    "mobile": (
        "휴대폰 휴대전화 핸드폰 휴대폰번호 휴대전화번호 핸드폰번호 "
        "휴대번호 hp mobile mobilephone cell cellphone mobilenumber"
    ),
    "fax": "팩스 팩스번호 fax faxnumber businessfax",
    "email": "이메일 메일 전자우편 이메일주소 메일주소 email emailaddress mail email1",
    "title": "직함 직급 직위 직책 title jobtitle position organization1title organizationtitle role",
    "given": "firstname givenname",
    "family": "성 lastname familyname surname",
    "address": (
        "주소 소재지 도로명주소 사업장소재지 기본주소 address street streetaddress address1 addressline1 "
        "businessstreet billingstreet"
    ),
    "address2": "상세주소 나머지주소 address2 addressline2",
    "city": "도시 시 시군구 city town businesscity",
    "region": "지역 시도 권역 광역 관할지역 region state province territory stateregion area",
    "postal": "우편번호 postalcode postcode zip zipcode postal businesspostalcode",
    "country": "국가 나라 country countryregion",
    "sector": "업종 업태 산업 종목 sector industry line",
    "since": (
        "거래시작일 거래개시일 첫거래일 최초거래일 거래시작 거래개시 since customersince startdate firstorder firstdeal"
    ),
    "note": "메모 비고 특이사항 참고 참고사항 note notes memo remark remarks comment comments description",
    "tags": "태그 분류 그룹 tags labels label group groups",
    "month": "월 년월 연월 기준월 기준년월 매출월 거래월 마감월 귀속월 month period yearmonth salesmonth",
    "year": "년 연 년도 연도 year fiscalyear",
    "amount": (
        "금액 매출 매출액 매출금액 거래금액 거래액 공급가액 합계 합계금액 실적 월매출 주문금액 판매금액 수수료 "
        "amount sales revenue total totalamount sum value netamount salesamount orderamount monthlyamount"
    ),
    "orders": "건수 주문수 주문건수 거래건수 횟수 orders ordercount count numberoforders transactions",
    "day": (
        "일자 날짜 거래일 거래일자 주문일 주문일자 매출일 매출일자 판매일 판매일자 계약일 date day orderdate saledate "
        "salesdate invoicedate closedate dealdate"
    ),
    "deal_code": (
        "주문번호 전표번호 거래번호 계약번호 orderid orderno ordernumber invoice invoiceno invoicenumber dealid"
    ),
}

_OWNER_OF = {word: owner for owner, words in _OWNERS.items() for word in words.split()}
_FIELD_OF = {word: name for name, words in _WORDS.items() for word in words.split()}
_PREFIXES = sorted(_OWNER_OF, key=len, reverse=True)

_FACTORS = {"천원": 1_000, "만원": 10_000, "백만원": 1_000_000, "백만": 1_000_000, "억원": 10**8, "억": 10**8}
_FACTORS |= {"천": 1_000, "만": 10_000, "천만원": 10**7, "thousand": 1_000, "million": 10**6}

# Whose a bare field is, by what the file lists. What is not named here belongs to the account.
_BARE_OF_CONTACT = frozenset({"title", "mobile", "email", "given", "family"})
_ALWAYS_OF_ACCOUNT = frozenset({"code", "business_no", "tier", "region", "sector", "country", "postal", "city"})

_PLACES: dict[Target, str] = {
    "accounts": (
        "name code business_no tier phone address address2 city region postal country sector since note tags fax "
        "contact.name contact.given contact.family contact.title contact.phone contact.mobile contact.email "
        "contact.fax ceo.name ceo.phone ceo.mobile ceo.email"
    ),
    "contacts": (
        "name code contact.name contact.given contact.family contact.title contact.phone contact.mobile "
        "contact.email contact.fax contact.note"
    ),
    "amounts": "name code year month amount orders",
    "deals": "name code day amount deal_code note",
}
_FIELDS = {target: frozenset(places.split()) for target, places in _PLACES.items()}

# Kept beside what they are joined into, so that no part of an address is lost.
_ALSO_EXTRA = frozenset({"postal", "country"})


class MissingColumns(FieldsalesError):  # noqa: N818
    """The columns without which the rows mean nothing are not there."""


@dataclass(frozen=True, slots=True)
class Columns:
    """What the columns of a file hold.

    `fields` gives the column of a field; fields of the account stand bare (`name`, `phone`), those of a person as
    `contact.name` or `ceo.name`. `months` gives the month (`2026-01`, or `01` where the year stands in a column of
    its own) of each column of a table with one column a month. `extra` are the columns with no place of their own,
    in the order of the file.
    """

    target: Target
    fields: Mapping[str, str]
    months: Mapping[str, str] = field(default_factory=dict)
    extra: tuple[str, ...] = ()
    factor: int = 1  # what the amounts are counted in: 10000 for a column `매출(만원)`

    def require(self) -> None:
        """Raise MissingColumns where a row could not be told apart or would say nothing."""
        has = self.fields.keys()
        seen = literal(", ".join([*self.fields.values(), *self.months, *self.extra])[:120])
        if not has & {"name", "code"}:
            raise MissingColumns("importing.no_account_column", seen=seen)
        if self.target == "accounts" and "name" not in has:
            raise MissingColumns("importing.no_name_column", seen=seen)
        if self.target == "contacts" and not has & {"contact.name", "contact.given", "contact.family"}:
            raise MissingColumns("importing.no_person_column", seen=seen)
        if self.target == "amounts" and not self.months:
            if "amount" not in has:
                raise MissingColumns("importing.no_amount_column", seen=seen)
            if "month" not in has:
                raise MissingColumns("importing.no_month_column", seen=seen)
        if self.target == "amounts" and any(len(month) == 2 for month in self.months.values()) and "year" not in has:
            raise MissingColumns("importing.no_year", seen=seen)
        if self.target == "deals" and not {"amount", "day"} <= has:
            raise MissingColumns(
                "importing.no_day_column" if "amount" in has else "importing.no_amount_column", seen=seen
            )


def guess(header: Sequence[str], target: Target) -> Columns:
    """What each column holds; the first of several columns of one meaning wins and the others are extra."""
    fields: dict[str, str] = {}
    months: dict[str, str] = {}
    rest: list[str] = []
    factor = 1
    parts = {name: _parts(name) for name in header}
    owned_name = any(part == ("account", "name") for part in parts.values())
    for name in header:
        owner, word = parts[name]
        place = _place(owner, word, target, owned_name)
        month = _column_month(name) if target == "amounts" else ""
        if month and place != "year":
            months[name] = month
            factor = max(factor, _factor(name))
        elif place in _FIELDS[target] and place not in fields:
            fields[place] = name
            if place == "amount":
                factor = _factor(name)
        else:
            rest.append(name)
    if target == "amounts" and months:
        # A total beside the months is not one more month.
        rest += [fields.pop(place) for place in ("amount", "month", "orders") if place in fields]
    if target in ("accounts", "contacts") and "contact.name" in fields:
        rest += [fields.pop(place) for place in ("contact.given",) if place in fields]
    extra = {*rest, *(fields[place] for place in _ALSO_EXTRA & fields.keys())}
    return Columns(target, fields, months, tuple(name for name in header if name in extra), factor)


def guess_target(header: Sequence[str]) -> Target | None:
    """What the rows of a file are, None where its columns do not say."""
    parts = [_parts(name) for name in header]
    words = {word for _, word in parts}
    account = {word for owner, word in parts if owner == "account"}
    named = bool(account & {"name", "code"}) or bool(words & {"name", "code"})
    dated = len([name for name in header if _column_month(name)])
    if named and (dated >= 2 or ("amount" in words and "month" in words) or ("amount" in words and dated)):
        return "amounts"
    if named and {"amount", "day"} <= words:
        return "deals"
    person = ("", "name") in parts or bool(words & {"given", "family"})
    if person and "name" in account and not words & {"tier", "business_no", "sector", "since"}:
        return "contacts"
    if "name" in account or ("", "name") in parts:
        return "accounts"
    return None


def literal(text: str) -> str:
    """Text of a file as the argument of a message, where a leading `@` would name another text."""
    return "＠" + text[1:] if text.startswith("@") else text


def is_known(name: str) -> bool:
    """Whether this looks like the name of a column rather than like something in a cell."""
    return _parts(name)[1] != ""


@lru_cache(maxsize=1024)
def _parts(name: str) -> tuple[str, str]:
    """Whose a column is (account, contact, ceo or not said) and what it is ("" where unknown)."""
    for plain in dict.fromkeys((_plain(re.sub(r"[(\[（].*?[)\]）]", "", name)), _plain(name))):
        found = _split(plain) or _split(re.sub(r"(?<=.)1?value$", "", plain))
        if found:
            return found
    return ("", "")


def _split(plain: str) -> tuple[str, str] | None:
    if plain in _FIELD_OF:
        return ("", _FIELD_OF[plain])
    if plain in _OWNER_OF:
        return (_OWNER_OF[plain], "name")
    for prefix in _PREFIXES:
        if plain.startswith(prefix) and plain[len(prefix) :] in _FIELD_OF:
            word = _FIELD_OF[plain[len(prefix) :]]
            return ("" if word in ("amount", "month", "year", "orders", "day") else _OWNER_OF[prefix], word)
    return None


def _plain(name: str) -> str:
    return "".join(letter for letter in unicodedata.normalize("NFKC", name).casefold() if letter.isalnum())


def _place(owner: str, word: str, target: Target, owned_name: bool) -> str:
    if owner == "contact" and target in ("accounts", "contacts"):
        return f"contact.{word}"
    if owner == "ceo":
        return f"ceo.{word}"
    if owner == "" and word == "name" and target != "accounts":
        return "contact.name" if target == "contacts" else "name"
    if owner == "" and word == "name" and owned_name:
        return "contact.name"
    if word in _BARE_OF_CONTACT or (owner == "" and target == "contacts" and word not in _ALWAYS_OF_ACCOUNT):
        return f"contact.{word}"
    return word


def _column_month(name: str) -> str:
    month = read_month(re.sub(r"[(\[（].*?[)\]）]", "", name).strip())
    if month:
        return month
    bare = re.fullmatch(r"(\d{1,2})월(?:매출|금액|실적|매출액)?", _plain(re.sub(r"[(\[（].*?[)\]）]", "", name)))
    return f"{int(bare[1]):02d}" if bare and 1 <= int(bare[1]) <= 12 else ""


def _factor(name: str) -> int:
    inside = re.search(r"[(\[（](.*?)[)\]）]", name)
    return _FACTORS.get(_plain(inside[1]).removeprefix("단위"), 1) if inside else 1


# --- what stands in a cell --------------------------------------------------------------------------------------------

_MONTHS = {
    name: number + 1
    for number, name in enumerate(("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"))
}
_MONTH = re.compile(
    r"(\d{4})\s*(?:[-./]|년)?\s*(\d{1,2})\s*(?:월|월분)?\.?(?:\s*(?:매출|금액|실적|매출액|amount|sales))?"
)
_SHORT_MONTH = re.compile(r"'?(\d{2})\s*년\s*(\d{1,2})\s*월")
_ENGLISH_MONTH = re.compile(r"([a-z]{3,9})\.?[\s,-]+(\d{4})|(\d{4})[\s-]+([a-z]{3,9})", re.I)
_DAY = re.compile(
    r"(\d{4})\s*(?:[-./]|년)\s*(\d{1,2})\s*(?:[-./]|월)\s*(\d{1,2})\s*(?:일|\.)?(?:[T\s]+\d{1,2}:\d{2}.*)?(?:\s*\(?[월화수목금토일]\)?)?"
)
_SLASHED = re.compile(r"(\d{1,2})[/.](\d{1,2})[/.](\d{4})")
_MARKS = {"₩": "KRW", "원": "KRW", "krw": "KRW", "$": "USD", "usd": "USD", "€": "EUR", "eur": "EUR"}
_MARKS |= {"¥": "JPY", "jpy": "JPY", "엔": "JPY", "£": "GBP", "gbp": "GBP", "달러": "USD"}
_MARK = re.compile("|".join(re.escape(mark) for mark in sorted(_MARKS, key=len, reverse=True)), re.I)
_PLAIN_NUMBER = re.compile(r"-?[0-9]{1,15}(?:\.[0-9]{1,12})?")
_SCIENTIFIC = re.compile(r"-?[0-9](?:\.[0-9]+)?e\+?[0-9]{1,2}", re.I)
_DECIMAL_COMMA = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]{3})+|-?[0-9]+),([0-9]{1,2})")
_GROUPED = re.compile(r"([-(△▲]?)\s*([0-9]{1,3}(?:,[0-9]{3})+(?:\.[0-9]+)?|[0-9]+(?:\.[0-9]+)?)\)?")


@lru_cache(maxsize=4096)
def read_month(text: str) -> str:
    """The month of `2026-01`, `202601`, `2026년 1월`, `Jan 2026` or of a whole day, "" where the text is none."""
    if day := read_day(text):
        return day[:7]
    text = text.strip()
    if found := _MONTH.fullmatch(text):
        return _month(int(found[1]), int(found[2]))
    if found := _SHORT_MONTH.fullmatch(text):
        return _month(2000 + int(found[1]), int(found[2]))
    if found := _ENGLISH_MONTH.fullmatch(text):
        return _month(int(found[2] or found[3]), _MONTHS.get((found[1] or found[4])[:3].casefold(), 0))
    return ""


def read_year_month(year: str, month: str) -> str:
    """The month of a year and a month that stand in two columns; a month that says its year itself wins."""
    if whole := read_month(month):
        return whole
    digits = re.fullmatch(r"(\d{4}|\d{2})\s*(?:년도?)?", year.strip()), re.fullmatch(r"(\d{1,2})\s*월?", month.strip())
    if not digits[0] or not digits[1]:
        return ""
    number = int(digits[0][1])
    return _month(number if number >= 100 else 2000 + number, int(digits[1][1]))


def _month(year: int, month: int) -> str:
    return f"{year:04d}-{month:02d}" if 1900 <= year <= 2999 and 1 <= month <= 12 else ""


@lru_cache(maxsize=4096)
def read_day(text: str) -> str:
    """The ISO day of `2026-01-05`, `2026. 1. 5.`, `20260105` or `2026년 1월 5일`, "" where the text is none.

    A slashed day is read only where the order of its parts is beyond doubt: `1/15/2026` is, `1/5/2026` is not.
    """
    text = text.strip()
    year, month, day = 0, 0, 0
    if found := _DAY.fullmatch(text):
        year, month, day = int(found[1]), int(found[2]), int(found[3])
    elif len(text) == 8 and text.isdecimal() and text.isascii():
        year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    elif found := _SLASHED.fullmatch(text):
        first, second, year = int(found[1]), int(found[2]), int(found[3])
        if first > 12 >= second:
            day, month = first, second
        elif second > 12 >= first or first == second:
            month, day = first, second
    try:
        return date(year, month, day).isoformat() if 1900 <= year <= 2999 else ""
    except ValueError:
        return ""


def currency_of(text: str) -> str:
    """The currency that a text with a sign or a unit names, "" where it names none."""
    found = _MARK.search(text)
    if not found and re.search(r"[0-9]\s*[만억]\s*$", text):
        return "KRW"
    return _MARKS[found[0].casefold()] if found else ""


def has_cents(text: str) -> bool:
    """Whether a number has a broken part of a cent's size: `814.5` has, `814.0`, `1,200` and `1.234` have not."""
    found = re.search(r"[0-9][.]([0-9]{1,2})\)?$", text.strip())
    return bool(found and int(found[1]))


def guess_currency(columns: Columns, header: Sequence[str], rows: Sequence[Mapping[str, str]]) -> str:
    """The currency that the amounts of a file are in, from its first rows: by a sign, by cents, by its language.

    The sign of a few cells only does not speak for the others.
    """
    named = [columns.fields[place] for place in ("amount",) if place in columns.fields] + list(columns.months)
    for name in named:
        if found := currency_of(name):
            return found
    cells = [row[column] for row in rows for column in named if row[column]]
    signs = Counter(filter(None, map(currency_of, cells))).most_common(1)
    if signs and signs[0][1] * 2 >= len(cells):
        return signs[0][0]
    if columns.factor == 1 and any(has_cents(text) for text in cells):
        return "USD"
    if any(re.search("[가-힣]", text) for text in (*header, *(value for row in rows for value in row.values()))):
        return "KRW"
    return signs[0][0] if signs else "USD"


def read_amount(text: str, currency: str, factor: int = 1) -> int | None:
    """Money in the smallest unit of the currency, None where the text is no amount.

    Beyond what a person types (`4,500만`, `$1,234.50`, `(1,234)`, `△1,234`) it reads what programs write: `1.2E+05`,
    `814,50`, and `-` alone as nothing. Another currency's sign makes it no amount. `factor` is what the column is
    counted in, and leaves alone a cell that says itself what it counts in.
    """
    scale = factor * 10 ** minor_digits(currency)
    text = text.strip()
    if text in ("-", "–", "—"):
        return 0
    if found := _DECIMAL_COMMA.fullmatch(text):
        text = f"{found[1].replace('.', '')}.{found[2]}"
    if _PLAIN_NUMBER.fullmatch(text) or _SCIENTIFIC.fullmatch(text):
        return _whole(Decimal(text) * scale)
    if factor != 1 and (found := _GROUPED.fullmatch(text)):
        return _whole(Decimal(found[2].replace(",", "")) * (-scale if found[1] else scale))
    return parse_money(text, currency)


def _whole(value: Decimal) -> int | None:
    return int(value.quantize(Decimal(1), ROUND_HALF_UP)) if abs(value) < 10**18 else None


def read_tier(text: str) -> str:
    """A, B or C of `A`, `a등급` or `B 등급`, "" where the text is another scale."""
    found = re.fullmatch(r"([abc])\s*(?:등급|급|tier)?", unicodedata.normalize("NFKC", text).strip().casefold())
    return found[1].upper() if found else ""


def read_phone(text: str) -> str:
    """A phone number with the leading zero that a spreadsheet took from a Korean mobile number."""
    if re.fullmatch(r"1[016789]\d{7,8}", text):
        text = "0" + text
        return f"{text[:3]}-{text[3:-4]}-{text[-4:]}"
    return text
