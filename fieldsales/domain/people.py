"""People of an account: who is there, whom I have met and when, and what changed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

from fieldsales.domain.dates import days_since, parse_day
from fieldsales.domain.frozen import dataclass
from fieldsales.domain.ids import is_id
from fieldsales.domain.model import Activity, Contact, History, Message
from fieldsales.domain.months import months_between

RECENT_CHANGE_DAYS = 180  # a change of people is news for so long

_ROLES = frozenset({"ceo", "head", "buyer"})
_CONTACT_KINDS = frozenset({"visit", "call", "review", "message"})


@dataclass(frozen=True, slots=True)
class Clock:
    """The two clocks of the account (`contact_id` "") or of one person: days since, None where it never was (S3-10)."""

    contact_id: str
    name: str
    last_contact: str
    last_met: str
    contact_days: int | None
    met_days: int | None

    @property
    def contact_piece(self) -> Message:
        return _ago("brief.contact", self.contact_days)

    @property
    def met_piece(self) -> Message:
        return _ago("brief.met", self.met_days)


def full_name(contact: Contact) -> str:
    return f"{contact.name} {contact.title}".strip()


def called(contact: Contact) -> str:
    """How somebody is addressed, without 님: a Korean title is how one is called, an English one is not."""
    name = contact.name if contact.name and contact.title.isascii() else contact.title
    return (name or contact.name).removesuffix("님")


def person_name(history: History, contact_id: str) -> str:
    """Name and title of a contact; what is no id is a name already and comes back as it is, "" for somebody who is no
    longer in the book."""
    found = next((contact for contact in history.contacts if contact.id == contact_id), None)
    if found is None:
        return "" if is_id(contact_id) else contact_id
    return full_name(found)


def present(history: History, today: date) -> tuple[Contact, ...]:
    """The people who are still there, in page order."""
    day = today.isoformat()
    return tuple(contact for contact in history.contacts if not contact.left_on or contact.left_on > day)


def main_contact(history: History, today: date) -> Contact | None:
    return next(iter(present(history, today)), None)


def is_contact(activity: Activity) -> bool:
    """Whether it moves the clock 연락: it happened and somebody answered. An attempt never does (V5)."""
    return activity.outcome == "done" and bool(activity.two_way) and activity.kind in _CONTACT_KINDS


def is_meeting(activity: Activity) -> bool:
    """Whether it moves the clock 만남: we stood before each other. A colleague's visit is not mine (S2-22)."""
    mine = activity.by == "me" or bool(activity.joint)
    return activity.outcome == "done" and mine and "visit" in (activity.kind, activity.kind2)


def with_person(activity: Activity, contact: Contact) -> bool:
    return activity.contact_id == contact.id or bool(contact.name and contact.name in activity.with_names)


def met_person(history: History, contact: Contact, since: str = "") -> bool:
    """Whether I have met the person face to face, on or after a day."""
    return any(is_meeting(one) and with_person(one, contact) and one.day >= since for one in history.activities)


def clock(activities: Iterable[Activity], today: date, contact: Contact | None = None) -> Clock:
    """The two clocks over activities up to today; of one person where a contact is given."""
    last_contact = last_met = ""
    end = today.isoformat()
    for one in activities:
        if one.day > end or (contact is not None and not with_person(one, contact)):
            continue
        if is_contact(one):
            last_contact = max(last_contact, one.day)
        if is_meeting(one):
            last_met = max(last_met, one.day)
    return Clock(
        contact_id="" if contact is None else contact.id,
        name="" if contact is None else full_name(contact),
        last_contact=last_contact,
        last_met=last_met,
        contact_days=days_since(last_contact, today),
        met_days=days_since(last_met, today),
    )


def _ago(prefix: str, days: int | None) -> Message:
    if days is None:
        return Message(f"{prefix}_never")
    if days == 0:
        return Message(f"{prefix}_today")
    if days < 60:
        return Message(f"{prefix}_days", {"n": days})
    return Message(f"{prefix}_months", {"n": days // 30})


def span(prefix: str, start: str, today: date) -> Message | None:
    """How long since a day, in years and months (`PREFIX.ym`, `.y`, `.m`) or days (`.d`), None where there is no day.

    S0-30: tenure is said in years and months.
    """
    day = parse_day(start)
    if day is None or day > today:
        return None
    years, months = divmod(months_between(day, today), 12)
    if years and months:
        return Message(f"{prefix}.ym", {"years": years, "months": months})
    if years:
        return Message(f"{prefix}.y", {"years": years})
    if months:
        return Message(f"{prefix}.m", {"months": months})
    return Message(f"{prefix}.d", {"days": (today - day).days})


def frozen_by(history: History, today: date) -> tuple[str, str] | None:
    """Who paused contact and since when, None where nobody did (S2-23)."""
    day = today.isoformat()
    for one in history.decisions:
        if one.kind == "freeze" and one.state == "open" and (not one.until or one.until >= day):
            return one.by, one.day
    return None


@dataclass(frozen=True, slots=True)
class Change:
    """A change of people in the last half year: which role, when, who came and whether I have met them."""

    role: str  # ceo, head, buyer, other
    day: str
    contact: Contact | None
    met: bool
    row: tuple[str, str]


def people_changes(history: History, today: date) -> tuple[Change, ...]:
    """News of people, newest first: reported changes and people who came to their post, each once (S0-18, A3)."""
    changes: list[Change] = []
    here = present(history, today)
    for contact in here:
        days = days_since(contact.came_on, today)
        if days is not None and 0 <= days <= RECENT_CHANGE_DAYS:
            role = contact.role if contact.role in _ROLES else "other"
            met = met_person(history, contact, contact.came_on)
            changes.append(Change(role, contact.came_on, contact, met, ("contact", contact.id)))
    for signal in history.signals:
        days = days_since(signal.day, today)
        if signal.kind != "people" or days is None or not 0 <= days <= RECENT_CHANGE_DAYS:
            continue
        role = signal.level if signal.level in _ROLES else "other"
        if any(
            change.role == role or (signal.contact_id and change.contact and change.contact.id == signal.contact_id)
            for change in changes
        ):
            continue
        who = next((contact for contact in here if contact.id == signal.contact_id), None)
        if who is None and role != "other":
            who = next((contact for contact in here if contact.role == role and contact.since >= signal.day), None)
        met = signal.state == "closed" or (who is not None and met_person(history, who, signal.day))
        changes.append(Change(role, signal.day, who, met, ("signal", signal.id)))
    return tuple(sorted(changes, key=lambda change: change.day, reverse=True))
