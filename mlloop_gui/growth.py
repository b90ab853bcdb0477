"""Building what the first picture does not need, after that picture."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QEvent, QObject, QTimer, Signal, Slot
from PySide6.QtWidgets import QWidget

#: A picture that does not come, as while a large table is read, is not waited for any longer.
PATIENCE = 500  # milliseconds


class Growth(QObject):
    """Steps that are done once each: one a turn of the event loop, or all at once.

    Between two steps whatever was pressed meanwhile is answered.

    Parameters
    ----------
    steps : iterable of callable
        Done in this order.

    Signals
    -------
    finished
        The last step has been done.
    """

    finished = Signal()

    def __init__(self, steps: Iterable[Callable[[], object]], parent: QObject) -> None:
        super().__init__(parent)
        self._steps = list(steps)
        self._ready: Callable[[], bool] | None = None
        self._timer = QTimer(self, singleShot=True)
        self._timer.timeout.connect(self._grow)

    @property
    def left(self) -> int:
        """How many steps are still to be done."""
        return len(self._steps)

    def begin_after(self, picture: QWidget, ready: Callable[[], bool]) -> None:
        """Begin when `picture` has been painted and it is `ready`, or when that takes too long."""
        self._ready = ready
        picture.installEventFilter(self)
        self._timer.start(PATIENCE)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Wait for the paint that shows what was waited for."""
        if event.type() == QEvent.Type.Paint and self._ready is not None and self._ready():
            self._ready = None
            watched.removeEventFilter(self)
            # A timer of 0 fires once all that waits to be painted has been painted.
            self._timer.start(0)
        return False

    def finish(self) -> None:
        """Do what is left at once."""
        while self._steps:
            self._step()

    @Slot()
    def _grow(self) -> None:
        if self._steps:
            self._step()
            self._timer.start(0)

    def _step(self) -> None:
        self._steps.pop(0)()
        if not self._steps:
            self.finished.emit()
