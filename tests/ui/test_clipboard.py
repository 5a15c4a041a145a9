"""y says where the text went: the terminal's clipboard, the system's, or a file whose path is shown."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from helpers import Seat, sample_app
from rich.cells import cell_len

from fieldsales.locale import Texts
from fieldsales.ui.actions.view import shown_path
from fieldsales.ui.clipboard import give_to_system, takes_osc52, tools


async def copy(seat: Seat) -> str:
    await seat.press("y")
    assert seat.app.clipboard
    return seat.notice


@pytest.mark.parametrize(
    ("environ", "takes"),
    [
        ({"TERM": "xterm-kitty"}, True),
        ({"TERM": "xterm-256color", "WT_SESSION": "1"}, True),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "WezTerm"}, True),
        ({"TERM": "xterm-256color"}, False),
        ({"TERM": "xterm-256color", "TERM_PROGRAM": "Apple_Terminal"}, False),
        ({"TERM": "tmux-256color", "KITTY_WINDOW_ID": "1"}, False),
        ({"TERM": "xterm-kitty", "TMUX": "/x"}, False),
        ({}, False),
    ],
)
def test_only_a_terminal_known_to_take_it_counts(environ: dict[str, str], takes: bool) -> None:
    assert takes_osc52(environ) is takes


def test_the_tools_are_those_of_the_screen_the_user_sits_at() -> None:
    names = [command[0] for command in tools({"WAYLAND_DISPLAY": "w", "DISPLAY": ":0"}, "linux")]
    assert names == ["wl-copy", "xclip", "xsel"]
    assert [command[0] for command in tools({}, "darwin")] == ["pbcopy"]
    assert [command[0] for command in tools({}, "win32")] == ["clip.exe"]
    assert not list(tools({}, "linux"))
    assert not list(tools({"SSH_TTY": "/dev/pts/1", "DISPLAY": ":10"}, "linux"))


@pytest.mark.skipif(sys.platform == "win32", reason="the tool is a shell script")
def test_a_tool_that_fails_gives_way_to_the_next(tmp_path: Path) -> None:
    for name, script in (("wl-copy", "exit 1"), ("xclip", f"/bin/cat > {tmp_path}/taken")):
        tool = tmp_path / name
        tool.write_text(f"#!/bin/sh\n{script}\n", encoding="utf-8")
        tool.chmod(0o755)
    environ = {"PATH": str(tmp_path), "WAYLAND_DISPLAY": "w"}
    assert not give_to_system("한 줄", environ, "linux")
    assert give_to_system("한 줄", environ | {"DISPLAY": ":0"}, "linux")
    assert (tmp_path / "taken").read_text(encoding="utf-8") == "한 줄"


async def test_it_is_said_which_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    async with sample_app(tmp_path) as seat:
        path = seat.app.options.places.cache / "clipboard.txt"
        seat.app.options = seat.app.options._replace(trace=False)
        assert await copy(seat) == seat.app.t("app.copied_perhaps")
        assert not path.exists()
        seat.app.options = seat.app.options._replace(trace=True)
        monkeypatch.setattr("fieldsales.ui.clipboard.give_to_system", lambda text: True)
        assert await copy(seat) == seat.app.t("app.copied_system")
        monkeypatch.setattr("fieldsales.ui.clipboard.takes_osc52", lambda environ: True)
        assert await copy(seat) == seat.app.t("app.copied_terminal")
        assert not path.exists()
        monkeypatch.undo()
        monkeypatch.setenv("TMUX", "of no test")
        monkeypatch.setenv("SSH_TTY", "of no test")
        assert await copy(seat) == seat.app.t("app.copied_file", path=str(path))
        assert path.read_text(encoding="utf-8") == seat.app.clipboard


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_sentence_with_the_usual_path_fits_80_columns(lang: str, monkeypatch: pytest.MonkeyPatch) -> None:
    home = Path("/", "home", "minsu")
    monkeypatch.setattr(Path, "home", lambda: home)
    path = shown_path(home / ".cache" / "fieldsales" / "clipboard.txt")
    assert path == str(Path("~/.cache/fieldsales/clipboard.txt"))
    assert cell_len(Texts(lang)("app.copied_file", path=path)) <= 78
    beside = home.with_name("minsuk") / "clipboard.txt"
    assert shown_path(beside) == str(beside)
