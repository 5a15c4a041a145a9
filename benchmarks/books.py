"""Books of invented accounts to measure on, made by the installed program itself.

Run by the Python that is measured: `python books.py FOLDER --accounts N` prints the folder of the book `book.db`, with
all that is private to it below `home`. Like a book in daily use it is published and its lists are made for `DAY`.
"""

from __future__ import annotations

import argparse
import shutil
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path

DAY = date(2026, 11, 20)
"""The day on which every measurement takes place, so that a book that was made once can be measured again."""

FIRST = "한새가온다솜라온미르바른사랑아람자람차오카라타오파란하늘"
SECOND = "빛울결길내들메별샘솔숲터품해달꽃눈물길찬"
KINDS = ("정밀", "식품", "물산", "상사", "전자", "산업", "유통", "기계", "의료기", "인쇄", "제과", "건설")
REGIONS = ("서울 강서구", "경기 화성시", "인천 남동구", "부산 사상구", "대구 달서구", "충남 아산시")
FAMILY = "김이박최정강조윤장임"
TITLES = ("대리", "과장", "차장", "부장", "이사")


def name_of(number: int) -> str:
    """The name of an invented firm, another one for each number; neighbours are strewn over the alphabet."""
    first, second = sorted(set(FIRST)), sorted(set(SECOND))
    round_, place = divmod(number, len(first) ** 2 * len(second) * len(KINDS))
    place = place * 7919 % (len(first) ** 2 * len(second) * len(KINDS))  # a prime: each place is met once
    place, kind = divmod(place, len(KINDS))
    place, last = divmod(place, len(second))
    start, middle = divmod(place, len(first))
    return f"{first[start]}{first[middle]}{second[last]}{KINDS[kind]}{round_ or ''}"


def month_before(day: date, months: int) -> str:
    """The month so many months before that of the day, `YYYY-MM`."""
    number = day.year * 12 + day.month - 1 - months
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


Row = tuple[str | int | None, ...]


def tables(accounts: int, months: int, activities: int) -> Iterator[tuple[str, tuple[str, ...], Iterator[Row]]]:
    """Name, columns and rows of each table of a book of so many accounts, each with a person. One in ten has `months`
    months of amounts, and each has on the average `activities` activities."""
    from fieldsales.domain.ids import natural_id

    ids = [natural_id("account", name_of(number)) for number in range(accounts)]

    def days_ago(days: int) -> str:
        return (DAY - timedelta(days=days)).isoformat()

    def account_rows() -> Iterator[Row]:
        for number, id in enumerate(ids):
            phone = f"0{2 + number % 4}-{1000 + number % 9000}-{number * 7 % 10000:04d}"
            tier = "ABBCCCCCCC"[number % 10]
            yield id, name_of(number), tier, days_ago(900 - number % 800), REGIONS[number % 6], phone, f"{number:05d}"

    def people() -> Iterator[Row]:
        for number, id in enumerate(ids):
            name = FAMILY[number % 10] + FIRST[number * 7 % len(FIRST)] + SECOND[number * 3 % len(SECOND)]
            mobile = f"010-{number * 3 % 9000 + 1000}-{number % 10000:04d}"
            yield natural_id("contact", id, name), id, name, TITLES[number % 5], mobile, days_ago(number % 1500)

    def amounts() -> Iterator[Row]:
        for number, id in enumerate(ids[::10]):
            for back in range(1, months + 1):
                month = month_before(DAY, back)
                amount = 1_000_000 + number * 37_000 % 9_000_000 + (number + back) % 7 * 150_000
                yield natural_id("amount", id, month), id, month, amount

    def logs() -> Iterator[Row]:
        for number in range(accounts * activities):
            id = ids[number % accounts]
            day = days_ago(number % 53 + number // accounts * 41)
            kind = ("call", "call", "visit", "message")[number // accounts % 4]
            yield natural_id("activity", str(number)), id, kind, day, f"{number % 90 + 10}개 더 필요하다고 하심"

    yield "account", ("id", "name", "tier", "entered_on", "region", "phone", "code"), account_rows()
    yield "contact", ("id", "account_id", "name", "title", "mobile", "since"), people()
    if months:
        yield "amount", ("id", "account_id", "month", "amount"), amounts()
    if activities:
        yield "activity", ("id", "account_id", "kind", "day", "heard"), logs()


def make(folder: Path, accounts: int, months: int, activities: int) -> None:
    """Write the book of these `tables`; what it holds already stays."""
    from fieldsales.domain.model import TABLES
    from fieldsales.storage.book import Book

    now = datetime.combine(DAY, datetime.min.time().replace(hour=9))
    book = Book.open(folder / "book.db", folder / "home" / "data", create=True, today=DAY)
    with book.change("benchmark", now) as change:
        for table, columns, rows in tables(accounts, months, activities):
            change.put_many(TABLES[table], columns, rows)
    book.close()


def settle(folder: Path) -> None:
    """Bring the lists up to date: the program that made them may have been another version."""
    from fieldsales.storage.book import Book

    book = Book.open(folder / "book.db", folder / "home" / "data", today=DAY)
    for _ in book.settle(DAY):
        pass
    book.close()


def settled_book(folder: Path, accounts: int, months: int = 24, activities: int = 1) -> Path:
    """The folder of such a book, made below `folder` where it is not there yet."""
    home = folder / f"book-{accounts}-{months}-{activities}"
    whole = home / "whole"  # written last
    if not whole.exists():
        shutil.rmtree(home, ignore_errors=True)
        home.mkdir(parents=True)
        make(home, accounts, months, activities)
        whole.touch()
    settle(home)
    return home


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--accounts", type=int, default=10_000)
    parser.add_argument("--months", type=int, default=24)
    parser.add_argument("--activities", type=int, default=1)
    said = parser.parse_args()
    print(settled_book(said.folder, said.accounts, said.months, said.activities))


if __name__ == "__main__":
    main()
