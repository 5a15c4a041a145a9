"""The first minutes: the welcome, an import with its preview, and the plan that follows it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from fieldsales.domain.model import Message
from fieldsales.ui.actions import whole
from fieldsales.ui.screens.prompt import Prompt
from fieldsales.ui.screens.reading import ReadRow, ReadSheet
from fieldsales.ui.screens.start import PlanSheet, WelcomeScreen
from fieldsales.ui.widgets.parts import fit, wrap

if TYPE_CHECKING:
    from fieldsales.ui.app import FieldsalesApp
    from fieldsales.workflows.importing import ImportResult

SHOWN_DROPS = 500


def welcome(app: FieldsalesApp) -> None:
    """The first screen where there is no book yet."""

    def place() -> str:
        home = str(Path.home())
        path = str(app.path)
        return "~" + path[len(home) :] if path.startswith(home + "/") else path

    def choose(name: str) -> None:
        if name == "quit":
            app.exit(0)
        elif name == "language":
            app.speak("en" if app.t.lang == "ko" else "ko")
        elif name == "place":
            _ask_place(app, screen)
        elif name == "sample":
            app.open_sample()
            app.begin_tour()
        else:
            app.open_own(create=True)
            if name == "import":
                import_file(app)

    screen = WelcomeScreen(app.t, place, choose)
    app.push_screen(screen)


def _ask_place(app: FieldsalesApp, screen: WelcomeScreen) -> None:
    def take(text: str) -> Message | None:
        if not text:
            return Message("welcome.place_question")
        path = Path(text).expanduser()
        app.path = path / "fieldsales.db" if path.is_dir() else path.absolute()
        app.call_later(screen.redraw)
        return None

    app.push_screen(Prompt(app.t, app.t("welcome.place_question"), take, value=str(app.path)))


def sample(app: FieldsalesApp) -> None:
    """v: the sample book in place of one's own, which is left alone; again goes back."""
    if app.desk.demo and not app.options.demo:
        app.open_own(create=False)
    elif not app.desk.demo:
        app.open_sample()


def tour(app: FieldsalesApp) -> None:
    """The tour, on the sample book; again puts it away."""
    if app.tour is not None:
        app.tour.over = True
        app.redraw_tour()
        return
    if not app.desk.demo:
        app.open_sample()
    app.begin_tour()


def import_file(app: FieldsalesApp) -> None:
    """i: a file is read, shown, and taken in only on Enter."""
    from fieldsales.workflows.importing import import_file as read

    t, desk = app.t, app.desk

    def take(text: str) -> Message | None:
        path = Path(text.strip().strip("'\"")).expanduser()
        if whole.is_backup(path):
            whole.take_in(app, path)
            return None
        result = read(desk.book, path, now=desk.now, today=desk.today, dry_run=True)
        app.call_later(_preview, app, path, result)
        return None

    app.push_screen(Prompt(t, t("import.question"), app.guarded(take), hint=t("import.hint"), jamo=app.jamo))


def _counts(result: ImportResult) -> dict[str, int]:
    """How many rows were made, changed, stood there as they are, and were left out."""
    updated = result.updated - result.same
    return {"made": result.made, "updated": updated, "same": result.same, "dropped": len(result.dropped)}


def _rows(app: FieldsalesApp, result: ImportResult, enter: bool, width: int) -> list[ReadRow]:
    t = app.t
    rows = [ReadRow(((t("import.counts", read=result.read, **_counts(result)), "strong"),)), ReadRow()]
    if enter and (result.made + result.updated > result.same or result.people_made):
        rows += [ReadRow(((t("import.enter"), "accent"),), opens="import"), ReadRow()]
    if enter:
        read = dict.fromkeys([*result.columns.fields.values(), *result.columns.months])
        columns = ", ".join(name for name in read if name not in result.columns.extra)
        for label, text in ((t("import.columns"), columns), (t("import.extra"), ", ".join(result.columns.extra))):
            for number, piece in enumerate(wrap(text, max(20, width - 30)) if text else ()):
                rows.append(ReadRow(((fit(label if number == 0 else "", 20), "dim"), (piece, ""))))
        rows.append(ReadRow())
    for dropped in result.dropped[:SHOWN_DROPS]:
        line = t("import.line", line=dropped.line)
        rows.append(ReadRow(((f"{line}  ", "dim"), (t.say(dropped.reason), "caution"), (f"  {dropped.text}", "dim"))))
    return rows


def _preview(app: FieldsalesApp, path: Path, result: ImportResult) -> None:
    t, desk = app.t, app.desk

    def go(_: str) -> None:
        from fieldsales.workflows.importing import import_file as read

        sheet.dismiss(None)
        done = read(desk.book, path, result.target, now=desk.now, today=desk.today)
        app.t.currency = desk.book.setting("currency", app.t.currency)
        told = "import.done_dropped" if done.dropped else "import.done"
        said = Message(told if done.act else "import.nothing", {**_counts(done)})
        app.call_later(app.tell, said, done.changed)
        if done.accounts_made:
            app.call_later(plan, app, t("import.title", n=done.accounts_made))
        elif done.target == "amounts" and done.made:
            app.call_later(plan, app, t("import.title_amounts", n=done.made))

    title = t("import.preview", name=path.name)
    sheet = ReadSheet(
        t,
        lambda: [(title, "strong")],
        lambda width: _rows(app, result, True, width),
        keys=("open", "close"),
        open_row=go,
    )
    app.open_sheet(sheet)


def plan_if_wanted(app: FieldsalesApp) -> None:
    """At opening: accounts that came in by the command line have no rhythm yet."""
    from fieldsales.workflows.importing import wants_plan

    if wants_plan(app.desk.book):
        plan(app)


def plan(app: FieldsalesApp, title: str = "") -> None:
    """After accounts came in: how many a day, and what the rhythm comes to. `title` says what came in, where it just
    did."""
    from fieldsales.workflows import importing

    t, desk = app.t, app.desk
    anew = importing.is_flat(desk.book)
    tiers = importing.propose(desk.book, desk.today, anew)
    if not tiers:
        return

    def lines(number: int) -> list[str]:
        made = importing.plan(desk.book, desk.today, number, tiers, anew)
        out = []
        for tier, accounts in made.counts.items():
            touches = made.touches[tier]
            out.append(
                t(
                    "plan.tier",
                    tier=tier,
                    n=accounts,
                    calls=touches.get("call", 0),
                    reviews=touches.get("review", 0),
                    meetings=touches.get("meeting", 0),
                )
            )
        return [*out, "", t.say(made.sentence), t("plan.from_today")]

    def take(number: int) -> Message | None:
        app.call_later(app.tell, Message("app.saved"), importing.apply_plan(desk.book, tiers, number, desk.now, anew))
        return None

    def undo() -> None:
        changed = desk.book.undo(desk.now)
        app.call_later(app.tell, Message("app.undone"), changed)

    app.open_sheet(PlanSheet(t, title or t("plan.title", n=len(tiers)), desk.book.rules().daily, lines, take, undo))
