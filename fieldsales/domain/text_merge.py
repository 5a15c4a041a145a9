"""Two texts that grew apart out of one, joined: by lines, then by words; where both wrote the same place, one after
the other."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from fieldsales.domain.frozen import dataclass

_WORDS = re.compile(r"\S+\s*|\s+")
_MOST = 1_000_000  # comparisons of two sequences: their lengths multiplied; more is not tried


@dataclass(frozen=True, slots=True)
class Joined:
    """A joined text. `clean` says that both sides had changed different places, so that nothing stands twice."""

    text: str
    clean: bool


def join_all(base: str, sides: Sequence[str]) -> Joined:
    """All sides joined, the first one's words before the others' where they wrote the same place."""
    if not sides:
        return Joined(base, True)
    text, clean = sides[0], True
    for side in sides[1:]:
        joined = join(base, text, side)
        text, clean = joined.text, clean and joined.clean
    return Joined(text, clean)


def join(base: str, first: str, second: str) -> Joined:
    """What both sides made of the base. A side that changed nothing gives way to the other."""
    if second in (first, base):
        return Joined(first, True)
    if first == base:
        return Joined(second, True)
    lines = [text.split("\n") for text in (base, first, second)]
    if not _small(lines):
        return Joined(f"{first}\n{second}", False)
    out: list[str] = []
    clean = True
    for kind, old, one, other in _regions(*lines):
        if kind != "conflict":
            out += one if kind in ("a", "same") else other if kind == "b" else old
            continue
        words = _by_words("\n".join(old), "\n".join(one), "\n".join(other)) if old else None
        if words is not None:
            out += words.split("\n")
        else:
            clean = False
            out += _one_after_the_other(one, other)
    return Joined("\n".join(out), clean)


def _small(pieces: Sequence[Sequence[str]]) -> bool:
    base, first, second = (len(one) for one in pieces)
    return max(base, 1) * max(first, second) <= _MOST and first * second <= _MOST


def _by_words(base: str, first: str, second: str) -> str | None:
    """The place joined word by word, None where both changed the same words."""
    pieces = [_WORDS.findall(text) for text in (base, first, second)]
    if not pieces[0] or not _small(pieces):
        return None
    out: list[str] = []
    for kind, old, one, other in _regions(*pieces):
        if kind == "conflict":
            return None
        out += one if kind in ("a", "same") else other if kind == "b" else old
    return "".join(out)


def _one_after_the_other(one: list[str], other: list[str]) -> Iterator[str]:
    """Both sides of a place; lines that both wrote stand once."""
    from difflib import SequenceMatcher

    for tag, start, end, begin, stop in SequenceMatcher(None, one, other).get_opcodes():
        yield from one[start:end]
        if tag != "equal":
            yield from other[begin:stop]


def _regions(
    base: Sequence[str], first: Sequence[str], second: Sequence[str]
) -> Iterator[tuple[str, list[str], list[str], list[str]]]:
    """The places of a merge in their order: what became of each, and its pieces in the base and on both sides."""
    from merge3 import Merge3

    merge = Merge3(list(base), list(first), list(second))
    for region in merge.merge_regions():
        kind = str(region[0])
        ends: list[int] = [int(end) for end in region[1:] if end is not None]
        if kind == "conflict":
            yield kind, list(base[ends[0] : ends[1]]), list(first[ends[2] : ends[3]]), list(second[ends[4] : ends[5]])
        else:
            start, end = ends[0], ends[1]
            yield kind, list(base[start:end]), list(first[start:end]), list(second[start:end])
