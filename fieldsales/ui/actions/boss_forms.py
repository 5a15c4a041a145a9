"""Forms about my manager: the joint visit and what it leaves, a request, a visit without me, a pause, a handover."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fieldsales.domain.model import Account, Contact, Decision, Message, Task
from fieldsales.ui.actions.agenda import account_name, the_account
from fieldsales.ui.actions.asking import Values, ask, read_days
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.reading import ReadRow, WhySheet
from fieldsales.ui.widgets.page import day_cells
from fieldsales.ui.widgets.parts import Parts, column, fit, wrap

if TYPE_CHECKING:
    from fieldsales.domain.playbooks import Playbook
    from fieldsales.ui.app import FieldsalesApp

PEOPLE = 5  # offered to choose from


# --- the joint visit --------------------------------------------------------------------------------------------------


def boss_word(app: FieldsalesApp) -> str:
    """What the user calls the person they report to."""
    return app.desk.config.reports_to or app.t("word.boss")


def plan_joint(app: FieldsalesApp, account_id: str) -> None:
    """Plan the joint visit, or move the one that is planned; every field may stay empty."""
    from fieldsales.domain.boss import PURPOSES, joint_planned
    from fieldsales.domain.people import full_name, present
    from fieldsales.domain.when import find_when
    from fieldsales.workflows.joint import plan_joint as save

    t, desk = app.t, app.desk
    history = desk.book.history(account_id)
    old = joint_planned(history)
    whose = [one for one in history.contacts if old is not None and one.id == old.contact_id]
    people = (*whose, *(one for one in present(history, desk.today) if one not in whose))[:PEOPLE]
    main = old.contact_id if old is not None and old.contact_id else people[0].id if people else ""

    def submit(values: Values) -> Message | None:
        day, time = (old.due_on, old.due_time) if old is not None else ("", "")
        if values["when"]:
            found = find_when(values["when"], desk.today)
            if found is None:
                return Message("boss.bad_day")
            day, time = found.day.isoformat(), found.time
        boss = values["with"] or boss_word(app)
        ticked = [one for number, one in enumerate(people) if values.get(f"who{number}")]
        planned = save(
            desk.book,
            account_id,
            desk.now,
            title=t("boss.task_joint", boss=boss),
            prepare=t("boss.task_prepare"),
            day=day,
            time=time,
            contact_id=ticked[0].id if ticked else "",
            purpose=t(f"boss.purpose_{values['purpose']}") if values["purpose"] else "",
            playbook=_playbook(app),
            boss=boss,
            ask=[(one.id, t("boss.ask_line", who=full_name(one))) for one in ticked],
        )
        app.call_later(app.tell, Message("boss.joint_saved"), planned.changed)
        return None

    shown = ""
    if old is not None and old.due_on:
        shown = t(f"boss.planned_{'at' if old.due_time else 'on'}", day=old.due_on, time=old.due_time)
    specs = [
        FieldSpec("when", t("boss.joint_when"), hint=shown or t("boss.joint_when.hint")),
        FieldSpec("with", t("boss.joint_with"), value=boss_word(app)),
        FieldSpec(
            "purpose",
            t("boss.joint_purpose"),
            "choice",
            options=tuple((one, t(f"boss.purpose_{one}")) for one in PURPOSES),
        ),
        *(
            FieldSpec(f"who{number}", full_name(one), "tick", "1" if one.id == main else "", gap=number == 0)
            for number, one in enumerate(people)
        ),
    ]
    title = f"{history.account.name} · {t('boss.joint_title')}"
    ask(app, "joint", account_id, title, specs, submit, note=t("boss.joint_note"), enter_saves=True)


def _playbook(app: FieldsalesApp) -> Playbook | None:
    """The checklist of a joint visit, None where neither ours nor the user's can be used."""
    from fieldsales.domain.playbooks import PlaybookError
    from fieldsales.workflows import sheets

    try:
        return sheets.load("joint", app.t.lang, app.desk.places.config / "playbooks").playbook
    except (PlaybookError, sheets.NoSuchListError):
        return None


def joint_kept(app: FieldsalesApp) -> None:
    """What a joint visit left: promises of my manager, what was left to me, news of the market."""
    from fieldsales.domain.boss import MARKET_TAGS
    from fieldsales.domain.people import full_name
    from fieldsales.domain.promises import read_promises
    from fieldsales.workflows.joint import keep_joint

    account_id = the_account(app)
    if not account_id:
        return
    t, desk, boss = app.t, app.desk, boss_word(app)
    people = _people(app, account_id)

    def submit(values: Values) -> Message | None:
        who = next((one for one in people if one.id == values["before"]), None)
        promises = [
            (t("boss.kept_promise", boss=boss, title=one.title), one.due_on)
            for one in read_promises(values["promises"], desk.today)
        ]
        changed = keep_joint(
            desk.book,
            account_id,
            desk.now,
            promises=promises,
            mandate=values["mandate"],
            by=boss,
            before=t("boss.kept_before_words", who=full_name(who)) if who is not None else "",
            market=values["market"],
            tag=values["tag"],
            tag_words=t(f"boss.tag_{values['tag']}") if values["tag"] else "",
            contact_id=who.id if who is not None else "",
        )
        app.call_later(app.tell, Message("boss.kept_saved"), changed)
        return None

    specs = [
        FieldSpec("promises", t("boss.kept_promises", boss=boss), hint=t("boss.kept_promises.hint")),
        FieldSpec("mandate", t("boss.kept_mandate"), hint=t("boss.kept_mandate.hint")),
        _person_spec(app, "before", "boss.kept_before", people),
        FieldSpec("market", t("boss.kept_market"), gap=True),
        FieldSpec(
            "tag", t("boss.kept_tag"), "choice", options=tuple((one, t(f"boss.tag_{one}")) for one in MARKET_TAGS)
        ),
    ]
    ask(app, "joint_kept", account_id, _title(app, account_id, "boss.kept_title"), specs, submit)


# --- what happened with my manager -----------------------------------------------------------------------------------


def asked(app: FieldsalesApp) -> None:
    """윗분 요청: somebody asked for my manager."""
    from fieldsales.domain.remembered import open_signals
    from fieldsales.workflows.boss import request

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    people = _people(app, account_id)
    complaints = open_signals(desk.book.history(account_id), "complaint")[:3]

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("day",))
        if isinstance(days, Message):
            return days
        changed = request(
            desk.book,
            account_id,
            desk.now,
            words=values["words"],
            contact_id=values["person"],
            complaint_id=values.get("about", ""),
            day=days["day"],
        )
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [
        FieldSpec("words", t("boss.request_words"), hint=t("boss.request_words.hint")),
        _person_spec(app, "person", "boss.request_who", people, people[0].id if people else ""),
        FieldSpec("day", t("boss.request_when"), hint=t("boss.today")),
    ]
    if complaints:
        options = tuple((one.id, fit(one.text, 18).strip() or t("signal.complaint")) for one in complaints)
        specs.append(FieldSpec("about", t("boss.request_about"), "choice", options=options))
    title = _title(app, account_id, "boss.request_title")
    ask(app, "boss_asked", account_id, title, specs, submit, note=t("boss.request_note"), enter_saves=True)


def lone_visit(app: FieldsalesApp) -> None:
    """Somebody of ours was there without me."""
    from fieldsales.workflows.boss import lone_visit as save

    account_id = the_account(app)
    if not account_id:
        return
    t, desk = app.t, app.desk
    people = _people(app, account_id)

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("day",))
        if isinstance(days, Message):
            return days
        changed = save(
            desk.book,
            account_id,
            desk.now,
            by=values["by"] or boss_word(app),
            day=days["day"],
            contact_id=values["person"],
            heard=values["heard"],
            ended=values["ended"],
            mine=values["mine"],
        )
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    specs = [
        FieldSpec("by", t("boss.lone_by"), value=boss_word(app)),
        FieldSpec("day", t("boss.lone_when"), hint=t("boss.today")),
        _person_spec(app, "person", "boss.lone_person", people, people[0].id if people else ""),
        *_debrief_specs(app),
    ]
    title = _title(app, account_id, "boss.lone_title")
    ask(app, "lone_visit", account_id, title, specs, submit, note=t("boss.lone_note"))


def debrief(app: FieldsalesApp, task_id: str) -> None:
    """확인할 것: what was said on a visit without me, how it ended, my own call."""
    from fieldsales.workflows.boss import debrief as save

    desk = app.desk
    task = desk.book.get(Task, task_id)
    if task is None:
        return

    def submit(values: Values) -> Message | None:
        changed = save(desk.book, task_id, desk.now, heard=values["heard"], ended=values["ended"], mine=values["mine"])
        app.call_later(app.tell, Message("app.saved"), changed)
        return None

    title = _title(app, task.account_id, "boss.debrief_title")
    ask(app, "debrief", task_id, title, _debrief_specs(app), submit)


def _debrief_specs(app: FieldsalesApp) -> list[FieldSpec]:
    from fieldsales.domain.boss import ENDINGS

    t = app.t
    return [
        FieldSpec("heard", t("boss.lone_heard"), gap=True),
        FieldSpec(
            "ended", t("boss.lone_ended"), "choice", options=tuple((one, t(f"boss.ended_{one}")) for one in ENDINGS)
        ),
        FieldSpec("mine", t("boss.lone_mine")),
    ]


def year(app: FieldsalesApp) -> None:
    """The requests of twelve months beside the joint visits: for the rep alone, in no report (S2-11, S3-15)."""
    from fieldsales.domain.boss import asked_since
    from fieldsales.domain.dates import add_months
    from fieldsales.domain.model import Activity, Signal

    t, desk = app.t, app.desk
    book = desk.book
    ids = {one.account_id for one in book.rows(Signal, kind="boss_asked")}
    ids |= {one.account_id for one in book.rows(Signal, kind="complaint", boss_asked=1)}
    since = add_months(desk.today, -12).isoformat()

    def rows(width: int) -> list[ReadRow]:
        found = asked_since([book.history(id) for id in sorted(ids) if book.get(Account, id) is not None], desk.today)
        joint = sum(one.day > since and one.by == "me" for one in book.rows(Activity, joint=1))
        lines = [ReadRow(((t("boss.year_count", asked=len(found), joint=joint), "strong"),)), ReadRow()]
        for name, signal in found:
            parts: Parts = [(fit(t("page.day", day=signal.day), day_cells(t)), "dim"), (column(name, 20), "")]
            parts.append((signal.text, "dim"))
            lines.append(ReadRow(tuple(parts)))
        if not found:
            lines.append(ReadRow(((t("boss.year_none"), "dim"),)))
        return [*lines, ReadRow(), *(ReadRow(((piece, "dim"),)) for piece in wrap(t("boss.year_note"), width - 6))]

    app.open_sheet(WhySheet(t, lambda: [(t("boss.year_title"), "strong")], rows))


# --- a pause of contact and a proposal -------------------------------------------------------------------------------


def pause(app: FieldsalesApp) -> None:
    """연락 멈춤: write down the order, or, where contact is paused, lift it."""
    from fieldsales.domain.boss import pause_of

    account_id = the_account(app)
    if not account_id:
        return
    if pause_of(app.desk.book.history(account_id), app.desk.today) is not None:
        resume(app, account_id)
    else:
        edit_pause(app, account_id)


def edit_pause(app: FieldsalesApp, account_id: str) -> None:
    """By whom contact is paused, since when, until when or until what."""
    from datetime import date

    from fieldsales.domain.boss import pause_of
    from fieldsales.workflows.boss import pause_contact

    t, desk = app.t, app.desk
    name = account_name(app, account_id)
    old = pause_of(desk.book.history(account_id), desk.today) or Decision("")

    def submit(values: Values) -> Message | None:
        days = read_days(app, values, past=("since",), ahead=("until",))
        if isinstance(days, Message):
            return days
        changed = pause_contact(
            desk.book,
            account_id,
            desk.now,
            by=values["by"],
            since=date.fromisoformat(days["since"]) if days["since"] else None,
            until=date.fromisoformat(days["until"]) if days["until"] else None,
            condition=values["condition"],
        )
        app.call_later(app.tell, Message("boss.paused", {"name": name}), changed)
        return None

    specs = [
        FieldSpec("by", t("boss.pause_by"), value=old.by or boss_word(app)),
        FieldSpec("since", t("boss.pause_since"), value=old.day or desk.today.isoformat()),
        FieldSpec("until", t("boss.pause_until_field"), value=old.until, hint=t("boss.pause_until_field.hint")),
        FieldSpec("condition", t("boss.pause_condition"), value=old.text, hint=t("boss.pause_condition.hint")),
    ]
    title = _title(app, account_id, "boss.pause_title")
    ask(app, "pause", account_id, title, specs, submit, note=t("boss.pause_note"), enter_saves=True)


def resume(app: FieldsalesApp, account_id: str) -> None:
    """The pause is lifted; what rested stands in 오늘 again."""
    from fieldsales.workflows.boss import resume_contact

    changed = resume_contact(app.desk.book, account_id, app.desk.now)
    app.tell(Message("boss.resumed", {"name": account_name(app, account_id)}), changed)


def hand_over(app: FieldsalesApp) -> None:
    """이관: the account is my manager's; where it is, mine again."""
    from fieldsales.workflows.boss import hand_over as save

    account_id = the_account(app)
    account = app.desk.book.get(Account, account_id) if account_id else None
    if account is None:
        return
    if account.owner == "manager":
        take_back(app, account_id)
        return
    t, desk = app.t, app.desk

    def submit(values: Values) -> Message | None:
        changed = save(desk.book, account_id, desk.now, by=boss_word(app), reason=values["reason"])
        app.call_later(app.tell, Message("boss.handed", {"name": account.name}), changed)
        return None

    specs = [FieldSpec("reason", t("boss.hand_reason"), hint=t("boss.request_words.hint"))]
    title = _title(app, account_id, "boss.hand_title")
    ask(app, "handover", account_id, title, specs, submit, note=t("boss.hand_note"), enter_saves=True)


def take_back(app: FieldsalesApp, account_id: str) -> None:
    """The account is mine again."""
    from fieldsales.workflows.boss import take_back as save

    changed = save(app.desk.book, account_id, app.desk.now)
    app.tell(Message("boss.taken_back", {"name": account_name(app, account_id)}), changed)


# --- parts ------------------------------------------------------------------------------------------------------------


def _people(app: FieldsalesApp, account_id: str) -> tuple[Contact, ...]:
    from fieldsales.domain.people import present

    return present(app.desk.book.history(account_id), app.desk.today)[:PEOPLE]


def _person_spec(app: FieldsalesApp, name: str, label: str, people: tuple[Contact, ...], value: str = "") -> FieldSpec:
    from fieldsales.domain.people import full_name

    return FieldSpec(name, app.t(label), "choice", value, options=tuple((one.id, full_name(one)) for one in people))


def _title(app: FieldsalesApp, account_id: str, id: str) -> str:
    return f"{account_name(app, account_id)} · {app.t(id)}"
