"""`fieldsales checklists`: list, read, copy, check."""

from __future__ import annotations

from pathlib import Path

import pytest
from said import Call

from fieldsales.playbooks import find_playbook

NAMES = ["aftercare", "churn", "greeting", "half_year", "joint", "quarter"]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "home" / "config" / "playbooks"


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_every_checklist_is_listed_without_a_book(call: Call, lang: str, tmp_path: Path) -> None:
    said = call("checklists", lang=lang)
    assert said.code == 0
    assert all(name in said.out for name in NAMES)
    found = call("checklists", "--json", lang=lang).json
    assert [one["name"] for one in found["checklists"]] == NAMES
    assert {one["own"] for one in found["checklists"]} == {False}
    assert not (tmp_path / "home").exists()


def test_one_is_read_with_boxes_to_tick(call: Call) -> None:
    said = call("checklists", "greeting")
    assert said.out.startswith("인수 인사\n\n전임자께 여쭐 것\n[ ] ")
    assert "{boss}" not in call("checklists", "joint").out
    found = call("checklists", "greeting", "--json").json
    assert [item["act"] for item in found["steps"][0]["items"]] == ["promises", "told", "contract"]


def test_a_copy_is_ours_to_the_letter_and_is_then_the_users(call: Call, folder: Path) -> None:
    assert call("checklists", "joint", "--copy").code == 0
    path = folder / "joint.ko.toml"
    assert path.read_text(encoding="utf-8") == find_playbook("joint.ko")
    path.write_text(path.read_text(encoding="utf-8").replace('"동반 방문"', '"모시고 가기"'), encoding="utf-8")
    assert call("checklists", "joint").out.startswith("모시고 가기\n")
    again = call("checklists", "joint", "--copy")
    assert (again.code, str(path) in again.err) == (1, True)
    assert "모시고 가기" in path.read_text(encoding="utf-8")
    mine = {one["name"]: one for one in call("checklists", "--json").json["checklists"]}
    assert (mine["joint"]["own"], mine["joint"]["path"], mine["quarter"]["own"]) == (True, str(path), False)


def test_a_newer_edition_is_told_and_the_copy_stays(call: Call, folder: Path) -> None:
    call("checklists", "joint", "--copy")
    path = folder / "joint.ko.toml"
    path.write_text(find_playbook("joint.ko").replace('version = "1"', 'version = "0.3"'), encoding="utf-8")
    assert "0.3판" in call("checklists").out
    found = {one["name"]: one for one in call("checklists", "--json").json["checklists"]}
    assert (found["joint"]["version"], found["joint"]["newer"]) == ("0.3", "1")


@pytest.mark.parametrize("name", ["nothing", "../secrets", "-x"])
def test_a_name_there_is_not_is_refused(call: Call, name: str) -> None:
    for rest in ((), ("--copy",)):
        assert call("checklists", *rest, "--", name).code == 1


def test_a_good_file_is_said_to_be_good(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    path.write_text(find_playbook("half_year.ko"), encoding="utf-8")
    said = call("checklists", "--check", str(path))
    assert (said.code, "반기 상담" in said.out) == (0, True)
    assert call("checklists", "--check", str(path), "--json").json["lines"] == 7


def test_a_broken_file_names_its_line_and_the_reason(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    text = find_playbook("half_year.ko").replace('act = "visit"', 'act = "fly"')
    path.write_text(text, encoding="utf-8")
    line = text[: text.index('act = "fly"')].count("\n") + 1
    said = call("checklists", "--check", str(path))
    assert said.code == 1
    assert f"{path}:{line}\n" in said.err
    assert 'act = "fly"' in said.err
    assert "promises" in said.err  # what may stand there
    found = call("checklists", "--check", str(path), "--json").json
    assert (found["error"]["id"], found["error"]["line"]) == ("playbook.choice", line)


def test_what_lacks_its_quotes_or_brackets_is_shown_how_it_is_written(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "x.toml"
    good = find_playbook("churn.ko")
    for old, new, wanted in (
        ('version = "2"', "version = 2", 'version = "2"'),
        ('when = ["figures"]', 'when = "figures"', 'when = ["figures"]'),
    ):
        assert old in good
        path.write_text(good.replace(old, new, 1), encoding="utf-8")
        for lang in ("ko", "en"):
            said = call("checklists", "--check", str(path), "--lang", lang)
            assert said.code == 1
            assert wanted in said.err


def test_a_file_that_is_not_there_and_one_of_signs_are_refused(call: Call, tmp_path: Path) -> None:
    assert call("checklists", "--check", str(tmp_path / "none.toml")).code == 1
    assert call("checklists", "--check", str(tmp_path)).code == 1
    path = tmp_path / "x.toml"
    path.write_bytes(b'name = "x"\ntitle = "\xc7\xd1\x1b[2J"\n')
    said = call("checklists", "--check", str(path))
    assert said.code == 1
    assert "2번째 줄" in said.err
    assert "\x1b" not in said.err


def test_a_broken_own_file_is_told_and_ours_is_read(call: Call, folder: Path) -> None:
    folder.mkdir(parents=True)
    (folder / "churn.ko.toml").write_text("name = ", encoding="utf-8")
    (folder / "mine.toml").write_text("?", encoding="utf-8")
    said = call("checklists")
    assert said.code == 0
    assert "churn: " in said.err
    assert "mine: " in said.err
    one = call("checklists", "churn")
    assert (one.code, one.out.startswith("이탈 대응\n"), "1번째 줄" in one.err) == (0, True, True)
    assert call("checklists", "mine").code == 1
    troubles = call("checklists", "--json").json["troubles"]
    assert [trouble["name"] for trouble in troubles] == ["churn", "mine"]
