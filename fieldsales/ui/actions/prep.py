"""준비표: choose the checklist that fits, tick it, write on it, copy it, put it away."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.model import History, Message, Sheet, SheetItem
from fieldsales.ui.actions.agenda import line_of, open_log, the_account
from fieldsales.ui.actions.asking import ask
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.prep import PrepLine, PrepSheet, PrepView
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import wrap

if TYPE_CHECKING:
    from fieldsales.domain.brief import Piece
    from fieldsales.domain.playbooks import Playbook
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.sheets import Listed

ORDER = ("aftercare", "quarter", "half_year", "greeting", "joint")
KEPT = 5  # sheets put away that are offered to be read
HALF_YEAR = 6  # months that the sheet of a half-year meeting looks back, another one three


def folder_of(app: FieldsalesApp) -> Path:
    """Where the user's own checklists are."""
    return app.desk.places.config / "playbooks"


def boss_of(app: FieldsalesApp) -> str:
    return app.desk.config.reports_to or app.t("word.boss")


# --- choosing -------------------------------------------------------------------------------------------------------


def prepare(app: FieldsalesApp) -> None:
    """p: the sheets of the account in front of the user; the one that fits the line of 오늘 stands first."""
    from fieldsales.workflows.sheets import sheets_of

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk

    def rows(width: int) -> list[ReadRow]:
        return _choices(app, account_id, width)

    def open_row(opens: str) -> None:
        kind, _, id = opens.partition(":")
        sheet.dismiss(None)
        if kind == "sheet":
            found = next((one for one in sheets_of(desk.book, account_id) if one.id == id), None)
            app.call_later(open_prep, app, account_id, found.playbook if found else "", sheet_id=id)
        else:
            app.call_later(open_prep, app, account_id, id)

    name = desk.book.history(account_id).account.name
    sheet = ReadSheet(
        t,
        lambda: [(name, "strong"), (f" · {t('prep.title')}", "")],
        rows,
        account_id=account_id,
        keys=("open", "close"),
        open_row=open_row,
    )
    app.open_sheet(sheet)


def _choices(app: FieldsalesApp, account_id: str, width: int) -> list[ReadRow]:
    """The open sheets, then the checklists, those that fit first, then the newest that were put away."""
    from fieldsales.domain.prep import fits, occasions
    from fieldsales.workflows.sheets import available, items, sheets_of

    t, desk = app.t, app.desk
    history = desk.book.history(account_id)
    line = line_of(app, account_id)
    asked = occasions(history, line.keys if line else (), desk.today)
    usable, broken = available(t.lang, folder_of(app))
    usable.sort(key=lambda one: (fits(one.playbook, asked), _place(one.playbook.name), one.playbook.title))
    known = {one.playbook.name for one in usable}
    sheets = [
        one for one in sheets_of(desk.book, account_id) if one.playbook in known or items(desk.book, one.id)
    ]  # one without lines of its own takes them from its checklist
    begun = [one for one in sheets if one.state == "open"]
    rows: list[ReadRow] = []
    fitting = {one.playbook.name: fits(one.playbook, asked) for one in usable}
    begun.sort(key=lambda one: fitting.get(one.playbook, len(asked)))
    for sheet in begun:
        made = items(desk.book, sheet.id)
        done = f"{sum(bool(item.done_at) for item in made)}/{len(made)}" if made else ""
        side = " · ".join(
            part for part in (t("prep.begun"), t("prep.day", day=sheet.day) if sheet.day else "", done) if part
        )
        rows.append(ReadRow(((sheet.title, "strong"),), f"sheet:{sheet.id}", ((side + " ", "dim"),)))
    running = {one.playbook for one in begun}
    for one in usable:
        if one.playbook.name in running:
            continue
        fit = fits(one.playbook, asked) < len(asked)
        words = [t("prep.fits")] if fit else []
        words += [t("prep.own")] if one.own else []
        side = " · ".join(words)
        rows.append(
            ReadRow(
                ((one.playbook.title, "strong" if fit else ""),), f"list:{one.playbook.name}", ((side + " ", "dim"),)
            )
        )
    put_away = [one for one in sheets if one.state != "open"][:KEPT]
    if put_away:
        rows += [ReadRow(), ReadRow(((t("prep.put_away"), "dim"),))]
        for sheet in put_away:
            side = t("prep.day", day=sheet.day) if sheet.day else ""
            rows.append(ReadRow(((sheet.title, ""),), f"sheet:{sheet.id}", ((side + " ", "dim"),)))
    told = [t("prep.unusable", name=name, why=t.say(error.message)) for name, error in broken]
    told += [note for one in usable if one.trouble is not None and (note := note_on(app, one))]
    if told:
        rows.append(ReadRow())
    rows += [ReadRow(((piece, "caution"),)) for text in told for piece in wrap(text, max(20, width - 6))]
    return rows


def _place(name: str) -> int:
    """Where a checklist stands among those that fit no better; the user's own before ours."""
    return ORDER.index(name) if name in ORDER else -1


def note_on(app: FieldsalesApp, one: Listed) -> str:
    """What is to be said of the edition of a checklist: ours is newer than the user's copy, or the copy is broken."""
    t = app.t
    if one.trouble is not None:
        return t("prep.broken", file=Path(one.path).name, why=t.say(one.trouble.message))
    if one.shipped:
        return t("prep.newer", mine=one.playbook.version, ours=one.shipped)
    return ""


# --- a sheet --------------------------------------------------------------------------------------------------------


def open_prep(app: FieldsalesApp, account_id: str, name: str, *, task_id: str = "", sheet_id: str = "") -> None:
    """Open the sheet of a checklist at an account: the one that is named, else the open one, else a draft of one.

    `task_id` is the appointment it is for, whose day it then bears.
    """
    from fieldsales.workflows.sheets import the_sheet

    chosen = [sheet_id]
    if sheet_id:
        the_sheet(app.desk.book, sheet_id)
    app.open_sheet(PrepSheet(app.t, lambda: _view(app, account_id, name, task_id, chosen), task_id, chosen))


def prefilled(app: FieldsalesApp, history: History, playbook: Playbook) -> dict[str, str]:
    """What the book knows for the lines of a checklist, worded, by key."""
    from fieldsales.domain.prep import prefill

    months = HALF_YEAR if "meeting" in playbook.offer else 3
    found = {}
    for item in playbook.items:
        rows = prefill(history, item.act, app.desk.today, months)
        if rows:
            found[item.key] = "\n".join(_said(app, row) for row in rows)
    return found


def _said(app: FieldsalesApp, row: tuple[Piece, ...]) -> str:
    return " · ".join(app.t.say(piece) if isinstance(piece, Message) else piece for piece in row)


def _view(app: FieldsalesApp, account_id: str, name: str, task_id: str, chosen: list[str]) -> PrepView:
    """The sheet as it stands in the book; before its first tick as it would begin."""
    from fieldsales.domain.prep import about, sheet_text
    from fieldsales.workflows import sheets as work

    t, desk = app.t, app.desk
    history = desk.book.history(account_id)
    sheet = desk.book.get(Sheet, chosen[0]) if chosen[0] else None
    if sheet is None:
        sheet = work.open_sheet(desk.book, account_id, name, task_id)
    rows = work.items(desk.book, sheet.id) if sheet is not None else []
    note, title = "", ""
    steps: tuple[str, ...] = ()
    if rows and sheet is not None:
        steps, title = work.step_titles(sheet), sheet.title
    else:
        listed = work.load(name, t.lang, folder_of(app))
        playbook, boss = listed.playbook, boss_of(app)
        note = note_on(app, listed)
        texts = prefilled(app, history, playbook) | (work.written(sheet) if sheet is not None else {})
        rows = [_with(item, texts.get(item.key, "")) for item in work.lines_of(playbook, "", account_id, boss)]
        steps = tuple(step.title.replace("{boss}", boss) for step in playbook.steps)
        title = sheet.title if sheet is not None else playbook.title.replace("{boss}", boss)
    begun = sheet is not None and bool(work.items(desk.book, sheet.id))
    day = sheet.day if sheet is not None and sheet.day else _day_of(history, task_id) or desk.today.isoformat()
    last = work.last_answers(desk.book, account_id, name, sheet.id if sheet is not None else "")
    head = t("prep.head", name=history.account.name, title=title, day=day)
    return PrepView(
        account_id=account_id,
        playbook=name,
        sheet_id=sheet.id if sheet is not None and begun else "",
        name=history.account.name,
        title=title,
        day=t("prep.day", day=day),
        about=_said(app, about(history, name, desk.today)),
        steps=steps,
        lines=tuple(
            PrepLine(
                key=item.key,
                step=item.step,
                title=item.title,
                help=item.help,
                text=item.text,
                done_at=item.done_at,
                act=item.act,
                last=t("prep.last", day=last[item.key].day, text=last[item.key].text) if _asks(item, last) else "",
            )
            for item in rows
        ),
        text=sheet_text(head, steps, rows),
        note=note,
        kept=sheet is not None,
        closed=sheet is not None and sheet.state != "open",
    )


def _asks(item: SheetItem, last: Mapping[str, object]) -> bool:
    """What the book fills anew each time is not told again."""
    return item.key in last and not item.act


def _with(item: SheetItem, text: str) -> SheetItem:
    from fieldsales.domain.frozen import replace

    return replace(item, text=text)


def _day_of(history: History, task_id: str) -> str:
    return next((task.due_on for task in history.tasks if task_id and task.id == task_id), "")


# --- keys -----------------------------------------------------------------------------------------------------------


def _on(app: FieldsalesApp) -> PrepSheet | None:
    return app.screen if isinstance(app.screen, PrepSheet) else None


def begin(app: FieldsalesApp, screen: PrepSheet, texts: dict[str, str], ticked: tuple[str, ...]) -> None:
    """The first tick, or the first words: the sheet is in the book from here on, with what the book knew for it."""
    from fieldsales.workflows import sheets as work

    desk, view = app.desk, screen.view
    playbook = work.load(view.playbook, app.t.lang, folder_of(app)).playbook
    known = {line.key: line.text for line in view.lines if line.text}
    task = screen.task_id
    history = desk.book.history(view.account_id)
    begun = work.begin(
        desk.book,
        playbook,
        view.account_id,
        desk.now,
        title=view.title,
        day=_day_of(history, task),
        task_id=task,
        boss=boss_of(app),
        texts=known | texts,
        ticked=ticked,
    )
    screen.chosen[0] = begun.sheet_id
    app.tell(None, begun.changed)


def tick(app: FieldsalesApp) -> None:
    """Space: the line is done; once more opens it again."""
    from fieldsales.workflows import sheets as work

    screen = _on(app)
    line = screen.line if screen is not None else None
    if screen is None or line is None:
        return
    if not screen.view.sheet_id:
        begin(app, screen, {}, (line.key,))
        return
    app.tell(None, work.tick(app.desk.book, screen.view.sheet_id, line.key, app.desk.now))


def write(app: FieldsalesApp) -> None:
    """Enter: words beside the line, in a form that keeps every keystroke; on the line of the visit its log."""
    from fieldsales.workflows import sheets as work

    screen = _on(app)
    line = screen.line if screen is not None else None
    if screen is None or line is None:
        return
    if line.act == "visit" and not line.done_at:
        log(app)
        return
    desk, t, key = app.desk, app.t, line.key
    place = f"{screen.view.sheet_id or screen.view.account_id + screen.view.playbook}:{key}"

    def submit(values: dict[str, str]) -> Message | None:
        text = values["text"]
        if screen.view.sheet_id:
            app.call_later(app.tell, None, work.write(desk.book, screen.view.sheet_id, key, text, desk.now))
        else:
            begin(app, screen, {key: text}, (key,) if text else ())
        return None

    specs = [FieldSpec("text", t("prep.text"), "long", value=line.text)]
    begun = work.items(desk.book, screen.view.sheet_id) if screen.view.sheet_id else []
    row = next(((SheetItem, one.id) for one in begun if one.key == key), None)
    title, note = f"{screen.view.name} · {screen.view.title}", "\n".join(filter(None, (line.help, line.last)))
    ask(app, "sheet", place, title, specs, submit, subtitle=line.title, note=note, row=row)


def log(app: FieldsalesApp) -> None:
    """l on a sheet: the log of what it was prepared for."""
    screen = _on(app)
    if screen is not None:
        kind = "review" if screen.view.playbook == "quarter" else "visit"
        open_log(app, screen.account_id, kind, screen.view.playbook)


def put_away(app: FieldsalesApp) -> None:
    """x: the sheet is put away and stays to be read; on one that is, it is taken out again."""
    from fieldsales.workflows import sheets as work

    screen = _on(app)
    if screen is None or not screen.view.sheet_id:
        app.tell(Message("prep.draft"))
        return
    desk, view = app.desk, screen.view
    if view.closed:
        app.tell(Message("prep.taken_out"), work.reopen(desk.book, view.sheet_id, desk.now))
        return
    changed = work.finish(desk.book, view.sheet_id, desk.now)
    screen.dismiss(None)
    app.call_later(app.tell, Message("prep.finished", {"title": view.title}), changed)
