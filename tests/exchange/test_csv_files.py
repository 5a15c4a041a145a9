"""Reading CSV files (I1, I2): what people's programs write goes in, anything else is refused in one sentence."""

from __future__ import annotations

import csv
import io
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.exchange.csv_files import (
    CELL_LIMIT,
    CannotOpen,
    CsvError,
    EmptyFile,
    NoHeader,
    NotCsv,
    NotUtf8,
    OpenQuote,
    read_csv,
)


def read(source: bytes | str) -> tuple[tuple[str, ...], list[tuple[int, list[str]]]]:
    data = source.encode() if isinstance(source, str) else source
    with read_csv(data) as file:
        return file.header, [(row.line, list(row.cells.values())) for row in file.rows()]


def refused(source: bytes | str) -> CsvError:
    with pytest.raises(CsvError) as caught:
        read(source)
    return caught.value


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
def test_utf8_is_read_with_and_without_a_byte_order_mark(mark: bytes) -> None:
    assert read(mark + "거래처,전화\n한빛상사,02\n".encode()) == (("거래처", "전화"), [(2, ["한빛상사", "02"])])


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_separator_is_found(delimiter: str) -> None:
    rows = [["거래처", "주소", "금액"], ["한빛", "서울, 강서구; 3층" if delimiter not in ",;" else "서울", "1"]]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter).writerows(rows)
    assert read(out.getvalue()) == (tuple(rows[0]), [(2, rows[1])])


def test_excels_own_line_about_the_separator_is_not_a_header() -> None:
    assert read("sep=;\r\n거래처;금액\r\n한빛;1,5\r\n") == (("거래처", "금액"), [(3, ["한빛", "1,5"])])


@pytest.mark.parametrize("ending", ["\n", "\r\n", "\r"])
def test_every_kind_of_line_break_ends_a_line(ending: str) -> None:
    assert read(ending.join(["거래처,전화", "가,1", "나,2"]))[1] == [(2, ["가", "1"]), (3, ["나", "2"])]


def test_a_cell_may_hold_line_breaks_and_the_lines_go_on_counting() -> None:
    text = '거래처,비고\n가,"한 줄\n두 줄"\n나,끝\n'
    assert read(text)[1] == [(2, ["가", "한 줄 두 줄"]), (4, ["나", "끝"])]
    with read_csv(text.encode()) as file:
        assert next(file.rows(long={"비고"})).cells["비고"] == "한 줄\n두 줄"


def test_blank_lines_are_no_rows() -> None:
    assert read("거래처,전화\n\n,\n가,1\n\n")[1] == [(4, ["가", "1"])]


def test_a_short_row_is_filled_and_a_long_one_says_by_how_much() -> None:
    with read_csv("거래처,전화,비고\n가\n나,1,2,3,,4\n다,1,2,,\n".encode()) as file:
        rows = list(file.rows())
    assert [(list(row.cells.values()), row.surplus) for row in rows] == [
        (["가", "", ""], 0),
        (["나", "1", "2"], 2),
        (["다", "1", "2"], 0),
    ]


def test_columns_of_one_name_or_none_are_told_apart() -> None:
    assert read("거래처,전화,전화,,전화 (2)\n")[0] == ("거래처", "전화", "전화 (2)", "#4", "전화 (2) (2)")


def test_what_could_harm_a_terminal_is_taken_out_and_the_rest_kept() -> None:
    nasty = "거래처,비고\n[red]한빛[/],=cmd()\n\x1b[31m가\u202e나\0다\x07,－\n"
    assert read(nasty)[1] == [(2, ["[red]한빛[/]", "=cmd()"]), (3, ["[31m가나다", "－"])]


def test_decomposed_hangul_becomes_whole() -> None:
    assert read("거래처\n한빛\n")[1] == [(2, ["한빛"])]


@pytest.mark.parametrize("before", [0, 3, 3_000, 15_000])
def test_the_first_byte_that_is_not_utf8_is_named_with_its_line(before: int) -> None:
    """I2: a file that Excel saved as CP949 says so, wherever in the file the first such byte stands."""
    start = "거래처,비고\n".encode() + ("가,나" * 5 + "\n").encode() * before
    error = refused(start + "한빛".encode("cp949") + b",1\n")
    assert isinstance(error, NotUtf8)
    assert error.message.args == {"line": before + 2, "byte": len(start) + 1}


def test_a_character_cut_at_the_end_of_the_file_is_noticed() -> None:
    error = refused("거래처,전화\n한빛".encode()[:-1])
    assert error.message.args == {"line": 2, "byte": len("거래처,전화\n한".encode()) + 1}


@pytest.mark.parametrize(
    ("data", "id"),
    [
        (b"PK\x03\x04rest", "importing.excel_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1", "importing.excel_file"),
        ("거래처,전화\n".encode("utf-16"), "importing.utf16"),
        ("Name,Phone\n".encode("utf-16-le"), "importing.utf16"),
    ],
)
def test_other_formats_are_named(data: bytes, id: str) -> None:
    error = refused(data)
    assert isinstance(error, NotCsv)
    assert error.message.id == id


@pytest.mark.parametrize("text", ["", "\ufeff", "\n\n", ",,,\n", '""\n'])
def test_a_file_with_nothing_in_it_is_empty(text: str) -> None:
    assert isinstance(refused(text), EmptyFile)


def test_a_header_alone_has_no_rows() -> None:
    assert read("거래처,전화") == (("거래처", "전화"), [])


@pytest.mark.parametrize(
    "first", ["한빛상사,02-123-4567", "ALFKI,1997-08,814.5,1", "한빛,a@b.kr", "가,2026-01-15", '가,"4,500만"']
)
def test_a_first_row_of_data_is_not_taken_for_names(first: str) -> None:
    assert isinstance(refused(first + "\n나,1\n"), NoHeader)


@pytest.mark.parametrize("first", ["거래처,2026-01,202602,2026년 3월", "업체 이름,1월,2월", "코드,010-1234-5678"])
def test_months_and_known_names_are_names(first: str) -> None:
    assert len(read(first + "\n가,1\n")[0]) >= 2


@pytest.mark.parametrize("text", ['거래처,비고\n가,1\n나,"열린\n다,2\n', '거래처,비고\n가,"열린'])
def test_a_quotation_mark_that_is_never_closed_swallows_nothing(text: str) -> None:
    error = refused(text)
    assert isinstance(error, OpenQuote)
    assert error.message.args["line"] == text.count("\n", 0, text.index('"')) + 1


def test_a_cell_beyond_the_limit_is_refused_with_its_line() -> None:
    long = "x" * 200_000
    assert read(f"거래처,비고\n가,{long}\n")[1] == [(2, ["가", long])]
    assert refused(f"거래처,비고\n가,{'x' * (CELL_LIMIT + 1)}\n").message.args == {"line": 2}


def test_a_file_without_line_breaks_is_not_read_to_its_end() -> None:
    assert refused(b"a" * (6 * CELL_LIMIT)).message.id == "importing.line_too_long"


def test_a_missing_file_and_a_folder_are_told_apart(tmp_path: Path) -> None:
    for path, id in ((tmp_path / "고객.csv", "importing.not_found"), (tmp_path, "importing.is_folder")):
        with pytest.raises(CannotOpen) as caught, read_csv(path):
            pass
        assert caught.value.message.id == id


def test_a_large_file_is_never_in_memory_as_a_whole(tmp_path: Path) -> None:
    path = tmp_path / "large.csv"
    with path.open("wb") as out:
        out.write("거래처,월,금액\n".encode() + "한빛상사,2026-01,1234\n".encode() * 20_000)
        out.truncate(500_000_000)
    tracemalloc.start()
    with read_csv(path) as file:
        count = sum(1 for _ in zip(range(2_000), file.rows(), strict=False))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 2_000
    assert peak < 20_000_000


def test_lines_are_counted_without_losing_the_place() -> None:
    with read_csv(("거래처,비고\n" + "가,나\n" * 100_000).encode()) as file:
        rows = file.rows()
        next(rows)
        assert file.count_lines() == 100_000
        assert sum(1 for _ in rows) == 99_999


_CELL = st.text(st.characters(codec="utf-8", exclude_categories=("C", "Z")), min_size=1, max_size=12)


@given(st.lists(st.tuples(_CELL, _CELL, _CELL), min_size=1, max_size=8), st.sampled_from(",;\t|"), st.booleans())
def test_what_a_csv_writer_writes_is_read_back(rows: list[tuple[str, ...]], delimiter: str, quoted: bool) -> None:
    from fieldsales.domain.text import clean

    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, quoting=csv.QUOTE_ALL if quoted else csv.QUOTE_MINIMAL)
    writer.writerow(["거래처", "전화", "비고"])
    writer.writerows(rows)
    with read_csv(out.getvalue().encode()) as file:
        if file.delimiter == delimiter:  # a file of separators of every kind may be read in more than one way
            assert [tuple(row.cells.values()) for row in file.rows()] == [tuple(map(clean, row)) for row in rows]


@given(st.binary(max_size=400))
def test_no_bytes_at_all_make_it_fail_in_any_other_way(data: bytes) -> None:
    try:
        header, rows = read(data)
    except CsvError:
        return
    assert len(set(header)) == len(header) > 0
    assert all(len(cells) >= len(header) for _, cells in rows)


@given(st.text(max_size=200))
def test_no_text_at_all_brings_in_control_characters(text: str) -> None:
    try:
        header, rows = read(text.encode("utf-8", "ignore"))
    except CsvError:
        return
    for cell in [*header, *(cell for _, cells in rows for cell in cells)]:
        assert not any(ord(letter) < 32 or 127 <= ord(letter) < 160 for letter in cell)
