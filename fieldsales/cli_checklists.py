"""`fieldsales checklists`: the checklists there are, one of them to read or to copy, and the check of a file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from fieldsales.cli_session import Refused, Session, table_of
from fieldsales.domain.playbooks import MAX_LENGTH, Playbook, PlaybookError, parse_playbook
from fieldsales.domain.text import clean

if TYPE_CHECKING:
    from fieldsales.workflows.sheets import Listed


def checklists(session: Session, name: str = "", copy: bool = False, checked: str = "") -> int:
    """Raises Refused for a name there is not, a copy that is there already, and a file that cannot be used."""
    if checked:
        return _check(session, Path(checked))
    if not name:
        return _all(session)
    return _copy(session, name) if copy else _one(session, name)


def _folder(session: Session) -> Path:
    return session.places.config / "playbooks"


def _all(session: Session) -> int:
    from fieldsales.workflows.sheets import list_names, load

    t, folder = session.t, _folder(session)
    found: list[Listed] = []
    troubles: list[dict[str, str]] = []
    for name in list_names(t.lang, folder):
        try:
            one = load(name, t.lang, folder)
        except PlaybookError as error:
            troubles.append({"name": name, "text": t.say(error.message)})
            continue
        found.append(one)
        if one.trouble is not None:
            troubles.append({"name": name, "text": t.say(one.trouble.message)})
    rows = [[t(f"checklists.{column}") for column in ("name", "title", "version", "lines", "whose")]]
    rows += [
        [
            one.playbook.name,
            one.playbook.title,
            one.playbook.version,
            str(len(one.playbook.items)),
            t("checklists.own") if one.own else t("checklists.shipped"),
        ]
        for one in found
    ]
    newer = [
        t("checklists.newer", name=one.playbook.name, mine=one.playbook.version, ours=one.shipped)
        for one in found
        if one.shipped
    ]
    for trouble in troubles:
        session.note(f"{trouble['name']}: {trouble['text']}")
    text = [*table_of(rows), "", *newer, t("checklists.how", folder=str(folder))]
    return session.result("checklists", text, {"checklists": [_json(one) for one in found], "troubles": troubles})


def _json(one: Listed) -> dict[str, Any]:
    playbook = one.playbook
    return {
        "name": playbook.name,
        "title": playbook.title,
        "kind": playbook.kind,
        "version": playbook.version,
        "lines": len(playbook.items),
        "offer": list(playbook.offer),
        "own": one.own,
        "newer": one.shipped,
        "path": one.path,
    }


def _load(session: Session, name: str) -> Listed:
    from fieldsales.workflows.sheets import load

    one = load(name, session.t.lang, _folder(session))
    if one.trouble is not None:
        session.note(session.t("prep.broken", file=Path(one.path).name, why=session.t.say(one.trouble.message)))
    return one


def _one(session: Session, name: str) -> int:
    one = _load(session, name)
    steps = [
        {
            "key": step.key,
            "title": step.title,
            "items": [
                {"key": item.key, "title": item.title, "help": item.help, "act": item.act, "when": list(item.when)}
                for item in step.items
            ],
        }
        for step in one.playbook.steps
    ]
    return session.result("checklists", _lines(session, one.playbook), {**_json(one), "steps": steps})


def _lines(session: Session, playbook: Playbook) -> list[str]:
    """The list to be read or printed: boxes to tick, the help below."""
    boss = session.config.reports_to or session.t("word.boss")
    lines = [playbook.title]
    for step in playbook.steps:
        lines += ["", step.title]
        for item in step.items:
            lines.append(f"[ ] {item.title}".replace("{boss}", boss))
            if item.help:
                lines.append(f"    {item.help}".replace("{boss}", boss))
    return lines


def _copy(session: Session, name: str) -> int:
    """Ours as a file of the user's own, to be changed. What is there already is left alone."""
    from fieldsales.workflows.sheets import shipped_text

    t, folder = session.t, _folder(session)
    text = shipped_text(name, t.lang)
    path = folder / f"{name}.{t.lang}.toml"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Refused("checklists.there", t("checklists.there", path=str(path))) from None
    except OSError as error:
        raise Refused(
            "checklists.not_written", t("checklists.not_written", path=str(path), why=error.strerror or "")
        ) from None
    return session.result("checklists", [t("checklists.copied", path=str(path))], {"name": name, "path": str(path)})


def _check(session: Session, path: Path) -> int:
    t = session.t
    try:
        with path.open(encoding="utf-8-sig", errors="replace") as file:
            text = file.read(MAX_LENGTH + 1)
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or ""
        raise Refused("checklists.not_read", t("checklists.not_read", path=clean(str(path)), why=why)) from None
    try:
        playbook = parse_playbook(text)
    except PlaybookError as error:
        line = int(error.message.args.get("line", 1))
        reason = t.say(error.message)
        shown = clean((text.split("\n")[line - 1 : line] or [""])[0])[:100]
        raise Refused(
            error.message.id, f"{clean(str(path))}:{line}\n{reason}\n    {shown}".rstrip(), line=line, reason=reason
        ) from None
    data = {"path": str(path), "name": playbook.name, "title": playbook.title, "kind": playbook.kind}
    told = t("checklists.sound", title=playbook.title, n=len(playbook.items), steps=len(playbook.steps))
    return session.result("checklists", [told], {**data, "lines": len(playbook.items)})
