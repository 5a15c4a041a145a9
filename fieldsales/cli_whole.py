"""내 백업 on the command line: the whole book written into a folder, and such a folder taken in."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import Progress, Refused, Session
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import Book
    from fieldsales.workflows.whole import Dropped, Imported

SHOWN_DROPS = 200  # dropped rows that are printed; JSON has all


def export(session: Session, json_folder: str, csv_folder: str) -> int:
    from fieldsales.workflows.whole import Kind, export_book

    wanted: list[tuple[str, Kind]] = [(json_folder, "json"), (csv_folder, "csv")]
    wanted = [(folder, kind) for folder, kind in wanted if folder]
    book, t = session.open(), session.t
    text: list[str] = []
    data: list[dict[str, Any]] = []
    for folder, kind in wanted:
        progress = Progress(t, "whole.progress_out")
        try:
            done = export_book(book, Path(folder), kind, session.now, t("whole.about"), progress)
        finally:
            progress.end()
        counts = {"rows": done.rows, "n": done.operations}
        text.append(t("whole.exported", path=clean(str(done.folder)), accounts=done.counts["account"], **counts))
        data.append(
            {
                "folder": str(done.folder),
                "as": kind,
                "rows": done.rows,
                "operations": done.operations,
                "bytes": done.size,
                "tables": dict(done.counts),
            }
        )
    text.append(t("whole.holds_all"))
    return session.result("export", text, {"document_id": book.document_id, "exports": data})


def are_exports(paths: Sequence[str], target: str) -> bool:
    """Whether these are whole exports, which say themselves what their rows are; a folder is hardly anything else."""
    folders = [Path(path).is_dir() for path in paths]
    if not any(folders) and not any(path.endswith(".json") for path in paths):
        return False
    from fieldsales.workflows.whole import is_export

    return any(is_export(Path(path)) for path in paths) or (any(folders) and not target)


def import_folders(session: Session, folders: Sequence[str], dry_run: bool, join: bool) -> int:
    """Take exports in, each whole or not at all."""
    from fieldsales.workflows.whole import import_whole

    t = session.t
    book = _open(session)
    text: list[str] = []
    data: list[dict[str, Any]] = []
    refused = False
    for folder in folders:
        progress = Progress(t, "cli.progress")
        name = clean(Path(folder).name)
        try:
            book, done = import_whole(
                Path(folder), book, session.places.book, session.open, join=join, dry_run=dry_run, progress=progress
            )
        except FieldsalesError as error:
            progress.end()
            refused = True
            why = t.say(error.message)
            session.note(why)
            if error.message.id == "book.different":
                session.note(t("whole.join_hint"))
            data.append({"folder": clean(folder), "imported": False, "why": why})
            session.book = book
            continue
        progress.end()
        session.book = book
        text += said(session, name, done)
        data.append(_as_data(session, folder, done))
    saved = {} if dry_run or session.book is None else session.saved()
    if text or session.json:
        session.result("import", text, {"dry_run": dry_run, "folders": data, **saved})
    return 1 if refused else 0


def _open(session: Session) -> Book | None:
    try:
        return session.open()
    except Refused as error:
        if error.id != "book.not_found":
            raise
        return None


def said(session: Session, name: str, done: Imported) -> list[str]:
    """The lines that tell of an import."""
    t = session.t
    rows = done.manifest.rows
    if done.new_book:
        id = "whole.would_make" if done.dry_run else "whole.made_book"
        lines = [t(id, name=name, path=clean(str(session.places.book)), rows=rows, n=done.operations)]
    elif done.operations:
        lines = [t("whole.would_merge" if done.dry_run else "whole.merged", name=name, n=done.operations)]
    else:
        lines = [t("whole.nothing_new", name=name)]
    if done.conflicts:
        lines.append("  " + t("cli.conflicts", n=done.conflicts))
    if done.edited:
        counts = {"made": done.made, "updated": done.updated, "dropped": len(done.dropped), "read": done.read}
        lines.append("  " + t("whole.edits", files=", ".join(done.edited), **counts))
    if done.missing:
        lines.append("  " + t("whole.left_alone", n=done.missing))
    lines += ["  " + _dropped(session, one) for one in done.dropped[:SHOWN_DROPS]]
    if len(done.dropped) > SHOWN_DROPS:
        lines.append("  " + t("whole.more_dropped", n=len(done.dropped) - SHOWN_DROPS))
    return lines


def _dropped(session: Session, one: Dropped) -> str:
    t = session.t
    return f"{one.file} · {t('cli.dropped_row', line=one.line, why=t.say(one.reason))}  {one.text}".rstrip()


def _as_data(session: Session, folder: str, done: Imported) -> dict[str, Any]:
    return {
        "folder": clean(folder),
        "imported": not done.dry_run,
        "new_book": done.new_book,
        "document_id": done.manifest.document_id,
        "rows": done.manifest.rows,
        "operations": done.operations,
        "conflicts": done.conflicts,
        "edited_files": list(done.edited),
        "made": done.made,
        "updated": done.updated,
        "dropped": len(done.dropped),
        "read": done.read,
        "unchanged": done.same,
        "missing_rows": done.missing,
        "dropped_rows": [
            {"file": one.file, "line": one.line, "why": session.t.say(one.reason), "text": one.text}
            for one in done.dropped
        ],
    }
