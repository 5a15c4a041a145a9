"""All measurements in one go: start and memory, keys, logging from the shell, saving, publishing, import,
merging, and typing while a merge or a publishing goes on.

Ratios are the result, times are not: every figure is a median of rounds in which the program and what it is compared
with take turns on the same machine. Without `--python` a wheel is built from this repository and installed into an
environment of its own. Exit code 1 where a ratio misses its target. Run from the repository's folder: `python -m
benchmarks`, or one alone: `python -m benchmarks.start`, `.keys`, `.log`, `.saving`, `.publishing`, `.importing`,
`.merging`, `.typed`.
"""

import sys

from benchmarks import common, importing, keys, log, merging, publishing, saving, start, typed

if __name__ == "__main__":
    sys.exit(
        common.main(
            __doc__,
            start.measure,
            keys.measure,
            log.measure,
            saving.measure,
            publishing.measure,
            importing.measure,
            merging.measure,
            typed.measure,
        )
    )
