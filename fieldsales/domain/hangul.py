"""The Hangul keyboard, and the words by which a search finds things.

A search index holds, for each word, every suffix of it, so that prefix matching answers a search for any part. Hangul
is indexed by its keystrokes on the common (2-beolsik) layout: a half-typed syllable (`하` of `한`), a final that will
move on (`갑ㅅ`) and Hangul typed with the Latin layout on are then plain prefixes. Two marker letters keep the kinds of
token apart: þ before keystrokes, ð before initial consonants.
"""
# ruff: noqa: SIM905  (a row of keys reads as one)

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import lru_cache

WORD_KEYS = 48  # keys of one token; what is longer is cut, in the index and in a query alike
TEXT_LENGTH = 4_000  # characters of one text that are indexed
_STARTS = 200  # suffixes of one word
_QUERY_PIECES = 16

KEYS, INITIALS = "þ", "ð"

_INITIAL_KEYS = "r R s e E f a q Q t T d w W c z x v g".split()
_VOWEL_KEYS = "k o i O j p u P h hk ho hl y n nj np nl b m ml l".split()
_FINAL_KEYS = "r R rt s sw sg e f fr fa fq ft fx fv fg a q qt t T d w c z x v g".split()
_COMPATIBLE = "ㄱㄲㄳㄴㄵㄶㄷㄸㄹㄺㄻㄼㄽㄾㄿㅀㅁㅂㅃㅄㅅㅆㅇㅈㅉㅊㅋㅌㅍㅎ"
_COMPATIBLE_KEYS = "r R rt s sw sg e E f fr fa fq ft fx fv fg a q Q qt t T d w W c z x v g".split()
_VOWELS = "ㅏㅐㅑㅒㅓㅔㅕㅖㅗㅘㅙㅚㅛㅜㅝㅞㅟㅠㅡㅢㅣ"

_JAMO_KEYS = {
    **{chr(0x1100 + i): key for i, key in enumerate(_INITIAL_KEYS)},
    **{chr(0x1161 + i): key for i, key in enumerate(_VOWEL_KEYS)},
    **{chr(0x11A8 + i): key for i, key in enumerate(_FINAL_KEYS)},
    **dict(zip(_COMPATIBLE, _COMPATIBLE_KEYS, strict=True)),
    **dict(zip(_VOWELS, _VOWEL_KEYS, strict=True)),
}
_KEY_JAMO = {key: jamo for jamo, key in _JAMO_KEYS.items() if len(key) == 1 and "ㄱ" <= jamo <= "ㅣ"}
_CONSONANTS = frozenset(_COMPATIBLE) | {chr(0x1100 + i) for i in range(19)} | {chr(0x11A8 + i) for i in range(27)}
_CONSONANT_LETTERS = frozenset("rsefaqtdwczxvg")


def is_lone_jamo(char: str) -> bool:
    """Whether this one character is a letter of Hangul outside a syllable, as a command key sends it."""
    return char in _JAMO_KEYS


def jamo_of_key(key: str) -> str:
    """The letter of Hangul on a Latin key: `l` is ㅣ, `Q` is ㅃ; "" for what is no letter key."""
    if len(key) != 1:
        return ""
    return _KEY_JAMO.get(key) or _KEY_JAMO.get(key.lower(), "")


def to_latin_keys(text: str) -> str:
    """The Latin keys that type the text on the 2-beolsik layout: ㅃ is Q, ㅝ is nj, 버 is qj. All else stays."""
    return "".join(_JAMO_KEYS.get(char, char) for char in unicodedata.normalize("NFD", text))


class _SyllableKeys(dict[str, tuple[str, str]]):
    """A character of Hangul to its keys and the key of its initial, lower case, worked out when first asked."""

    def __missing__(self, char: str) -> tuple[str, str]:
        index = ord(char) - 0xAC00
        if 0 <= index < 11172:
            initial, rest = divmod(index, 588)
            vowel, final = divmod(rest, 28)
            first = _INITIAL_KEYS[initial].lower()
            keys = first + _VOWEL_KEYS[vowel].lower() + (_FINAL_KEYS[final - 1].lower() if final else "")
        else:
            keys = _JAMO_KEYS[char].lower()
            first = keys[0] if char in _CONSONANTS else ""
        self[char] = keys, first
        return keys, first


_SYLLABLES = _SyllableKeys()

# Single ranges beside each other, for a set of them all takes `re` milliseconds to work out.
_HANGUL = "(?:[가-힣]|[ㄱ-ㅣ]|[\u1100-\u1112]|[\u1161-\u1175]|[\u11a8-\u11c2])"
_PIECE = re.compile(f"(?P<hangul>{_HANGUL}+)|(?P<latin>[0-9a-z]+)|(?P<other>(?:(?!{_HANGUL}|[0-9a-z])[^\\W_])+)")
_NUMBER = re.compile(r"\+?\d+(?:[-.)]+\d+)+")
_PHONE = re.compile(r"(?<!\d)\+?\(?\d[\d \-.)(]{6,20}\d(?!\d)")
_DIGIT = re.compile("[0-9]")
_NOT_DIGITS = re.compile(r"[^0-9]+")
_HYPHENS = re.compile("[\u2010-\u2015\u2212]")


@lru_cache(maxsize=4096)
def _fold_char(char: str) -> str:
    if char in _JAMO_KEYS or "가" <= char <= "힣":
        return char
    folded = ""
    for part in unicodedata.normalize("NFKD", unicodedata.normalize("NFKD", char).casefold()):
        # Characters younger than Unicode 3.2 may be no letters to SQLite's tokenizer: they only part words.
        kind = unicodedata.ucd_3_2_0.category(part)
        if part.isascii() or part in _JAMO_KEYS or (kind[0] in "LN" and part not in (KEYS, INITIALS)):
            folded += part
        elif kind[0] != "M":
            folded += " "
    return folded


def _fold(text: str) -> str:
    """The text as the index sees it: Hangul whole, everything else without case, accents and width."""
    if text.isascii():
        return text.lower()
    return "".join(map(_fold_char, unicodedata.normalize("NFC", _HYPHENS.sub("-", text))))


def _suffixes(text: str) -> Iterator[str]:
    """The tokens of folded text, repeats among them."""
    for match in _PIECE.finditer(text):
        piece = match[0]
        if match.lastgroup != "hangul":
            for i in range(min(len(piece), _STARTS)):
                yield piece[i : i + WORD_KEYS]
        elif len(piece) < WORD_KEYS:
            yield from _known_tokens(piece)
        else:
            yield from _hangul_tokens(piece)


def _hangul_tokens(piece: str) -> tuple[str, ...]:
    pairs = [_SYLLABLES[char] for char in piece]
    keys = "".join(keys for keys, _ in pairs)
    initials = "".join(initial or " " for _, initial in pairs)  # a vowel by itself has none and ends the row
    tokens = []
    at = 0
    for i in range(min(len(piece), _STARTS)):
        tokens.append(KEYS + keys[at : at + WORD_KEYS])
        at += len(pairs[i][0])
        if row := initials[i : i + WORD_KEYS].partition(" ")[0]:
            tokens.append(INITIALS + row)
    return tuple(tokens)


# A text that changes is taken out of the index and put in again, mostly with the same words.
_known_tokens = lru_cache(maxsize=2048)(_hangul_tokens)


def search_tokens(text: str, names: bool = False) -> str:
    """The tokens under which a text is found, blank-separated, for a contentless FTS5 column.

    `names`, one a line, are also found without their blanks and signs (`N&B 푸드` as `NB푸드`).
    """
    text = _fold(text[:TEXT_LENGTH])
    tokens = list(_suffixes(text))
    for pattern in (_PHONE, _NUMBER) if _DIGIT.search(text) else ():
        for match in pattern.finditer(text):
            tokens += _suffixes(_NOT_DIGITS.sub("", match[0]))
    for name in text.split("\n") if names else ():
        whole = "".join(match[0] for match in _PIECE.finditer(name))
        if whole != name:
            tokens += _suffixes(whole)
    return " ".join(dict.fromkeys(tokens))


def search_query(text: str) -> str | None:
    """The FTS5 expression that finds what was typed, None where nothing searchable was.

    Every blank-separated word must be found; each may be meant as it stands, as initial consonants, or as typed with
    the other keyboard layout on.
    """
    terms = []
    for word in _fold(text[:TEXT_LENGTH]).split():
        if _NUMBER.fullmatch(word.rstrip("-.)")):
            terms.append([_NOT_DIGITS.sub("", word)])
            continue
        for match in _PIECE.finditer(word):
            terms.append(_hangul_forms(match[0]) if match.lastgroup == "hangul" else _latin_forms(match[0]))
    if not terms:
        return None
    return " AND ".join(
        "(" + " OR ".join(f'"{form}"*' for form in dict.fromkeys(forms)) + ")" for forms in terms[:_QUERY_PIECES]
    )


def _hangul_forms(piece: str) -> list[str]:
    keys = "".join(_SYLLABLES[char][0] for char in piece)[:WORD_KEYS]
    forms = [KEYS + keys]
    jamo = [char for char in piece if char in _JAMO_KEYS]
    if len(jamo) == len(piece) > 1 and all(char in _CONSONANTS for char in jamo):
        forms.append(INITIALS + keys)  # of one consonant the keys find the same words
    if len(keys) >= (3 if jamo else 5):  # shorter ones would find too many Latin words that nobody meant
        forms.append(keys)
    return forms


def _latin_forms(piece: str) -> list[str]:
    piece = piece[:WORD_KEYS]
    forms = [piece]
    if piece.isascii() and piece.isalpha():
        forms.append(KEYS + piece)
        if len(piece) > 1 and _CONSONANT_LETTERS.issuperset(piece):
            forms.append(INITIALS + piece)
    return forms
