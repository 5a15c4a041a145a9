"""Copies of the book that lie beside its file and are merged: to the trash, when the user says so."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import Message
from fieldsales.domain.text import clean
from fieldsales.ui.screens.menu import Entry, Menu

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldsales.ui.app import FieldsalesApp


def tidy(app: FieldsalesApp) -> None:
    """Shows the merged copies by name; Enter moves all of them, or the one chosen, to the trash."""
    t, book = app.t, app.desk.book
    copies = book.copies()
    if not copies:
        app.tell(Message("copies.none"))
        return
    entries = [Entry(str(path), t("copies.one", name=clean(path.name))) for path in copies]
    if len(copies) > 1:
        entries.insert(0, Entry("", t("copies.all", n=len(copies))))

    def find(typed: str) -> Sequence[Entry]:
        return [entry for entry in entries if typed.casefold() in entry.label.casefold()]

    def take(entry: Entry | None) -> None:
        if entry is None:
            return
        try:
            gone = book.trash_copies([path for path in copies if entry.id in ("", str(path))])
        except OSError:
            app.tell(Message("copies.refused"))
            return
        app.tell(Message("copies.gone", {"n": gone}))

    app.push_screen(Menu(t, find, title=t("copies.question")), take)
