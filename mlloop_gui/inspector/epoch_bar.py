"""An epoch as a bar: the batches that are done, this one, and the next."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix

_HEIGHT = 16.0
#: Batches closer than this many pixels are drawn without lines between them.
_LEAST_GAP = 5.0


class EpochBar(Canvas):
    """Samples of an epoch from left to right, those of this batch dark."""

    def __init__(self, title: str = "The epoch", parent: QWidget | None = None) -> None:
        self._size, self._batch, self._first, self._end = 1, 1, 0, 0
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_place(self, size: int, batch: int, first: int, end: int) -> None:
        """Show samples ``first`` to ``end`` of an epoch of ``size``, in batches of ``batch``."""
        self._size, self._batch = max(size, 1), max(batch, 1)
        self._first, self._end = first, end
        self.refresh()

    def describe(self) -> str:
        """Return the place in words."""
        first, end, size = (numbers.count(k) for k in (self._first + 1, self._end, self._size))
        left = numbers.count(self._size - self._end)
        return f"Samples {first} to {end} of {size} in this batch; {left} are still to come."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the numbers behind the bar."""
        return ["first sample", "last sample", "samples of the epoch", "batch size"], [
            [self._first + 1], [self._end], [self._size], [self._batch]
        ]  # fmt: skip

    def tip(self, at: QPointF) -> str:
        """Return which sample of the epoch is under the cursor."""
        place = int(at.x() / max(self.width(), 1) * self._size)
        return f"sample {place + 1} of {self._size}, batch {place // self._batch + 1}"

    def sizeHint(self) -> QSize:
        """Return the height of a title and a bar."""
        return QSize(240, int(self.title_height() + _HEIGHT + 4.0))

    def minimumSizeHint(self) -> QSize:
        """Return the least width at that height."""
        return QSize(120, self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """Paint the bar."""
        track = QRectF(0.5, self.title_height() + 1.5, self.width() - 1.0, _HEIGHT)
        painter.fillRect(track, QColor(self.theme.panel))
        scale = track.width() / self._size
        done = QRectF(track.left(), track.top(), self._first * scale, track.height())
        painter.fillRect(done, QColor(mix(self.theme.panel, self.theme.muted, 0.3)))
        width = max((self._end - self._first) * scale, 2.0)
        here = QRectF(track.left() + self._first * scale, track.top(), width, track.height())
        painter.fillRect(here, QColor(self.theme.text))
        painter.setPen(QPen(QColor(self.theme.border), 1.0))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        if self._batch * scale >= _LEAST_GAP:
            for place in range(self._batch, self._size, self._batch):
                x = round(track.left() + place * scale) + 0.5
                painter.drawLine(QPointF(x, track.top()), QPointF(x, track.bottom()))
        painter.drawRect(track)
