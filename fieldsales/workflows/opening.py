"""Opening a book: the user's own, or the sample, which never touches the user's."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from fieldsales.storage.book import Book

SAMPLE_DAYS = 7  # so many days on, the sample's stories move; beyond them it is told from the day asked for


def open_book(
    path: Path, data: Path, today: date, *, create: bool = False, background: bool = False, trace: bool = True
) -> Book:
    """The user's book at a path; `data` is the private data folder, `background` and `trace` are those of `Book.open`.

    Raises FieldsalesError where it stays shut.
    """
    return Book.open(path, data, create=create, today=today, background=background, trace=trace)


def open_sample(data: Path, day: date, today: date | None, lang: str, now: datetime) -> tuple[Book, date]:
    """The sample book in the private data folder and the day on which it is looked at.

    `day` is the clock's day and `today` the one asked for, if any. The sample is kept for these two and made anew for
    others, for another language, or where an earlier run did not finish making it.
    """
    if today is None:
        today = day
    elif not 0 <= (today - day).days <= SAMPLE_DAYS:
        day = today
    import shutil

    root = data / "sample"
    folder = root / f"{day.isoformat()}-{today.isoformat()}-{lang}"
    book = folder / "fieldsales-sample.db"
    whole = folder / "whole"  # an empty file, written last
    if whole.exists() and book.exists():
        return Book.open(book, folder / "data", today=today), today
    shutil.rmtree(root, ignore_errors=True)
    folder.mkdir(parents=True, exist_ok=True)
    made = make_sample(book, folder / "data", day, today, lang, now)
    whole.touch()
    return made, today


def make_sample(path: Path, data: Path, day: date, today: date, lang: str, now: datetime) -> Book:
    """Write the sample into a new book at the path. Raises FieldsalesError where something stands there already."""
    from fieldsales.domain.calendar_days import korean_holidays
    from fieldsales.domain.model import FieldsalesError
    from fieldsales.workflows.churn import load_playbook
    from fieldsales.workflows.sample import write_sample

    if path.exists():
        raise FieldsalesError("cli.exists", path=str(path))
    book = Book.open(path, data, create=True, today=today)
    try:
        playbook = load_playbook(f"churn.{lang}")
        holidays = korean_holidays(range(day.year - 2, day.year + 2))
        write_sample(book, day, today, lang, now, playbook, holidays)
        book.forget_acts()
        book.publish_now()
    except BaseException:
        book.close()
        raise
    return book
