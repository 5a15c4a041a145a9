"""The search index of the cache: the words under which an account stands in it, and what a filter finds.

`cache.searched` keeps the text that an account was indexed by, because the index (`cache.search`, FTS5 without
contents) forgets words only when it is told them again.
"""

from __future__ import annotations

import sqlite3

from fieldsales.domain.model import History
from fieldsales.storage.reading import UNLISTED

PREFIX = 5
"""Signs of the prefixes that the index keeps ready; what begins with more is put together at each question."""

FEW = 1_000
"""So many found are gathered and sorted; where there are more, the list is gone through in its order."""

_CANDIDATES = 64  # accounts of the list that are looked for among those found at once, at least
_MOST_CANDIDATES = 16_000  # in all; where so many have not been enough, those found lie far down the list
_OFTEN, _LONG = 0.3, 30_000  # share and number found from which on asking about each candidate is quicker than all

ACTIVITIES_SEARCHED = 20
SEARCHED_CHARS = 4000


# --- what is indexed ------------------------------------------------------------------------------------------------


def search_sources(history: History) -> tuple[str, str]:
    """The text by which an account is found: names, and everything else (at most 4,000 characters)."""
    account = history.account
    names = [account.name, *(contact.name for contact in history.contacts)]
    words = [account.region, account.address, account.sector, account.tags, account.code, account.phone]
    words.append(_digits(account.phone))
    for contact in history.contacts:
        words += (contact.title, contact.phone, contact.mobile, _digits(contact.phone), _digits(contact.mobile))
    words.append(account.note)
    words += (contact.note for contact in history.contacts)
    words += (fact.text for fact in history.facts)
    for activity in history.activities[:ACTIVITIES_SEARCHED]:
        words += (activity.heard, activity.said, activity.note)
    return "\n".join(filter(None, names)), "\n".join(filter(None, words))[:SEARCHED_CHARS]


def _digits(text: str) -> str:
    digits = "".join(sign for sign in text if sign.isdigit())
    return digits if digits != text else ""


def _tokens(names: str, text: str) -> str:
    from fieldsales.domain.hangul import search_tokens

    return f"{search_tokens(names, names=True)} {search_tokens(text, names=False)}"


def index(connection: sqlite3.Connection, n: int, history: History) -> None:
    """Index an account under its number; nothing is written where its text is what it was."""
    names, text = search_sources(history)
    old = connection.execute("SELECT names, text FROM cache.searched WHERE n = ?", (n,)).fetchone()
    if old == (names, text):
        return
    if old is not None:
        forget(connection, n)
    connection.execute("INSERT INTO cache.searched VALUES (?, ?, ?)", (n, names, text))
    connection.execute("INSERT INTO cache.search(rowid, k) VALUES (?, ?)", (n, _tokens(names, text)))


def forget(connection: sqlite3.Connection, n: int) -> None:
    """Take an account out of the index."""
    old = connection.execute("SELECT names, text FROM cache.searched WHERE n = ?", (n,)).fetchone()
    if old is None:
        return
    connection.execute("INSERT INTO cache.search(search, rowid, k) VALUES ('delete', ?, ?)", (n, _tokens(*old)))
    connection.execute("DELETE FROM cache.searched WHERE n = ?", (n,))


# --- what a filter finds --------------------------------------------------------------------------------------------


class Found:
    """The accounts of a list that a filter finds: how many at once, their numbers as far as they are asked for.

    `match` is an FTS5 expression. `where` with its `values`, and `order`, are the list that is filtered, which holds
    `size` accounts; `state` is whose list it is (see `reading.accounts`).
    """

    def __init__(
        self,
        connection: sqlite3.Connection,
        match: str,
        state: str,
        where: str,
        values: tuple[str | int, ...],
        order: str,
        size: int,
    ) -> None:
        self._connection = connection
        self._match = match
        self._where = where
        self._values = values
        self._order = order
        self._size = max(size, 1)
        self._ready = max(map(len, match.split('"')[1::2])) <= PREFIX  # all that is looked for
        self._asked = 0  # accounts of the list that were looked for among those found
        self._first: list[int] = []
        whole = state in {"current", "all"}  # else the index knows nothing of the state
        self.count = self._counted(state) if whole else 0
        self.complete = not whole or self.count <= FEW
        """Whether all numbers are known."""
        if self.complete:
            self._gather()
        if not whole:
            self.count = len(self._first)

    def _counted(self, state: str) -> int:
        count = self._number("")
        if (
            state == "all"
            or not self._connection.execute("SELECT count FROM cache.tally WHERE listed = 0").fetchone()[0]
        ):
            return count
        return count - self._number(f" AND rowid >= {UNLISTED}")  # asking for the others takes half as long again

    def _number(self, more: str) -> int:
        ask = f"SELECT count(*) FROM cache.search WHERE search MATCH ?{more}"
        return int(self._connection.execute(ask, (self._match,)).fetchone()[0])

    def _gather(self) -> None:
        # Left to itself SQLite goes through the whole list in its order.
        found = self._connection.execute(
            f"SELECT n FROM cache.standing NOT INDEXED WHERE {self._where} "
            f"AND n IN (SELECT rowid FROM cache.search WHERE search MATCH ?) ORDER BY {self._order}",
            (*self._values, self._match),
        )
        self._first = [n for (n,) in found]
        self.complete = True

    def first(self, count: int) -> list[int]:
        """The numbers of at least the first `count` accounts in the order of the list, all where it holds fewer."""
        step = 0
        while len(self._first) < min(count, self.count) and not self.complete:
            if self._asked >= _MOST_CANDIDATES:
                self._gather()
                break
            share = self.count / self._size
            step = max(_CANDIDATES, int((count - len(self._first)) / share * 1.25), 2 * step)
            self._ask(min(step, _MOST_CANDIDATES), share)
        return self._first

    def _ask(self, count: int, share: float) -> None:
        """Look for the next so many accounts of the list among those found."""
        candidates = [
            n
            for (n,) in self._connection.execute(
                f"SELECT n FROM cache.standing WHERE {self._where} ORDER BY {self._order} LIMIT ? OFFSET ?",
                (*self._values, count, self._asked),
            )
        ]
        one_by_one = self._ready and share >= _OFTEN and self.count >= _LONG
        column = "rowid" if one_by_one else "+rowid"  # + makes it go through all found
        marks = ",".join("?" * len(candidates))
        among = self._connection.execute(
            f"SELECT rowid FROM cache.search WHERE search MATCH ? AND {column} IN ({marks})", (self._match, *candidates)
        )
        matching = {n for (n,) in among}
        self._first += [n for n in candidates if n in matching]
        self._asked += len(candidates)
        self.complete = len(candidates) < count
