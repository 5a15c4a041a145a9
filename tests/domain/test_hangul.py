"""What is typed finds what was meant, in a real FTS5 table; Hangul keys are those of the Latin layout."""

from __future__ import annotations

import re
import sqlite3
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.domain.hangul import (
    TEXT_LENGTH,
    is_lone_jamo,
    jamo_of_key,
    search_query,
    search_tokens,
    to_latin_keys,
)


class Index:
    """The search table as the book has it."""

    def __init__(self) -> None:
        self.db = sqlite3.connect(":memory:")
        self.db.execute(
            "CREATE VIRTUAL TABLE found USING fts5(k, content='', columnsize=0, detail=none, prefix='2 3',"
            " tokenize='unicode61 remove_diacritics 2')"
        )

    def find(self, text: str, query: str, names: bool = True) -> bool:
        """Whether the query finds the text, alone in the table."""
        self.db.execute("BEGIN")
        try:
            self.db.execute("INSERT INTO found(rowid, k) VALUES (1, ?)", (search_tokens(text, names),))
            return bool(self.rows(query))
        finally:
            self.db.execute("ROLLBACK")

    def rows(self, query: str) -> list[tuple[int]]:
        expression = search_query(query)
        return (
            self.db.execute("SELECT rowid FROM found WHERE found MATCH ?", (expression,)).fetchall()
            if expression
            else []
        )


INDEX = Index()


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("해윰정밀", "ㅎㅇㅈㅁ"),
        ("해윰정밀", "ㅈㅁ"),
        ("해윰정밀", "정밀"),
        ("해윰 정밀", "해윰정"),
        ("해윰정밀", "해윰 정밀"),
        ("해윰정밀", "해ㅇ"),
        ("한빛상사", "gksqlc"),
        ("한빛상사", "한비"),
        ("한빛상사", "하"),
        ("한빛상사", "ㅎ"),
        ("한빛상사", "GKSQLC"),
        ("한빛상사", "gqtt"),
        ("김태희", "rlaxogml"),
        ("김태희", "rxg"),
        ("김태희", "ㄳㅌ"[:0] + "태희"),
        ("값진", "갑ㅅ"),
        ("ㄳ해윰정밀", "ㅎㅇㅈㅁ"),
        ("납기 불만을 말씀하심", "불만"),
        ("México Foods", "mexico"),
        ("Mexico Foods", "México"),
        ("Apple", "ㅁㅔㅔㅣㄷ"),
        ("Apple", "메ㅔㅣㄷ"),
        ("N&B푸드랩", "N&B푸드"),
        ("N&B푸드랩", "푸드"),
        ("N&B푸드랩", "nb푸드랩"),
        ("N&B 푸드랩", "n&b푸"),
        ("3M코리아", "3M코"),
        ("3M코리아", "코리아"),
        ("02-0000-0142", "0142"),
        ("02-0000-0142", "0000-0142"),
        ("02-0000-0142", "02000001"),
        ("02)0000-0142", "0200000142"),
        ("010 0000 0142", "01000000142"),
        ("010-0000-0142", "010-"),
        ("三星商社", "商社"),
        ("ＦＵＬＬ width", "full"),
        ("Straße", "strasse"),
        ("カフェ東京", "東京"),
    ],
)
def test_what_is_typed_finds_what_was_meant(text: str, query: str) -> None:
    assert INDEX.find(text, query)


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("해윰정밀", "정밀해"),
        ("해윰정밀", "ㅎㅇㅁ"),
        ("한빛상사", "한별"),
        ("한빛상사", "빛나"),
        ("02-0000-0142", "0143"),
        ("Apple", "pear"),
        ("한빛상사", "한빛 정밀"),
        ("약국 director", "약ㄱ국"),
    ],
)
def test_what_was_not_meant_is_not_found(text: str, query: str) -> None:
    assert not INDEX.find(text, query)


def test_names_on_their_own_lines_are_not_run_together() -> None:
    assert not INDEX.find("한빛상사\n김태희", "상사김")
    assert INDEX.find("한빛 상사\n김태희", "빛상")


def test_decomposed_hangul_finds_and_is_found() -> None:
    decomposed = unicodedata.normalize("NFD", "한빛상사")
    assert INDEX.find(decomposed, "한빛")
    assert INDEX.find("한빛상사", decomposed)


@pytest.mark.parametrize("query", ["", " ", "&", "- / ;", '"', "*", "'''", "🙂", "()"])
def test_a_query_without_letters_or_digits_asks_for_nothing(query: str) -> None:
    assert search_query(query) is None


def test_only_the_beginning_of_a_long_text_is_indexed() -> None:
    long = "가나 " * TEXT_LENGTH
    assert len(search_tokens(long)) < 100
    assert len(search_tokens("가" * 10_000)) < 250_000
    assert not INDEX.find("가 " * TEXT_LENGTH + "하늘", "하늘")


SYLLABLES = st.characters(min_codepoint=0xAC00, max_codepoint=0xD7A3)
NAMES = st.text(alphabet=SYLLABLES | st.just(" "), min_size=1, max_size=24).filter(lambda name: name.strip() != "")


@given(NAMES, st.data())
def test_any_part_of_any_hangul_name_finds_it(name: str, data: st.DataObject) -> None:
    start = data.draw(st.integers(0, len(name) - 1))
    end = data.draw(st.integers(start + 1, len(name)))
    part = name[start:end]
    assert INDEX.find(name, part) or not part.strip()


@given(NAMES, st.data())
def test_every_keystroke_on_the_way_to_a_name_finds_it(name: str, data: st.DataObject) -> None:
    keys = to_latin_keys("".join(name.split()))
    typed = data.draw(st.integers(1, len(keys)))
    assert INDEX.find(name, keys[:typed])


@given(st.text(alphabet=SYLLABLES, min_size=1, max_size=12))
def test_the_initials_of_a_name_find_it(name: str) -> None:
    from hangulpy import get_chosung_string

    assert INDEX.find(name, get_chosung_string(name))


LATIN = st.text(alphabet="abcdefghijklmnopqrstuvwxyzABC0123456789éñ&-. ", min_size=1, max_size=20)


@given(LATIN, st.data())
def test_any_word_part_of_a_latin_name_finds_it(name: str, data: st.DataObject) -> None:
    words = [word for word in name.split() if any(char.isalnum() for char in word)]
    if words:
        word = data.draw(st.sampled_from(words))
        start = data.draw(st.integers(0, len(word) - 1))
        part = word[start:]
        assert INDEX.find(name, part) or search_query(part) is None


@given(st.text(), st.text())
def test_no_text_breaks_the_table_or_the_query(text: str, query: str) -> None:
    INDEX.find(text, query)
    assert not re.search(r"[^\w ]", search_tokens(text))


@given(st.text(max_size=300))
def test_every_token_is_one_token_to_sqlite(text: str) -> None:
    """detail=none has no phrases: a term of two tokens would be an error."""
    assert INDEX.rows(text) == []  # the table is empty between tests; an error would be raised


# --- keyboard ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("typed", "keys"),
    [
        ("ㅣ", "l"),
        ("ㅃ", "Q"),
        ("ㅝ", "nj"),
        ("버", "qj"),
        ("값", "rkqt"),
        ("ㄳ", "rt"),
        ("한글", "gksrmf"),
        ("a1", "a1"),
        ("", ""),
    ],
)
def test_hangul_maps_to_the_latin_keys_that_type_it(typed: str, keys: str) -> None:
    assert to_latin_keys(typed) == keys
    assert to_latin_keys(unicodedata.normalize("NFD", typed)) == keys


@given(st.text(alphabet=SYLLABLES, max_size=8))
def test_typing_the_keys_again_gives_the_text(text: str) -> None:
    from hangulpy import convert_qwerty_to_hangul

    assert to_latin_keys(convert_qwerty_to_hangul(to_latin_keys(text))) == to_latin_keys(text)


@pytest.mark.parametrize("key", list("abcdefghijklmnopqrstuvwxyz"))
def test_every_letter_key_has_its_jamo_and_back(key: str) -> None:
    jamo = jamo_of_key(key)
    assert is_lone_jamo(jamo)
    assert to_latin_keys(jamo) == key
    assert to_latin_keys(jamo_of_key(key.upper())) in (key, key.upper())


def test_what_is_no_letter_key_has_no_jamo() -> None:
    assert [jamo_of_key(key) for key in ("1", "f2", "", "/")] == [""] * 4
    assert [is_lone_jamo(char) for char in ("ㅣ", "ㅎ", "하", "a", "")] == [True, True, False, False, False]
