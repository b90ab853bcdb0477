"""Travels in the real window, from within its own process; `benchmarks.travel` starts it.

    python -m benchmarks.travel_probe SHORT LONG PRESSES TRAVELS

The last line on standard output is a JSON object.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from time import perf_counter
from typing import Any

import numpy as np
from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QToolButton

from benchmarks.window_probe import QUIET, LastPaint, wait, wait_until
from core.stages import Stage
from mlloop_gui import __main__ as program
from mlloop_gui import application
from mlloop_gui.frames import RunState
from mlloop_gui.main_window import MainWindow

#: What is open at the bottom: a name for the table, the tab, and the stage inspected.
OPEN = (
    *((f"inspector, {stage.name.lower()}", "inspector", stage) for stage in Stage),
    ("filmstrip", "film", Stage.REPRESENT),
    ("runs", "runs", Stage.REPRESENT),
    ("landscape", "landscape", Stage.REPRESENT),
)
RUNS_KEPT = 4
LONGEST = 300.0


class Journeys:
    """Presses of Back, and journeys along the scrub bar."""

    def __init__(self, window: MainWindow, found: dict[str, Any]) -> None:
        self.window, self.found, self.session = window, found, window.session
        self.button = next(
            b
            for b in window.findChildren(QToolButton)
            if b.defaultAction() is window.actions_by_name["step_back"]
        )

    @property
    def update(self) -> int:
        frame = self.session.frame
        return frame.position.update if frame is not None else -1

    def measure(self, short: int, long: int, presses: int, travels: int) -> None:
        wait_until(lambda: self.session.frame is not None)
        self.window.actions_by_name["step_size.update"].trigger()
        self.reach(short)
        self.keep_runs(short)
        self.found["backs"] = {}
        for name, tab, stage in OPEN:
            self.window.bottom.show_tab(tab)
            self.session.inspect(stage)
            wait(0.5)
            self.found["backs"][name] = [self.back() for _ in range(presses)]
        self.window.bottom.show_tab("inspector")
        self.reach(long)
        rng = np.random.default_rng(1)
        places = rng.integers(0, long + 1, travels).tolist()
        self.found["travels"] = {"to any place": [self.travel(place) for place in places]}

    def reach(self, update: int) -> None:
        """Make updates, however long it takes."""
        self.session.reach(update)
        end = perf_counter() + LONGEST
        while self.update != update and perf_counter() < end:
            wait(0.1)
        wait(0.5)

    def keep_runs(self, update: int) -> None:
        """Some other runs with the same past, as a person has who tries things."""
        first = self.session.runs[0].number
        for k in range(RUNS_KEPT):
            self.session.switch_run(first)
            self.session.go_to(update - 10)
            self.session.set("optimizer.learning_rate", 0.2 + 0.01 * k)
            wait_until(lambda k=k: len(self.session.runs) == k + 2)
            self.session.reach(update)
            wait_until(lambda: self.update == update)
        self.session.switch_run(first)
        self.session.go_to(update)
        wait_until(lambda: self.session.frame.run == first and self.update == update)

    def back(self) -> float:
        """Seconds from a press of Back to the last paint after it."""
        before = self.update
        paints, started = LastPaint(self.window), perf_counter()
        QTest.mouseClick(self.button, Qt.MouseButton.LeftButton)
        return self._painted(paints, started, lambda: self.update == before - 1)

    def travel(self, update: int) -> float:
        """Seconds from a click on the scrub bar to the last paint after it."""
        paints, started = LastPaint(self.window), perf_counter()
        self.window.scrub_bar.timeline.travelled.emit(update)
        return self._painted(paints, started, lambda: self.update == update)

    def _painted(self, paints: LastPaint, started: float, there: Callable[[], bool]) -> float:
        wait_until(lambda: there() and perf_counter() - paints.at > QUIET, every=10)
        if self.session.state is not RunState.PAUSED:
            raise AssertionError(f"the run is {self.session.state}")
        shown = self.window.ring_bar.status.update_count.property("value")
        if shown != self.update:
            raise AssertionError(f"the window shows update {shown}, the frame is of {self.update}")
        return paints.at - started


def main() -> int:
    given = [int(word) for word in sys.argv[1:]]
    found: dict[str, Any] = {}

    class Watched(MainWindow):
        """The program's own window, with someone travelling in it."""

        def __init__(self, *arguments: Any) -> None:
            super().__init__(*arguments)
            QTimer.singleShot(0, self, self._measure)

        def _measure(self) -> None:
            try:
                Journeys(self, found).measure(*given)
            finally:
                self.close()

    application.MainWindow = Watched  # type: ignore[misc]
    del sys.argv[1:]
    status = program.main()
    print(json.dumps(found))
    return status


if __name__ == "__main__":
    sys.exit(main())
