"""Which account of the book a row of a file speaks of."""

from __future__ import annotations

import re
from collections.abc import Iterable

from fieldsales.domain.ids import natural_id
from fieldsales.domain.model import Account

_FIRM = re.compile(r"주식회사|유한회사|\(주\)|\(유\)|㈜|\(재\)|\(사\)")


class KnownAccounts:
    """The accounts of the book and of the rows read so far, found by code or by name."""

    def __init__(self, rows: Iterable[Account]) -> None:
        self.rows: dict[str, Account] = {}
        self._by_code: dict[str, str] = {}
        self._by_bare_code: dict[str, set[str]] = {}
        self._by_name: dict[str, set[str]] = {}
        self._by_core: dict[str, set[str]] = {}
        for row in rows:
            self.keep(row)

    def keep(self, row: Account) -> None:
        """Take in a new account, or one as it is now."""
        old = self.rows.get(row.id)
        self.rows[row.id] = row
        if old is None or old.name != row.name:
            if old is not None:
                self._by_name.get(name_key(old.name), set()).discard(row.id)
                self._by_core.get(_core(old.name), set()).discard(row.id)
            self._by_name.setdefault(name_key(row.name), set()).add(row.id)
            self._by_core.setdefault(_core(row.name), set()).add(row.id)
        if row.code and (old is None or old.code != row.code):
            self._by_code.setdefault(row.code.casefold(), row.id)
            if row.code.isdecimal():
                self._by_bare_code.setdefault(row.code.lstrip("0"), set()).add(row.id)

    def of_code(self, code: str) -> str | None:
        return self._by_code.get(code.casefold()) if code else None

    def of_name(self, name: str) -> set[str]:
        return self._by_name.get(name_key(name), set()) if name else set()

    def meant(self, code: str, name: str) -> tuple[str, str]:
        """The account that a row of another kind speaks of, and else the reason why there is none.

        Forgives what spreadsheets and people do to names: zeros lost before a code, 주식회사 written or not.
        """
        if found := self.of_code(code):
            return found, ""
        if code.isdecimal() and len(bare := self._by_bare_code.get(code.lstrip("0"), set())) == 1:
            return next(iter(bare)), ""
        for ids in (self.of_name(name), self._by_core.get(_core(name), set()) if name else set()):
            if len(ids) == 1:
                return next(iter(ids)), ""
            if ids:
                return "", "same_name"
        return "", "unknown_account" if code or name else "no_account"


def account_id(code: str, name: str) -> str:
    """The same on every machine that imports the same file. A name has an empty part before it, so as to be no code."""
    return natural_id("account", code) if code else natural_id("account", "", name_key(name))


def name_key(name: str) -> str:
    """A name as it is compared: without spaces and case."""
    return "".join(name.casefold().split())


def _core(name: str) -> str:
    """A name as people say it, without 주식회사."""
    return _FIRM.sub("", name_key(name)) or name_key(name)
