"""`fieldsales erase`: a person or an account goes for good, and the list of those whose day of keeping has passed."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any, TypeVar

from fieldsales.cli_session import Refused, Session, safe, table_of
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.cli_words import Command, Words
    from fieldsales.domain.model import Account, Contact
    from fieldsales.workflows.erasing import Plan

Named = TypeVar("Named", "Account", "Contact")
SHOWN = 10  # of those that a refused name may have meant
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
    if done.dropped:
        text.append(t("erase.dropped", n=len(done.dropped)))
    saved = session.saved()
    data["left"] = [path.name for path in done.left]
    data["dropped"] = [path.name for path in done.dropped]
    return session.result("erase", text, {"dry_run": False, **data, "so_far": _so_far(session), **saved})


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
    """Table and id of what a call means: an account, one of its people, or a person by name or id alone.

    Only whole names and ids mean anything here, for what is erased by mistake is gone: a word that merely stands
    somewhere in the book is refused, and so is a name of several.
    """
    from fieldsales.domain.model import Account, Contact

    assert session.book is not None
    t, wanted = session.t, clean(name)
    accounts: list[Account | Contact] = list(_called(session, Account, wanted))
    if not person:
        people = _called(session, Contact, wanted)
        return _one(session, wanted, [*accounts, *people]) if accounts or people else _nobody(session, wanted)
    if not accounts:
        return _nobody(session, wanted)
    _, account_id = _one(session, wanted, accounts)
    asked = clean(person)
    people = [one for one in _called(session, Contact, asked) if one.account_id == account_id]
    if not people:
        account = session.book.get(Account, account_id)
        raise Refused(
            "cli.erase.nobody", t("cli.erase.nobody", account=account.name if account else wanted, name=asked)
        )
    return _one(session, asked, list(people))


def _called(session: Session, kind: type[Named], name: str) -> list[Named]:
    """The accounts or people of exactly this name (a person's title may follow it) or this id."""
    assert session.book is not None
    if not name:
        return []
    one = session.book.get(kind, name)
    if one is not None:
        return [one]
    return [
        row
        for row in session.book.rows(kind)
        if name in (clean(row.name), clean(f"{row.name} {getattr(row, 'title', '')}"))
    ]


def _nobody(session: Session, name: str) -> tuple[str, str]:
    """Refuse a name that nobody has, with those who are near it."""
    from fieldsales.domain.model import Account, Contact

    assert session.book is not None
    book = session.book
    for _ in book.refresh(session.today):
        pass
    near: list[Account | Contact] = [one for row in book.find_account(name) if (one := book.get(Account, row.id))]
    near += [one for one in book.rows(Contact) if name in clean(one.name)]
    raise _refusal(session, "cli.erase.not_exact" if near else "cli.erase.unknown", name, near)


def _one(session: Session, name: str, found: list[Account | Contact]) -> tuple[str, str]:
    """Table and id of the only one; several are refused."""
    from fieldsales.domain.model import Account

    if len(found) == 1:
        return "account" if isinstance(found[0], Account) else "contact", found[0].id
    raise _refusal(session, "cli.erase.several", name, found)


def _refusal(session: Session, id: str, name: str, found: list[Account | Contact]) -> Refused:
    from fieldsales.domain.model import Account

    assert session.book is not None
    book = session.book
    lines: list[str] = []
    candidates: list[dict[str, str]] = []
    for one in found:
        if isinstance(one, Account):
            person, title, account = "", "", one.name
        else:
            above = book.get(Account, one.account_id)
            person, title, account = one.name, one.title, above.name if above else ""
        lines.append(" · ".join(part for part in (person, title, account, one.id) if part))
        candidates.append({"id": one.id, "person": person, "account": account})
    text = "\n  ".join([session.t(id, name=name, n=len(found)), *lines[:SHOWN]])
    return Refused(id, text, candidates=candidates)


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
