"""`fieldsales keys`: every command with its keys as they hold now, and the name under which they can be changed."""

from __future__ import annotations

from fieldsales.cli_session import Session, table_of
from fieldsales.ui.commands import COMMANDS, key_name, keys_of
from fieldsales.ui.rebinding import rebind


def keys(session: Session) -> int:
    t = session.t
    path = str(session.places.config_file)
    own = rebind(session.config.keys, path)
    for trouble in own.troubles:
        session.note(t(trouble.id, **trouble.args_))
    rows = [[t("keys.id"), t("keytable.keys"), t("keytable.name"), t("keytable.does")]]
    rows += [
        [
            command.id,
            " ".join(map(key_name, keys_of(command.id, own.keys))) + (" *" if command.id in own.keys else ""),
            t(f"cmd.{command.id}"),
            t(f"cmd.{command.id}.help"),
        ]
        for command in COMMANDS
    ]
    data = [
        {
            "id": command.id,
            "keys": list(keys_of(command.id, own.keys)),
            "usual": list(command.keys),
            "name": t(f"cmd.{command.id}"),
            "where": sorted(command.where),
        }
        for command in COMMANDS
    ]
    marked = [f"* {t('keys.own')}"] if own.keys else []
    troubles = [{"id": one.id, "text": t(one.id, **one.args_)} for one in own.troubles]
    text = [*table_of(rows), "", *marked, t("cli.keys_how", path=path)]
    return session.result("keys", text, {"keys": data, "troubles": troubles})
