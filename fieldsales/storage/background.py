"""Starting the process that merges, and hearing what came of it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from fieldsales.domain.frozen import dataclass
from fieldsales.domain.model import Message
from fieldsales.storage.files import Signature
from fieldsales.storage.merging import MergeResult

LARGE = 1 << 20  # bytes; a smaller file is merged in less time than a process takes to start


@dataclass(frozen=True, slots=True)
class Done:
    """What came of it: a result, or what stood against it, or neither where the process itself failed."""

    path: Path
    seen: Signature | None
    result: MergeResult | None
    trouble: Message | None


class Merging:
    """One merge under way in a process of its own."""

    def __init__(self, folder: Path, other: Path, name: str, own_name: str, home: bool) -> None:
        self.path = other
        self.home = home
        self._process = subprocess.Popen(
            [sys.executable, "-m", "fieldsales.storage.merge_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        asked = {"folder": str(folder), "other": str(other), "name": name, "own_name": own_name, "home": home}
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(asked).encode())
        self._process.stdin.close()

    def poll(self, wait: bool = False) -> Done | None:
        """What came of it, None while it goes on."""
        if self._process.poll() is None and not wait:
            return None
        assert self._process.stdout is not None
        text = self._process.stdout.read()
        self._process.stdout.close()
        self._process.wait()
        try:
            told = json.loads(text)
        except ValueError:
            return Done(self.path, None, None, None)
        if "error" in told:
            return Done(self.path, None, None, Message(told["error"], told["args"]))
        return Done(
            self.path,
            Signature(*told["seen"]) if told["seen"] else None,
            MergeResult(
                told["operations"],
                told["rows"],
                told["conflicts"],
                frozenset(told["accounts"]),
                frozenset(told["tables"]),
                told["equal"],
                tuple((label, count) for label, count in told["sites"]),
                told["erased"],
                told["named"],
            ),
            None,
        )
