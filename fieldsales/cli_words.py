"""The command-line library in the user's language: commands made when asked for, help and errors from the catalogs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import click

from fieldsales.cli_session import iso_day
from fieldsales.domain.text import clean
from fieldsales.domain.width import cells, pad
from fieldsales.locale import Texts


class Misused(click.UsageError):
    """A call that is not understood, already worded."""


class OneOf(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """One of a few words, each under several names; its value is the first name."""

    name = "word"

    def __init__(self, t: Texts, words: Mapping[str, Sequence[str]]) -> None:
        self.t = t
        self.words = words

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        if value == "":
            return value
        for word, others in self.words.items():
            if value.casefold() == word.casefold() or value in others:
                return word
        listed = ", ".join("/".join((word, *others)) for word, others in self.words.items())
        raise Misused(self.t("cli.not_one_of", value=clean(value), words=listed), ctx)


class Shaped(click.ParamType):  # type: ignore[type-arg,unused-ignore]
    """A text that a function accepts or refuses by giving None; the refusal is worded by a text id."""

    name = "text"

    def __init__(self, t: Texts, read: Callable[[str], Any], refusal: str) -> None:
        self.t = t
        self.read = read
        self.refusal = refusal

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        if not isinstance(value, str) or value == "":
            return value
        found = self.read(value)
        if found is None:
            raise Misused(self.t(self.refusal, value=clean(value)), ctx)
        return found


class Words:
    """Makes the parts of commands with their help from the catalogs."""

    def __init__(self, t: Texts) -> None:
        self.t = t

    def option(self, *names: str, help: str, var: str = "", **more: Any) -> click.Option:
        """An option; `help` is the end of a text id, `var` that of the word for its value ("" for a flag)."""
        if var:
            more["metavar"] = self.t(f"cli.var.{var}")
        return click.Option(names, help=self.t(f"cli.help.{help}"), **more)

    def argument(self, name: str, var: str, help: str, **more: Any) -> click.Argument:
        made = click.Argument([name], metavar=self.t(f"cli.var.{var}"), **more)
        made.said = self.t(f"cli.help.{help}")  # type: ignore[attr-defined]
        return made

    def command(self, name: str, run: Callable[..., int], *params: click.Parameter) -> Command:
        return Command(self, name, run, [*params, *self.everywhere()])

    def everywhere(self) -> list[click.Parameter]:
        """The options that stand before a command or after it alike."""
        day = Shaped(self.t, iso_day, "cli.not_a_day")
        lang = OneOf(self.t, {"ko": (), "en": ()})
        return [
            self.option("--file", help="file", var="path", expose_value=False, callback=_keep),
            self.option("--today", help="today_option", var="day", type=day, expose_value=False, callback=_keep),
            self.option("--lang", help="lang", var="lang", type=lang, expose_value=False, callback=_keep),
            self.option("--no-trace", help="no_trace", is_flag=True, default=None, expose_value=False, callback=_keep),
            self.option("--json", help="json", is_flag=True, default=None, expose_value=False, callback=_keep),
        ]


def _keep(ctx: click.Context, param: click.Parameter, value: Any) -> None:
    """Lay the value where the command finds it, whichever side of the command's name it was said on."""
    if value is not None and param.name:
        ctx.find_root().obj[param.name] = value


class Command(click.Command):
    def __init__(
        self, words: Words, name: str, run: Callable[..., int] | None, params: Sequence[click.Parameter]
    ) -> None:
        super().__init__(name, callback=run, params=list(params), help=words.t(f"cli.does.{name}"))
        self.t = words.t

    def get_help(self, ctx: click.Context) -> str:
        return _help(self.t, ctx, self, ())

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self.t, super().get_help_option(ctx))


class Commands(click.Group):
    """A group that makes a command when it is asked for: a call needs one of them, and the others cost time."""

    def __init__(self, t: Texts, makers: Mapping[str, Callable[[Words], Command]]) -> None:
        words = Words(t)
        super().__init__(
            "fieldsales",
            callback=self._alone,
            params=words.everywhere(),
            help=t("cli.does.fieldsales"),
            invoke_without_command=True,
        )
        self.t = t
        self.words = words
        self.makers = makers
        self.params.append(
            words.option("--version", help="version", is_flag=True, expose_value=False, callback=_version)
        )

    def _alone(self) -> None:
        ctx = click.get_current_context()
        if ctx.invoked_subcommand is None:
            raise Misused(self.t("cli.no_command", names=", ".join(self.makers)), ctx)

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(self.makers)

    def get_command(self, ctx: click.Context, name: str) -> click.Command | None:
        return self.makers[name](self.words) if name in self.makers else None

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        if args and args[0] not in self.makers:
            name = clean(args[0])
            if name.startswith("-"):
                raise Misused(self.t("cli.no_such_option", option=name), ctx)
            raise Misused(self.t("cli.no_such_command", name=name, names=", ".join(self.makers)), ctx)
        return super().resolve_command(ctx, args)

    def get_help(self, ctx: click.Context) -> str:
        return _help(self.t, ctx, self, [(name, self.t(f"cli.does.{name}")) for name in self.makers])

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        return _help_option(self.t, super().get_help_option(ctx))


def _version(ctx: click.Context, param: click.Parameter, value: bool) -> None:
    if value:
        from importlib.metadata import PackageNotFoundError, version

        try:
            click.echo(f"fieldsales {version('fieldsales')}")
        except PackageNotFoundError:  # run from a folder without being installed
            click.echo("fieldsales")
        ctx.exit()


def _help_option(t: Texts, option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = t("cli.help.help")
    return option


def _help(t: Texts, ctx: click.Context, command: click.Command, below: Sequence[tuple[str, str]]) -> str:
    arguments = [param for param in command.get_params(ctx) if isinstance(param, click.Argument)]
    shown = [
        f"{param.metavar}…" if param.nargs == -1 else str(param.metavar) if param.required else f"[{param.metavar}]"
        for param in arguments
    ]
    path = f"fieldsales [{t('cli.var.command')}]" if below else f"fieldsales {command.name}"
    lines = [t("cli.usage_line", call=" ".join([path, *shown])), "", command.help or "", ""]
    rows = [(name, 0, text) for name, text in below]
    rows += [(str(param.metavar), 1, getattr(param, "said", "")) for param in arguments]
    for param in command.get_params(ctx):
        if isinstance(param, click.Option):
            value = f" {param.metavar}" if param.metavar else ""
            rows.append((", ".join(param.opts) + value, 2, param.help or ""))
    width = max(cells(name) for name, _, _ in rows) + 2
    before = rows[0][1]
    for name, block, text in rows:
        if block != before:
            lines.append("")
        before = block
        lines.append(f"  {pad(name, width)}{text}")
    return "\n".join(lines)


def misuse(t: Texts, error: click.UsageError) -> str:
    """What is wrong with a call, in one sentence, and where to read on."""
    if isinstance(error, Misused):
        text = error.message
    elif isinstance(error, click.MissingParameter):
        text = t("cli.missing", name=_named(error.param))
    elif isinstance(error, click.NoSuchOption):
        text = t("cli.no_such_option", option=clean(error.option_name))
    elif isinstance(error, click.BadOptionUsage):
        text = t("cli.bad_option", option=clean(error.option_name))
    elif isinstance(error, click.BadParameter):
        text = t("cli.bad_value", name=_named(error.param))
    else:
        text = t("cli.too_many")
    command = error.ctx.command.name if error.ctx is not None else "fieldsales"
    call = "fieldsales --help" if command in {"fieldsales", None} else f"fieldsales {command} --help"
    return f"{text}\n{t('cli.read_on', call=call)}"


def _named(param: click.Parameter | None) -> str:
    if param is None:
        return ""
    return param.opts[0] if isinstance(param, click.Option) else str(param.metavar or param.name)
