"""Checklists as data: the packaged ones are sound, and a broken one says where."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.playbooks import MAX_ITEMS, PlaybookError, parse_playbook
from fieldsales.locale import Texts
from fieldsales.playbooks import find_playbook, playbook_names

HEAD = 'name = "x"\nversion = "1"\ntitle = "x"\n'
GOOD = HEAD + '[[step]]\nkey = "go"\ntitle = "가기"\n[[step.item]]\nkey = "a"\ntitle = "하나"\n'


@pytest.mark.parametrize("name", ["churn.ko", "churn.en"])
def test_the_packaged_checklist_has_four_steps_that_fit_a_screen(name: str) -> None:
    """S0-06, source 000: go, find out, cover, prevent; step 1 tells first, then asks, then goes (S0-11)."""
    book = parse_playbook(find_playbook(name))
    assert [step.key for step in book.steps] == ["go", "why", "cover", "prevent"]
    assert all(1 <= len(step.items) <= MAX_ITEMS for step in book.steps)
    usual = [item.act for item in book.steps[0].items if not set(item.when) & {"figures", "paused"}]
    assert usual == ["report", "appointment", "visit", "heard", ""]
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
    assert playbook_names(tmp_path) == ["churn.en", "churn.ko"]


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
        (GOOD.replace('"하나"', "1"), "playbook.kind", {"field": "step 1, item 1, title"}),
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
