"""Bringing a CSV file into the book: one file, one change, taken back whole by one undo.

Each row is made, updated or dropped with its reason, and the three add up to what was read. Running the same file
again changes nothing: rows are found by code, by name, or by their natural key. An empty cell never overwrites, and
a new account counts from today, never back into its past (law 4 of the due lines).
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import date, datetime, timedelta
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.dates import WorkDays, add_months, last_complete_month
from fieldsales.domain.frozen import dataclass, fields, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Amount, Changed, Contact, Deal, FieldsalesError, Message
from fieldsales.domain.tiers import mean_amounts, propose_tiers, touches_a_year
from fieldsales.exchange.columns import (
    Columns,
    Target,
    guess,
    guess_currency,
    guess_target,
    literal,
    read_amount,
    read_day,
    read_month,
    read_phone,
    read_tier,
    read_year_month,
)
from fieldsales.exchange.csv_files import CsvFile, Row, read_csv
from fieldsales.workflows.known_accounts import KnownAccounts, account_id, name_key

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

Progress = Callable[[int, int | None], None]
"""Told the rows read so far, and about how many there are (None where that is not known)."""

STEP = 2_000
"""Rows between two reports of progress, and the rows written at once."""

NAME_LIMIT = 200

PLAN_FROM = 5
"""Accounts without a tier from which a rhythm for all of them is offered."""

_TITLES = (
    "대표이사|대표|회장|부회장|사장|부사장|전무|상무|이사|본부장|부장|차장|과장|대리|주임|사원|팀장|실장|센터장|지점장|점장|"
    "소장|원장|국장|매니저|책임|선임|수석|파트장|그룹장"
)
_TITLED = re.compile(rf"([가-힣]{{2,5}})\s+({_TITLES})(?:님)?")
_HANGUL = re.compile("[가-힣]")


@dataclass(frozen=True, slots=True)
class Dropped:
    """A row that did not go in. `line` is the file's, the header's being 1; `text` is the row, cut short."""

    line: int
    reason: Message
    text: str


@dataclass(frozen=True, slots=True)
class ImportResult:
    """What came of an import. `made + updated + len(dropped) == read`.

    A row is an account, a person, a deal or one amount (a table with a column for each month has as many as it has
    filled cells). `same` are those of `updated` that stood in the book already as they are.
    """

    target: Target
    read: int
    made: int
    updated: int
    same: int
    dropped: tuple[Dropped, ...]
    accounts_made: int
    people_made: int
    currency: str  # of the amounts, "" where there are none
    columns: Columns
    dry_run: bool
    changed: Changed  # empty for a dry run

    @property
    def accounts(self) -> frozenset[str]:
        """The accounts that a row made or changed."""
        return self.changed.accounts

    @property
    def act(self) -> str:
        return self.changed.act


class UnknownTarget(FieldsalesError):  # noqa: N818
    """The columns do not say what the rows are."""


class NoRows(FieldsalesError):  # noqa: N818
    """The file has the names of its columns and nothing below."""


class CurrencyFixed(FieldsalesError):  # noqa: N818
    """The book's amounts are in another currency than the one asked for, or that one is none."""


class _DryRun(Exception):  # noqa: N818
    """Leaves the change, so that nothing of it stays."""


def import_file(
    book: Book,
    path: Path,
    target: Target | None = None,
    *,
    now: datetime,
    today: date,
    dry_run: bool = False,
    progress: Progress | None = None,
    currency: str = "",
) -> ImportResult:
    """Bring a CSV file in; `target` says what its rows are, None leaves it to the columns.

    A dry run counts the same and writes nothing. `currency` (such as `KRW`) matters for the first amounts of a book
    only; without it the file is asked. Raises FieldsalesError where the file cannot be read or says nothing that the
    book could hold; the book is then as it was.
    """
    with read_csv(path) as file:
        what = target or guess_target(file.header)
        if what is None:
            raise UnknownTarget("importing.unknown_target", seen=literal(", ".join(file.header)[:120]))
        columns = guess(file.header, what)
        columns.require()
        total = file.count_lines() if progress else None
        changed = Changed()
        try:
            with book.change("import", now) as change:
                job = _Job(book, change, columns, today, progress, total)
                _RUNS[what](job, file, currency)
                job.finish()
                if dry_run:
                    raise _DryRun
            changed = change.changed
        except _DryRun:
            pass
    return ImportResult(
        what,
        job.read,
        job.made,
        job.updated,
        job.same,
        tuple(job.dropped),
        job.accounts_made,
        job.people_made,
        job.currency,
        columns,
        dry_run,
        changed,
    )


class _Job:
    """One import under way: what was counted, what waits to be written, and which accounts are known."""

    def __init__(
        self, book: Book, change: Change, columns: Columns, today: date, progress: Progress | None, total: int | None
    ) -> None:
        self.book = book
        self.change = change
        self.columns = columns
        self.today = today.isoformat()
        self.known = KnownAccounts(book.rows(Account))
        self.currency = ""
        self.read = self.made = self.updated = self.same = 0
        self.accounts_made = self.people_made = 0
        self.dropped: list[Dropped] = []
        self._people: dict[str, dict[str, Contact]] | None = None
        self._waiting: dict[tuple[type, tuple[str, ...]], dict[str, tuple[str | int | None, ...]]] = {}
        self._rows = 0
        self._progress = progress
        self._total = total

    def rows(self, rows: Iterable[Row]) -> Iterator[Row]:
        """The rows one by one, without the ragged ones, writing and reporting as they pass."""
        for row in rows:
            self._rows += 1
            if row.surplus:
                self.read += 1
                self.drop(row, "ragged", count=row.surplus)
            else:
                yield row
            if self._rows % STEP == 0:
                self._write()
                if self._progress:
                    self._progress(self._rows, max(self._rows, self._total or 0) or None)

    def drop(self, row: Row, reason: str, **args: str | int) -> None:
        text = " · ".join(value for value in row.cells.values() if value)[:120]
        said = {name: literal(value) if isinstance(value, str) else value for name, value in args.items()}
        self.dropped.append(Dropped(row.line, Message(f"importing.drop.{reason}", said), text))

    def cell(self, row: Row, place: str) -> str:
        column = self.columns.fields.get(place)
        return row.cells[column] if column else ""

    def put(self, kind: type, columns: tuple[str, ...], values: tuple[str | int | None, ...]) -> None:
        """Write a row with the next bundle; what waits under the same id is written over."""
        self._waiting.setdefault((kind, columns), {})[str(values[0])] = values

    def put_row(self, row: Account | Contact) -> None:
        names = _COLUMNS[type(row)]
        self.put(type(row), names, tuple(getattr(row, name) for name in names))

    def _write(self) -> None:
        for (kind, columns), rows in self._waiting.items():
            if not rows:
                continue
            done = self.change.put_many(kind, columns, rows.values())
            rows.clear()
            # Accounts and people were compared as they were read, to tell what stands; figures are compared here.
            if kind in (Amount, Deal):
                self.made += done.made
                self.updated += done.updated + done.same
                self.same += done.same

    def finish(self) -> None:
        self._write()
        if not self._rows:
            raise NoRows("importing.no_rows")
        if self.currency and self.made + self.updated and not self.book.setting("currency"):
            self.change.set("currency", self.currency)
        if self._progress:
            self._progress(self._rows, self._rows)

    def person(self, account_id: str, values: Mapping[str, str]) -> str:
        """Make or update the person of that name at the account: `made`, `updated` or `same`."""
        if self._people is None:
            self._people = {}
            for contact in self.book.rows(Contact):
                self._people.setdefault(contact.account_id, {}).setdefault(name_key(contact.name), contact)
        there = self._people.setdefault(account_id, {})
        key = name_key(values["name"])
        old = there.get(key)
        if old is None:
            id = self.book.unerased("contact", natural_id("contact", account_id, key))
            new = replace(Contact(id=id, account_id=account_id, position=len(there)), **values)  # type: ignore[arg-type]
            self.people_made += 1
        else:
            new = replace(old, **values)  # type: ignore[arg-type]
        there[key] = new
        if old == new:
            return "same"
        self.put_row(new)
        return "updated" if old else "made"

    def count(self, outcome: str) -> None:
        """Count a row that went in: `made`, `updated` or `same`."""
        if outcome == "made":
            self.made += 1
            return
        self.updated += 1
        if outcome == "same":
            self.same += 1


# --- what each kind of row becomes ------------------------------------------------------------------------------------


def _accounts(job: _Job, file: CsvFile, currency: str) -> None:
    columns = job.columns.fields
    long = {columns["note"]} if "note" in columns else set()
    first: dict[str, int] = {}
    for row in job.rows(file.rows(long)):
        job.read += 1
        code, name = job.cell(row, "code"), job.cell(row, "name")
        old, reason = _same_account(job, code, name)
        if reason:
            job.drop(row, reason)
            continue
        values, people = _account_values(job, row)
        id = old.id if old else job.book.unerased("account", account_id(code, name))
        old = old or job.known.rows.get(id)
        again = first.get(id)
        if again is not None and old is not None:
            if name and name_key(name) != name_key(old.name):
                job.drop(row, "code_twice", line=again)
                continue
            # A second row of one account, often its second contact: what the first row said stays.
            values = {place: said for place, said in values.items() if place == "extra" or not getattr(old, place)}
        first.setdefault(id, row.line)
        if old is None:
            new = replace(Account(id=id, entered_on=job.today), **values)  # type: ignore[arg-type]
            job.accounts_made += 1
        else:
            if "extra" in values:
                values["extra"] = _joined(old.extra, values["extra"], keep=again is not None)
            new = replace(old, **values)  # type: ignore[arg-type]
        if new != old:
            job.known.keep(new)
            job.put_row(new)
        outcomes = {job.person(id, person) for person in people}
        job.count("made" if old is None else "same" if new == old and outcomes <= {"same"} else "updated")


def _same_account(job: _Job, code: str, name: str) -> tuple[Account | None, str]:
    """The account that a row of accounts is about, None for a new one; or the reason why the row cannot go in.

    Two accounts of one name and different codes are two: branches share a name. An account without a code takes the
    one that the file gives it.
    """
    if len(name) > NAME_LIMIT or len(code) > NAME_LIMIT:
        return None, "too_long"
    known = job.known
    if id := known.of_code(code):
        return known.rows[id], ""
    if not name:
        return None, "no_name"
    named = [known.rows[id] for id in known.of_name(name)]
    named = [row for row in named if not code or not row.code]
    if len(named) > 1:
        return None, "same_name"
    return (named[0] if named else None), ""


def _account_values(job: _Job, row: Row) -> tuple[dict[str, str], list[dict[str, str]]]:
    """What a row says of the account and of its people, without what it leaves empty."""
    columns = job.columns.fields

    def cell(place: str) -> str:
        return job.cell(row, place)

    values = {place: cell(place) for place in ("name", "code", "business_no", "sector", "note", "tags")}
    values["phone"] = read_phone(cell("phone"))
    city = cell("city")
    address = " ".join(filter(None, (cell("address"), cell("address2"))))
    values["address"] = f"{address}, {city}" if address and city and city not in address else address or city
    values["region"] = cell("region") or city
    values["tier"] = read_tier(cell("tier"))
    values["since"] = read_day(cell("since"))
    person = _person_values(job, row, "contact")
    people = [person] if person["name"] else []
    if ceo := cell("ceo.name"):
        there = next((one for one in people if name_key(one["name"]) == name_key(ceo)), None)
        boss = {**_person_values(job, row, "ceo"), "role": "ceo"}
        if there is None:
            people.append({**boss, "title": "대표" if _HANGUL.search(ceo) else ""})
        else:
            there["role"] = "ceo"
    # What has found no place is kept under the name of its column, so that nothing of the file is lost.
    left = [*job.columns.extra]
    left += [columns[place] for place in ("tier", "since") if place in columns and not values[place]]
    if not people:
        left += [columns[place] for place in columns if place.startswith(("contact.", "ceo.")) or place == "fax"]
    elif fax := cell("fax"):
        people[0]["fax"] = people[0]["fax"] or fax
    extra = {column: row.cells[column] for column in dict.fromkeys(left) if row.cells[column]}
    if extra:
        values["extra"] = json.dumps(extra, ensure_ascii=False)
    filled = {place: value for place, value in values.items() if value}
    return filled, [{place: value for place, value in one.items() if value} for one in people]


def _person_values(job: _Job, row: Row, who: str) -> dict[str, str]:
    values = {
        place: job.cell(row, f"{who}.{place}") for place in ("name", "title", "phone", "mobile", "email", "fax", "note")
    }
    for place in ("phone", "mobile"):
        values[place] = read_phone(values[place])
    given, family = job.cell(row, f"{who}.given"), job.cell(row, f"{who}.family")
    if given or family:
        given = given or values["name"]
        korean = _HANGUL.search(given + family)
        values["name"] = f"{family}{given}" if korean else " ".join(filter(None, (given, family)))
    if not values["title"] and (titled := _TITLED.fullmatch(values["name"])):
        values["name"], values["title"] = titled[1], titled[2]
    return values


def _joined(old: str, new: str, keep: bool) -> str:
    """Two JSON objects as one; of a key in both the old value stays if `keep`, else the new one counts."""
    try:
        before = json.loads(old or "{}")
    except ValueError:
        before = {}
    if not isinstance(before, dict):
        before = {}
    said = json.loads(new)
    after = {**said, **before} if keep else {**before, **said}
    return old if after == before else json.dumps(after, ensure_ascii=False)


def _contacts(job: _Job, file: CsvFile, currency: str) -> None:
    columns = job.columns.fields
    long = {columns["contact.note"]} if "contact.note" in columns else set()
    for row in job.rows(file.rows(long)):
        job.read += 1
        person = {place: value for place, value in _person_values(job, row, "contact").items() if value}
        code, name = job.cell(row, "code"), job.cell(row, "name")
        if "name" not in person:
            job.drop(row, "no_person")
            continue
        if len(person["name"]) > NAME_LIMIT or len(name) > NAME_LIMIT:
            job.drop(row, "too_long")
            continue
        id, reason = job.known.meant(code, name)
        if reason == "unknown_account" and name:
            # A list of people is often the first file there is: it brings its accounts with it.
            id = job.book.unerased("account", account_id(code, name))
            if id not in job.known.rows:
                account = Account(id=id, name=name, code=code, entered_on=job.today)
                job.known.keep(account)
                job.put_row(account)
                job.accounts_made += 1
        elif reason:
            job.drop(row, reason, code=code or name)
            continue
        job.count(job.person(id, person))


def _amounts(job: _Job, file: CsvFile, currency: str) -> None:
    rows = _with_currency(job, file, currency)
    columns = job.columns
    wide = list(columns.months.items())
    seen: dict[tuple[str, str], int] = {}
    for row in job.rows(rows):
        account, reason = job.known.meant(job.cell(row, "code"), job.cell(row, "name"))
        year = job.cell(row, "year")
        if wide:
            cells = [
                (month if len(month) > 2 else read_year_month(year, month), row.cells[column], "")
                for column, month in wide
                if row.cells[column]
            ]
        else:
            said = job.cell(row, "month")
            month = read_year_month(year, said) if year else read_month(said)
            cells = [(month, job.cell(row, "amount"), job.cell(row, "orders"))]
        if reason or not cells:
            job.read += 1
            job.drop(row, reason or "no_amount", code=job.cell(row, "code") or job.cell(row, "name"))
            continue
        for month, text, orders in cells:
            job.read += 1
            amount = read_amount(text, job.currency, columns.factor)
            if not month:
                job.drop(row, "bad_month", text=year if wide else job.cell(row, "month"))
            elif amount is None:
                job.drop(row, "bad_amount" if text else "no_amount", text=text[:40])
            elif line := seen.get((account, month)):
                job.drop(row, "month_twice", line=line, month=month)
            else:
                seen[account, month] = row.line
                values = (natural_id("amount", account, month), account, month, amount)
                if orders and (count := read_amount(orders, "KRW")) is not None:
                    job.put(Amount, ("id", "account_id", "month", "amount", "orders"), (*values, count))
                else:
                    job.put(Amount, ("id", "account_id", "month", "amount"), values)


def _deals(job: _Job, file: CsvFile, currency: str) -> None:
    nth: dict[tuple[str, ...], int] = {}
    for row in job.rows(_with_currency(job, file, currency)):
        job.read += 1
        account, reason = job.known.meant(job.cell(row, "code"), job.cell(row, "name"))
        day, text = read_day(job.cell(row, "day")), job.cell(row, "amount")
        amount = read_amount(text, job.currency, job.columns.factor)
        if reason:
            job.drop(row, reason, code=job.cell(row, "code") or job.cell(row, "name"))
        elif not day:
            job.drop(row, "bad_day", text=job.cell(row, "day")[:40])
        elif amount is None:
            job.drop(row, "bad_amount" if text else "no_amount", text=text[:40])
        else:
            # Orders of several lines repeat their number, and two orders of a day may cost the same: the count of
            # such rows within the file tells them apart, the same way each time.
            code = job.cell(row, "deal_code")
            key = (account, code) if code else (account, day, str(amount))
            nth[key] = nth.get(key, 0) + 1
            id = natural_id("deal", *key, *([str(nth[key])] if nth[key] > 1 else []))
            job.put(Deal, ("id", "account_id", "day", "amount", "code"), (id, account, day, amount, code))


def _with_currency(job: _Job, file: CsvFile, asked: str) -> Iterator[Row]:
    """The rows of the file, after settling which currency their amounts are in."""
    asked = asked.upper()
    if asked and not re.fullmatch("[A-Z]{3}", asked):
        raise CurrencyFixed("importing.currency_unknown", asked=literal(asked[:20]))
    settled = job.book.setting("currency")
    if settled and asked and asked != settled:
        raise CurrencyFixed("importing.currency_fixed", settled=settled, asked=asked)
    rows = file.rows()
    first = list(islice(rows, 200))
    job.currency = settled or asked or guess_currency(job.columns, file.header, [row.cells for row in first])
    return chain(first, rows)


_RUNS: Mapping[Target, Callable[[_Job, CsvFile, str], None]] = {
    "accounts": _accounts,
    "contacts": _contacts,
    "amounts": _amounts,
    "deals": _deals,
}


_COLUMNS: dict[type, tuple[str, ...]] = {
    kind: tuple(column.name for column in fields(kind)) for kind in (Account, Contact)
}


# --- the plan after the first import (N12) ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Plan:
    """What the contact rhythm of the whole book comes to."""

    counts: Mapping[str, int]  # accounts of each tier A, B, C
    touches: Mapping[str, Mapping[str, int]]  # contacts a year of one account of the tier, by kind
    per_year: int  # of all accounts
    per_day: float  # lines a working day
    sentence: Message


def wants_plan(book: Book) -> bool:
    """Whether accounts came in without a tier and nobody has settled yet how many a day can be looked after."""
    return not book.setting("daily") and book.lacks_tiers(PLAN_FROM)


def is_flat(book: Book) -> bool:
    """Whether every account in care stands in one tier: then new amounts are a reason to propose tiers anew."""
    tiers = {row.tier for row in book.rows(Account) if _in_care(row)} - {""}
    return len(tiers) == 1


def propose(book: Book, today: date, anew: bool = False) -> dict[str, str]:
    """A tier for each account in care that has none, by the mean amount of the newest six months of the book.

    `anew` proposes for those that have one too.
    """
    figures = {(row.account_id, row.month): row.amount for row in book.rows(Amount)}
    # A month's own figure beats the sum of its deals.
    deals: dict[tuple[str, str], int] = {}
    for deal in book.rows(Deal):
        key = (deal.account_id, deal.day[:7])
        deals[key] = deals.get(key, 0) + deal.amount
    figures = {**deals, **figures}
    last = min(max((month for _, month in figures), default=""), last_complete_month(today))
    means = mean_amounts(((id, month, amount) for (id, month), amount in figures.items()), last) if last else {}
    accounts = [row for row in book.rows(Account) if _in_care(row)]
    tiers = propose_tiers({row.id: means.get(row.id) for row in accounts})
    return {row.id: tiers[row.id] for row in accounts if anew or not row.tier}


def plan(book: Book, today: date, daily: int, tiers: Mapping[str, str] | None = None, anew: bool = False) -> Plan:
    """What the rhythm comes to a year and a working day, and whether `daily` accounts a day are enough.

    `tiers` stand in for accounts that have none yet; without them those accounts are not counted.
    """
    rules = book.rules()
    counts = dict.fromkeys("ABC", 0)
    for row in book.rows(Account):
        proposed = (tiers or {}).get(row.id, "")
        tier = proposed or row.tier if anew else row.tier or proposed
        if tier in counts and _in_care(row):
            counts[tier] += 1
    touches = {tier: touches_a_year(rules.policies, tier) for tier in counts}
    per_year = sum(count * sum(touches[tier].values()) for tier, count in counts.items())
    days = WorkDays(rules.holidays)
    year = (today + timedelta(days=ahead) for ahead in range((add_months(today, 12) - today).days))
    per_day = per_year / max(1, sum(days.is_working(day) for day in year))
    lines = max(1, round(per_day))
    if not per_year:
        sentence = Message("importing.plan.nothing")
    elif lines > daily:
        sentence = Message("importing.plan.tight", {"lines": lines, "daily": daily})
    elif per_day < 0.75:
        sentence = Message("importing.plan.weekly", {"lines": max(1, round(per_day * 5))})
    else:
        sentence = Message("importing.plan.fits" if lines == daily else "importing.plan.roomy", {"lines": lines})
    return Plan(counts, touches, per_year, per_day, sentence)


def apply_plan(book: Book, tiers: Mapping[str, str], daily: int, now: datetime, anew: bool = False) -> Changed:
    """Give their tiers to the accounts that have none by now, and settle how many lines a day there are."""
    with book.change("plan", now) as change:
        rows = [(row.id, tiers[row.id]) for row in book.rows(Account) if row.id in tiers and (anew or not row.tier)]
        change.put_many(Account, ("id", "tier"), rows)
        change.set("daily", str(daily))
    return change.changed


def _in_care(row: Account) -> bool:
    return row.state == "active" and row.owner == "me"
