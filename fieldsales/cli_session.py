"""What every command needs: one call's words, clock and book, and the printing of text and JSON."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from fieldsales.config import Config, Places, configured
from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.domain.text import clean
from fieldsales.locale import Texts

if TYPE_CHECKING:
    from fieldsales.domain.model import Account
    from fieldsales.storage.book import Book

VERSION = 1  # of the JSON; names are never changed or taken away within a version


class Refused(Exception):  # noqa: N818
    """A job that is not done, with the sentence that says why and what JSON adds to it."""

    def __init__(self, id: str, text: str, **more: Any) -> None:
        super().__init__(text)
        self.id = id
        self.text = text
        self.more = more


class Session:
    """One call of the program: its words, its clock and its book."""

    def __init__(self, t: Texts, said: Mapping[str, Any], clock: datetime) -> None:
        self.t = t
        self.json = bool(said.get("json"))
        clock = clock.replace(microsecond=0)
        day = date.fromisoformat(said["today"]) if said.get("today") else clock.date()
        self.now = datetime.combine(day, clock.time())
        self.today = t.today = day
        self.moved = day != clock.date()
        self.trace = not said.get("no_trace")
        found = configured(os.environ, said.get("file") or "", self.trace)
        self.places: Places = found[0]
        self.config: Config = found[1]
        self.book: Book | None = None
        for trouble in self.config.troubles:
            self.note(t(trouble.id, **trouble.args_))

    def open(self, create: bool = False) -> Book:
        """The book that this call is about. With `create` one is made where none exists."""
        from fieldsales.workflows.opening import open_book

        try:
            self.book = open_book(self.places.book, self.places.data, self.today, create=create, trace=self.trace)
        except FieldsalesError as error:
            if error.message.id == "book.not_found":  # say how a book is made, too
                raise Refused("book.not_found", self.t("cli.no_book", path=str(self.places.book))) from error
            raise
        self.book.hold()
        currency = self.book.setting("currency")
        if currency and currency != self.t.currency:
            self.t.currency = currency
        return self.book

    def opened(self) -> Book:
        """The book with everything that follows from it up to date: for lists."""
        book = self.open()
        for _ in book.refresh(self.today):
            pass
        return book

    def close(self, leave: bool = False) -> None:
        """Give up the book; with `leave` the process must end at once."""
        if self.book is not None:
            self.book.close(leave)

    def note(self, text: str) -> None:
        """Say something beside the result."""
        print(safe(text), file=sys.stderr)

    def result(self, command: str, text: Iterable[str], data: Mapping[str, Any]) -> int:
        """Print the result, as text or as the JSON object of this command."""
        if self.json:
            print_json({"version": VERSION, "command": command, **data})
        else:
            print(safe("\n".join(text)))
        return 0

    def saved(self) -> dict[str, Any]:
        """Bring what was saved into the file; where that fails, say so. The JSON of it."""
        assert self.book is not None
        status = self.book.publish_now()
        if not status.in_file:
            why = self.t.say(status.reason) if status.reason is not None else ""
            self.note(self.t("cli.not_in_file", n=status.pending, why=why).strip())
        return {"in_file": status.in_file, "pending": status.pending}

    def worded(self, message: Message | None) -> str:
        return "" if message is None else self.t.say(message)

    def account(self, text: str, *, looking: bool = False) -> Account:
        """The one account that a name, a part of it, its initial consonants or an id mean; else Refused.

        Where it is only looked at, the one whose name begins so is meant before those that hold the text elsewhere.
        """
        from fieldsales.domain.model import Account

        assert self.book is not None
        wanted = clean(text)
        exact = self.book.rows(Account, name=wanted) if wanted else []
        if not exact and (one := self.book.get(Account, wanted)):
            exact = [one]
        if len(exact) == 1:
            return exact[0]
        if not exact:
            for _ in self.book.refresh(self.today):
                pass
            ids = [row.id for row in self.book.find_account(wanted, begun_alone=looking)]
            exact = [one for id in ids if (one := self.book.get(Account, id))]
        if len(exact) == 1:
            return exact[0]
        if not exact:
            raise Refused("cli.no_account", self.t("cli.no_account", name=wanted))
        shown = [
            " · ".join(part for part in (one.name, one.tier, one.region or one.address, one.id) if part)
            for one in exact[:10]
        ]
        raise Refused(
            "cli.several_accounts",
            "\n  ".join([self.t("cli.several_accounts", name=wanted, n=len(exact)), *shown]),
            candidates=[{"id": one.id, "account": one.name} for one in exact],
        )


def iso_day(text: str) -> str | None:
    """The text if it is an ISO day."""
    try:
        return text if date.fromisoformat(text).isoformat() == text else None
    except ValueError:
        return None


def time_of_day(text: str) -> str | None:
    """The text as `HH:MM` if it is a time of day."""
    hour, colon, minute = text.partition(":")
    if not (colon and hour.isdecimal() and minute.isdecimal() and len(hour) < 3 and len(minute) == 2):
        return None
    return f"{int(hour):02d}:{minute}" if int(hour) < 24 and int(minute) < 60 else None


def columns_and_rows(text: str) -> tuple[int, int] | None:
    """The text as the size of a screen, `120x36`: 20 to 400 columns, 5 to 200 rows."""
    columns, x, rows = text.partition("x")
    if not (x and columns.isascii() and columns.isdigit() and rows.isascii() and rows.isdigit()):
        return None
    return (int(columns), int(rows)) if 20 <= int(columns) <= 400 and 5 <= int(rows) <= 200 else None


class Progress:
    """Says on stderr how far a long job is: nothing in its first second, then in place or, in a file, line by line.

    `text` is the id of the sentence, whose `n` counts rows.
    """

    def __init__(self, t: Texts, text: str) -> None:
        from time import monotonic

        self.t = t
        self.text = text
        self.clock = monotonic
        self.begun = self.said = monotonic()
        self.alone = sys.stderr.isatty()
        self.shown = False

    def __call__(self, done: int, total: int | None) -> None:
        now = self.clock()
        if now - self.begun < 1 or now - self.said < (0.2 if self.alone else 5):
            return
        self.said = now
        share = f" {done * 100 // total}%" if total else ""
        text = self.t(self.text, n=done) + share
        sys.stderr.write(f"\r{text}\x1b[K" if self.alone else text + "\n")
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown and self.alone:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


# --- printing -------------------------------------------------------------------------------------------------------


def safe(text: str) -> str:
    """Text for the terminal: whatever a book or a file name holds, no control sequence comes out."""
    return clean(text, long=True)


def print_json(data: Mapping[str, Any]) -> None:
    import json

    print(json.dumps(data, ensure_ascii=False, indent=2).encode("utf-8", "replace").decode("utf-8"))


def fields_of(row: Any, without: Iterable[str] = ()) -> dict[str, Any]:
    """A row of the book as JSON: its columns by name, but for some."""
    return {name: getattr(row, name) for name in type(row).__slots__ if name not in without}


def table_of(rows: Sequence[Sequence[str]], right: Sequence[int] = ()) -> list[str]:
    """Columns by display width; the last one is as long as it is."""
    from fieldsales.domain.width import cells, pad

    widths = [min(max(cells(row[column]) for row in rows), 36) for column in range(len(rows[0]) - 1)]
    return [
        "  ".join(
            [
                *(
                    pad(text, width, column in right)
                    for column, (text, width) in enumerate(zip(row, widths, strict=False))
                ),
                row[-1],
            ]
        ).rstrip()
        for row in rows
    ]


def ago(t: Texts, day: str, today: date) -> str:
    from fieldsales.domain.dates import days_since

    days = days_since(day, today)
    return "" if days is None else t("cli.days", n=days)
