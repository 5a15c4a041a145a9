"""Ids of rows with a natural key, so that two copies which make the same row hold one row and not two."""

from __future__ import annotations

try:
    from _sha1 import sha1  # type: ignore[import-not-found]
except ImportError:  # it comes with OpenSSL then, which takes three milliseconds and as many megabytes
    from hashlib import sha1

_SPACE = bytes.fromhex("8d1f8f2c6d0b5d0e9a530f2b6a0f1e5a")


def natural_id(table: str, *parts: str) -> str:
    """The UUIDv5 of a table's natural key, the same on every machine."""
    digest = sha1(_SPACE + "\x1f".join((table, *parts)).encode()).digest()
    return uuid_text(int.from_bytes(digest[:16], "big"), 5)


def is_id(text: str) -> bool:
    """Whether a text has the shape of an id."""
    return len(text) == 36 and text[8] == text[13] == text[18] == text[23] == "-" and text.isascii() and " " not in text


def uuid_text(number: int, version: int) -> str:
    """A UUID of 128 bits, of which six give way to the version and the variant, as text.

    The standard module does the same; importing it takes as long as a row takes to be written.
    """
    number = number & ~(0xF << 76) | version << 76
    number = number & ~(0x3 << 62) | 0x2 << 62
    text = f"{number:032x}"
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"
