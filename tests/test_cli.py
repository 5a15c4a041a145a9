from __future__ import annotations

import os
import subprocess
import sys
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

import pytest
from said import DAY, Call

from fieldsales.cli import run
from fieldsales.domain.model import Contact
from fieldsales.storage.book import Book

ROOT = Path(__file__).parents[1]


@pytest.fixture
def two(call: Call) -> Call:
    """A book with two accounts."""
    assert call("add", "한빛정밀", "--tier", "A", "--region", "일산", "--person", "김하늘").code == 0
    assert call("add", "한길상사", "--phone", "02-123-4567").code == 0
    return call


# --- what is understood ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "argv",
    [
        ["dance"],
        ["--dance"],
        ["log"],
        ["log", "한빛"],
        ["log", "한빛", "dance"],
        ["log", "한빛", "call", "--attempt", "perhaps"],
        ["log", "한빛", "call", "--said"],
        ["log", "한빛", "call", "--time", "25:00"],
        ["log", "한빛", "call", "--day", "yesterday"],
        ["show", "a", "b"],
        ["accounts", "--limit", "few"],
        ["accounts", "--order", "colour"],
        ["import", "a.csv"],
        ["import", "--as", "accounts"],
        ["--today", "2026-13-01"],
        ["--today", "20261120", "today"],
        [],
    ],
)
@pytest.mark.parametrize("lang", ["ko", "en"])
def test_what_is_not_understood_is_said_in_the_users_language(
    argv: list[str], lang: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["--lang", lang, *argv]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    first, second = err.splitlines()
    assert any("가" <= sign <= "힣" for sign in first) == (
        lang == "ko" or "방문" in first or "부재중" in first or "살필" in first
    )
    assert "fieldsales" in second


@pytest.mark.parametrize("command", ["", "today", "accounts", "show", "log", "add", "merge", "import", "demo"])
def test_help_is_in_the_users_language(command: str, capsys: pytest.CaptureFixture[str]) -> None:
    for lang, word in (("ko", "쓰는 법: fieldsales"), ("en", "Usage: fieldsales")):
        assert run(["--lang", lang, *([command] if command else []), "--help"]) == 0
        out, _ = capsys.readouterr()
        assert out.startswith(word)
        assert "--json" in out
        assert "Show this message" not in out


def test_options_may_stand_before_and_after_the_command(two: Call) -> None:
    assert two("--json", "accounts").json == two("accounts", "--json").json
    assert two("accounts", "--lang", "en", "--today", "2026-12-01", "--json").json["day"] == "2026-12-01"


@pytest.mark.parametrize(
    "argv",
    [
        ["log", "한빛", "call"],
        ["log", "한빛", "방문", "--heard", "a b", "--time", "9:05", "--day", "2026-11-01", "--json"],
        ["--file", "x.db", "log", "--with", "가", "--with", "나", "한빛", "note", "--today", "2026-11-20"],
        ["log", "한빛", "message", "--attempt", "no_reply", "--promise", "내일까지", "--promise", "모레까지"],
    ],
)
def test_the_short_way_to_log_understands_what_the_library_does(
    argv: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from fieldsales import cli, cli_jobs
    from fieldsales.cli_session import Session
    from fieldsales.locale import Texts

    heard: list[object] = []

    def note(session: Session, **values: object) -> int:
        heard.append((session.places.book, session.today, session.json, values))
        return 0

    monkeypatch.setattr(cli_jobs, "log", note)
    short = cli._plain_log(argv)
    assert short is not None
    assert cli._with_session(Texts("ko"), short[0], note, short[1]) == 0
    assert cli._understood(Texts("ko"), argv, {}) == 0
    assert heard[0] == heard[1]


@pytest.mark.parametrize(
    "argv",
    [
        ["log", "한빛"],
        ["log", "한빛", "dance"],
        ["log", "한빛", "call", "more"],
        ["log", "한빛", "call", "--attempt"],
        ["log", "한빛", "call", "--attempt", "perhaps"],
        ["log", "한빛", "call", "--heard=x"],
        ["log", "한빛", "call", "--heard", "--said"],
        ["log", "한빛", "call", "--day", "soon"],
        ["log", "한빛", "call", "--time", "25:00"],
        ["log", "한빛", "call", "--today", "soon"],
        ["log", "한빛", "call", "--lang", "fr"],
        ["show", "log", "call"],
    ],
)
def test_the_short_way_to_log_leaves_the_rest_to_the_library(argv: list[str]) -> None:
    from fieldsales.cli import _plain_log

    assert _plain_log(argv) is None


# --- the book -------------------------------------------------------------------------------------------------------


def test_without_a_book_nothing_is_made_by_reading(call: Call, tmp_path: Path) -> None:
    for argv in (["today"], ["accounts"], ["show", "한빛"], ["log", "한빛", "call"], ["merge", "other.db"]):
        said = call(*argv)
        assert (said.code, said.out) == (1, "")
        assert "fieldsales add" in said.err
    assert not (tmp_path / "home" / "fieldsales.db").exists()


@pytest.mark.parametrize("kind", ["folder", "text", "empty"])
def test_a_file_that_is_no_book_is_refused_and_left_as_it_is(call: Call, tmp_path: Path, kind: str) -> None:
    path = tmp_path / "book.db"
    if kind == "folder":
        path.mkdir()
    else:
        path.write_text("이것은 수첩이 아니에요\n" * 50 if kind == "text" else "")
    said = call("--file", str(path), "add", "한빛정밀")
    assert said.code == 1
    assert "Traceback" not in said.err
    assert path.is_dir() if kind == "folder" else path.stat().st_size == (0 if kind == "empty" else path.stat().st_size)


def test_an_account_is_found_by_name_part_initials_and_id(two: Call) -> None:
    id = two("show", "한빛정밀", "--json").json["account"]["id"]
    for text in ("한빛", "ㅎㅂㅈㅁ", "gksqlc", id, "김하늘"):
        assert two("show", text, "--json").json["account"]["name"] == "한빛정밀", text


def test_an_ambiguous_name_is_refused_with_its_candidates(two: Call) -> None:
    said = two("log", "한", "call", "--json")
    assert said.code == 1
    assert {one["account"] for one in said.json["error"]["candidates"]} == {"한빛정밀", "한길상사"}
    assert "한빛정밀" in said.err
    assert "한길상사" in said.err
    assert two("show", "한길상사", "--json").json["activities"] == []


def test_an_account_is_not_added_twice(two: Call) -> None:
    assert two("add", " 한빛정밀 ").code == 1
    assert two("accounts", "--json").json["count"] == 2


def test_a_log_is_kept_with_its_promises_and_is_in_the_file(two: Call, tmp_path: Path) -> None:
    said = two(
        "log", "한빛", "전화", "--heard", "단가를 물음", "--with", "하늘", "--promise", "다음 주 화까지 단가표",
        "--promise", "견적서", "--time", "9:30", "--json",
    )  # fmt: skip
    assert said.code == 0
    assert said.json["in_file"]
    assert [(one["title"], one["due_on"]) for one in said.json["promises"]] == [
        ("단가표", "2026-11-24"),
        ("견적서", ""),
    ]
    page = two("show", "한빛", "--json").json
    (activity,) = page["activities"]
    assert (activity["kind"], activity["heard"], activity["time"]) == ("call", "단가를 물음", "09:30")
    assert activity["contact_id"] == page["people"][0]["id"]
    import sqlite3

    with sqlite3.connect(tmp_path / "home" / "fieldsales.db") as book:
        assert book.execute("SELECT count(*) FROM activity").fetchone() == (1,)


def test_an_attempt_is_no_contact(two: Call) -> None:
    """V5"""
    assert two("log", "한빛", "call", "--attempt", "--json").json["attempt"] == "no_answer"
    page = two("show", "한빛", "--json").json
    assert page["activities"][0]["outcome"] == "attempt"
    assert page["last_contact"] == ""


def test_a_log_of_a_day_to_come_is_refused(two: Call) -> None:
    assert two("log", "한빛", "visit", "--day", "2026-11-21").code == 1
    assert two("log", "한빛", "visit", "--day", "2026-11-19").code == 0


def test_today_lists_a_promise_that_is_due(two: Call) -> None:
    two("log", "한빛", "visit", "--promise", "오늘까지 단가표")
    said = two("today", "--json").json
    assert said["day"] == DAY
    assert [line["account"] for line in said["today"]] == ["한빛정밀"]
    assert "한빛정밀" in two("today").out


def test_the_list_is_cut_and_says_so(two: Call) -> None:
    said = two("accounts", "--limit", "1")
    assert "1곳 더" in said.out
    assert len(two("accounts", "--limit", "0", "--json").json["accounts"]) == 2


def test_the_columns_stand_under_each_other_by_display_width(two: Call) -> None:
    from fieldsales.domain.width import cells

    two("add", "Acme")
    lines = [line for line in two("accounts").out.splitlines() if "모름" in line]
    assert len(lines) == 3
    assert len({cells(line[: line.index(name)]) for line in lines for name in ("한", "Acme") if name in line}) == 1


def test_a_mask_leaves_out_what_a_customer_must_not_read(two: Call) -> None:
    two("log", "한빛", "call", "--heard", "경쟁사가 왔다고 함")
    assert "경쟁사가" in two("show", "한빛", "--json").out
    masked = two("show", "한빛", "--mask", "--json")
    assert "경쟁사가" not in masked.out
    assert not {"band", "amounts", "signals"} & masked.json.keys()


def test_a_mask_leaves_out_the_private_parts_and_lines_of_the_page(two: Call, tmp_path: Path) -> None:
    """I13: what I would say first, and a person's temper."""
    with closing(Book.open(tmp_path / "home" / "fieldsales.db", tmp_path / "home" / "data")) as book:
        (person,) = book.rows(Contact)
        with book.change("temper", datetime(2026, 11, 20, 9, 20)) as change:
            change.edit(Contact, person.id, temper="화나면 크게 내심", mends="사과부터")
    shown, masked = two("show", "한빛", "--json"), two("show", "한빛", "--mask", "--json")
    assert {"people", "first_words"} <= set(shown.json["page"])
    assert set(masked.json["page"]) == {"people"}
    for secret in ("화나면 크게 내심", "사과부터"):
        assert secret in shown.out
        assert secret not in masked.out + two("show", "한빛", "--mask").out


def test_no_control_sequence_of_a_name_reaches_the_terminal(call: Call) -> None:
    call("add", "\x1b]0;owned\x07한빛\u202e[red]x[/]\n정밀")
    for argv in (["accounts"], ["show", "한빛"], ["accounts", "--json"], ["show", "\x1b[31m없음"]):
        said = call(*argv)
        assert not set(said.out + said.err) & {"\x1b", "\x07", "\u202e"}
    assert "[red]x[/]" in call("accounts").out


# --- other files ----------------------------------------------------------------------------------------------------


def test_an_import_counts_every_row_and_doubles_nothing(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "firms.csv"
    file.write_text("\ufeff고객사,전화\n한빛정밀,02-1\n한길상사,02-2\n,02-3\n", encoding="utf-8")
    dry = call("import", str(file), "--as", "accounts", "--dry-run", "--json")
    assert dry.json["files"][0]["made"] == 2
    assert call("accounts", "--json").json["count"] == 0
    said = call("import", str(file), "--as", "accounts", "--json")
    assert said.code == 0
    (done,) = said.json["files"]
    assert (done["made"], done["updated"], done["dropped"], done["read"]) == (2, 0, 1, 3)
    assert done["dropped_rows"][0]["line"] == 4
    again = call("import", str(file), "--as", "accounts", "--json").json["files"][0]
    assert (again["made"], again["read"]) == (0, 3)
    assert call("accounts", "--json").json["count"] == 2
    text = call("import", str(file), "--as", "accounts").out
    assert "새로 0 + 고침 0 + 그대로 2 + 빠짐 1 = 읽음 3" in text
    assert "4번째 줄" in text


def test_a_file_that_cannot_be_imported_is_refused_by_name(two: Call, tmp_path: Path) -> None:
    said = two("import", str(tmp_path / "nothing.csv"), "--as", "amounts")
    assert said.code == 1
    assert "nothing.csv" in said.err


def test_a_copy_edited_elsewhere_is_merged(two: Call, tmp_path: Path) -> None:
    copy = tmp_path / "copy.db"
    copy.write_bytes((tmp_path / "home" / "fieldsales.db").read_bytes())
    assert two("--file", str(copy), "log", "한빛", "visit", machine="other").code == 0
    assert two("show", "한빛", "--json").json["activities"] == []
    said = two("merge", str(copy), "--json")
    assert said.code == 0
    assert said.json["files"][0]["merged"]
    assert len(two("show", "한빛", "--json").json["activities"]) == 1
    assert two("merge", str(tmp_path / "nothing.db")).code == 1


def test_the_sample_can_be_written_to_a_file_but_never_over_one(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "sample.db"
    assert call("demo", "--write", str(path)).code == 0
    assert call("--file", str(path), "accounts", "--json").json["count"] > 30
    before = path.read_bytes()
    assert call("demo", "--write", str(path)).code == 1
    assert path.read_bytes() == before
    path.unlink()
    assert call("demo", "--write", str(path)).code == 0


def test_the_sample_is_made_anew_for_another_day_and_kept_within_one(tmp_path: Path) -> None:
    from datetime import datetime, timedelta

    from fieldsales.workflows.opening import open_sample

    day, now = date(2026, 11, 20), datetime(2026, 11, 20, 9)
    for asked, shown in ((None, day), (day + timedelta(3), day + timedelta(3)), (date(2025, 3, 4), date(2025, 3, 4))):
        book, today = open_sample(tmp_path, day, asked, "ko", now)
        identity = book.document_id
        book.close()
        assert today == shown
        again, _ = open_sample(tmp_path, day, asked, "ko", now)
        assert again.document_id == identity
        again.close()
    assert len(list((tmp_path / "sample").iterdir())) == 1


# --- the program as a whole -----------------------------------------------------------------------------------------


def program(home: Path, *argv: str, **environ: str) -> subprocess.CompletedProcess[bytes]:
    names = {"FIELDSALES_HOME": str(home), "PYTHONPATH": str(ROOT), **environ}
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("LC_", "LANG", "PYTHON"))}
    return subprocess.run(
        [sys.executable, "-m", "fieldsales", *argv], env=kept | names, capture_output=True, check=False, timeout=60
    )


def test_the_screen_without_a_terminal_is_refused_in_a_sentence(tmp_path: Path) -> None:
    for argv in ((), ("--lang", "ko"), ("demo",)):
        done = program(tmp_path, *argv)
        assert (done.returncode, done.stdout) == (2, b"")
        assert b"Traceback" not in done.stderr
        assert done.stderr.decode()


def test_output_is_utf8_where_the_locale_is_not(tmp_path: Path) -> None:
    done = program(tmp_path, "--lang", "ko", "add", "한빛정밀", PYTHONIOENCODING="euc-kr", PYTHONUTF8="0")
    assert done.returncode == 0
    assert "한빛정밀" in done.stdout.decode("utf-8")
    assert "UTF-8" in done.stderr.decode("euc-kr")


def test_a_broken_configuration_stops_nothing_and_names_its_line(tmp_path: Path) -> None:
    (tmp_path / "config").mkdir()
    (tmp_path / "config" / "config.toml").write_text('theme = "day"\nlang = ko\n')
    done = program(tmp_path, "add", "Hanbit", LANG="en_US.UTF-8")
    assert done.returncode == 0
    assert "line 2" in done.stderr.decode()
    assert "lang = ko" in done.stderr.decode()


def test_a_reader_that_stops_early_is_no_error(tmp_path: Path) -> None:
    program(tmp_path, "demo", "--write", str(tmp_path / "fieldsales.db"))
    command = f'"{sys.executable}" -m fieldsales accounts --json --limit 0 | head -c 20'
    environ = os.environ | {"FIELDSALES_HOME": str(tmp_path), "PYTHONPATH": str(ROOT)}
    done = subprocess.run(["sh", "-c", command], env=environ, capture_output=True, check=False, timeout=60)
    assert done.stderr == b""


def test_where_nothing_was_imported_nothing_is_said_of_accounts_without_a_tier(call: Call, tmp_path: Path) -> None:
    for number in range(6):
        assert call("add", f"회사{number}").code == 0
    missing = call("import", str(tmp_path / "nope.csv"), str(tmp_path), "--as", "accounts")
    assert missing.code == 1 and missing.out == ""
    assert "nope.csv" in missing.err and "폴더예요" in missing.err


def test_the_one_whose_name_begins_so_is_shown(call: Call) -> None:
    """Those that hold the letters elsewhere are not meant; where several begin so they are listed first."""
    for name in (*(f"Aa Al{sign}s" for sign in "abcdefghijkl"), "Alfreds Futterkiste", "Berglunds", "Bergson"):
        assert call("add", name).code == 0
    assert call("show", "al", "--json").json["account"]["name"] == "Alfreds Futterkiste"
    several = call("show", "Berg")
    assert several.code != 0 and "Berglunds" in several.err and "Bergson" in several.err
    to_log = call("log", "al", "call", "--heard", "그대로")
    assert to_log.code != 0
    assert to_log.err.index("Alfreds") < to_log.err.index("Aa")
