"""마음 한 줄 (S0-35): written for oneself, and in nothing that is handed to anybody. Only one's own backup holds it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path
from unittest import mock

import pytest
from two_copies import copy_of, take

from fieldsales.cli import build, run
from fieldsales.domain import reports
from fieldsales.domain.model import (
    Account,
    CaseEvent,
    Cause,
    ChurnCase,
    Contact,
    Cover,
    Lesson,
    Offer,
    Signal,
    Task,
)
from fieldsales.locale import Texts
from fieldsales.storage.book import Book
from fieldsales.workflows.churn import case_file
from fieldsales.workflows.reports import report_lines, report_text
from fieldsales.workflows.whole import export_book

DAY = "2026-11-20"
NOW = datetime(2026, 11, 20, 9, 20)
SECRET = "억장이 무너져 차에서 한참을 울었다"
OTHER = "분해서 잠을 못 잤다"


def fill(book: Book) -> None:
    """An account with a case in which everything is told, and private lines wherever a lesson can stand."""
    with book.change("setup", NOW) as change:
        change.add(Account("a", "새녘물산", tier="A", entered_on="2026-01-05", relation="hurt"))
        change.add(Contact("c", "a", "문도균", "차장", temper="말씀이 적음"))
        change.add(
            ChurnCase(
                "k", "a", heard_at="2026-11-19T09:12", heard_from="c", started_at="2026-11-19T09:20", lost_amount=100
            )
        )
        change.add(CaseEvent("e", "k", "2026-11-19T09:26", "note", "적어 둔 말"))
        change.add(Cause("u", "a", "k", "c", "neglect", "못 챙김", main=1, certainty="confirmed", control="yes"))
        change.add(Offer("o", "a", "k", day=DAY, text="물량 절반", amount=50, answer="accepted"))
        change.add(Cover("v", "a", "k", name="미리별로보틱스", amount=60, state="signed", month="2026-12"))
        change.add(Signal("s", "a", kind="complaint", text="늦었다", day="2026-10-31"))
        change.add(
            Lesson(
                "l",
                "a",
                "c",
                "k",
                DAY,
                line="그 주에 인사",
                mistake="못 감",
                todo="찾아보기",
                feeling=SECRET,
                cause="neglect",
                tags="churn,complaint",
                pinned=1,
                helped=2,
            )
        )
        change.add(Lesson("alone", "a", "c", "k", DAY, feeling=OTHER, pinned=1, helped=5, tags="churn"))
        change.add(Task("t", "a", kind="prevent", title="찾아보기", lesson_id="l", due_on=DAY))
    with book.change("lesson", NOW) as change:
        change.edit(Lesson, "l", feeling=SECRET + "..")  # so that there is an edit of it, too


@contextmanager
def the_book(folder: Path) -> Iterator[Book]:
    with mock.patch("os.fsync"):
        book = Book.open(folder / "home" / "fieldsales.db", folder / "home" / "data", create=True, today=NOW.date())
    try:
        fill(book)
        yield book
    finally:
        book.close()


def tells(text: str) -> bool:
    return any(secret in text or json.dumps(secret)[1:-1] in text for secret in (SECRET, OTHER))


REPORTS = ("first", "update", "recovery", "questions", "full", "request")

# Every command, with what makes it print as much as it can. One that is not here fails the test below.
RUNS: dict[str, tuple[tuple[str, ...], ...]] = {
    "today": (("today",),),
    "accounts": (("accounts", "--all"),),
    "show": (("show", "새녘"), ("show", "새녘", "--mask")),
    "log": (("log", "새녘", "call", "--heard", "다시 보자", "--with", "문도균"),),
    "add": (("add", "가온상사"),),
    "merge": (("merge", "{copy}", "--dry-run"),),
    "import": (("import", "{csv}", "--as", "accounts", "--dry-run"),),
    "history": (("history", "새녘"),),
    "conflicts": (("conflicts",),),
    "report": tuple(("report", "새녘", "--kind", kind) for kind in REPORTS),
    "checklists": (("checklists",), ("checklists", "churn.ko")),
    "erase": (("erase", "새녘", "--dry-run"), ("erase", "새녘", "--person", "문도균", "--dry-run")),
    "backup": (("backup", "--list"),),
    "restore": (("restore", "newest", "--merge", "--dry-run"),),
    "check": (("check",),),
    "keys": (("keys",),),
}  # fmt: skip
NO_WORDS = {"demo", "tour"}  # another book, and no text
THE_BACKUP = {"export"}


def test_every_command_is_looked_at() -> None:
    """S0-35: a new command must say here how it is tried."""
    import click

    texts = Texts("ko")
    group = build(texts)
    names = set(group.list_commands(click.Context(group)))
    assert names == set(RUNS) | NO_WORDS | THE_BACKUP


@pytest.mark.parametrize("lang", ["ko", "en"])
@pytest.mark.parametrize("as_json", [False, True])
def test_no_command_prints_the_private_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], lang: str, as_json: bool
) -> None:
    """S0-35: `show --json` and `report` among them."""
    monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path / "home"))
    capsys.readouterr()
    assert run(["--today", DAY, "--lang", lang, "add", "새녘물산", "--person", "문도균"]) == 0
    path = tmp_path / "home" / "fieldsales.db"
    assert path.exists()
    capsys.readouterr()
    with mock.patch("os.fsync"):
        book = Book.open(path, places_data(tmp_path), today=NOW.date())
    with book.change("clear", NOW) as change:
        for person in book.rows(Contact):
            change.remove(Contact, person.id)
        for account in book.rows(Account):
            change.remove(Account, account.id)
    fill(book)
    book.publish_now()
    book.close()
    copy = tmp_path / "copy.db"
    copy.write_bytes(path.read_bytes())
    table = tmp_path / "firms.csv"
    table.write_text("이름\n가온상사\n", encoding="utf-8")
    tried = 0
    for runs in RUNS.values():
        for argv in runs:
            words = [word.format(copy=copy, csv=table) for word in argv]
            run(["--today", DAY, "--lang", lang, *(["--json"] if as_json else []), *words])
            out, err = capsys.readouterr()
            assert not tells(out + err), argv
            tried += "새녘물산" in out
    assert tried >= 8


def places_data(folder: Path) -> Path:
    """The private data of a home of its own."""
    return next(path.parent for path in (folder / "home").rglob("books") if path.is_dir())


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_text_for_others_holds_the_private_line(tmp_path: Path, lang: str) -> None:
    """S0-35: every kind of report, as it is shown and as it is copied."""
    t = Texts(lang)
    with the_book(tmp_path) as book:
        file = case_file(book, "k")
        assert any(one.feeling for one in file.lessons)  # it is handed over, and not told
        for kind in REPORTS:
            made = reports.make_report(kind, file, NOW, book.rules(), boss="팀장님")
            words = "\n".join(report_lines(made, t)) + report_text(made, t)
            assert words and not tells(words), kind


def test_the_own_backup_holds_it_and_says_so(tmp_path: Path) -> None:
    """S0-35, I14: the one place besides the book's own files, meant for nobody else."""
    for lang in ("ko", "en"):
        t = Texts(lang)
        assert {"ko": "마음", "en": "private"}[lang] in t("whole.holds_all")
        assert {"ko": "백업", "en": "backup"}[lang] in t("lesson.feeling.hint")
    with the_book(tmp_path) as book:
        export_book(book, tmp_path / "out", "json", NOW, "", lambda *_: None)
    kept = {path.name for path in (tmp_path / "out").iterdir() if tells(path.read_text(encoding="utf-8"))}
    assert kept == {"lesson.json", "op.json"}


def test_nothing_the_rules_say_holds_it(tmp_path: Path) -> None:
    """S0-35: page, agenda, first screen of a case and debrief."""
    from fieldsales.domain import lessons as rules
    from fieldsales.domain.brief import brief
    from fieldsales.domain.churn import draft
    from fieldsales.domain.playbooks import parse_playbook
    from fieldsales.playbooks import find_playbook

    today = date.fromisoformat(DAY)
    with the_book(tmp_path) as book:
        history, lessons = book.history("a"), book.lessons()
        page = brief(history, lessons, today, causes=("neglect",))
        assert not tells(str(page))
        made = draft(history, parse_playbook(find_playbook("churn.ko")), NOW, lessons=lessons)
        assert [rules.helping_line(one) for one in made.lessons] == ["그 주에 인사"]
        assert not tells(str(rules.debrief(case_file(book, "k"), today)))
        shown = [rules.lesson_line(one) for one in lessons]
        assert sorted(shown) == ["", "그 주에 인사"]
        pinned = book.pinned_lesson(today)
        assert pinned is not None and pinned.id == "l"


@pytest.mark.parametrize("as_json", [False, True])
def test_a_private_line_written_on_both_sides_is_listed_without_its_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], as_json: bool
) -> None:
    """S0-35: it is chosen on the screen, where nobody else reads along."""
    monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path / "home"))
    assert run(["--today", DAY, "add", "새녘물산"]) == 0
    path = tmp_path / "home" / "fieldsales.db"
    with mock.patch("os.fsync"):
        book = Book.open(path, places_data(tmp_path), today=NOW.date())
        with book.change("lesson", NOW) as change:
            change.add(Lesson("l", day=DAY, line="그 주에 인사", feeling="처음"))
        other = copy_of(book, tmp_path)
        for one, words in ((book, SECRET), (other, OTHER)):
            with one.change("lesson", NOW) as change:
                change.edit(Lesson, "l", feeling=words)
        take(book, other)
        book.publish_now()
        other.close()
        book.close()
    capsys.readouterr()
    assert run(["--today", DAY, *(["--json"] if as_json else []), "conflicts"]) == 0
    out = capsys.readouterr().out
    assert "그 주에 인사" in out or '"feeling"' in out
    assert not tells(out)
