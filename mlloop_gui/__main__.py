"""The program's door: ``mlloop`` and ``python -m mlloop_gui``."""

from __future__ import annotations

import gc
import importlib
import importlib.util
import os
import sys
from typing import Any

# Before numpy is imported: several BLAS threads fight the window for the cores, and a result
# would depend on how many there are.
for _variable in (
    "OPENBLAS_NUM_THREADS",
    "MKL_NUM_THREADS",
    "OMP_NUM_THREADS",
    "VECLIB_MAXIMUM_THREADS",
):
    os.environ[_variable] = "1"
# Looking for plug-ins among all installed packages would be a tenth of the start.
os.environ["PYDANTIC_DISABLE_PLUGINS"] = "__all__"


def _load_when_used(name: str, taken: str) -> None:
    """Have a package's module loaded when something is asked of it, not when it is imported.

    Its function ``taken`` may be taken from it all the same, and loads it when it is called.
    """
    found = importlib.util.find_spec(name)
    if name in sys.modules or found is None or found.loader is None:
        return
    module, loader = importlib.util.module_from_spec(found), found.loader

    def get(attribute: str) -> Any:
        if vars(module).pop("__getattr__", None):
            loader.exec_module(module)
        return getattr(module, attribute)

    def call(*given: Any, **named: Any) -> Any:
        return get(taken)(*given, **named)

    vars(module).update({"__getattr__": get, taken: call})
    sys.modules[name] = module
    package, _, own = name.rpartition(".")
    setattr(importlib.import_module(package), own, module)


# pydantic's search for plug-ins, which is off; thirty modules come with it.
_load_when_used("importlib.metadata", "entry_points")


def main() -> int:
    """Run the command line's words; the exit status."""
    # Imports make much and drop little; a command turns collecting on again.
    gc.disable()
    from mlloop_gui.cli import run_command

    return run_command(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
