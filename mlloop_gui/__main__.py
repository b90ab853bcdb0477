"""The program's door: ``mlloop`` and ``python -m mlloop_gui``."""

from __future__ import annotations

import gc
import os
import sys

# Before numpy is imported: several BLAS threads fight the window for the cores, and a result
# would depend on how many there are.
for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_variable] = "1"
# Looking for plug-ins among all installed packages would be a tenth of the start.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def main() -> int:
    """Run the command line's words; the exit status."""
    # Imports make much and drop little; a command turns collecting on again.
    gc.disable()
    from mlloop_gui.cli import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
