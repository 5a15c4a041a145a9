"""Commands that look rather than write: open, find, sort, copy, mask, theme, help, menu; and undo."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.model import Account, ChurnCase, FieldsalesError, Lesson, Message
from fieldsales.ui.commands import COMMANDS, key_label
from fieldsales.ui.panes.today import Heading
from fieldsales.ui.screens.account import AccountSheet
from fieldsales.ui.screens.case import CaseSheet
from fieldsales.ui.screens.menu import Entry, Menu
from fieldsales.ui.screens.prep import PrepSheet
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.reading import ReadSheet
from fieldsales.ui.screens.report import ReportSheet
from fieldsales.ui.widgets.page import PagePane

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fieldsales.ui.app import FieldsalesApp

ORDERS = ("care", "name", "amount", "silence")
MENU_ACCOUNTS = 30


def open_it(app: FieldsalesApp) -> None:
    """Enter: the page of an account, the run of a case, a lesson, the rows behind a figure."""
    from fieldsales.ui.actions import accounts, cases, lessons, prep

    screen = app.screen
    if app.context == "prep":
        prep.write(app)
    elif isinstance(screen, CaseSheet):
        cases.open_item(app)
    elif isinstance(screen, ReadSheet):
        screen.open_current()
    elif app.context == "page":
        table, id = app.chosen_row
        if table in accounts.ROW_FORMS:
            accounts.ROW_FORMS[table](app, id)
    elif app.main is not None:
        item = app.main.lines.current
        if isinstance(item, Heading):
            app.main.unfold()
        elif isinstance(item, ChurnCase):
            cases.open_run(app, case_id=item.id)
        elif isinstance(item, Lesson):
            lessons.write(app, item)
        elif app.account_id:
            open_page(app, app.account_id)


def open_page(app: FieldsalesApp, account_id: str) -> None:
    """한 장: beside the lists the keys go there, else it opens over them."""
    from fieldsales.ui.actions import look
    from fieldsales.ui.actions.agenda import line_of

    main = app.main
    if main is not None and main.wide and app.screen is main and main.pane in ("today", "accounts"):
        main.show_page()  # the cursor may have moved just now
        main.page.focus()
        return
    line = line_of(app, account_id)
    app.open_sheet(AccountSheet(app.t, account_id, lambda: look.page_view(app.desk, account_id, line)))


def find(app: FieldsalesApp) -> None:
    app.back_to_main()
    if app.main is not None:
        app.main.find()


def sort(app: FieldsalesApp) -> None:
    main = app.main
    if app.context == "lessons":
        from fieldsales.ui.actions import lessons

        lessons.group(app)
    elif main is not None:
        main.accounts.order = ORDERS[(ORDERS.index(main.accounts.order) + 1) % len(ORDERS)]
        main.load()
        main.accounts.move_cursor(0)


def go(app: FieldsalesApp, pane: str) -> None:
    app.back_to_main()
    if app.main is not None:
        app.main.go_to(pane)


def undo(app: FieldsalesApp) -> None:
    """u: the last thing done on this machine is taken back, whole."""
    changed = app.desk.book.undo(app.desk.now)
    app.tell(Message("app.undone" if changed is not None else "app.nothing_to_undo"), changed)


def redo(app: FieldsalesApp) -> None:
    """What was taken back last is done again."""
    changed = app.desk.book.redo(app.desk.now)
    app.tell(Message("app.redone" if changed is not None else "app.nothing_to_redo"), changed)


def mask(app: FieldsalesApp) -> None:
    """F8: hide what the customer beside you must not read."""
    app.masked = not app.masked
    for screen in app.screen_stack:
        if hasattr(screen, "masked"):
            screen.masked = app.masked
        changed = getattr(screen, "mask_changed", None)
        if changed is not None:
            changed()
    app.refresh_main()
    app.tell(Message("app.masked" if app.masked else "app.unmasked"))


def theme(app: FieldsalesApp) -> None:
    """F12: choose a theme, seen at once on what is there; Enter takes it and it is remembered, Esc brings back the one
    before."""
    from fieldsales.ui.terminal import wants_no_color
    from fieldsales.ui.themes import SHIPPED, theme_names

    t, before = app.t, app.theme
    names = theme_names(app.options.places.config / "themes")
    entries = [
        Entry(name, t(f"theme.{name}") if name in SHIPPED else name, str(number), "choice")
        for number, name in enumerate(names, 1)
    ]

    def search(text: str) -> Sequence[Entry]:
        wanted = text.casefold()
        return [one for one in entries if one.key == wanted] or [
            one for one in entries if wanted in one.label.casefold() or wanted in one.id.casefold()
        ]

    def put_on(entry: Entry) -> str:
        wrong = app.use_theme(entry.id)
        app.redraw_all()
        return wrong

    def take(entry: Entry | None) -> None:
        if entry is None:
            app.use_theme(before)
            app.redraw_all()
        elif _remember(app, "theme", entry.id):
            app.tell(Message("app.theme", {"name": entry.label}))

    told = t("theme.no_color") if wants_no_color() else ""
    app.push_screen(Menu(t, search, title=t("theme.question"), start=before, look=put_on, told=told, again="f12"), take)


def plain(app: FieldsalesApp) -> None:
    """ASCII signs for lines, bars and marks, or the usual ones again; it is remembered."""
    app.plain = not app.plain
    app.redraw_all()
    if _remember(app, "plain", app.plain):
        app.tell(Message("app.plain" if app.plain else "app.not_plain"))


def _remember(app: FieldsalesApp, key: str, value: str | bool) -> bool:
    """Write a choice into the configuration, but on a borrowed machine; False, and said, where that fails."""
    from fieldsales.config import ConfigError, save_config_value

    try:
        if app.options.trace:
            save_config_value(app.options.places, key, value)
    except ConfigError as error:
        app.say(app.t(error.id, **error.args_))
        return False
    return True


# --- copying --------------------------------------------------------------------------------------------------------


def text_in_view(app: FieldsalesApp) -> str:
    """What y copies: the report, the page, the reason, or the day as a list; beside the pages, on the line of a churn
    case, its report."""
    from fieldsales.ui.actions import reports

    screen = app.screen
    if isinstance(screen, ReportSheet):
        return screen.copied
    if isinstance(screen, PrepSheet):
        return screen.as_text()
    if isinstance(screen, ReadSheet) and screen.as_text is not None:
        return screen.as_text()
    if isinstance(screen, CaseSheet):
        view = reports.report_view(app)
        return view.copied if view else ""
    page = screen.page if isinstance(screen, AccountSheet) else app.main.page if app.main is not None else None
    if app.context == "page" and isinstance(page, PagePane):
        return page.as_text()
    main = app.main
    if main is not None and app.context == "today":
        if main.wide and main.occasion is not None and (report := reports.report_view(app)):
            return report.copied
        t = app.t
        lines = main.today.view.agenda.today
        return "".join(
            " · ".join((t.say(line.when), line.name, *(t.say(part) for part in line.what), t.say(line.why))) + "\n"
            for line in lines
        )
    if app.account_id:
        account = app.desk.book.get(Account, app.account_id)
        return f"{account.name} {account.phone}\n" if account else ""
    return ""


def copy(app: FieldsalesApp) -> None:
    """y: to the terminal's clipboard, else the system's, else also into a file; it is said which it was.

    Where nothing may be left on the machine there is no file.
    """
    from fieldsales.ui import clipboard
    from fieldsales.ui.actions import reports

    text = text_in_view(app)
    if not text:
        return
    app.copy_to_clipboard(text)
    if clipboard.takes_osc52(os.environ):
        said = Message("app.copied_terminal")
    elif clipboard.give_to_system(text):
        said = Message("app.copied_system")
    elif not app.options.trace:
        said = Message("app.copied_perhaps")
    else:
        path = write_text(app, text, app.options.places.cache / "clipboard.txt")
        said = Message("app.copied_file", {"path": path})
    app.tell(said, reports.went_out(app))


def to_file(app: FieldsalesApp) -> None:
    """f: the text as a file beside the book; of the sample book in the cache folder."""
    text = text_in_view(app)
    if text:
        name = f"{app.t('report.title')} {app.desk.today.isoformat()}.txt"
        folder = app.options.places.cache if app.desk.demo else app.desk.book.path.parent
        app.tell(Message("app.written", {"path": write_text(app, text, folder / name)}))


def write_text(app: FieldsalesApp, text: str, path: Path) -> str:
    """Write the text into a file; returns its path as it is shown. Raises a sentence where that is not possible."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    except OSError as error:
        raise FieldsalesError("app.not_written", path=str(path), why=error.strerror or "") from None
    return shown_path(path)


def shown_path(path: Path) -> str:
    """A path as it is shown: ~ stands for the user's own folder."""
    home = str(Path.home())
    return "~" + str(path)[len(home) :] if str(path).startswith(home + os.sep) else str(path)


# --- the menu --------------------------------------------------------------------------------------------------------


def menu(app: FieldsalesApp) -> None:
    """Ctrl+P: every command that works here, and every account."""
    from fieldsales.ui.actions.erase import menu_label
    from fieldsales.ui.dispatch import EXTRAS, HANDLERS

    t, context = app.t, app.context
    place = context if context != "empty" else "today"
    ids = [command.id for command in COMMANDS if place in command.where and command.id in HANDLERS]
    entries = [Entry(id, t(f"cmd.{id}"), key_label(id, t.keys)) for id in ids if id != "menu"]
    entries += [Entry(id, menu_label(app, id)) for id in EXTRAS]
    entries = [entry for entry in entries if app.offers(entry.id, context)]

    def search(text: str) -> Sequence[Entry]:
        if not text:
            return entries
        wanted = text.casefold()
        found = [entry for entry in entries if wanted in entry.label.casefold() or wanted in entry.id]
        rows = app.desk.book.accounts(app.desk.today, query=text, state="all")[:MENU_ACCOUNTS]
        return [*found, *(Entry(row.id, row.name, t("pane.accounts"), "account") for row in rows)]

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            if entry.kind == "account":
                open_page(app, entry.id) if not (app.main and app.main.wide) else app.show_account(entry.id)
            else:
                app.run_command(entry.id, context)

    app.push_screen(Menu(t, search), take)


def daily(app: FieldsalesApp) -> None:
    """How many accounts a day the user can look after."""
    from fieldsales.workflows.importing import apply_plan

    t, desk = app.t, app.desk

    def take(text: str) -> Message | None:
        if not (text.isdigit() and 1 <= int(text) <= 99):
            return Message("daily.bad")
        app.call_later(app.tell, Message("app.saved"), apply_plan(desk.book, {}, int(text), desk.now))
        return None

    value = str(desk.book.rules().daily)
    app.push_screen(Prompt(t, t("daily.question"), app.guarded(take), value=value, jamo=app.jamo))


def language(app: FieldsalesApp) -> None:
    """The other language; it is remembered."""
    other = "en" if app.t.lang == "ko" else "ko"
    _remember(app, "lang", other)
    app.speak(other)


def save_now(app: FieldsalesApp) -> None:
    """Write the file now; one that vanished is written anew."""
    status = app.desk.book.publish_now(recreate=True)
    saved = Message("keep.saved_aside", {"name": status.aside}) if status.aside else Message("app.saved")
    app.tell(saved if status.in_file else status.reason)
    app.refresh_main()


def turn(app: FieldsalesApp) -> None:
    """Tab on the page: the next of its pages."""
    screen = app.screen
    page = screen.page if isinstance(screen, AccountSheet) else app.main.page if app.main is not None else None
    if page is not None:
        page.action_turn(1)


def close(app: FieldsalesApp) -> None:
    """Esc: from the page beside the lists back to them, from an older day to the present; a sheet closes itself."""
    main = app.main
    if main is None or app.screen is not main:
        return
    if app.desk.behind is not None and not main.page.has_focus and not main.accounts.wanted:
        from fieldsales.ui.actions.book import come_back

        come_back(app)
        return
    if app.tour is not None and not main.page.has_focus and not main.accounts.wanted:
        app.tour.skip()
        app.redraw_tour()
        return
    main.leave()


def suspend(app: FieldsalesApp) -> None:
    app.action_suspend()


def quit_app(app: FieldsalesApp) -> None:
    app.exit(0)
