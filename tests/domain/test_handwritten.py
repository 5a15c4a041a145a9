"""What may stand in a cell that was written by hand."""

from __future__ import annotations

import pytest

from fieldsales.domain.frozen import fields
from fieldsales.domain.handwritten import CHOICES, NATURAL, REFERENCES, natural_key, usual, wrong
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import TABLES

COLUMNS = {table: [one.name for one in fields(kind)] for table, kind in TABLES.items()}


@pytest.mark.parametrize(
    ("table", "column", "value", "reason"),
    [
        ("account", "name", "한빛정밀", ""),
        ("account", "name", "", "empty"),
        ("account", "name", 5, "text"),
        ("account", "name", None, "text"),
        ("account", "note", "가" * 100_001, "long"),
        ("account", "tier", "A", ""),
        ("account", "tier", "", ""),
        ("account", "tier", "D", "word"),
        ("account", "since", "2026-02-29", "form"),
        ("account", "since", "2024-02-29", ""),
        ("account", "since", "20240229", "form"),
        ("account", "extra", '{"a": "b"}', ""),
        ("account", "extra", "[1]", "form"),
        ("account", "usual_gap_days", None, ""),
        ("account", "usual_gap_days", "7", "number"),
        ("account", "seasonal", None, "empty"),
        ("account", "seasonal", True, "number"),
        ("amount", "month", "2026-13", "form"),
        ("amount", "month", "2026-10", ""),
        ("amount", "amount", 1 << 60, "number"),
        ("activity", "time", "24:00", "form"),
        ("activity", "time", "09:30", ""),
        ("case_event", "at", "2026-11-20T09:30", ""),
        ("case_event", "at", "2026-11-20T9", "form"),
    ],
)
def test_a_cell_is_taken_or_told_what_is_wrong_with_it(
    table: str, column: str, value: str | int | None, reason: str
) -> None:
    found = wrong(table, column, value)
    assert (found.id if found else "") == (f"whole.drop.{reason}" if reason else "")


@pytest.mark.parametrize("table", TABLES)
def test_what_a_column_usually_holds_is_never_wrong_unless_it_must_be_filled(table: str) -> None:
    for column in COLUMNS[table]:
        if column != "id":
            found = wrong(table, column, usual(table, column))
            assert found is None or found.id == "whole.drop.empty"


def test_the_lists_name_columns_that_exist() -> None:
    for table, column in CHOICES:
        assert column in COLUMNS[table]
        assert usual(table, column) in CHOICES[table, column] | {""}
    for table, columns in NATURAL.items():
        assert set(columns) <= set(COLUMNS[table])
    assert set(REFERENCES.values()) <= set(TABLES)


def test_a_natural_id_is_the_one_the_program_gives() -> None:
    cells: dict[str, str | int | None] = {"account_id": "a1", "month": "2026-10", "amount": 5}
    assert natural_key("amount", cells) == natural_id("amount", "a1", "2026-10")
