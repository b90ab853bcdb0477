"""Windows opened, run and closed while they run, many in one process: what stays behind."""

from __future__ import annotations

import gc
import os
from time import perf_counter

from benchmarks.soak import resident

WINDOWS = 200
LINES = 10
PATIENCE = 20.0
UPDATES = 100  # that each window has made when it is closed


def windows(count: int = WINDOWS) -> int:
    """Open and close so many windows; how many threads, timers and windows were left in all."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtWidgets import QApplication

    application = QApplication.instance() or QApplication([])
    # What the first one loads stays, and is no leak.
    _one(application)
    start, started, left = resident(), perf_counter(), 0
    print(f"{count:,} windows opened, run and closed; {start / 2**20:.1f} MB to begin with")
    print(f"{'windows':>12} {'grown MB':>9} {'threads':>8} {'timers':>8} {'windows':>8} {'s':>7}")
    for made in range(1, count + 1):
        _one(application)
        if made % max(1, count // LINES) and made != count:
            continue
        found = _left()
        left += sum(found)
        grown = (resident() - start) / 2**20
        print(
            f"{made:12,} {grown:9.1f} {found[0]:8} {found[1]:8} {found[2]:8}"
            f" {perf_counter() - started:7.0f}" + ("  LEFT BEHIND" if any(found) else ""),
            flush=True,
        )
    print(f"left behind: {left}")
    return left


def _one(application: object) -> None:
    """One window's life; it is closed while its loop runs."""
    from PySide6.QtCore import QCoreApplication, QEvent

    from mlloop_gui.main_window import MainWindow

    window = MainWindow()
    session = window.session
    session.set_speed(0)
    session.run_started.connect(session.run)
    window.show()
    end = perf_counter() + PATIENCE
    while session.frame is None or session.frame.position.update < UPDATES:
        QCoreApplication.processEvents()
        if perf_counter() > end:
            raise TimeoutError(f"a window made no {UPDATES} updates within {PATIENCE:g} s")
    window.close()
    window.deleteLater()
    del window, session
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def _left() -> tuple[int, int, int]:
    """Running threads, active timers and top-level widgets."""
    import shiboken6
    from PySide6.QtCore import QThread, QTimer
    from PySide6.QtWidgets import QApplication

    # By their own type: a weak proxy answers for what may be gone.
    kinds = (QThread, QTimer)
    valid = [o for o in gc.get_objects() if issubclass(type(o), kinds) and shiboken6.isValid(o)]
    threads = sum(isinstance(each, QThread) and each.isRunning() for each in valid)
    timers = sum(isinstance(each, QTimer) and each.isActive() for each in valid)
    return threads, timers, len(QApplication.topLevelWidgets())
