"""The app: opens the book, shows the first screen, turns keys into commands and says what they did."""

from __future__ import annotations

import gc
import sys
from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from textual import events
from textual.app import App
from textual.binding import Binding, BindingType
from textual.filter import LineFilter, Monochrome, NoColor

from fieldsales.config import Options
from fieldsales.domain.model import Changed, FieldsalesError, Message
from fieldsales.locale import Texts
from fieldsales.storage.book import Book
from fieldsales.storage.errors import BookElsewhere, BookError, BookNotFound, CacheMended, OwnBookDamaged, is_damage
from fieldsales.ui import hangul_keys, terminal
from fieldsales.ui.actions.desk import Desk
from fieldsales.ui.commands import LOOKING
from fieldsales.ui.main_screen import MainScreen
from fieldsales.ui.themes import ThemeError, find_theme, read_theme, theme_folder, theme_names

if TYPE_CHECKING:
    from fieldsales.ui.tour import Tour
    from fieldsales.ui.widgets.parts import Parts
    from fieldsales.ui.widgets.sheet import Sheet

T = TypeVar("T")

# A change in these tables may move what is due or how any account stands: all are made anew in the background.
CONCERNS_ALL = frozenset({"policy", "setting", "amount", "deal"})
BACKUP_FIRST_SECONDS, BACKUP_SECONDS = 5.0, 60.0  # until and between two looks at whether the day has its backup
STATUS_SECONDS = 0.5  # between two looks at whether what is saved is in the file


def make_clock(today: date | None) -> Callable[[], datetime]:
    """Local time; where the user asked for another day, that day at this time of day."""
    if today is None:
        return lambda: datetime.now().replace(microsecond=0)
    shift = today - date.today()
    return lambda: datetime.now().replace(microsecond=0) + shift


class FieldsalesApp(App[int]):
    """The terminal program on one book."""

    CSS_PATH = "app.tcss"
    TITLE = "fieldsales"
    ENABLE_COMMAND_PALETTE = False
    BINDINGS: ClassVar[list[BindingType]] = [
        Binding("ctrl+q", "quit", show=False, priority=True),
        Binding("ctrl+z", "suspend", show=False, priority=True, id="suspend"),
        Binding("ctrl+c", "copy_or_hint", show=False),
    ]

    def __init__(
        self,
        options: Options,
        book: Book | None,
        clock: Callable[[], datetime],
        t: Texts,
        stopped: BookError | None = None,
    ) -> None:
        """Without a book the welcome is shown, or the ways on from what `stopped` its opening."""
        self.options = options
        self.stopped = stopped
        self.backup_told: set[str] = set()  # troubles with the day's backup, each told once
        self._themed = False
        self._theme_told = ""  # what is wrong with the theme asked for
        self._colorless: LineFilter | None = None  # takes every colour away
        self._plain: LineFilter | None = None  # makes ASCII of the signs that some terminals draw too wide
        self.plain = options.config.plain
        self.t = t
        super().__init__()
        self.own_keys: Mapping[str, tuple[str, ...]] = {}  # of the commands that the user gave other keys
        self.troubles = options.config.troubles  # with the configuration, told once
        self.tour: Tour | None = None
        self.clock = clock
        self.path = options.path  # of the user's own book
        self.book = book
        self.desk: Desk = None  # type: ignore[assignment]
        self.main: MainScreen | None = None
        self.masked = options.config.mask_on_open
        self.jamo = ""  # the Hangul letter that the last command was typed with
        self._hinted = False
        self._settled = False
        self._over = False  # the book is given up: what still ticks leaves it alone
        self.seen_cases: set[str] = set()  # churn cases looked at since the program was started
        self.editions_told: set[str] = set()  # newer editions of checklists, each told once over a churn draft
        self._shown_seq = 0
        self._last_status = ""
        t.today = clock().date()
        if book is not None:
            self._sit_down(book, options.demo)

    def _sit_down(self, book: Book, demo: bool) -> None:
        self.desk = Desk(book, self.t, self.clock, self.options.places, self.options.config, demo)

    # --- start and end ------------------------------------------------------------------------------------------------

    def on_mount(self) -> None:
        self._heed_the_end()
        if self.options.config.keys:
            self._take_own_keys()
        if self.options.tour:
            self.begin_tour()
        self._show_first()
        self.call_after_refresh(self._after_first_paint)

    def _show_first(self) -> None:
        if self.book is not None:
            self.show_main()
        elif self.stopped is not None:
            from fieldsales.ui.actions.keep import offer

            offer(self, self.stopped)
        else:
            from fieldsales.ui.actions.start import welcome

            welcome(self)

    def show_main(self) -> None:
        """Open the panes on the book."""
        self.main = MainScreen(self.size)
        self.main.masked = self.masked
        self.push_screen(self.main)

    def _heed_the_end(self) -> None:
        """Close the book and give the terminal back when told to end (SIGTERM) and when the terminal is lost (SIGHUP).

        Unhandled, the alternate screen would stay.
        """
        if sys.platform != "win32":
            import asyncio
            import signal

            for number in (signal.SIGTERM, signal.SIGHUP):
                try:
                    asyncio.get_running_loop().add_signal_handler(number, self.exit)
                except (ValueError, RuntimeError):  # not in the main thread, as in tests
                    pass

    def action_suspend(self) -> None:
        """Ctrl+Z: give the terminal back to the shell until `fg`. Everything is written down already."""
        if sys.platform == "win32" or self._driver is None or not self._driver.can_suspend:
            self.say(self.t("app.no_suspend"))
            return
        with self.suspend():
            print(self.t("app.suspended"), flush=True)
            terminal.stop_group()

    def _usual_theme(self) -> str:
        """The theme where none was chosen: by day on a terminal that says it is light, and what its colours allow."""
        if self.console.color_system in {"standard", "windows"}:
            return "ansi"
        return "day" if terminal.is_light() else "night"

    def _after_first_paint(self) -> None:
        gc.enable()
        gc.freeze()
        self._tell_theme()
        self.set_interval(STATUS_SECONDS, self._watch)
        self.set_timer(BACKUP_FIRST_SECONDS, self._back_up)
        self.set_interval(BACKUP_SECONDS, self._back_up)
        if self.desk is not None:
            self.begin_background()
        if self.troubles:
            first, count = self.troubles[0], len(self.troubles)
            told = self.t(first.id, **first.args_)
            self.say(self.t("config.more", n=count, first=told) if count > 1 else told)

    def _take_own_keys(self) -> None:
        """Lay the keys of the user's own over those of the registry; what is wrong with them is told."""
        from fieldsales.ui.rebinding import rebind

        found = rebind(self.options.config.keys, str(self.options.places.config_file))
        self.own_keys, self.t.keys = found.keys, found.labels
        self.troubles += found.troubles
        self.set_keymap(found.keymap)

    def begin_tour(self) -> None:
        """Lead through the sample book with lines above the keys."""
        from fieldsales.ui.tour import Tour

        self.tour = Tour()
        self._go_on_with_tour()

    def _go_on_with_tour(self, command: str = "", tables: Collection[str] = ()) -> None:
        """Show the next step where what was just done ends the present one."""
        if self.tour is None:
            return
        self.tour.heed(self.context, command, tables)
        self.redraw_tour()

    def redraw_tour(self) -> None:
        if self.tour is not None and self.tour.over:
            self.tour = None
        foot = getattr(self.screen, "foot", None)
        if foot is not None:
            foot.redraw()

    def came_back(self) -> None:
        """Another screen is in front again, or the keys go elsewhere on it."""
        self._go_on_with_tour()

    def guide(self, width: int, notice: str) -> list[Parts]:
        """The lines of the tour above the keys of whatever is open; none where there is no tour."""
        if self.tour is None:
            return []
        return self.tour.lines(self.t, self.context, width, notice, self.screen is self.main)

    def _back_up(self) -> None:
        from fieldsales.ui.actions.keep import back_up

        back_up(self)

    def begin_background(self) -> None:
        """What the first paint did not need: holidays, derived rows of the new day."""
        self.run_worker(self._settle(), exclusive=True)

    async def _settle(self) -> None:
        import asyncio

        book = self.desk.book
        for count, _ in enumerate(book.settle(self.desk.today)):
            await asyncio.sleep(0.004)
            if self._over or self.desk.book is not book or not self.screen_stack:
                return
            if count % 50 == 0 and self.main is not None:
                self.refresh_main()
        self.refresh_main()
        if not self._settled and not self.desk.demo and self.screen_stack and book.lacks_tiers():
            from fieldsales.ui.actions.start import plan_if_wanted

            plan_if_wanted(self)
        self._settled = True

    def _watch(self) -> None:
        """Twice a second: has the file caught up, and is it another day?"""
        if self._over or self.desk is None or self.main is None or not self.screen_stack:  # on its way out
            return
        today = self.desk.today
        if today != self.t.today:
            self.t.today = today
            self.begin_background()
        status = self.desk.book.status
        seen = f"{status.in_file}{status.pending}{status.reason}{self.desk.book.is_merging}"
        followed = self.desk.book.follow_cache()
        if followed or self.desk.book.change_seq != self._shown_seq:  # another window or a command wrote in this book
            self.refresh_main()
            if not self.desk.book.is_derived():  # it left the derived rows to others, or ended before they were made
                self.begin_background()
        if seen != self._last_status and self.screen is self.main and self.main.is_mounted:
            self._last_status = seen
            self.main.bar.redraw()
            self.main.foot.redraw()
        incoming = (self.desk.behind or self.desk).book.take_incoming()
        if incoming is not None:
            from fieldsales.ui.actions.book import came_in

            if incoming.changed.tables:
                self.refresh_main()
                self.begin_background()  # a large merge leaves the derived rows to us
            if told := came_in(self.t, incoming):
                self.say(told)

    def on_unmount(self) -> None:
        self._over = True
        desk: Desk | None = self.desk
        while desk is not None:
            try:
                desk.book.close()
            except Exception as error:
                if not is_damage(error):
                    raise
            desk = desk.behind

    def action_copy_or_hint(self) -> None:
        self.say(self.t("app.quit_hint"))

    # --- looks --------------------------------------------------------------------------------------------------------

    def use_theme(self, name: str, own: bool = True) -> str:
        """Put a theme on. Returns why it cannot be used (the one before stays), "" where it can.

        Without `own` the user's themes are passed over: a packaged one can always be used.
        """
        folder = self.options.places.config / "themes" if own else theme_folder()
        path = find_theme(name, folder)
        try:
            if path is None:
                raise ThemeError("theme.not_found", name=name, names=", ".join(theme_names(folder)))
            theme = read_theme(path)
        except ThemeError as error:
            return self.t(error.id, **error.args_)
        self._colorless = None
        if terminal.wants_no_color():
            theme.variables["c-colorless"] = "yes"
        if theme.variables["c-colorless"] == "yes":
            from fieldsales.ui.widgets.filters import Colorless

            self._colorless = Colorless(theme.variables)
        self.register_theme(theme)
        if self.is_running:
            self.theme = theme.name
        else:
            self.set_reactive(FieldsalesApp.theme, theme.name)
        return ""

    def _tell_theme(self) -> None:
        if self._theme_told:
            self.say(self._theme_told)
            self._theme_told = ""

    @property
    def plain(self) -> bool:
        """Whether only ASCII signs are drawn, for terminals on which lines and bars do not meet."""
        return self._plain is not None

    @plain.setter
    def plain(self, on: bool) -> None:
        self._plain = None
        if on:
            from fieldsales.ui.widgets.filters import Plain

            self._plain = Plain()

    def get_line_filters(self) -> Sequence[LineFilter]:
        """No colour and plain signs as settled here; without either, what the library does for the theme's colours."""
        filters = [one for one in (self._colorless, self._plain) if one is not None]
        if self._colorless is None and not self.native_ansi_color:
            filters += [one for one in super().get_line_filters() if not isinstance(one, Monochrome | NoColor)]
        return filters

    def get_css_variables(self) -> dict[str, str]:
        if not self._themed:  # with the theme on before the stylesheet is first read, it is read only once
            self._themed = True
            usual = self._usual_theme()
            self._theme_told = self.use_theme(self.options.config.theme or usual)
            if self._theme_told:
                self.use_theme(usual, own=False)
        return super().get_css_variables()

    # --- keys and commands ------------------------------------------------------------------------------------------

    def on_key(self, event: events.Key) -> None:
        """A key nobody took: one typed in the Hangul layout is turned back into the key that was pressed."""
        keys = hangul_keys.keys_of(event)
        if not keys:
            return
        event.stop()
        if not hangul_keys.may_replay(keys):
            self.say(self.t("app.hangul_syllable"))
            return
        if not self._hinted:
            self._hinted = True
            self.say(self.t("app.hangul_layout"))
        self.jamo = event.character or ""
        for key in keys:
            self.post_message(key)
        self.call_later(self._forget_jamo)

    def _forget_jamo(self) -> None:
        self.set_timer(0.3, lambda: setattr(self, "jamo", ""))

    def run_command(self, id: str, context: str) -> None:
        """Carry out a command; what goes wrong for the user is said in a sentence."""
        from fieldsales.ui.dispatch import HANDLERS

        handler = HANDLERS.get(id)
        if handler is None:
            return
        try:
            if self.desk is not None and self.desk.book.read_only:
                from fieldsales.ui.actions.book import blocked

                if blocked(self, id):
                    return
            try:
                handler(self)
            except CacheMended:  # it was taken back whole
                self.begin_background()
                handler(self)
            self._go_on_with_tour(id)
        except OwnBookDamaged as error:
            self._handle_exception(error)
        except FieldsalesError as error:
            self.say(self.t.say(error.message))

    def _handle_exception(self, error: Exception) -> None:
        """A working database that cannot be read ends this run; the next begins with the ways on from there."""
        cause = getattr(error, "error", error)  # what happened in a worker comes wrapped
        desk = self.desk
        if self._over or desk is None or desk.demo or not (isinstance(cause, Exception) and is_damage(cause)):
            super()._handle_exception(error)
            return
        from fieldsales.workflows.keeping import note_damage

        note_damage(self.path, self.options.places.data)
        self._over = True
        self.stopped = OwnBookDamaged(name=self.path.name)
        self.exit(1)

    def say(self, text: str) -> None:
        """Show one sentence above the keys of whatever is open."""
        if not self.screen_stack:  # on its way out
            return
        say = getattr(self.screen, "say", None)
        if say is not None:
            say(text, 8)

    def tell(self, message: Message | None, changed: Changed | None = None) -> None:
        """Say what a command did and show what it changed."""
        if changed is not None:
            self._go_on_with_tour(tables=changed.tables)
            self.refresh_main()
            if changed.tables & CONCERNS_ALL:
                self.begin_background()
        if message is not None:
            self.say(self.t.say(message))

    def refresh_main(self) -> None:
        """Show the panes anew after a change; sheets that are open refresh themselves where they can.

        Those on an account that was taken out close; one that lies below another closes when its turn comes.
        """
        if self._over or not self.screen_stack:
            return
        if self.main is not None and self.main.is_mounted:
            self._shown_seq = self.desk.book.change_seq
            self._last_status = ""  # the bar is drawn with whatever holds now
            self.main.load()
        for screen in reversed(tuple(self.screen_stack)):
            if getattr(screen, "is_gone", bool)():
                if screen is self.screen:
                    screen.dismiss(None)
            elif (refresh := getattr(screen, "reload", None)) is not None:
                refresh()

    def guarded(self, submit: Callable[[T], Message | None]) -> Callable[[T], Message | None]:
        """A form's way to save: what goes wrong for the user comes back as the sentence that the form shows."""

        def safe(values: T) -> Message | None:
            try:
                try:
                    return submit(values)
                except CacheMended:  # it was taken back whole
                    self.begin_background()
                    return submit(values)
            except OwnBookDamaged as error:
                self._handle_exception(error)
                return error.message
            except FieldsalesError as error:
                return error.message

        return safe

    # --- what a command is about ------------------------------------------------------------------------------------

    @property
    def context(self) -> str:
        """Where the user is: a pane, or the sheet on top."""
        return str(getattr(self.screen, "context", ""))

    @property
    def account_id(self) -> str:
        """The account in front of the user: of the sheet on top, else of the line under the cursor."""
        for screen in reversed(self.screen_stack):
            account_id = getattr(screen, "account_id", "")
            if account_id:
                return str(account_id)
        return ""

    @property
    def chosen_row(self) -> tuple[str, str]:
        """Table and id of the line under the cursor of a page, ("", "") if none."""
        page = getattr(self.screen, "page", None)
        return page.chosen_row if page is not None else ("", "")

    def offers(self, id: str, context: str = "") -> bool:
        """Whether a command is offered: in a book that is only looked at none that would write."""
        if self.desk is None or not self.desk.book.read_only:
            return True
        return id in LOOKING and not (id == "open" and context in {"case", "prep"})

    def open_sheet(self, sheet: Sheet[Any]) -> None:
        """Open a sheet over what is there."""
        sheet.masked = self.masked
        self.push_screen(sheet)

    def back_to_main(self) -> None:
        """Close whatever is open over the panes."""
        while self.main is not None and self.screen is not self.main and len(self.screen_stack) > 1:
            self.pop_screen()

    def added(self, account_id: str, message: Message, changed: Changed) -> None:
        """A new account: show it where it stands."""
        self.show_account(account_id)
        self.tell(message, changed)
        if self.main is not None:
            self.main.choose_account(account_id)

    def show_account(self, account_id: str) -> None:
        """Show an account in the list, with its page."""
        self.back_to_main()
        if self.main is not None:
            self.main.go_to("accounts")
            self.main.choose_account(account_id)

    def redraw_all(self) -> None:
        """Draw everything again: another theme, other signs."""
        for screen in self.screen_stack:
            for widget in screen.walk_children():
                getattr(widget, "redraw", widget.refresh)()
            screen.refresh()

    def speak(self, lang: str) -> None:
        """Change the language and open the screen anew in it."""
        keys = self.t.keys
        self.t = Texts(lang, currency=self.t.currency, today=self.t.today)
        self.t.keys = keys
        desk: Desk | None = self.desk
        while desk is not None:
            desk.t = self.t
            desk = desk.behind
        self.reopen()

    def reopen(self) -> None:
        """Open the panes anew: in another language, on another book."""
        while len(self.screen_stack) > 1:
            self.pop_screen()
        self._show_first()

    # --- books ------------------------------------------------------------------------------------------------------

    def open_own(self, create: bool) -> None:
        """Open the user's own book, making it where that is asked for."""
        try:
            today, trace = self.clock().date(), self.options.trace
            book = Book.open(
                self.path, self.options.places.data, create=create, today=today, background=True, trace=trace
            )
        except (OwnBookDamaged, BookElsewhere) as error:
            self.stopped = error
            if self.book is None:
                self.reopen()
            else:
                self.exit(1)
            return
        except FieldsalesError as error:
            self.say(self.t.say(error.message))
            return
        self._change_book(book, demo=False)

    def open_sample(self) -> None:
        """Open the sample book; the user's own is left alone."""
        from fieldsales.workflows.opening import open_sample

        now = self.clock()
        book, _ = open_sample(self.options.places.data, now.date(), None, self.t.lang, now)
        self._change_book(book, demo=True)

    def change_book(self, book: Book, told: Message | None = None) -> None:
        """Open the panes on another book of the user's; `told` stands in sight for as long as it is open."""
        self.stopped = None
        self._change_book(book, demo=False)
        self.desk.told = told

    def _change_book(self, book: Book, demo: bool) -> None:
        if self.book is not None:
            self.book.close()
        self.tour = None
        self.book = book
        book.today = self.clock().date()
        self.t.currency = book.setting("currency", "KRW")
        self._sit_down(book, demo)
        self.reopen()
        self.begin_background()
        if demo:
            self.call_later(self.tell, Message("app.own_book"))


def run(options: Options) -> int:
    """Open the screen on the book; returns the exit code. Errors that keep the book shut are printed in a sentence."""
    from fieldsales.ui.terminal import lenient_input, steady_output

    clock = make_clock(options.today)
    t = Texts(options.lang)
    book: Book | None = None
    stopped: BookError | None = None
    if options.demo:
        from fieldsales.workflows.opening import open_sample

        real_today = date.today()
        book, shown = open_sample(options.places.data, real_today, options.today, options.lang, datetime.now())
        clock = make_clock(shown if shown != real_today else None)
    else:
        try:
            book = Book.open(
                options.path, options.places.data, today=clock().date(), background=True, trace=options.trace
            )
        except BookNotFound:
            pass  # the welcome asks what to begin with
        except (OwnBookDamaged, BookElsewhere) as error:
            stopped = error  # the screen shows the ways on from there
        except FieldsalesError as error:
            print(t.say(error.message), file=sys.stderr)
            return 1
    lenient_input()
    steady_output()
    if book is not None:
        t.currency = book.setting("currency", t.currency)
        book.today = clock().date()
    while True:
        app = FieldsalesApp(options, book, clock, t, stopped)
        code = app.run() or 0
        if not code or app.stopped is None or app.stopped is stopped:
            return code
        book, stopped = None, app.stopped
