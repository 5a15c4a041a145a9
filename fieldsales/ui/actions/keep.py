"""Keeping the book safe: the day's backup, looking the book over, a damaged book, a book opened from elsewhere."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.storage.book import Book
from fieldsales.storage.errors import BookElsewhere
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import fit, wrap

if TYPE_CHECKING:
    from fieldsales.storage.errors import BookError
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.keeping import Finding

LABEL = 12  # cells of the first column of the check


# --- backups --------------------------------------------------------------------------------------------------------


def back_up(app: FieldsalesApp) -> None:
    """Now and then: take the day's backup where it is due, in a thread of its own."""
    desk = app.desk
    if app._over or desk is None or desk.demo or desk.book.read_only or not app.options.trace:
        return
    folder = desk.book.folder
    seq = desk.book.change_seq

    def take() -> None:
        from fieldsales.workflows import keeping

        told = [keeping.backup_trouble(folder), keeping.daily(folder) if keeping.is_due(folder, seq) else None]
        for message in told:
            if message is not None and message.id not in app.backup_told:
                app.backup_told.add(message.id)
                app.call_from_thread(app.tell, message)

    app.run_worker(take, thread=True, group="backup", exclusive=True, exit_on_error=False)


# --- looking it over ------------------------------------------------------------------------------------------------


def check(app: FieldsalesApp) -> None:
    """수첩 점검: every thing looked at on a sheet, found out in a thread of its own."""
    desk, t = app.desk, app.t
    if desk.book.read_only or not app.options.trace:
        app.tell(Message("book.read_only" if desk.book.read_only else "keep.no_trace"))
        return
    book = desk.book
    folder = book.folder
    findings: list[Finding] = []

    def rows(width: int) -> list[ReadRow]:
        if not findings:
            return [ReadRow(((t("check.busy"), "dim"),))]
        bad = sum(not finding.ok for finding in findings)
        last = t("check.some", n=bad) if bad else t("check.all_fine")
        out = [ReadRow(((last, "caution" if bad else "strong"),)), ReadRow()]
        for finding in sorted(findings, key=lambda one: one.ok):
            mark, role = ("check.fine", "dim") if finding.ok else ("check.look", "caution")
            for number, piece in enumerate(wrap(t.say(finding.message), max(20, width - LABEL - 8))):
                label = fit(t(mark) if number == 0 else "", LABEL)
                out.append(ReadRow(((label, role), (piece, "dim" if finding.ok else ""))))
        return out

    sheet = ReadSheet(t, lambda: [(t("check.title"), "strong")], rows)
    reason, path, now = book.status.reason, book.path, desk.now

    def look() -> None:
        from fieldsales.workflows import keeping

        try:
            found = keeping.look_over(folder, path, reason, now)
        except (FieldsalesError, OSError) as error:
            told = error.message if isinstance(error, FieldsalesError) else Message("book.device")
            app.call_from_thread(app.tell, told)
            return
        app.call_from_thread(show, found)

    def show(found: list[Finding]) -> None:
        findings.extend(found)
        if sheet.is_attached:
            sheet.reload()

    app.open_sheet(sheet)
    app.run_worker(look, thread=True, group="check", exit_on_error=False)


# --- a book that cannot simply be opened ----------------------------------------------------------------------------


def offer(app: FieldsalesApp, error: BookError) -> None:
    """The ways on from a book that is damaged, or that has its place elsewhere."""
    if isinstance(error, BookElsewhere):
        _elsewhere(app, Path(str(error.message.args["path"])), Path(str(error.message.args["home"])))
    else:
        _damaged(app)


def _damaged(app: FieldsalesApp) -> None:
    from fieldsales.ui.screens.crossroads import Crossroads
    from fieldsales.workflows import keeping

    t, path, data = app.t, app.path, app.options.places.data
    folder = keeping.folder_of(path, data)
    busy: list[str] = []

    def choose(way: str) -> None:
        if way == "quit" or folder is None:
            app.exit(0)
            return
        if not busy:
            busy.append(way)
            screen.say(t("damaged.looking"))
            app.run_worker(partial(go, way), thread=True, group="salvage", exit_on_error=False)

    def go(way: str) -> None:
        """In a thread: it may take seconds. The book itself is opened where it is used."""
        assert folder is not None
        today = app.clock().date()
        try:
            if way == "look":
                with TemporaryDirectory(prefix="fieldsales-") as made:
                    keeping.unite_saved(folder, path, Path(made) / path.name)
                    app.call_from_thread(
                        lambda: app.change_book(Book.look(Path(made) / path.name, today), Message("damaged.only_look"))
                    )
                return
            done = keeping.bring_back(folder, path, app.clock())
            app.call_from_thread(lambda: app.change_book(Book.open(path, data, today=today, background=True)))
            app.call_from_thread(app.tell, Message("damaged.done", {"n": done.operations}))
        except FieldsalesError as error:
            app.call_from_thread(screen.say, t.say(error.message))
        except OSError as error:
            why = error.strerror or ""
            app.call_from_thread(screen.say, t("check.no_access", what=t("check.working"), why=why))
        finally:
            busy.clear()

    def look() -> None:
        assert folder is not None
        with keeping.saved_from(folder, path) as sources:
            facts = [(t(f"keep.source.{one.kind}"), t("keep.source", at=one.at, n=one.operations)) for one in sources]
        app.call_from_thread(show, facts)

    def show(facts: list[tuple[str, str]]) -> None:
        if screen.is_attached:
            screen.show(facts, ["rebuild", "look", "quit"] if facts else ["quit"])
            screen.say("" if facts else t("damaged.nothing"))

    screen = Crossroads(t, "damaged", ["quit"], choose)
    screen.notice = t("damaged.looking")
    app.push_screen(screen)
    if folder is not None:
        app.run_worker(look, thread=True, group="salvage", exit_on_error=False)


def _elsewhere(app: FieldsalesApp, path: Path, home: Path) -> None:
    from fieldsales.ui.screens.crossroads import Crossroads
    from fieldsales.workflows import keeping

    t, data = app.t, app.options.places.data

    def choose(way: str) -> None:
        if way == "quit":
            app.exit(0)
            return
        today = app.clock().date()
        try:
            if way == "look":
                app.change_book(Book.look(path, today), Message("elsewhere.only_look"))
                return
            if way == "copy":
                book = keeping.as_new_book(path, data, today)
                told = Message("elsewhere.copied", {"path": str(book.path)})
            else:
                book = Book.open(home, data, today=today, background=True)
                result = book.merge(path)
                told = Message("elsewhere.merged_nothing", {"name": path.name})
                if result.operations:
                    told = Message("elsewhere.merged", {"name": path.name, "n": result.operations})
        except FieldsalesError as error:
            screen.say(t.say(error.message))
            return
        app.path = book.path
        app.change_book(book)
        app.call_later(app.tell, told)

    facts = [(t("elsewhere.path"), str(path)), (t("elsewhere.home"), str(home))]
    screen = Crossroads(t, "elsewhere", ["merge", "look", "copy", "quit"], choose, facts)
    app.push_screen(screen)
