"""Garbage is collected on the GUI thread alone.

Python collects cycles in whichever thread happens to allocate; a worker that so destroys a widget
crashes Qt. While any session runs, automatic collection is off and a timer of the GUI thread
collects instead.
"""

from __future__ import annotations

import gc
from time import perf_counter
from typing import ClassVar

from PySide6.QtCore import QObject, QTimer

EVERY = 2000  # milliseconds
LONG = 0.015  # seconds
YOUNG = 1  # the older of the two young generations, and so both


class GarbageKeeper(QObject):
    """Collects for as long as its owner runs; several may run at once.

    Attributes
    ----------
    running : int
        How many are at work in this process.
    helpers : set
        Those who keep all cores at work meanwhile: only what is young is collected then, for going
        through everything would take several times as long, and the window stands still.
    for_good : bool
        Set by a program that lives as long as its window: after a collection that took long, what
        is there stays to the end and is left alone. Libraries that come late bring much of it.
    """

    running: ClassVar[int] = 0
    helpers: ClassVar[set[object]] = set()
    for_good: ClassVar[bool] = False
    _was_enabled: ClassVar[bool] = False

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._timer = QTimer(self)
        self._timer.setInterval(EVERY)
        self._timer.timeout.connect(self.collect)
        self._at_work = False

    def start(self) -> None:
        """Take collection over."""
        if self._at_work:
            return
        self._at_work = True
        if GarbageKeeper.running == 0:
            GarbageKeeper._was_enabled = gc.isenabled()
            gc.disable()
        GarbageKeeper.running += 1
        self._timer.start()

    @staticmethod
    def collect() -> None:
        """Collect now."""
        if GarbageKeeper.helpers:
            gc.collect(YOUNG)
            return
        started = perf_counter()
        gc.collect()
        if GarbageKeeper.for_good and perf_counter() - started > LONG:
            gc.freeze()

    def stop(self) -> None:
        """Give collection back once nobody else runs."""
        if not self._at_work:
            return
        self._at_work = False
        self._timer.stop()
        GarbageKeeper.running -= 1
        if GarbageKeeper.running == 0 and GarbageKeeper._was_enabled:
            gc.enable()
