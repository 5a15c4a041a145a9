"""What the commands do: each reads the book or does one job, and prints text or JSON."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fieldsales.cli_session import Progress, Refused, Session, ago, fields_of, table_of
from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.domain.model import AgendaLine, Contact

Target = Literal["accounts", "contacts", "amounts", "deals"]


def today(session: Session, limit: int | None = None) -> int:
    agenda = session.opened().agenda(session.today, limit)
    t = session.t

    def row(line: AgendaLine) -> list[str]:
        what = " · ".join(t.say(one) for one in line.what)
        return [t.say(line.when), line.name, what, t.say(line.why)]

    def data(line: AgendaLine) -> dict[str, Any]:
        return {
            "account_id": line.account_id,
            "account": line.name,
            "day": line.day,
            "when": t.say(line.when),
            "what": [t.say(one) for one in line.what],
            "why": t.say(line.why),
            "keys": list(line.keys),
            "overdue": line.overdue,
            "fixed": line.fixed,
        }

    text = [t("cli.today_head", day=session.today.isoformat(), n=len(agenda.today))]
    text += ["", *table_of([row(line) for line in agenda.today])] if agenda.today else []
    if agenda.later_count:
        text += ["", t("cli.later_head", n=agenda.later_count), *table_of([row(line) for line in agenda.later])]
    return session.result(
        "today",
        text,
        {
            "day": session.today.isoformat(),
            "today": [data(line) for line in agenda.today],
            "later": [data(line) for line in agenda.later],
            "later_count": agenda.later_count,
        },
    )


def accounts(session: Session, query: str, order: str, limit: int, all: bool) -> int:
    t = session.t
    rows = session.opened().accounts(session.today, order=order, query=clean(query), state="all" if all else "current")
    found = rows[: limit or len(rows)]
    head = [t(f"cli.column.{name}") for name in ("band", "name", "amount", "contact", "met", "reason")]
    table = [
        [
            t(f"cli.band.{row.band}"),
            row.name,
            "" if row.amount is None else t("cli.amount", amount=row.amount),
            ago(t, row.last_contact, session.today),
            ago(t, row.last_met, session.today),
            session.worded(row.reason),
        ]
        for row in found
    ]
    text = table_of([head, *table], right=(2, 3, 4)) if found else [t("cli.nothing_found")]
    if len(found) < len(rows):
        text += ["", t("cli.more", n=len(rows) - len(found))]
    data = [
        {
            "id": row.id,
            "account": row.name,
            "tier": row.tier,
            "state": row.state,
            "band": row.band,
            "points": row.points,
            "amount": row.amount,
            "last_contact": row.last_contact,
            "last_met": row.last_met,
            "spark": row.spark,
            "reason": session.worded(row.reason),
        }
        for row in found
    ]
    return session.result("accounts", text, {"day": session.today.isoformat(), "count": len(rows), "accounts": data})


def show(session: Session, account: str, mask: bool) -> int:
    from fieldsales.domain.brief import brief
    from fieldsales.domain.model import Cause, Lesson
    from fieldsales.domain.standing import assess

    book, t = session.open(), session.t
    found = session.account(account, looking=True)
    t = session.t
    history = book.history(found.id)
    assert history is not None
    mask = mask or session.config.mask_on_open
    causes = {one.kind for one in book.rows(Cause, account_id=found.id)} if history.cases else set()
    page = brief(history, book.rows(Lesson), session.today, causes=causes)
    standing = assess(history, book.rules(), session.today)
    title = [found.name, *((found.tier,) if found.tier else ()), *((page.place,) if page.place else ())]
    text = [" · ".join(title)]
    if not mask:
        band = t(f"cli.band.{standing.band}")
        text.append(" · ".join(part for part in (band, session.worded(standing.reason)) if part))
    parts: dict[str, list[str]] = {}
    for part in page.parts:
        if mask and part.private:
            continue
        lines = [
            " · ".join(t.say(piece) if isinstance(piece, Message) else piece for piece in line.pieces)
            for line in part.lines
            if not (mask and line.private)
        ]
        if lines:
            parts[part.name] = lines
            text += ["", t.say(part.label), *(f"  {line}" for line in lines)]
    private: dict[str, Any] = {
        "band": standing.band,
        "points": standing.points,
        "known": standing.known,
        "reason": session.worded(standing.reason),
        "amounts": dict(sorted(history.amounts.items())),
        "signals": [fields_of(one) for one in history.signals],
        "facts": [fields_of(one) for one in history.facts],
        "cases": [fields_of(one) for one in history.cases],
    }
    hidden = {"relation", "relation_on", "temper", "mends", "note", "left_how", "feeling"} if mask else set()
    data: dict[str, Any] = {
        "account": fields_of(found, hidden),
        "people": [fields_of(one, hidden) for one in history.contacts],
        "contracts": [fields_of(one) for one in history.contracts],
        "activities": [] if mask else [fields_of(one) for one in history.activities],
        "promises": [fields_of(one) for one in history.tasks],
        "dues": [
            {
                "key": due.key,
                "good_day": due.good_day,
                "last_day": due.last_day,
                "what": t.say(due.what),
                "why": t.say(due.why),
            }
            for due in standing.dues
        ],
        "last_contact": standing.last_contact,
        "last_met": standing.last_met,
        "page": parts,
        "masked": mask,
    }
    return session.result("show", text, {"day": session.today.isoformat(), **data, **({} if mask else private)})


def log(
    session: Session,
    account: str,
    kind: str,
    heard: str,
    said: str,
    note: str,
    people: Sequence[str],
    promises: Sequence[str],
    attempt: str,
    day: str,
    time: str,
) -> int:
    from fieldsales.domain.model import Contact
    from fieldsales.workflows.log import LogEntry
    from fieldsales.workflows.log import log as log_it

    book = session.open()
    found = session.account(account)
    t = session.t
    known = book.rows(Contact, account_id=found.id)
    met: list[Contact] = []
    others: list[str] = []
    for person in map(clean, people):
        same = [one for one in known if one.name == person] or [one for one in known if person and person in one.name]
        if len(same) == 1:
            met.append(same[0])
        elif person:
            others.append(person)
    entry = LogEntry(
        account_id=found.id,
        kind=kind,
        contact_id=met[0].id if met else "",
        day=day,
        time=time,
        heard=heard,
        said=said,
        note=note,
        promises="\n".join(promises),
        attempt=attempt,
        with_names=", ".join([*(one.name for one in met[1:]), *others]),
    )
    done = log_it(book, entry, session.now, session.today)
    head = t("cli.logged_attempt" if attempt else "cli.logged", name=found.name, kind=t(f"cli.kind.{kind}"))
    text = [head]
    text += [
        "  "
        + (
            t("cli.promised", title=task.title, day=task.due_on)
            if task.due_on
            else t("cli.promised_open", title=task.title)
        )
        for task in done.tasks
    ]
    text += ["  " + t.say(effect) for effect in done.effects]
    data = {
        "account_id": found.id,
        "account": found.name,
        "activity_id": done.activity_id,
        "kind": kind,
        "attempt": attempt,
        "day": day or session.today.isoformat(),
        "person_id": entry.contact_id,
        "with": entry.with_names,
        "promises": [
            {"id": task.id, "kind": task.kind, "title": task.title, "due_on": task.due_on, "due_time": task.due_time}
            for task in done.tasks
        ],
        "effects": [t.say(effect) for effect in done.effects],
    }
    return session.result("log", text, {**data, **session.saved()})


def add(session: Session, name: str, tier: str, phone: str, region: str, people: Sequence[str]) -> int:
    from fieldsales.domain.model import Account, Contact
    from fieldsales.workflows.accounts import add_account, add_contact

    if any(not clean(person) for person in people):
        raise Refused("cli.no_person", session.t("cli.no_person"))
    book = session.open(create=True)
    t = session.t
    name = clean(name)
    if not name:
        raise Refused("cli.no_name", t("cli.no_name"))
    there = book.rows(Account, name=name)
    if there:
        raise Refused(
            "cli.account_there", t("cli.account_there", name=name), candidates=[{"id": there[0].id, "account": name}]
        )
    made = add_account(book, name, session.now, tier=tier, phone=phone, region=region)
    for person in people:
        add_contact(book, made.id, person, session.now)
    saved = session.saved()
    data = {
        "account": fields_of(book.get(Account, made.id)),
        "people": [fields_of(one) for one in book.rows(Contact, account_id=made.id)],
        **saved,
    }
    return session.result("add", [t("cli.added", name=name)], data)


def import_files(session: Session, files: Sequence[str], target: Target, dry_run: bool, daily: int = 0) -> int:
    from fieldsales.workflows.importing import apply_plan, import_file, is_flat, propose, wants_plan

    t = session.t
    book = session.open(create=not dry_run or not session.places.book.exists())
    text: list[str] = []
    data: list[dict[str, Any]] = []
    refused = came = False
    for file in files:
        progress = Progress(t, "cli.progress")
        try:
            done = import_file(
                book,
                Path(file),
                target,
                now=session.now,
                today=session.today,
                dry_run=dry_run,
                progress=progress,
            )
        except FieldsalesError as error:
            progress.end()
            refused = True
            why = t.say(error.message)
            session.note(f"{clean(Path(file).name)}: {why}")
            data.append({"file": clean(file), "imported": False, "why": why})
            continue
        progress.end()
        came = came or done.made + done.updated > 0
        counts = {"made": done.made, "updated": done.updated, "dropped": len(done.dropped), "read": done.read}
        head = "cli.would_import" if dry_run else "cli.imported"
        told = {**counts, "updated": done.updated - done.same, "same": done.same}
        text += [t(head, name=clean(Path(file).name), **told)]
        text += [
            f"  {t('cli.dropped_row', line=row.line, why=t.say(row.reason))}  {row.text}".rstrip()
            for row in done.dropped
        ]
        data.append(
            {
                "file": clean(file),
                "imported": not dry_run,
                "as": target,
                **counts,
                "unchanged": done.same,
                "accounts_made": done.accounts_made,
                "people_made": done.people_made,
                "currency": done.currency,
                "dropped_rows": [
                    {"line": row.line, "why": t.say(row.reason), "text": row.text} for row in done.dropped
                ],
            }
        )
    if not came:  # then the accounts without a tier are no news
        pass
    elif daily and not dry_run:
        apply_plan(book, propose(book, session.today, is_flat(book)), daily, session.now, is_flat(book))
    elif not dry_run and wants_plan(book):
        text += [t("cli.plan_wanted")]
    saved = {} if dry_run else session.saved()
    if text or session.json:
        session.result("import", text, {"dry_run": dry_run, "files": data, **saved})
    return 1 if refused else 0


def demo(session: Session, write: str, picture: str, size: tuple[int, int] | str, keys: str, theme: str) -> int:
    if picture:
        from fieldsales.__main__ import draw_screen

        path = Path(picture).absolute()
        columns, rows = size if isinstance(size, tuple) else (80, 24)
        theme = theme or session.config.theme or "night"
        try:
            draw_screen(path, session.places, session.t.lang, session.today, (columns, rows), keys.split(), theme)
        except OSError as error:
            raise Refused(
                "cli.not_drawn", session.t("cli.not_drawn", path=str(path), why=error.strerror or "")
            ) from error
        return session.result("demo", [session.t("cli.drawn", path=str(path))], {"file": str(path)})
    if not write:
        from fieldsales.__main__ import open_screen

        return open_screen(demo="yes", lang=session.t.lang, today=session.today.isoformat() if session.moved else "")
    from tempfile import TemporaryDirectory

    from fieldsales.workflows.opening import make_sample

    path = Path(write).absolute()
    with TemporaryDirectory() as private:  # a file to hand on: nothing of it stays on this machine
        make_sample(path, Path(private), session.today, session.today, session.t.lang, session.now).close()
    return session.result("demo", [session.t("cli.sample_written", path=str(path))], {"file": str(path)})


def tour(session: Session) -> int:
    from fieldsales.__main__ import open_screen

    return open_screen(
        tour="yes", demo="yes", lang=session.t.lang, today=session.today.isoformat() if session.moved else ""
    )
