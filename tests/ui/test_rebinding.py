"""Keys of the user's own: what holds, what is refused and told, and everything that names a key following."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from helpers import Seat, empty_book, open_app, sample_book
from hypothesis import given
from hypothesis import strategies as st
from textual.binding import Binding
from textual.keys import _character_to_key
from textual.widgets import Input, TextArea

from fieldsales.cli import run
from fieldsales.config import Config, read_config
from fieldsales.locale import Texts
from fieldsales.ui.commands import BY_ID, COMMANDS, SIGNS, key_name, keys_of
from fieldsales.ui.rebinding import EDITING, FIXED, Rebound, read_key, rebind


def config_of(folder: Path, text: str) -> Config:
    (folder / "config").mkdir(exist_ok=True)
    (folder / "config" / "config.toml").write_text(text, encoding="utf-8")
    return read_config(folder / "config" / "config.toml")


def rebound(folder: Path, text: str) -> Rebound:
    config = config_of(folder, f"[keys]\n{text}")
    assert config.troubles == ()
    return rebind(config.keys, "config.toml")


def told(found: Rebound, lang: str = "ko") -> list[str]:
    t = Texts(lang)
    t.strict = True
    return [t(one.id, **one.args_) for one in found.troubles]


@pytest.mark.parametrize(
    ("text", "id", "keys"),
    [
        ('log = "g"\nreview = "z"', "log", ("g", "f2")),  # one key takes the place of the first
        ('log = ["z"]', "log", ("z",)),  # a list that of all
        ('log = ["z", "F11", "Ctrl+G"]', "log", ("z", "f11", "ctrl+g")),
        ('undo = ["u", "ctrl+b"]', "undo", ("u", "ctrl+b")),
        ('find = ","', "find", ("comma", "f3")),
        ('log = "N"\nlesson = "l"', "log", ("n", "f2")),  # an exchange
        ('log = "N"\nlesson = "l"', "lesson", ("l", "f6")),
        ('open = "ctrl+o"', "open", ("enter", "ctrl+o")),  # what stays, stays
        ('quit = ["z"]', "quit", ("z", "ctrl+q")),
        ('mask = ["z", "f10"]', "mask", ("z", "f10")),
        ('suspend = "ctrl+g"\nundo = ["u", "ctrl+z"]', "undo", ("u", "ctrl+z")),
        ('done = "z"', "done", ("z",)),
    ],
)
def test_an_entry_gives_a_command_its_keys(tmp_path: Path, text: str, id: str, keys: tuple[str, ...]) -> None:
    found = rebound(tmp_path, text)
    assert told(found) == []
    assert keys_of(id, found.keys) == keys


@pytest.mark.parametrize(
    ("text", "id", "says"),
    [
        ('jump = "z"', "config.no_command", ("jump", "fieldsales keys")),
        ('log = "Hyper+L"', "config.no_key", ("Hyper+L",)),
        ('log = "ㅣ"', "config.no_key", ("ㅣ",)),
        ('log = ["z", ""]', "config.no_key", ()),
        ('log = "enter"', "config.key_stays", ("Enter",)),
        ('log = "j"', "config.key_stays", ("j",)),
        ('log = "ctrl+q"', "config.key_stays", ("Ctrl+Q",)),
        ('log = "Ctrl + M"', "config.key_stays", ("Ctrl+M",)),
        ('undo = "5"', "config.key_stays", ("5",)),  # a hidden key of the review
        ('take_1 = "z"', "config.key_stays", ("1",)),
        ('mask = "z"', "config.key_typed", ("mask", "z")),  # a letter would land in the text
        ('save = "ctrl+k"', "config.key_typed", ("save", "Ctrl+K")),  # as would what edits it
        ('suspend = "z"', "config.key_typed", ("suspend", "z")),
        ('log = "n"', "config.key_clash", ("log", "lesson", "오답")),
        ('log = "f5"', "config.key_clash", ("log", "report")),
        ('undo = ["u", "ctrl+z"]', "config.key_clash", ("undo", "suspend")),
    ],
)
def test_a_wrong_entry_is_left_out_and_told_with_its_line(
    tmp_path: Path, text: str, id: str, says: tuple[str, ...]
) -> None:
    found = rebound(tmp_path, f'\nheard_at = "o"\n{text}')
    (trouble,) = found.troubles
    assert (trouble.id, trouble.args_["line"]) == (id, 4)
    for lang in ("ko", "en"):
        (sentence,) = told(found, lang)
        for part in says:
            assert part in sentence or re.search("[가-힣]", part), (part, sentence)
    assert set(found.keys) == {"heard_at"}  # the rest holds


def test_of_two_entries_that_claim_a_key_the_first_has_it(tmp_path: Path) -> None:
    found = rebound(tmp_path, 'add = "z"\nedit = "z"\n')
    assert found.keys == {"add": ("z",)}
    assert [(one.id, one.args_["line"]) for one in found.troubles] == [("config.key_clash", 3)]


def test_what_falls_back_may_not_clash_with_what_stood(tmp_path: Path) -> None:
    """lesson cannot have q, so it keeps n, so log cannot have it either."""
    found = rebound(tmp_path, 'log = "n"\nlesson = "q"\n')
    assert not found.keys
    assert [one.args_["line"] for one in found.troubles] == [2, 3]


def test_the_same_key_may_serve_two_commands_that_never_meet(tmp_path: Path) -> None:
    found = rebound(tmp_path, 'fine = "t"\nheard_at = "g"\n')
    assert told(found) == []
    assert found.keys == {"fine": ("t",), "heard_at": ("g",)}


@pytest.mark.parametrize(
    ("text", "id", "line"),
    [
        ('lang = "ko"\nkeys = 3\n', "config.not_table", 2),
        ('theme = "x"\n[keys]\nlog = 3\n', "config.not_keys", 3),
        ("[keys]\nlog = []\n", "config.not_keys", 2),
        ('theme = "night"\n[keys]\nlog = "z"\ntheme = [1]\n', "config.not_keys", 4),
        ("[keys.log]\nkey = 'z'\n", "config.not_keys", 1),
        ('keys.log = "z"\nkeys.theme = 1\n', "config.not_keys", 2),
    ],
)
def test_a_table_in_another_shape_is_told_with_its_line(tmp_path: Path, text: str, id: str, line: int) -> None:
    (trouble,) = config_of(tmp_path, text).troubles
    assert (trouble.id, trouble.args_["line"]) == (id, line)
    assert Texts("ko")(trouble.id, **trouble.args_)


SOME_KEYS = st.sampled_from([*"abcdefgnlquz19/?", "f2", "f8", "ctrl+g", "ctrl+z", "enter", "space", "ㅎ"])
SOME_IDS = st.sampled_from([*BY_ID, "jump"])


@given(st.dictionaries(SOME_IDS, st.lists(SOME_KEYS, min_size=1, max_size=3), max_size=8))
def test_whatever_is_written_no_two_commands_share_a_key_and_none_is_without(
    tmp_path_factory: pytest.TempPathFactory, said: dict[str, list[str]]
) -> None:
    lines = "".join(f"{id} = {json.dumps(keys, ensure_ascii=False)}\n" for id, keys in said.items())
    found = rebound(tmp_path_factory.mktemp("any"), lines)
    taken: dict[tuple[str, str], str] = {}
    for command in COMMANDS:
        assert keys_of(command.id, found.keys)
        for place in command.where:
            for key in keys_of(command.id, found.keys):
                assert taken.setdefault((place, key), command.id) == command.id
    assert all(set(BY_ID[id].keys) & FIXED <= set(keys) for id, keys in found.keys.items())
    assert len(found.troubles) + len(found.keys) <= len(said)
    assert all(one.args_["line"] in range(2, len(said) + 2) for one in found.troubles)


def test_signs_and_editing_keys_are_those_of_textual() -> None:
    assert {name: _character_to_key(sign) for name, sign in SIGNS.items()} == {name: name for name in SIGNS}
    used = {
        key
        for field in (Input, TextArea)
        for binding in field.BINDINGS
        for key in (binding.key if isinstance(binding, Binding) else binding[0]).split(",")
        if re.fullmatch(r"ctrl\+[a-z]|f\d+", key)
    }
    assert used <= EDITING | FIXED


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.id)
def test_a_key_may_be_written_as_the_help_writes_it(command) -> None:  # type: ignore[no-untyped-def]
    assert [read_key(key_name(key)) for key in command.keys if key != "right"] == [
        key for key in command.keys if key != "right"
    ]


# --- on the screen ----------------------------------------------------------------------------------------------------


def seat_with(folder: Path, text: str, lang: str = "ko"):  # type: ignore[no-untyped-def]
    book = sample_book(folder, lang)
    return open_app(folder, book, lang=lang, config=config_of(folder, text))


async def test_the_new_key_works_and_the_old_one_no_more(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nlog = "z"\n') as seat:
        await seat.press("l")
        assert seat.sheet == "MainScreen"
        for key in ("z", "f2", "ㅋ"):  # ㅋ lies on z
            await seat.press(key)
            assert seat.sheet == "LogSheet", key
            await seat.press("escape")


async def test_two_commands_exchange_their_keys(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nlog = "n"\nlesson = "l"\n') as seat:
        await seat.press("n")
        assert seat.sheet == "LogSheet"
        await seat.press("escape", "l")
        assert seat.sheet == "FormSheet"


async def test_keys_of_sheets_and_forms_follow_too(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nsave = "ctrl+g"\ncopy = "z"\n') as seat:
        await seat.press("l")
        assert "Ctrl+G 저장" in seat.text
        await seat.type("단가를 다시")
        await seat.press("ctrl+g")
        assert seat.sheet == "MainScreen"
        await seat.press("r")
        assert "z 복사" in seat.text
        await seat.press("z")
        assert seat.app.clipboard.startswith("[")


async def first_notice(seat: Seat) -> str:
    """What is said once the first screen stands."""
    for _ in range(200):
        if seat.notice:
            break
        await seat.pilot.pause(0.02)
    return seat.notice


async def test_the_footer_the_help_the_menu_and_the_sentences_follow(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nlog = "z"\nundo = "f10"\nchurn = ["k"]\n') as seat:
        assert "k" in await first_notice(seat) and "Enter" not in seat.notice  # told at the start: k always moves
        seat.main.say("")
        assert "z 기록" in seat.lines[-1] and "l 기록" not in seat.lines[-1]
        await seat.press("question_mark")
        assert re.search(r"z F2\s+기록", seat.text) and "F10 Ctrl+U 되돌리기" in seat.text
        await seat.press("escape", "ctrl+p")
        await seat.type("기록")
        assert re.search(r"기록\s+z", seat.text)
        await seat.press("escape")
        await seat.choose("별찌의료기")
        await seat.press("space")
        assert seat.notice.endswith("F10으로 되돌려요.")
        await seat.press("f10")
        assert seat.notice == "되돌렸어요."


async def test_the_first_screen_of_an_empty_book_names_the_keys_that_hold(tmp_path: Path) -> None:
    config = config_of(tmp_path, '[keys]\nadd = "z"\nimport = "ctrl+o"\n')
    async with open_app(tmp_path, empty_book(tmp_path), config=config) as seat:
        assert re.search(r"^ +z +고객사 한 곳 적기", seat.text, re.MULTILINE)
        assert re.search(r"^ +Ctrl\+O +파일에서", seat.text, re.MULTILINE)
        await seat.press("2")
        assert "z로 한 곳" in seat.text
        await seat.press("z")
        assert seat.sheet == "FormSheet"


async def test_several_troubles_are_one_notice(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nlog = "n"\njump = "z"\nadd = "j"\n') as seat:
        assert (await first_notice(seat)).startswith("설정에서 3가지") and "lesson" in seat.notice


async def test_the_keys_stay_in_the_other_language(tmp_path: Path) -> None:
    async with seat_with(tmp_path, '[keys]\nlog = "z"\n') as seat:
        seat.app.speak("en")
        await seat.settle()
        assert "z Log" in seat.lines[-1]


# --- on the command line ----------------------------------------------------------------------------------------------


def call(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str, str]:
    code = run(argv)
    out = capsys.readouterr()
    return code, out.out, out.err


def test_the_command_lists_every_command_with_its_keys(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("FIELDSALES_HOME", str(tmp_path))
    config_of(tmp_path, '[keys]\nlog = "z"\njump = "y"\n')
    code, out, err = call(capsys, "keys", "--lang", "ko")
    assert code == 0
    assert re.search(r"^log +z F2 \* +기록", out, re.MULTILINE)
    assert all(re.search(rf"^{command.id} ", out, re.MULTILINE) for command in COMMANDS)
    assert str(tmp_path / "config" / "config.toml") in out
    assert "jump" in err
    code, out, _ = call(capsys, "keys", "--json")
    data = json.loads(out)
    assert (code, data["version"], data["command"]) == (0, 1, "keys")
    log = next(one for one in data["keys"] if one["id"] == "log")
    assert (log["keys"], log["usual"]) == (["z", "f2"], ["l", "f2"])
    assert {"today", "case", "why"} <= set(log["where"])
    assert [one["id"] for one in data["troubles"]] == ["config.no_command"]
    assert not (tmp_path / "data").exists()  # no book is needed, and none is made


def test_listing_the_keys_loads_nothing_of_the_screen() -> None:
    import subprocess
    import sys

    code = "import sys, fieldsales.cli_keys; print([n for n in ('textual', 'rich') if n in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout == "[]\n"
