"""준비표: checklists that are prepared for a meeting, ticked and written on, and what was answered the last time."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.frozen import dataclass, replace
from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account, Activity, Changed, FieldsalesError, Sheet, SheetItem
from fieldsales.domain.playbooks import Playbook, PlaybookError, newer, parse_playbook
from fieldsales.domain.text import clean
from fieldsales.playbooks import find_playbook, own_file, playbook_names

if TYPE_CHECKING:
    from fieldsales.storage.book import Book, Change

TITLES = "@steps"  # in a sheet's content: the titles of its steps, as they were when it began


class NoSuchSheetError(FieldsalesError):
    """The sheet is no longer in the book."""

    def __init__(self) -> None:
        super().__init__("prep.no_sheet")


class NoSuchListError(FieldsalesError):
    """There is no checklist of this name."""

    def __init__(self, name: str) -> None:
        super().__init__("prep.no_list", name=name)


@dataclass(frozen=True, slots=True)
class Begun:
    """A sheet that has begun, or one that went on."""

    sheet_id: str
    changed: Changed


@dataclass(frozen=True, slots=True)
class Listed:
    """A checklist that can be used. `own` where it is the user's; `shipped` is the edition of ours where that is newer
    than the user's copy of it; `trouble` says why the user's file is passed over, and ours is used in its place.
    """

    playbook: Playbook
    own: bool = False
    shipped: str = ""
    trouble: PlaybookError | None = None
    path: str = ""  # of the user's file


@dataclass(frozen=True, slots=True)
class Answer:
    """What was written beside a line the last time, and on which day."""

    day: str
    text: str


# --- checklists -----------------------------------------------------------------------------------------------------


def load(name: str, lang: str, user_folder: Path | None = None) -> Listed:
    """The checklist of a name such as `joint` in a language: the user's own file if it can be used, else ours.

    Raises NoSuchListError, and PlaybookError for a file of the user's that has no one of ours to stand in for it.
    """
    file = f"{name}.{lang}"
    own = own_file(name, lang, user_folder)
    try:
        shipped = replace(parse_playbook(find_playbook(file)), name=name)
    except (FileNotFoundError, ValueError):
        shipped = None
    if own is None or user_folder is None:
        if shipped is None:
            raise NoSuchListError(clean(name)[:80])
        return Listed(shipped)
    try:
        mine = replace(parse_playbook(find_playbook(own, user_folder)), name=name)
    except (PlaybookError, OSError) as caught:
        error = caught if isinstance(caught, PlaybookError) else PlaybookError("playbook.unread")
        if shipped is None:
            raise error from None
        return Listed(shipped, trouble=error, path=str(user_folder / f"{own}.toml"))
    ours = shipped.version if shipped is not None and newer(shipped.version, mine.version) else ""
    return Listed(mine, True, ours, path=str(user_folder / f"{own}.toml"))


def shipped_text(name: str, lang: str) -> str:
    """The file of one of our checklists. Raises NoSuchListError."""
    try:
        return find_playbook(f"{name}.{lang}")
    except (FileNotFoundError, ValueError):
        raise NoSuchListError(clean(name)[:80]) from None


def list_names(lang: str, user_folder: Path | None = None) -> list[str]:
    """The names of the checklists that there are in a language, without it, in order."""
    found = set()
    for file in playbook_names(user_folder):
        name, dot, tongue = file.rpartition(".")
        found.add(name if dot and tongue in {"ko", "en"} else file)
    return sorted(name for name in found if own_file(name, lang, user_folder) or f"{name}.{lang}" in playbook_names())


def available(lang: str, user_folder: Path | None = None) -> tuple[list[Listed], list[tuple[str, PlaybookError]]]:
    """Every prep sheet that can be begun; and the files of the user's that cannot be used and stand for none of ours,
    by name, with the reason.
    """
    usable: list[Listed] = []
    broken: list[tuple[str, PlaybookError]] = []
    for name in list_names(lang, user_folder):
        try:
            one = load(name, lang, user_folder)
        except PlaybookError as error:
            broken.append((name, error))
            continue
        if one.playbook.kind == "sheet":
            usable.append(one)
    return usable, broken


# --- a sheet --------------------------------------------------------------------------------------------------------


def begin(
    book: Book,
    playbook: Playbook,
    account_id: str,
    now: datetime,
    *,
    title: str = "",
    day: str = "",
    task_id: str = "",
    case_id: str = "",
    contact_id: str = "",
    boss: str = "",
    texts: Mapping[str, str] | None = None,
    ticked: Collection[str] = (),
) -> Begun:
    """Begin a sheet: its lines are copied, so that it keeps the edition it began with whatever becomes of the file.

    `day` is the day it is for (today, if not said), `texts` what stands beside its lines already and `ticked` what is
    done, by key; `boss` fills `{boss}` in its lines. One act. Where such a sheet is open already for the same
    appointment (or for the account, where no `task_id` is given), it goes on: what is given is put onto it.
    Raises NoSuchAccountError.
    """
    from fieldsales.workflows.log import NoSuchAccountError

    if book.get(Account, account_id) is None:
        raise NoSuchAccountError
    given = {key: clean(text, long=True) for key, text in (texts or {}).items()}
    at = now.isoformat(timespec="minutes")
    old = open_sheet(book, account_id, playbook.name, task_id)
    if old is not None and items(book, old.id):
        with book.change("sheet", now) as change:
            if task_id and not old.task_id:
                change.edit(Sheet, old.id, task_id=task_id, day=day or old.day)
            for item in items(book, old.id):
                if item.key in given and not item.text:
                    change.edit(SheetItem, item.id, text=given[item.key])
                if item.key in ticked and not item.done_at:
                    change.edit(SheetItem, item.id, done_at=at)
        return Begun(old.id, change.changed)
    day = day or now.date().isoformat()
    with book.change("sheet", now) as change:
        sheet = old or Sheet(
            id=sheet_id_of(book, account_id, playbook.name, task_id or day) or change.new_id(),
            account_id=account_id,
            title=clean(title) or playbook.title.replace("{boss}", boss),
            day=day,
            task_id=task_id,
            case_id=case_id,
            contact_id=contact_id,
        )
        known = {item.key for item in playbook.items}
        kept = {key: text for key, text in written(sheet).items() if key not in known}  # no line of it any more
        given = written(sheet) | given
        titles = [step.title.replace("{boss}", boss) for step in playbook.steps]
        change.put(
            replace(
                sheet,
                playbook=playbook.name,
                version=playbook.version,
                content=json.dumps({TITLES: titles, **kept}, ensure_ascii=False),
            )
        )
        for item in lines_of(playbook, sheet.id, account_id, boss):
            change.put(replace(item, text=given.get(item.key, ""), done_at=at if item.key in ticked else ""))
    return Begun(sheet.id, change.changed)


def sheet_id_of(book: Book, account_id: str, playbook: str, what_for: str) -> str:
    """The id of a sheet for an appointment or a day, the same on every machine, so that copies which begin the same one
    hold one; "" where there is such a sheet already, put away."""
    id = natural_id("sheet", account_id, playbook, what_for)
    return "" if book.get(Sheet, id) is not None else id


def lines_of(playbook: Playbook, sheet_id: str = "", account_id: str = "", boss: str = "") -> list[SheetItem]:
    """The lines that a sheet of this checklist begins with, in order; ids are those of rows only with a `sheet_id`."""
    found: list[SheetItem] = []
    for number, step in enumerate(playbook.steps, 1):
        for item in step.items:
            found.append(
                SheetItem(
                    id=natural_id("sheet_item", sheet_id, item.key),
                    account_id=account_id,
                    sheet_id=sheet_id,
                    key=item.key,
                    step=number,
                    position=len(found),
                    title=item.title.replace("{boss}", boss),
                    help=item.help.replace("{boss}", boss),
                    act=item.act,
                )
            )
    return found


def items(book: Book, sheet_id: str) -> list[SheetItem]:
    """The lines of a sheet, in order. Raises NoSuchSheetError."""
    the_sheet(book, sheet_id)
    return sorted(book.rows(SheetItem, sheet_id=sheet_id), key=lambda one: (one.step, one.position, one.key))


def the_sheet(book: Book, sheet_id: str) -> Sheet:
    """A sheet. Raises NoSuchSheetError."""
    sheet = book.get(Sheet, sheet_id)
    if sheet is None:
        raise NoSuchSheetError
    return sheet


def step_titles(sheet: Sheet) -> tuple[str, ...]:
    """The titles of a sheet's steps as they were when it began; none where it has none of its own."""
    found = _content(sheet).get(TITLES)
    return tuple(one for one in found if isinstance(one, str)) if isinstance(found, list) else ()


def written(sheet: Sheet) -> dict[str, str]:
    """What stands in a sheet without lines of its own, by the keys of its checklist."""
    return {key: text for key, text in _content(sheet).items() if key != TITLES and isinstance(text, str) and text}


def sheets_of(book: Book, account_id: str) -> list[Sheet]:
    """Every sheet of an account, the newest first."""
    return sorted(book.rows(Sheet, account_id=account_id), key=lambda one: (one.day, one.id), reverse=True)


def open_sheet(book: Book, account_id: str, playbook: str, task_id: str = "") -> Sheet | None:
    """The newest open sheet of a checklist at an account, of an appointment where one is named, else None."""
    found = [one for one in sheets_of(book, account_id) if one.playbook == playbook and one.state == "open"]
    if task_id:
        return next((one for one in found if one.task_id in {task_id, ""}), None)
    return found[0] if found else None


def last_answers(book: Book, account_id: str, playbook: str, but: str = "") -> dict[str, Answer]:
    """What was written the last time on sheets of a checklist at an account, by key; `but` is a sheet to pass over
    (S4-19)."""
    found: dict[str, Answer] = {}
    for sheet in sheets_of(book, account_id):
        if sheet.playbook != playbook or sheet.id == but:
            continue
        rows = {item.key: item.text for item in book.rows(SheetItem, sheet_id=sheet.id)} or written(sheet)
        for key, text in rows.items():
            if text:
                found.setdefault(key, Answer(sheet.day, text))
    return found


# --- what is done to it ---------------------------------------------------------------------------------------------


def tick(book: Book, sheet_id: str, key: str, now: datetime) -> Changed:
    """A line is done, now; one that is done is open again. Raises NoSuchSheetError."""
    item = _item(book, sheet_id, key)
    with book.change("sheet_tick", now) as change:
        change.edit(SheetItem, item.id, done_at="" if item.done_at else now.isoformat(timespec="minutes"))
    return change.changed


def write(book: Book, sheet_id: str, key: str, text: str, now: datetime) -> Changed:
    """Words beside a line; words make it done, where they say something new. Raises NoSuchSheetError."""
    item = _item(book, sheet_id, key)
    words = clean(text, long=True)
    with book.change("sheet_text", now) as change:
        if words != item.text:
            at = now.isoformat(timespec="minutes")
            change.edit(SheetItem, item.id, text=words, done_at=item.done_at or (at if words else ""))
    return change.changed


def finish(book: Book, sheet_id: str, now: datetime, activity_id: str = "") -> Changed:
    """Put a sheet away; `activity_id` is the log of the meeting it was for. It stays to be read. Raises
    NoSuchSheetError."""
    sheet = the_sheet(book, sheet_id)
    with book.change("sheet_done", now) as change:
        change.edit(Sheet, sheet_id, state="closed", activity_id=activity_id or sheet.activity_id)
    return change.changed


def reopen(book: Book, sheet_id: str, now: datetime) -> Changed:
    """Take a sheet out again. Raises NoSuchSheetError."""
    the_sheet(book, sheet_id)
    with book.change("sheet", now) as change:
        change.edit(Sheet, sheet_id, state="open")
    return change.changed


def fill(book: Book, change: Change, activity: Activity, acts: Collection[str], at: str) -> None:
    """Tick the lines that a log fills, within a change that is open (S4-08): those of the account's open sheets, but
    for sheets of a later day. Such a sheet is bound to the log.
    """
    for sheet in book.rows(Sheet, account_id=activity.account_id, state="open"):
        if sheet.day > activity.day:
            continue
        for item in book.rows(SheetItem, sheet_id=sheet.id):
            if item.act in acts and not item.done_at:
                change.edit(SheetItem, item.id, done_at=at)
                if not sheet.activity_id:
                    change.edit(Sheet, sheet.id, activity_id=activity.id)


def _item(book: Book, sheet_id: str, key: str) -> SheetItem:
    item = next((one for one in book.rows(SheetItem, sheet_id=sheet_id) if one.key == key), None)
    if item is None:
        raise NoSuchSheetError
    return item


def _content(sheet: Sheet) -> dict[str, object]:
    try:
        found = json.loads(sheet.content or "{}")
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}
