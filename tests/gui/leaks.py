"""Finds what a test of the window left behind: threads, timers, animations and windows."""

from __future__ import annotations

import gc
import sys
import threading
import weakref
from collections.abc import Callable
from types import FrameType
from typing import Any

import shiboken6
from PySide6.QtCore import (
    QAbstractAnimation,
    QCoreApplication,
    QEvent,
    QObject,
    QThread,
    QThreadPool,
    QTimer,
)
from PySide6.QtWidgets import QApplication, QWidget

PATIENCE = 1.0  # seconds that a thread which was told to end may still take


def _end_thread(thread: QThread) -> None:
    thread.requestInterruption()
    thread.quit()
    thread.wait(int(2000 * PATIENCE))


# What can go on by itself: the class, whether one still does, and how it is ended.
RUNNERS: tuple[tuple[Any, Callable[[Any], bool], Callable[[Any], Any]], ...] = (
    (QThread, QThread.isRunning, _end_thread),
    (QTimer, QTimer.isActive, QTimer.stop),
    (
        QAbstractAnimation,
        lambda animation: animation.state() == QAbstractAnimation.State.Running,
        QAbstractAnimation.stop,
    ),
)


def _origin(frame: FrameType | None) -> str:
    if frame is None:
        return "an unknown place"
    return f"{frame.f_code.co_filename}:{frame.f_lineno} in {frame.f_code.co_name}"


def settle() -> None:
    """Delivers what is queued, deletes what waits to be deleted, and collects garbage here.

    Here means the main thread: widgets that the garbage collector finds in a worker thread die
    there, and take the program with them.
    """
    for _ in range(3):
        QCoreApplication.processEvents()
        QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        gc.collect()


def _windows() -> dict[int, QWidget]:
    widgets = QApplication.topLevelWidgets() if QApplication.instance() else []
    return {shiboken6.getCppPointer(widget)[0]: widget for widget in widgets}


class LeakWatch:
    """Records what is started between `begin` and `end`, and says what is still there.

    Attributes
    ----------
    started : list of (weakref, str)
        Every thread, timer and animation that Python started, with the line that did.
    """

    def __init__(self) -> None:
        self.started: list[tuple[weakref.ref[QObject], str]] = []
        self._originals: list[tuple[Any, Callable[..., Any]]] = []

    def begin(self) -> None:
        """Remembers what is there and begins to listen."""
        self._threads = set(threading.enumerate())
        self._known_windows = set(_windows())
        for kind, _, _ in RUNNERS:
            original = kind.start
            self._originals.append((kind, original))
            kind.start = self._listener(original)

    def _listener(self, original: Callable[..., Any]) -> Callable[..., Any]:
        def start(runner: QObject, *args: Any, **kwargs: Any) -> Any:
            self.started.append((weakref.ref(runner), _origin(sys._getframe(1))))
            return original(runner, *args, **kwargs)

        return start

    def end(self) -> list[str]:
        """Stops listening, ends what was left behind, and returns a line about each."""
        for kind, original in self._originals:
            kind.start = original
        self._originals.clear()
        settle()
        return [*self._runners(), *self._pool(), *self._python_threads(), *self._left_windows()]

    def _runners(self) -> list[str]:
        found: dict[int, str] = {}
        for reference, origin in self.started:
            runner = reference()
            if runner is None or not shiboken6.isValid(runner) or id(runner) in found:
                continue
            for kind, runs, end in RUNNERS:
                if isinstance(runner, kind) and runs(runner):
                    name = f"{type(runner).__name__} {runner.objectName()!r}"
                    found[id(runner)] = f"{name} still runs; started at {origin}"
                    end(runner)
        return list(found.values())

    def _pool(self) -> list[str]:
        pool = QThreadPool.globalInstance()
        if pool.waitForDone(int(1000 * PATIENCE)):
            return []
        return [f"the global thread pool still has {pool.activeThreadCount()} busy threads"]

    def _python_threads(self) -> list[str]:
        left = []
        for thread in set(threading.enumerate()) - self._threads:
            # A dummy stands for a thread that Python did not start: a QThread, counted above.
            if not isinstance(thread, threading._DummyThread):
                thread.join(PATIENCE)
                if thread.is_alive():
                    left.append(f"Python thread {thread.name!r} still runs")
        return left

    def _left_windows(self) -> list[str]:
        left = []
        for pointer, widget in _windows().items():
            if pointer not in self._known_windows:
                shown = "visible" if widget.isVisible() else "hidden"
                left.append(
                    f"{shown} top-level {type(widget).__name__} {widget.objectName()!r}"
                    f" {widget.windowTitle()!r} is still alive; give it to qtbot.addWidget"
                )
                widget.hide()
                widget.deleteLater()
        settle()
        return left
