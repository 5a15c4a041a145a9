"""Loaded by every Python that starts with this folder in PYTHONPATH: writes down, and refuses, whatever reaches out.

One line for each in the file that `NETWORK_WATCH` names: `watched` for the process itself, `process` for another one
that it starts, `network` for anything that would leave the machine. Sockets of one machine's own kind (AF_UNIX), such
as an event loop wakes itself with, are let through.
"""

import os
import socket
import sys

_REACHING = ("urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.", "webbrowser.")
_NAMES = {"socket." + name for name in ("getaddrinfo", "gethostbyname", "gethostbyaddr", "getnameinfo")}
_DEEDS = {"socket." + name for name in ("connect", "bind", "sendto", "sendmsg")}
_STARTING = {"subprocess.Popen", "os.system", "os.exec", "os.spawn", "os.startfile", "pty.spawn"}
_log = os.open(os.environ["NETWORK_WATCH"], os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)


def _write(*words: object) -> None:
    os.write(_log, ("\t".join(ascii(word) if not isinstance(word, str) else word for word in words) + "\n").encode())


def _watch(event: str, arguments: tuple[object, ...]) -> None:
    if event in _STARTING:
        _write("process", event, arguments[:2])
        return
    reaches = event in _NAMES or event.startswith(_REACHING)
    if event == "socket.__new__":
        reaches = arguments[1] != socket.AF_UNIX
    elif event in _DEEDS:
        reaches = getattr(arguments[0], "family", None) != socket.AF_UNIX
    if reaches:
        _write("network", event, arguments[1:])
        raise PermissionError(f"reaches for the network: {event}")


sys.addaudithook(_watch)
_write("watched", os.getpid())
