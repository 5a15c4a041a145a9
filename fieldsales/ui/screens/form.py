"""A form: a few labelled fields, one of them needed. Every keystroke is handed on to be kept; Esc folds it away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, VerticalScroll
from textual.widget import Widget
from textual.widgets import Static

from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.fields import Choice, Cycle, FormField, LineField, LongField, StrayGuard, Tick, Typed
from fieldsales.ui.widgets.parts import Parts, spread
from fieldsales.ui.widgets.sheet import Sheet, rule


@dataclass(frozen=True, slots=True)
class FieldSpec:
    """One field: its name, its label, and what it takes: `line`, `long`, `choice`, `cycle` or `tick`."""

    name: str
    label: str
    kind: str = "line"
    value: str = ""
    hint: str = ""
    options: tuple[tuple[str, str], ...] = ()
    gap: bool = False  # an empty line above it


Submit = Callable[[dict[str, str]], Message | None]  # None: done; else what is missing


class FormSheet(Sheet[bool]):
    """Fields one below the other. Ctrl+S saves; Enter goes on, or saves where `enter_saves`."""

    context: ClassVar[str] = "form"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("form"),
        Binding("up", "app.focus_previous", show=False),
        Binding("down", "app.focus_next", show=False),
        Binding("enter", "enter", show=False, priority=True),
    ]

    def __init__(
        self,
        t: Texts,
        title: str,
        fields: list[FieldSpec],
        submit: Submit,
        *,
        note: str = "",
        keep: Callable[[dict[str, str]], None] | None = None,
        draft: Mapping[str, str] | None = None,
        enter_saves: bool = False,
        explain: Callable[[dict[str, str]], str] | None = None,
        jamo: str = "",
        subtitle: str = "",
        of_row: bool = False,
    ) -> None:
        """With `of_row` the fields show a row of the book: no more is kept of it than what is typed in them."""
        super().__init__(t)
        self.form_title = title
        self.subtitle = subtitle
        self.specs = fields
        self.note = note
        self._submit = submit
        self._keep = keep
        self._draft = dict(draft or {})
        self._enter_saves = enter_saves
        self._explain = explain
        self._guard = StrayGuard(jamo)
        self._ready = False
        self._of_row = of_row
        self._shown: dict[str, str] = {}  # what the fields said before anything was typed
        self.fields: dict[str, FormField] = {}

    def title_lines(self, width: int) -> list[Parts]:
        kept = (self.t("form.kept") + " ", "dim") if self._keep else ("", "")
        lines = [spread([(" " + self.form_title, "strong")], [kept], width)]
        if self.subtitle:
            lines.append([(" " + self.subtitle, "dim")])
        return [*lines, rule(width)]

    def body(self) -> ComposeResult:
        with VerticalScroll(classes="form", can_focus=False):
            if self.note:
                yield Static(self.note, classes="form-note", markup=False)
            for spec in self.specs:
                field = self._field(spec)
                self.fields[spec.name] = field
                if spec.kind == "tick":
                    yield Horizontal(field, classes="form-row gap" if spec.gap else "form-row")
                else:
                    label = Static(spec.label, classes="form-label", markup=False)
                    classes = "form-row long" if isinstance(field, LongField) else "form-row"
                    yield Horizontal(label, field, classes=classes + (" gap" if spec.gap else ""))
            self.told = Static("", classes="form-told", markup=False)
            yield self.told

    def _field(self, spec: FieldSpec) -> FormField:
        id = f"field-{spec.name}"
        value = self._draft.get(spec.name, spec.value)
        guard = self._guard if spec is self.specs[0] else None
        if spec.kind == "long" or (spec.kind == "line" and "\n" in value):  # lines that came from elsewhere stay lines
            return LongField(value, placeholder=spec.hint, guard=guard, id=id)
        if spec.kind == "choice":
            return Choice(list(spec.options), value, id=id)
        if spec.kind == "cycle":
            return Cycle([("", self.t("form.none")), *spec.options], value, id=id, may_be_empty=False)
        if spec.kind == "tick":
            return Tick(spec.label, bool(value), id=id)
        return LineField(value, placeholder=spec.hint, guard=guard, id=id)

    def on_mount(self) -> None:
        first = self.fields[self.specs[0].name]
        first.focus()
        if isinstance(first, LineField):
            first.cursor_position = len(first.value)
        if self._draft:
            self.say(self.t("form.resumed"), 6)
        values = self.values()
        self._shown = {spec.name: spec.value if spec.name in self._draft else values[spec.name] for spec in self.specs}
        self.call_after_refresh(self._now_ready)
        self._tell()

    def _now_ready(self) -> None:
        self._ready = True

    def values(self) -> dict[str, str]:
        """What stands in the fields, cleaned, by name."""
        return {name: field.text_value for name, field in self.fields.items()}

    def on_typed(self, event: Typed) -> None:
        event.stop()
        if self._ready:
            if self._keep:
                values = self.values()
                typed = {name: text for name, text in values.items() if text != self._shown[name]}
                self._keep(typed if self._of_row else values)
            self._tell()

    def _tell(self) -> None:
        if self._explain:
            self.told.update(self._explain(self.values()))

    def foot_keys(self) -> tuple[str, ...]:
        return ("save", "close")

    def label_of(self, id: str) -> str:
        return self.t("form.fold") if id == "close" and self._keep else super().label_of(id)

    def mask_changed(self) -> None:
        """F8 while a form is open hides all of it; one opened later leaves out its private fields."""
        self.veil(self.masked)

    def action_command(self, id: str) -> None:
        if id == "save":
            self.save()
        elif id == "close":
            self.dismiss(False)
        else:
            super().action_command(id)

    def action_enter(self) -> None:
        """Enter, which goes before what was typed with it: the last syllable may still be on its way to the field."""
        focused = self.focused
        if focused is not None:
            focused.call_later(self._entered, focused)

    def _entered(self, focused: Widget) -> None:
        if isinstance(focused, LongField):
            focused.insert("\n")
        elif self._enter_saves:
            self.save()
        else:
            self.focus_next()

    def save(self) -> None:
        """Hand the values on; where something is missing say what, and stay. Nothing is saved unseen."""
        if self.veiled:
            return
        values = self.values()
        if self._of_row:  # a field that nobody touched says what the row says, not what of it fits the field
            values |= {spec.name: spec.value for spec in self.specs if values[spec.name] == self._shown[spec.name]}
        missing = self._submit(values)
        if missing is None:
            self.dismiss(True)
        else:
            self.say(self.t.say(missing))
