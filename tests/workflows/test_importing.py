"""Importing (I1, I2, I5): one change, nothing doubled or blanked, every row accounted for; then the plan (N12)."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from datetime import date, datetime
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from fieldsales.domain.model import Account, Amount, Contact, Deal, FieldsalesError
from fieldsales.exchange.columns import Target
from fieldsales.locale import Texts
from fieldsales.storage.book import Book
from fieldsales.workflows.importing import ImportResult, apply_plan, import_file, plan, propose

NOW = datetime(2026, 11, 20, 9, 0)
TODAY = date(2026, 11, 20)
ROOT = Path(__file__).parents[2]
NORTHWIND = ROOT.parent / "shared" / "data" / "northwind"
with_northwind = pytest.mark.skipif(not NORTHWIND.is_dir(), reason="the public data is not beside the project")


@pytest.fixture
def book(tmp_path: Path) -> Book:
    return Book.open(tmp_path / "book.db", tmp_path / "data", create=True)


def bring(
    book: Book, text: str, target: Target | None = None, dry_run: bool = False, currency: str = ""
) -> ImportResult:
    path = book.path.parent / "in.csv"
    path.write_text(text, encoding="utf-8")
    result = import_file(book, path, target, now=NOW, today=TODAY, dry_run=dry_run, currency=currency)
    assert result.made + result.updated + len(result.dropped) == result.read
    return result


def reasons(result: ImportResult) -> list[tuple[int, str]]:
    texts = [Texts(lang, currency="KRW") for lang in ("ko", "en")]
    assert all(t.say(row.reason) for row in result.dropped for t in texts)
    return [(row.line, row.reason.id.removeprefix("importing.drop.")) for row in result.dropped]


def recorded(book: Book) -> int:
    count: int = book.work.execute("SELECT count(*) FROM op").fetchone()[0]
    return count


def account(book: Book, name: str) -> Account:
    return next(row for row in book.rows(Account) if row.name == name)


# --- Northwind --------------------------------------------------------------------------------------------------------


@with_northwind
def test_northwind_goes_in_whole_once(book: Book) -> None:
    """I5. All 93 rows of customers have a name, so all go in, the two test rows named IT (Val2, VALON) as well."""
    people = import_file(book, NORTHWIND / "customers.csv", now=NOW, today=TODAY)
    assert (people.target, people.read, people.made, people.updated, people.dropped) == ("accounts", 93, 93, 0, ())
    assert (len(book.rows(Account)), len(book.rows(Contact)), people.people_made) == (93, 93, 93)
    assert {row.code for row in book.rows(Account, name="IT")} == {"Val2", "VALON"}
    money = import_file(book, NORTHWIND / "monthly_amounts.csv", now=NOW, today=TODAY)
    assert (money.target, money.read, money.made, money.dropped) == ("amounts", 636, 636, ())
    assert (money.currency, book.setting("currency")) == ("USD", "USD")
    amounts = book.rows(Amount)
    assert sum(row.amount for row in amounts) == 126_579_321
    assert sum(row.orders or 0 for row in amounts) == 830
    assert len(money.accounts) == 89

    before = recorded(book)
    for name, read in (("customers", 93), ("monthly_amounts", 636)):
        again = import_file(book, NORTHWIND / f"{name}.csv", now=NOW, today=TODAY)
        assert (again.read, again.made, again.updated, again.same) == (read, 0, read, read)
        assert again.accounts == frozenset()
    assert recorded(book) == before


@with_northwind
def test_northwinds_orders_are_deals_and_double_nothing(book: Book) -> None:
    import_file(book, NORTHWIND / "customers.csv", now=NOW, today=TODAY)
    orders = import_file(book, NORTHWIND / "orders.csv", now=NOW, today=TODAY)
    assert (orders.target, orders.read, orders.made) == ("deals", 830, 830)
    assert sum(row.amount for row in book.rows(Deal)) == 126_579_322
    assert import_file(book, NORTHWIND / "orders.csv", now=NOW, today=TODAY).same == 830


@with_northwind
def test_northwinds_plan_leaves_room_at_five_a_day(book: Book) -> None:
    """N12"""
    for name in ("customers", "monthly_amounts"):
        import_file(book, NORTHWIND / f"{name}.csv", now=NOW, today=TODAY)
    tiers = propose(book, TODAY)
    made = plan(book, TODAY, 5, tiers)
    assert made.counts == {"A": 25, "B": 42, "C": 26}
    assert made.per_year == 25 * 18 + 42 * 7 + 26 * 2
    assert (made.sentence.id, made.sentence.args) == ("importing.plan.roomy", {"lines": 3})
    assert {account(book, name).id for name in ("QUICK-Stop", "Save-a-lot Markets")} <= {
        id for id, tier in tiers.items() if tier == "A"
    }
    assert tiers[account(book, "Paris spécialités").id] == "C"


# --- accounts ---------------------------------------------------------------------------------------------------------


def test_a_korean_list_finds_its_places_and_keeps_what_has_none(book: Book) -> None:
    result = bring(
        book,
        "거래처코드,거래처명,대표자,담당자,휴대폰,전화,주소,지역,등급,거래시작일,비고,영업사원\n"
        '001,한빛상사,박하늘,김바다 과장,1012345678,02-1,강서구,서울,a등급,2019.3.4,"첫 줄\n둘째 줄",오세람\n'
        "002,두루물산,,,,,,,VIP,봄,,\n",
    )
    assert (result.made, result.people_made) == (2, 2)
    first = account(book, "한빛상사")
    assert (first.code, first.phone, first.address, first.region) == ("001", "02-1", "강서구", "서울")
    assert (first.tier, first.since, first.note) == ("A", "2019-03-04", "첫 줄\n둘째 줄")
    assert json.loads(first.extra) == {"영업사원": "오세람"}
    people = sorted(book.rows(Contact, account_id=first.id), key=lambda row: row.position)
    assert [(row.name, row.title, row.mobile, row.role) for row in people] == [
        ("김바다", "과장", "010-1234-5678", ""),
        ("박하늘", "대표", "", "ceo"),
    ]
    assert json.loads(account(book, "두루물산").extra) == {"등급": "VIP", "거래시작일": "봄"}


def test_a_new_account_counts_from_today_and_an_old_one_keeps_its_day(book: Book) -> None:
    """Law 4 of the due lines: nothing counts back past the day an account entered the book."""
    with book.change("add", NOW) as change:
        change.add(Account("mine", "한빛상사", entered_on="2025-01-01"))
    bring(book, "거래처,지역\n한빛상사,서울\n두루물산,부산\n")
    assert {row.name: (row.entered_on, row.tier) for row in book.rows(Account)} == {
        "한빛상사": ("2025-01-01", ""),
        "두루물산": ("2026-11-20", ""),
    }


def test_an_empty_cell_never_overwrites(book: Book) -> None:
    text = "코드,거래처,전화,담당자,이메일\n7,한빛상사,{},김바다,{}\n"
    bring(book, text.format("02-1", "a@b.kr"))
    result = bring(book, text.format("", ""))
    assert (result.updated, result.same) == (1, 1)
    assert account(book, "한빛상사").phone == "02-1"
    assert [row.email for row in book.rows(Contact)] == ["a@b.kr"]
    assert bring(book, text.format("02-2", "")).same == 0
    assert account(book, "한빛상사").phone == "02-2"


def test_an_account_is_found_by_its_code_and_else_by_its_name(book: Book) -> None:
    with book.change("add", NOW) as change:
        change.add(Account("by-hand", "한빛 상사"))
        change.add(Account("coded", "두루물산", code="D1"))
    result = bring(book, "코드,거래처\nH1,한빛상사\nd1,두루물산 본사\n")
    assert (result.made, result.updated) == (0, 2)
    assert {row.id: (row.code, row.name) for row in book.rows(Account)} == {
        "by-hand": ("H1", "한빛상사"),
        "coded": ("d1", "두루물산 본사"),
    }


def test_two_machines_that_import_one_file_hold_the_same_rows(tmp_path: Path) -> None:
    books = [Book.open(tmp_path / f"{n}.db", tmp_path / f"data{n}", create=True) for n in (1, 2)]
    for book in books:
        bring(book, "코드,거래처,담당자\nK,한빛,가\n,두루,나\n")
        bring(book, "거래처,월,금액\n한빛,2026-01,1\n")
    for table in ("account", "contact", "amount"):
        first, second = (book.work.execute(f"SELECT id FROM {table} ORDER BY id").fetchall() for book in books)
        assert first == second != []


def test_a_name_is_never_taken_for_a_code(book: Book) -> None:
    assert bring(book, "코드,거래처\nit,가나\n,IT\n").made == 2


def test_accounts_of_one_name_and_two_codes_are_two(book: Book) -> None:
    bring(book, "코드,거래처\n1,김밥집\n2,김밥집\n")
    assert sorted(row.code for row in book.rows(Account)) == ["1", "2"]
    assert reasons(bring(book, "거래처,전화\n김밥집,02\n")) == [(2, "same_name")]


def test_a_second_row_of_one_account_brings_its_second_person(book: Book) -> None:
    text = "거래처,전화,담당자\n한빛,02-1,가나\n한빛,02-2,다라\n"
    result = bring(book, text)
    assert (result.made, result.updated, result.people_made) == (1, 1, 2)
    assert account(book, "한빛").phone == "02-1"
    assert bring(book, text).same == 2


def test_rows_that_cannot_go_in_say_why(book: Book) -> None:
    text = f"코드,거래처,전화\n1,한빛,02\n1,두루,02\n,,02\n3,가,나,다,라\n4,{'긴' * 201},02\n"
    result = bring(book, text)
    assert reasons(result) == [(3, "code_twice"), (4, "no_name"), (5, "ragged"), (6, "too_long")]
    assert result.dropped[0].text == "1 · 두루 · 02"
    assert [row.name for row in book.rows(Account)] == ["한빛"]


def test_text_of_a_file_is_text(book: Book) -> None:
    bring(book, "거래처,비고\n=cmd|' /C calc'!A0,[red]x[/]\n\x1b[31m가,'); DROP TABLE account; --\n@kind.visit,나\n")
    assert {row.name: row.note for row in book.rows(Account)} == {
        "=cmd|' /C calc'!A0": "[red]x[/]",
        "[31m가": "'); DROP TABLE account; --",
        "@kind.visit": "나",
    }
    dropped = bring(book, "거래처,월,금액\n@nobody,2026-01,1\n가나,@x,1\n@kind.visit,2026-01,@y\n")
    assert reasons(dropped) == [(2, "unknown_account"), (3, "unknown_account"), (4, "bad_amount")]
    assert "＠nobody" in Texts("ko", currency="KRW").say(dropped.dropped[0].reason)


# --- people -----------------------------------------------------------------------------------------------------------


def test_people_go_to_their_accounts_and_bring_those_that_are_missing(book: Book) -> None:
    bring(book, "코드,거래처\n1,주식회사 한빛상사\n")
    text = (
        "First Name,Last Name,Company,Job Title,E-mail Address\n"
        "바다,김,한빛상사,과장,a@b.kr\nMaria,Anders,Alfreds,Owner,\n,,한빛상사,과장,\n하늘,박,,대리,\n"
    )
    result = bring(book, text)
    assert (result.target, result.made, result.accounts_made) == ("contacts", 2, 1)
    assert reasons(result) == [(4, "no_person"), (5, "no_account")]
    assert {(row.name, row.title) for row in book.rows(Contact)} == {("김바다", "과장"), ("Maria Anders", "Owner")}
    assert account(book, "Alfreds").entered_on == "2026-11-20"
    assert bring(book, text).same == 2


# --- amounts ----------------------------------------------------------------------------------------------------------


@pytest.fixture
def firms(book: Book) -> Book:
    bring(book, "코드,거래처\n001,한빛상사\n002,두루물산\n")
    return book


def figures(book: Book) -> dict[tuple[str, str], int]:
    names = {row.id: row.name for row in book.rows(Account)}
    return {(names[row.account_id], row.month): row.amount for row in book.rows(Amount)}


def test_amounts_by_row_and_by_column_come_to_the_same(firms: Book) -> None:
    """I5: long or month columns, negative rows."""
    long = bring(firms, '거래처,월,금액\n한빛상사,2026-01,"4,500만"\n한빛상사,202602,(300)\n두루물산,2026년 2월,-\n')
    assert (long.made, long.currency) == (3, "KRW")
    expected = {("한빛상사", "2026-01"): 45_000_000, ("한빛상사", "2026-02"): -300, ("두루물산", "2026-02"): 0}
    assert figures(firms) == expected
    wide = bring(firms, '거래처,2026-01,2026년 2월,합계\n한빛상사,"45,000,000",-300,9\n두루물산,,0,9\n')
    assert (wide.target, wide.read, wide.same) == ("amounts", 3, 3)
    assert figures(firms) == expected


def test_a_column_in_units_of_ten_thousand_counts_so(firms: Book) -> None:
    bring(firms, "거래처,연도,1월(만원),2월(만원)\n한빛상사,2026,1.5,-20\n")
    assert figures(firms) == {("한빛상사", "2026-01"): 15_000, ("한빛상사", "2026-02"): -200_000}


def test_an_account_is_known_by_a_code_that_lost_its_zeros(firms: Book) -> None:
    """I2"""
    bring(firms, "거래처코드,월,금액\n1,2026-01,7\n")
    assert figures(firms) == {("한빛상사", "2026-01"): 7}


def test_amounts_that_cannot_go_in_say_why(firms: Book) -> None:
    result = bring(
        firms,
        "거래처,월,금액,건수\n없는곳,2026-01,1,\n,2026-01,1,\n한빛상사,13월,1,\n한빛상사,2026-01,많이,\n"
        "한빛상사,2026-01,,\n한빛상사,2026-01,5,2\n한빛상사,2026-01,6,\n한빛상사,2026-02,$5,\n",
    )
    assert (
        reasons(result)
        == [
            (2, "unknown_account"),
            (3, "no_account"),
            (4, "bad_month"),
            (5, "bad_amount"),
            (6, "no_amount"),
            (8, "month_twice"),
            (9, "bad_amount"),
        ]
        or result.currency == "USD"
    )
    assert figures(firms)["한빛상사", "2026-01"] == (5 if result.currency == "KRW" else 500)


def test_a_count_of_orders_stays_where_a_later_file_has_none(firms: Book) -> None:
    bring(firms, "거래처,월,금액,건수\n한빛상사,2026-01,5,2\n")
    bring(firms, "거래처,월,금액\n한빛상사,2026-01,6\n")
    assert [(row.amount, row.orders) for row in firms.rows(Amount)] == [(6, 2)]


def test_the_currency_is_fixed_by_the_first_amount(firms: Book) -> None:
    bring(firms, "거래처,월,금액\n없는곳,2026-01,1\n")
    assert firms.setting("currency") == ""
    bring(firms, "거래처,월,금액\n한빛상사,2026-01,814.5\n", currency="usd")
    assert (firms.setting("currency"), figures(firms)) == ("USD", {("한빛상사", "2026-01"): 81_450})
    bring(firms, "거래처,월,금액\n한빛상사,2026-02,7\n")
    assert figures(firms)["한빛상사", "2026-02"] == 700
    for asked, id in (("KRW", "currency_fixed"), ("dollar", "currency_unknown")):
        with pytest.raises(FieldsalesError) as caught:
            bring(firms, "거래처,월,금액\n한빛상사,2026-02,8\n", currency=asked)
        assert caught.value.message.id == f"importing.{id}"
    assert figures(firms)["한빛상사", "2026-02"] == 700


def test_orders_of_one_number_or_one_price_are_all_kept(firms: Book) -> None:
    text = (
        "거래처,주문번호,거래일,금액\n한빛상사,1,2026-01-02,5\n한빛상사,1,2026-01-02,5\n"
        "한빛상사,,2026-01-02,5\n한빛상사,,2026-01-02,5\n한빛상사,,내일,5\n"
    )
    result = bring(firms, text)
    assert (result.made, reasons(result)) == (4, [(6, "bad_day")])
    assert bring(firms, text).same == 4


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from(["001", "2", "한빛상사", "없음", ""]),
            st.sampled_from(["2026-01", "2026년 2월", "202613", ""]),
            st.sampled_from(["1", "-2", "(3)", "4만", "x", "", "9" * 30]),
        ),
        max_size=12,
    ),
    st.sampled_from(["코드", "거래처"]),
)
def test_every_row_is_made_updated_or_dropped_and_a_second_run_changes_nothing(
    firms: Book, rows: list[tuple[str, ...]], key: str
) -> None:
    text = f"{key},월,금액\n" + "".join(",".join(row) + "\n" for row in rows)
    if not any(any(row) for row in rows):
        return
    first = bring(firms, text, "amounts", currency="KRW")
    stands = figures(firms)
    second = bring(firms, text, "amounts")
    assert (second.read, second.dropped, second.same) == (first.read, first.dropped, first.made + first.updated)
    assert figures(firms) == stands


# --- as one change ----------------------------------------------------------------------------------------------------


def test_one_undo_takes_a_whole_import_back(firms: Book) -> None:
    """I4: undo restores counts."""
    bring(firms, "거래처,월,금액\n한빛상사,2026-01,5\n")
    bring(firms, "거래처,전화,담당자\n한빛상사,02-1,가나\n새곳,02-2,다라\n")
    changed = firms.undo(NOW)
    assert changed is not None
    assert {row.name: row.phone for row in firms.rows(Account)} == {"한빛상사": "", "두루물산": ""}
    assert firms.rows(Contact) == []
    firms.undo(NOW)
    assert (firms.rows(Amount), firms.setting("currency")) == ([], "")


def test_a_dry_run_counts_the_same_and_writes_nothing(firms: Book) -> None:
    before = recorded(firms)
    text = "거래처,월,금액\n한빛상사,2026-01,5\n없는곳,2026-01,5\n"
    dry = bring(firms, text, dry_run=True)
    assert (recorded(firms), firms.rows(Amount)) == (before, [])
    real = bring(firms, text)
    assert (dry.read, dry.made, dry.updated, dry.dropped, dry.dry_run) == (2, 1, 0, real.dropped, True)
    assert (real.made, dry.accounts, len(real.accounts)) == (1, frozenset(), 1)


@pytest.mark.parametrize(
    ("text", "target", "id"),
    [
        ("거래처,전화\n", None, "no_rows"),
        ("가나,다라\n1,2\n", None, "unknown_target"),
        ("거래처,전화\n한빛,1\n", "amounts", "no_amount_column"),
        ('거래처,전화\n새곳,1\n둘,"2\n', None, "open_quote"),
    ],
)
def test_a_file_that_cannot_go_in_leaves_the_book_as_it_was(
    firms: Book, text: str, target: Target | None, id: str
) -> None:
    with pytest.raises(FieldsalesError) as caught:
        bring(firms, text, target)
    assert caught.value.message.id == f"importing.{id}"
    assert all(Texts(lang, currency="KRW").say(caught.value.message) for lang in ("ko", "en"))
    assert len(firms.rows(Account)) == 2


def test_a_cp949_file_says_so_and_how_to_save_it(firms: Book) -> None:
    """I2"""
    path = firms.path.parent / "cp949.csv"
    path.write_bytes("거래처,전화\n한빛,1\n".encode("cp949"))
    with pytest.raises(FieldsalesError) as caught:
        import_file(firms, path, now=NOW, today=TODAY)
    said = Texts("ko", currency="KRW").say(caught.value.message)
    assert all(word in said for word in ("1번째 줄", "CP949", "CSV UTF-8"))


def test_progress_is_told_every_two_thousand_rows(firms: Book) -> None:
    path = firms.path.parent / "many.csv"
    path.write_text("거래처,월,금액\n" + "없는곳,2026-01,1\n" * 4_500, encoding="utf-8")
    told: list[tuple[int, int | None]] = []
    import_file(firms, path, now=NOW, today=TODAY, progress=lambda done, total: told.append((done, total)))
    assert told == [(2_000, 4_500), (4_000, 4_500), (4_500, 4_500)]


_KILLED = """
import os, signal, sys
from datetime import datetime
from pathlib import Path
from fieldsales.storage.book import Book
from fieldsales.workflows.importing import import_file
folder, now = Path(sys.argv[1]), datetime(2026, 11, 20)
book = Book.open(folder / "book.db", folder / "data")
die = lambda done, total: os.kill(os.getpid(), signal.SIGKILL) if done >= 4000 else None
import_file(book, folder / "many.csv", now=now, today=now.date(), progress=die)
"""


def test_a_program_killed_in_the_middle_leaves_the_book_as_before(tmp_path: Path) -> None:
    book = Book.open(tmp_path / "book.db", tmp_path / "data", create=True)
    bring(book, "코드,거래처\n1,한빛상사\n")
    rows = "".join(f"한빛상사,{1900 + n // 12}-{n % 12 + 1:02d},{n}\n" for n in range(6_000))
    (tmp_path / "many.csv").write_text("거래처,월,금액\n" + rows, encoding="utf-8")
    before = recorded(book)
    book.close()
    environ = os.environ | {"PYTHONPATH": str(ROOT)}
    ended = subprocess.run([sys.executable, "-c", _KILLED, str(tmp_path)], env=environ, check=False, timeout=120)
    assert ended.returncode == -9
    book = Book.open(tmp_path / "book.db", tmp_path / "data")
    assert recorded(book) == before
    assert (book.rows(Amount), len(book.rows(Account))) == ([], 1)
    assert bring(book, "거래처,월,금액\n한빛상사,2026-01,1\n").made == 1


# --- the plan ---------------------------------------------------------------------------------------------------------


def test_a_plan_gives_tiers_only_where_there_are_none(firms: Book) -> None:
    with firms.change("edit", NOW) as change:
        change.edit(Account, account(firms, "한빛상사").id, tier="A")
        change.add(Account("gone", "떠난곳", state="lost"))
    tiers = propose(firms, TODAY)
    assert tiers == {account(firms, "두루물산").id: "B"}
    changed = apply_plan(firms, {**tiers, account(firms, "한빛상사").id: "C"}, 7, NOW)
    assert {row.name: row.tier for row in firms.rows(Account)} == {"한빛상사": "A", "두루물산": "B", "떠난곳": ""}
    assert (firms.rules().daily, changed.accounts) == (7, frozenset({account(firms, "두루물산").id}))
    firms.undo(NOW)
    assert account(firms, "두루물산").tier == ""


def test_the_plan_says_whether_the_days_are_enough(book: Book) -> None:
    said = []
    for count in (0, 5, 40, 80):
        if count:
            bring(book, "거래처,등급\n" + "".join(f"{n}호,A\n" for n in range(count)))
        made = plan(book, TODAY, 3)
        assert made.counts == {"A": count, "B": 0, "C": 0}
        said.append((made.sentence.id.rpartition(".")[2], Texts("ko", currency="KRW").say(made.sentence)))
    assert [id for id, _ in said] == ["nothing", "weekly", "fits", "tight"]
    assert said[3][1].startswith("하루 6곳꼴이라 3곳으로는 모자라요")
