"""What the README says is so: its commands can be called, its keys are the registry's, its pictures are there."""

from __future__ import annotations

import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from fieldsales.__main__ import _screen_arguments
from fieldsales.cli import build
from fieldsales.locale import Texts
from fieldsales.ui.keytable import key_table

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
FIRST_SCREEN = README.partition("\n## ")[0]


def fenced(text: str) -> list[str]:
    """The lines of all fenced blocks."""
    blocks = re.findall(r"^```\w*\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)
    return [line for block in blocks for line in block.splitlines() if line.strip()]


def calls() -> Iterator[str]:
    """Every call of the program, in blocks and in the running text."""
    for line in fenced(README):
        yield from (part.strip() for part in line.split("&&") if re.match(r"\s*(\S*/)?fieldsales( |$)", part))
    outside = re.sub(r"^```.*?^```$", "", README, flags=re.MULTILINE | re.DOTALL)
    yield from re.findall(r"`(fieldsales(?: [^`\n]+)?)`", outside)


def understand(words: list[str]) -> None:
    """Read a call as the program would, and do nothing. Raises click.UsageError where it is not understood."""
    if _screen_arguments(words) is not None:
        return
    said: dict[str, Any] = {}
    group = build(Texts("en"))
    context = group.make_context("fieldsales", [], obj=said)
    name, command, rest = group.resolve_command(context, list(words))
    assert command is not None
    command.make_context(name, rest, parent=context)


def test_the_first_screen_is_short_and_holds_exactly_the_two_commands() -> None:
    sample, tests = fenced(FIRST_SCREEN)
    assert sample == "python3 -m venv .venv && .venv/bin/pip install -q . && .venv/bin/fieldsales demo"
    assert "pip install -q -e '.[test]' && " in tests
    assert "-m pytest" in tests
    assert len(FIRST_SCREEN.splitlines()) <= 25
    assert "docs/pictures/cockpit.svg" in FIRST_SCREEN


@pytest.mark.parametrize("call", sorted(set(calls())))
def test_a_call_in_the_readme_is_understood(call: str) -> None:
    understand(shlex.split(call)[1:])


@pytest.mark.parametrize("call", ["fieldsales tomorrow", "fieldsales today --colour", "fieldsales log 한빛정밀 dance"])
def test_a_wrong_call_would_be_noticed(call: str) -> None:
    with pytest.raises(click.UsageError):
        understand(shlex.split(call)[1:])


def test_every_command_is_in_the_readme() -> None:
    said = {words[1] for words in map(shlex.split, calls()) if len(words) > 1 and not words[1].startswith("-")}
    assert said == set(build(Texts("en")).makers)  # type: ignore[attr-defined]


@pytest.mark.parametrize("lang", ["ko", "en"])
def test_the_table_of_keys_is_that_of_the_registry(lang: str) -> None:
    """After a key changed: put what `python -m fieldsales.ui.keytable LANG` prints between the marks."""
    found = re.search(rf"<!-- keys:{lang} -->\n(.*?)<!-- /keys:{lang} -->", README, re.DOTALL)
    assert found is not None
    assert found[1] == key_table(lang)


def test_whatever_the_readme_points_to_is_there() -> None:
    targets = re.findall(r"\]\(([^)#:]+)\)", README)
    assert "docs/pictures/cockpit.svg" in targets
    assert [target for target in targets if not (ROOT / target).exists()] == []


def test_every_jump_within_the_readme_lands_on_a_heading() -> None:
    headings = {
        re.sub(r"[^\w -]", "", heading).strip().lower().replace(" ", "-")
        for heading in re.findall(r"^#+ (.+)$", README, re.MULTILINE)
    }
    jumps = re.findall(r"\]\(#([^)]+)\)", README)
    assert jumps
    assert [jump for jump in jumps if jump not in headings] == []


def test_beside_each_picture_stands_the_command_that_draws_it() -> None:
    drawn = set(re.findall(r"--picture (\S+)", README))
    assert drawn == {str(path.relative_to(ROOT)) for path in (ROOT / "docs" / "pictures").iterdir()}
