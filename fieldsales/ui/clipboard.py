"""Where copied text goes: the terminal's clipboard (OSC 52), else the system's.

A terminal does not answer whether it took what was sent; those named here are known to.
"""

from __future__ import annotations

import os
import shutil
import sys
from collections.abc import Iterator, Mapping, Sequence

PATIENCE = 2.0  # seconds for the system's tool
# Names of programs that take OSC 52 as they come, in TERM_PROGRAM and in TERM.
_PROGRAMS = frozenset({"vscode", "wezterm", "ghostty", "rio", "contour", "tabby", "warpterminal"})
_KINDS = ("xterm-kitty", "xterm-ghostty", "alacritty", "foot", "wezterm", "contour", "rio")
_MARKS = ("KITTY_WINDOW_ID", "WT_SESSION", "ALACRITTY_WINDOW_ID", "WEZTERM_PANE", "GHOSTTY_RESOURCES_DIR")


def takes_osc52(environ: Mapping[str, str]) -> bool:
    """Whether the terminal is known to take what is sent to its clipboard.

    Inside tmux or screen it is not known: they pass it on only where they are told to.
    """
    kind = environ.get("TERM", "").lower()
    if environ.get("TMUX") or environ.get("STY") or kind.startswith(("tmux", "screen")):
        return False
    return (
        environ.get("TERM_PROGRAM", "").lower() in _PROGRAMS
        or kind.startswith(_KINDS)
        or any(environ.get(mark) for mark in _MARKS)
    )


def tools(environ: Mapping[str, str], platform: str = sys.platform) -> Iterator[Sequence[str]]:
    """Commands that take text into the clipboard of the screen that the user sits at, the likeliest first.

    Over a line from another machine the system's clipboard is not the user's.
    """
    if environ.get("SSH_CONNECTION") or environ.get("SSH_TTY"):
        return
    if platform == "darwin":
        yield ("pbcopy",)
    elif platform == "win32":
        yield ("clip.exe",)
    else:
        if environ.get("WAYLAND_DISPLAY"):
            yield ("wl-copy",)
        if environ.get("DISPLAY"):
            yield ("xclip", "-selection", "clipboard")
            yield ("xsel", "--clipboard", "--input")
        if environ.get("WSL_DISTRO_NAME"):
            yield ("clip.exe",)


def give_to_system(text: str, environ: Mapping[str, str] = os.environ, platform: str = sys.platform) -> bool:
    """Put the text into the system's clipboard; whether a tool took it."""
    for command in tools(environ, platform):
        path = shutil.which(command[0], path=environ.get("PATH"))
        if path and _run([path, *command[1:]], text.encode("utf-16" if command[0] == "clip.exe" else "utf-8")):
            return True
    return False


def _run(command: Sequence[str], data: bytes) -> bool:
    import subprocess

    try:
        done = subprocess.run(
            command,
            input=data,
            stdout=subprocess.DEVNULL,  # a tool that stays to hold the text keeps these open
            stderr=subprocess.DEVNULL,
            timeout=PATIENCE,
            check=False,
        )
    except (OSError, subprocess.SubprocessError):
        return False
    return done.returncode == 0
