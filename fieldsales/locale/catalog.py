"""A compiled catalog, read by the word: `gettext` would decode every text before the first one is asked for."""

from __future__ import annotations

from pathlib import Path

_MAGIC = 0x950412DE


class Catalog:
    """The texts of a `.mo` file in UTF-8, by their ids. Raises FileNotFoundError, ValueError where it is none."""

    def __init__(self, path: Path) -> None:
        self._data = data = path.read_bytes()
        order = next((order for order in ("little", "big") if _number(data, 0, order) == _MAGIC), "")
        if not order:
            raise ValueError(f"{path} is no compiled catalog")
        self._order = order
        self._count, self._ids, self._texts = (_number(data, place, order) for place in (8, 12, 16))
        self._found: dict[str, str] = {}

    def text(self, id: str) -> str:
        """The text of the id; the id itself where there is none."""
        found = self._found.get(id)
        if found is None:
            found = self._found[id] = self._search(id)
        return found

    def _search(self, id: str) -> str:
        wanted = id.encode()
        low, high = 0, self._count  # the ids stand in the order of their bytes
        while low < high:
            middle = (low + high) // 2
            here = self._piece(self._ids, middle)
            if here == wanted:
                return self._piece(self._texts, middle).decode()
            if here < wanted:
                low = middle + 1
            else:
                high = middle
        return id

    def _piece(self, table: int, number: int) -> bytes:
        length, start = (_number(self._data, table + 8 * number + place, self._order) for place in (0, 4))
        return self._data[start : start + length]


def _number(data: bytes, place: int, order: str) -> int:
    return int.from_bytes(data[place : place + 4], "little" if order == "little" else "big")
