"""Erasing for good: whom or what, everything that goes, and the people whose day of keeping has passed."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, ClassVar

from textual.binding import Binding, BindingType

from fieldsales.domain.model import Contact, FieldsalesError, Message
from fieldsales.domain.people import full_name
from fieldsales.locale import Texts
from fieldsales.ui.actions.agenda import account_name
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.widgets.parts import Parts, cut, fit, size_of, wrap
from fieldsales.ui.widgets.sheet import rule

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.erasing import Mention, Plan

LABEL = 16  # cells of the words before what goes
SINGLE = ("activity", "fact", "lesson", "task", "signal")  # rows that can be erased by themselves
KEY = "ctrl+e"
KEY_LABEL = "Ctrl+E"


class EraseSheet(ReadSheet):
    """What goes, and where a name is replaced. Enter or Space on such a place leaves it as it is; `erase` is called
    once the key has been pressed twice with nothing in between."""

    private: ClassVar[bool] = True
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding(KEY, "erase", show=False, priority=True),
        Binding("space", "command('open')", show=False),
    ]

    def __init__(
        self,
        t: Texts,
        title: Callable[[], Parts],
        rows: Callable[[int], Sequence[ReadRow]],
        *,
        erase: Callable[[], None],
        spare: Callable[[str], None],
        account_id: str = "",
    ) -> None:
        super().__init__(t, title, rows, account_id=account_id, open_row=self._spare)
        self._erase = erase
        self._on_spare = spare
        self.armed = False

    def _spare(self, opens: str) -> None:
        self.disarm()
        self._on_spare(opens)
        self.reload()

    def disarm(self) -> None:
        """Whatever else is done, the key has to be pressed twice again."""
        if self.armed:
            self.armed = False
            self.say("")

    def on_line_list_moved(self) -> None:
        self.disarm()

    def action_erase(self) -> None:
        if self.veiled:
            return
        if not self.armed:
            self.armed = True
            self.say(self.t("erase.again", key=KEY_LABEL))
            return
        self.armed = False
        self._erase()

    def foot_lines(self, width: int) -> list[Parts]:
        offered = [(KEY_LABEL, self.t("erase.key"))]
        if any(isinstance(item, ReadRow) and item.opens for item in self.rows.items):
            offered.append(("Space", self.t("erase.spare_key")))
        offered.append(("Esc", self.t("cmd.close")))
        keys: Parts = [(" ", "")]
        for key, label in offered:
            if size_of(keys) + size_of([(key + label, "")]) + 3 <= width:
                keys += [(key, "key"), (" " + label, "dim"), ("   ", "")]
        return [rule(width), [(" " + self.notice, "accent")], keys[:-1]]


def choose(app: FieldsalesApp) -> None:
    """Who or what is to be erased: the people of the account in front of the user, the account, the chosen row."""
    t, book = app.t, app.desk.book
    table, id = _chosen(app)
    if table == "contact":
        confirm(app, table, id)
        return
    account_id = app.account_id
    if not account_id and table not in SINGLE:
        app.tell(Message("app.no_account"))
        return
    choices: list[tuple[str, str]] = []
    if table in SINGLE:
        choices.append((f"{table}:{id}", t("erase.this", what=f"@erase.place.{table}")))
    choices += [(f"contact:{one.id}", full_name(one)) for one in book.rows(Contact, account_id=account_id)]
    if account_id:
        choices.append((f"account:{account_id}", t("erase.whole", name=account_name(app, account_id))))

    def rows(width: int) -> list[ReadRow]:
        lines = [ReadRow(((label, ""),), opens=what) for what, label in choices]
        return [*lines, ReadRow(), *_wrapped(t("erase.choose_note"), width, "dim")]

    def take(opens: str) -> None:
        app.pop_screen()
        table, _, id = opens.partition(":")
        confirm(app, table, id)

    title = t("erase.choose")
    app.open_sheet(
        ReadSheet(t, lambda: [(title, "strong")], rows, account_id=account_id, keys=("open", "close"), open_row=take)
    )


def _chosen(app: FieldsalesApp) -> tuple[str, str]:
    from fieldsales.ui.actions import lessons

    if app.context == "lessons":
        lesson = lessons.chosen(app)
        return ("lesson", lesson.id) if lesson is not None else ("", "")
    return app.chosen_row


def confirm(app: FieldsalesApp, table: str, id: str) -> None:
    """Everything that goes, before it goes."""
    from fieldsales.workflows.erasing import what_goes

    t, desk = app.t, app.desk
    what = what_goes(desk.book, table, id)
    spared: set[tuple[str, str]] = set()

    def rows(width: int) -> list[ReadRow]:
        return _rows(app, what, spared, width)

    def spare(opens: str) -> None:
        kind, _, key = opens.partition(":")
        spared.symmetric_difference_update({(kind, key)})

    def go() -> None:
        try:
            erase(app, what, spared)
        except FieldsalesError as error:
            app.say(t.say(error.message))

    title = t("erase.title", name=_name(app, what))
    app.open_sheet(EraseSheet(t, lambda: [(title, "strong")], rows, erase=go, spare=spare))


def _name(app: FieldsalesApp, what: Plan) -> str:
    table, id = what.row
    book = app.desk.book
    if table == "contact":
        contact = book.get(Contact, id)
        account = account_name(app, what.account_id)
        return " · ".join(part for part in (full_name(contact) if contact else "", account) if part)
    if table == "account":
        return what.name
    return " · ".join(part for part in (app.t(f"erase.place.{table}"), account_name(app, what.account_id)) if part)


def _rows(app: FieldsalesApp, what: Plan, spared: set[tuple[str, str]], width: int) -> list[ReadRow]:
    t = app.t
    lines = _labelled(t("erase.goes"), " · ".join(t(f"erase.n.{kind}", n=n) for kind, n in what.counts.items()), width)
    if what.bare:
        lines += _labelled(t("erase.bare"), t("erase.bare_n", n=len(what.bare)), width)
    if what.mentions:
        left = len(what.mentions) - len(spared)
        lines += _labelled(t("erase.mentions"), t("erase.mentions_n", n=left), width)
    if what.namesakes:
        lines += _labelled("", t("erase.namesakes"), width)
    if what.kept:
        lines += _labelled("", t("erase.kept", names=", ".join(what.kept[:3])), width)
    copies = app.desk.book.copies()
    if copies:
        lines += _labelled("", t("erase.copies", names=", ".join(copy.name for copy in copies[:3])), width)
    lines += [ReadRow(), *_wrapped(t("erase.no_undo"), width, "caution"), *_wrapped(t("erase.elsewhere"), width, "dim")]
    if what.mentions:
        lines.append(ReadRow())
        lines += [_mention(app, one, one.row in spared, width) for one in what.mentions]
    return lines


def _mention(app: FieldsalesApp, one: Mention, spared: bool, width: int) -> ReadRow:
    t = app.t
    head: Parts = [
        ("[ ] " if spared else "[x] ", "dim" if spared else "accent"),
        (fit(t(f"erase.place.{one.kind}") if t.has(f"erase.place.{one.kind}") else t("erase.place.other"), 9), "dim"),
        (fit(account_name(app, one.account_id), 16), ""),
        (" ", ""),
    ]
    text = one.text.replace("\n", " ") or t("erase.only_history")
    return ReadRow(
        (*cut([*head, (text, "dim" if spared else "")], max(size_of(head), width - 5)),), opens=":".join(one.row)
    )


def _labelled(label: str, text: str, width: int) -> list[ReadRow]:
    pieces = wrap(text, max(16, width - LABEL - 5))
    return [
        ReadRow(((fit(label if not number else "", LABEL), "dim"), (piece, "strong" if label else "dim")))
        for number, piece in enumerate(pieces)
    ]


def _wrapped(text: str, width: int, role: str) -> list[ReadRow]:
    return [ReadRow(((piece, role),)) for piece in wrap(text, max(16, width - 6))]


def erase(app: FieldsalesApp, what: Plan, spared: set[tuple[str, str]]) -> None:
    """It goes. All that is told is how much it was."""
    from fieldsales.workflows.erasing import erase as take_out

    desk = app.desk
    texts = (app.options.places.cache / "clipboard.txt",)
    done = take_out(desk.book, *what.row, desk.now, spare=spared, texts=texts)
    app.back_to_main()
    told = Message("erase.done" if done.mentions else "erase.done_plain", {"n": done.rows, "m": done.mentions})
    if done.left:
        told = Message("erase.left", {"n": done.rows, "path": done.left[0].name})
    elif not done.in_file and done.why is not None:
        told = Message("erase.not_in_file", {"n": done.rows, "why": app.t.say(done.why)})
    text = app.t.say(told)
    if done.dropped:
        text += " " + app.t("erase.dropped", n=len(done.dropped))
    app.tell(None, done.changed)
    app.say(text)
    app.begin_background()


# --- the people whose day has passed --------------------------------------------------------------------------------


def due(app: FieldsalesApp) -> None:
    """The people whose day of keeping has passed: erase them, or keep them for a year more."""
    from fieldsales.workflows.erasing import due as passed

    t, desk = app.t, app.desk

    def rows(width: int) -> list[ReadRow]:
        found = passed(desk.book, desk.today)
        if not found:
            return _wrapped(t("erase.none_due"), width, "dim")
        lines = [
            ReadRow(
                (
                    (fit(full_name(one.contact), 18), "strong"),
                    (" " + fit(one.account, 20), ""),
                    (" " + t("erase.due_since", day=one.contact.keep_until), "dim"),
                ),
                opens=one.contact.id,
            )
            for one in found
        ]
        return [*lines, ReadRow(), *_wrapped(t("erase.due_note"), width, "dim")]

    def open_row(contact_id: str) -> None:
        decide(app, contact_id)

    app.open_sheet(
        ReadSheet(t, lambda: [(t("erase.due_title"), "strong")], rows, keys=("open", "close"), open_row=open_row)
    )


def decide(app: FieldsalesApp, contact_id: str) -> None:
    """Somebody whose day has passed: see what would go, or a year more."""
    from fieldsales.ui.screens.menu import Entry, Menu
    from fieldsales.workflows.erasing import keep_longer

    t, desk = app.t, app.desk
    contact = desk.book.get(Contact, contact_id)
    if contact is None:
        return
    entries = [Entry(id, t(f"erase.{id}"), kind="choice") for id in ("look", "year")]

    def take(entry: object) -> None:
        if not isinstance(entry, Entry):
            return
        if entry.id == "look":
            confirm(app, "contact", contact_id)
        else:
            app.tell(Message("app.saved"), keep_longer(desk.book, contact_id, desk.now))

    app.push_screen(Menu(t, lambda text: [one for one in entries if text in one.label], title=full_name(contact)), take)


def menu_label(app: FieldsalesApp, id: str) -> str:
    """How the menu calls a command: with the number of people where some are due."""
    from fieldsales.workflows.erasing import due_count

    label = app.t(f"cmd.{id}")
    if id == "erase_due" and app.desk is not None and (count := due_count(app.desk.book, app.desk.today)):
        return f"{label} ({count})"
    return label
