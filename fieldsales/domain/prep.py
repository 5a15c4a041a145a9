"""준비표: which checklist fits a moment, and what the book already knows for its lines. Nothing is worded here."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date

from fieldsales.domain.brief import Piece, due_piece
from fieldsales.domain.dates import days_since, month_back
from fieldsales.domain.frozen import replace
from fieldsales.domain.log_effects import LogEntry
from fieldsales.domain.model import History, Message, SheetItem, Task
from fieldsales.domain.months import month_amounts
from fieldsales.domain.people import full_name, is_meeting, present
from fieldsales.domain.playbooks import Playbook
from fieldsales.domain.remembered import INHERITED_WATCH_DAYS, expired, open_signals, open_tasks, running_contract

DEALS = 6  # lines of what was bought
_OF_SHEET = {"half_year": "meeting", "quarter": "review", "greeting": "greeting", "joint": "joint"}

Row = tuple[Piece, ...]


def occasions(history: History, keys: Iterable[str], today: date) -> tuple[str, ...]:
    """What a line of 오늘 asks for, in the words of a checklist's `offer`; `keys` are the dues it joins.

    An account taken over and never visited asks for the greeting, whatever else is due there (S0-01).
    """
    tasks = {task.id: task for task in history.tasks}
    found = []
    for key in keys:
        kind, _, id = key.partition(":")
        if kind == "task":
            found.append(_of_task(tasks[id]) if id in tasks else "")
        else:
            found.append("visit" if kind == "person" else kind)
    taken = days_since(history.account.inherited_on, today)
    if taken is not None and 0 <= taken <= INHERITED_WATCH_DAYS:
        since = history.account.inherited_on
        if not any(is_meeting(one) and one.day >= since for one in history.activities):
            found.append("greeting")
    return tuple(dict.fromkeys(one for one in found if one))


def _of_task(task: Task) -> str:
    if task.kind == "greeting":
        return "greeting"
    if task.sheet == "joint":  # the visit itself, or the line that offers its sheet
        return "joint"
    if task.kind != "meet" or task.case_id:  # a case has a checklist of its own
        return ""
    return _OF_SHEET.get(task.sheet, "visit")


def fits(playbook: Playbook, asked: Sequence[str]) -> int:
    """How well a checklist fits what is asked for: the place of the first occasion it is offered at, else a number
    beyond all of them."""
    return next((place for place, word in enumerate(asked) if word in playbook.offer), len(asked))


def prefill(history: History, act: str, today: date, months: int = 3) -> tuple[Row, ...]:
    """What the book knows for a line, one row of pieces a line of text (S4-19, V12); `months` back for what was
    bought. Temper, what mends it and private lines are never among it.
    """
    if act == "usage":
        return _usage(history, today, months)
    if act == "owned":
        return _owned(history)
    if act == "promises":
        return tuple(_owed(task, today) for task in open_tasks(history, "give", "get"))
    if act in {"complaints", "needs"}:
        signals = open_signals(history, "complaint" if act == "complaints" else "need")
        return tuple(
            (one.text, *((Message("prep.on", {"day": one.day}),) if one.day else ())) for one in signals if one.text
        )
    if act == "told":
        return _told(history, today)
    if act == "contract":
        return _contract(history, today)
    if act == "people":
        return tuple((full_name(contact),) for contact in present(history, today))
    return ()


def _usage(history: History, today: date, months: int) -> tuple[Row, ...]:
    """The amounts of the last complete months, what was bought in them, and a prepayment."""
    rows: list[Row] = []
    known = [(month, amount) for month, amount in month_amounts(history, today, months) if amount is not None]
    if known:
        rows.append(tuple(Message("prep.month", {"month": month, "amount": amount}) for month, amount in known))
    since = month_back(today.isoformat()[:7], months) + "-01"
    deals = sorted((one for one in history.deals if one.day >= since and one.note), key=lambda one: one.day)
    for deal in deals[-DEALS:]:
        rows.append((Message("prep.deal", {"day": deal.day, "what": deal.note, "amount": deal.amount}),))
    for contract in history.contracts:
        if contract.received is not None and contract.delivered is not None:
            args = {"received": contract.received, "used": contract.delivered}
            rows.append((Message("prep.prepaid", args),))
    return tuple(rows)


def _owned(history: History) -> tuple[Row, ...]:
    """What they have, as far as the book knows: what was bought, the newest first, each once (S4-08)."""
    newest: dict[str, str] = {}
    for deal in sorted(history.deals, key=lambda one: one.day):
        if deal.note:
            newest.pop(deal.note, None)
            newest[deal.note] = deal.day
    return tuple((note, Message("prep.bought", {"day": day})) for note, day in [*newest.items()][::-1][:DEALS])


def _owed(task: Task, today: date) -> Row:
    due = due_piece(task, today)
    title = Message("prep.owed", {"kind": f"@promise.{task.kind}", "title": task.title})
    return (title, *(() if due is None else (due,)))


def _told(history: History, today: date) -> tuple[Row, ...]:
    """What whoever had the account before has said of it, but for what is private (S0-01)."""
    who = history.account.predecessor
    facts = [one for one in history.facts if who and who in one.source and one.text and not one.private]
    return tuple((one.text,) for one in sorted(facts, key=lambda one: one.day) if not expired(one, today))


def _contract(history: History, today: date) -> tuple[Row, ...]:
    contract = running_contract(history, today)
    if contract is None:
        return ()
    end = (Message("prep.contract_ends", {"day": contract.ends_on}),) if contract.ends_on else ()
    terms = (contract.terms,) if contract.terms else ()
    row = (*end, *terms)
    return (row,) if row else ()


def as_prepared(entry: LogEntry, playbook: str) -> LogEntry:
    """The log of what a sheet was prepared for: a half-year meeting, a greeting, a joint visit."""
    if entry.kind != "visit" or entry.attempt:
        return entry
    if playbook == "joint":
        return replace(entry, joint=1)
    return replace(entry, sheet=playbook) if playbook in {"half_year", "greeting"} else entry


def about(history: History, playbook: str, today: date) -> Row:
    """What stands beside a sheet's title: at a first greeting who had the account before, and since when it is mine."""
    if playbook != "greeting":
        return ()
    account = history.account
    who = (Message("prep.predecessor", {"name": account.predecessor}),) if account.predecessor else ()
    taken = (Message("prep.taken", {"day": account.inherited_on}),) if days_since(account.inherited_on, today) else ()
    return (*who, *taken)


def sheet_text(head: str, steps: Sequence[str], items: Iterable[SheetItem]) -> str:
    """A sheet as plain text, to be copied or printed (V12)."""
    lines = [head]
    step = 0
    for item in items:
        if item.step != step:
            step = item.step
            title = steps[step - 1] if 0 < step <= len(steps) else ""
            lines += ["", title] if title else [""]
        lines.append(f"[{'x' if item.done_at else ' '}] {item.title}")
        lines += ["    " + line for line in item.text.split("\n") if line]
    return "\n".join(lines) + "\n"
