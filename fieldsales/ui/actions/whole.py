"""내 백업 on the screen: the whole book written into a folder while work goes on, and such a folder taken in."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import wrap

if TYPE_CHECKING:
    from fieldsales.storage.book import Book
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.whole import Imported

SHOWN_DROPS = 500


def make(app: FieldsalesApp) -> None:
    """내 백업 만들기: asks for a folder, then writes in a thread of its own."""
    t = app.t

    def take(text: str) -> Message | None:
        if not text.strip():
            return Message("whole.question")
        _write(app, Path(text.strip().strip("'\"")).expanduser())
        return None

    app.push_screen(Prompt(t, t("whole.question"), app.guarded(take), value=str(_usual(app)), jamo=app.jamo))


def _usual(app: FieldsalesApp) -> Path:
    """A folder that is not there yet, in the folder where the user's own book lies."""
    name = f"fieldsales-{app.desk.today.isoformat()}"
    home = app.path.parent
    for number in range(2, 100):
        if not (home / name).exists():
            break
        name = f"fieldsales-{app.desk.today.isoformat()}-{number}"
    return home / name


def _write(app: FieldsalesApp, folder: Path) -> None:
    from fieldsales.workflows.whole import source_of, write_out

    t, now = app.t, app.desk.now
    source = source_of(app.desk.book)

    def write() -> None:
        try:
            done = write_out(source, folder, "json", now, t("whole.about"))
        except FieldsalesError as error:
            app.call_from_thread(app.tell, error.message)
            return
        app.call_from_thread(app.tell, Message("whole.done", {"path": str(done.folder)}))

    if not source.rows.file:  # a book in memory belongs to this thread
        done = write_out(source, folder, "json", now, t("whole.about"))
        app.call_later(app.tell, Message("whole.done", {"path": str(done.folder)}))
        return
    app.call_later(app.tell, Message("whole.writing"))
    app.run_worker(write, thread=True, group="whole", exit_on_error=False)


def is_backup(path: Path) -> bool:
    """Whether there is a backup of a whole book."""
    from fieldsales.workflows.whole import is_export

    return is_export(path)


def take_in(app: FieldsalesApp, path: Path) -> None:
    """What a backup holds, and on Enter its content. Raises FieldsalesError where it cannot be read."""
    from fieldsales.workflows.whole import is_blank, look_into

    t, desk = app.t, app.desk
    manifest = look_into(path)
    id = "whole.preview_new" if is_blank(desk.book) else "whole.preview_merge"
    counts = {"accounts": manifest.parts["account"].rows, "rows": manifest.rows, "n": manifest.parts["op"].rows}
    held = t("whole.preview_made", day=manifest.made_at[:10], **counts)

    def rows(width: int) -> list[ReadRow]:
        lines = [ReadRow(((piece, "strong"),)) for piece in wrap(held, max(20, width - 6))]
        lines += [ReadRow(((piece, ""),)) for piece in wrap(t(id), max(20, width - 6))]
        return [*lines, ReadRow(), ReadRow(((t("import.enter"), "accent"),), opens="import")]

    def go(_: str) -> None:
        sheet.dismiss(None)
        try:
            _take(app, path)
        except FieldsalesError as error:
            app.call_later(app.tell, error.message)

    title = t("whole.preview", name=path.name)
    sheet = ReadSheet(t, lambda: [(title, "strong")], rows, keys=("open", "close"), open_row=go)
    app.call_later(app.open_sheet, sheet)


def _take(app: FieldsalesApp, path: Path) -> None:
    from fieldsales.workflows.opening import open_book
    from fieldsales.workflows.whole import import_whole, is_blank

    desk = app.desk
    before = desk.book
    blank = is_blank(before)

    def open_it() -> Book:
        return open_book(before.path, desk.places.data, desk.today)

    try:
        book, done = import_whole(path, before, before.path, open_it)
    except FieldsalesError:
        if blank:  # it may have made room already
            app.open_own(create=True)
        raise
    if book is not None and book is not before:
        app.change_book(book)
        said = Message("whole.ui_restored")
    else:
        app.t.currency = desk.book.setting("currency", app.t.currency)
        said = Message("whole.ui_merged" if done.operations else "whole.ui_nothing", {"n": done.operations})
    app.call_later(app.tell, said, done.changed)
    if done.edited:
        app.call_later(_show_edits, app, path, done)


def _show_edits(app: FieldsalesApp, path: Path, done: Imported) -> None:
    t = app.t

    def rows(width: int) -> list[ReadRow]:
        counts = {"made": done.made, "updated": done.updated, "dropped": len(done.dropped), "read": done.read}
        text = t("whole.edits", files=", ".join(done.edited), **counts)
        lines = [ReadRow(((piece, "strong"),)) for piece in wrap(text, max(20, width - 6))]
        if done.missing:
            lines.append(ReadRow(((t("whole.left_alone", n=done.missing), ""),)))
        lines.append(ReadRow())
        for one in done.dropped[:SHOWN_DROPS]:
            line = f"{one.file} · {t('import.line', line=one.line)}  "
            lines.append(ReadRow(((line, "dim"), (t.say(one.reason), "caution"), (f"  {one.text}", "dim"))))
        return lines

    title = t("whole.preview", name=path.name)
    app.open_sheet(ReadSheet(t, lambda: [(title, "strong")], rows))
