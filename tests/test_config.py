from __future__ import annotations

import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fieldsales.config import (
    Config,
    ConfigError,
    Places,
    choose_lang,
    configured,
    places,
    read_config,
    save_config_value,
)


def at_home(folder: Path, text: str | None = None) -> Places:
    found = places({"FIELDSALES_HOME": str(folder)})
    if text is not None:
        found.config.mkdir(parents=True, exist_ok=True)
        found.config_file.write_text(text, encoding="utf-8")
    return found


def test_one_variable_moves_everything(tmp_path: Path) -> None:
    found = places({"FIELDSALES_HOME": str(tmp_path), "XDG_DATA_HOME": "elsewhere"})
    assert found == Places(tmp_path / "config", tmp_path / "data", tmp_path / "cache", tmp_path / "fieldsales.db")


def test_a_named_book_moves_the_book_alone(tmp_path: Path) -> None:
    found = places({"FIELDSALES_HOME": str(tmp_path)}, str(tmp_path / "my.db"))
    assert (found.book, found.data) == (tmp_path / "my.db", tmp_path / "data")


def test_the_short_way_gives_the_folders_that_platformdirs_gives(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from platformdirs import PlatformDirs

    environ = {"HOME": str(tmp_path), "XDG_CONFIG_HOME": str(tmp_path / "conf")}
    for name in ("XDG_DATA_HOME", "XDG_CACHE_HOME", "XDG_DOCUMENTS_DIR"):
        monkeypatch.delenv(name, raising=False)
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    dirs = PlatformDirs("fieldsales", appauthor=False)
    found = places(environ)
    assert found == Places(
        dirs.user_config_path, dirs.user_data_path, dirs.user_cache_path, dirs.user_documents_path / "fieldsales.db"
    )
    assert places(environ, str(found.book)) == found


@pytest.mark.skipif(sys.platform != "linux", reason="other systems name their folders elsewhere")
def test_the_documents_folder_may_have_another_name(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_CONFIG_HOME", raising=False)
    (tmp_path / ".config").mkdir()
    (tmp_path / ".config" / "user-dirs.dirs").write_text('XDG_DOCUMENTS_DIR="$HOME/문서"\n', encoding="utf-8")
    assert places({"HOME": str(tmp_path)}).book == tmp_path / "문서" / "fieldsales.db"


def test_the_command_line_wins_over_the_environment_and_that_over_the_file(tmp_path: Path) -> None:
    at_home(tmp_path, 'book = "c.db"\n')
    environ = {"FIELDSALES_HOME": str(tmp_path)}
    assert configured(environ)[0].book.name == "c.db"
    assert configured(environ | {"FIELDSALES_FILE": "b.db"})[0].book.name == "b.db"
    found, _, explicit = configured(environ | {"FIELDSALES_FILE": "b.db"}, "a.db")
    assert (found.book.name, explicit) == ("a.db", True)


def test_an_unknown_home_in_a_path_is_no_error() -> None:
    assert places({"FIELDSALES_HOME": "~nobody-of-this-name/x"}).book.name == "fieldsales.db"


@pytest.mark.parametrize(
    ("said", "config", "environ", "lang"),
    [
        ("en", Config(lang="ko"), {"LANG": "ko_KR.UTF-8"}, "en"),
        ("", Config(lang="ko"), {"LANG": "en_US.UTF-8"}, "ko"),
        ("", Config(), {"LANG": "ko_KR.UTF-8"}, "ko"),
        ("", Config(), {"LANG": "ko_KR.UTF-8", "LC_ALL": "de_DE.UTF-8"}, "en"),
        ("", Config(), {"LANG": "en_US.UTF-8", "LC_MESSAGES": "ko_KR.eucKR"}, "ko"),
        ("", Config(), {"LANG": "C"}, "en"),
    ],
)
def test_the_language_is_what_was_said_else_configured_else_the_locale(
    said: str, config: Config, environ: dict[str, str], lang: str
) -> None:
    assert choose_lang(said, config, environ) == lang


def test_every_key_is_read(tmp_path: Path) -> None:
    found = at_home(
        tmp_path,
        '\ufefflang = "ko"\ntheme = "night"\nmask_on_open = true\nreports_to = "사장님"\nbook = "~/a.db"\n'
        'backups = "~/b"\n',
    )
    assert read_config(found.config_file) == Config(
        "ko", "night", True, reports_to="사장님", book="~/a.db", backups="~/b"
    )


@pytest.mark.parametrize(
    ("text", "id", "line"),
    [
        ('# mine\nlang = "ko"\ntheme = night\n', "config.not_toml", 3),
        ('lang = "ko"\ntheme = """abc\n', "config.not_toml", 2),
        ('lang = "ko"\nlang = "en"\n', "config.not_toml", 2),
        ('theme = "x"\n\nlang = "fr"\n', "config.bad_lang", 3),
        ("theme = 3\n", "config.not_text", 1),
        ('theme = "x"\nmask_on_open = "yes"\n', "config.not_flag", 2),
        ('lang = "ko"\n[colours]\nlog = 3\n', "config.unknown", 2),
        ('lang = "ko"\ncolour = "red"\n', "config.unknown", 2),
    ],
)
def test_a_wrong_line_is_named_and_stops_nothing(tmp_path: Path, text: str, id: str, line: int) -> None:
    (trouble,) = read_config(at_home(tmp_path, text).config_file).troubles
    assert (trouble.id, trouble.args_["line"]) == (id, line)


def test_a_wrong_value_leaves_the_others_standing(tmp_path: Path) -> None:
    config = read_config(at_home(tmp_path, 'lang = "ko"\nmask_on_open = "many"\ntheme = "day"\n').config_file)
    assert (config.lang, config.mask_on_open, config.theme) == ("ko", False, "day")


def test_a_file_in_another_encoding_names_its_line(tmp_path: Path) -> None:
    found = at_home(tmp_path, "")
    found.config_file.write_bytes('theme = "day"\nreports_to = "사장님"\n'.encode("cp949"))
    (trouble,) = read_config(found.config_file).troubles
    assert (trouble.id, trouble.args_["line"]) == ("config.not_utf8", 2)


def test_a_folder_in_its_place_and_nonsense_without_end_stop_nothing(tmp_path: Path) -> None:
    (tmp_path / "a").mkdir()
    assert read_config(tmp_path / "a").troubles[0].id == "config.unreadable"
    for text in ("daily = " + "9" * 5000, "daily = " + "[" * 100_000):
        (tmp_path / "b").write_text(text)
        assert read_config(tmp_path / "b").troubles[0].id == "config.not_toml"


def test_saving_one_value_leaves_every_other_line_as_it_is(tmp_path: Path) -> None:
    found = at_home(tmp_path, '# mine\nlang = "ko"  # always\n\n[keys] # mine too\n"log" = "l"\n')
    save_config_value(found, "lang", "en")
    save_config_value(found, "theme", 'a "b"\\ 이름')
    save_config_value(found, "daily", 6)
    assert found.config_file.read_text(encoding="utf-8") == (
        '# mine\nlang = "en"  # always\ntheme = "a \\"b\\"\\\\ 이름"\ndaily = 6\n\n[keys] # mine too\n"log" = "l"\n'
    )
    save_config_value(found, "theme", None)
    assert "theme" not in found.config_file.read_text(encoding="utf-8")
    assert [path.name for path in found.config.iterdir()] == ["config.toml"]


def test_the_first_value_makes_the_file(tmp_path: Path) -> None:
    found = at_home(tmp_path)
    save_config_value(found, "mask_on_open", True)
    assert read_config(found.config_file).mask_on_open


@pytest.mark.parametrize("text", ["lang = ko", 'theme = """\nlang = 1\n"""\n', 'lang = """\nko"""\n'])
def test_what_cannot_be_changed_safely_is_left_alone(tmp_path: Path, text: str) -> None:
    found = at_home(tmp_path, text)
    with pytest.raises(ConfigError):
        save_config_value(found, "lang", "en")
    assert found.config_file.read_text(encoding="utf-8") == text


@given(value=st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_any_text_comes_back_as_it_was_saved(value: str, tmp_path_factory: pytest.TempPathFactory) -> None:
    found = at_home(tmp_path_factory.mktemp("any"), 'lang = "ko"\n')
    save_config_value(found, "reports_to", value)
    assert tomllib.loads(found.config_file.read_text(encoding="utf-8")) == {"lang": "ko", "reports_to": value}
