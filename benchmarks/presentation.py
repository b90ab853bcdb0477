"""The presentation's table: how long each prepared scene takes until it is on the screen.

    python -m benchmarks.presentation

The window runs in a process of its own, on the display that is given or on one that Xvfb makes.
Each scene is restored from every state that the one before has left, a run that goes on among
them.
"""

from __future__ import annotations

import json
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import Any

from benchmarks.window import SCREEN, Table, _environment, display

ROUNDS, LIMIT = 9, 0.5
SIZE = (1280, 650)
#: Seconds that a run goes on before the next scene breaks into it.
BROKEN = 0.1


def measure() -> dict[str, Any]:
    """Seconds from the key to the painted scene, by scene; and until the first one stood."""
    from PySide6.QtWidgets import QApplication

    from benchmarks.pictures import wait_until
    from mlloop_gui.main_window import MainWindow
    from mlloop_gui.settings import Settings

    application = QApplication([])
    window = MainWindow(None, Settings(seen_introduction=True))
    session = window.session
    window.resize(*SIZE)
    window.show()

    def there() -> bool:
        frame = session.frame
        return frame is not None and frame.command == session._worker._sent

    def painted() -> None:
        wait_until(there)
        application.processEvents()

    def rest(seconds: float) -> None:
        until = perf_counter() + seconds
        wait_until(lambda: perf_counter() > until)

    painted()
    begun = perf_counter()
    window.presenter.enter()
    painted()
    found: dict[str, Any] = {"enter": [perf_counter() - begun], "scenes": {}, "leave": []}
    page = window.presenter.page
    assert page is not None
    wait_until(lambda: not session.jobs.busy)
    for turn in range(ROUNDS):
        for at, scene in enumerate(page.scenes):
            if turn % 2:
                session.run()
                rest(BROKEN)
            begun = perf_counter()
            page.restore(at)
            painted()
            found["scenes"].setdefault(scene.name, []).append(perf_counter() - begun)
    begun = perf_counter()
    window.presenter.leave()
    painted()
    found["leave"].append(perf_counter() - begun)
    window.close()
    return found


def run() -> int:
    """Measure and print everything; how many targets were missed."""
    with display() as on, tempfile.TemporaryDirectory() as where:
        found = _measured(_environment(Path(where), on))
    print(
        f"\nThe presentation at {SIZE[0]}x{SIZE[1]} on {SCREEN.rsplit('x', 1)[0]}: from the key to"
    )
    print(f"the painted scene, median of {ROUNDS}, every other time out of a run")
    table = Table()
    table.line("enter, with the first scene", found["enter"], "s")
    for name, seconds in found["scenes"].items():
        table.line(name, seconds, "s", LIMIT, True)
        table.print("  worst", max(seconds), "s", LIMIT, True, "")
    table.line("leave, with the run of before", found["leave"], "s")
    return table.missed


def _measured(environment: dict[str, str]) -> dict[str, Any]:
    import subprocess

    from benchmarks.window import ROOT

    command = [sys.executable, "-m", "benchmarks.presentation", "measure"]
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=300
    )
    if done.returncode or not done.stdout:
        raise RuntimeError(f"{' '.join(command)} failed:\n{done.stderr}")
    return json.loads(done.stdout.splitlines()[-1])


if __name__ == "__main__":
    if sys.argv[1:] == ["measure"]:
        print(json.dumps(measure()))
        sys.exit(0)
    sys.exit(min(1, run()))
