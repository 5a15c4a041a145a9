"""All measurements in one go: start and memory, keys, logging from the shell, import.

Ratios are the result, times are not: every figure is a median of rounds in which the program and what it is compared with
take turns on the same machine. Without `--python` a wheel is built from this folder and installed into an environment
of its own. Exit code 1 where a ratio misses its target. Each of start.py, keys.py, log.py and importing.py runs alone too.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

import common
import importing
import keys
import log
import start

if __name__ == "__main__":
    sys.exit(common.main(__doc__, start.measure, keys.measure, log.measure, importing.measure))
