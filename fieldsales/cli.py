"""The commands without the screen: each reads the book or does one job, prints text or JSON, and gives an exit code.

Exit codes: 0 done, 1 refused (the reason on stderr), 2 not understood. Nothing of the screen is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from fieldsales.cli_session import VERSION, Refused, Session, ago, fields_of, print_json, safe, table_of
from fieldsales.config import choose_lang, places, read_config
from fieldsales.domain.model import FieldsalesError, Message
from fieldsales.domain.text import clean
from fieldsales.locale import Texts

if TYPE_CHECKING:
    import click

    from fieldsales.cli_words import Command, Words
    from fieldsales.domain.model import AgendaLine

Target = Literal["accounts", "contacts", "amounts", "deals"]

KINDS = {
    "visit": ("방문",),
    "call": ("전화",),
    "review": ("자료",),
    "message": ("메시지",),
    "note": ("메모",),
}
ATTEMPTS = {"no_answer": ("부재중",), "no_reply": ("답없음",), "refused": ("거절",)}
TARGETS: dict[str, tuple[str, ...]] = {
    "accounts": ("고객사",),
    "contacts": ("담당자",),
    "amounts": ("금액",),
    "deals": ("거래",),
}
TIERS: dict[str, tuple[str, ...]] = {"A": (), "B": (), "C": ()}
ORDERS = {"care": ("살필",), "name": ("이름",), "amount": ("금액",), "silence": ("뜸함",)}


# --- the commands ---------------------------------------------------------------------------------------------------


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
    from fieldsales.domain.model import Lesson
    from fieldsales.domain.standing import assess

    book, t = session.open(), session.t
    found = session.account(account)
    t = session.t
    history = book.history(found.id)
    assert history is not None
    mask = mask or session.config.mask_on_open
    page = brief(history, book.rows(Lesson), session.today)
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


def merge(session: Session, others: Sequence[str]) -> int:
    book, t = session.open(), session.t
    text: list[str] = []
    data: list[dict[str, Any]] = []
    refused = False
    for other in others:
        try:
            result = book.merge(Path(other))
        except FieldsalesError as error:
            refused = True
            why = t.say(error.message)
            session.note(why)
            data.append({"file": clean(other), "merged": False, "why": why})
            continue
        name = clean(Path(other).name)
        text.append(t("cli.merged", name=name, n=result.operations, accounts=len(result.changed.accounts)))
        if result.conflicts:
            text.append("  " + t("cli.conflicts", n=result.conflicts))
        data.append(
            {
                "file": clean(other),
                "merged": True,
                "changes": result.operations,
                "accounts": sorted(result.changed.accounts),
                "conflicts": result.conflicts,
            }
        )
    saved = session.saved()
    if text or session.json:
        session.result("merge", text, {"files": data, **saved})
    return 1 if refused else 0


def import_files(session: Session, files: Sequence[str], target: Target, dry_run: bool) -> int:
    from fieldsales.workflows.importing import import_file

    t = session.t
    book = session.open(create=not dry_run or not session.places.book.exists())
    text: list[str] = []
    data: list[dict[str, Any]] = []
    refused = False
    for file in files:
        progress = _Progress(t)
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
        counts = {"made": done.made, "updated": done.updated, "dropped": len(done.dropped), "read": done.read}
        head = "cli.would_import" if dry_run else "cli.imported"
        text += [t(head, name=clean(Path(file).name), **counts)]
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
    saved = {} if dry_run else session.saved()
    if text or session.json:
        session.result("import", text, {"dry_run": dry_run, "files": data, **saved})
    return 1 if refused else 0


class _Progress:
    """Says on stderr how far a long job is: nothing in its first second, then in place or, in a file, line by line."""

    def __init__(self, t: Texts) -> None:
        from time import monotonic

        self.t = t
        self.clock = monotonic
        self.begun = self.said = monotonic()
        self.alone = sys.stderr.isatty()
        self.shown = False

    def __call__(self, done: int, total: int | None) -> None:
        now = self.clock()
        if now - self.begun < 1 or now - self.said < (0.2 if self.alone else 5):
            return
        self.said = now
        share = f" {done * 100 // total}%" if total else ""
        text = self.t("cli.progress", n=done) + share
        sys.stderr.write(f"\r{text}\x1b[K" if self.alone else text + "\n")
        sys.stderr.flush()
        self.shown = True

    def end(self) -> None:
        if self.shown and self.alone:
            sys.stderr.write("\r\x1b[K")
            sys.stderr.flush()


def demo(session: Session, write: str) -> int:
    if not write:
        from fieldsales.__main__ import open_screen

        return open_screen(demo="yes", lang=session.t.lang, today=session.today.isoformat() if session.moved else "")
    from fieldsales.workflows.opening import make_sample

    path = Path(write).absolute()
    book = make_sample(path, session.places.data, session.today, session.today, session.t.lang, session.now)
    book.close()
    return session.result("demo", [session.t("cli.sample_written", path=str(path))], {"file": str(path)})


# --- the calls ------------------------------------------------------------------------------------------------------


def run(argv: Sequence[str]) -> int:
    """Run one command and give its exit code."""
    import click

    from fieldsales.cli_words import misuse

    lang = choose_lang(_said_lang(argv), read_config(places(os.environ, "-").config_file), os.environ)
    t = Texts(lang)
    said: dict[str, Any] = {}
    try:
        return int(build(t).main(args=list(argv), prog_name="fieldsales", standalone_mode=False, obj=said) or 0)
    except click.UsageError as error:
        print(safe(misuse(t, error)), file=sys.stderr)
        return 2
    except FieldsalesError as error:
        return _refuse(said, error.message.id, t.say(error.message), {})
    except Refused as error:
        return _refuse(said, error.id, error.text, error.more)
    except (KeyboardInterrupt, click.Abort):
        return 1
    except BrokenPipeError:
        # Whoever read the output has stopped; Python must not try again to write the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _said_lang(argv: Sequence[str]) -> str:
    """The language said anywhere in a call, which must be known before the call can be read in it."""
    for number, word in enumerate(argv):
        name, _, value = word.partition("=")
        if name == "--lang":
            return value or (argv[number + 1] if number + 1 < len(argv) else "")
    return ""


def _refuse(said: Mapping[str, Any], id: str, text: str, more: Mapping[str, Any]) -> int:
    if said.get("json"):
        print_json({"version": VERSION, "error": {"id": id, "text": text.partition("\n")[0], **more}})
    print(safe(text), file=sys.stderr)
    return 1


def complain(lang: str, id: str) -> int:
    """Say that a call cannot be followed; the exit code for it."""
    print(safe(Texts(lang)(id)), file=sys.stderr)
    return 2


def build(t: Texts) -> click.Group:
    """All commands, with their help in the language of the texts."""
    import click

    from fieldsales.cli_words import Commands, OneOf, Shaped, iso_day, time_of_day

    def job(do: Callable[..., int]) -> Callable[..., int]:
        """The job with a session opened before it and closed after it."""

        @click.pass_context
        def called(ctx: click.Context, /, **values: Any) -> int:
            session = Session(t, ctx.find_root().obj, datetime.now())
            try:
                return do(session, **values)
            finally:
                session.close()

        return called

    def count(text: str) -> int | None:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None

    number = Shaped(t, count, "cli.not_a_number")

    def make_today(words: Words) -> Command:
        return words.command("today", job(today), words.option("--limit", help="daily", var="n", type=number))

    def make_accounts(words: Words) -> Command:
        return words.command(
            "accounts",
            job(accounts),
            words.argument("query", "query", "query", required=False, default=""),
            words.option("--order", help="order", var="order", type=OneOf(t, ORDERS), default="care"),
            words.option("--limit", help="limit", var="n", type=number, default=50),
            words.option("--all", help="all", is_flag=True),
        )

    def make_show(words: Words) -> Command:
        return words.command(
            "show",
            job(show),
            words.argument("account", "account", "account"),
            words.option("--mask", help="mask", is_flag=True),
        )

    def make_log(words: Words) -> Command:
        return words.command(
            "log",
            job(log),
            words.argument("account", "account", "account"),
            words.argument("kind", "kind", "kind", type=OneOf(t, KINDS)),
            words.option("--heard", help="heard", var="text", default=""),
            words.option("--said", help="said", var="text", default=""),
            words.option("--note", help="note", var="text", default=""),
            words.option("--with", "people", help="with", var="person", multiple=True),
            words.option("--promise", "promises", help="promise", var="text", multiple=True),
            words.option(
                "--attempt",
                help="attempt",
                var="attempt",
                type=OneOf(t, ATTEMPTS),
                is_flag=False,
                flag_value="no_answer",
                default="",
            ),
            words.option("--day", help="day", var="day", default="", type=Shaped(t, iso_day, "cli.not_a_day")),
            words.option("--time", help="time", var="time", default="", type=Shaped(t, time_of_day, "cli.not_a_time")),
        )

    def make_add(words: Words) -> Command:
        return words.command(
            "add",
            job(add),
            words.argument("name", "name", "name"),
            words.option("--tier", help="tier", var="tier", type=OneOf(t, TIERS), default=""),
            words.option("--phone", help="phone", var="phone", default=""),
            words.option("--region", help="region", var="text", default=""),
            words.option("--person", "people", help="person", var="person", multiple=True),
        )

    def make_merge(words: Words) -> Command:
        return words.command("merge", job(merge), words.argument("others", "path", "others", nargs=-1, required=True))

    def make_import(words: Words) -> Command:
        return words.command(
            "import",
            job(import_files),
            words.argument("files", "path", "csv", nargs=-1, required=True),
            words.option("--as", "target", help="as", var="target", type=OneOf(t, TARGETS), required=True),
            words.option("--dry-run", help="dry_run", is_flag=True),
        )

    def make_demo(words: Words) -> Command:
        return words.command("demo", job(demo), words.option("--write", help="write", var="path", default=""))

    return Commands(
        t,
        {
            "today": make_today,
            "accounts": make_accounts,
            "show": make_show,
            "log": make_log,
            "add": make_add,
            "merge": make_merge,
            "import": make_import,
            "demo": make_demo,
        },
    )
