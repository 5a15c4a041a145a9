"""Dataclasses made when they are first used rather than when their module is imported.

The standard decorator compiles six functions for each class, about a millisecond, and its module brings twenty
milliseconds of others along; the nouns of the book and what is made of them are some sixty classes, of which a command
needs a dozen. Here a class costs a few hundredths of a millisecond, and its `__init__` is compiled once some objects of
it have been made: a command makes few of most.
`dataclass(frozen=True, slots=True)`, `field`, `fields` and `replace` are those of the standard module by name, use
and type; whatever else is asked of them is handed on to it, and its own `asdict` and the like take these classes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass", "field", "fields", "replace"]

if TYPE_CHECKING:
    from dataclasses import dataclass, field, fields, replace
else:
    from operator import attrgetter

    _MISSING = object()
    _FEW = 8  # objects of a class before its `__init__` is compiled
    _HANDED_ON = ("ClassVar", "InitVar", "KW_ONLY")

    def dataclass(cls=None, /, *, frozen=False, slots=False, **more):
        """As `dataclasses.dataclass`; fast where called with `frozen=True, slots=True` and nothing else."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, **more)
        made = _made(cls) if frozen and slots and not more else None
        if made is not None:
            return made
        import dataclasses

        for name, value in list(cls.__dict__.items()):
            if isinstance(value, _Field):
                setattr(cls, name, dataclasses.field(default_factory=value.factory))
        return dataclasses.dataclass(frozen=frozen, slots=slots, **more)(cls)

    class _Field:
        """A default that is made anew for each object."""

        def __init__(self, factory):
            self.factory = factory

    def field(**how):
        if how.keys() == {"default_factory"}:
            return _Field(how["default_factory"])
        import dataclasses

        return dataclasses.field(**how)

    class _Named:
        """What a loop over fields mostly asks for."""

        __slots__ = ("default", "name")

        def __init__(self, name, default):
            self.name = name
            self.default = default

    def fields(of):
        """The fields with their names and defaults: `_Named` for a class made here, else the standard ones."""
        cls = of if isinstance(of, type) else type(of)
        if "_defaults" in cls.__dict__:
            defaults = {name: value for name, value in cls._defaults.items() if not isinstance(value, _Field)}
            return tuple(_Named(name, defaults.get(name, _MISSING)) for name in cls.__slots__)
        import dataclasses

        return dataclasses.fields(of)

    def replace(row, /, **changes):
        """The row with some values changed."""
        cls = type(row)
        if "_defaults" in cls.__dict__:
            return cls(**(dict(zip(cls.__slots__, cls._values(row), strict=True)) | changes))
        import dataclasses

        return dataclasses.replace(row, **changes)

    def _made(cls):
        """The class with slots, None where it asks for more than this module knows."""
        notes = cls.__dict__.get("__annotations__", {})  # noqa: RUF063
        known = cls.__bases__ == (object,) and all(
            isinstance(note, str) and not note.startswith(("typing.", "dataclasses.", *_HANDED_ON))
            for note in notes.values()
        )
        if not known or {"__init__", "__eq__", "__hash__", "__slots__", "__setattr__"} & cls.__dict__.keys():
            return None
        names = tuple(notes)
        defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        if any(type(default).__name__ == "Field" or type(default).__hash__ is None for default in defaults.values()):
            return None  # a field with wishes of its own, or a default that the standard module refuses
        space = {
            name: value
            for name, value in cls.__dict__.items()
            if name not in defaults and name not in ("__dict__", "__weakref__")
        }
        space |= {
            "__annotations__": notes,
            "__slots__": names,
            "__match_args__": names,
            "__init__": _first_init,
            "__repr__": _repr,
            "__eq__": _eq,
            "__hash__": _hash,
            "__setattr__": _set,
            "__delattr__": _delete,
            "__getstate__": _state,
            "__setstate__": _restore,
            "__dataclass_fields__": _Later("__dataclass_fields__"),
            "__dataclass_params__": _Later("__dataclass_params__"),
            "_defaults": defaults,
            "_count": 0,
            "_values": staticmethod(_getter(names)),
        }
        return type(cls)(cls.__name__, (), space)

    def _getter(names):
        if not names:
            return lambda row: ()
        if len(names) == 1:
            one = attrgetter(names[0])
            return lambda row: (one(row),)
        return attrgetter(*names)

    class _Later:
        """Stands for what the standard module knows of a class until it asks."""

        def __init__(self, name):
            self.name = name

        def __get__(self, row, cls):
            made = getattr(_standard(cls), self.name)
            setattr(cls, self.name, made)
            return made

    def _standard(cls):
        """A class with the same fields, made by the standard decorator."""
        import dataclasses

        space = {
            name: dataclasses.field(default_factory=value.factory) if isinstance(value, _Field) else value
            for name, value in cls._defaults.items()
        }
        space |= {"__annotations__": cls.__annotations__, "__module__": cls.__module__, "__doc__": "The same fields."}
        return dataclasses.dataclass(init=False, frozen=True)(type(cls.__name__, (), space))

    def _set_all(self, cls, args, values):
        """Whether the values make an object; where not, the compiled `__init__` says what is wrong with them."""
        names = cls.__slots__
        rest = names[len(args) :]
        if len(args) > len(names) or not values.keys() <= set(rest):
            return False
        for name, value in zip(names, args, strict=False):
            object.__setattr__(self, name, value)
        for name in rest:
            value = values[name] if name in values else cls._defaults.get(name, _MISSING)
            if value is _MISSING:
                return False
            if name not in values and isinstance(value, _Field):
                value = value.factory()
            object.__setattr__(self, name, value)
        return True

    def _first_init(self, *args, **values):
        """Set the values one by one; after some objects compile the class's own `__init__` in place of this one."""
        cls = type(self)
        defaults = cls._defaults
        if cls._count < _FEW and _set_all(self, cls, args, values):
            cls._count += 1
            if "__post_init__" in cls.__dict__:
                self.__post_init__()
            return
        space = {"_set": object.__setattr__, "_missing": _MISSING}
        heads, lines = ["self"], []
        for name in cls.__slots__:
            value, default = name, defaults.get(name, _MISSING)
            if default is _MISSING:
                heads.append(name)
            elif isinstance(default, _Field):
                space[f"_make_{name}"] = default.factory
                heads.append(f"{name}=_missing")
                value = f"_make_{name}() if {name} is _missing else {name}"
            else:
                space[f"_default_{name}"] = default
                heads.append(f"{name}=_default_{name}")
            lines.append(f"    _set(self, {name!r}, {value})")
        if "__post_init__" in cls.__dict__:
            lines.append("    self.__post_init__()")
        exec(f"def __init__({', '.join(heads)}):\n" + "\n".join(lines or ["    pass"]), space)
        init = space["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        cls.__init__ = init
        init(self, *args, **values)

    def _repr(self):
        pairs = zip(self.__slots__, self._values(self), strict=True)
        return f"{type(self).__qualname__}({', '.join(f'{name}={value!r}' for name, value in pairs)})"

    def _eq(self, other):
        if other.__class__ is not self.__class__:
            return NotImplemented
        return self._values(self) == self._values(other)

    def _hash(self):
        return hash(self._values(self))

    def _set(self, name, value):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delete(self, name):
        from dataclasses import FrozenInstanceError

        raise FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self):
        return list(self._values(self))

    def _restore(self, values):
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)
