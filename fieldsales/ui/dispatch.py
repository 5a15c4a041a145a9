"""Which function carries out which command."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from fieldsales.ui.actions import (
    accounts,
    agenda,
    book,
    cases,
    copies,
    erase,
    helping,
    keep,
    lessons,
    start,
    view,
    whole,
)

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp

HANDLERS: dict[str, Callable[[FieldsalesApp], None]] = {
    "today": partial(view.go, pane="today"),
    "accounts": partial(view.go, pane="accounts"),
    "churn_pane": partial(view.go, pane="churn"),
    "lessons": partial(view.go, pane="lessons"),
    "open": view.open_it,
    "done": agenda.done,
    "log": agenda.log,
    "attempt": agenda.attempt,
    "put_off": agenda.put_off,
    "find": view.find,
    "why": accounts.why,
    "churn": cases.open_run,
    "report": cases.report,
    "lesson": lessons.write,
    "add": accounts.add,
    "edit": accounts.edit,
    "sort": view.sort,
    "no_trade": cases.no_trade,
    "copy": view.copy,
    "to_file": view.to_file,
    "heard_at": cases.heard_at,
    "next_step": cases.next_step,
    "close_case": cases.close,
    "fine": accounts.fine,
    "undo": view.undo,
    "redo": view.redo,
    "mask": view.mask,
    "import": start.import_file,
    "sample": start.sample,
    "tour": start.tour,
    "help": helping.help_here,
    "menu": view.menu,
    "theme": view.theme,
    "turn": view.turn,
    "close": view.close,
    "suspend": view.suspend,
    "quit": view.quit_app,
    "rhythm": accounts.rhythm,
    "daily": view.daily,
    "end_account": accounts.end_account,
    "erase": erase.choose,
    "erase_due": erase.due,
    "save_now": view.save_now,
    "my_backup": whole.make,
    "tidy": copies.tidy,
    "check": keep.check,
    "language": view.language,
    "plain": view.plain,
    "review": book.review,
    "history": book.history,
    "take_1": partial(book.take, number=0),
    "take_2": partial(book.take, number=1),
    "join": book.join,
    "leave_rest": book.leave_rest,
    "bring": book.bring,
    "in_full": book.in_full,
    "past": book.past,
    "bring_back": book.bring_back_then,
}

# Commands without a key of their own, offered in the menu.
EXTRAS = (
    "rhythm",
    "daily",
    "end_account",
    "save_now",
    "my_backup",
    "tidy",
    "check",
    "tour",
    "language",
    "plain",
    "erase",
    "erase_due",
    "past",
    "bring_back",
)
