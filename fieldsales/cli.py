"""The commands without the screen: what may be said on the command line, and the exit code that comes of it.

Exit codes: 0 done, 1 refused (the reason on stderr), 2 not understood. Nothing of the screen is loaded.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any

from fieldsales import cli_jobs
from fieldsales.cli_session import (
    VERSION,
    Refused,
    Session,
    columns_and_rows,
    iso_day,
    print_json,
    safe,
    time_of_day,
)
from fieldsales.config import choose_lang, places, read_config
from fieldsales.domain.model import FieldsalesError
from fieldsales.locale import Texts

if TYPE_CHECKING:
    import click

    from fieldsales.cli_words import Command, Words

KINDS = {
    "visit": ("방문",),
    "call": ("전화",),
    "review": ("자료",),
    "message": ("메시지",),
    "note": ("메모",),
}
ATTEMPTS = {"no_answer": ("부재중",), "no_reply": ("답없음",), "refused": ("거절",)}
# Options of `log` that take a text: the parameter of each, and whether it may be said more than once.
LOG_OPTIONS = {
    "--heard": ("heard", False),
    "--said": ("said", False),
    "--note": ("note", False),
    "--with": ("people", True),
    "--promise": ("promises", True),
    "--attempt": ("attempt", False),
    "--day": ("day", False),
    "--time": ("time", False),
}
TARGETS: dict[str, tuple[str, ...]] = {
    "accounts": ("고객사",),
    "contacts": ("담당자",),
    "amounts": ("금액",),
    "deals": ("거래",),
}
TIERS: dict[str, tuple[str, ...]] = {"A": (), "B": (), "C": ()}
ORDERS = {"care": ("살필",), "name": ("이름",), "amount": ("금액",), "silence": ("뜸함",)}


def run(argv: Sequence[str], last: bool = False) -> int:
    """Run one command and give its exit code; `last` says that the process ends with it, at once."""
    lang = choose_lang(_said_lang(argv), read_config(places(os.environ, "-").config_file), os.environ)
    t = Texts(lang)
    said: dict[str, Any] = {}
    try:
        quick = _plain_log(argv)
        if quick is None:
            return _understood(t, argv, said)
        said = quick[0]
        return _with_session(t, said, cli_jobs.log, quick[1], last)
    except FieldsalesError as error:
        return _refuse(said, error.message.id, t.say(error.message), {})
    except Refused as error:
        return _refuse(said, error.id, error.text, error.more)
    except KeyboardInterrupt:
        return 1
    except BrokenPipeError:
        # Whoever read the output has stopped; Python must not try again to write the rest at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _understood(t: Texts, argv: Sequence[str], said: dict[str, Any]) -> int:
    import gc

    import click

    from fieldsales.cli_words import misuse

    gc.enable()  # the program's door has turned it off
    try:
        return int(build(t).main(args=list(argv), prog_name="fieldsales", standalone_mode=False, obj=said) or 0)
    except click.UsageError as error:
        print(safe(misuse(t, error)), file=sys.stderr)
        return 2
    except click.Abort:
        return 1


def _with_session(
    t: Texts, said: Mapping[str, Any], do: Callable[..., int], values: Mapping[str, Any], last: bool = False
) -> int:
    session = Session(t, said, datetime.now())
    try:
        return do(session, **values)
    except (FieldsalesError, Refused):
        raise
    except Exception as error:
        from fieldsales.cli_keep import damage

        told = damage(session, error)
        if told is None:
            raise
        raise told from error
    finally:
        session.close(leave=last)


def _plain_log(argv: Sequence[str]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """A call of `log` that holds nothing unusual; None for any other, which the library understands.

    It is the call that is made most and by scripts, and the library takes longer to import than the log to be written.
    """
    said: dict[str, Any] = {}
    values: dict[str, Any] = {parameter: () if many else "" for parameter, many in LOG_OPTIONS.values()}
    words: list[str] = []
    rest = iter(argv)
    for word in rest:
        if word == "--json":
            said["json"] = True
        elif not word.startswith("-"):
            words.append(word)
        elif word in LOG_OPTIONS or word in {"--file", "--today", "--lang"}:
            value = next(rest, None)
            if value is None or value.startswith("-"):
                return None
            if word not in LOG_OPTIONS:
                said[word[2:]] = value
            elif LOG_OPTIONS[word][1]:
                values[LOG_OPTIONS[word][0]] += (value,)
            else:
                values[LOG_OPTIONS[word][0]] = value
        else:
            return None
    if len(words) != 3 or words[0] != "log":
        return None
    kind = next((kind for kind, names in KINDS.items() if words[2] == kind or words[2] in names), "")
    values |= {"account": words[1], "kind": kind, "time": time_of_day(values["time"]) if values["time"] else ""}
    whole = kind and (not values["day"] or iso_day(values["day"])) and values["time"] is not None
    plain = values["attempt"] in {"", *ATTEMPTS} and said.get("lang", "ko") in {"ko", "en"}
    return (said, values) if whole and plain and iso_day(said.get("today", "2000-01-01")) else None


def _said_lang(argv: Sequence[str]) -> str:
    """The language said anywhere in a call, which must be known before the call can be read in it."""
    for number, word in enumerate(argv):
        name, _, value = word.partition("=")
        if name == "--lang":
            return value or (argv[number + 1] if number + 1 < len(argv) else "")
    return ""


def _refuse(said: Mapping[str, Any], id: str, text: str, more: Mapping[str, Any]) -> int:
    if said.get("json"):
        print_json({"version": VERSION, "error": {"id": id, "text": text.partition("\n")[0], **more}})
    print(safe(text), file=sys.stderr)
    return 1


def complain(lang: str, id: str) -> int:
    """Say that a call cannot be followed; the exit code for it."""
    print(safe(Texts(lang)(id)), file=sys.stderr)
    return 2


def build(t: Texts) -> click.Group:
    """All commands, with their help in the language of the texts."""
    import click

    from fieldsales import cli_keep, cli_merge, cli_whole
    from fieldsales.cli_words import Command, Commands, OneOf, Shaped

    def job(do: Callable[..., int]) -> Callable[..., int]:
        """The job with a session opened before it and closed after it."""

        @click.pass_context
        def called(ctx: click.Context, /, **values: Any) -> int:
            return _with_session(t, ctx.find_root().obj, do, values)

        return called

    def count(text: str) -> int | None:
        return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else None

    number = Shaped(t, count, "cli.not_a_number")

    def make_today(words: Words) -> Command:
        return words.command("today", job(cli_jobs.today), words.option("--limit", help="daily", var="n", type=number))

    def make_accounts(words: Words) -> Command:
        return words.command(
            "accounts",
            job(cli_jobs.accounts),
            words.argument("query", "query", "query", required=False, default=""),
            words.option("--order", help="order", var="order", type=OneOf(t, ORDERS), default="care"),
            words.option("--limit", help="limit", var="n", type=number, default=50),
            words.option("--all", help="all", is_flag=True),
        )

    def make_show(words: Words) -> Command:
        return words.command(
            "show",
            job(cli_jobs.show),
            words.argument("account", "account", "account"),
            words.option("--mask", help="mask", is_flag=True),
        )

    def make_log(words: Words) -> Command:
        return words.command(
            "log",
            job(cli_jobs.log),
            words.argument("account", "account", "account"),
            words.argument("kind", "kind", "kind", type=OneOf(t, KINDS)),
            words.option("--heard", help="heard", var="text", default=""),
            words.option("--said", help="said", var="text", default=""),
            words.option("--note", help="note", var="text", default=""),
            words.option("--with", "people", help="with", var="person", multiple=True),
            words.option("--promise", "promises", help="promise", var="text", multiple=True),
            words.option(
                "--attempt",
                help="attempt",
                var="attempt",
                type=OneOf(t, ATTEMPTS),
                is_flag=False,
                flag_value="no_answer",
                default="",
            ),
            words.option("--day", help="day", var="day", default="", type=Shaped(t, iso_day, "cli.not_a_day")),
            words.option("--time", help="time", var="time", default="", type=Shaped(t, time_of_day, "cli.not_a_time")),
        )

    def make_add(words: Words) -> Command:
        return words.command(
            "add",
            job(cli_jobs.add),
            words.argument("name", "name", "name"),
            words.option("--tier", help="tier", var="tier", type=OneOf(t, TIERS), default=""),
            words.option("--phone", help="phone", var="phone", default=""),
            words.option("--region", help="region", var="text", default=""),
            words.option("--person", "people", help="person", var="person", multiple=True),
        )

    def make_merge(words: Words) -> Command:
        return words.command(
            "merge",
            job(cli_merge.merge),
            words.argument("others", "path", "others", nargs=-1, required=True),
            words.option("--dry-run", help="merge_dry_run", is_flag=True),
            words.option("--join", help="merge_join", is_flag=True),
            words.option("--yes", help="merge_yes", is_flag=True),
            words.option("--trash", help="merge_trash", is_flag=True),
        )

    def make_import(words: Words) -> Command:
        target = words.option("--as", "target", help="as", var="target", type=OneOf(t, TARGETS), default="")

        def do(session: Session, files: Sequence[str], join: bool, **values: Any) -> int:
            if cli_whole.are_exports(files, values["target"]):
                return cli_whole.import_folders(session, files, values["dry_run"], join)
            return cli_jobs.import_files(session, files, **values)

        run = job(do)

        def check(files: Sequence[str], **values: Any) -> int:
            if not values["target"] and not cli_whole.are_exports(files, ""):
                raise click.MissingParameter(ctx=click.get_current_context(), param=target)
            return run(files=files, **values)

        return words.command(
            "import",
            check,
            words.argument("files", "path", "csv", nargs=-1, required=True),
            target,
            words.option("--dry-run", help="dry_run", is_flag=True),
            words.option("--daily", help="plan", var="n", type=number, default=0),
            words.option("--join", help="import_join", is_flag=True),
        )

    def make_export(words: Words) -> Command:
        json_folder = words.option("--json", "json_folder", help="export_json", var="folder", default="")
        csv_folder = words.option("--csv", "csv_folder", help="export_csv", var="folder", default="")
        run = job(cli_whole.export)

        def check(**values: Any) -> int:
            if not any(values.values()):
                raise click.MissingParameter(ctx=click.get_current_context(), param=json_folder)
            return run(**values)

        # Here `--json` names the folder; `fieldsales --json export` prints the result as JSON.
        common = [param for param in words.everywhere() if param.name != "json"]
        return Command(words, "export", check, [json_folder, csv_folder, *common])

    def make_demo(words: Words) -> Command:
        return words.command(
            "demo",
            job(cli_jobs.demo),
            words.option("--write", help="write", var="path", default=""),
            words.option("--picture", help="picture", var="path", default=""),
            words.option(
                "--size", help="size", var="size", type=Shaped(t, columns_and_rows, "cli.not_a_size"), default=""
            ),
            words.option("--keys", help="keys", var="keys", default=""),
            words.option("--theme", help="theme", var="theme", default=""),
        )

    def make_tour(words: Words) -> Command:
        return words.command("tour", job(cli_jobs.tour))

    def make_keys(words: Words) -> Command:
        from fieldsales.cli_keys import keys

        return words.command("keys", job(keys))

    def make_checklists(words: Words) -> Command:
        from fieldsales.cli_checklists import checklists

        return words.command(
            "checklists",
            job(checklists),
            words.argument("name", "name", "checklist", required=False, default=""),
            words.option("--copy", help="checklist_copy", is_flag=True),
            words.option("--check", "checked", help="checklist_check", var="path", default=""),
        )

    def make_erase(words: Words) -> Command:
        from fieldsales.cli_erase import command

        return command(words, job)

    def make_backup(words: Words) -> Command:
        return words.command(
            "backup",
            job(cli_keep.backup),
            words.option("--to", help="backup_to", var="path", default=""),
            words.option("--list", "listed", help="backup_list", is_flag=True),
        )

    def make_restore(words: Words) -> Command:
        return words.command(
            "restore",
            job(cli_keep.restore),
            words.argument("backup", "backup", "backup", required=False, default=""),
            words.option("--merge", help="restore_merge", is_flag=True),
            words.option("--replace", help="restore_replace", is_flag=True),
            words.option("--dry-run", help="dry_run", is_flag=True),
        )

    def make_check(words: Words) -> Command:
        return words.command("check", job(cli_keep.check), words.option("--repair", help="repair", is_flag=True))

    def make_history(words: Words) -> Command:
        from fieldsales.cli_review import history

        return words.command(
            "history",
            job(history),
            words.argument("account", "account", "account"),
            words.option("--limit", help="history_limit", var="n", type=number, default=50),
        )

    def make_report(words: Words) -> Command:
        from fieldsales.cli_report import command

        return command(words, job)

    def make_conflicts(words: Words) -> Command:
        from fieldsales.cli_review import conflicts

        return words.command("conflicts", job(conflicts))

    return Commands(
        t,
        {
            "today": make_today,
            "accounts": make_accounts,
            "show": make_show,
            "log": make_log,
            "add": make_add,
            "merge": make_merge,
            "import": make_import,
            "export": make_export,
            "history": make_history,
            "conflicts": make_conflicts,
            "report": make_report,
            "erase": make_erase,
            "backup": make_backup,
            "restore": make_restore,
            "check": make_check,
            "demo": make_demo,
            "tour": make_tour,
            "keys": make_keys,
            "checklists": make_checklists,
        },
    )
