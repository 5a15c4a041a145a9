"""`fieldsales merge`: take in other copies of the book, or look at what they would bring, or join another book."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import Refused, Session, safe
from fieldsales.domain.model import FieldsalesError
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.storage.book import MergeResult


def merge(session: Session, others: Sequence[str], dry_run: bool, join: bool, trash: bool, yes: bool) -> int:
    book, t = session.open(), session.t
    text: list[str] = []
    data: list[dict[str, Any]] = []
    refused = False
    for other in others:
        path = Path(other)
        try:
            if join and not (dry_run or yes):
                _agree(session, path, book.preview(path, join=True))
            result = book.preview(path, join) if dry_run else book.merge(path, join)
            text += _told(session, path, result, dry_run)
            if join and dry_run:
                text += _both(session, path)
            gone = trash and not dry_run and _trashed(session, path)
        except FieldsalesError as error:
            refused = True
            why = t.say(error.message)
            session.note(why)
            data.append({"file": clean(other), "merged": False, "why": why})
            continue
        data.append(
            {
                "file": clean(other),
                "merged": not dry_run,
                "changes": result.operations,
                "accounts": sorted(result.accounts),
                "conflicts": result.conflicts,
                "erased": result.erased,
                "still_named": result.named,
                "from": [{"machine": clean(label), "changes": count} for label, count in result.sites],
                "in_trash": gone,
            }
        )
    saved = {} if dry_run else session.saved()
    if text or session.json:
        session.result("merge", text, {"dry_run": dry_run, "files": data, **saved})
    return 1 if refused else 0


def _told(session: Session, path: Path, result: MergeResult, dry_run: bool) -> list[str]:
    t, name = session.t, clean(path.name)
    if not result.anything:
        return [t("cli.merged_nothing", name=name)]
    head = "cli.would_merge" if dry_run else "cli.merged"
    text = [t(head, name=name, n=result.operations, accounts=len(result.accounts))]
    machines = [t("cli.from_machine", machine=clean(label) or "?", n=count) for label, count in result.sites]
    if machines:
        text.append("  " + ", ".join(machines))
    if result.conflicts:
        text.append("  " + t("cli.conflicts", n=result.conflicts))
    if result.erased:
        text.append("  " + t("cli.erased_there", n=result.erased))
    if result.named:
        text.append("  " + t("review.came_in.named", n=result.named))
    return text


def _both(session: Session, path: Path) -> list[str]:
    """How two different books would lie together: how many accounts each has, and which names stand in both."""
    from fieldsales.domain.model import Account
    from fieldsales.storage.book import Book

    assert session.book is not None
    t = session.t
    other = Book.look(path, None)
    try:
        theirs = {account.name for account in other.rows(Account)}
    finally:
        other.close()
    ours = {account.name for account in session.book.rows(Account)}
    text = ["  " + t("cli.join_counts", ours=len(ours), theirs=len(theirs))]
    both = sorted(ours & theirs)
    if both:
        names = ", ".join(clean(name) for name in both[:10]) + (" …" if len(both) > 10 else "")
        text.append("  " + t("cli.join_same", n=len(both), names=names))
    return text


def _agree(session: Session, path: Path, result: MergeResult) -> None:
    """Show what joining would bring, and ask; Refused where nobody is there to be asked or the answer is no."""
    t = session.t
    for line in (*_told(session, path, result, True), *_both(session, path)):
        print(safe(line), file=sys.stderr)
    if not (sys.stdin is not None and sys.stdin.isatty()):
        raise Refused("cli.join_unasked", t("cli.join_unasked"))
    print(safe(t("cli.join_ask", name=clean(path.name))), end=" ", file=sys.stderr, flush=True)
    if sys.stdin.readline().strip().casefold() not in {"y", "yes", "네", "예", "ㅛ"}:
        raise Refused("cli.join_no", t("cli.join_no"))


def _trashed(session: Session, path: Path) -> bool:
    from fieldsales.storage.book import to_trash

    assert session.book is not None
    if path.resolve() == session.book.path:
        return False
    try:
        to_trash(path)
    except OSError:
        session.note(session.t("cli.not_trashed", name=clean(path.name)))
        return False
    return True
