"""The files of a whole export: what is written is read back, and what is not ours is refused."""

from __future__ import annotations

import csv
import io
import json
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fieldsales.domain.text import clean
from fieldsales.exchange.whole import (
    FILES,
    HISTORY,
    MANIFEST,
    Kind,
    Line,
    Manifest,
    Value,
    WholeError,
    edited_files,
    file_name,
    from_cell,
    is_export,
    read_history,
    read_lines,
    read_manifest,
    to_cell,
    writing,
)

ROWS: dict[str, list[tuple[Value, ...]]] = {
    "setting": [("s1", "currency", "KRW"), ("s2", "=1+1", '여러\n줄, "따옴표"')],
    "amount": [("m1", "a1", "2026-10", -4500, None)],
    "op": [("setting", "s1", 5 << 16, 7, "site", "act", '{"_deleted":0,"key":"currency"}', "[]")],
    "site": [("site", "office laptop")],
    "meta": [("document_id", "book-1")],
    "erased": [("account", "x", 0, 0)],
}

anything = st.text().map(lambda text: clean(text, long=True))
values = st.none() | anything | anything.map(clean)


def write(folder: Path, kind: Kind, rows: dict[str, list[tuple[Value, ...]]] | None = None) -> Path:
    with writing(folder, kind) as writer:
        for name in FILES:
            writer.write(name, (rows or ROWS).get(name, []))
        writer.finish(Manifest(kind, "book-1", 2, "2026-11-20T09:30", "KRW"), "about")
    return folder


@given(value=values)
def test_any_clean_text_comes_back_from_its_cell(value: str | None) -> None:
    cell = to_cell(value, number=False)
    assert cell[:1] not in set("=+-@\t\r")
    assert from_cell(cell, number=False) == value


@given(value=st.none() | st.integers(-(1 << 63), (1 << 63) - 1))
def test_any_number_comes_back_from_its_cell(value: int | None) -> None:
    assert from_cell(to_cell(value, number=True), number=True) == value


@given(first=values, second=values)
def test_different_texts_have_different_cells(first: str | None, second: str | None) -> None:
    assert (to_cell(first, number=False) == to_cell(second, number=False)) == (first == second)


@given(rows=st.lists(st.tuples(values, values), max_size=5))
@settings(max_examples=20, deadline=None)
def test_any_texts_come_back_from_either_kind_of_file(
    rows: list[tuple[str | None, str | None]], tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = tmp_path_factory.mktemp("whole")
    wanted = [(str(number), *row) for number, row in enumerate(rows)]
    for kind in ("csv", "json"):
        write(folder / kind, kind, {"setting": [tuple(row) for row in wanted]})
        assert [tuple(line.cells.values()) for line in read_lines(folder / kind, kind, "setting")] == wanted


@given(text=st.text(st.characters(exclude_categories=["Cs"])))
@settings(max_examples=20, deadline=None)
def test_the_text_of_an_operation_comes_back_to_the_letter(text: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("whole")
    for number, patch in enumerate((json.dumps({"note": text}), json.dumps({"note": text}, ensure_ascii=False), text)):
        row = ("account", "a", 1, 2, "s", "x", patch, "[[1, 2]]")
        for kind in ("csv", "json"):
            made = write(folder / f"{kind}{number}", kind, {**ROWS, "op": [row]})
            assert list(read_history(made, read_manifest(made), "op")) == [row]


@pytest.mark.parametrize("kind", ["json", "csv"])
def test_what_was_written_is_read_back_and_known_as_unedited(tmp_path: Path, kind: Kind) -> None:
    folder = write(tmp_path / "e", kind)
    manifest = read_manifest(folder)
    assert (manifest.kind, manifest.document_id, manifest.currency, manifest.rows) == (kind, "book-1", "KRW", 3)
    assert edited_files(folder, manifest) == ()
    for name in HISTORY:
        assert list(read_history(folder, manifest, name)) == ROWS[name]
    for name in ("setting", "amount"):
        assert [tuple(line.cells.values()) for line in read_lines(folder, kind, name)] == ROWS[name]
    assert is_export(folder)
    assert is_export(folder / MANIFEST)
    assert not is_export(tmp_path)


def test_a_csv_file_is_rfc_4180_with_a_byte_order_mark(tmp_path: Path) -> None:
    data = (write(tmp_path / "e", "csv") / "setting.csv").read_bytes()
    assert data.startswith("\ufeffid,key,value\r\n".encode())
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows[2] == ["s2", "'=1+1", '여러\n줄, "따옴표"']


def test_a_json_file_has_one_row_a_line_and_the_history_stands_in_it_readably(tmp_path: Path) -> None:
    folder = write(tmp_path / "e", "json")
    text = (folder / "setting.json").read_text(encoding="utf-8")
    assert len(text.splitlines()) == 4
    assert json.loads(text)[0] == {"id": "s1", "key": "currency", "value": "KRW"}
    assert json.loads((folder / "op.json").read_text())[0]["patch"] == {"_deleted": 0, "key": "currency"}


def test_an_edited_file_may_be_laid_out_anew(tmp_path: Path) -> None:
    folder = write(tmp_path / "e", "json")
    path = folder / "setting.json"
    path.write_text(json.dumps(json.loads(path.read_text()), indent=4))
    assert edited_files(folder, read_manifest(folder)) == ("setting",)
    lines = list(read_lines(folder, "json", "setting"))
    assert [tuple(line.cells.values()) for line in lines] == ROWS["setting"]
    assert [line.number for line in lines] == [2, 7]


def test_a_spreadsheet_may_leave_the_mark_out_and_use_other_separators(tmp_path: Path) -> None:
    folder = write(tmp_path / "e", "csv")
    (folder / "setting.csv").write_text("id;value;key\ns1;a;b\ns2;;'\n;;\n", encoding="utf-8")
    assert list(read_lines(folder, "csv", "setting")) == [
        Line(2, {"id": "s1", "value": "a", "key": "b"}),
        Line(3, {"id": "s2", "value": "", "key": None}),
    ]


def test_nothing_is_left_of_an_export_that_fails(tmp_path: Path) -> None:
    def write_half() -> None:
        with writing(tmp_path / "e", "json") as writer:
            writer.write("account", [])
            assert not (tmp_path / "e").exists()
            raise OSError(28, "full")

    with pytest.raises(OSError, match="full"):
        write_half()
    assert list(tmp_path.iterdir()) == []


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "full").mkdir()
    (tmp_path / "full" / "note").write_text("mine")
    (tmp_path / "file").write_text("mine")
    for name, id in (("full", "whole.not_empty"), ("file", "whole.not_a_folder")):
        with pytest.raises(WholeError) as told:
            write(tmp_path / name, "json")
        assert told.value.message.id == id
    (tmp_path / "empty").mkdir()
    write(tmp_path / "empty", "json")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["empty", "file", "full"]


# --- what is no export of ours ----------------------------------------------------------------------------------------


def read_all(folder: Path) -> None:
    """All that an import reads before it writes anything."""
    manifest = read_manifest(folder)
    for name in edited_files(folder, manifest):
        list(read_lines(folder, manifest.kind, name))
    for name in HISTORY:
        list(read_history(folder, manifest, name))


def manifest_with(**changes: object) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / MANIFEST
        path.write_text(json.dumps(json.loads(path.read_text()) | changes))

    return change


def _rename(old: str, new: str) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        path = folder / MANIFEST
        path.write_text(path.read_text().replace(old, new))

    return change


def _write(name: str, text: str | bytes) -> Callable[[Path], object]:
    return lambda folder: (folder / name).write_bytes(text.encode() if isinstance(text, str) else text)


def _instead(name: str, make: Callable[[Path], object]) -> Callable[[Path], object]:
    def change(folder: Path) -> None:
        (folder / name).unlink()
        make(folder / name)

    return change


HARMS: dict[str, tuple[Callable[[Path], object], str]] = {
    "no manifest": (lambda folder: (folder / MANIFEST).unlink(), "no_manifest"),
    "an empty manifest": (_write(MANIFEST, ""), "broken_manifest"),
    "a manifest cut in two": (
        lambda folder: (folder / MANIFEST).write_text((folder / MANIFEST).read_text()[:400]),
        "broken_manifest",
    ),
    "a manifest of nothing but brackets": (_write(MANIFEST, "[" * 200_000), "broken_manifest"),
    "an endless number": (_write(MANIFEST, '{"format": ' + "9" * 10_000 + "}"), "broken_manifest"),
    "an endless manifest": (_write(MANIFEST, " " * (2 << 20)), "broken_manifest"),
    "NUL bytes": (_write(MANIFEST, b"\0" * 1000), "broken_manifest"),
    "no UTF-8": (_write(MANIFEST, b"\xff\xfe{}"), "broken_manifest"),
    "a later format": (manifest_with(format=2), "newer"),
    "a format that is a text": (manifest_with(format="1"), "broken_manifest"),
    "a format that is true": (manifest_with(format=True), "broken_manifest"),
    "a strange kind": (manifest_with(kind="xml"), "broken_manifest"),
    "a kind that is a list": (manifest_with(kind=["json"]), "broken_manifest"),
    "a document that is a path": (manifest_with(document_id="../../book"), "broken_manifest"),
    "no document": (manifest_with(document_id=""), "broken_manifest"),
    "no files": (manifest_with(files={}), "broken_manifest"),
    "files that are a list": (manifest_with(files=["op.json"]), "broken_manifest"),
    "a path in a name": (_rename("account.json", "../../account.json"), "broken_manifest"),
    "another name": (_rename("account.json", "accounts.json"), "broken_manifest"),
    "a negative size": (_rename('"bytes": ', '"bytes": -'), "broken_manifest"),
    "a table that is missing": (lambda folder: (folder / "lesson.json").unlink(), "missing"),
    "no history": (lambda folder: (folder / "op.json").unlink(), "missing"),
    "a folder for a table": (
        _instead("lesson.json", Path.mkdir),
        "not_plain",
    ),
    "a link for a table": (
        _instead("lesson.json", lambda path: path.symlink_to(path.with_name("op.json"))),
        "not_plain",
    ),
    "a history that was edited": (_write("op.json", "[]"), "history_changed"),
    "a history cut in two": (
        lambda folder: (folder / "op.json").write_bytes((folder / "op.json").read_bytes()[:60]),
        "history_changed",
    ),
    "erasures taken out": (_write("erased.json", "[\n]\n"), "history_changed"),
    "a table cut in two": (
        lambda folder: (folder / "setting.json").write_bytes((folder / "setting.json").read_bytes()[:-3]),
        "cut_off",
    ),
    "a table cut inside a row": (
        lambda folder: (folder / "setting.json").write_bytes((folder / "setting.json").read_bytes()[:70]),
        "broken",
    ),
    "an empty table": (_write("setting.json", ""), "cut_off"),
    "a table of NUL bytes": (_write("setting.json", b"\0" * 100_000), "broken"),
    "a table that is no list": (_write("setting.json", '{"id": "s1"}'), "broken"),
    "a list of numbers": (_write("setting.json", "[1, 2]"), "broken"),
    "a number of ten thousand digits": (_write("setting.json", '[{"id": ' + "9" * 10_000 + "}]"), "broken"),
    "no number": (_write("setting.json", '[{"id": NaN}]'), "broken"),
    "something after the list": (_write("setting.json", "[]\nx"), "broken"),
    "brackets without end": (_write("setting.json", '[{"id": ' + "[" * 100_000), "broken"),
    "a table that is no UTF-8": (_write("setting.json", b'[{"id": "\xff"}]'), "not_utf8"),
}


@pytest.mark.parametrize("harm", HARMS)
def test_what_is_damaged_or_hostile_is_refused_in_words(tmp_path: Path, harm: str) -> None:
    change, id = HARMS[harm]
    folder = write(tmp_path / "e", "json")
    change(folder)
    begun = time.monotonic()
    with pytest.raises(WholeError) as told:
        read_all(folder)
    assert told.value.message.id == f"whole.{id}"
    assert time.monotonic() - begun < 20


CSV_HARMS: dict[str, tuple[str | bytes, str]] = {
    "an unknown column": ("id,key,colour\r\ns1,a,b\r\n", "header"),
    "a column twice": ("id,key,key\r\ns1,a,b\r\n", "header"),
    "no id": ("key,value\r\na,b\r\n", "header"),
    "no end of the last line": ("id,key,value\r\ns1,a,b", "cut_off"),
    "an open quotation mark": ('id,key,value\r\ns1,"a,b\r\n', "broken"),
    "letters after a quotation mark": ('id,key,value\r\ns1,"a"x,b\r\n', "broken"),
    "nothing": ("", "header"),
    "NUL bytes": (b"\0" * 100_000, "header"),
    "the encoding of Korean Windows": ("id,key,value\r\ns1,한글,b\r\n".encode("cp949"), "not_utf8"),
}


@pytest.mark.parametrize("harm", CSV_HARMS)
def test_a_csv_file_that_cannot_be_read_is_refused_in_words(tmp_path: Path, harm: str) -> None:
    text, id = CSV_HARMS[harm]
    folder = write(tmp_path / "e", "csv")
    _write("setting.csv", text)(folder)
    before = csv.field_size_limit()
    with pytest.raises(WholeError) as told:
        read_all(folder)
    assert told.value.message.id == f"whole.{id}"
    assert csv.field_size_limit() == before


@given(at=st.integers(0, 10_000), byte=st.integers(0, 255), cut=st.booleans(), name=st.sampled_from(sorted(FILES)))
@settings(max_examples=60, deadline=None)
def test_a_damaged_byte_is_refused_or_known_as_an_edit(
    at: int, byte: int, cut: bool, name: str, tmp_path_factory: pytest.TempPathFactory
) -> None:
    folder = write(tmp_path_factory.mktemp("whole") / "e", "json")
    path = folder / file_name(name, "json")
    data = path.read_bytes()
    at %= len(data)
    harmed = data[:at] if cut else data[:at] + bytes([byte]) + data[at + 1 :]
    path.write_bytes(harmed)
    try:
        manifest = read_manifest(folder)
        edited = edited_files(folder, manifest)
        read_all(folder)
    except WholeError:
        return
    assert edited == (() if harmed == data else (name,))
    assert name not in HISTORY or harmed == data
