"""What a command of the program said: the tests of the command line stand on it, with the fixture `call`."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any, NamedTuple

DAY = "2026-11-20"  # a Friday


class Said(NamedTuple):
    """The exit code and what was written."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.out)
        return found


Call = Callable[..., Said]
