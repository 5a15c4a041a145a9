"""Checklists as data: the packaged ones are sound, and a broken one says where."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.playbooks import MAX_ITEMS, MAX_LENGTH, Playbook, PlaybookError, newer, parse_playbook
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook, playbook_names

HEAD = 'name = "x"\nversion = "1"\ntitle = "x"\nkind = "case"\n'
SHEET = HEAD.replace('"case"', '"sheet"')
DOCS = Path(__file__).parents[2] / "docs" / "checklists.md"
SHEETS = ("aftercare", "greeting", "half_year", "joint", "quarter")
GOOD = HEAD + '[[step]]\nkey = "go"\ntitle = "가기"\n[[step.item]]\nkey = "a"\ntitle = "하나"\n'


@pytest.mark.parametrize("name", ["churn.ko", "churn.en"])
def test_the_packaged_checklist_has_four_steps_that_fit_a_screen(name: str) -> None:
    """S0-06, source 000: go, find out, cover, prevent; step 1 tells first, then asks, then goes (S0-11)."""
    book = parse_playbook(find_playbook(name))
    assert [step.key for step in book.steps] == ["go", "why", "cover", "prevent"]
    assert all(1 <= len(step.items) <= MAX_ITEMS for step in book.steps)
    usual = [item.act for item in book.steps[0].items if set(item.when) <= {"not_paused"}]
    assert usual[:5] == ["report", "appointment", "visit", "heard", "offer"]
    assert book.steps[0].items[0].when == ("figures",)


def test_both_languages_have_the_same_keys() -> None:
    def keys(name: str) -> list[tuple[str, str, tuple[str, ...]]]:
        steps = parse_playbook(find_playbook(name)).steps
        return [(item.key, item.act, item.when) for step in steps for item in step.items]

    assert keys("churn.ko") == keys("churn.en")


def test_the_users_own_copy_wins(tmp_path: Path) -> None:
    (tmp_path / "churn.ko.toml").write_text(GOOD, encoding="utf-8")
    assert find_playbook("churn.ko", tmp_path) == GOOD
    assert find_playbook("churn.en", tmp_path) != GOOD
    (tmp_path / "mine.toml").write_text(GOOD, encoding="utf-8")
    assert set(playbook_names(tmp_path)) == {*playbook_names(), "mine"}


@pytest.mark.parametrize("name", ["", "../churn", "a/b", ".hidden"])
def test_a_name_cannot_lead_out_of_the_folder(name: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match=r".*"):
        find_playbook(name, tmp_path)


def test_a_missing_checklist_is_named(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError, match="visit"):
        find_playbook("visit", tmp_path)


@pytest.mark.parametrize(
    ("text", "id", "told"),
    [
        ('name = "x"\nversion = ', "playbook.syntax", {"line": 2}),
        (GOOD + 'colour = "red"\n', "playbook.unknown", {"field": "step 1, item 1, colour"}),
        (HEAD, "playbook.missing", {"field": "step"}),
        (HEAD + "step = 3\n", "playbook.kind", {"field": "step"}),
        (GOOD.replace('"하나"', '"  "'), "playbook.missing", {"field": "step 1, item 1, title"}),
        (
            GOOD.replace('"하나"', "1"),
            "playbook.text",
            {"field": "step 1, item 1, title", "example": 'title = "1"'},
        ),
        (GOOD.replace('"하나"', "true"), "playbook.text", {"example": 'title = "…"'}),
        (GOOD.replace('"하나"', "0x" + "f" * 9000), "playbook.text", {"example": 'title = "…"'}),
        (GOOD + 'act = ["visit"]\n', "playbook.text", {"example": 'act = "visit"'}),
        (GOOD + 'when = "figures"\n', "playbook.list", {"example": 'when = ["figures"]'}),
        (GOOD + 'when = "never"\n', "playbook.list", {"field": "step 1, item 1, when"}),
        (GOOD.replace("하나", "가" * 81), "playbook.long", {"field": "step 1, item 1, title", "most": 80}),
        (GOOD + 'act = "fly"\n', "playbook.choice", {"field": "step 1, item 1, act"}),
        (GOOD + 'when = ["never"]\n', "playbook.choice", {"field": "step 1, item 1, when"}),
        (GOOD + '[[step.item]]\nkey = "a"\ntitle = "둘"\n', "playbook.twice", {"field": "step 1, item 2, key"}),
        (GOOD.replace('key = "a"', 'key = "하나"'), "playbook.key", {"field": "step 1, item 1, key"}),
        (
            HEAD + '[[step]]\nkey = "go"\ntitle = "x"\nitem = []\n',
            "playbook.count",
            {"field": "step 1, item", "least": 1, "most": 9},
        ),
        (GOOD + "�", "playbook.encoding", {}),
    ],
)
def test_a_broken_checklist_says_where_and_why(text: str, id: str, told: dict[str, str | int]) -> None:
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(text)
    message = caught.value.message
    assert message.id == id
    assert told.items() <= message.args.items()
    for lang in ("ko", "en"):
        worded = Texts(lang).say(message)
        assert worded != id
        assert "{" not in worded


def test_a_tenth_line_is_one_too_many() -> None:
    """S0-06."""
    more = "".join(f'[[step.item]]\nkey = "k{n}"\ntitle = "줄"\n' for n in range(9))
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(GOOD + more)
    assert caught.value.message.id == "playbook.count"


@given(st.text())
def test_any_text_is_a_checklist_or_refused_by_name(text: str) -> None:
    with pytest.raises(PlaybookError):
        parse_playbook(text)


# --- the lists that are prepared ------------------------------------------------------------------------------------


def shipped(name: str) -> Playbook:
    return parse_playbook(find_playbook(name))


def test_six_checklists_come_in_both_languages() -> None:
    assert playbook_names() == sorted(f"{name}.{lang}" for name in ("churn", *SHEETS) for lang in ("ko", "en"))


@pytest.mark.parametrize("name", SHEETS)
def test_a_prep_sheet_has_the_same_lines_in_both_languages(name: str) -> None:
    ko, en = shipped(f"{name}.ko"), shipped(f"{name}.en")
    assert (ko.name, ko.kind, ko.version, ko.offer) == (name, "sheet", en.version, en.offer)
    assert [(item.key, item.act) for item in ko.items] == [(item.key, item.act) for item in en.items]
    assert [step.key for step in ko.steps] == [step.key for step in en.steps]
    assert all(bool(one.help) == bool(other.help) for one, other in zip(ko.items, en.items, strict=True))


@pytest.mark.parametrize("name", ["churn", *SHEETS])
def test_korean_checklists_hold_no_latin_word_and_no_loud_sign(name: str) -> None:
    for item in shipped(f"{name}.ko").items:
        said = (item.title + item.help).replace("{boss}", "")
        said = re.sub("Enter|Esc", "", said)  # keys are called what stands on them
        assert not re.search(r"[A-Za-z]{2,}|[!]|고객님|힘내|실패|경고|위반", said), said


def test_taking_over_begins_with_three_questions_to_the_previous_rep() -> None:
    """S0-01, source 004: open promises, who is hurt by what, the end of the contract; then Louisi's visit."""
    before, there = shipped("greeting.ko").steps
    assert [item.act for item in before.items] == ["promises", "told", "contract"]
    assert [item.key for item in there.items] == ["visit", "look", "mend", "grievance", "card", "next"]


def test_the_quarterly_review_asks_for_what_they_gained_and_not_for_what_they_paid() -> None:
    """S4-19: what they need besides, what to strengthen, what got better; only what they had is filled from amounts."""
    acts = {item.key: item.act for item in shipped("quarter.ko").items}
    assert acts["usage"] == "usage"
    assert acts["more"] == "needs"
    assert acts["strengthen"] == acts["gained"] == ""


def test_the_half_year_meeting_has_complaints_questions_and_what_was_settled_there() -> None:
    """S4-20."""
    keys = {item.key for item in shipped("half_year.ko").items}
    assert {"explain", "complaints", "questions", "solved"} <= keys


def test_aftercare_looks_at_each_thing_they_have() -> None:
    """S4-08: check, clean, how it is used, what runs low; done by a logged visit."""
    acts = {item.key: item.act for item in shipped("aftercare.ko").items}
    assert acts["owned"] == "owned"
    assert acts["visit"] == "visit"
    assert {"check", "clean", "how", "supplies"} <= acts.keys()


def test_the_joint_visit_is_prepared_and_looked_back_on() -> None:
    """S2-15: both aims, what was settled before, who says what, place and host, the wished sentence."""
    keys = {item.key for item in shipped("joint.ko").items}
    assert {"their_aim", "our_aim", "agreed", "listen", "order", "host", "wish", "mandate", "changed"} <= keys


# --- what is told of a broken file -----------------------------------------------------------------------------------

LONG = """# a head

name = "x"
version = "1"
title = "x"

[[step]]
key = "one"
title = \"\"\"
[[step]]
key = "not a line of its own"
\"\"\"

  [[step.item]]  # a remark
  key = "a"
  title = "A"

  [[step.item]]
  "key" = "b"
  title = "B"
  act = "visit"

[[step]]
key = "two"
title = "Two"

[[step.item]]
key = "c"
title = "C"
"""


def where(text: str) -> tuple[str, object]:
    with pytest.raises(PlaybookError) as caught:
        parse_playbook(text)
    assert "line" in caught.value.message.args
    return caught.value.message.id, caught.value.message.args["line"]


@pytest.mark.parametrize(
    ("old", "new", "id", "line"),
    [
        ('act = "visit"', 'act = "fly"', "playbook.choice", 21),
        ('"key" = "b"', '"key" = "a"', "playbook.twice", 19),
        ('title = "C"', "title = 3", "playbook.text", 29),
        ('version = "1"', "version = 2", "playbook.text", 4),
        ('title = "C"\n', "", "playbook.missing", 27),  # the line of the table that lacks it
        ('key = "two"', 'key = "Two"', "playbook.key", 24),
        ('title = "B"', 'titel = "B"', "playbook.unknown", 20),
        ('version = "1"', f'version = "{"1" * 30}"', "playbook.long", 4),
        ('title = "x"\n', "title = \n", "playbook.syntax", 5),
        ('name = "x"\n', "", "playbook.missing", 1),
        ('name = "x"', 'name = "x"\nkind = "poem"', "playbook.choice", 4),
        ('name = "x"', 'name = "x"\noffer = ["never"]', "playbook.choice", 4),
        ('title = "A"', 'title = "A\ufffd"', "playbook.encoding", 16),
    ],
)
def test_an_error_names_the_line_and_the_reason(old: str, new: str, id: str, line: int) -> None:
    assert old in LONG
    assert parse_playbook(LONG).items[1].act == "visit"
    assert where(LONG.replace(old, new, 1)) == (id, line)


def test_a_file_of_a_million_letters_is_refused_before_it_is_read() -> None:
    assert where(GOOD + "#" * MAX_LENGTH) == ("playbook.large", 1)


def test_a_prep_sheet_knows_no_conditions_and_no_acts_of_a_case() -> None:
    item = '[[step]]\nkey = "s"\ntitle = "S"\n[[step.item]]\nkey = "a"\ntitle = "A"\n'
    assert parse_playbook(SHEET + item).kind == "sheet"
    assert where(SHEET + item + 'when = ["paused"]\n') == ("playbook.unknown", 11)
    assert where(SHEET + item + 'act = "offer"\n') == ("playbook.choice", 11)
    assert where(HEAD + item + 'act = "usage"\n') == ("playbook.choice", 11)


def test_a_list_without_a_kind_is_a_sheet_unless_it_is_the_churn_response() -> None:
    plain = GOOD.replace('kind = "case"\n', "")
    assert parse_playbook(plain).kind == "sheet"
    assert parse_playbook(plain.replace('name = "x"', 'name = "churn"')).kind == "case"


@given(st.lists(st.integers(0, 99), max_size=3), st.lists(st.integers(0, 99), max_size=3))
def test_editions_are_compared_by_their_numbers(one: list[int], other: list[int]) -> None:
    words = [".".join(map(str, numbers)) for numbers in (one, other)]
    assert newer(*words) == (one > other)


def test_an_edition_without_a_number_is_never_newer() -> None:
    assert not newer("mine", "1")
    assert newer("1.10", "1.9")


def examples() -> list[str]:
    return re.findall(r"```toml\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.S)


def test_every_example_of_the_documentation_is_a_checklist() -> None:
    """docs/checklists.md: one example in each language, and they are alike."""
    ko, en = (parse_playbook(text) for text in examples())
    assert [(item.key, item.act) for item in ko.items] == [(item.key, item.act) for item in en.items]


def test_the_documentation_names_every_word_that_a_file_may_hold() -> None:
    from fieldsales.domain.playbooks import KINDS, OFFERS, SHEET_ACTS

    for half in DOCS.read_text(encoding="utf-8").split("## English")[:2]:
        for word in {*KINDS, *OFFERS, *SHEET_ACTS, "act", "help", "when", "{boss}"} - {""}:
            assert f"`{word}`" in half or f'`"{word}"`' in half or (word == "{boss}" and word in half), word
