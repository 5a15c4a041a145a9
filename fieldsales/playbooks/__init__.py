"""Where checklists are found: those of the package, and the user's own copies, which win."""

from __future__ import annotations

from pathlib import Path

_HERE = Path(__file__).parent
_MOST = 200_000  # characters; a checklist is a page or two


def find_playbook(name: str, user_folder: Path | None = None) -> str:
    """The text of the playbook `NAME.toml`, such as `churn.ko`: the user's own file if there is one, else ours.

    A file that is not UTF-8 comes back with replacement characters, which the parser refuses by name. Raises
    FileNotFoundError where neither exists, and ValueError for a name that is no plain file name.
    """
    if not name or Path(name).name != name or name.startswith("."):
        raise ValueError(name)
    for folder in (user_folder, _HERE):
        if folder is None:
            continue
        path = folder / f"{name}.toml"
        if path.is_file():
            with path.open(encoding="utf-8-sig", errors="replace") as file:
                return file.read(_MOST + 1)  # the parser refuses what is longer
    raise FileNotFoundError(name)


def playbook_names(user_folder: Path | None = None) -> list[str]:
    """The names of all playbooks that can be found, in order."""
    folders = [_HERE] if user_folder is None else [_HERE, user_folder]
    return sorted({path.stem for folder in folders if folder.is_dir() for path in folder.glob("*.toml")})


def own_file(name: str, lang: str, user_folder: Path | None) -> str | None:
    """The user's own file for a checklist, by its name without the ending: `NAME.LANG`, else `NAME`; None if none."""
    if user_folder is None or not name or Path(name).name != name or name.startswith("."):
        return None
    return next((one for one in (f"{name}.{lang}", name) if (user_folder / f"{one}.toml").is_file()), None)
