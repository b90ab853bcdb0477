"""The program's door: ``mlloop`` and ``python -m mlloop_gui``."""

from __future__ import annotations

import os
import sys

# Before numpy is imported: several BLAS threads fight the window for the cores, and a result
# would depend on how many there are.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_variable] = "1"


def main() -> int:
    """Run the command line's words; the exit status."""
    from mlloop_gui.cli import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
