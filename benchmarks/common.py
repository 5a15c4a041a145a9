"""What the measurements share: the Python that is measured, terminals of their own, rounds, medians and the verdict.

Nothing here imports the program: every figure comes from processes of the measured environment.
"""

from __future__ import annotations

import argparse
import fcntl
import json
import os
import py_compile
import select
import shutil
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from statistics import median

HERE = Path(__file__).parent
REPOSITORY = HERE.parent
DAY = "2026-11-20"  # books.DAY
PATIENCE = 60.0  # seconds after which a program that shows nothing has failed
SIZES = ((80, 24), (120, 40))


# --- what is measured -----------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Bench:
    """The environment that is measured, and how."""

    python: Path
    work: Path  # folder of books and compiled rivals, kept between runs
    rounds: int
    small: int  # accounts of the smaller book
    large: int
    records: int = 0  # of the logs and the import; 0: as many as the promise names

    @property
    def command(self) -> list[str]:
        """The program's own command in that environment."""
        script = self.python.parent / "fieldsales"
        return [str(script)] if script.exists() else [str(self.python), "-m", "fieldsales"]

    def book(self, accounts: int, months: int = 24, activities: int = 1) -> Path:
        """The folder of a settled book (see `books.py`), made by the measured program."""
        options = ["--accounts", accounts, "--months", months, "--activities", activities]
        return Path(self.run(HERE / "books.py", self.work, *options).strip())

    def run(self, script: Path, *arguments: object) -> str:
        """The output of a script run by the measured Python."""
        command = [str(self.python), str(script), *map(str, arguments)]
        done = subprocess.run(command, cwd=self.work, stdout=subprocess.PIPE, text=True, check=True, env=environment())
        return done.stdout

    def rival(self, name: str) -> list[str]:
        """The command of a program of `rivals`, compiled as an installed one is."""
        target = self.work / f"{name}.pyc"
        py_compile.compile(str(HERE / "rivals" / f"{name}.py"), str(target), doraise=True)
        return [str(self.python), str(target)]

    def screen(self, home: Path) -> list[str]:
        """The command that opens the screen on a book made by `book`."""
        return [*self.command, "--file", str(home / "book.db"), "--today", DAY, "--lang", "ko"]


def environment(home: Path | None = None) -> dict[str, str]:
    """The same for everything measured; `home` is the folder of the program's private data."""
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("FIELDSALES", "TEXTUAL", "PYTHON"))
    }
    own = {"TERM": "xterm-256color", "COLORTERM": "truecolor", "LANG": "C.UTF-8", "LC_ALL": "C.UTF-8"}
    own |= {"TEXTUAL_FPS": "240", "TEXTUAL_DISABLE_KITTY_KEY": "1"}
    return kept | own | ({"FIELDSALES_HOME": str(home / "home")} if home is not None else {})


# --- a terminal -----------------------------------------------------------------------------------------------------

Shown = Callable[[str], bool]


class Terminal:
    """A program in a terminal of its own. What it writes is read as it comes and never drawn."""

    def __init__(self, command: Sequence[str], size: tuple[int, int], environ: Mapping[str, str]) -> None:
        self._master, slave = os.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", size[1], size[0], 0, 0))
        self.begun = time.perf_counter()
        self._process = subprocess.Popen(
            command, stdin=slave, stdout=slave, stderr=slave, env=dict(environ), start_new_session=True
        )
        os.close(slave)

    @property
    def pid(self) -> int:
        return self._process.pid

    def until(self, shown: Shown) -> float:
        """Read on until what came since the call satisfies `shown`; the moment at which it did.

        Raises RuntimeError where the program ends or stays silent.
        """
        seen = bytearray()
        end = time.perf_counter() + PATIENCE
        while True:
            ready, _, _ = select.select([self._master], [], [], max(0.0, end - time.perf_counter()))
            came = self._read() if ready else b""
            now = time.perf_counter()
            if not came:
                text = seen[-2000:].decode("utf-8", "replace")
                raise RuntimeError(f"the program {'is silent' if not ready else 'has ended'}: {text!r}")
            seen += came
            if shown(seen.decode("utf-8", "ignore")):
                return now

    def key(self, key: str, shown: Shown) -> float:
        """Seconds from a key to the bytes that show what it brought."""
        begun = time.perf_counter()
        os.write(self._master, key.encode())
        return self.until(shown) - begun

    def rest(self, quiet: float = 0.15, longest: float = 20.0) -> None:
        """Read on until nothing has come for so many seconds."""
        end = time.perf_counter() + longest
        while time.perf_counter() < end and select.select([self._master], [], [], quiet)[0]:
            if not self._read():
                return

    def _read(self) -> bytes:
        try:
            return os.read(self._master, 1 << 16)
        except OSError:
            return b""

    def memory(self) -> dict[str, int]:
        """KiB held now (`VmRSS`) and at most so far (`VmHWM`); empty where the system does not say."""
        try:
            lines = Path(f"/proc/{self.pid}/status").read_text().splitlines()
        except OSError:
            return {}
        named = (line.split() for line in lines if line.startswith(("VmRSS", "VmHWM")))
        return {name.rstrip(":"): int(number) for name, number, _ in named}

    def close(self) -> None:
        """End the program; it has nothing to save."""
        if self._process.poll() is None:
            os.killpg(self.pid, signal.SIGKILL)
        self._process.wait()
        os.close(self._master)


def interleaved(rounds: int, measures: Mapping[str, Callable[[], float]]) -> dict[str, list[float]]:
    """Run every measure once a round, each round beginning with another one; one round before is not counted."""
    names = list(measures)
    found: dict[str, list[float]] = {name: [] for name in names}
    for number in range(-1 if rounds > 1 else 0, rounds):
        turn = number % len(names)
        for name in names[turn:] + names[:turn]:
            figure = measures[name]()
            if number >= 0:
                found[name].append(figure)
    return found


# --- the verdict ----------------------------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Ratio:
    """One figure against another of the same run. `spread` are the quarters of the rounds' own ratios."""

    what: str
    against: str
    ratio: float
    target: float | None  # None: for information
    spread: tuple[float, float]
    rounds: int

    @property
    def met(self) -> bool:
        return self.target is None or self.ratio <= self.target

    def __str__(self) -> str:
        aim = (
            "               " if self.target is None else f"at most {self.target:.2f}  {'ok  ' if self.met else 'MISS'}"
        )
        low, high = self.spread
        return (
            f"{self.ratio:6.2f}  {aim}  {self.what} / {self.against}  ({low:.2f} to {high:.2f}, {self.rounds} rounds)"
        )


def ratio(found: Mapping[str, Sequence[float]], what: str, against: str, target: float | None = None) -> Ratio:
    """The median of one series over the median of another."""
    own, other = found[what], found[against]
    each = sorted(a / b for a, b in zip(own, other, strict=True))
    spread = (each[len(each) // 4], each[(3 * len(each)) // 4 if len(each) > 3 else -1])
    return Ratio(what, against, median(own) / median(other), target, spread, len(each))


Measure = Callable[[Bench], Iterable[Ratio]]


def arguments(description: str | None) -> argparse.ArgumentParser:
    """The options that every measurement takes."""
    parser = argparse.ArgumentParser(description=description, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=9, help="rounds of which the median is taken (9)")
    parser.add_argument("--json", action="store_true", help="print the ratios as JSON")
    parser.add_argument("--python", type=Path, help="a Python with fieldsales installed (default: a fresh wheel of it)")
    parser.add_argument("--work", type=Path, help="folder for environment and books, kept (default: a temporary one)")
    parser.add_argument("--small", type=int, default=10_000, help="accounts of the smaller book (10,000)")
    parser.add_argument("--large", type=int, default=100_000, help="accounts of the larger book (100,000)")
    parser.add_argument("--records", type=int, default=0, help="logs and amounts (10,000 and 100,000)")
    return parser


def installed(work: Path) -> Path:
    """The Python of an environment below `work` that holds a wheel of this repository as it is now."""
    python = work / "environment" / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", str(work / "environment")], check=True)
    wheels = work / "wheels"
    shutil.rmtree(wheels, ignore_errors=True)
    pip = [str(python), "-m", "pip", "--quiet", "--disable-pip-version-check"]
    subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(wheels), str(REPOSITORY)], check=True)
    (wheel,) = wheels.glob("*.whl")
    subprocess.run([*pip, "install", f"{wheel}[bench]"], check=True)
    subprocess.run([*pip, "install", "--force-reinstall", "--no-deps", str(wheel)], check=True)
    return python


def main(description: str | None, *measures: Measure, argv: Sequence[str] | None = None) -> int:
    """Measure, print a line for each ratio as it is known, and give 1 where one misses its target."""
    import tempfile

    said = arguments(description).parse_args(argv)
    folder = said.work or Path(tempfile.mkdtemp(prefix="fieldsales-benchmarks-"))
    try:
        folder.mkdir(parents=True, exist_ok=True)
        work = folder.resolve()
        python = said.python.absolute() if said.python else installed(work)
        bench = Bench(python, work, max(1, said.rounds), said.small, said.large, said.records)
        where = "import fieldsales, sys; print(fieldsales.__path__[0], '·', 'Python', sys.version.split()[0])"
        measured = subprocess.run(
            [str(python), "-c", where], cwd=work, env=environment(), stdout=subprocess.PIPE, text=True, check=True
        ).stdout.strip()
        print(f"measured: {measured} · {bench.rounds} rounds", file=sys.stderr, flush=True)
        ratios: list[Ratio] = []
        for measure in measures:
            for found in measure(bench):
                ratios.append(found)
                if not said.json:
                    print(found, flush=True)
        if said.json:
            print(json.dumps([{**asdict(one), "met": one.met} for one in ratios], ensure_ascii=False, indent=2))
        return 0 if all(one.met for one in ratios) else 1
    finally:
        if said.work is None:
            shutil.rmtree(folder, ignore_errors=True)
