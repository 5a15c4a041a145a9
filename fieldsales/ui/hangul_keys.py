"""Letters typed with the Hangul layout on, turned back into the keys that were pressed."""

from __future__ import annotations

from textual.events import Key

from fieldsales.ui.commands import NAVIGATION_KEYS


def keys_of(event: Key) -> list[Key]:
    """The Latin keys behind a Hangul key event, none where it is no such: `ctrl+ㄴ` gives `ctrl+s`, `버` q and j."""
    modifiers, _, last = event.key.rpartition("+")
    sign = last if len(last) == 1 else (event.character or "")
    if len(sign) != 1 or not _is_hangul(sign):
        return []
    from fieldsales.domain.hangul import to_latin_keys

    latin = to_latin_keys(sign)
    if modifiers:
        return [Key(f"{modifiers}+{letter.lower()}", None) for letter in latin]
    return [Key(letter if letter.islower() else letter.lower(), letter.lower()) for letter in latin]


def _is_hangul(sign: str) -> bool:
    return "\u1100" <= sign <= "\u11ff" or "\u3131" <= sign <= "\u318e" or "\uac00" <= sign <= "\ud7a3"


def may_replay(keys: list[Key]) -> bool:
    """A single key fires its command; several in one syllable only where all of them merely move about."""
    return len(keys) == 1 or all(key.key in NAVIGATION_KEYS for key in keys)
