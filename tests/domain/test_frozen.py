"""A class made late behaves as one made by the standard decorator."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Mapping
from dataclasses import FrozenInstanceError
from typing import Any

import pytest

from fieldsales.domain.frozen import dataclass, field, fields, replace


@dataclass(frozen=True, slots=True)
class Late:
    """Late."""

    id: str
    name: str = "x"
    count: int | None = None
    args: Mapping[str, int] = field(default_factory=dict)

    @property
    def loud(self) -> str:
        return self.name.upper()


@dataclasses.dataclass(frozen=True, slots=True)
class Usual:
    """Usual."""

    id: str
    name: str = "x"
    count: int | None = None
    args: Mapping[str, int] = dataclasses.field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Other:
    id: str
    name: str = "x"
    count: int | None = None
    args: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class One:
    id: int = 3

    def __post_init__(self) -> None:
        if self.id < 0:
            raise ValueError(self.id)


@dataclass
class Open:
    id: int = 3
    args: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Wishes:
    id: int = field(default=3, repr=False)


def test_it_takes_the_same_arguments_and_gives_the_same_values() -> None:
    late, usual = Late("a", count=2), Usual("a", count=2)
    assert dataclasses.asdict(late) == dataclasses.asdict(usual)
    assert repr(late) == repr(usual).replace("Usual", "Late")
    assert (late.loud, Late.__doc__, Late.__match_args__) == ("X", "Late.", Usual.__match_args__)
    with pytest.raises(TypeError):
        Late()  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Late("a", "b", 1, {}, 5)  # type: ignore[call-arg]
    with pytest.raises(TypeError):
        Late("a", colour="red")  # type: ignore[call-arg]


def test_each_object_has_a_default_of_its_own_where_a_factory_makes_it() -> None:
    assert Late("a").args == {}
    assert Late("a").args is not Late("b").args


def test_objects_are_equal_by_class_and_values() -> None:
    assert Late("a") == Late("a")
    assert Late("a") != Late("b")
    assert Late("a") != Other("a")  # type: ignore[comparison-overlap]
    assert len({One(1), One(1), One(2)}) == 2
    assert hash(One(1)) == hash(dataclasses.astuple(One(1)))


def test_nothing_can_be_changed_or_added() -> None:
    late: Any = Late("a")
    for name in ("id", "colour"):
        with pytest.raises(FrozenInstanceError):
            setattr(late, name, "b")
    with pytest.raises(FrozenInstanceError):
        del late.id
    assert not hasattr(late, "__dict__")


def test_fields_and_replace_work_before_and_after_the_first_object() -> None:
    @dataclass(frozen=True, slots=True)
    class Fresh:
        id: str
        note: str = "n"

    for listed in (fields, dataclasses.fields):
        assert [(one.name, one.default) for one in listed(Fresh)][1] == ("note", "n")
    for changed in (replace, dataclasses.replace):
        assert changed(Fresh("a"), id="b") == Fresh("b", "n")
        with pytest.raises(TypeError):
            changed(Fresh("a"), colour="red")
    assert dataclasses.replace(Late("a"), count=1) == Late("a", count=1)
    assert dataclasses.is_dataclass(Late)


def test_what_follows_the_making_is_run() -> None:
    with pytest.raises(ValueError, match="-1"):
        One(-1)
    with pytest.raises(ValueError, match="-1"):
        dataclasses.replace(One(), id=-1)


def test_a_copy_is_equal() -> None:
    assert copy.deepcopy(Late("a", args={"n": 1})) == Late("a", args={"n": 1})
    assert pickle.loads(pickle.dumps(Late("a"))) == Late("a")


def test_a_match_takes_it_apart() -> None:
    match Late("a", "b"):
        case Late(id, name):
            assert (id, name) == ("a", "b")


def test_any_other_kind_is_left_to_the_standard_decorator() -> None:
    one = Open()
    one.id = 4
    assert one == Open(4)
    assert replace(one, id=5) == Open(5, {})
    assert repr(Wishes()).endswith("Wishes()")
