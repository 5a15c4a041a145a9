"""내 백업: everything of a book written into a folder, and such a folder taken in again.

What is taken in is the history: merging it makes the same book, and merging it again changes nothing. Where somebody
edited a table's file, what differs from the history is one act more, which can be taken back; a row that the book
cannot hold is dropped with its line and its reason, and a row that is missing there is left as it is.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Callable, Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.handwritten import NATURAL, REFERENCES, is_number, natural_key, usual, wrong
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES, Changed, FieldsalesError, Message
from fieldsales.domain.text import clean
from fieldsales.exchange import whole as files
from fieldsales.exchange.whole import Kind, Line, Manifest, WholeError, is_export
from fieldsales.storage import whole as store
from fieldsales.storage.changing import new_id
from fieldsales.storage.errors import BookElsewhere, BookNotCreated, BookReadOnly, DifferentBook
from fieldsales.storage.schema import COLUMNS, FORMAT

if TYPE_CHECKING:
    from fieldsales.storage.book import Book

__all__ = [
    "Dropped",
    "Exported",
    "Imported",
    "Kind",
    "Manifest",
    "WholeError",
    "export_book",
    "import_whole",
    "is_blank",
    "is_export",
    "look_into",
    "source_of",
    "write_out",
]  # fmt: skip

Progress = Callable[[int, int | None], None]
Value = str | int | None

STEP = 2_000
"""Rows between two reports of progress."""

# Rows that others stand under go first: each row is then written once at most.
_FIRST = ("account", "contact", "churn_case")
_ORDER = (*_FIRST, *(table for table in TABLES if table not in _FIRST))
# Columns that keep their line breaks.
_LONG = frozenset(
    {
        "note", "text", "terms", "heard", "said", "content", "help", "next_time", "unknown", "missed", "mistake",
        "should_say", "should_not_say", "once_more", "went_well", "todo", "feeling", "temper", "mends", "extra",
        "title", "line", "condition", "source", "value",
    }
)  # fmt: skip


# --- writing --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Exported:
    """An export that was written: rows by table, and how many entries of history."""

    folder: Path
    kind: Kind
    counts: Mapping[str, int]
    operations: int
    size: int  # bytes of all files

    @property
    def rows(self) -> int:
        return sum(self.counts.values())


@dataclass(frozen=True, slots=True)
class Source:
    """What an export is written from; it may be read by another thread than the book's."""

    rows: store.Source
    document_id: str
    currency: str


def source_of(book: Book) -> Source:
    return Source(store.source(book), book.document_id, book.setting("currency"))


def export_book(
    book: Book, folder: Path, kind: Kind, now: datetime, about: str = "", progress: Progress | None = None
) -> Exported:
    """Write everything into a folder that is new or empty; `about` is a sentence for whoever looks into it.

    Raises FieldsalesError where it cannot be written; nothing is then left of it.
    """
    return write_out(source_of(book), folder, kind, now, about, progress)


def write_out(
    source: Source, folder: Path, kind: Kind, now: datetime, about: str = "", progress: Progress | None = None
) -> Exported:
    """`export_book` from a source."""
    manifest = Manifest(kind, source.document_id, FORMAT, now.isoformat(timespec="minutes"), source.currency)
    folder = Path(os.path.abspath(folder))
    try:
        with files.writing(folder, kind) as writer, source.rows.still() as reading:
            total = sum(map(reading.count, files.FILES)) if progress else 0
            counted = _Counted(progress, total)
            for name in files.FILES:
                writer.write(name, counted(reading.rows(name)))
            writer.finish(manifest, about)
    except OSError as error:
        raise WholeError("whole.not_written", path=str(folder), why=f"@whole.{_why(error)}") from error
    parts = writer.parts
    return Exported(
        folder,
        kind,
        {table: parts[table].rows for table in TABLES},
        parts["op"].rows,
        sum(part.size for part in parts.values()),
    )


def _why(error: OSError) -> str:
    import errno

    if error.errno in (errno.ENOSPC, errno.EFBIG, getattr(errno, "EDQUOT", -1)):
        return "why_full"
    return "why_not_allowed" if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM) else "why_system"


class _Counted:
    """Passes rows on and says now and then how many they were."""

    def __init__(self, progress: Progress | None, total: int) -> None:
        self.done = 0
        self.total = total
        self._progress = progress

    def __call__(self, rows: Iterable[tuple[Value, ...]]) -> Iterable[tuple[Value, ...]]:
        return rows if self._progress is None else self._passed(rows)

    def _passed(self, rows: Iterable[tuple[Value, ...]]) -> Iterator[tuple[Value, ...]]:
        for row in rows:
            self.step()
            yield row

    def step(self) -> None:
        self.done += 1
        if self._progress is not None and self.done % STEP == 0:
            self._progress(self.done, self.total)


# --- reading --------------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Dropped:
    """An edited row that did not go in: the line of its file, and the row cut short."""

    file: str
    line: int
    reason: Message
    text: str


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import.

    `operations` entries of history were new here. Of the rows that somebody had edited in the files, `made + updated +
    len(dropped) == read`; `same` are those of `made` and `updated` that were taken in before. `missing` rows of edited
    files were no longer there, and stay in the book.
    """

    manifest: Manifest
    new_book: bool
    dry_run: bool
    operations: int = 0
    conflicts: int = 0
    edited: tuple[str, ...] = ()  # names of the files
    read: int = 0
    made: int = 0
    updated: int = 0
    same: int = 0
    missing: int = 0
    dropped: tuple[Dropped, ...] = ()
    changed: Changed = Changed()


def is_blank(book: Book) -> bool:
    """Whether nothing was ever written in the book: a backup then takes its place."""
    return store.is_blank(book)


def look_into(path: Path) -> Manifest:
    """What an export says of itself. Raises FieldsalesError where it is none that this program reads."""
    folder = _folder(path)
    manifest = files.read_manifest(folder)
    if manifest.book_format > FORMAT:
        raise WholeError("whole.newer", name=folder.name)
    return manifest


def import_whole(
    path: Path,
    book: Book | None,
    place: Path,
    open_book: Callable[[], Book],
    *,
    join: bool = False,
    dry_run: bool = False,
    progress: Progress | None = None,
) -> tuple[Book | None, Imported]:
    """Take an export in; the book that holds it then, and what came of it.

    `book` is the open one. Where there is none, or nothing was ever written in it, the exported book is put at `place`
    with its own id and opened by `open_book`. A book of another id is refused without `join`. Raises FieldsalesError
    where the export cannot be taken in; everything is then as it was.
    """
    if book is not None and book.read_only and not dry_run:
        raise BookReadOnly()
    manifest = look_into(path)
    folder = _folder(path)
    name = folder.name or files.MANIFEST
    edited = files.edited_files(folder, manifest)
    if book is not None and book.document_id != manifest.document_id and not join:
        if not store.is_blank(book):
            raise DifferentBook(name=name, own=book.path.name)
        new_book = True
    else:
        new_book = book is None
    counted = _Counted(progress, sum(manifest.parts[one].rows for one in (*files.HISTORY, *edited)))
    with tempfile.TemporaryDirectory(prefix="fieldsales-") as scratch:
        # The files bear the name of the export: it is what the user is told where something is wrong with them.
        parts, whole = Path(scratch) / "parts" / name, Path(scratch) / "whole" / name
        parts.parent.mkdir()
        whole.parent.mkdir()
        _put_together(parts, folder, manifest, name, counted)
        result = _Result()
        act = f"import:{new_id()}"
        if new_book or edited:
            site = "" if new_book or book is None else store.site_of(book)
            draft = store.Draft(Path(scratch) / "draft", parts, manifest.document_id, name, act, site)
            try:
                _edit(draft, folder, manifest, edited, result, counted)
                if not new_book and book is not None and result.written:
                    result.same = draft.forget_known(book)
                draft.save(whole)
            finally:
                draft.close()
        else:
            whole = parts
        if progress:
            progress(counted.total, counted.total)
        names = tuple(files.file_name(one, manifest.kind) for one in edited)
        if new_book or book is None:
            operations = manifest.parts["op"].rows
            if not dry_run:
                book = _place(whole, book, place, open_book)
                if result.written:
                    store.offer_undo(book, act)
            everything = frozenset(TABLES) if not dry_run else frozenset()
            done = Imported(manifest, True, dry_run, operations, 0, names, *result.all(), Changed(tables=everything))
            return book, done
        # Whose book it is was asked above. Joined, it is one transaction however large it is.
        merged = book.preview(whole, True) if dry_run else book.merge(whole, True)
        if result.written > result.same and not dry_run:
            store.offer_undo(book, act)
        changed = Changed() if dry_run else merged.changed
        return book, Imported(
            manifest, False, dry_run, merged.operations, merged.conflicts, names, *result.all(), changed
        )


def _folder(path: Path) -> Path:
    return files.folder_of(Path(os.path.abspath(path)))


def _put_together(parts: Path, folder: Path, manifest: Manifest, name: str, counted: _Counted) -> None:
    """The history of the export as a file that can be merged."""
    made = store.Parts(parts, manifest.document_id, name)
    try:
        for one in files.HISTORY:
            rows = files.read_history(folder, manifest, one)
            made.take(one, counted(_own(rows, manifest, name)) if one == "meta" else counted(rows))
    finally:
        made.close()


def _own(rows: Iterator[tuple[Value, ...]], manifest: Manifest, name: str) -> Iterator[tuple[Value, ...]]:
    for row in rows:
        if row[0] == "document_id" and row[1] != manifest.document_id:
            raise WholeError("whole.history_changed", name=name, file=files.MANIFEST)
        yield row


def _place(file: Path, blank: Book | None, place: Path, open_book: Callable[[], Book]) -> Book:
    if blank is not None:
        store.give_up_blank(blank)
    try:
        store.place(file, place)
    except FileExistsError:
        raise FieldsalesError("cli.exists", path=str(place)) from None
    except OSError as error:
        raise BookNotCreated(path=str(place), why=f"@whole.{_why(error)}") from error
    try:
        return open_book()
    except BookElsewhere as error:
        place.unlink(missing_ok=True)
        home = str(error.message.args["home"])
        raise WholeError("whole.elsewhere", name=file.name, home=home) from None
    except BaseException:
        place.unlink(missing_ok=True)
        raise


# --- what somebody edited in the files --------------------------------------------------------------------------------


class _Result:
    def __init__(self) -> None:
        self.read = self.made = self.updated = self.same = self.missing = 0
        self.dropped: list[Dropped] = []

    @property
    def written(self) -> int:
        return self.made + self.updated

    def all(self) -> tuple[int, int, int, int, int, tuple[Dropped, ...]]:
        return self.read, self.made, self.updated, self.same, self.missing, tuple(self.dropped)


class _Wrong(Exception):  # noqa: N818
    """Why a row cannot go in."""

    def __init__(self, reason: Message) -> None:
        super().__init__(reason)
        self.reason = reason


def _edit(
    draft: store.Draft,
    folder: Path,
    manifest: Manifest,
    edited: Iterable[str],
    result: _Result,
    counted: _Counted,
) -> None:
    with draft.editing():
        for table in sorted(edited, key=_ORDER.index):
            there = draft.count(table)
            seen: set[str] = set()
            old = 0
            for line in files.read_lines(folder, manifest.kind, table):
                counted.step()
                try:
                    old += _edit_row(draft, manifest, table, line, seen, result)
                except _Wrong as error:
                    result.read += 1
                    text = " · ".join(str(value) for value in line.cells.values() if value not in ("", None, 0))
                    name = files.file_name(table, manifest.kind)
                    result.dropped.append(Dropped(name, line.number, error.reason, clean(text[:200])[:120]))
                    old += draft.row(table, str(line.cells.get("id"))) is not None
            result.missing += max(0, there - old)


def _edit_row(draft: store.Draft, manifest: Manifest, table: str, line: Line, seen: set[str], result: _Result) -> bool:
    """Write what differs in a row; whether it stood there before. Raises _Wrong where it cannot be taken."""
    if line.surplus:
        raise _Wrong(Message("whole.drop.ragged"))
    if not COLUMNS[table] or line.cells.keys() - set(COLUMNS[table]):
        strange = sorted(line.cells.keys() - set(COLUMNS[table]))[0]
        raise _Wrong(Message("whole.drop.unknown", {"column": clean(strange)[:40].lstrip("@")}))
    id = line.cells.get("id") or ""
    if not isinstance(id, str) or len(id) > 200 or not (id.isprintable() or id == ""):
        raise _Wrong(Message("whole.drop.id"))
    before = draft.row(table, id) if id else None
    if before is None:
        given: dict[str, Value] = {}
        for column, value in line.cells.items():
            if column != "id":
                given[column] = _taken(table, column, value, "")
        id = _new_id(manifest, table, id, given)
        before = draft.row(table, id)
    if id in seen:
        raise _Wrong(Message("whole.drop.twice"))
    seen.add(id)
    old = dict(zip(COLUMNS[table], before, strict=True)) if before is not None else {"id": id}
    values = {
        column: taken
        for column, value in line.cells.items()
        if column != "id" and not _is_same(column in old, old.get(column), value)
        for taken in [_taken(table, column, value, old.get(column))]
        if column not in old or taken != old[column]
    }
    if before is None:  # what is left empty in a new row is as usual there
        values = {column: value for column, value in values.items() if value not in ("", None)}
    elif not values:
        return True
    _check(draft, table, values, before is None)
    result.read += 1
    if before is None:
        draft.add(table, {"id": id, **values})
        result.made += 1
        return False
    draft.edit(table, id, values)
    result.updated += 1
    return True


def _new_id(manifest: Manifest, table: str, id: str, cells: dict[str, Value]) -> str:
    """The id of a row that the book does not have: that of its natural key, the one given, or one of its content."""
    if table in NATURAL:
        return natural_key(table, cells)
    return id or natural_id("row", manifest.document_id, table, json.dumps(cells, sort_keys=True))


def _is_same(there: bool, old: Value, new: object) -> bool:
    """Whether a cell is as it was, or as a spreadsheet makes it of its own accord."""
    if not there:
        return False
    if type(new) is type(old) and new == old:
        return True
    if isinstance(old, str) and isinstance(new, str):
        # 0212345678 comes back as 212345678.
        return clean(new, long=True) == old or (old[:1] == "0" and old.isdigit() and old.lstrip("0") == new != "")
    return False


def _taken(table: str, column: str, value: object, old: Value) -> Value:
    """The value as it is kept. Raises _Wrong for anything but text, a whole number or nothing."""
    if isinstance(value, bool) or not (value is None or isinstance(value, str | int)):
        shown = clean(str(value)[:80])[:40].lstrip("@")
        raise _Wrong(Message("whole.drop.text", {"column": column, "value": shown}))
    if isinstance(value, str):
        return clean(value, long=column in _LONG)
    if value is None and not is_number(table, column) and old is not None:
        return ""
    return value


def _check(draft: store.Draft, table: str, values: dict[str, Value], new: bool) -> None:
    columns = COLUMNS[table][1:] if new else tuple(values)
    for column in columns:
        value = values[column] if column in values else usual(table, column)
        reason = wrong(table, column, value)
        if reason is not None:
            raise _Wrong(reason)
        named = REFERENCES.get(column)
        if named and value and draft.row(named, str(value)) is None:
            raise _Wrong(Message("whole.drop.nobody", {"column": column, "value": str(value)[:40].lstrip("@")}))
        if not new and column in NATURAL.get(table, ()):
            raise _Wrong(Message("whole.drop.key", {"column": column}))
