"""What stands in a case beside its checklist: causes, money, lessons; and what the keys do on such a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldsales.domain.model import CaseFile
from fieldsales.ui.screens.case import CaseRow, CaseText

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.ui.screens.case import CaseSheet

Rows = tuple[CaseRow | CaseText, ...]
OnRow = Callable[["FieldsalesApp", "CaseSheet", CaseRow], None]
OnStep = Callable[["FieldsalesApp", "CaseSheet"], None]

# By the number of the step: its further lines, and what `a` adds there.
STEPS: dict[int, Callable[[FieldsalesApp, CaseFile], Rows]] = {}
ADD: dict[int, OnStep] = {}
# By the kind of a line and the command (`open`, `edit`, `done`): what it does there.
ON_ROW: dict[tuple[str, str], OnRow] = {}
# By the act of a line of the checklist: what Enter does on it, where that is more than a note.
ON_ITEM: dict[str, OnStep] = {}


def rows_of(app: FieldsalesApp, file: CaseFile, step: int) -> Rows:
    """The further lines of a step."""
    make = STEPS.get(step)
    return make(app, file) if make else ()


def on_row(app: FieldsalesApp, sheet: CaseSheet, command: str) -> bool:
    """Do what the command does on the chosen further line; False where another line is chosen."""
    row = sheet.row
    if row is None:
        return False
    act = ON_ROW.get((row.kind, command))
    if act is not None:
        act(app, sheet, row)
    return True
