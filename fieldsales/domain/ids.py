"""Ids of rows with a natural key, so that two copies which make the same row hold one row and not two."""

from __future__ import annotations

import uuid

_SPACE = uuid.UUID("8d1f8f2c-6d0b-5d0e-9a53-0f2b6a0f1e5a")


def natural_id(table: str, *parts: str) -> str:
    """The UUIDv5 of a table's natural key, the same on every machine."""
    return str(uuid.uuid5(_SPACE, "\x1f".join((table, *parts))))
