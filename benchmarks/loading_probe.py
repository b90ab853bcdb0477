"""One measurement of loading, in a process of its own; `benchmarks.loading` starts it.

    python -m benchmarks.loading_probe pandas|core|window FILE

The last line on standard output is a JSON object.
"""

from __future__ import annotations

import gc
import io
import json
import os
import sys
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path
from threading import Event, Thread
from time import perf_counter
from typing import Any

for _variable in ("OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS", "OMP_NUM_THREADS"):
    os.environ[_variable] = "1"

EVERY = 0.002  # seconds between two looks at the memory
TICK = 2  # milliseconds between two signs of life of the GUI thread
MOMENTS = (0.02, 0.2, 0.45, 0.7, 0.78, 0.92)  # shares at which loading is cancelled
QUIET = 1000  # milliseconds
STATM = Path("/proc/self/statm")


class Memory:
    """The most resident memory while the block runs, over what there was before it."""

    def __enter__(self) -> Memory:
        self._ended, self.peak = Event(), 0
        self._before = self._resident()
        self._thread = Thread(target=self._watch)
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self._ended.set()
        self._thread.join()
        self._look()

    def _watch(self) -> None:
        while not self._ended.wait(EVERY):
            self._look()

    def _look(self) -> None:
        self.peak = max(self.peak, self._resident() - self._before)

    @staticmethod
    def _resident() -> int:
        if not STATM.exists():
            return 0  # only Linux tells
        return int(STATM.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")


def loading(what: str, path: str) -> dict[str, Any]:
    """Seconds and memory of pandas alone, or of the whole way to a problem."""
    import pandas as pd

    from core.experiment import Experiment
    from core.problem import build_problem
    from mlloop_gui.jobs import Helpers

    pd.read_csv(io.StringIO("a,b\n1,x\n2,y\n"))  # what is imported when first used
    experiment = Experiment().with_source("csv", path=path)[0]
    with Memory() as memory:
        started = perf_counter()
        if what == "pandas":
            kept: Any = pd.read_csv(path)
        else:
            with Helpers() as each:
                kept = build_problem(experiment, lambda share: None, each)
        seconds = perf_counter() - started
    assert len(kept if what == "pandas" else kept.x) > 0
    return {"seconds": seconds, "peak": memory.peak}


def in_window(path: str) -> dict[str, Any]:
    """How long the window stands still while a table is loaded, and until a cancel is done."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QEventLoop, Qt, QTimer
    from PySide6.QtWidgets import QApplication

    from core.experiment import Experiment
    from mlloop_gui.main_window import MainWindow

    def wait_until(condition: Callable[[], object], at_least: int = 0) -> None:
        loop, timer = QEventLoop(), QTimer()
        timer.setTimerType(Qt.TimerType.PreciseTimer)
        timer.timeout.connect(lambda: condition() and loop.quit())
        QTimer.singleShot(at_least, lambda: timer.start(TICK))
        loop.exec()

    application = QApplication([])
    window = MainWindow(Experiment())
    window.resize(1440, 900)
    window.show()
    session = window.session
    wait_until(lambda: session.frame is not None, 3 * QUIET)  # the kernel is prepared meanwhile
    gc.collect()
    gc.freeze()  # as the program does once it stands there

    ticks: list[float] = []
    timer = QTimer()
    timer.setTimerType(Qt.TimerType.PreciseTimer)
    timer.timeout.connect(lambda: ticks.append(perf_counter()))
    timer.start(TICK)
    started = perf_counter()
    session.choose_source("csv", path=path)
    wait_until(lambda: session.loading is None)
    seconds = perf_counter() - started
    timer.stop()
    times = [started, *ticks]
    block = max(b - a for a, b in pairwise(times))
    wait_until(lambda: session.frame.problem.dataset.name == Path(path).name, QUIET)
    session.choose_source("circle")
    wait_until(lambda: session.frame.problem.dataset.name == "circle", QUIET)

    told, cancelled = 0.0, 0.0
    for moment in MOMENTS:
        session.choose_source("csv", path=path)
        wait_until(lambda moment=moment: (session.loading or 0.0) >= moment)
        asked = perf_counter()
        session.cancel_loading()
        told = max(told, perf_counter() - asked)
        ended: list[float] = []
        session.jobs.start(lambda progress: perf_counter(), ended.append, sys.exit)
        wait_until(lambda ended=ended: ended)
        cancelled = max(cancelled, ended[0] - asked)
        wait_until(lambda: True, QUIET // 4)
    window.close()
    application.processEvents()
    return {"seconds": seconds, "block": block, "told": told, "cancel": cancelled}


def main(what: str, path: str) -> int:
    print(json.dumps(in_window(path) if what == "window" else loading(what, path)))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
