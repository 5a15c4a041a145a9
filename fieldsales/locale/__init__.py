"""The words of the program in the user's language: catalogs of texts by symbolic ids, and the formats inside them.

A text may hold placeholders: `{name}`; a Korean particle after a word, `{name:이/가}`; a count, `{n:day/days}`;
money, `{amount:money}` or `{amount:+money}`; a command's key, `{key_undo:u}` or `{key_undo:u:으로/로}`, its usual one
unless the user chose another; and ISO days and moments:

`day` 11월 20일, `dow` 20일 금, `daydow` 11월 20일 금, `full` with the year, `md` 11.20, `month` 10월, `time` 09:26,
`daytime` 11.20 09:26; and counted from today: `ago` and `left` 71일, `nth` 이틀째, `since` 3년 2개월, `rel` 내일. A
particle may follow a form: `{amount:money:을/를}`.

Values are inserted as they are and never formatted again. A value such as `@kind.visit` names another text.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from functools import lru_cache
from pathlib import Path
from string import Formatter
from typing import Any, Protocol

from fieldsales.locale.catalog import Catalog

_FOLDER = Path(__file__).parent


class MessageLike(Protocol):
    @property
    def id(self) -> str: ...
    @property
    def args(self) -> Mapping[str, str | int]: ...


def languages() -> list[str]:
    """The languages that have texts, by their codes."""
    return sorted(path.parents[1].name for path in _FOLDER.glob("*/LC_MESSAGES/fieldsales.mo"))


def guess_language(environ: Mapping[str, str]) -> str:
    """`ko` where the first locale variable that is set speaks Korean, else `en`."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := environ.get(name):
            return "ko" if value.lower().startswith("ko") else "en"
    return "en"


class Texts:
    """All texts of one language. `today` is the day from which "3일째" and "내일" are counted; the app sets it anew.

    Raises RuntimeError where the language has no compiled texts. An id that no catalog has is shown as it is; with
    `strict` (set by tests) it raises KeyError.
    """

    strict = False

    def __init__(self, lang: str, currency: str = "KRW", today: date | None = None) -> None:
        self.lang = lang
        self.currency = currency
        self.today = today
        self.keys: Mapping[str, str] = {}  # how the keys are written that the user chose, by the ids of commands
        try:
            self._look_up = Catalog(_FOLDER / lang / "LC_MESSAGES" / "fieldsales.mo").text
        except FileNotFoundError:
            raise RuntimeError(
                f"No texts for the language {lang!r}: compile them with `python hatch_build.py` or install the package."
            ) from None
        self._formatter = _Formatter(self)

    def __call__(self, id: str, /, **args: str | int) -> str:
        return self._formatter.vformat(self._text(id), (), args)

    def say(self, message: MessageLike) -> str:
        """The words of a message of the domain."""
        return self._formatter.vformat(self._text(message.id), (), message.args)

    def fill(self, pattern: str, /, **args: str | int) -> str:
        """A text that stands in no catalog, such as a playbook's, with its placeholders filled."""
        return self._formatter.vformat(pattern, (), args)

    def has(self, id: str) -> bool:
        """Whether there is such a text."""
        return bool(id) and self._look_up(id) != id

    def _text(self, id: str) -> str:
        text = self._look_up(id) if id else ""
        if text != id:
            return text
        if self.strict:
            raise KeyError(f"no text {id!r} in {self.lang!r}")
        return id.replace("{", "{{").replace("}", "}}")


@lru_cache(maxsize=2048)
def _parsed(pattern: str) -> Sequence[tuple[str, str | None, str | None, str | None]]:
    return tuple(Formatter.parse(Formatter(), pattern))


_ID = re.compile(r"@[a-z][a-z0-9_]*(?:\.[A-Za-z0-9_-]+)+")


class _Key(str):
    """How a command's key is written; empty where it has its usual one."""


class _Formatter(Formatter):
    """Fills the placeholders of a text. Nothing in a value is ever read as a placeholder."""

    def __init__(self, texts: Texts) -> None:
        self.texts = texts

    def parse(self, pattern: str) -> Sequence[tuple[str, str | None, str | None, str | None]]:
        return _parsed(pattern)

    def get_field(self, name: str, args: Sequence[object], values: Mapping[str, Any]) -> tuple[object, str]:
        try:
            value = values[name]
        except KeyError:
            if name.startswith("key_"):
                return _Key(self.texts.keys.get(name[4:], "")), name
            if self.texts.strict:
                raise
            return f"{{{name}}}", name
        if isinstance(value, str) and _ID.fullmatch(value):
            value = self._looked_up(value)
        return value, name

    def _looked_up(self, value: str) -> str:
        """The text that a value such as `@kind.visit` names. One with placeholders of its own is no such text."""
        if not self.texts.has(value[1:]):
            return value
        parts = _parsed(self.texts._text(value[1:]))
        return value if any(name is not None for _, name, _, _ in parts) else "".join(text for text, *_ in parts)

    def format_field(self, value: object, spec: str) -> str:
        text = str(value)
        if isinstance(value, _Key):
            usual, _, particle = spec.partition(":")
            return self.format_field(text or usual, particle)
        if not spec:
            return text
        form, colon, particle = spec.partition(":")
        if colon:
            return self.format_field(self.format_field(value, form), particle)
        if spec in ("money", "+money"):
            if not isinstance(value, int):
                return text
            return format_money(value, self.texts.currency, self.texts.lang, signed=spec[0] == "+")
        if "/" in spec:
            first, second = spec.split("/", 1)
            if "가" <= first[0] <= "힣":
                return with_particle(text, first, second)
            return f"{text} {first if text in ('1', '-1') else second}"
        return self._moment(text, spec)

    def _moment(self, text: str, form: str) -> str:
        """A day, month or moment in one of the forms; what is none stays as it is."""
        if form == "time":
            return text[11:16] or text
        try:
            day = date.fromisoformat(text[:10] if len(text) > 7 else f"{text}-01")
        except ValueError:
            return text
        if form == "daytime":
            return f"{self._short(day)} {text[11:16]}".rstrip()
        if form == "md":
            return self._short(day)
        if form == "near_month":
            return self._form("when.month.year" if self._is_far(day) else "when.month", day)
        if form in _COUNTED:
            return self._counted(day, form)
        return self._form("when." + form, day)

    def _short(self, day: date) -> str:
        """A day in a few cells, with its year where it could be taken for one of this year."""
        return self._form("when.md.year" if self._is_far(day) else "when.md", day)

    def _is_far(self, day: date) -> bool:
        return abs(((self.texts.today or day) - day).days) >= FAR_DAYS

    def _form(self, id: str, day: date) -> str:
        texts = self.texts
        return texts(
            id,
            year=day.year,
            year2=f"{day.year % 100:02d}",
            month=day.month,
            day=day.day,
            day2=f"{day.day:02d}",
            dow=texts(f"weekday.{day.weekday()}"),
            month_name=texts(f"month.{day.month}"),
        )

    def _counted(self, day: date, form: str) -> str:
        """The forms that depend on today."""
        texts, today = self.texts, self.texts.today or day
        days = (today - day).days
        if form == "ago":
            return texts("when.days", n=max(days, 0))
        if form == "left":
            return texts("when.days", n=max(-days, 0))
        if form == "nth":
            nth = max(days + 1, 1)
            return texts(f"when.nth.{nth}" if nth < 3 else "when.nth", n=nth)
        if form == "since":
            return self._tenure(day, today)
        if -2 <= -days <= 2 and texts.has(f"when.rel.{-days}"):
            return texts(f"when.rel.{-days}")
        if (day.year, day.month) == (today.year, today.month):
            return self._form("when.rel", day)
        return self._form("when.rel.month" if abs(days) < FAR_DAYS else "when.rel.year", day)

    def _tenure(self, day: date, today: date) -> str:
        """Whole years and months; a month is full on the same day, or on the last day of a shorter month."""
        texts = self.texts
        months = (today.year - day.year) * 12 + today.month - day.month
        if today.day < day.day and (today + timedelta(days=1)).day != 1:
            months -= 1
        years, rest = divmod(max(months, 0), 12)
        if not years and not rest:
            return texts("when.days", n=max((today - day).days, 0))
        parts = [texts("when.years", n=years)] if years else []
        if rest:
            parts.append(texts("when.months", n=rest))
        return " ".join(parts)


FAR_DAYS = 300  # from which a day is told with its year
_COUNTED = frozenset({"ago", "left", "nth", "since", "rel"})


# --- money ----------------------------------------------------------------------------------------------------------

_NO_MINOR = frozenset(
    {"BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND", "VUV", "XAF"}
)
_THREE_MINOR = frozenset({"BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"})
_SIGNS = {"KRW": "₩", "USD": "$", "EUR": "€", "GBP": "£", "JPY": "¥", "CNY": "¥", "INR": "₹", "VND": "₫"}
_LARGE = (("조", 10**12), ("억", 10**8), ("만", 10**4))


def format_money(amount: int, currency: str, lang: str, signed: bool = False) -> str:
    """An amount in the currency's smallest unit as text; `signed` writes the plus of a gain too.

    Won in Korean are grouped by 만, 억 and 조 and are exact below 1억 (`4,500만`, `1만 2,345원`); from 1억 on, what is
    below one 만 is left out, never rounded up (`1억 2,345만`). Anything else has its sign and its decimal places, which
    are left out where they are zero (`$1,234.50`, `$4,500`).
    """
    sign = "-" if amount < 0 else "+" if signed and amount else ""
    amount = abs(amount)
    if currency == "KRW" and lang == "ko":
        return sign + _korean_won(amount)
    digits = 0 if currency in _NO_MINOR else 3 if currency in _THREE_MINOR else 2
    whole, part = divmod(amount, 10**digits)
    text = f"{whole:,}" + (f".{part:0{digits}d}" if part else "")
    mark = _SIGNS.get(currency)
    return f"{sign}{mark}{text}" if mark else f"{sign}{text} {currency}".rstrip()


def _korean_won(amount: int) -> str:
    rest, parts = amount, []
    for unit, size in _LARGE:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count:,}{unit}")
    if not parts or (rest and amount < 10**8):
        parts.append(f"{rest:,}원")
    return " ".join(parts)


# --- Korean particles -----------------------------------------------------------------------------------------------

_VOWEL, _RIEUL, _CONSONANT = range(3)
_DIGIT_SOUNDS = (_CONSONANT, _RIEUL, _VOWEL, _CONSONANT, _VOWEL, _VOWEL, _CONSONANT, _RIEUL, _RIEUL, _VOWEL)
_LETTER_SOUNDS = {
    "l": _RIEUL,
    "r": _RIEUL,
    "m": _CONSONANT,
    "n": _CONSONANT,
}  # 엘, 알, 엠, 엔; the others end in a vowel
_SIGN_SOUNDS = {"%": _VOWEL, "℃": _VOWEL, "+": _VOWEL, "㎏": _CONSONANT, "㎜": _VOWEL, "㎡": _VOWEL, "№": _VOWEL}
_LATIN_WORD = re.compile(r"[A-Za-z]+$")
_DIGITS = re.compile(r"[0-9]+$")
_WEEKDAY = re.compile(r"\d일\([월화수목금토일]\)$")  # read as 요일


def with_particle(word: str, after_consonant: str, after_vowel: str) -> str:
    """The word and the particle that fits its last sound: `with_particle("서울", "으로", "로")` is `서울로`.

    Closing brackets and quotes are passed over, digits and capitals are read by their Korean names, other Latin words
    by their spelling. An empty word stays empty.
    """
    sound = _last_sound(word)
    if sound is None:
        return word + (after_vowel if word else "")
    if sound == _RIEUL and after_consonant == "으로":
        return word + after_vowel
    return word + (after_vowel if sound == _VOWEL else after_consonant)


def _last_sound(word: str) -> int | None:
    if _WEEKDAY.search(word):
        return _RIEUL
    while word:
        char = word[-1]
        if "가" <= char <= "힣":
            final = (ord(char) - 0xAC00) % 28
            return _VOWEL if not final else _RIEUL if final == 8 else _CONSONANT
        if "ㄱ" <= char <= "ㅣ":
            return _VOWEL if char >= "ㅏ" else _RIEUL if char == "ㄹ" else _CONSONANT
        if char in _SIGN_SOUNDS:
            return _SIGN_SOUNDS[char]
        if match := _DIGITS.search(word):
            return _number_sound(match[0])
        if match := _LATIN_WORD.search(word):
            return _latin_sound(match[0])
        word = word[:-1]
    return None


def _number_sound(digits: str) -> int:
    zeros = len(digits) - len(digits.rstrip("0"))
    if 12 <= zeros < 16 and zeros < len(digits):
        return _VOWEL  # 조; 십, 백, 천, 만, 억 and 경 end in a consonant, as 영 does
    return _DIGIT_SOUNDS[int(digits[-1])]


def _latin_sound(word: str) -> int:
    """Short words and capitals are read letter by letter; of others a final stop after a vowel is heard as a final."""
    if word.isupper() or len(word) < 3:
        return _LETTER_SOUNDS.get(word[-1].lower(), _VOWEL)
    word = word.lower()
    if word.endswith("le"):
        return _RIEUL
    if word[-1] == "e" and word[-2] in "lmn":
        word = word[:-1]
    if word[-1] == "l":
        return _RIEUL
    if word[-1] in "mn" or word.endswith("ng"):
        return _CONSONANT
    return _CONSONANT if word[-1] in "ptkcb" and (word[-2] in "aeiou" or word.endswith("ck")) else _VOWEL
