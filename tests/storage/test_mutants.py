"""The tests of the merge notice a broken one. All mutants: python tests/storage/mutants.py"""

from __future__ import annotations

import pytest
from mutants import MUTANTS, changed, try_all

SOME = (
    "only one parent kept",
    "what is brought back differs from copy to copy",
    "a form is taken to have seen everything",
)


@pytest.mark.parametrize("name", MUTANTS)
def test_what_a_mutant_changes_is_there(name: str) -> None:
    for file, text in changed(MUTANTS[name]).items():
        compile(text, file, "exec")


@pytest.mark.slow
@pytest.mark.parametrize("name", SOME)
def test_a_mutant_is_killed(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert not try_all([name])
    assert "killed" in capsys.readouterr().out
