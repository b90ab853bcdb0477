"""The real program, started as a person starts it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
EXPERIMENTS = ROOT / "assets" / "experiments"
DEFAULT = str(EXPERIMENTS / "default.toml")
DIVERGING = str(EXPERIMENTS / "diverging.toml")
COMMAND = [sys.executable, "-X", "faulthandler", "-W", "error", "-m", "mlloop_gui"]


def start(*words: str) -> subprocess.CompletedProcess[bytes]:
    """Runs ``mlloop WORDS`` to its end, every Python warning an error."""
    return subprocess.run(
        [*COMMAND, *words],
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        timeout=120,
        check=False,
    )


def environment() -> dict[str, str]:
    """This process's environment, with the checkout importable from everywhere."""
    return {**os.environ, "PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"}
