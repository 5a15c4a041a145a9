"""Asking: a form whose keystrokes are kept, and the days that are read out of its fields."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date
from typing import TYPE_CHECKING

from fieldsales.domain.model import Message
from fieldsales.ui.screens.form import FieldSpec, FormSheet

if TYPE_CHECKING:
    from fieldsales.locale import Texts
    from fieldsales.ui.app import FieldsalesApp

Values = dict[str, str]


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
) -> None:
    """Open a form. What is typed into it is kept under `form` and `target` until it is saved."""
    book = app.desk.book

    def done(values: Values) -> Message | None:
        missing = submit(values)
        if missing is None:
            book.drop_draft(form, target)
        return missing

    app.open_sheet(
        FormSheet(
            app.t,
            title,
            specs,
            app.guarded(done),
            note=note,
            keep=lambda values: book.save_draft(form, target, values),
            draft=book.draft(form, target),
            explain=explain,
            enter_saves=enter_saves,
            jamo=app.jamo,
            subtitle=subtitle,
        )
    )


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
