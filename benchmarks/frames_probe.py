"""Where a frame's time goes, from within the real window's own process; see `benchmarks.frames`.

    python -m benchmarks.frames_probe FILE SECONDS PRESSES

Processor time of each thread, shared out by what it was spent on: a thing's own time does not
count what it calls that has a name of its own. The last line on standard output is a JSON object.
"""

from __future__ import annotations

import importlib
import json
import pkgutil
import sys
from collections import defaultdict
from collections.abc import Callable
from functools import wraps
from threading import local
from time import process_time, thread_time
from typing import Any

from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QWidget

import mlloop_gui
from benchmarks.window_probe import Measurement, wait
from mlloop_gui import __main__ as program
from mlloop_gui import application
from mlloop_gui.driver import Driver
from mlloop_gui.framing import FrameMaker
from mlloop_gui.main_window import MainWindow
from mlloop_gui.plots.base import Plot
from mlloop_gui.session import Session

#: What the worker makes for a frame, by the method that makes it.
MADE = {
    "make": "frame itself",
    "_map": "maps",
    "_curves": "curves",
    "_explanations": "inspector",
    "_lens": "inspector",
    "_embedding": "embedding",
    "_summaries": "runs",
    "_strip": "film",
    "_trajectory": "landscape",
}
#: How views learn of a frame.
FOLLOWING = ("_follow", "_take_frame", "_tell", "_count", "_look")
#: Views by the last part of their modules' names, else by the package.
VIEWS = {
    "boundary_view": "boundary",
    "confusion": "boundary",
    "embedding": "boundary",
    "predictions": "boundary",
    "network_view": "network",
    "network_picture": "network",
    "curves_view": "curves",
    "curves": "curves",
    "histogram": "curves",
    "ring_bar": "ring",
    "ring": "ring",
    "stage_button": "ring",
    "status": "status",
    "scrub_bar": "time bar",
    "timeline": "time bar",
    "runs_view": "runs",
    "stack": "inspector",
    "session": "session",
}
PLOTS = {"plot.boundary": "boundary", "plot.network": "network", "loop_ring": "ring"}


class Clock:
    """Seconds of processor time by name, each thing's own."""

    def __init__(self) -> None:
        self.spent: dict[str, float] = defaultdict(float)
        self.times: dict[str, int] = defaultdict(int)
        self._open = local()

    def timed(self, function: Callable[..., Any], name: str | Callable[[Any], str]) -> Any:
        """The same function, its time counted under a name (or what gives one for its object)."""

        takes = function.__code__.co_argcount - 1

        @wraps(function)
        def inner(this: Any, *given: Any) -> Any:
            called = name if isinstance(name, str) else name(this)
            stack = self._open.__dict__.setdefault("stack", [])
            stack.append(0.0)
            begun = thread_time()
            try:
                return function(this, *given[:takes])
            finally:
                took = thread_time() - begun
                self.spent[called] += took - stack.pop()
                self.times[called] += 1
                if stack:
                    stack[-1] += took

        return inner

    def watch(self, owner: type, method: str, name: str | Callable[[Any], str]) -> None:
        """Count a method of a class from now on."""
        setattr(owner, method, self.timed(vars(owner)[method], name))

    def taken(self) -> dict[str, float]:
        """What has been counted since the last time, which begins anew."""
        found = dict(self.spent)
        self.spent.clear()
        return found


def view_of(kind: type) -> str:
    """The view that a class belongs to."""
    package, _, module = kind.__module__.rpartition(".")
    return VIEWS.get(module, "inspector" if package.endswith("inspector") else "others")


def painted_view(widget: QWidget) -> str:
    """The view that a painted widget stands in."""
    at: QWidget | None = widget
    while at is not None:
        if at.objectName() in PLOTS:
            return f"paint {PLOTS[at.objectName()]}"
        if at.objectName() == "inspector" or at.objectName().startswith("inspector."):
            return "paint inspector"
        if isinstance(at, Plot):
            return "paint curves"
        at = at.parentWidget()
    return f"paint {view_of(type(widget))}"


def watch_all(clock: Clock) -> None:
    """Count what a frame is made of and what follows it, in every class of the window."""
    for method, name in MADE.items():
        clock.watch(FrameMaker, method, f"worker {name}")
    clock.watch(Driver, "slice", "worker training")
    clock.watch(Session, "_take_frame", "set session")
    for module in pkgutil.walk_packages(mlloop_gui.__path__, "mlloop_gui."):
        if not module.name.endswith("__main__"):
            importlib.import_module(module.name)
    classes = [QWidget]
    for kind in classes:
        classes += [sub for sub in kind.__subclasses__() if sub not in classes]
    for kind in classes:
        if not kind.__module__.startswith(("mlloop_gui", "pyqtgraph")):
            continue
        if "paintEvent" in vars(kind):
            clock.watch(kind, "paintEvent", painted_view)
        for method in FOLLOWING:
            if method in vars(kind):
                clock.watch(kind, method, f"set {view_of(kind)}")


class Frames(Measurement):
    """Where the time of frames and of pauses goes, in a run at full speed."""

    def __init__(self, window: MainWindow, found: dict[str, Any], clock: Clock) -> None:
        super().__init__(window, found)
        self.clock = clock
        self._pressed = 0.0

    def look(self, seconds: float, presses: int) -> None:
        """Measure a stretch of a run, then so many pauses."""
        while self.session.frame is None:
            wait(0.1)  # a large table takes its time
        self.window.run_bar.speed.set_speed(0)
        wait(0.5)
        self.start()
        wait(1.5)
        clock, whole, gui = self.clock, process_time(), thread_time()
        clock.taken()
        made = clock.times["worker frame itself"]
        rates = self.rates(seconds)
        running = clock.taken()
        running["gui"] = thread_time() - gui
        running["process"] = process_time() - whole
        self.stop()
        wait(0.3)
        frames = clock.times["worker frame itself"] - made
        pauses: dict[str, float] = defaultdict(float)
        took = []
        for k in range(presses):
            took.append(self.press(k))
            pauses["gui"] += thread_time() - self._pressed
            for name, spent in clock.taken().items():
                pauses[name] += spent
        self.found.update(
            frames=frames,
            seconds=seconds,
            rates=rates,
            running=running,
            pauses=pauses,
            presses=took,
        )

    def click(self) -> None:
        self.clock.taken()
        self._pressed = thread_time()
        super().click()


def main() -> int:
    found: dict[str, Any] = {}
    path, seconds, presses = sys.argv[1:]
    clock = Clock()
    watch_all(clock)

    class Watched(MainWindow):
        """The program's own window; what it paints and lays out is counted."""

        def __init__(self, *arguments: Any, **named: Any) -> None:
            super().__init__(*arguments, **named)
            QTimer.singleShot(0, self, self._measure)

        def event(self, event: QEvent) -> bool:
            if event.type() is QEvent.Type.UpdateRequest:
                return self._paint(event)
            if event.type() is QEvent.Type.LayoutRequest:
                return self._lay_out(event)
            return super().event(event)

        def _paint(self, event: QEvent) -> bool:
            return super().event(event)

        def _lay_out(self, event: QEvent) -> bool:
            return super().event(event)

        def _measure(self) -> None:
            try:
                Frames(self, found, clock).look(float(seconds), int(presses))
            finally:
                self.close()

    clock.watch(Watched, "_paint", "paint window")
    clock.watch(Watched, "_lay_out", "layout window")
    application.MainWindow = Watched  # type: ignore[misc]
    sys.argv[1:] = [path]
    status = program.main()
    print(json.dumps(found))
    return status


if __name__ == "__main__":
    sys.exit(main())
