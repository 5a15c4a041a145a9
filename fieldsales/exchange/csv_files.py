"""CSV files as they come from Excel, a bookkeeping program or another CRM: read line by line, never as a whole.

Only UTF-8 is read, with or without a byte order mark. Everything that is not a table of text is refused in one
sentence that says where and what to do; a single bad row is left to the caller, who knows what the rows mean.
"""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO, NamedTuple

from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean
from fieldsales.exchange.columns import is_known, literal, read_day, read_month

CELL_LIMIT = 1 << 20
"""Characters a cell may have. More is an unclosed quotation mark, not a note."""

_CHUNK = 1 << 18
_SAMPLE = 1 << 16
_DELIMITERS = ",;\t|"
_LINE = re.compile(r"[^\r\n]*(?:\r\n|\n|\r)")
_BREAK = re.compile(r"\r\n|\n|\r")
_NUMBER = re.compile(r"[-+(△▲]?\s*[$₩€]?\s*\d[\d,.]*\s*[만억천]?\s*원?\)?")
_EMAIL = re.compile(r"[^@\s]+@[^@\s]+\.\w+")
_PHONE = re.compile(r"\+?\(?\d{1,4}\)?[-. ]\d{2,4}[-. ]?\d{2,4}([-. ]\d{2,4})*")

# Written after the last line: where it turns up inside a cell, that cell's quotation mark was never closed.
_END = "\ue000end\ue000"


class CsvError(FieldsalesError):
    """The file as a whole cannot be read as a table."""


class CannotOpen(CsvError):  # noqa: N818
    """No such file, a folder, or not allowed."""


class NotUtf8(CsvError):  # noqa: N818
    """Args: line and byte (both from 1) of the first byte that is not UTF-8."""


class NotCsv(CsvError):  # noqa: N818
    """An Excel workbook, UTF-16, or no text at all."""


class EmptyFile(CsvError):  # noqa: N818
    """Nothing in it, or nothing but blank lines."""


class NoHeader(CsvError):  # noqa: N818
    """The first row is data: a number, a date or an address where the names of the columns belong."""


class OpenQuote(CsvError):  # noqa: N818
    """A quotation mark opened in the row that begins on `line` is never closed, or its cell is beyond CELL_LIMIT."""


class Row(NamedTuple):
    """One record of the file."""

    line: int  # the physical line it begins on, the file's first being 1
    cells: dict[str, str]  # by column, cleaned; a missing cell at the end is ""
    surplus: int  # cells with something in them beyond the last column


class CsvFile:
    """An open file: its columns at once, its rows once and lazily. Made by `read_csv`."""

    def __init__(self, file: BinaryIO, name: str) -> None:
        self._file = file
        head = file.read(_SAMPLE)
        _refuse_other_formats(head, name)
        bom = head.startswith(codecs.BOM_UTF8)
        sample = head[3 if bom else 0 :].decode("utf-8", "ignore").replace("\0", "")
        lines = _lines(file, head)
        first = 0
        told = re.match(r"sep=([,;\t|])\r?\n", sample)
        if told:
            next(lines, None)
            first = 1
            self.delimiter = told[1]
        else:
            self.delimiter = _sniff(sample, whole=len(head) < _SAMPLE)
        csv.field_size_limit(max(csv.field_size_limit(), CELL_LIMIT))
        self._records = _records(_ended(lines), self.delimiter, first)
        _, cells = next(self._records, (0, []))
        while cells and not cells[-1].strip():
            cells.pop()
        names = [clean(cell) for cell in cells]
        if not names:
            raise EmptyFile("importing.empty_file", name=name)
        if _looks_like_data(names):
            raise NoHeader("importing.no_header", row=literal(", ".join(name for name in names if name)[:80]))
        self.header: tuple[str, ...] = _distinct(names)
        """The names of the columns, each once: a second `전화` is `전화 (2)`, one without a name `#3`."""

    def count_lines(self) -> int:
        """About how many rows there are: line breaks after the header. Leaves the reading where it is."""
        at = self._file.tell()
        self._file.seek(0)
        count = sum(chunk.count(b"\n") for chunk in iter(lambda: self._file.read(_CHUNK), b""))
        self._file.seek(at)
        return max(0, count - 1)

    def rows(self, long: Collection[str] = ()) -> Iterator[Row]:
        """The rows below the header; blank ones are skipped. Columns named in `long` keep their line breaks.

        Raises CsvError where the file cannot be read further. Can be run through once.
        """
        header = self.header
        width = len(header)
        keeps = [name in long for name in header]
        for line, cells in self._records:
            if not any(keeps):
                values = [_cell(cell) for cell in cells]
            else:
                values = [
                    clean(cell, long=True) if keep else _cell(cell)
                    for cell, keep in zip(cells, keeps + [False] * len(cells), strict=False)
                ]
            if not any(values):
                continue
            surplus = sum(1 for value in values[width:] if value)
            if len(values) < width:
                values += [""] * (width - len(values))
            yield Row(line, dict(zip(header, values, strict=False)), surplus)


@contextmanager
def read_csv(source: Path | bytes) -> Iterator[CsvFile]:
    """Open a CSV file, or the bytes of one, for reading. Raises CsvError."""
    name = literal(clean(source.name)) if isinstance(source, Path) else ""
    try:
        file: BinaryIO = source.open("rb") if isinstance(source, Path) else io.BytesIO(source)
    except FileNotFoundError:
        raise CannotOpen("importing.not_found", name=name) from None
    except OSError:
        folder = isinstance(source, Path) and source.is_dir()
        raise CannotOpen("importing.is_folder" if folder else "importing.cannot_open", name=name) from None
    with file:
        yield CsvFile(file, name)


def _cell(text: str) -> str:
    # Most cells are plain ASCII, for which cleaning is stripping; this makes a large file twice as fast.
    if text.isascii() and text.isprintable() and "  " not in text:
        return text.strip()
    return clean(text)


def _refuse_other_formats(head: bytes, name: str) -> None:
    if head.startswith((b"PK\x03\x04", b"\xd0\xcf\x11\xe0")):
        raise NotCsv("importing.excel_file", name=name)
    if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)) or head.count(b"\0") > len(head) // 5:
        raise NotCsv("importing.utf16", name=name)


def _lines(file: BinaryIO, head: bytes) -> Iterator[str]:
    """Decoded lines with their line breaks, whichever kind, so that the line of a bad byte is known."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    chunk = head
    skip = 3 if head.startswith(codecs.BOM_UTF8) else 0
    offset = skip
    chunk = chunk[skip:]
    carry = ""
    line = 0
    while True:
        pending = len(decoder.getstate()[0])
        try:
            text = carry + decoder.decode(chunk, final=not chunk)
        except UnicodeDecodeError as error:
            before = carry + error.object[: error.start].decode("utf-8")
            raise NotUtf8(
                "importing.not_utf8",
                line=line + len(_BREAK.findall(before)) + 1,
                byte=offset - pending + error.start + 1,
            ) from None
        text = text.replace("\0", "")
        offset += len(chunk)
        # A break of two characters may stand across two chunks.
        held = text.endswith("\r") and bool(chunk)
        lines, carry = _split(text[:-1] if held else text)
        carry += "\r" if held else ""
        line += len(lines)
        yield from lines
        if not chunk:
            break
        if len(carry) > 4 * CELL_LIMIT:
            raise OpenQuote("importing.line_too_long", line=line + 1)
        chunk = file.read(_CHUNK)
    if carry:
        yield carry


def _split(text: str) -> tuple[list[str], str]:
    """The whole lines of a text, and what stands after the last line break."""
    # Looked for only up to the last break: a pattern that cannot match is tried at every letter of a long line.
    end = max(text.rfind("\n"), text.rfind("\r")) + 1
    return _LINE.findall(text, 0, end), text[end:]


def _ended(lines: Iterable[str]) -> Iterator[str]:
    yield from lines
    yield _END


def _records(lines: Iterator[str], delimiter: str, first: int) -> Iterator[tuple[int, list[str]]]:
    reader = csv.reader(lines, delimiter=delimiter)
    start = first + 1
    try:
        for cells in reader:
            if cells and cells[-1].endswith(_END):
                if cells != [_END]:
                    raise OpenQuote("importing.open_quote", line=start)
                return
            if cells:
                yield start, cells
            start = first + reader.line_num + 1
    except csv.Error:
        raise OpenQuote("importing.open_quote", line=start) from None


def _sniff(sample: str, whole: bool) -> str:
    """The separator whose columns agree best over the first rows, the one with the most columns among equals."""
    lines, rest = _split(sample)
    if whole or not lines:
        lines.append(rest)
    best = (0.0, 0, ",")
    for delimiter in _DELIMITERS:
        try:
            rows = [row for row in csv.reader(lines, delimiter=delimiter) if row][:60]
        except csv.Error:
            continue
        widths = Counter(map(len, rows))
        if not rows or len(rows[0]) < 2:
            continue
        score = (widths[len(rows[0])] / len(rows), len(rows[0]), delimiter)
        if score[:2] > best[:2]:
            best = score
    return best[2]


def _looks_like_data(names: Sequence[str]) -> bool:
    if any(is_known(name) for name in names):
        return False
    return any(
        not _is_month_name(name)
        and (_NUMBER.fullmatch(name) or _EMAIL.fullmatch(name) or _PHONE.fullmatch(name) or read_day(name))
        for name in names
    )


def _is_month_name(name: str) -> bool:
    if name.isdecimal() and len(name) <= 2:
        return 1 <= int(name) <= 12
    return bool(read_month(name)) and not read_day(name)


def _distinct(names: Sequence[str]) -> tuple[str, ...]:
    taken: set[str] = set()
    given = []
    for position, name in enumerate(names, 1):
        base = name or f"#{position}"
        unique, count = base, 1
        while unique in taken:
            count += 1
            unique = f"{base} ({count})"
        taken.add(unique)
        given.append(unique)
    return tuple(given)
