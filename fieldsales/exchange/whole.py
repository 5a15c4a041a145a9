"""내 백업: the whole book as a folder of readable files, and that folder read back.

One file for each table, one for the history (`op`), for the machines (`site`), for what the book says of itself
(`meta`) and for what was erased (`erased`), all sorted; and a manifest with the size and the SHA-256 of each. JSON has
one row a line and can be compared line by line. CSV is RFC 4180 in UTF-8 with a byte order mark; a text that a
spreadsheet would take for a formula has an apostrophe before it.

A folder from elsewhere is data: only the files named here are read, only plain ones, and never past their limits.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import os
import shutil
import tempfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Literal, NamedTuple, TextIO, get_args

from fieldsales.domain.frozen import dataclass, field, fields
from fieldsales.domain.model import TABLES, FieldsalesError

Kind = Literal["json", "csv"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Value = str | int | None

MANIFEST = "fieldsales-export.json"
FORMAT = 1
"""Number of this layout of files. It grows when a reader of the number before could not read what is written."""

LONGEST = 64 << 20
"""Characters that one row, and one cell, may have."""

_MANIFEST_LIMIT = 1 << 20
_CHUNK = 1 << 18
_LARGEST = 1 << 63
_PART = ".fieldsales-part"  # end of the name of a folder that is still being written


class WholeError(FieldsalesError):
    """An export that cannot be written, or read. Nothing was changed."""


class Column(NamedTuple):
    """A column of a file; `number` holds whole numbers or nothing, `nested` text that is JSON itself."""

    name: str
    number: bool = False
    nested: bool = False


def _columns_of(kind: type) -> tuple[Column, ...]:
    return tuple(
        Column(one.name, number > 0 and not isinstance(one.default, str)) for number, one in enumerate(fields(kind))
    )


HISTORY: dict[str, tuple[Column, ...]] = {
    "op": (
        Column("tbl"),
        Column("pk"),
        Column("hlc", True),
        Column("rnd", True),
        Column("site"),
        Column("act"),
        Column("patch", nested=True),
        Column("parents", nested=True),
    ),
    "site": (Column("site"), Column("label")),
    "meta": (Column("key"), Column("value")),
    "erased": (Column("tbl"), Column("pk"), Column("hlc", True), Column("rnd", True)),
}
"""What the tables are made of. These files are taken as they were written, or not at all."""

FILES: dict[str, tuple[Column, ...]] = {**{table: _columns_of(kind) for table, kind in TABLES.items()}, **HISTORY}


@dataclass(frozen=True, slots=True)
class Part:
    """A file of the export: how many rows it was written with, its bytes and their SHA-256."""

    rows: int
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an export says of itself. `book_format` is that of the book, `made_at` a local moment."""

    kind: Kind
    document_id: str
    book_format: int
    made_at: str = ""
    currency: str = ""
    parts: Mapping[str, Part] = field(default_factory=dict)  # by the names of FILES

    @property
    def rows(self) -> int:
        """Rows of the tables, without the history."""
        return sum(part.rows for name, part in self.parts.items() if name in TABLES)


# --- cells of a CSV file --------------------------------------------------------------------------------------------


_FORMULA = frozenset("=+-@\t\r'")


def to_cell(value: Value, number: bool) -> str:
    """A value as the text of a cell, so that `from_cell` gives it back; `number` as its column says.

    In a column of texts the empty cell is the empty text, and an apostrophe alone is no text at all; in a column of
    numbers the empty cell is no number.
    """
    if number:
        return "" if value is None else str(value)
    if value is None:
        return "'"
    text = str(value)
    return "'" + text if text[:1] in _FORMULA and text else text


def from_cell(text: str, number: bool) -> Value:
    """What `to_cell` wrote. Raises ValueError where a number is expected and none stands there."""
    if number:
        return whole_number(text) if text else None
    if text == "'":
        return None
    return text[1:] if text[:1] == "'" else text


def whole_number(text: str) -> int:
    """A whole number of at most 64 bits, written in ASCII digits. Raises ValueError for any other text."""
    digits = text[1:] if text[:1] in ("-", "+") else text
    if not (digits.isascii() and digits.isdigit()) or len(digits) > 19 or not -_LARGEST <= int(text) < _LARGEST:
        raise ValueError(text[:40])
    return int(text)


# --- writing --------------------------------------------------------------------------------------------------------


class Writer:
    """Writes an export into a folder that only takes its name when everything is in it. Made by `writing`."""

    def __init__(self, folder: Path, kind: Kind) -> None:
        self.parts: dict[str, Part] = {}
        self._folder = folder
        self._kind = kind

    def write(self, name: str, rows: Iterable[Sequence[Value]]) -> None:
        """Write one file of the export; the rows hold the columns of FILES in their order."""
        columns = FILES[name]
        lines = _json_lines(columns, rows) if self._kind == "json" else _csv_lines(columns, rows)
        digest = hashlib.sha256()
        size = count = 0
        with (self._folder / file_name(name, self._kind)).open("wb") as file:
            for number, text in lines:
                data = text.encode("utf-8", "surrogatepass")
                digest.update(data)
                size += len(data)
                count += number
                file.write(data)
            file.flush()
            os.fsync(file.fileno())
        self.parts[name] = Part(count, size, digest.hexdigest())

    def finish(self, manifest: Manifest, about: str) -> None:
        """Write the manifest, the last file; `about` is a sentence for whoever looks into it."""
        said = {
            "about": about,
            "format": FORMAT,
            "book_format": manifest.book_format,
            "kind": manifest.kind,
            "document_id": manifest.document_id,
            "made_at": manifest.made_at,
            "currency": manifest.currency,
            "files": {
                file_name(name, self._kind): {"rows": part.rows, "bytes": part.size, "sha256": part.sha256}
                for name, part in self.parts.items()
            },
        }
        with (self._folder / MANIFEST).open("w", encoding="utf-8", newline="\n") as file:
            json.dump(said, file, ensure_ascii=False, indent=2)
            file.write("\n")
            file.flush()
            os.fsync(file.fileno())


def file_name(name: str, kind: Kind) -> str:
    return f"{name}.{kind}"


@contextmanager
def writing(folder: Path, kind: Kind) -> Iterator[Writer]:
    """Write into a folder beside the one asked for, which takes its name at the end of the block.

    After an exception nothing is left. Raises WholeError where the folder exists and is not empty, and OSError where
    the system refuses.
    """
    folder = Path(os.path.abspath(folder))
    if folder.is_symlink() or (folder.exists() and not folder.is_dir()):
        raise WholeError("whole.not_a_folder", path=str(folder))
    if folder.is_dir() and any(folder.iterdir()):
        raise WholeError("whole.not_empty", path=str(folder))
    folder.parent.mkdir(parents=True, exist_ok=True)
    # Made readable for the user alone: it holds everything.
    part = Path(tempfile.mkdtemp(prefix=f".{folder.name[:100]}.", suffix=_PART, dir=folder.parent))
    try:
        yield Writer(part, kind)
        if folder.is_dir():
            folder.rmdir()
        part.rename(folder)
    except BaseException:
        shutil.rmtree(part, ignore_errors=True)
        raise


def _json_lines(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[tuple[int, str]]:
    """How many rows end with a piece of the file, and the piece."""
    encode = json.JSONEncoder(ensure_ascii=False).encode
    plain = [column.name for column in columns if not column.nested]
    deep = [f', "{column.name}": ' for column in columns if column.nested]  # they come last
    between = "[\n"
    for row in rows:
        text = encode(dict(zip(plain, row, strict=not deep)))
        if deep:
            nested = (name + _nested(value) for name, value in zip(deep, row[len(plain) :], strict=True))
            text = f"{text[:-1]}{''.join(nested)}}}"
        yield 1, between + text
        between = ",\n"
    yield 0, "[\n]\n" if between == "[\n" else "\n]\n"


_compact = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _nested(value: Value) -> str:
    """JSON that reading gives back to the letter, to stand in the line as it is; any other text as a text."""
    text = str(value)
    if text == "[]":
        return text
    try:
        same = text[:1] in ("{", "[") and _compact(json.loads(text)) == text
    except (ValueError, RecursionError):
        same = False
    return text if same else json.dumps(text, ensure_ascii=False)


def _csv_lines(columns: Sequence[Column], rows: Iterable[Sequence[Value]]) -> Iterator[tuple[int, str]]:
    numbers = [column.number for column in columns]
    buffer = io.StringIO(newline="")
    writer = csv.writer(buffer, lineterminator="\r\n")
    buffer.write("\ufeff")
    writer.writerow([column.name for column in columns])
    yield 0, buffer.getvalue()
    for row in rows:
        buffer.seek(0)
        buffer.truncate()
        writer.writerow([to_cell(value, number) for value, number in zip(row, numbers, strict=True)])
        yield 1, buffer.getvalue()


# --- reading --------------------------------------------------------------------------------------------------------


class Line(NamedTuple):
    """A row that was read: the line of the file it begins on, and its cells by column.

    A cell of a CSV file that is no number where one belongs stays text.
    """

    number: int
    cells: Mapping[str, object]
    surplus: bool = False  # it has more cells than the file has columns, or fewer


def is_export(path: Path) -> bool:
    """Whether there is a whole export: a folder with a manifest, or that manifest itself."""
    try:
        return (folder_of(path) / MANIFEST).is_file()
    except (OSError, ValueError):
        return False


def folder_of(path: Path) -> Path:
    """The folder of an export, where its manifest is named, too."""
    return path.parent if path.name == MANIFEST else path


def read_manifest(folder: Path) -> Manifest:
    """What the export says of itself; the files it names are there and plain. Raises WholeError."""
    name = folder.name
    path = folder / MANIFEST
    try:
        if not path.is_file() or path.is_symlink():
            raise WholeError("whole.no_manifest", name=name, file=MANIFEST)
        with path.open("rb") as file:
            data = file.read(_MANIFEST_LIMIT + 1)
        if len(data) > _MANIFEST_LIMIT:
            raise ValueError
        said = json.loads(data.decode("utf-8-sig"), parse_constant=_refuse_constant)
        if not isinstance(said, dict):
            raise ValueError
    except OSError:
        raise WholeError("whole.unreadable", name=name, file=MANIFEST) from None
    except (ValueError, RecursionError):
        raise WholeError("whole.broken_manifest", name=name, file=MANIFEST) from None
    number = said.get("format")
    if isinstance(number, int) and _is_number(number) and number > FORMAT:
        raise WholeError("whole.newer", name=name)
    try:
        manifest = _manifest(said)
    except (KeyError, ValueError, TypeError):
        raise WholeError("whole.broken_manifest", name=name, file=MANIFEST) from None
    for one in manifest.parts:
        _plain(folder, file_name(one, manifest.kind))
    return manifest


def _is_number(value: object) -> bool:
    return type(value) is int and 0 <= value < _LARGEST


def _manifest(said: dict[str, object]) -> Manifest:
    def text(key: str, longest: int) -> str:
        value = said[key]
        if not isinstance(value, str) or len(value) > longest or not value.isprintable():
            raise ValueError(key)
        return value

    kind, files, book_format = said["kind"], said["files"], said["book_format"]
    document_id = text("document_id", 64)
    if not isinstance(files, dict) or not _is_number(said["format"]) or not _is_number(book_format):
        raise ValueError("format")
    if kind not in KINDS or said["format"] != FORMAT or not document_id.replace("-", "").isalnum():
        raise ValueError("kind")
    # The names are never used as paths: they must be just those that an export has.
    if files.keys() != {file_name(name, kind) for name in FILES}:
        raise ValueError("files")
    parts = {}
    for name in FILES:
        about = files[file_name(name, kind)]
        if not (_is_number(about["rows"]) and _is_number(about["bytes"]) and isinstance(about["sha256"], str)):
            raise ValueError(name)
        parts[name] = Part(about["rows"], about["bytes"], about["sha256"])
    assert isinstance(book_format, int)
    return Manifest(kind, document_id, book_format, text("made_at", 40), text("currency", 8), parts)


def _refuse_constant(name: str) -> None:
    raise ValueError(name)


def _plain(folder: Path, name: str) -> Path:
    path = folder / name
    if path.is_symlink() or (path.exists() and not path.is_file()):
        raise WholeError("whole.not_plain", name=folder.name, file=name)
    if not path.is_file():
        raise WholeError("whole.missing", name=folder.name, file=name)
    return path


def edited_files(folder: Path, manifest: Manifest) -> tuple[str, ...]:
    """The tables whose files are not as they were written. Raises WholeError where the history is not."""
    found = []
    for name, part in manifest.parts.items():
        path = _plain(folder, file_name(name, manifest.kind))
        if not _as_written(folder, path, part):
            if name in HISTORY:
                raise WholeError("whole.history_changed", name=folder.name, file=path.name)
            found.append(name)
    return tuple(found)


def _as_written(folder: Path, path: Path, part: Part) -> bool:
    digest = hashlib.sha256()
    try:
        if path.stat().st_size != part.size:
            return False
        with path.open("rb") as file:
            while chunk := file.read(_CHUNK):
                digest.update(chunk)
    except OSError:
        raise WholeError("whole.unreadable", name=folder.name, file=path.name) from None
    return digest.hexdigest() == part.sha256


def read_history(folder: Path, manifest: Manifest, name: str) -> Iterator[tuple[Value, ...]]:
    """The rows of a file of the history, in the order of its columns. Raises WholeError where one is none of ours."""
    columns = FILES[name]
    names = {column.name for column in columns}
    count = 0
    for line in read_lines(folder, manifest.kind, name):
        if line.surplus or line.cells.keys() != names:
            raise WholeError("whole.broken", name=folder.name, file=file_name(name, manifest.kind), line=line.number)
        values: list[Value] = []
        for column in columns:
            value = line.cells[column.name]
            if column.nested and isinstance(value, dict | list):
                value = _compact(value)
            if type(value) is not (int if column.number else str) or (column.number and not _is_number(value)):
                raise WholeError(
                    "whole.broken", name=folder.name, file=file_name(name, manifest.kind), line=line.number
                )
            values.append(value)
        count += 1
        yield tuple(values)
    if count != manifest.parts[name].rows:
        raise WholeError("whole.history_changed", name=folder.name, file=file_name(name, manifest.kind))


def read_lines(folder: Path, kind: Kind, name: str) -> Iterator[Line]:
    """The rows of a file, whatever they hold. Raises WholeError where the file cannot be read to its end."""
    path = _plain(folder, file_name(name, kind))
    read = _read_json if kind == "json" else _read_csv
    line = 1
    try:
        with path.open("r", encoding="utf-8-sig", newline="") as file:
            for row in read(file, FILES[name]):
                line = row.number
                yield row
    except OSError:
        raise WholeError("whole.unreadable", name=folder.name, file=path.name) from None
    except UnicodeDecodeError:
        raise WholeError("whole.not_utf8", name=folder.name, file=path.name) from None
    except _Broken as error:
        raise WholeError(f"whole.{error.reason}", name=folder.name, file=path.name, **error.args_) from None
    except (ValueError, RecursionError, csv.Error):
        raise WholeError("whole.broken", name=folder.name, file=path.name, line=line) from None


class _Broken(Exception):  # noqa: N818
    def __init__(self, reason: str, **args: str | int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.args_ = args


def _read_json(file: TextIO, columns: Sequence[Column]) -> Iterator[Line]:
    """The objects of a list, however it is laid out, a chunk of the file at a time."""
    decode = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode
    text = file.read(_CHUNK)
    at, line, begun = 0, 1, False

    def more() -> bool:
        """Read on, keeping what is not read yet; False at the end of the file."""
        nonlocal text, at
        if len(text) - at > LONGEST:
            raise _Broken("broken", line=line)
        chunk = file.read(max(_CHUNK, len(text) - at))
        text, at = text[at:] + chunk, 0
        return bool(chunk)

    def sign() -> str:
        """The next letter that is no blank, "" at the end."""
        nonlocal at, line
        while True:
            rest = text[at : at + 200]
            blank = len(rest) - len(rest.lstrip(" \t\r\n"))
            line += rest.count("\n", 0, blank)
            at += blank
            if blank < len(rest):
                return rest[blank]
            if at >= len(text) and not more():
                return ""

    while (letter := sign()) != "]":
        if letter != ("," if begun else "["):
            # Where the list was begun and is not ended, the file was cut off; what it begins with is no list otherwise.
            raise _Broken("broken" if letter else "cut_off", line=line)
        at += 1
        if not begun:
            begun = True
            if sign() == "]":
                break
        if sign() != "{":
            raise _Broken("broken" if sign() else "cut_off", line=line)
        while True:
            try:
                found, end = decode(text, at)
                break
            except json.JSONDecodeError:
                if not more():
                    raise _Broken("broken", line=line) from None
        yield Line(line, found)
        line += text.count("\n", at, end)
        at = end
    at += 1
    if sign():
        raise _Broken("broken", line=line)


def _read_csv(file: TextIO, columns: Sequence[Column]) -> Iterator[Line]:
    first = file.readline(_CHUNK)
    delimiter = max(",;\t", key=first.count)
    header = [name.strip() for name in next(csv.reader([first], delimiter=delimiter), [])]
    while header and not header[-1]:
        header.pop()
    known = {column.name: column.number for column in columns}
    strange = next((name for name in header if name not in known or header.count(name) > 1), None)
    if strange is not None or columns[0].name not in header:
        raise _Broken("header", column=_shown(strange or columns[0].name))
    numbers = [known[name] for name in header]
    ended = first.endswith(("\n", "\r"))

    def lines() -> Iterator[str]:
        nonlocal ended
        while text := file.readline(LONGEST + 1):
            if len(text) > LONGEST:
                raise _Broken("broken", line=start)
            ended = text.endswith(("\n", "\r"))
            yield text

    start = 2
    with _wide_cells():
        reader = csv.reader(lines(), delimiter=delimiter, strict=True)
        for cells in reader:
            if any(cells):
                while len(cells) > len(header) and not cells[-1]:
                    cells.pop()
                values = {
                    name: _read_cell(text, number) for name, text, number in zip(header, cells, numbers, strict=False)
                }
                yield Line(start, values, len(cells) != len(header))
            start = reader.line_num + 2
    if not ended:
        raise _Broken("cut_off", line=start)


@contextmanager
def _wide_cells() -> Iterator[None]:
    """Cells as long as an export may have them; the limit is one for the whole process, so it is given back."""
    before = csv.field_size_limit(LONGEST)
    try:
        yield
    finally:
        csv.field_size_limit(before)


def _read_cell(text: str, number: bool) -> Value:
    try:
        return from_cell(text, number)
    except ValueError:
        return text


def _shown(text: str) -> str:
    return "".join(letter for letter in text[:60] if letter.isprintable()).lstrip("@")
