"""Cleaning of text that comes from outside: typed, pasted, imported or merged."""

from __future__ import annotations

import re
import unicodedata

# C0 and C1 controls, bidi controls and isolates, line and paragraph separators, surrogates, the byte order mark.
_CONTROLS = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufff9-\ufffb]"
)
_SPACES = re.compile(r"\s+")


def clean(text: str, long: bool = False) -> str:
    """Text that is safe to keep and to show: NFC, without control characters; a long text keeps newlines and tabs."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    if long:
        return unicodedata.normalize("NFC", _CONTROLS.sub("", text)).strip("\n ")
    text = _CONTROLS.sub("", text.replace("\n", " ").replace("\t", " "))
    return _SPACES.sub(" ", unicodedata.normalize("NFC", text)).strip()
