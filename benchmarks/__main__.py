"""`python -m benchmarks [NAME ...]`: prints the tables, all of them or those named."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from time import perf_counter

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_variable] = "1"  # before anything imports numpy

# Modules, each with a `run`.
TABLES = (
    "updates",
    "learning",
    "landscape",
    "loading",
    "travel",
    "window",
    "frames",
    "presentation",
)


def main(names: list[str]) -> int:
    """Print the tables named, or all; 1 where a target is missed, 2 for a name that is none."""
    unknown = [name for name in names if name not in TABLES]
    if unknown:
        print(f"benchmarks: {unknown[0]}: no such table; allowed: {', '.join(TABLES)}")
        return 2
    from benchmarks.tables import machine

    print(machine(), end="\n\n")
    missed = 0
    for name in names or TABLES:
        started = perf_counter()
        missed += import_module(f"benchmarks.{name}").run()
        print(f"({name}: {perf_counter() - started:.0f} s)\n", flush=True)
    print(f"{missed} targets missed" if missed else "all targets reached")
    return min(1, missed)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
