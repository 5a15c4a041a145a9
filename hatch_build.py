"""Compile the text catalogs: every `.po` file of a language becomes one `fieldsales.mo`.

Run by the build for wheels and editable installs; `python hatch_build.py` does the same by hand after a text changed.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ImportError:  # run by hand, without the build's own packages
    BuildHookInterface = object

LOCALE = Path(__file__).parent / "fieldsales" / "locale"


def compile_catalogs(root: Path = LOCALE) -> list[Path]:
    """Write `LANG/LC_MESSAGES/fieldsales.mo` for each language folder; returns the files written.

    Raises ValueError where two files of a language give the same id, so that no text silently wins over another.
    """
    written = []
    for folder in sorted(path for path in root.iterdir() if path.is_dir() and list(path.glob("*.po"))):
        whole = Catalog(locale=folder.name, charset="utf-8")
        for source in sorted(folder.glob("*.po")):
            with source.open("rb") as file:
                catalog = read_po(file, locale=folder.name, abort_invalid=True)
            for message in catalog:
                if not message.id:
                    continue
                if message.id in whole:
                    raise ValueError(f"{source.name}: the id {message.id} stands in another file too")
                whole.add(message.id, message.string)
        target = folder / "LC_MESSAGES" / "fieldsales.mo"
        target.parent.mkdir(exist_ok=True)
        half = target.with_suffix(f".{os.getpid()}")  # whoever reads meanwhile finds the old one or the new one, whole
        with half.open("wb") as file:
            write_mo(file, whole)
        half.replace(target)
        written.append(target)
    return written


class CustomBuildHook(BuildHookInterface):  # type: ignore[misc]
    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        compile_catalogs()


if __name__ == "__main__":
    for path in compile_catalogs():
        print(path)
