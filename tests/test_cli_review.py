"""`fieldsales history` and `fieldsales conflicts`: what was written when, and what needs a look."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from two_copies import OFFICE, apart, new_book

from fieldsales.cli import run


class Caller:
    """Runs commands on the book of a folder."""

    def __init__(self, folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder = folder
        self.capsys = capsys

    def __call__(self, *argv: str, lang: str = "ko") -> tuple[int, str]:
        code = run(["--file", str(self.folder / "book.db"), "--today", "2026-11-20", "--lang", lang, *argv])
        out, err = self.capsys.readouterr()
        return code, out or err

    def json(self, *argv: str) -> dict[str, Any]:
        code, out = self(*argv, "--json")
        assert code == 0
        found: dict[str, Any] = json.loads(out)
        return found


@pytest.fixture
def call(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Caller:
    monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path))
    return Caller(tmp_path, capsys)


@pytest.mark.parametrize(
    ("lang", "words"),
    [
        ("ko", ("가온상사 · 전화", "이 기기", "02-111-1111", OFFICE, "지금 값", "2026년 12월 1일", "남겨 두기")),
        ("en", ("가온상사 · Phone", "this machine", "02-111-1111", OFFICE, "stands now", "1 Dec 2026", "keep it")),
    ],
)  # fmt: skip
def test_conflicts_lists_every_value_with_who_and_when(call: Caller, lang: str, words: tuple[str, ...]) -> None:
    apart(call.folder).close()
    code, out = call("conflicts", lang=lang)
    assert code == 0
    assert [word for word in words if word not in out] == []


def test_conflicts_as_json_hold_the_values_themselves(call: Caller) -> None:
    apart(call.folder).close()
    found = call.json("conflicts")
    assert (found["version"], found["command"], found["count"]) == (1, "conflicts", 5)
    phone = next(one for one in found["conflicts"] if one["column"] == "phone")
    assert (phone["table"], phone["id"], phone["account"], phone["before"]) == (
        "account",
        "a0",
        "가온상사",
        "02-000-0000",
    )
    values = {(one["value"], one["mine"]) for one in phone["values"]}
    assert values == {("02-111-1111", True), ("02-222-2222", False)}
    assert sum(one["stands"] for one in phone["values"]) == 1


def test_without_conflicts_it_says_so(call: Caller) -> None:
    new_book(call.folder).close()
    assert call("conflicts") == (0, "골라 주실 것이 없어요.\n")
    assert call.json("conflicts")["conflicts"] == []


def test_history_tells_who_changed_what(call: Caller) -> None:
    apart(call.folder).close()
    code, out = call("history", "가온")
    assert code == 0
    assert any(OFFICE in line and "02-000-0000 → 02-222-2222" in line for line in out.splitlines())
    assert any("이 기기" in line and "02-000-0000 → 02-111-1111" in line for line in out.splitlines())
    assert "가온상사 적음" in out
    code, out = call("history", "가온", lang="en")
    assert "02-000-0000 → 02-222-2222" in out


def test_history_as_json_and_with_a_limit(call: Caller) -> None:
    apart(call.folder).close()
    found = call.json("history", "a0", "--limit", "2")
    assert (found["account_id"], len(found["edits"])) == ("a0", 2)
    assert found["count"] > 2
    whole = call.json("history", "a0", "--limit", "0")
    assert len(whole["edits"]) == whole["count"] == found["count"]
    one = next(edit for edit in whole["edits"] if edit["to"] == "02-222-2222")
    assert (one["from"], one["machine"], one["column"]) == ("02-000-0000", OFFICE, "phone")


def test_an_account_that_is_not_there_is_refused(call: Caller) -> None:
    new_book(call.folder).close()
    assert call("history", "없는곳")[0] == 1


def test_what_is_masked_is_left_out(call: Caller) -> None:
    apart(call.folder).close()
    from fieldsales.config import places

    file = places({"FIELDSALES_HOME": str(call.folder)}, "-").config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text("mask_on_open = true\n", encoding="utf-8")
    _, out = call("history", "가온")
    assert "단가 이야기" not in out
    assert "02-222-2222" in out
    _, out = call("conflicts")
    assert "단가 이야기" not in out
    assert "02-222-2222" in out
    assert out.count("가림이 켜져 있어서 보이지 않는 줄") == 2 and "비어 있음" not in out


@pytest.mark.parametrize(("lang", "said"), [("ko", "나만 보는 줄이라"), ("en", "a private line")])
def test_a_private_line_in_question_is_said_to_be_private_and_not_to_be_empty(
    call: Caller, lang: str, said: str
) -> None:
    from datetime import datetime

    from two_copies import copy_of, take

    from fieldsales.domain.model import Lesson

    now = datetime(2026, 11, 20, 9, 0)
    book = new_book(call.folder)
    with book.change("lesson", now) as change:
        change.add(Lesson("l", "a0", line="먼저 전화한다"))
    other = copy_of(book, call.folder)
    for one, words in ((book, "분했다"), (other, "속상했다")):
        with one.change("lesson", now) as change:
            change.edit(Lesson, "l", feeling=words)
    take(book, other)
    book.publish_now()
    other.close()
    book.close()
    out = call("conflicts", lang=lang)[1]
    assert out.count(said) == 2
    assert not any(word in out for word in ("분했다", "속상했다", "비어 있음", "empty"))
    (found,) = call.json("conflicts")["conflicts"]
    assert found["hidden"] and {one["value"] for one in found["values"]} == {None}


def test_masked_no_word_of_a_case_and_no_private_answer_is_told(call: Caller) -> None:
    """What I hold against myself, a self-check, a complaint: as little as `show --mask` tells."""
    from datetime import datetime

    from two_copies import copy_of, take

    from fieldsales.config import places
    from fieldsales.domain.model import Cause, ChurnCase, Decision, Signal

    now = datetime(2026, 11, 20, 9, 0)
    book = new_book(call.folder)
    with book.change("case", now) as change:
        change.add(ChurnCase("k", "a0", heard_from="c0"))
        change.add(Cause("u", "a0", "k", kind="neglect", text="못 챙긴 일", control="yes"))
        change.add(Decision("d", "a0", kind="self_check", text="care:no"))
        change.add(Signal("s", "a0", kind="complaint", text="말이 바뀌었다"))
    other = copy_of(book, call.folder)
    for one, words in ((book, "먼저 못 챙긴 일"), (other, "나중에 못 챙긴 일")):
        with one.change("cause", now) as change:
            change.edit(Cause, "u", text=words)
    take(book, other)
    book.publish_now()
    other.close()
    book.close()
    file = places({"FIELDSALES_HOME": str(call.folder)}, "-").config_file
    file.parent.mkdir(parents=True, exist_ok=True)
    told = {name: call(*name)[1] for name in (("history", "가온"), ("conflicts",))}
    assert "못 챙긴 일" in told["history", "가온"] and "못 챙긴 일" in told["conflicts",]
    file.write_text("mask_on_open = true\n", encoding="utf-8")
    for name in told:
        out = call(*name)[1]
        assert out and not any(word in out for word in ("못 챙긴 일", "care:no", "말이 바뀌었다"))


def test_control_characters_never_reach_the_terminal(call: Caller) -> None:
    from datetime import datetime

    from fieldsales.domain.model import Account

    book = new_book(call.folder)
    with book.change("account_edit", datetime(2026, 11, 20)) as change:
        change.edit(Account, "a0", region="\x1b[31m마포\x07")
    book.close()
    assert "\x1b" not in call("history", "가온")[1]
