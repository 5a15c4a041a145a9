"""The catalogs are whole, agree with each other and with the code, and their placeholders print what they promise."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from string import Formatter

import pytest
from babel.messages.pofile import read_po
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.model import Message
from fieldsales.domain.width import cells
from fieldsales.locale import Texts, guess_language, languages, with_particle
from fieldsales.ui.commands import BY_ID, COMMANDS

PACKAGE = Path(__file__).parents[1] / "fieldsales"
TODAY = date(2026, 11, 20)
ID = re.compile(r"[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)+")


class StrictTexts(Texts):
    strict = True


class PlainTexts(Texts):
    strict = False


KO = StrictTexts("ko", today=TODAY)
EN = StrictTexts("en", currency="USD", today=TODAY)


# --- placeholders -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("pattern", "value", "korean", "english"),
    [
        ("{x:day}", "2026-11-20", "11월 20일", "20 Nov"),
        ("{x:dow}", "2026-11-20", "20일 금", "Fri 20"),
        ("{x:daydow}", "2026-11-20", "11월 20일 금", "Fri 20 Nov"),
        ("{x:full}", "2027-01-05", "2027년 1월 5일", "5 Jan 2027"),
        ("{x:md}", "2026-11-04", "11.04", "4 Nov"),
        ("{x:month}", "2026-10", "10월", "Oct"),
        ("{x:time}", "2026-11-20T09:26", "09:26", "09:26"),
        ("{x:daytime}", "2026-11-20T09:26", "11.20 09:26", "20 Nov 09:26"),
        ("{x:ago}", "2026-09-10", "71일", "71 days"),
        ("{x:ago}", "2026-11-19", "1일", "1 day"),
        ("{x:left}", "2027-02-03", "75일", "75 days"),
        ("{x:nth}", "2026-11-20", "첫날", "day 1"),
        ("{x:nth}", "2026-11-19", "이틀째", "day 2"),
        ("{x:nth}", "2026-11-18", "3일째", "day 3"),
        ("{x:nth}", "2026-11-08", "13일째", "day 13"),
        ("{x:since}", "2023-09-18", "3년 2개월", "3 yrs 2 mos"),
        ("{x:since}", "2026-06-20", "5개월", "5 mos"),
        ("{x:since}", "2025-11-20", "1년", "1 yr"),
        ("{x:since}", "2026-11-07", "13일", "13 days"),
        ("{x:rel}", "2026-11-19", "어제", "yesterday"),
        ("{x:rel}", "2026-11-20", "오늘", "today"),
        ("{x:rel}", "2026-11-21", "내일", "tomorrow"),
        ("{x:rel}", "2026-11-22", "모레", "in 2 days"),
        ("{x:rel}", "2026-11-24", "24일(화)", "Tue 24"),
        ("{x:rel}", "2026-12-03", "12월 3일(목)", "Thu 3 Dec"),
        ("{x:md}", "2026-10-05", "10.05", "5 Oct"),
        ("{x:md}", "2025-11-21", "25.11.21", "21 Nov 2025"),
        ("{x:near_month}", "2026-05", "5월", "May"),
        ("{x:near_month}", "1998-05", "1998년 5월", "May 1998"),
        ("{x:rel}", "2028-01-05", "2028년 1월 5일", "5 Jan 2028"),
        ("{x:day/days}", 1, "1 day", "1 day"),
        ("{x:day/days}", 3, "3 days", "3 days"),
        ("{x:day/days}", 0, "0 days", "0 days"),
        ("{x:money:을/를}", 45_000_000, "4,500만을", "$450,000을"),
        ("{x:rel:으로/로}", "2026-12-03", "12월 3일(목)로", "Thu 3 Dec으로"),
        ("{x:money}", 45_000_000, "4,500만", "$450,000"),
        ("{x:+money}", 45_000_000, "+4,500만", "+$450,000"),
        ("{x:+money}", -120_000_000, "-1억 2,000만", "-$1,200,000"),
        ("{x}", "@kind.visit", "방문", "visit"),
        ("{x:day}", "not a day", "not a day", "not a day"),
        ("{x:rel}", "", "", ""),
    ],
)
def test_a_placeholder_prints_what_its_format_says(pattern: str, value: str | int, korean: str, english: str) -> None:
    assert KO.fill(pattern, x=value) == korean
    assert EN.fill(pattern, x=value) == english


def test_a_month_is_full_on_the_last_day_of_a_shorter_month() -> None:
    assert StrictTexts("ko", today=date(2027, 2, 28)).fill("{x:since}", x="2027-01-31") == "1개월"
    assert StrictTexts("ko", today=date(2027, 2, 27)).fill("{x:since}", x="2027-01-31") == "27일"


@pytest.mark.parametrize(
    ("word", "subject", "direction"),
    [
        ("해윰정밀", "해윰정밀이", "해윰정밀로"),
        ("도담나루식품", "도담나루식품이", "도담나루식품으로"),
        ("나린커피", "나린커피가", "나린커피로"),
        ("N&B", "N&B가", "N&B로"),
        ("LG", "LG가", "LG로"),
        ("3M", "3M이", "3M으로"),
        ("URL", "URL이", "URL로"),
        ("Apple", "Apple이", "Apple로"),
        ("오세람(차장)", "오세람(차장)이", "오세람(차장)으로"),
        ("'하나'", "'하나'가", "'하나'로"),
        ("1", "1이", "1로"),
        ("2", "2가", "2로"),
        ("3", "3이", "3으로"),
        ("0", "0이", "0으로"),
        ("10", "10이", "10으로"),
        ("10,000", "10,000이", "10,000으로"),
        ("1000000000000", "1000000000000가", "1000000000000로"),
        ("12%", "12%가", "12%로"),
        ("ㅎ", "ㅎ이", "ㅎ으로"),
        ("…", "…가", "…로"),
        ("", "", ""),
    ],
)
def test_a_particle_fits_the_last_sound(word: str, subject: str, direction: str) -> None:
    assert KO.fill("{x:이/가}", x=word) == subject
    assert KO.fill("{x:으로/로}", x=word) == direction


@given(st.text(alphabet=st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3), min_size=1, max_size=6))
def test_particles_of_hangul_agree_with_a_library(word: str) -> None:
    from hangulpy import josa

    for after_consonant, after_vowel in (("이", "가"), ("을", "를"), ("은", "는"), ("으로", "로")):
        assert with_particle(word, after_consonant, after_vowel) == josa(word, f"{after_consonant}/{after_vowel}")


@given(st.text())
def test_what_a_user_wrote_is_never_read_as_a_placeholder(name: str) -> None:
    texts = PlainTexts("ko", today=TODAY)
    if not re.fullmatch(r"@[a-z_]+(\.[a-z0-9_]+)+", name):
        assert texts.fill("[{x}]", x=name) == f"[{name}]"
    for spec in ("이/가", "day", "rel", "since", "time", "money", "day/days"):
        texts.fill(f"{{x:{spec}}}", x=name)


def test_braces_and_unknown_ids_in_a_name_stay_as_they_are() -> None:
    texts = PlainTexts("ko", today=TODAY)
    assert texts.fill("{x}", x="{day} @kind.visit {0.__class__}") == "{day} @kind.visit {0.__class__}"
    assert texts.fill("{x}", x="@no.such_text") == "@no.such_text"
    assert texts.fill("{x}", x="@when.days") == "@when.days"  # a text with placeholders of its own is not looked up


def test_a_missing_text_is_loud_in_tests_and_shown_as_its_id_otherwise() -> None:
    assert PlainTexts("en")("no.such_text", n=1) == "no.such_text"
    with pytest.raises(KeyError):
        KO("no.such_text")


def test_a_missing_value_leaves_its_name_in_place() -> None:
    assert PlainTexts("en").fill("{n:day/days} late") == "{n} days late"
    with pytest.raises(KeyError):
        EN.fill("{n:day/days} late")


def test_a_language_without_texts_says_how_to_make_them() -> None:
    with pytest.raises(RuntimeError, match="hatch_build"):
        Texts("xx")


def test_a_message_of_the_domain_is_worded() -> None:
    assert KO.say(Message("when.days", {"n": 3})) == "3일"
    assert EN.say(Message("when.days", {"n": 1})) == "1 day"


@pytest.mark.parametrize(
    ("environ", "language"),
    [
        ({"LANG": "ko_KR.UTF-8"}, "ko"),
        ({"LANG": "en_US.UTF-8"}, "en"),
        ({"LC_ALL": "C", "LANG": "ko_KR.UTF-8"}, "en"),
        ({"LC_ALL": "", "LC_MESSAGES": "ko", "LANG": "C"}, "ko"),
        ({}, "en"),
    ],
)
def test_the_language_follows_the_locale_variables_in_their_order(environ: dict[str, str], language: str) -> None:
    assert guess_language(environ) == language


def test_korean_and_english_are_the_languages() -> None:
    assert languages() == ["en", "ko"]


# --- catalogs ---------------------------------------------------------------------------------------------------------


@cache
def catalog(lang: str) -> dict[str, tuple[str, str]]:
    """Id to text and the file it stands in."""
    found: dict[str, tuple[str, str]] = {}
    for path in sorted((PACKAGE / "locale" / lang).glob("*.po")):
        with path.open("rb") as file:
            for message in read_po(file, abort_invalid=True):
                if message.id:
                    assert message.id not in found, f"{path.name}: {message.id} stands in {found[message.id][1]} too"
                    found[message.id] = message.string, path.name
    return found


def placeholders(text: str) -> dict[str, set[str]]:
    found: dict[str, set[str]] = {}
    for _, name, spec, _ in Formatter().parse(text):
        if name is not None:
            found.setdefault(name, set()).add(spec or "")
    return found


def faults(lang: str, of: str) -> str:
    return f"{lang}: {of}. Catalogs: fieldsales/locale/{lang}/*.po"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_compiled_texts_are_those_of_the_catalogs(lang: str) -> None:
    texts = Texts(lang)
    stale = [id for id, (text, _) in catalog(lang).items() if texts._look_up(id) != text]
    assert not stale, faults(lang, f"run `python hatch_build.py`, these are not compiled: {stale}")


@pytest.mark.parametrize(("lang", "other"), [("ko", "en"), ("en", "ko")])
def test_every_text_is_in_both_languages(lang: str, other: str) -> None:
    missing = {id: file for id, (_, file) in catalog(other).items() if id not in catalog(lang)}
    assert not missing, faults(lang, f"missing {missing}")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_text_is_empty_and_every_id_is_well_formed(lang: str) -> None:
    wrong = [id for id, (text, _) in catalog(lang).items() if not text.strip() or not ID.fullmatch(id)]
    assert not wrong, faults(lang, f"empty, or not `part.name`: {wrong}")


def test_both_languages_fill_in_the_same_values() -> None:
    wrong = {
        id: (text, catalog("en")[id][0])
        for id, (text, _) in catalog("ko").items()
        if not id.startswith("when.md")  # the short day is made of other parts in each
        and id in catalog("en")
        and placeholders(text).keys() != placeholders(catalog("en")[id][0]).keys()
    }
    assert not wrong, f"other placeholders in ko than in en: {wrong}"


MOMENTS = frozenset(
    "money +money day dow daydow full md month near_month time daytime ago left nth since rel".split()  # noqa: SIM905
)
PARTICLES = frozenset(
    {"이/가", "은/는", "을/를", "과/와", "으로/로", "아/야", "이에요/예요", "이라/라", "이나/나", "이랑/랑"}
)


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_format_is_one_that_the_texts_know(lang: str) -> None:
    wrong = []
    for id, (text, _) in catalog(lang).items():
        for name, specs in placeholders(text).items():
            named = name.startswith("key_")  # a command's key, then its particle
            for spec in {one.partition(":")[2] for one in specs} - {""} if named else specs - MOMENTS - {""}:
                particle = spec.removeprefix(spec.split(":")[0] + ":") if spec.split(":")[0] in MOMENTS else spec
                known = particle in PARTICLES if lang == "ko" else re.fullmatch(r"[A-Za-z ]+/[A-Za-z ]+", spec)
                if not known:
                    wrong.append((id, spec))
    assert not wrong, faults(lang, f"unknown formats {wrong}")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_a_key_named_in_a_text_is_the_one_that_the_command_has(lang: str) -> None:
    """`{key_undo:u}` follows the keys of the user's own, and names the usual one where there is none."""
    named = [
        (id, name[4:], spec.partition(":")[0])
        for id, (text, _) in catalog(lang).items()
        for name, specs in placeholders(text).items()
        if name.startswith("key_")
        for spec in specs
    ]
    assert len(named) > 10
    wrong = [one for one in named if one[1] not in BY_ID or BY_ID[one[1]].key_label != one[2]]
    assert not wrong, faults(lang, f"not the key of the command: {wrong}")


def test_a_key_of_the_users_own_is_named_with_its_particle() -> None:
    texts = StrictTexts("ko", today=TODAY)
    assert texts("app.done", name="한빛정밀").endswith("u로 되돌려요.")
    texts.keys = {"undo": "F10"}
    assert texts("app.done", name="한빛정밀").endswith("F10으로 되돌려요.")


KEY_LETTER = re.compile(r"(?<![A-Za-z{_.:*-])[b-hj-z](?=(?:을|를|로|으로|이나)(?![가-힣])| takes| to )")


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_no_text_names_a_key_that_the_user_may_have_changed(lang: str) -> None:
    wrong = {id: text for id, (text, _) in catalog(lang).items() if KEY_LETTER.search(text)}
    assert not wrong, faults(lang, f"write {{key_undo:u}} and the like: {wrong}")


GLUED = re.compile(
    r"\{(?P<name>\w+):?(?P<form>[^}]*)\}(?P<particle>이|가|은|는|을|를|과|와|로|으로|이에요|예요)(?![가-힣])"
    r"|\((?:이|은|을|으|와|과)\)[가-힣]|[가-힣]\((?:는|가|를)\)"
)
END_IN_RIEUL = frozenset({"day", "full", "month", "ago", "left"})  # 일 and 월


def test_no_korean_particle_is_glued_to_a_value_that_may_not_fit_it() -> None:
    wrong = {}
    for id, (text, _) in catalog("ko").items():
        for match in GLUED.finditer(text):
            particle, form = match["particle"] or "", match["form"] or ""
            fits = (
                particle in ("은", "이", "을", "과", "로", "이에요")
                if form in END_IN_RIEUL
                else (form, particle) == ("rel", "로")
            )
            if not fits:
                wrong[id] = text
    assert not wrong, faults("ko", f"write {{name:이/가}} and the like: {wrong}")


# What may be written in Latin letters in a Korean text: keys, tiers, formats, the program's name, options, paths.
LATIN = re.compile(
    r"\{[^}]*\}"
    r"|(?<![\w])--?[a-z][a-z-]*"  # options
    r"|(?<![A-Za-z])(?:Ctrl|Shift|Alt)(?:\+(?:Enter|Tab|Space|F\d+|[A-Z]))?(?![A-Za-z])"
    r"|(?<![A-Za-z])(?:Enter|Space|Tab|Esc|F\d{0,2}|Home|End|PgUp|PgDn|Del)(?![A-Za-z])"
    r"|(?<![A-Za-z])(?:[ABC]|CSV|TOML|JSON|UTF-8|UTF-16|CP949|USB|SQLite|vCard|vcf|ics|xlsx|English|MB|NO_COLOR|fg)(?![A-Za-z])"
    r"|(?<![A-Za-z])fieldsales(?:\.db| [a-z]+)?(?![A-Za-z])"  # the program, and its commands
    r"|(?<![A-Za-z])[a-z](?![A-Za-z])"  # one letter: a key
    r"|\.[a-z]{2,5}(?![A-Za-z])"  # a file's ending
    r"|\[[a-z]+\]"  # a table of a settings file
)


# Words of the command line and of the settings file are typed in Latin letters, whatever the language.
TYPED = re.compile(r"(?<![A-Za-z])(?:[a-z_]+|[A-Z_]{2,})(?![A-Za-z])")


def test_korean_texts_are_in_korean() -> None:
    wrong = {}
    for id, (text, _) in catalog("ko").items():
        rest = LATIN.sub(" ", text)
        if id.startswith(("cli.", "config.", "theme.")):
            if not id.startswith("cli.var.") and not re.search("[가-힣{]", text):
                wrong[id] = text
            rest = TYPED.sub(" ", rest)
        if re.search("[A-Za-z]", rest):
            wrong[id] = text
    assert not wrong, faults("ko", f"Latin letters in {wrong}")


def test_english_texts_are_in_english() -> None:
    wrong = {id: text for id, (text, _) in catalog("en").items() if re.search("[가-힣]", text)}
    allowed = {id for id in wrong if "korean" in id or "hangul" in id or "한국어" in wrong[id]}
    assert not wrong.keys() - allowed, faults("en", f"Hangul in {wrong}")


# --- texts and code ---------------------------------------------------------------------------------------------------

TEXTUALS = frozenset({"@mouse.down"})  # names of Textual's that look like ids of texts
ASKING = frozenset({"t", "_t", "say", "texts", "Message"})


@cache
def modules() -> list[tuple[Path, ast.Module]]:
    return [(path, ast.parse(path.read_text(encoding="utf-8"))) for path in sorted(PACKAGE.rglob("*.py"))]


def name_of(node: ast.expr) -> str:
    return node.attr if isinstance(node, ast.Attribute) else node.id if isinstance(node, ast.Name) else ""


def error_classes() -> dict[str, bool]:
    """The errors told to users, by name; whether they take the id of their text as first argument."""
    found = {"FieldsalesError": True}
    classes = [node for _, tree in modules() for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    for _ in range(4):  # as deep as they are derived from each other
        for node in classes:
            bases = [name_of(base) for base in node.bases]
            if node.name not in found and any(base in found for base in bases):
                own = any(isinstance(item, ast.FunctionDef) and item.name == "__init__" for item in node.body)
                found[node.name] = not own and any(found.get(base, False) for base in bases)
    return found


def said(node: ast.expr) -> Iterator[str]:
    """The ids that an expression may be, with `*` for what is only known when it runs."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from said(node.body)
        yield from said(node.orelse)
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from said(value)
    elif isinstance(node, ast.JoinedStr):
        yield "".join(part.value if isinstance(part, ast.Constant) else "*" for part in node.values)  # type: ignore[misc]
    elif isinstance(node, ast.BinOp) and isinstance(node.op, ast.Add):
        for left in said(node.left):
            yield left + "*"


def ids_in_code() -> Iterator[tuple[str, str]]:
    errors = error_classes()
    for path, tree in modules():
        where = path.relative_to(PACKAGE).as_posix()
        parts = {id(part) for node in ast.walk(tree) if isinstance(node, ast.JoinedStr) for part in node.values}
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and node.args:
                name = name_of(node.func)
                told = (
                    name in ASKING
                    or errors.get(name, False)
                    or (
                        name == "__init__"
                        and isinstance(node.func, ast.Attribute)
                        and is_super_of_error(node, tree, errors)
                    )
                )
                if told:
                    for text in said(node.args[0]):
                        yield text, f"{where}:{node.lineno}"
            elif isinstance(node, ast.Constant | ast.JoinedStr) and id(node) not in parts:
                for text in said(node):
                    if text.startswith("@") and text not in TEXTUALS and ID.fullmatch(text[1:].replace("*", "x")):
                        yield text[1:], f"{where}:{node.lineno}"


def is_super_of_error(call: ast.Call, tree: ast.Module, errors: dict[str, bool]) -> bool:
    func = call.func
    if not (
        isinstance(func, ast.Attribute) and isinstance(func.value, ast.Call) and name_of(func.value.func) == "super"
    ):
        return False
    return any(
        isinstance(node, ast.ClassDef) and node.name in errors and any(child is call for child in ast.walk(node))
        for node in ast.walk(tree)
    )


def test_every_text_that_the_code_asks_for_exists() -> None:
    known = set(catalog("ko")) | set(catalog("en"))
    missing = {}
    for id, where in ids_in_code():
        if not ID.fullmatch(id.replace("*", "x")) or id.startswith("*"):
            continue
        pattern = re.compile(".+".join(re.escape(part) for part in id.split("*")))
        if not any(pattern.fullmatch(name) for name in known) if "*" in id else id not in known:
            missing[id] = where
    assert not missing, f"no such texts: {missing}"


def test_the_code_is_seen_to_ask_for_texts() -> None:
    """Should the walk over the code go blind, the test above would pass for nothing."""
    assert len({id for id, _ in ids_in_code()}) > 50


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_command_has_a_name_and_help(lang: str) -> None:
    ids = [f"cmd.{command.id}{end}" for command in COMMANDS for end in ("", ".help")]
    missing = [id for id in ids if id not in catalog(lang)]
    assert not missing, faults(lang, f"missing {missing}")


LABELS = {
    "kind": "visit call review message note",
    "done": "done attempt",
    "attempt": "no_answer no_reply refused",
    "mark": "late word_changed hard",
    "sheet": "half_year quarter greeting",
    "band": "steady watch caution danger unknown",
    "state": "active prospect lost released handed",
    "origin": "new inherited referred",
    "owner": "me manager",
    "relation": "good fair hurt",
    "role": "ceo head buyer other",
    "channel": "call message mail",
    "contract": "term monthly none prepaid",
    "cadence": "call review meeting visit joint",
    "promise": "give get meet greeting prevent event debrief do",
    "promise_state": "open done dropped",
    "signal": "complaint need late word_changed no_reply rush competitor people boss_asked trust payment thanks",
    "level": "heard quote replacing ceo head buyer",
    "certainty": "confirmed heard guessed",
    "fact": "place work family taste feeling market agreement gap",
    "decision": "keep convert release fine freeze hold handover",
    "trigger": "notice no_trade volume",
    "heard_by": "call visit message figures",
    "case_state": "open closed",
    "step": "1 2 3 4",
    "act": "report appointment visit close",
    "cause": "fees volume neglect competitor management other",
    "outcome": "restored half part none",
    "lost_to": "competitor manager closed released unknown",
    "left": "quiet hurt",
    "farewell": "done planned impossible",
    "event": "opened ticked unticked attempt visit call report note closed",
    "offer": "keep added higher cross",
    "answer": "accepted refused thinking",
    "deal": "once added higher cross",
    "pane": "today accounts churn lessons",
    "weekday": "0 1 2 3 4 5 6",
    "month": "1 2 3 4 5 6 7 8 9 10 11 12",
}


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_value_that_a_column_may_hold_has_a_label(lang: str) -> None:
    missing = [
        f"{part}.{v}" for part, values in LABELS.items() for v in values.split() if f"{part}.{v}" not in catalog(lang)
    ]
    assert not missing, faults(lang, f"missing {missing}")


@pytest.mark.parametrize(
    ("id", "korean", "english"),
    [
        ("band.watch", "살핌", "watch"),
        ("promise.give", "드릴 것", "I owe"),
        ("promise.get", "받을 것", "they owe"),
        ("promise.meet", "만남", "meeting"),
        ("attempt.no_reply", "답 없음", "no reply"),
        ("cause.fees", "수수료·요금제", "fees"),
        ("outcome.restored", "원복", "restored"),
        ("outcome.none", "회복 못 함", "none"),
        ("signal.boss_asked", "윗분 요청", "asked for my manager"),
        ("left.hurt", "서운해하며", "hurt"),
        ("pane.churn", "이탈 대응", "Churn response"),
        ("word.cadence", "연락 주기", "contact rhythm"),
        ("sheet.greeting", "인수 인사", "first greeting"),
        ("step.3", "거래금액 보전", "cover"),
    ],
)
def test_the_fixed_words_are_those_of_the_glossary(id: str, korean: str, english: str) -> None:
    assert (KO(id), EN(id)) == (korean, english)


def test_words_that_were_decided_against_appear_nowhere() -> None:
    """계정 is a login, 장부 brings 이중장부 to mind, 보전률 is misspelt; the others blame or cheer."""
    against = re.compile("계정|장부|보전률|불량|힘내|실패|위반|고객님|견본")
    wrong = {id: text for id, (text, _) in catalog("ko").items() if against.search(text)}
    assert not wrong, faults("ko", f"see the glossary: {wrong}")


@pytest.mark.parametrize("t", [KO, EN], ids=["ko", "en"])
def test_what_stands_on_the_screen_says_the_way_out_before_it_is_cut_off(t: Texts) -> None:
    """A line of 80 columns; a path is as long as it is, and stands last."""
    whole = ["spoilt", "full", "readonly", "gone", "busy", "failed"]
    for id in (*(f"file_{name}" for name in whole), "folder_gone", "incomplete", "unreadable", "locked", "disk_full"):
        told = t.say(Message(f"book.{id}", {"name": "fieldsales.db", "path": ""}))
        assert cells(told) <= 78, told
    assert t.say(Message("book.file_gone", {"path": "/a/path"})).endswith(": /a/path")
    damaged = t.say(Message("book.own_damaged", {"name": "fieldsales.db"}))
    assert cells(damaged.partition("--replace")[0]) < 60
