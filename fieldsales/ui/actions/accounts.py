"""Commands on accounts: add, edit, why, fine for now, left, the rhythm."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from fieldsales.domain.model import Account, Activity, Contact, Contract, Fact, Message, Policy
from fieldsales.ui.actions.agenda import account_name, the_account
from fieldsales.ui.actions.asking import Values, amount_field, ask, read_days
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.menu import Entry, Menu
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.reading import ReadRow, WhySheet
from fieldsales.ui.widgets.parts import Parts, fit, wrap

if TYPE_CHECKING:
    from fieldsales.domain.score import Score
    from fieldsales.ui.app import FieldsalesApp

TIERS = ("A", "B", "C")
ASKED_CHANNELS = ("call", "message")  # of which the form of a person asks whether they are unwanted
NOTE_KINDS = ("market", "reputation")  # what the form of a note asks for; any other note is just one
USUAL_TIER = "B"  # of a new account: without a tier it would have no rhythm and never come up


def _options(app: FieldsalesApp, prefix: str, *keys: str) -> tuple[tuple[str, str], ...]:
    return tuple((key, app.t(f"{prefix}.{key}")) for key in keys)


def add(app: FieldsalesApp) -> None:
    """a: a new account; on an account's page what belongs to it."""
    if app.context == "case":
        from fieldsales.ui.actions import cases

        cases.add(app)
        return
    if app.context == "boss":
        from fieldsales.ui.actions import boss

        boss.add(app)
        return
    if app.context != "page":
        add_account(app)
        return
    t = app.t
    entries = [
        Entry(kind, t(f"add.{kind}"), kind="choice") for kind in ("contact", "contract", "amount", "fact", "account")
    ]

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            {
                "account": add_account,
                "contact": edit_contact,
                "contract": edit_contract,
                "amount": edit_amount,
                "fact": edit_fact,
            }[entry.id](app)

    app.push_screen(
        Menu(t, lambda text: [entry for entry in entries if text in entry.label], title=t("add.question")), take
    )


def add_account(app: FieldsalesApp) -> None:
    """A new account: a name is enough, and Enter in the first field keeps it."""
    from fieldsales.workflows.accounts import add_account as save
    from fieldsales.workflows.accounts import add_contact

    t, desk = app.t, app.desk

    def submit(values: Values) -> Message | None:
        columns = {name: values[name] for name in ("tier", "phone", "region", "origin", "predecessor", "note")}
        saved = save(desk.book, values["name"], desk.now, **columns)
        if values["person"]:
            add_contact(desk.book, saved.id, values["person"], desk.now)
        app.call_later(app.added, saved.id, Message("account.added", {"name": values["name"]}), saved.changed)
        return None

    specs = [
        FieldSpec("name", t("account.name")),
        FieldSpec("person", t("account.person"), gap=True),
        FieldSpec("phone", t("account.phone")),
        FieldSpec("region", t("account.region")),
        FieldSpec("tier", t("account.tier"), "choice", USUAL_TIER, options=_options(app, "tier", *TIERS)),
        FieldSpec(
            "origin", t("account.origin"), "choice", options=_options(app, "origin", "new", "inherited", "referred")
        ),
        FieldSpec("predecessor", t("account.predecessor")),
        FieldSpec("note", t("account.note"), hint=t("account.note.hint")),
    ]
    ask(app, "account", "", t("account.add.title"), specs, submit, note=t("account.extra_hint"), enter_saves=True)


def edit(app: FieldsalesApp) -> None:
    """e: the account, or the row under the cursor on its page."""
    from fieldsales.ui.actions import cases, lessons
    from fieldsales.ui.screens.report import ReportSheet

    screen = app.screen
    if isinstance(screen, ReportSheet):
        screen.edit()
        return
    if app.context == "case":
        cases.note(app)
        return
    if app.context == "lessons":
        lesson = lessons.chosen(app)
        if lesson is not None:
            lessons.write(app, lesson)
        return
    table, id = app.chosen_row
    if app.context == "page" and table in ROW_FORMS:
        ROW_FORMS[table](app, id)
        return
    edit_account(app)


def edit_account(app: FieldsalesApp) -> None:
    from fieldsales.workflows.accounts import edit_account as save

    account_id = the_account(app)
    account = app.desk.book.get(Account, account_id) if account_id else None
    if account is None:
        return
    t, desk = app.t, app.desk

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("since", "introduced_on", "inherited_on"))
        if isinstance(days, Message):
            return days
        app.call_later(app.tell, Message("app.saved"), save(desk.book, account_id, desk.now, **{**values, **days}))
        return None

    def spec(name: str, **rest: object) -> FieldSpec:
        return FieldSpec(name, t(f"account.{name}"), value=str(getattr(account, name)), **rest)  # type: ignore[arg-type]

    specs = [
        spec("name"),
        spec("tier", kind="choice", options=_options(app, "tier", *TIERS)),
        spec("phone"),
        spec("region"),
        spec("address"),
        spec("origin", kind="choice", options=_options(app, "origin", "new", "inherited", "referred")),
        spec("predecessor"),
        spec("inherited_on"),
        spec("since"),
        spec("introduced_on"),
        spec("note", hint=t("account.note.hint")),
    ]
    ask(app, "account", account_id, t("account.edit.title"), specs, submit, row=(Account, account_id))


def edit_contact(app: FieldsalesApp, contact_id: str = "") -> None:
    from fieldsales.workflows.accounts import add_contact
    from fieldsales.workflows.accounts import edit_contact as save

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    contact = desk.book.get(Contact, contact_id) if contact_id else None
    old = contact or Contact("")

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("came_on", "left_on"), ahead=("keep_until",))
        if isinstance(days, Message):
            return days
        unasked = [channel for channel in old.opt_out.split(",") if channel and channel not in ASKED_CHANNELS]
        opt_out = ",".join([*(channel for channel in ASKED_CHANNELS if values.pop(f"no_{channel}")), *unasked])
        columns = {**values, **days, "opt_out": opt_out, "title": values.pop("job")}
        columns.pop("job", None)
        if contact is None:
            changed = add_contact(desk.book, account_id, columns.pop("name"), desk.now, **columns).changed
        else:
            changed = save(desk.book, contact_id, desk.now, **columns)
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    private = () if app.masked else ("temper", "mends")
    specs = [
        FieldSpec("name", t("contact.name"), value=old.name),
        FieldSpec("job", t("contact.job"), value=old.title),
        FieldSpec(
            "role",
            t("contact.role"),
            "choice",
            old.role,
            options=_options(app, "role", "ceo", "head", "buyer", "other"),
        ),
        *(
            FieldSpec(name, t(f"contact.{name}"), value=str(getattr(old, name)))
            for name in ("mobile", "phone", "email")
        ),
        *(FieldSpec(name, t(f"contact.{name}"), value=str(getattr(old, name))) for name in (*private, "best_time")),
        FieldSpec("came_on", t("contact.came_on"), value=old.came_on),
        FieldSpec("left_on", t("contact.left_on"), value=old.left_on),
        FieldSpec("keep_until", t("contact.keep_until"), value=old.keep_until, hint=t("contact.keep_until.hint")),
        FieldSpec("no_call", t("contact.no_call"), "tick", "1" if "call" in old.opt_out else ""),
        FieldSpec("no_message", t("contact.no_message"), "tick", "1" if "message" in old.opt_out else ""),
        FieldSpec("note", t("contact.note"), value=old.note, hint=t("account.note.hint")),
    ]
    title = f"{account_name(app, account_id)} · {t('contact.title')}"
    row = (Contact, contact_id) if contact_id else None
    ask(app, "contact", contact_id or account_id, title, specs, submit, row=row)


def edit_contract(app: FieldsalesApp, contract_id: str = "") -> None:
    from fieldsales.domain.money import parse_money
    from fieldsales.workflows.accounts import save_contract

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    old = (desk.book.get(Contract, contract_id) if contract_id else None) or Contract("", kind="")

    def shown(amount: int | None) -> str:
        return "" if amount is None else amount_field(t, amount)

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("starts_on",), ahead=("ends_on",))
        if isinstance(days, Message):
            return days
        amounts = {}
        for name in ("amount", "received", "delivered"):
            amounts[name] = parse_money(values[name], t.currency) if values[name] else None
            if values[name] and amounts[name] is None:
                return Message("amount.bad", {"text": values[name]})
        columns = {"kind": values["kind"] or "term", "note": values["note"], **days, **amounts}
        saved = save_contract(desk.book, account_id, desk.now, contract_id, **columns)
        app.call_later(app.tell, Message("app.saved"), saved.changed)
        return None

    specs = [
        FieldSpec("ends_on", t("contract.ends_on"), value=old.ends_on),
        FieldSpec("starts_on", t("contract.starts_on"), value=old.starts_on),
        FieldSpec(
            "kind",
            t("contract.kind"),
            "choice",
            old.kind,
            options=_options(app, "contract", "term", "monthly", "prepaid", "none"),
        ),
        FieldSpec("amount", t("contract.amount"), value=shown(old.amount)),
        FieldSpec("received", t("contract.received"), value=shown(old.received)),
        FieldSpec("delivered", t("contract.delivered"), value=shown(old.delivered)),
        FieldSpec("note", t("contract.note"), value=old.note),
    ]
    title = f"{account_name(app, account_id)} · {t('contract.title')}"
    row = (Contract, contract_id) if contract_id else None
    ask(app, "contract", contract_id or account_id, title, specs, submit, row=row)


def edit_amount(app: FieldsalesApp, month: str = "") -> None:
    from fieldsales.domain.dates import last_complete_month
    from fieldsales.domain.money import parse_money
    from fieldsales.workflows.accounts import set_amount

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk

    def submit(values: Values) -> Message | None:
        amount = parse_money(values["amount"], t.currency)
        if amount is None:
            return Message("amount.bad", {"text": values["amount"]})
        changed = set_amount(desk.book, account_id, values["month"], amount, desk.now)
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [
        FieldSpec("amount", t("amount.amount")),
        FieldSpec("month", t("amount.month"), value=month or last_complete_month(desk.today)),
    ]
    title = f"{account_name(app, account_id)} · {t('amount.title')}"
    ask(app, "amount", account_id, title, specs, submit, enter_saves=True)


def edit_fact(app: FieldsalesApp, fact_id: str = "") -> None:
    """A note with a date: what is known of a person, by whom it was said, until when it holds."""
    from fieldsales.domain.people import full_name, present
    from fieldsales.workflows.facts import save_fact

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    old = (desk.book.get(Fact, fact_id) if fact_id else None) or Fact("")
    people = present(desk.book.history(account_id), desk.today)

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, ahead=("expires_on",))
        if isinstance(days, Message):
            return days
        changed = save_fact(
            desk.book, account_id, values["text"], desk.now, fact_id=fact_id, contact_id=values["person"],
            expires_on=days["expires_on"], source=values["source"],
            kind=values["kind"] or (old.kind if old.kind not in NOTE_KINDS else "") or "work",
        )  # fmt: skip
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [
        FieldSpec("text", t("fact.text"), value=old.text, hint=t("account.note.hint")),
        FieldSpec(
            "person",
            t("fact.person"),
            "choice",
            old.contact_id,
            options=tuple((one.id, full_name(one)) for one in people[:5]),
        ),
        FieldSpec("expires_on", t("fact.expires_on"), value=old.expires_on),
        FieldSpec("source", t("fact.source"), value=old.source),
        FieldSpec("kind", t("fact.kind"), "choice", old.kind, options=_options(app, "fact.kind", *NOTE_KINDS)),
    ]
    title = f"{account_name(app, account_id)} · {t('fact.title')}"
    row = (Fact, fact_id) if fact_id else None
    ask(app, "fact", fact_id or account_id, title, specs, submit, enter_saves=True, row=row)


def edit_activity(app: FieldsalesApp, activity_id: str) -> None:
    """Correct a log: its words and its day."""
    from fieldsales.workflows.facts import edit_activity as save

    activity = app.desk.book.get(Activity, activity_id)
    if activity is None:
        return
    t, desk = app.t, app.desk

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("day",))
        if isinstance(days, Message):
            return days
        changed = save(desk.book, activity_id, desk.now, **{**values, "day": days["day"] or activity.day})
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [
        FieldSpec("heard", t("log.heard"), "long", activity.heard),
        FieldSpec("said", t("log.said"), "long", activity.said),
        FieldSpec("note", t("activity.note"), "line", activity.note),
        FieldSpec("day", t("activity.day"), "line", activity.day),
    ]
    ask(app, "activity", activity_id, t("activity.title"), specs, submit, row=(Activity, activity_id))


ROW_FORMS: dict[str, Callable[..., None]] = {
    "contact": edit_contact,
    "contract": edit_contract,
    "fact": edit_fact,
    "activity": edit_activity,
}


# --- the rhythm -----------------------------------------------------------------------------------------------------


def rhythm(app: FieldsalesApp) -> None:
    """The contact rhythm of the account in front of the user; of the tiers where there is none."""
    from fieldsales.domain.cadence import default_policies
    from fieldsales.workflows.rhythm import RHYTHM_KINDS, save_rhythm

    t, desk = app.t, app.desk
    account_id = app.account_id
    account = desk.book.get(Account, account_id) if account_id else None
    scopes = [("account", account.id)] if account else [("tier", tier) for tier in TIERS]
    rows = {(row.scope, row.scope_id, row.kind): row for row in desk.book.rows(Policy)}
    specs = []
    for scope, scope_id in scopes:
        for kind in RHYTHM_KINDS:
            row = rows.get((scope, scope_id, kind))
            usual = {policy.kind: policy.per_year for policy in default_policies(account.tier if account else scope_id)}
            if kind == "visit":
                value = str(row.every_months or "") if row else ""
                label = t("rhythm.visit_months")
            else:
                value = str(row.per_year) if row else "" if account else str(usual.get(kind, 0))
                label = t(f"rhythm.{kind}")
            if scope == "tier":
                label = f"{scope_id}  {label}"
            hint = str(usual.get(kind, "")) if account and kind != "visit" else ""
            specs.append(
                FieldSpec(
                    f"{scope_id}_{kind}" if scope == "tier" else kind,
                    label,
                    value=value,
                    hint=hint,
                    gap=scope == "tier" and kind == "call" and scope_id != "A",
                )
            )

    def submit(values: Values) -> Message | None:
        numbers: dict[tuple[str, str, str], int | None] = {}
        for name, text in values.items():
            if text and not (text.isdigit() and int(text) <= 366):
                return Message("rhythm.bad")
            scope_id, _, kind = name.rpartition("_")
            numbers["account" if account else "tier", account.id if account else scope_id, kind] = (
                int(text) if text else None
            )
        app.call_later(app.tell, Message("app.saved"), save_rhythm(desk.book, numbers, desk.now))
        return None

    title = t("rhythm.title", name=account.name) if account else t("rhythm.tiers")
    ask(app, "rhythm", account_id, title, specs, submit, note=t("rhythm.note") if account else "")


# --- why ------------------------------------------------------------------------------------------------------------


def score_of(app: FieldsalesApp, account_id: str) -> Score:
    """The score of an account today, with its parts."""
    from fieldsales.domain.score import score
    from fieldsales.domain.score_inputs import inputs_of

    rules = app.desk.book.rules()
    return score(inputs_of(app.desk.book.history(account_id), rules, app.desk.today), rules.weights)


def why(app: FieldsalesApp) -> None:
    """w: the parts of the band, their rows, and one thing to do."""
    account_id = the_account(app)
    if not account_id:
        return
    t = app.t

    def scored() -> Score:
        return score_of(app, account_id)

    def title() -> Parts:
        found = scored()
        return [(t("why.heading", name=account_name(app, account_id), band=f"@band.{found.band}"), "strong")]

    def right() -> Parts:
        found = scored()
        return [(t("why.score", points=found.points, known=found.known) + " ", "dim")]

    def rows(width: int) -> list[ReadRow]:
        found = scored()
        lines: list[ReadRow] = []
        if found.aside is not None:
            lines += [ReadRow(((t.say(found.aside), "accent"),)), ReadRow()]
        for part in found.shown:
            points = t("why.points", points=part.points, maximum=part.maximum) if part.points is not None else "-"
            role = "caution" if part.points else "dim"
            reason = t.say(part.reason)
            pieces = wrap(reason, max(20, width - 30))
            head: Parts = [
                (fit(t(f"score.part.{part.name}"), 14), "strong"),
                (fit(points, 9, right=True), role),
                ("   ", ""),
            ]
            lines.append(ReadRow((*head, (pieces[0], "")), opens=part.name))
            lines += [ReadRow(((" " * 26 + piece, ""),)) for piece in pieces[1:]]
        lines += [ReadRow(), ReadRow()]
        if found.one_thing is not None:
            lines.append(ReadRow(((t("why.one_thing"), "strong"),)))
            lines += [ReadRow((("  " + piece, "accent"),)) for piece in wrap(t.say(found.one_thing), width - 6)]
            lines.append(ReadRow())
        lines += [ReadRow(((piece, "dim"),)) for piece in wrap(t("why.caution"), width - 6)]
        return lines

    def open_row(name: str) -> None:
        part = scored().part(name)
        open_rows(app, account_id, t(f"score.part.{name}"), part.rows)

    keys = ("open", "log", "fine", "close")
    app.open_sheet(WhySheet(t, title, rows, right=right, account_id=account_id, keys=keys, open_row=open_row))


def open_rows(app: FieldsalesApp, account_id: str, label: str, found: tuple[tuple[str, str], ...]) -> None:
    """The rows of the book behind a part of the score."""
    from fieldsales.domain.timeline import lines_of_rows
    from fieldsales.ui.actions.look import row_words

    t, desk = app.t, app.desk

    def rows(width: int) -> list[ReadRow]:
        history = desk.book.history(account_id)
        lines = lines_of_rows(history, desk.today)
        told = dict.fromkeys(row_words(desk, history, table, id, lines.get((table, id))) for table, id in found)
        out = [ReadRow(((piece, ""),)) for words in told if words for piece in wrap(words, width - 6)]
        return out or [ReadRow(((t("why.no_rows"), "dim"),))]

    title = t("why.rows", name=account_name(app, account_id), part=label)
    app.open_sheet(WhySheet(t, lambda: [(title, "strong")], rows, account_id=account_id))


def fine(app: FieldsalesApp) -> None:
    """b: the score is set aside until a day."""
    from fieldsales.domain.when import read_day
    from fieldsales.workflows.accounts import set_fine

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk

    def read(text: str) -> str:
        day = read_day(text, desk.today)
        return t("put_off.read", day=day.isoformat()) if day else t("put_off.bad")

    def take(text: str) -> Message | None:
        day = read_day(text, desk.today)
        if day is None or day <= desk.today:
            return Message("put_off.bad" if day is None else "put_off.past")
        app.call_later(app.tell, Message("app.saved"), set_fine(desk.book, account_id, day, desk.now))
        return None

    question = t("fine.question", name=account_name(app, account_id))
    app.push_screen(Prompt(t, question, app.guarded(take), hint=t("put_off.hint"), read=read, jamo=app.jamo))
