"""내 백업 on the command line: `export` and `import` of a folder, their words, JSON and exit codes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from said import Call


@pytest.fixture
def backup(call: Call, tmp_path: Path) -> Path:
    """A backup in JSON of a book with two accounts."""
    assert call("add", "한빛정밀", "--tier", "A", "--person", "김하늘").code == 0
    assert call("add", "한길상사", "--phone", "02-123-4567").code == 0
    assert call("export", "--json", str(tmp_path / "backup")).code == 0
    return tmp_path / "backup"


def test_an_export_says_where_it_is_and_that_it_holds_everything(call: Call, backup: Path, tmp_path: Path) -> None:
    said = call("export", "--csv", str(tmp_path / "csv"))
    assert said.code == 0
    assert str(tmp_path / "csv") in said.out
    assert "마음과 오답노트" in said.out
    told = json.loads((tmp_path / "csv" / "fieldsales-export.json").read_text(encoding="utf-8"))
    assert (told["kind"], told["files"]["account.csv"]["rows"]) == ("csv", 2)
    assert "남에게 주지 마세요" in told["about"]


def test_both_kinds_at_once_and_the_result_as_json(call: Call, backup: Path, tmp_path: Path) -> None:
    said = call("--json", "export", "--json", str(tmp_path / "one"), "--csv", str(tmp_path / "two"))
    assert said.code == 0
    assert [one["as"] for one in said.json["exports"]] == ["json", "csv"]
    assert said.json["exports"][0]["tables"]["account"] == 2
    assert (tmp_path / "two" / "op.csv").exists()


@pytest.mark.parametrize("argv", [["export"], ["export", "--json"], ["export", "--csv"], ["export", "there"]])
def test_an_export_needs_to_know_where(call: Call, backup: Path, argv: list[str]) -> None:
    said = call(*argv)
    assert (said.code, said.out) == (2, "")
    assert "fieldsales" in said.err


def test_an_export_into_a_folder_with_something_in_it_is_refused(call: Call, backup: Path) -> None:
    before = sorted(path.stat().st_mtime_ns for path in backup.iterdir())
    said = call("--json", "export", "--json", str(backup))
    assert said.code == 1
    assert said.json["error"]["id"] == "whole.not_empty"
    assert str(backup) in said.err
    assert sorted(path.stat().st_mtime_ns for path in backup.iterdir()) == before


def test_an_export_without_a_book_says_so_and_leaves_nothing(call: Call, tmp_path: Path) -> None:
    said = call("export", "--json", str(tmp_path / "none"))
    assert said.code == 1
    assert "수첩이 아직 없어요" in said.err
    assert not (tmp_path / "none").exists()


def test_on_a_new_machine_the_import_makes_the_book(call: Call, backup: Path) -> None:
    said = call("import", str(backup), "--dry-run", machine="new")
    assert (said.code, "세어만" in said.out) == (0, True)
    assert call("accounts", machine="new").code == 1
    said = call("import", str(backup), machine="new")
    assert said.code == 0
    assert "수첩을 만들었어요" in said.out
    listed = call("--json", "accounts", machine="new").json
    assert {one["account"] for one in listed["accounts"]} == {"한빛정밀", "한길상사"}
    again = call("import", str(backup / "fieldsales-export.json"), "--json", machine="new")
    assert (again.code, again.json["folders"][0]["operations"], again.json["in_file"]) == (0, 0, True)


def test_the_backup_of_another_book_needs_to_be_joined(call: Call, backup: Path) -> None:
    assert call("add", "다른 회사", machine="other").code == 0
    said = call("import", str(backup), machine="other")
    assert said.code == 1
    assert "backup" in said.err
    assert "fieldsales.db" in said.err
    assert "--join" in said.err
    assert call("--json", "accounts", machine="other").json["count"] == 1
    assert call("import", str(backup), "--join", machine="other").code == 0
    assert call("--json", "accounts", machine="other").json["count"] == 3


def test_edited_rows_are_counted_and_the_dropped_ones_listed(call: Call, backup: Path) -> None:
    path = backup / "account.json"
    rows = json.loads(path.read_text(encoding="utf-8"))
    rows[0]["region"] = "일산"
    rows.append({"name": "새 회사", "tier": "D"})
    path.write_text(json.dumps(rows, ensure_ascii=False, indent=1), encoding="utf-8")
    said = call("import", str(backup))
    assert said.code == 0
    assert "새로 0 + 고침 1 + 빠짐 1 = 읽음 2" in said.out
    assert "account.json" in said.out
    assert "tier" in said.out


def test_a_damaged_backup_is_refused_and_the_book_stays(call: Call, backup: Path) -> None:
    (backup / "op.json").write_text("[]")
    said = call("--json", "import", str(backup))
    assert said.code == 1
    assert "op.json" in said.err
    assert said.json["folders"][0]["imported"] is False
    (backup / "fieldsales-export.json").unlink()
    said = call("import", str(backup))
    assert said.code == 1
    assert "내 백업이 아니에요" in said.err
    assert call("--json", "accounts").json["count"] == 2


def test_a_csv_file_still_needs_to_be_told_what_it_is(call: Call, backup: Path, tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("이름\n새 회사\n", encoding="utf-8")
    said = call("import", str(tmp_path / "a.csv"))
    assert said.code == 2
    assert "--as" in said.err
    assert call("import", str(tmp_path / "a.csv"), "--as", "accounts").code == 0
    assert call("--json", "accounts").json["count"] == 3


def test_help_tells_of_both(call: Call) -> None:
    said = call("export", "--help")
    assert said.code == 0
    assert "--csv" in said.out
    assert "내 백업" in said.out
