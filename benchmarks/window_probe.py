"""Measures the real window from within its own process; `benchmarks.window` starts it on a display.

    python -m benchmarks.window_probe start
    python -m benchmarks.window_probe run FILE SECONDS REPEATS PRESSES CHANGES

The last line on standard output is a JSON object.
"""

from __future__ import annotations

# As the program does: what needs no Qt is imported before it.
from mlloop_gui import __main__ as program
from mlloop_gui.cli import window as window

# isort: split
import json
import sys
from collections.abc import Callable
from time import monotonic, perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import QEvent, QEventLoop, QObject, Qt, QTimer, Signal
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton, QWidget

from mlloop_gui import application
from mlloop_gui.frames import RunState
from mlloop_gui.main_window import MainWindow

WARM_UP = 1.5
QUIET = 0.08
PATIENCE = 10.0
LOADING = 120.0  # seconds that a large table may take until it is there
RATES = (0.25, 0.3)


class Paints(QObject):
    """Says when a widget is about to paint itself."""

    painted = Signal()

    def __init__(self, widget: QWidget) -> None:
        super().__init__(widget)
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted.emit()
        return False


class Pictures(QObject):
    """The times at which a widget painted something new.

    Something is new when one of the plot's methods has been called with arguments that differ
    from those of its last call.
    """

    def __init__(self, widget: QWidget, plot: QWidget, method: str) -> None:
        super().__init__(widget)
        self.times: list[float] = []
        self._new = False
        self._given: dict[object, list[np.ndarray]] = {}
        inner = getattr(plot, method)

        def watched(*given: Any, **named: Any) -> None:
            self._look(given, named)
            inner(*given, **named)

        setattr(plot, method, watched)
        widget.installEventFilter(self)

    def _look(self, given: tuple, named: dict) -> None:
        key = given[0] if isinstance(given[0], str) else ""
        arrays = [a for a in (*given, *named.values()) if isinstance(a, np.ndarray)]
        for several in given:
            if isinstance(several, list | tuple):
                arrays += [a for a in several if isinstance(a, np.ndarray)]
        before = self._given.get(key, [])
        if not self._new and not _same(arrays, before):
            self._new = True
        self._given[key] = arrays

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint and self._new:
            self._new = False
            self.times.append(perf_counter())
        return False

    def between(self, start: float, end: float) -> np.ndarray:
        return np.array([t for t in self.times if start <= t < end])


def _same(arrays: list[np.ndarray], before: list[np.ndarray]) -> bool:
    """Whether arrays hold the same; a few values tell most that differ, and cost no frame."""
    if [a.shape for a in arrays] != [b.shape for b in before]:
        return False
    few = (np.array_equal(a.flat[:: max(1, a.size // 16)], b.flat[:: max(1, b.size // 16)])
           for a, b in zip(arrays, before, strict=True))  # fmt: skip
    return all(few) and all(map(np.array_equal, arrays, before))


class LastPaint(QObject):
    """When a window last finished painting any part of itself."""

    def __init__(self, window: QWidget) -> None:
        super().__init__()
        self.at = perf_counter()
        self._awaited = False
        window.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        # Whatever changes in a window is painted when its top level is asked for an update.
        if event.type() == QEvent.Type.UpdateRequest and not self._awaited:
            # A timer of 0 fires once all that waits to be painted has been painted.
            self._awaited = True
            QTimer.singleShot(0, self, self._painted)
        return False

    def _painted(self) -> None:
        self._awaited = False
        self.at = perf_counter()


def wait(seconds: float) -> None:
    loop = QEventLoop()
    QTimer.singleShot(int(1000 * seconds), loop, loop.quit)
    loop.exec()


def wait_until(is_so: Callable[[], bool], every: int = 1, patience: float = PATIENCE) -> None:
    """Look every so many milliseconds; the event loop goes on in between."""
    loop, timer, end = QEventLoop(), QTimer(), perf_counter() + patience

    def look() -> None:
        if is_so() or perf_counter() > end:
            loop.quit()

    timer.timeout.connect(look)
    timer.start(every)
    loop.exec()
    if not is_so():
        raise TimeoutError(f"nothing came of it within {patience:g} s")


class Start:
    """When the first frame is painted, a first step has been answered, and all is built."""

    def __init__(self, window: MainWindow, found: dict[str, Any]) -> None:
        self.window, self.found = window, found
        found["built"] = monotonic()
        window.growth.finished.connect(self.whole)
        self.first = Paints(window.boundary.plot.viewport())
        self.first.painted.connect(self.look)

    def look(self) -> None:
        frame = self.window.session.frame
        if frame is not None and frame.map is not None and "painted" not in self.found:
            self.found["painted"] = monotonic()
            QTimer.singleShot(0, self.window, self.usable)

    def usable(self) -> None:
        """The event loop has come round: what is pressed now is answered."""
        self.found["usable"] = monotonic()
        self.answer = Paints(self.window.ring_bar.status.stage)
        self.answer.painted.connect(self.stepped)
        self.window.actions_by_name["step"].trigger()

    def stepped(self) -> None:
        if self.answer.parent().property("value") == 1 and "stepped" not in self.found:
            self.found["stepped"] = monotonic()
            self.end()

    def whole(self) -> None:
        """The docks are filled."""
        self.found["whole"] = monotonic()
        self.end()

    def end(self) -> None:
        if {"stepped", "whole"} <= self.found.keys():
            QTimer.singleShot(0, self.window, self.window.close)


class Measurement:
    """A run at full speed: rates of frames and epochs, presses of pause, live changes."""

    def __init__(self, window: MainWindow, found: dict[str, Any]) -> None:
        self.window, self.found, self.session = window, found, window.session
        self.button = next(
            b
            for b in window.findChildren(QToolButton)
            if b.defaultAction() is window.actions_by_name["run"]
        )
        curves, boundary = window.curves, window.boundary.plot
        self.pictures = {"boundary": Pictures(boundary.viewport(), boundary, "set_plane")}
        for name, plot in zip(("loss", "metric", "gradients", "ratio"), curves.plots, strict=True):
            self.pictures[name] = Pictures(plot.viewport(), plot, "set_series")
        network = window.network.picture
        self.pictures["network"] = Pictures(network, network, "set_parameters")

    @property
    def loop(self) -> Any:
        return self.session._worker._driver.loop

    def click(self) -> None:
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)

    def start(self) -> None:
        self.click()
        wait_until(lambda: self.session.state is RunState.RUNNING)

    def stop(self) -> None:
        self.click()
        wait_until(lambda: self.session.state is not RunState.RUNNING)

    def measure(self, seconds: float, repeats: int, presses: int, changes: int) -> None:
        session = self.session
        wait_until(lambda: session.frame is not None and session.loading is None, patience=LOADING)
        self.window.run_bar.speed.set_speed(0)
        wait(0.5)
        self.start()
        wait(WARM_UP)
        self.found["rates"] = [self.rates(seconds) for _ in range(repeats)]
        self.stop()
        self.found["changes"] = self.changes(changes)
        self.found["presses"] = [self.press(k) for k in range(presses)]

    def rates(self, seconds: float) -> dict[str, float]:
        loop = self.loop
        start, epochs, updates = perf_counter(), loop.epoch, loop.update
        wait(seconds)
        end = perf_counter()
        lasted = end - start
        made: dict[str, float] = {
            "epochs": (loop.epoch - epochs) / lasted,
            "updates": (loop.update - updates) / lasted,
        }
        for name, pictures in self.pictures.items():
            times = pictures.between(start, end)
            made[name] = len(times) / lasted
            if name == "boundary" and len(times) > 2:
                made["gap"] = 1000 * float(np.percentile(np.diff(times), 99))
        return made

    def press(self, turn: int) -> float:
        """Milliseconds from a press of pause to the last paint after it."""
        self.start()
        wait(0.04 + 0.0007 * (turn * 37 % 100))
        paints, started = LastPaint(self.window), perf_counter()
        self.click()
        wait_until(
            lambda: self.session.state is RunState.PAUSED and perf_counter() - paints.at > QUIET
        )
        self._require_consistent()
        return 1000 * (paints.at - started)

    def _require_consistent(self) -> None:
        """What the window shows is what the loop holds."""
        frame, window, loop = self.session.frame, self.window, self.loop
        shown = {
            "update": window.ring_bar.status.update_count.property("value"),
            "epoch": window.ring_bar.status.epoch.property("value"),
        }
        held = {"update": loop.update, "epoch": loop.epoch}
        if shown != held or window.boundary._shown_map is not frame.map:
            raise AssertionError(f"the window shows {shown}, the loop holds {held}")

    def changes(self, count: int) -> list[float]:
        """Milliseconds from an edit of the learning rate to the first update made with it."""
        editor = self.window.findChild(QWidget, "optimizer.learning_rate")
        name = editor.metaObject().userProperty().name()
        kernel, took, seen = self.loop.learner.kernel, [], [0.0, 0.0]
        # What is asked for right before the numbers of an update, or of a flight of them, are used.
        method, rate_of = "apply", lambda given: given[2]
        if kernel.releases_lock:
            method, rate_of = "rules", lambda given: given[0].learning_rate
        inner = getattr(kernel, method)

        def watched(*given: Any) -> Any:
            if rate_of(given) != seen[0]:
                seen[:] = rate_of(given), perf_counter()
            return inner(*given)

        setattr(kernel, method, watched)
        self.start()
        for k in range(count):
            wait(0.05 + 0.0007 * (k * 37 % 100))
            rate, started = RATES[k % 2], perf_counter()
            editor.setProperty(name, rate)
            wait_until(lambda rate=rate: seen[0] == rate)
            took.append(1000 * (seen[1] - started))
        self.stop()
        delattr(kernel, method)
        return took


def main() -> int:
    what, *given = sys.argv[1:]
    found: dict[str, Any] = {}

    class Watched(MainWindow):
        """The program's own window, with someone looking at it."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            if what == "start":
                self._watch = Start(self, found)
            else:
                QTimer.singleShot(0, self, self._measure)

        def _measure(self) -> None:
            try:
                seconds, repeats, presses, changes = given[1:]
                Measurement(self, found).measure(
                    float(seconds), int(repeats), int(presses), int(changes)
                )
            finally:
                self.close()

    application.MainWindow = Watched  # type: ignore[misc]
    sys.argv[1:] = given[:1]
    status = program.main()
    print(json.dumps(found))
    return status


if __name__ == "__main__":
    sys.exit(main())
