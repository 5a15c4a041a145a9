"""Commands of the book itself: what came in, the edits of a row, the book as of a day, and bringing old values back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime
from typing import TYPE_CHECKING

from fieldsales.domain.cells import flat, joinable, label, thing, words
from fieldsales.domain.model import TABLES, FieldsalesError, Lesson, Message
from fieldsales.domain.operations import DELETED
from fieldsales.domain.text import clean
from fieldsales.ui.actions.desk import Desk
from fieldsales.ui.commands import LOOKING
from fieldsales.ui.screens.edits import EditsSheet, EditView
from fieldsales.ui.screens.form import FieldSpec, FormSheet
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.screens.review import CellView, ReviewSheet, SideView
from fieldsales.ui.widgets.parts import fit, wrap

if TYPE_CHECKING:
    from collections.abc import Mapping

    from fieldsales.domain.operations import Value
    from fieldsales.locale import Texts
    from fieldsales.storage.arriving import Incoming
    from fieldsales.storage.book import Book
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.past import Difference, Past
    from fieldsales.workflows.review import Choice, Entry, History, Names, OpenCell, Review

MACHINES = 2  # named in one sentence


# --- what came in ----------------------------------------------------------------------------------------------------


def came_in(t: Texts, incoming: Incoming) -> str:
    """What is said when something came in from elsewhere."""
    if incoming.trouble is not None and not incoming.operations:
        return t.say(incoming.trouble)
    names = [flat(name) for name, _ in incoming.sites if name]
    who = ", ".join(names[:MACHINES])
    if not incoming.operations:
        text = ""
    elif not who:
        text = t("review.came_in.nobody", n=incoming.operations)
    elif len(names) > MACHINES:
        text = t("review.came_in.more", who=who, others=len(names) - MACHINES, n=incoming.operations)
    else:
        text = t("review.came_in", who=who, n=incoming.operations)
    if incoming.conflicts:
        text += " " + t("review.came_in.look", n=incoming.conflicts)
    if incoming.erased:
        text += " " + t("review.came_in.erased")
    if incoming.named:
        text += " " + t("review.came_in.named", n=incoming.named)
    return text.strip()


def machine(t: Texts, label: str) -> str:
    return flat(label) or t("review.here")


def when(t: Texts, moment: str) -> str:
    return t("edits.when", day=moment[:10], time=moment[11:16])


def review(app: FieldsalesApp) -> None:
    """g: the cells that two sides wrote apart; where there are none, what other machines wrote last."""
    from fieldsales.workflows.review import Review

    t, desk = app.t, present(app)
    work = Review(desk.book)
    if not work.cells:
        others(app)
        return

    def view(item: object) -> CellView:
        return cell_view(t, work, item)  # type: ignore[arg-type]

    def choose(item: object, number: int) -> None:
        cell: OpenCell = item  # type: ignore[assignment]
        choices = work.choices(cell)
        settle(app, sheet, work, lambda: work.choose(cell, choices[number].value, desk.now).changed)

    def cells() -> list[OpenCell]:
        work.refresh()
        return work.cells

    sheet = ReviewSheet(t, cells, view, choose, work)
    app.open_sheet(sheet)


def settle(app: FieldsalesApp, sheet: ReviewSheet, work: Review, do: Callable[[], object]) -> None:
    """Settle cells, show the next one, and close once the last is settled."""
    from fieldsales.domain.model import Changed

    try:
        changed = do()
    except FieldsalesError as error:
        app.say(app.t.say(error.message))
        return
    assert isinstance(changed, Changed)
    app.tell(None, changed)  # shows the review anew as well
    if not sheet.go_on():
        sheet.dismiss(None)
        app.call_later(app.tell, Message("review.all_done", {"n": len(work.cells)}))


def title_of(t: Texts, names: Names, account_id: str, table: str, values: Mapping[str, Value], column: str) -> str:
    """Which account, which thing of it, and which field."""
    parts = [flat(names("account", account_id))] if table != "account" else []
    parts.append(thing(t, table, values))
    if column:
        parts.append(label(t, table, column))
    return " · ".join(part for part in parts if part)


def cell_view(t: Texts, work: Review, cell: OpenCell) -> CellView:
    row = cell.column == DELETED
    title = title_of(t, work.names, cell.account_id, cell.table, work.values(cell), "" if row else cell.column)

    def worded(value: Value) -> str:
        if row:
            return t("review.row_goes" if value else "review.row_stays")
        return words(t, cell.table, cell.column, value, work.names)

    def side(choice: Choice) -> SideView:
        text = worded(choice.value)
        if row and not choice.value:
            written = [label(t, cell.table, column) for column in choice.columns]
            if written:
                text += " " + t("review.written", what=", ".join(written[:6]))
            elif choice.columns == ():
                text += " " + t("review.used")
            if choice.below:
                text += " " + t("review.below", n=choice.below)
        return SideView(text, machine(t, choice.machine), when(t, choice.moment), choice.stands and not row)

    clash = work.clash(cell)
    before = None
    if clash is not None and clash.before_known and not row:
        before = worded(clash.before)
    chosen = None
    if work.settled(cell):
        chosen = t("review.chosen", value=worded(work.chosen(cell)) or t("review.empty"))
    return CellView(
        title,
        tuple(side(choice) for choice in work.choices(cell)),
        before,
        chosen,
        not row and joinable(cell.column),
        row,
    )


def _review_on(app: FieldsalesApp) -> tuple[ReviewSheet, Review, OpenCell] | None:
    """The review that is open and the cell under its cursor."""
    from fieldsales.workflows.review import OpenCell, Review

    sheet = app.screen
    if not isinstance(sheet, ReviewSheet):
        return None
    work, cell = sheet.work, sheet.current
    return (sheet, work, cell) if isinstance(work, Review) and isinstance(cell, OpenCell) else None


class JoinSheet(FormSheet):
    """A joined text before it stands: it may be changed, and is saved as any form is."""


def join(app: FieldsalesApp) -> None:
    """b: both texts in one, shown before it stands."""
    found = _review_on(app)
    if found is None:
        return
    sheet, work, cell = found
    joined = work.joined(cell)
    if joined is None:
        app.tell(Message("review.not_joinable"))
        return
    t, desk = app.t, present(app)
    column = label(t, cell.table, cell.column)

    clash = work.clash(cell)
    stamp = clash.standing.stamp if clash is not None else (0, 0)
    target = f"{cell.table}:{cell.id}:{cell.column}:{stamp[0]}"

    def submit(values: dict[str, str]) -> Message | None:
        desk.book.drop_draft("join", target)
        app.call_later(settle, app, sheet, work, lambda: work.choose(cell, values["text"], desk.now).changed)
        return None

    app.open_sheet(
        JoinSheet(
            t,
            sheet.view_of(cell).title,
            [FieldSpec("text", column, "long", clean(joined.text, long=True))],
            app.guarded(submit),
            note=t("review.joined" if joined.clean else "review.joined_both"),
            keep=lambda values: desk.book.save_draft("join", target, values),
            draft=desk.book.draft("join", target),
        )
    )


def leave_rest(app: FieldsalesApp) -> None:
    """x: what is still open keeps the value that stands, all at once."""
    found = _review_on(app)
    if found is not None:
        sheet, work, _ = found
        settle(app, sheet, work, lambda: work.leave_rest(present(app).now)[1].changed)


def in_full(app: FieldsalesApp) -> None:
    """Space: the line under the cursor in full."""
    sheet = app.screen
    if isinstance(sheet, ReviewSheet | EditsSheet):
        source = sheet

        def rows(width: int) -> list[ReadRow]:
            return [ReadRow((line,)) for line in source.whole(max(20, width - 8))]

        read = ReadSheet(app.t, lambda: [(app.t("review.whole"), "strong")], rows)
        app.open_sheet(read)


# --- the edits of a row ----------------------------------------------------------------------------------------------


def history(app: FieldsalesApp) -> None:
    """h: the edits of the row under the cursor of a page, of the chosen lesson, or of the account with all its rows."""
    from fieldsales.workflows.review import History

    t, book = app.t, present(app).book
    table, id = app.chosen_row if app.context == "page" else ("", "")
    found = _review_on(app)
    if found is not None:
        table, id = found[2].table, found[2].id
    elif app.context == "lessons" and app.main is not None and isinstance(app.main.lines.current, Lesson):
        table, id = "lesson", app.main.lines.current.id
    account_id = app.account_id
    if not table and not account_id:
        app.tell(Message("app.no_account"))
        return
    row = table in TABLES

    def make() -> History:
        return History.of_row(book, table, id) if row else History.of_account(book, account_id)

    made = make()
    name = flat(made.names("account", account_id))
    title = t("edits.title", name=name) if name else t("cmd.history")
    if row and made.entries:
        title += " · " + thing(t, table, made.values(made.entries[0]))
    open_edits(app, title, make, made, account_id, "row" if row else "account")


def others(app: FieldsalesApp) -> None:
    """What other machines wrote last."""
    from fieldsales.workflows.review import History

    book = present(app).book
    made = History.of_others(book)
    if not made.entries:
        app.tell(Message("review.nothing"))
        return
    open_edits(app, app.t("edits.others"), lambda: History.of_others(book), made, "", "book")


def open_edits(
    app: FieldsalesApp,
    title: str,
    make: Callable[[], History],
    made: History,
    account_id: str,
    whose: str,
) -> None:
    """`whose` edits they are: of a `row`, of an `account`, of the whole `book`; so much the lines need not say."""
    from fieldsales.workflows.review import bring_back

    t, desk = app.t, present(app)
    shown = [made]
    read = False

    def items() -> list[Entry]:
        nonlocal read
        if read:
            shown[0] = make()
        read = True
        return shown[0].entries

    def view(item: object) -> EditView:
        return edit_view(t, shown[0], item, whose)  # type: ignore[arg-type]

    def bring(item: object) -> None:
        entry: Entry = item  # type: ignore[assignment]
        try:
            done = bring_back(desk.book, entry, desk.now)
        except FieldsalesError as error:
            app.say(t.say(error.message))
            return
        if done is None:
            app.tell(Message("edits.stands"))
            return
        told = Message("edits.row_back", {"n": done.rows})
        if done.column:
            text = words(t, entry.table, done.column, done.value, made.names) or t("review.empty")
            field = label(t, entry.table, done.column)
            told = Message("edits.back", {"field": field, "value": fit(text, 40).rstrip()})
        app.tell(told, done.change.changed)

    app.open_sheet(EditsSheet(t, title, items, view, bring, empty=t("edits.none"), account_id=account_id))


def edit_view(t: Texts, made: History, entry: Entry, whose: str) -> EditView:
    values = made.values(entry)
    names = made.names
    known = whose == "row" or (whose == "account" and entry.table == "account")
    what = "" if known and entry.column else thing(t, entry.table, values)
    if whose == "book" and entry.table != "account":
        what = f"{flat(names('account', str(values.get('account_id') or '')))} · {what}".removeprefix(" · ")
    moment, who = when(t, entry.moment), machine(t, entry.machine)
    act = t(f"deed.{entry.act}") if t.has(f"deed.{entry.act}") else t("deed.other")
    if not entry.column:
        told = t("edits.gone" if entry.gone else "edits.made", what=what)
        if entry.gone and made.gone(entry):
            told = t("edits.gone_now", what=what)
        return EditView(told, None, None, moment, who, act, "caution" if entry.gone else "good")
    field = label(t, entry.table, entry.column)
    before, after = (words(t, entry.table, entry.column, value, names) for value in (entry.before, entry.after))
    name = " · ".join(part for part in (what, field) if part)
    return EditView(name, before, after, moment, who, act)


# --- the book as of a day --------------------------------------------------------------------------------------------


def present(app: FieldsalesApp) -> Desk:
    """The desk of the user's book, also while another one is looked at."""
    return app.desk.behind or app.desk


def past(app: FieldsalesApp) -> None:
    """The whole book as it was on a day, to be looked at."""
    _ask_day(app, lambda day: show_day(app, day))


def show_day(app: FieldsalesApp, day: date) -> None:
    from fieldsales.workflows.past import end_of

    desk = present(app)
    told = Message("past.standing", {"day": day.isoformat()})
    book = desk.book.as_of(end_of(day, desk.now))
    if book.is_empty():
        book.close()
        app.tell(Message("past.empty", {"day": day.isoformat()}))
        return
    book.today = day
    look_into(app, _desk_of(app, book, day, told))


def _desk_of(app: FieldsalesApp, book: Book, day: date, told: Message) -> Desk:
    """A desk on a book that is only looked at, with the present one behind it; its clock stands on the day."""
    desk = present(app)

    def clock() -> datetime:
        return datetime.combine(day, desk.now.time())

    return Desk(book, app.t, clock, desk.places, desk.config, desk.demo, told, desk)


def look_into(app: FieldsalesApp, desk: Desk) -> None:
    """Open the panes on a book that is only looked at. The present one stays open behind it."""
    if app.desk.behind is not None:
        app.desk.book.close()
    account_id = app.account_id
    app.desk = desk
    app.t.today = desk.today
    app.reopen()
    app.begin_background()
    if app.main is not None and account_id:
        app.call_after_refresh(app.show_account, account_id)


def come_back(app: FieldsalesApp) -> None:
    """Esc: from a book that was only looked at back to the present one."""
    behind = app.desk.behind
    if behind is None:
        return
    looked_at, account_id = app.desk.book, app.account_id
    app.desk = behind
    app.t.today = behind.today
    app.reopen()
    looked_at.close()
    app.begin_background()
    if app.main is not None and account_id:
        app.call_after_refresh(app.show_account, account_id)


def _ask_day(app: FieldsalesApp, go: Callable[[date], None]) -> None:
    from fieldsales.domain.when_past import find_past

    t, today = app.t, present(app).today

    def day_of(text: str) -> date | None:
        try:
            return date.fromisoformat(text.strip())
        except ValueError:
            found = find_past(text, today)
            return found.day if found is not None and found.day_said else None

    def read(text: str) -> str:
        day = day_of(text)
        return t("past.read", day=day.isoformat()) if day else t("past.bad")

    def take(text: str) -> Message | None:
        day = day_of(text)
        if day is None or day > today:
            return Message("past.bad" if day is None else "past.ahead")
        app.call_later(go, day)
        return None

    app.push_screen(Prompt(t, t("past.question"), take, hint=t("past.hint"), read=read, jamo=app.jamo))


def bring_back_then(app: FieldsalesApp) -> None:
    """What differs at the account between a day and now; Enter brings one thing back into the present book."""
    account_id = app.account_id
    if not account_id:
        app.tell(Message("app.no_account"))
    elif app.desk.behind is not None:
        _show_differences(app, account_id, app.desk, close=False)
    else:
        _ask_day(app, lambda day: _differences_of(app, account_id, day))


def _differences_of(app: FieldsalesApp, account_id: str, day: date) -> None:
    from fieldsales.workflows.past import end_of

    book = app.desk.book.as_of(end_of(day, app.desk.now))
    told = Message("past.standing", {"day": day.isoformat()})
    _show_differences(app, account_id, _desk_of(app, book, day, told), close=True)


def _show_differences(app: FieldsalesApp, account_id: str, then: Desk, close: bool) -> None:
    from fieldsales.workflows.past import Past
    from fieldsales.workflows.review import Names

    t, desk = app.t, present(app)
    work = Past(then.book, desk.book, account_id)
    names = Names(then.book)

    def items() -> list[Difference]:
        work.refresh()
        return work.differences

    def bring(item: object) -> None:
        difference: Difference = item  # type: ignore[assignment]
        try:
            change, rows = work.bring_back(difference, desk.now)
        except FieldsalesError as error:
            app.say(t.say(error.message))
            return
        told = Message("edits.row_back", {"n": rows})
        if difference.column:
            text = words(t, difference.table, difference.column, difference.then, names) or t("review.empty")
            field = label(t, difference.table, difference.column)
            told = Message("edits.back", {"field": field, "value": fit(text, 40).rstrip()})
        app.tell(told, change.changed)

    title = t("past.differences", name=flat(names("account", account_id)), day=then.today.isoformat())
    sheet = EditsSheet(
        t,
        title,
        items,
        lambda item: difference_view(t, work, names, item),  # type: ignore[arg-type]
        bring,
        empty=t("past.same"),
        account_id=account_id,
    )
    sheet.masked = app.masked
    app.push_screen(sheet, (lambda _: then.book.close()) if close else None)


def difference_view(t: Texts, work: Past, names: Names, difference: Difference) -> EditView:
    table, column = difference.table, difference.column
    what = thing(t, table, work.rows.get((table, difference.id), {}))
    if not column:
        return EditView(t("edits.gone_now", what=what), role="caution")
    now, then = (words(t, table, column, value, names) for value in (difference.now, difference.then))
    parts = [what] if table != "account" else []
    return EditView(" · ".join([*parts, label(t, table, column)]), now, then)


def blocked(app: FieldsalesApp, id: str) -> bool:
    """Whether a command would write into a book that is only looked at. Enter on a row shows it instead."""
    if not app.desk.book.read_only:
        return False
    if id == "open":
        return _read_row(app)
    if id == "undo" and isinstance(app.screen, EditsSheet):  # what was brought back went into the present book
        changed = present(app).book.undo(present(app).now)
        app.tell(Message("app.undone" if changed is not None else "app.nothing_to_undo"), changed)
        return True
    if id in LOOKING:
        return False
    app.tell(Message("book.read_only"))
    return True


def _read_row(app: FieldsalesApp) -> bool:
    """In a book that is only looked at Enter on a row of a page or on a lesson shows it; whether it was such."""
    table, id = app.chosen_row if app.context == "page" else ("", "")
    if app.context == "lessons" and app.main is not None and isinstance(app.main.lines.current, Lesson):
        table, id = "lesson", app.main.lines.current.id
    if app.context in {"case", "prep"}:
        app.tell(Message("book.read_only"))
        return True
    if not table:
        return False
    row = app.desk.book.get(TABLES[table], id)
    if row is None:
        return False
    from fieldsales.workflows.review import Names

    t, names = app.t, Names(app.desk.book)
    columns = [name for name in getattr(type(row), "__slots__") if name not in ("id", "account_id")]  # noqa: B009
    values = {name: getattr(row, name) for name in columns}
    usual = type(row)("")

    def rows(width: int) -> list[ReadRow]:
        out = []
        for name in columns:
            text = words(t, table, name, values[name], names) if values[name] != getattr(usual, name) else ""
            for number, piece in enumerate(wrap(text, max(20, width - 30)) if text else ()):
                out.append(ReadRow(((fit(label(t, table, name) if number == 0 else "", 22), "dim"), (piece, ""))))
        return out

    title = thing(t, table, values)
    sheet = ReadSheet(t, lambda: [(title, "strong")], rows, account_id=app.account_id)
    app.open_sheet(sheet)
    return True


# --- keys of the sheets ----------------------------------------------------------------------------------------------


def take(app: FieldsalesApp, number: int) -> None:
    """1, 2: a value of the cell under the cursor."""
    if isinstance(app.screen, ReviewSheet):
        app.screen.take(number)


def bring(app: FieldsalesApp) -> None:
    """Enter: bring back what the edit under the cursor replaced."""
    if isinstance(app.screen, EditsSheet):
        app.screen.action_bring()
