"""기록: what was heard, what was said, what was promised. Heard comes first: listening is what people skip."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import ClassVar

from textual.app import ComposeResult
from textual.binding import Binding, BindingType
from textual.containers import Horizontal, Vertical, VerticalScroll
from textual.widgets import Static

from fieldsales.domain.model import Message
from fieldsales.locale import Texts
from fieldsales.ui.commands import bindings_for
from fieldsales.ui.widgets.fields import Cycle, FormField, LineField, LongField, StrayGuard, Tick, Typed
from fieldsales.ui.widgets.parts import Parts, size_of, spread
from fieldsales.ui.widgets.sheet import Sheet, rule
from fieldsales.ui.widgets.text import TextLines

WIDE = 104  # cells from which the page stands beside the form


@dataclass(frozen=True, slots=True)
class LogSpec:
    """What a log starts with. Choices are pairs of value and label."""

    account_id: str
    name: str
    kinds: tuple[tuple[str, str], ...]
    kind: str
    people: tuple[tuple[str, str], ...]
    person: str
    when: str
    meanwhile: tuple[tuple[str, str, bool], ...] = ()  # key, label, ticked: what is open and may be settled now
    chips: tuple[tuple[str, str], ...] = ()


class LogSheet(Sheet[bool]):
    """The form of one log."""

    context: ClassVar[str] = "log"
    BINDINGS: ClassVar[list[BindingType]] = [
        *bindings_for("log"),
        Binding("ctrl+down", "app.focus_next", show=False),
        Binding("ctrl+up", "app.focus_previous", show=False),
    ]

    def __init__(
        self,
        t: Texts,
        spec: LogSpec,
        submit: Callable[[dict[str, str]], Message | None],
        *,
        keep: Callable[[dict[str, str]], None],
        draft: Mapping[str, str],
        promises: Callable[[str], list[str]],
        beside: Callable[[dict[str, str], int], list[Parts]],
        thanks: Callable[[dict[str, str]], bool],
        jamo: str = "",
    ) -> None:
        """`thanks` says whether a word of thanks is offered with what stands in the form."""
        super().__init__(t)
        self.spec = spec
        self.account_id = spec.account_id
        self._submit = submit
        self._keep = keep
        self._draft = dict(draft)
        self._promises = promises
        self._beside = beside
        self._thanks = thanks
        self._guard = StrayGuard(jamo)
        self._ready = False
        self.fields: dict[str, FormField] = {}

    def is_gone(self) -> bool:
        """Never: what is typed stays until it is left."""
        return False

    def title_lines(self, width: int) -> list[Parts]:
        left: Parts = [(f" {self.t('log.title')} · ", "dim"), (self.spec.name, "strong")]
        return [spread(left, [(self.t("form.kept") + " ", "dim")], width), rule(width)]

    def body(self) -> ComposeResult:
        t, spec, draft = self.t, self.spec, self._draft
        kind = Cycle(list(spec.kinds), draft.get("kind", spec.kind), id="field-kind", may_be_empty=False)
        person = Cycle(
            [*spec.people, ("", t("log.nobody"))],
            draft.get("person", spec.person),
            id="field-person",
            may_be_empty=False,
        )
        when = LineField(draft.get("when", spec.when), id="field-when")
        self.fields = {"kind": kind, "person": person, "when": when}
        with Horizontal(classes="log"):
            with VerticalScroll(classes="log-form", can_focus=False):
                yield Horizontal(kind, person, when, TextLines(self._hint, classes="log-hint"), classes="log-head")
                for name in ("heard", "said", "promise"):
                    yield Static(t(f"log.{name}"), classes="log-label", markup=False)
                    guard = self._guard if name == "heard" else None
                    hint = t(f"log.{name}.hint")
                    field = LongField(draft.get(name, ""), placeholder=hint, guard=guard, id=f"field-{name}")
                    self.fields[name] = field
                    yield field
                self.told = Static("", classes="log-told", markup=False)
                yield self.told
                if spec.meanwhile:
                    yield self._ticks(
                        "log.meanwhile", [(f"done_{key}", label, on) for key, label, on in spec.meanwhile]
                    )
                yield self._ticks("log.attach", [(f"chip_{key}", label, False) for key, label in spec.chips])
            self.side = TextLines(lambda width: self._beside(self.values(), width), classes="log-side")
            yield self.side

    def _hint(self, width: int) -> list[Parts]:
        """Which keys go to the fields above, as much of it as there is room for."""
        hint = self.t("log.head_hint")
        fits = next((text for text in (hint, hint.split(" ")[0]) if size_of([(text, "")]) < width), "")
        return [spread([], [(fits, "dim")], width)]

    def _ticks(self, label: str, ticks: list[tuple[str, str, bool]]) -> Horizontal:
        boxes = []
        for key, text, on in ticks:
            ticked = bool(self._draft[key]) if key in self._draft else on
            box = Tick(text, ticked, id=f"field-{key.replace(':', '_')}")
            self.fields[key] = box
            boxes.append(box)
        return Horizontal(
            Static(self.t(label), classes="log-ticks-label", markup=False), Vertical(*boxes), classes="log-ticks"
        )

    def mask_changed(self) -> None:
        """Hide what was complained of; the words being typed stay, for whoever types them."""
        for name, field in self.fields.items():
            if name.startswith(("done_signal", "done_try")):
                field.display = not self.masked
        self._offer()
        self.side.redraw()

    def on_mount(self) -> None:
        self._fit()
        self.mask_changed()
        self.fields["heard"].focus()
        if self._draft:
            self.say(self.t("form.resumed"), 6)
        self._tell()
        self.call_after_refresh(self._now_ready)

    def _now_ready(self) -> None:
        self._ready = True

    def on_resize(self) -> None:
        self._fit()
        super().on_resize()

    def _fit(self) -> None:
        self.side.display = self.size.width >= WIDE

    def values(self) -> dict[str, str]:
        """What stands in the form, by field; ticks are `done_KEY` and `chip_KIND`, "1" or ""."""
        return {name: field.text_value for name, field in self.fields.items()}

    def on_typed(self, event: Typed) -> None:
        event.stop()
        if self._ready:
            self._keep(self.values())
            self._tell()

    def _tell(self) -> None:
        lines = self._promises(self.fields["promise"].text_value)
        self.told.update("\n".join("→ " + line for line in lines))
        self.told.display = bool(lines)
        self._offer()
        self.side.redraw()

    def _offer(self) -> None:
        """The word of thanks is there only while it is offered, and so is its row where nothing else is open."""
        box = self.fields.get("done_thanks")
        if box is not None and box.parent is not None:
            box.display = self._thanks(self.values())
            row = box.parent.parent
            if isinstance(row, Horizontal):
                row.display = any(name.startswith("done_") and one.display for name, one in self.fields.items())

    def foot_keys(self) -> tuple[str, ...]:
        return ("save", "close", "mask", "prep_here")

    def label_of(self, id: str) -> str:
        return self.t("form.fold") if id == "close" else super().label_of(id)

    def action_command(self, id: str) -> None:
        if id == "save":
            missing = self._submit(self.values())
            if missing is None:
                self.dismiss(True)
            else:
                self.say(self.t.say(missing))
        elif id == "close":
            self.dismiss(False)
        else:
            super().action_command(id)
