"""`fieldsales erase`: a person or an account goes for good, and the list of those whose day of keeping has passed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import Refused, Session, safe, table_of
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.cli_words import Command, Words
    from fieldsales.domain.model import Contact
    from fieldsales.workflows.erasing import Plan

SNIPPET = 60  # signs shown of a text that names the person


def command(words: Words, run: Any) -> Command:
    """The command with its options; `run` opens the session."""
    return words.command(
        "erase",
        run(erase),
        words.argument("name", "name", "erase_name", required=False, default=""),
        words.option("--person", help="erase_person", var="person", default=""),
        words.option("--yes", help="erase_yes", is_flag=True),
        words.option("--dry-run", help="erase_dry_run", is_flag=True),
        words.option("--due", help="erase_due", is_flag=True),
    )


def erase(session: Session, name: str, person: str, yes: bool, dry_run: bool, due: bool) -> int:
    """Show what goes, ask, and erase it. Refused without a terminal to ask on, unless `yes` is said."""
    from fieldsales.workflows import erasing

    t = session.t
    book = session.open()
    if due:
        return _due(session)
    if not clean(name):
        raise Refused("cli.erase.no_name", t("cli.erase.no_name"))
    table, id = _meant(session, name, person)
    what = erasing.what_goes(book, table, id)
    told = _plan(session, what)
    data: dict[str, Any] = {
        "table": table,
        "row": id,
        "rows": dict(what.counts),
        "bare": len(what.bare),
        "mentions": [{"table": one.row[0], "id": one.row[1]} for one in what.mentions],
        "namesakes": what.namesakes,
        "kept_names": list(what.kept),
    }
    if dry_run:
        return session.result("erase", told, {"dry_run": True, **data})
    if not yes:
        if session.json or not sys.stdin.isatty():
            raise Refused("cli.erase.needs_yes", "\n".join([t("cli.erase.needs_yes"), *told]), **data)
        session.note("\n".join(told))
        if clean(input(safe(t("cli.erase.ask")))) != t("cli.erase.word"):
            raise Refused("cli.erase.not_done", t("cli.erase.not_done"))
    texts = (session.places.cache / "clipboard.txt",)
    done = erasing.erase(book, table, id, session.now, texts=texts)
    text = [t("erase.done" if done.mentions else "erase.done_plain", n=done.rows, m=done.mentions)]
    text += [t("erase.left", n=done.rows, path=path.name) for path in done.left]
    saved = session.saved()
    left = [path.name for path in done.left]
    return session.result("erase", text, {"dry_run": False, **data, "left": left, "so_far": _so_far(session), **saved})


def _so_far(session: Session) -> dict[str, int]:
    from fieldsales.workflows.erasing import erased_so_far

    assert session.book is not None
    return dict(erased_so_far(session.book))


def _due(session: Session) -> int:
    from fieldsales.workflows import erasing

    assert session.book is not None
    t = session.t
    found = erasing.due(session.book, session.today)
    rows = [
        [one.contact.name, one.contact.title, one.account, t("erase.due_since", day=one.contact.keep_until)]
        for one in found
    ]
    return session.result(
        "erase",
        table_of(rows) if rows else [t("erase.none_due")],
        {
            "due": [
                {
                    "id": one.contact.id,
                    "person": one.contact.name,
                    "account_id": one.contact.account_id,
                    "account": one.account,
                    "keep_until": one.contact.keep_until,
                    "days": one.days,
                }
                for one in found
            ],
            "so_far": _so_far(session),
        },
    )


def _meant(session: Session, name: str, person: str) -> tuple[str, str]:
    """Table and id of what a call means: an account, one of its people, or a person by name or id alone."""
    from fieldsales.domain.model import Account, Contact

    assert session.book is not None
    t, book = session.t, session.book
    wanted = clean(name)
    if not person:
        if book.get(Contact, wanted) is not None:
            return "contact", wanted
        if not book.rows(Account, name=wanted):
            people = book.rows(Contact, name=wanted)
            if people:
                return "contact", _one(session, wanted, people)
        return "account", session.account(name).id
    account = session.account(name)
    known = book.rows(Contact, account_id=account.id)
    asked = clean(person)
    people = [one for one in known if asked in (one.name, one.id, f"{one.name} {one.title}")]
    if not people:
        raise Refused("cli.erase.nobody", t("cli.erase.nobody", account=account.name, name=asked))
    return "contact", _one(session, asked, people)


def _one(session: Session, name: str, people: list[Contact]) -> str:
    from fieldsales.domain.model import Account

    if len(people) == 1:
        return people[0].id
    assert session.book is not None
    book = session.book
    found = [(one, account.name if (account := book.get(Account, one.account_id)) else "") for one in people]
    lines = [" · ".join(part for part in (one.name, one.title, account, one.id) if part) for one, account in found]
    raise Refused(
        "cli.erase.several",
        "\n  ".join([session.t("cli.erase.several", name=name, n=len(people)), *lines]),
        candidates=[{"id": one.id, "person": one.name, "account": account} for one, account in found],
    )


def _plan(session: Session, what: Plan) -> list[str]:
    t = session.t
    goes = " · ".join(t(f"erase.n.{kind}", n=n) for kind, n in what.counts.items())
    lines = [t("erase.title", name=what.name or what.row[1]), f"{t('erase.goes')}: {goes}"]
    if what.bare:
        lines.append(f"{t('erase.bare')}: {t('erase.bare_n', n=len(what.bare))}")
    if what.mentions:
        lines.append(f"{t('erase.mentions')}: {t('erase.mentions_n', n=len(what.mentions))}")
    for one in what.mentions:
        place = t(f"erase.place.{one.kind}") if t.has(f"erase.place.{one.kind}") else t("erase.place.other")
        text = " ".join(one.text.split()) or t("erase.only_history")
        lines.append(f"  {place}  {text[:SNIPPET]}")
    if what.namesakes:
        lines.append(t("erase.namesakes"))
    if what.kept:
        lines.append(t("erase.kept", names=", ".join(what.kept)))
    assert session.book is not None
    copies = session.book.copies()
    if copies:
        lines.append(t("erase.copies", names=", ".join(copy.name for copy in copies)))
    return [*lines, t("erase.no_undo"), t("erase.elsewhere")]
