"""`dataclass(frozen=True, slots=True)`, made when it is first used rather than when its module is imported.

The standard decorator compiles six functions for each class, about a millisecond; the nouns of the book and what is
made of them are some sixty classes, of which a start needs a dozen. Here a class costs a few hundredths of that, and
its `__init__` is compiled by the first object. Objects, `fields`, `replace` and `asdict` work as with the standard
decorator, to which everything but plain frozen classes with slots is handed on.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

__all__ = ["dataclass"]

if TYPE_CHECKING:
    from dataclasses import dataclass
else:
    import dataclasses
    import inspect  # which the standard decorator has imported already
    from operator import attrgetter

    _HANDED_ON = ("ClassVar", "InitVar", "KW_ONLY")

    def dataclass(cls=None, /, *, frozen=False, slots=False, **more):
        """As `dataclasses.dataclass`; fast where called with `frozen=True, slots=True` and nothing else."""
        if cls is None:
            return lambda cls: dataclass(cls, frozen=frozen, slots=slots, **more)
        made = _made(cls) if frozen and slots and not more else None
        return dataclasses.dataclass(frozen=frozen, slots=slots, **more)(cls) if made is None else made

    def _made(cls):
        """The class with slots, None where it asks for more than this module knows."""
        notes = inspect.get_annotations(cls)
        known = cls.__bases__ == (object,) and all(
            isinstance(note, str) and not note.startswith(("typing.", "dataclasses.", *_HANDED_ON))
            for note in notes.values()
        )
        if not known or {"__init__", "__eq__", "__hash__", "__slots__", "__setattr__"} & cls.__dict__.keys():
            return None
        names = tuple(notes)
        defaults = {name: cls.__dict__[name] for name in names if name in cls.__dict__}
        for default in defaults.values():
            if isinstance(default, dataclasses.Field) and not _plain(default):
                return None
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
            "__dataclass_fields__": _Fields(defaults),
            "__dataclass_params__": _PARAMS,
            "_values": staticmethod(_getter(names)),
        }
        return type(cls)(cls.__name__, (), space)

    def _plain(field):
        usual = field.kw_only in (False, dataclasses.MISSING) and field.hash is None and not field.metadata
        return usual and field.init and field.repr and field.compare

    def _getter(names):
        if not names:
            return lambda row: ()
        if len(names) == 1:
            one = attrgetter(names[0])
            return lambda row: (one(row),)
        return attrgetter(*names)

    @dataclasses.dataclass(frozen=True)
    class _Model:
        pass

    _PARAMS = _Model.__dataclass_params__

    class _Fields:
        """Stands for a class's fields until somebody asks for them."""

        def __init__(self, defaults):
            self.defaults = defaults

        def __get__(self, row, cls):
            plain = {"__annotations__": cls.__annotations__, "__module__": cls.__module__, **self.defaults}
            like = dataclasses.dataclass(init=False, repr=False, eq=False)(type(cls.__name__, (), plain))
            cls.__dataclass_fields__ = like.__dataclass_fields__
            return like.__dataclass_fields__

    def _first_init(self, *args, **values):
        """Compile the class's own `__init__`, put it in place of this one and call it."""
        cls = type(self)
        fields = cls.__dict__["__dataclass_fields__"]
        defaults = fields.defaults if isinstance(fields, _Fields) else _defaults_of(fields)
        space = {"_set": object.__setattr__, "_missing": dataclasses.MISSING}
        heads, lines = ["self"], []
        for name in cls.__slots__:
            value = name
            if name in defaults:
                default = defaults[name]
                factory = dataclasses.MISSING
                if isinstance(default, dataclasses.Field):
                    factory, default = default.default_factory, default.default
                if factory is not dataclasses.MISSING:
                    space[f"_make_{name}"] = factory
                    heads.append(f"{name}=_missing")
                    value = f"_make_{name}() if {name} is _missing else {name}"
                elif default is not dataclasses.MISSING:
                    space[f"_default_{name}"] = default
                    heads.append(f"{name}=_default_{name}")
                else:
                    heads.append(name)
            else:
                heads.append(name)
            lines.append(f"    _set(self, {name!r}, {value})")
        if "__post_init__" in cls.__dict__:
            lines.append("    self.__post_init__()")
        exec(f"def __init__({', '.join(heads)}):\n" + "\n".join(lines or ["    pass"]), space)
        init = space["__init__"]
        init.__qualname__ = f"{cls.__qualname__}.__init__"
        cls.__init__ = init
        init(self, *args, **values)

    def _defaults_of(fields):
        return {
            name: field
            for name, field in fields.items()
            if field.default is not dataclasses.MISSING or field.default_factory is not dataclasses.MISSING
        }

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
        raise dataclasses.FrozenInstanceError(f"cannot assign to field {name!r}")

    def _delete(self, name):
        raise dataclasses.FrozenInstanceError(f"cannot delete field {name!r}")

    def _state(self):
        return list(self._values(self))

    def _restore(self, values):
        for name, value in zip(self.__slots__, values, strict=True):
            object.__setattr__(self, name, value)
