"""The commands that keep the book safe: backup, restore, check."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import VERSION, Refused, Session, print_json, table_of
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.workflows.keeping import Backup, Source


def backup(session: Session, to: str = "", listed: bool = False) -> int:
    from fieldsales.workflows import keeping

    t = session.t
    if listed:
        return _list(session, keeping.kept(_folder(session)))
    book = session.open()
    named = Path(to).expanduser() if to else None
    name = f"{book.path.stem}-{session.now:%Y-%m-%dT%H%M%S}{book.path.suffix}"
    path = keeping.back_up(book, session.places.data, named, name)
    return session.result("backup", [t("keep.backed_up", path=str(path))], {"path": str(path)})


def _list(session: Session, kept: list[Backup]) -> int:
    t = session.t
    head = [t(f"keep.column.{name}") for name in ("at", "why", "size", "name")]
    rows = [
        [
            f"{one.at:%Y-%m-%d %H:%M}",
            t(f"keep.why.{one.reason}"),
            t("keep.megabytes", n=max(one.size >> 20, 1)),
            one.path.name,
        ]
        for one in kept
    ]
    data = [{"path": str(one.path), "at": one.at.isoformat(), "reason": one.reason, "bytes": one.size} for one in kept]
    text = [str(kept[0].path.parent), "", *table_of([head, *rows], right=(2,))] if kept else [t("keep.no_backups")]
    return session.result("backup", text, {"backups": data})


def restore(session: Session, backup: str, merge: bool, replace: bool, dry_run: bool) -> int:
    from fieldsales.workflows import keeping

    t = session.t
    folder = _folder(session)
    path = keeping.find_backup(folder, backup)
    if merge == replace:
        name = path.name if path is not None else clean(backup) or "newest"
        return _undecided(session, "keep.both_ways" if merge else "keep.which_way", name)
    if path is None and backup not in ("", "newest"):
        raise Refused("keep.no_such_backup", t("keep.no_such_backup", name=clean(backup)))
    try:
        book = session.open()
    except keeping.OwnBookDamaged:
        if merge:
            raise Refused("keep.merge_damaged", t("keep.merge_damaged")) from None
        return _rebuild(session, folder, path, dry_run)
    if path is None:
        raise Refused("keep.no_good_backup", t("keep.no_good_backup"))
    name = clean(path.name)
    if merge:
        result = book.preview(path) if dry_run else book.merge(path)
        told = "keep.would_merge" if dry_run else "keep.merged" if result.operations else "keep.merged_nothing"
        text = [t(told, name=name, n=result.operations)]
        if result.conflicts:
            text.append("  " + t("cli.conflicts", n=result.conflicts))
        data: dict[str, Any] = {"changes": result.operations, "conflicts": result.conflicts}
    else:
        done, trouble = keeping.go_back(book, path, session.now, session.places.data, dry_run=dry_run)
        if trouble is not None:
            session.note(t.say(trouble))
        nothing = not (done.put or done.removed)
        told = "keep.replaced_nothing" if nothing else "keep.would_replace" if dry_run else "keep.replaced"
        text = [t(told, name=name, put=done.put, removed=done.removed)]
        data = {"written": done.put, "removed": done.removed}
    saved = {} if dry_run else session.saved()
    way = "merge" if merge else "replace"
    return session.result("restore", text, {"backup": str(path), "way": way, "dry_run": dry_run, **data, **saved})


def _undecided(session: Session, id: str, name: str) -> int:
    text = session.t(id, name=name)
    if session.json:
        print_json({"version": VERSION, "error": {"id": id, "text": text}})
    session.note(text)
    return 2


def _rebuild(session: Session, folder: Path, backup: Path | None, dry_run: bool) -> int:
    """The working database is damaged: make it anew from the backup, the file and what can be read."""
    from fieldsales.workflows import keeping

    t = session.t
    path = session.places.book

    def told(sources: list[Source]) -> list[list[str]]:
        return [[t(f"keep.source.{one.kind}"), t("keep.source", at=one.at, n=one.operations)] for one in sources]

    def data(sources: list[Source]) -> list[dict[str, Any]]:
        return [{"kind": one.kind, "at": one.at, "changes": one.operations} for one in sources]

    if dry_run:
        with keeping.saved_from(folder, path, backup) as sources:
            text = [t("keep.would_rebuild"), *table_of(told(sources))] if sources else [t("book.nothing_to_save")]
            return session.result(
                "restore", text, {"way": "rebuild", "dry_run": True, "sources": data(sources)}
            ) or int(not sources)
    done = keeping.bring_back(folder, path, session.now, backup)
    text = [t("keep.rebuilt", n=done.operations, path=str(done.aside)), *table_of(told(list(done.sources)))]
    session.open()
    saved = session.saved()
    found = {"sources": data(list(done.sources)), "changes": done.operations, "aside": str(done.aside)}
    return session.result("restore", text, {"way": "rebuild", "dry_run": False, **found, **saved})


def check(session: Session, repair: bool = False) -> int:
    from fieldsales.workflows import keeping

    t = session.t
    try:
        book = session.open()
        reason = book.publish_now().reason
        if repair:
            session.note(t("keep.repaired", n=keeping.put_right(book, session.now)))
            reason = book.publish_now().reason
        folder = session.places.data / "books" / book.document_id
    except keeping.OwnBookDamaged as error:
        folder, reason = _folder(session), error.message
    findings = keeping.look_over(folder, session.places.book, reason, session.now)
    bad = sum(not finding.ok for finding in findings)
    rows = [[t("check.fine" if one.ok else "check.look"), t.say(one.message)] for one in findings]
    last = t("check.some", n=bad) if bad else t("check.all_fine")
    data = [{"id": one.id, "ok": one.ok, "text": t.say(one.message)} for one in findings]
    session.result("check", [*table_of(rows), "", last], {"ok": not bad, "findings": data})
    return 1 if bad else 0


def damage(session: Session, error: Exception) -> FieldsalesError | None:
    """What to tell of an error that comes of a damaged working database, None where it has another cause."""
    from fieldsales.workflows import keeping

    if not keeping.is_damage(error):
        return None
    path = session.places.book
    keeping.note_damage(path, session.places.data)
    try:
        session.close()
    except Exception as again:
        if not keeping.is_damage(again):
            raise
    session.book = None
    return keeping.OwnBookDamaged(name=path.name)


def _folder(session: Session) -> Path:
    """The private folder of the book that the call is about, its working database damaged or not."""
    from fieldsales.workflows import keeping

    folder = keeping.folder_of(session.places.book, session.places.data)
    if folder is None:
        folder = session.places.data / "books" / session.open().document_id
    return folder
