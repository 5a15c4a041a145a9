"""거래금액 보전 in a case: what was lost, what came back, what is new; offers with their answers, places to try."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from rich.cells import cell_len

from fieldsales.domain.frozen import replace
from fieldsales.domain.ledger import ANSWERS, COVER_STATES, OFFER_WAYS, PLACES, in_order, ledger_of, recovered_by
from fieldsales.domain.model import ChurnCase, Cover, Message, Offer
from fieldsales.ui.actions import case_rows
from fieldsales.ui.actions.agenda import account_name
from fieldsales.ui.actions.asking import Values, amount_field, ask
from fieldsales.ui.screens.case import WIDE, CaseRow, CaseSheet, CaseText
from fieldsales.ui.screens.form import FieldSpec
from fieldsales.ui.screens.menu import Entry, Menu
from fieldsales.ui.screens.reading import PrivateSheet, ReadRow
from fieldsales.ui.widgets.parts import fit, wrap

if TYPE_CHECKING:
    from fieldsales.domain.ledger import Ledger
    from fieldsales.domain.model import CaseFile, History
    from fieldsales.locale import Texts
    from fieldsales.ui.actions.case_rows import Rows
    from fieldsales.ui.app import FieldsalesApp

Parts = tuple[tuple[str, str], ...]
LABEL = 16  # cells of the names of the three amounts
SIDE = 57  # cells beside the checklist where the screen is wide
NAME = 22  # cells of an offer or of new business
MONTHS = 6  # complete ones that a loss is measured by
PEOPLE = 5  # who can be chosen


# --- what stands there ----------------------------------------------------------------------------------------------


def offered(app: FieldsalesApp, file: CaseFile) -> Rows:
    """권해 본 것: each offer with its answer, and who gave it when (S0-15)."""
    if not file.offers:
        return ()
    rows = [_offer_row(app, file.history, offer) for offer in file.offers]
    return (CaseText(((" " + app.t("ledger.offered"), "dim"),)), *rows)


def money(app: FieldsalesApp, file: CaseFile) -> Rows:
    """N15: lost, recovered and new, each a line of its own (S0-03); the shares; what is named and left out (S0-22)."""
    t, found = app.t, ledger_of(file)
    said = _shares(t, found)
    if left_out := _left_out(t, found):
        said.append((left_out, "dim"))
    if file.case.state == "open" and (line := worst_line(app)):
        said.append((line, ""))
    if found.wants_places and not found.ideas:
        said.append((t("ledger.no_places"), "dim"))
    room = app.size.width - (SIDE if app.size.width >= WIDE else 0) - 6
    amounts = _amounts(t, file, found, room)
    told = [CaseText((("   " + piece, role),)) for text, role in said for piece in wrap(text, room)]
    rows: list[CaseRow | CaseText] = [*amounts, CaseText(), *told]
    if file.offers:
        rows += [CaseText(), *offered(app, file)]
    covers = [one for one in in_order(file.covers) if one.state != "idea"]
    if covers:
        rows += [
            CaseText(),
            CaseText(((" " + t("ledger.covers"), "dim"),)),
            *(_cover_row(t, one, room) for one in covers),
        ]
    if found.ideas:
        ideas = sorted(found.ideas, key=lambda one: one.id)
        rows += [
            CaseText(),
            CaseText(((" " + t("ledger.places"), "dim"),)),
            *(_cover_row(t, one, room) for one in ideas),
        ]
    return tuple(rows)


def _amounts(t: Texts, file: CaseFile, found: Ledger, width: int) -> list[CaseRow]:
    """The three lines. What does not fit beside an amount stands below it."""
    case = file.case
    unsure = case.state == "open" and not found.recovered  # no verdict while it is still being worked on
    back = [t("ledger.none_back")] if unsure else [t(f"outcome.{found.tier}")] if found.tier else []
    if len(found.back) == 1:
        back.append(_offer_words(t, found.back[0]))
    elif found.back:
        back.append(t("ledger.offers", n=len(found.back)))
    new = [t("ledger.signed", n=len(found.covers))] if found.covers else [t("ledger.none_signed")]
    if len(found.covers) == 1:
        new.append(_cover_words(t, found.covers[0]))
    lost = t("ledger.unknown") if found.lost is None else t("ledger.monthly", amount=-found.lost)
    lines = [
        ("lost", lost, [t("ledger.from_month", month=case.lost_from)] if case.lost_from else [], "strong"),
        ("back", t("ledger.monthly", amount=found.recovered), back, "good" if found.recovered else ""),
        ("new", t("ledger.monthly", amount=found.signed), new, "good" if found.signed else ""),
    ]
    room = max(cell_len(amount) for _, amount, _, _ in lines) + 2

    def row(kind: str, amount: str, about: list[str], role: str) -> CaseRow:
        fits = LABEL + room + cell_len(" · ".join(about)) <= width
        beside, below = (about, ()) if fits else (about[:1], tuple(about[1:]))
        left = ((fit(t(f"ledger.{kind}"), LABEL), ""), (fit(amount, room), role), (" · ".join(beside), "dim"))
        return CaseRow("money", kind, left, details=below)

    return [row(*line) for line in lines]


def _shares(t: Texts, found: Ledger) -> list[tuple[str, str]]:
    """The shares and how they come about; where the loss is not known, what to write."""
    if found.recovered_percent is None or found.cover_percent is None or found.lost is None or found.net is None:
        return [(t("ledger.say_lost"), "dim")]
    if not found.recovered and not found.signed:
        return []
    shares = t("ledger.shares", back=found.recovered_percent, cover=found.cover_percent)
    sums = t("ledger.sum", back=found.recovered, new=found.signed, lost=found.lost)
    return [(shares, "strong"), (sums, "dim"), (t("ledger.net", net=found.net), "dim")]


def _left_out(t: Texts, found: Ledger) -> str:
    """유력 and 가망, named as left out (S0-22, C7)."""
    likely, possible = found.likely, found.possible
    if not likely.count and not possible.count:
        return ""
    pieces = [
        t(f"ledger.out.{state}" if one.amount else f"ledger.out.{state}_bare", n=one.count, amount=one.amount)
        for state, one in (("likely", likely), ("possible", possible))
        if one.count
    ]
    return t("ledger.left_out", what=t("ledger.and").join(pieces))


def worst_line(app: FieldsalesApp) -> str:
    """S0-25: what is signed for next month and the largest account of tier A at risk, while the one is the smaller."""
    from fieldsales.workflows.ledger import worst

    found = worst(app.desk.book, app.desk.today)
    if found is None:
        return ""
    largest = found.largest
    return app.t("ledger.worst", signed=found.signed, name=largest.name, amount=largest.amount)


def _offer_words(t: Texts, offer: Offer) -> str:
    from_month = t("ledger.from_month", month=offer.from_month) if offer.from_month else ""
    return " ".join(text for text in (from_month, offer.text) if text)


def _cover_words(t: Texts, cover: Cover) -> str:
    return " ".join(text for text in (cover.name, t("ledger.month", month=cover.month) if cover.month else "") if text)


def _offer_row(app: FieldsalesApp, history: History, offer: Offer) -> CaseRow:
    from fieldsales.domain.people import person_name

    t = app.t
    answer = offer.answer or "thinking"
    who = person_name(history, offer.contact_id) if offer.contact_id else ""
    if answer == "thinking":
        when = t("ledger.answer_by", day=offer.answer_by) if offer.answer_by else ""
    else:
        when = t("ledger.day", day=offer.answered_on) if offer.answered_on else ""
    role = {"accepted": "good", "refused": "dim"}.get(answer, "")
    about = " ".join(text for text in (when, who) if text)
    left = ((fit(offer.text, NAME) + "  ", ""), (fit(t(f"answer.{answer}"), 10) + "  ", role), (about, "dim"))
    return CaseRow("offer", offer.id, left, details=(offer.condition,) if offer.condition else ())


def _cover_row(t: Texts, cover: Cover, width: int) -> CaseRow:
    known = cover.state if cover.state in COVER_STATES else "possible"
    amount = "" if cover.amount is None else t("ledger.monthly", amount=cover.amount)
    month = t("ledger.from_month", month=cover.month) if cover.month and known != "idea" else ""
    by = t("ledger.answer_by", day=cover.due_on) if cover.due_on and known != "signed" else ""
    state = "" if known == "idea" else fit(t(f"deal_state.{known}"), 10) + "  "
    about = [text for text in (amount, month, by) if text]
    fits = NAME + 2 + cell_len(state) + cell_len(" · ".join(about)) <= width
    beside, below = (about, ()) if fits else (about[:1], (" · ".join(about[1:]),))
    role = "good" if known == "signed" else ""
    left = ((fit(cover.name, NAME) + "  ", ""), (state, role), (" · ".join(beside), "dim"))
    return CaseRow("cover", cover.id, left, details=below)


# --- forms ----------------------------------------------------------------------------------------------------------


def _options(t: Texts, prefix: str, keys: tuple[str, ...]) -> tuple[tuple[str, str], ...]:
    return tuple((key, t(f"{prefix}.{key}")) for key in keys)


def _shown(t: Texts, amount: int | None) -> str:
    return "" if amount is None else amount_field(t, amount)


def read_day(app: FieldsalesApp, text: str) -> str | Message:
    """A day as it was typed, as an ISO day; a Message where it cannot be read."""
    from fieldsales.domain.dates import parse_day
    from fieldsales.domain.when import read_day as read

    if not text:
        return ""
    day = (parse_day(text) if len(text) == 10 else None) or read(text, app.desk.today)
    return day.isoformat() if day else Message("account.bad_day", {"text": text})


def _read_amount(app: FieldsalesApp, text: str) -> int | Message | None:
    from fieldsales.domain.money import parse_money

    amount = parse_money(text, app.t.currency) if text else None
    return Message("amount.bad", {"text": text}) if text and amount is None else amount


def _read_month(app: FieldsalesApp, text: str) -> str | Message:
    from fieldsales.domain.ledger import read_month

    month = read_month(text, app.desk.today)
    return Message("ledger.bad_month", {"text": text}) if month is None else month


def _saved(app: FieldsalesApp, changed: object) -> None:
    app.call_later(app.tell, Message("app.saved"), changed)


def lost(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """What the case costs a month, and from when on."""
    from fieldsales.workflows.ledger import set_lost

    desk, t, case_id = app.desk, app.t, sheet.case_id
    case = desk.book.get(ChurnCase, case_id)
    if case is None:
        return

    def submit(values: Values) -> Message | None:
        amount, month = _read_amount(app, values["amount"]), _read_month(app, values["month"])
        if isinstance(amount, Message):
            return amount
        if isinstance(month, Message):
            return month
        _saved(app, set_lost(desk.book, case_id, desk.now, amount, month))
        return None

    specs = [
        FieldSpec("amount", t("ledger.lost_amount"), value=_shown(t, case.lost_amount)),
        FieldSpec("month", t("ledger.lost_from"), value=case.lost_from, hint=t("ledger.month_hint")),
    ]
    ask(app, "case_lost", case_id, _title(app, sheet, "ledger.lost"), specs, submit, row=(ChurnCase, case_id))


def _title(app: FieldsalesApp, sheet: CaseSheet, id: str) -> str:
    return f"{sheet.view.name} · {app.t(id)}"


def offer(app: FieldsalesApp, sheet: CaseSheet, offer_id: str = "", answer: str = "") -> None:
    """What was offered: one digit is enough; the answer may come later (S0-15)."""
    from fieldsales.domain.people import full_name, present
    from fieldsales.workflows.ledger import remove_offer, save_offer

    desk, t, case_id = app.desk, app.t, sheet.case_id
    old = desk.book.get(Offer, offer_id) if offer_id else None
    history = desk.book.history(sheet.account_id)
    told_by = _heard_from(app, history, case_id)
    now_is = old or Offer("", case_id=case_id, contact_id=told_by, answer=answer or "thinking")
    whose = [one for one in history.contacts if one.id == now_is.contact_id]
    people = (*whose, *(one for one in present(history, desk.today) if one not in whose))[:PEOPLE]
    part = f"{now_is.share}%" if now_is.share is not None and now_is.amount is None else _shown(t, now_is.amount)

    def submit(values: Values) -> Message | None:
        if values.get("remove"):
            _saved(app, remove_offer(desk.book, now_is.id, desk.now))
            return None
        made = _with_part(app, now_is, values)
        if isinstance(made, Message):
            return made
        text = _way_said(t, values.get("way", ""), values["text"])
        who = values["who"] if people else now_is.contact_id
        answer = values["answer"] or "thinking"
        made = replace(made, text=text, condition=values["condition"], answer=answer, contact_id=who)
        told = text if made.answer == "thinking" else f"{text} · {t(f'answer.{made.answer}')}"
        saved = save_offer(desk.book, made, desk.now, told_as=told, asked=t("ledger.asked", what=text) if text else "")
        _saved(app, saved.changed)
        return None

    ways = [FieldSpec("way", t("ledger.way"), "choice", options=_options(t, "ledger.way", OFFER_WAYS))]
    whom = FieldSpec(
        "who", t("ledger.who"), "choice", now_is.contact_id, options=tuple((one.id, full_name(one)) for one in people)
    )
    specs = [
        *(ways if old is None else []),
        FieldSpec("text", t("ledger.text"), value=now_is.text, hint=t("ledger.text_hint") if old is None else ""),
        FieldSpec(
            "answer",
            t("ledger.answer"),
            "choice",
            now_is.answer or "thinking",
            options=_options(t, "answer", ANSWERS),
            gap=True,
        ),
        FieldSpec("amount", t("ledger.amount"), value=part, hint=t("ledger.amount_hint")),
        FieldSpec("from_month", t("ledger.from"), value=now_is.from_month, hint=t("ledger.month_hint")),
        FieldSpec("answer_by", t("ledger.by"), value=now_is.answer_by, hint=t("ledger.day_hint")),
        *([whom] if people else []),
        FieldSpec("condition", t("ledger.condition"), value=now_is.condition),
        *([FieldSpec("remove", t("ledger.remove"), "tick", gap=True)] if old is not None else []),
    ]
    shown = (Offer, offer_id) if old is not None else None
    ask(app, "offer", offer_id or case_id, _title(app, sheet, "ledger.offer"), specs, submit, row=shown)


def answered(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """Space on an offer: how they answered, and what that keeps."""
    from fieldsales.workflows.ledger import save_offer

    desk, t = app.desk, app.t
    old = desk.book.get(Offer, row.id)
    if old is None:
        return
    part = f"{old.share}%" if old.share is not None and old.amount is None else _shown(t, old.amount)

    def submit(values: Values) -> Message | None:
        made = _with_part(app, old, values)
        if isinstance(made, Message):
            return made
        made = replace(made, answer=values["answer"] or "thinking")
        told = f"{made.text} · {t(f'answer.{made.answer}')}"
        _saved(
            app, save_offer(desk.book, made, desk.now, told_as=told, asked=t("ledger.asked", what=made.text)).changed
        )
        return None

    answer = old.answer if old.answer in {"accepted", "refused"} else ""
    specs = [
        FieldSpec("answer", t("ledger.answer"), "choice", answer, options=_options(t, "answer", ANSWERS)),
        FieldSpec("amount", t("ledger.amount"), value=part, hint=t("ledger.amount_hint"), gap=True),
        FieldSpec("from_month", t("ledger.from"), value=old.from_month, hint=t("ledger.month_hint")),
        FieldSpec("answer_by", t("ledger.by"), value=old.answer_by, hint=t("ledger.day_hint")),
    ]
    ask(app, "offer_answer", old.id, f"{sheet.view.name} · {old.text}", specs, submit, row=(Offer, old.id))


def _with_part(app: FieldsalesApp, offer: Offer, values: Values) -> Offer | Message:
    """The offer with what it would keep, from when on and by when it is answered, as they were typed."""
    from fieldsales.domain.ledger import read_share

    share = read_share(values["amount"])
    amount = None if share is not None else _read_amount(app, values["amount"])
    month, by = _read_month(app, values["from_month"]), read_day(app, values["answer_by"])
    if isinstance(amount, Message):
        return amount
    if isinstance(month, Message):
        return month
    if isinstance(by, Message):
        return by
    if share is None and amount == offer.amount:
        share = offer.share if amount is not None else None  # what was known beside the amount stays
    return replace(offer, share=share, amount=amount, from_month=month, answer_by=by)


def _way_said(t: Texts, way: str, text: str) -> str:
    """The way and what was typed in one: 단가 and `3% 조정` are `단가 3% 조정`."""
    if not way:
        return text
    name = t(f"ledger.way.{way}")
    if not text:
        return name
    word = t(f"ledger.way_word.{way}")
    return text if word.casefold() in text.casefold() else t(f"ledger.way_said.{way}", text=text)


def _heard_from(app: FieldsalesApp, history: History, case_id: str) -> str:
    """The contact who told us, "" where it was a bare name or the figures."""
    case = app.desk.book.get(ChurnCase, case_id)
    return next((one.id for one in history.contacts if case is not None and one.id == case.heard_from), "")


def cover(app: FieldsalesApp, sheet: CaseSheet, cover_id: str = "") -> None:
    """새로 채울 거래: from whom, how much, from when on, how sure (S0-22)."""
    from fieldsales.domain.ledger import next_month
    from fieldsales.workflows.ledger import remove_cover, save_cover

    desk, t, case_id = app.desk, app.t, sheet.case_id
    old = desk.book.get(Cover, cover_id) if cover_id else None
    now_is = old or Cover("", case_id=case_id, month=next_month(desk.today))

    def submit(values: Values) -> Message | None:
        if values.get("remove"):
            _saved(app, remove_cover(desk.book, now_is.id, desk.now))
            return None
        amount, month = _read_amount(app, values["amount"]), _read_month(app, values["month"])
        by = read_day(app, values["due_on"])
        if isinstance(amount, Message):
            return amount
        if isinstance(month, Message):
            return month
        if isinstance(by, Message):
            return by
        state = values["state"] or "possible"
        made = replace(
            now_is, name=values["name"], amount=amount, month=month, state=state, due_on=by, note=values["note"]
        )
        saved = save_cover(desk.book, made, desk.now, told_as=_cover_told(t, made))
        _saved(app, saved.changed)
        return None

    specs = [
        FieldSpec("name", t("ledger.cover_name"), value=now_is.name),
        FieldSpec("amount", t("ledger.cover_amount"), value=_shown(t, now_is.amount)),
        FieldSpec("state", t("ledger.state"), "choice", now_is.state, options=_options(t, "deal_state", COVER_STATES)),
        FieldSpec("month", t("ledger.from"), value=now_is.month, hint=t("ledger.month_hint"), gap=True),
        FieldSpec("due_on", t("ledger.by"), value=now_is.due_on, hint=t("ledger.day_hint")),
        FieldSpec("note", t("ledger.note"), value=now_is.note),
        *([FieldSpec("remove", t("ledger.remove"), "tick", gap=True)] if old is not None else []),
    ]
    shown = (Cover, cover_id) if old is not None else None
    title, note = _title(app, sheet, "ledger.cover"), t("ledger.counted")
    ask(app, "cover", cover_id or case_id, title, specs, submit, note=note, row=shown)


def _cover_told(t: Texts, cover: Cover) -> str:
    return f"{cover.name} · {t(f'deal_state.{cover.state}')}" if cover.name else ""


def places(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """알아볼 곳 셋: where nothing covers the loss, three places to try (S0-26)."""
    from fieldsales.workflows import ledger as work

    desk, t, case_id = app.desk, app.t, sheet.case_id
    old = work.places(desk.book, case_id)
    ideas = [
        t(f"ledger.idea.{one.kind}", name=one.name, text=one.text) for one in work.ideas(desk.book, sheet.account_id)
    ]

    def submit(values: Values) -> Message | None:
        by = read_day(app, values["due_on"])
        if isinstance(by, Message):
            return by
        names = [values[f"place{number}"] for number in range(1, count + 1)]
        title = t("ledger.places_due", name=sheet.view.name)
        _saved(app, work.save_places(desk.book, case_id, names, desk.now, due_on=by, title=title))
        return None

    count = max(PLACES, len(old))
    hints = (t("ledger.place_hint.1"), t("ledger.place_hint.2"), t("ledger.place_hint.3"))
    specs = [
        FieldSpec(
            f"place{number}",
            t("ledger.place", n=number),
            value=old[number - 1].name if number <= len(old) else "",
            hint=ideas[number - 1] if number <= len(ideas) else hints[number - 1] if number <= PLACES else "",
        )
        for number in range(1, count + 1)
    ]
    due_on = next((one.due_on for one in old if one.due_on), "")
    specs.append(FieldSpec("due_on", t("ledger.by_when"), value=due_on, hint=t("ledger.day_hint"), gap=True))
    ask(app, "places", case_id, _title(app, sheet, "ledger.places"), specs, submit, note=t("ledger.places_note"))


# --- what the keys do -----------------------------------------------------------------------------------------------


def add(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """a in step 3: new business, an offer, places to try, or the loss itself."""
    t = app.t
    ways: dict[str, Callable[[FieldsalesApp, CaseSheet], None]] = {
        "cover": cover,
        "offer": offer,
        "places": places,
        "lost": lost,
    }
    entries = [Entry(id, t(f"ledger.add.{id}"), str(number), "choice") for number, id in enumerate(ways, 1)]

    def take(entry: object) -> None:
        if isinstance(entry, Entry):
            ways[entry.id](app, sheet)

    def search(text: str) -> list[Entry]:
        return [one for one in entries if one.key == text] or [one for one in entries if text in one.label]

    app.push_screen(Menu(t, search, title=t("ledger.add")), take)


def _money_open(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """Enter: the rows behind an amount (K5)."""
    _grounds(app, sheet, row.id)


def _grounds(app: FieldsalesApp, sheet: CaseSheet, kind: str) -> None:
    """The rows behind an amount, what they make, and what is left out."""
    from fieldsales.workflows.churn import case_file

    t, case_id = app.t, sheet.case_id

    def rows(width: int) -> list[ReadRow]:
        file = case_file(app.desk.book, case_id)
        found = ledger_of(file)
        each = _months(app, file) if kind == "lost" else _counted(t, found, kind)
        lines = [ReadRow(((fit(name, 40) + "  ", ""), (amount, "strong"))) for name, amount in each]
        total = {"lost": -found.lost if found.lost is not None else None, "back": found.recovered, "new": found.signed}
        amount = total[kind]
        if not lines:
            lines.append(ReadRow(((t(f"ledger.no_{kind}"), "dim"),)))
        elif amount is not None:
            name = t("ledger.lost" if kind == "lost" else "ledger.total")
            lines += [ReadRow(), ReadRow(((fit(name, 40) + "  ", "dim"), (t("ledger.monthly", amount=amount), "")))]
        out = _left_out(t, found) if kind == "new" else ""
        return [*lines, *([ReadRow(), ReadRow(((out, "dim"),))] if out else [])]

    title = f"{account_name(app, sheet.account_id)} · {t(f'ledger.{kind}')}"
    app.open_sheet(PrivateSheet(t, lambda: [(title, "strong")], rows, account_id=sheet.account_id))


def _months(app: FieldsalesApp, file: CaseFile) -> list[tuple[str, str]]:
    from fieldsales.domain.months import month_amounts

    t = app.t
    return [
        (t("page.month", month=month, year=month[:4]), t("page.amount", amount=amount))
        for month, amount in month_amounts(file.history, app.desk.today, MONTHS)
        if amount is not None
    ]


def _counted(t: Texts, found: Ledger, kind: str) -> list[tuple[str, str]]:
    """What was accepted, or what is signed, with its amounts."""
    if kind == "back":
        counted = [(_offer_words(t, one), recovered_by(one, found.lost)) for one in found.back]
    else:
        counted = [(_cover_words(t, one), one.amount or 0) for one in found.covers]
    return [(name, t("ledger.monthly", amount=amount)) for name, amount in counted]


def _money_edit(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    if row.id == "lost":
        lost(app, sheet)
    elif row.id == "back":
        recover(app, sheet)
    else:
        cover(app, sheet)


def recover(app: FieldsalesApp, sheet: CaseSheet) -> None:
    """What can be recovered: the one offer that still waits for its answer or its amount, else a new one, accepted."""
    offers = app.desk.book.rows(Offer, case_id=sheet.case_id)
    waiting = [one for one in offers if one.answer not in {"accepted", "refused"}]
    bare = [one for one in offers if one.answer == "accepted" and one.amount is None and one.share is None]
    found = bare or waiting
    if len(found) == 1:
        offer(app, sheet, found[0].id)
    else:
        offer(app, sheet, answer="accepted")


def _offer_edit(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    offer(app, sheet, row.id)


def _cover_edit(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    cover(app, sheet, row.id)


def _cover_done(app: FieldsalesApp, sheet: CaseSheet, row: CaseRow) -> None:
    """Space on new business: one step surer, 가망, 유력, 확정."""
    from fieldsales.domain.ledger import next_state
    from fieldsales.workflows.ledger import step_cover

    old = app.desk.book.get(Cover, row.id)
    if old is None:
        return
    told = _cover_told(app.t, replace(old, state=next_state(old.state)))
    changed = step_cover(app.desk.book, row.id, app.desk.now, told_as=told)
    app.tell(Message("ledger.stepped", {"what": told}), changed)


case_rows.STEPS[1] = offered
case_rows.STEPS[3] = money
case_rows.ADD[1] = offer
case_rows.ADD[3] = add
case_rows.ON_ITEM |= {"offer": offer, "recover": recover, "cover": cover, "places": places}
case_rows.ON_ROW |= {
    ("money", "open"): _money_open,
    ("money", "edit"): _money_edit,
    ("money", "done"): _money_edit,
    ("offer", "open"): _offer_edit,
    ("offer", "edit"): _offer_edit,
    ("offer", "done"): answered,
    ("cover", "open"): _cover_edit,
    ("cover", "edit"): _cover_edit,
    ("cover", "done"): _cover_done,
}
