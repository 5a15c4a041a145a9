"""윗분 모시기: the page before bringing my manager to a customer, and what its keys do."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import Task
from fieldsales.ui.actions import boss_forms as forms
from fieldsales.ui.actions import reports
from fieldsales.ui.actions.agenda import account_name, the_account
from fieldsales.ui.screens.menu import Entry, Menu
from fieldsales.ui.screens.reading import CHECK, PLAN, BossSheet, ReadRow
from fieldsales.ui.widgets.parts import Parts, fit, wrap

if TYPE_CHECKING:
    from fieldsales.domain.boss import BossPage, Check
    from fieldsales.domain.model import History, Offer
    from fieldsales.ui.app import FieldsalesApp

LABEL, NAME = 13, 22  # cells of a part's label and of a self-check's name
OFFERS = 3  # shown on the page
PAUSE_WHY = 50  # cells of what is known of a pause, so that the line itself stays whole at 80 columns


# --- the page -------------------------------------------------------------------------------------------------------


def open_page(app: FieldsalesApp) -> None:
    """b: what to look at before bringing my manager; Enter passes it. Nothing on it has to be filled in."""
    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk

    def title() -> Parts:
        return [(account_name(app, account_id), "strong"), (f" · {t('cmd.boss')}", "")]

    def right() -> Parts:
        moment = t("case.moment", day=desk.today.isoformat(), time=desk.now.strftime("%H:%M"))
        return [(moment + " ", "dim")]

    def planned() -> bool:
        from fieldsales.domain.boss import joint_planned

        return joint_planned(desk.book.history(account_id)) is not None

    app.open_sheet(
        BossSheet(
            t,
            title,
            lambda width: _rows(app, account_id, width),
            right=right,
            account_id=account_id,
            open_row=lambda name: _open(app, account_id, name),
            planned=planned,
        )
    )


def _open(app: FieldsalesApp, account_id: str, name: str) -> None:
    if name == PLAN or name.startswith(CHECK):
        forms.plan_joint(app, account_id)
    elif name.startswith("debrief:"):
        forms.debrief(app, name.removeprefix("debrief:"))
    else:
        {
            "request": lambda: reports.report(app),
            "pause": lambda: forms.edit_pause(app, account_id),
            "resume": lambda: forms.resume(app, account_id),
            "hand_over": lambda: forms.hand_over(app),
            "take_back": lambda: forms.take_back(app, account_id),
            "been": lambda: forms.joint_kept(app),
        }[name]()


def answer(app: FieldsalesApp) -> None:
    """Space on a self-check: so, not so, not said."""
    from fieldsales.workflows import boss as work

    sheet = app.screen
    if isinstance(sheet, BossSheet) and sheet.check:
        app.tell(None, work.answer(app.desk.book, sheet.account_id, sheet.check, app.desk.now))


def add(app: FieldsalesApp) -> None:
    """a on the page: what happened with my manager, each written down on its own."""
    t = app.t
    makes = {
        "boss_asked": forms.asked,
        "lone_visit": forms.lone_visit,
        "joint_kept": forms.joint_kept,
        "pause": forms.pause,
        "hand_over": forms.hand_over,
    }
    entries = [Entry(id, t(f"cmd.{id}"), str(number), "choice") for number, id in enumerate(makes, 1)]

    def search(text: str) -> list[Entry]:
        return [one for one in entries if one.key == text] or [one for one in entries if text in one.label]

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            makes[entry.id](app)

    app.push_screen(Menu(t, search, title=t("boss.add_question")), take)


def _rows(app: FieldsalesApp, account_id: str, width: int) -> list[ReadRow]:
    from fieldsales.domain.boss import joint_visits, page, requests
    from fieldsales.domain.cadence import policies_of

    t, desk = app.t, app.desk
    history = desk.book.history(account_id)
    seen = page(history, desk.today, policies_of(history.account, history.policies, desk.book.rules()))
    lines = [ReadRow(((piece, "accent"),)) for piece in wrap(t.say(seen.sentence), width - 4)]
    if seen.asked is not None:
        lines.append(ReadRow(((_asked_words(app, history, seen), "dim"),)))
    lines.append(ReadRow())
    first = _first_rows(app, history, seen)
    lines += [*first, *([ReadRow()] if first else [])]
    if seen.situation == "handed":
        return lines
    head: Parts = [(t("boss.checks"), "strong"), (f"   {t('boss.checks_note')}", "dim")]
    lines.append(ReadRow(tuple(head)))
    for check in seen.checks:
        lines += _check_rows(app, check, width)
    lines.append(ReadRow())
    lines += _labelled(t("boss.offers"), _offer_words(app, seen.offers), width)
    lines += _labelled(t("boss.role"), [t("boss.role_listen"), t("boss.role_me")], width)
    if seen.joint is not None:
        lines += _labelled(t("boss.planned"), _joint_words(app, history, seen.joint), width)
    joint, wished = len(joint_visits(history)), len(requests(history))
    if joint or wished:
        lines += [ReadRow(), ReadRow(((t("boss.counts", joint=joint, asked=wished), "dim"),))]
    return lines


def _asked_words(app: FieldsalesApp, history: History, seen: BossPage) -> str:
    from fieldsales.domain.people import person_name

    t, signal = app.t, seen.asked
    assert signal is not None
    words = t("brief.quote", text=signal.text) if signal.text else t("signal.boss_asked")
    return " · ".join(filter(None, (t("page.day", day=signal.day), person_name(history, signal.contact_id), words)))


def _first_rows(app: FieldsalesApp, history: History, seen: BossPage) -> list[ReadRow]:
    """The lines that the situation puts first, each of which Enter opens."""
    t, boss = app.t, forms.boss_word(app)

    def row(name: str, label: str, why: str = "") -> ReadRow:
        return ReadRow(((label, "strong"),), name, ((why + " ", "dim"),) if why else ())

    found = []
    if seen.pause is not None:
        n = seen.paused_days
        why = t("boss.row_request_why", n=n) if seen.plan else t("boss.row_request_calm")
        found.append(row("request", t("boss.row_request", boss=boss), why))
        so_far = t("boss.pause_now", n=n) if n else t("boss.pause_today")
        until = t("boss.pause_until", day=seen.pause.until) if seen.pause.until else seen.pause.text
        why = " · ".join(filter(None, (seen.pause.by, so_far, until)))
        found.append(row("pause", t("boss.row_pause_edit"), fit(why, PAUSE_WHY).rstrip()))
        found.append(row("resume", t("boss.row_resume")))
    if seen.situation == "handed":
        found.append(row("take_back", t("boss.row_take_back")))
    if seen.situation == "never_met":
        found.append(row("hand_over", t("boss.row_hand_over", boss=boss)))
    for task in seen.debriefs:
        been = next((one for one in history.activities if one.id == task.activity_id), None)
        who = been.by if been is not None and been.by != "me" else boss
        day = t("page.day", day=been.day) if been is not None else ""
        found.append(row(f"debrief:{task.id}", t("boss.row_debrief", who=who), day))
    if seen.been is not None:
        found.append(row("been", t("boss.row_been"), t("boss.row_been_why")))
    return found


def _check_rows(app: FieldsalesApp, check: Check, width: int) -> list[ReadRow]:
    t = app.t
    said = t(f"boss.answer_{check.answer}") + " " if check.answer else ""
    room = max(20, width - 3 - NAME - max(len(said) * 2, 10))
    pieces = wrap(" · ".join(t.say(one) for one in check.evidence), room)
    parts: Parts = [(fit(t(f"boss.check_{check.name}"), NAME), ""), (pieces[0], "dim")]
    return [
        ReadRow(tuple(parts), CHECK + check.name, ((said, "accent"),) if said else ()),
        *(ReadRow(((" " * NAME + piece, "dim"),)) for piece in pieces[1:]),
    ]


def _labelled(label: str, texts: list[str], width: int) -> list[ReadRow]:
    pieces = [piece for text in texts for piece in wrap(text, max(20, width - LABEL - 5))]
    return [
        ReadRow(((fit(label if number == 0 else "", LABEL), "dim"), (piece, ""))) for number, piece in enumerate(pieces)
    ]


def _offer_words(app: FieldsalesApp, offers: tuple[Offer, ...]) -> list[str]:
    t = app.t
    if not offers:
        return [t("boss.no_offers")]
    lines = []
    for one in offers[:OFFERS]:
        answered = t(f"answer.{one.answer}") if one.answer else t("boss.offer_open")
        lines.append(" · ".join(filter(None, (t("page.day", day=one.day), one.text, answered))))
    if len(offers) > OFFERS:
        lines.append(t("boss.offers_more", n=len(offers) - OFFERS))
    return lines


def _joint_words(app: FieldsalesApp, history: History, task: Task) -> list[str]:
    from fieldsales.domain.boss import unasked
    from fieldsales.domain.people import person_name
    from fieldsales.workflows import sheets

    t, book = app.t, app.desk.book
    if not task.due_on:
        when = t("boss.planned_open")
    elif task.due_time:
        when = t("boss.planned_at", day=task.due_on, time=task.due_time)
    else:
        when = t("boss.planned_on", day=task.due_on)
    lines = [" · ".join(filter(None, (when, person_name(history, task.contact_id), task.title)))]
    sheet = sheets.open_sheet(book, task.account_id, "joint", task.id)
    left = unasked(sheets.items(book, sheet.id)) if sheet is not None else []
    if left:
        people = {f"ask_{one.id}": person_name(history, one.id) for one in history.contacts}
        lines.append(t("boss.unasked", names=", ".join(people.get(item.key, item.title) for item in left)))
    return lines
