"""Asking: a form whose keystrokes are kept, and the days that are read out of its fields."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from fieldsales.domain.model import Message
from fieldsales.ui.screens.form import FieldSpec, FormSheet

if TYPE_CHECKING:
    from fieldsales.locale import Texts
    from fieldsales.storage.book import Book
    from fieldsales.ui.app import FieldsalesApp

Values = dict[str, str]
SEEN = frozenset({"account", "contact", "contract"})
"""Forms that may be filled in beside a customer, as long as they show no row of the book."""

_HEADS = "@heads"  # in a draft: the state of the row that was seen


def ask(
    app: FieldsalesApp,
    form: str,
    target: str,
    title: str,
    specs: list[FieldSpec],
    submit: Callable[[Values], Message | None],
    *,
    note: str = "",
    explain: Callable[[Values], str] | None = None,
    enter_saves: bool = False,
    subtitle: str = "",
    row: tuple[type, str] | None = None,
) -> None:
    """Open a form. What is typed into it is kept under `form` and `target` until it is saved. `row` is the row that its
    fields show, where there is one."""
    typing = Typing(app.desk.book, form, target, row)
    sheet = FormSheet(
        app.t,
        title,
        specs,
        app.guarded(lambda values: typing.save(lambda: submit(values))),
        note=note,
        keep=typing.keep,
        draft=typing.draft,
        explain=explain,
        enter_saves=enter_saves,
        jamo=app.jamo,
        subtitle=subtitle,
        of_row=row is not None,
    )
    sheet.veils = row is not None or form not in SEEN
    app.open_sheet(sheet)


class Typing:
    """What is being typed into a form: kept at every key, and gone once it is saved.

    Of a form that shows a row, it is what was typed over, and which state of the row the user saw when it began. So
    nothing that comes in meanwhile is undone by saving, and what was written on both sides is there to choose from.
    """

    def __init__(self, book: Book, form: str, target: str, row: tuple[type, str] | None = None) -> None:
        self._book, self._key = book, (form, target)
        self.draft = book.draft(form, target)
        heads = self.draft.pop(_HEADS, "")
        self._seen = None
        if row is not None and row[1]:
            self._seen = book.shown(*row, heads=json.loads(heads) if heads else None)

    def keep(self, values: Values) -> None:
        if self._seen is not None:
            if not values:
                self._book.drop_draft(*self._key)
                return
            values = values | {_HEADS: json.dumps(next(iter(self._seen.heads.values())))}
        self._book.save_draft(*self._key, values)

    def save(self, submit: Callable[[], Message | None]) -> Message | None:
        with self._book.from_form(self._seen):
            missing = submit()
        if missing is None:
            self._book.drop_draft(*self._key)
        return missing


def amount_field(t: Texts, amount: int) -> str:
    """An amount as a form shows it: as elsewhere, but digit for digit where that would round it."""
    from fieldsales.domain.money import parse_money

    shown = t("page.amount", amount=amount)
    return shown if parse_money(shown, t.currency) == amount else str(amount)


def read_days(
    app: FieldsalesApp, values: Values, *, past: Sequence[str] = (), ahead: Sequence[str] = ()
) -> dict[str, str] | Message:
    """The named fields as ISO days, "" for those left empty; a Message where one cannot be read.

    The words of `past` fields are read as a day that has been (지난 화), those of `ahead` as one to come; a day that
    can only be the other one, as where the year is said, is taken as it stands.
    """
    from fieldsales.domain.dates import parse_day
    from fieldsales.domain.when import read_day
    from fieldsales.domain.when_past import find_past

    days = {}
    for name in (*past, *ahead):
        text = values.get(name, "")
        day: date | None = parse_day(text) if len(text) == 10 else None
        if text and day is None:
            found = find_past(text, app.desk.today)
            been, coming = found.day if found is not None else None, read_day(text, app.desk.today)
            day = been or (coming if text[:4].isdigit() else None) if name in past else coming or been
        if text and day is None:
            return Message("account.bad_day", {"text": text})
        days[name] = day.isoformat() if day else ""
    return days
