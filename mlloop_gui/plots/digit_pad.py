"""A pad to draw a digit on, with the mouse or the arrow keys."""

from __future__ import annotations

from typing import Any, ClassVar

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QContextMenuEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots.canvas import Canvas

#: Pixels of ink along a side, and how far a stroke's ink reaches from its middle.
SIDE, REACH = 96, 6.5
STEP = 4.0
_ARROWS = {
    Qt.Key.Key_Left: (-STEP, 0.0),
    Qt.Key.Key_Right: (STEP, 0.0),
    Qt.Key.Key_Up: (0.0, -STEP),
    Qt.Key.Key_Down: (0.0, STEP),
}


class DigitPad(Canvas):
    """Ink where the left button goes, none where the right one does.

    The arrow keys move a pen; while it is down (Space puts it down and takes it up) it draws.
    Delete takes everything away.

    Signals
    -------
    drawn
        There is other ink than before.
    """

    own_keys: ClassVar[Any] = (*_ARROWS, Qt.Key.Key_Space, Qt.Key.Key_Delete)
    drawn = Signal()

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._ink = np.zeros((SIDE, SIDE), bool)
        self._last: tuple[float, float] | None = None
        self._pen = (SIDE / 2, SIDE / 2)
        self._down = False
        super().__init__(title, parent)
        if not title:
            self.setAccessibleName("pad to draw a digit on")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Preferred)
        self.setCursor(Qt.CursorShape.CrossCursor)
        self.setToolTip("Draw with the left button, rub out with the right one; Delete clears")
        rows, columns = np.indices((SIDE, SIDE)) + 0.5
        self._x, self._y = columns, rows

    @property
    def ink(self) -> NDArray[np.bool_]:
        """A copy of where there is ink, (h, w), row 0 at the top."""
        return self._ink.copy()

    def clear(self) -> None:
        """Take all ink away."""
        if self._ink.any():
            self._ink[:] = False
            self._changed()

    def stroke(self, points: list[tuple[float, float]], erase: bool = False) -> None:
        """Draw a line through points, in shares of the side from the upper left corner."""
        places = [(SIDE * x, SIDE * y) for x, y in points]
        before = self._ink.copy()
        for start, end in zip(places, places[1:] or places, strict=False):
            self._line(start, end, erase)
        if not np.array_equal(before, self._ink):
            self._changed()

    def _line(self, start: tuple[float, float], end: tuple[float, float], erase: bool) -> None:
        """Ink, or none, within reach of the line from one place to another."""
        (x0, y0), (x1, y1) = start, end
        length = (x1 - x0) ** 2 + (y1 - y0) ** 2
        along = ((self._x - x0) * (x1 - x0) + (self._y - y0) * (y1 - y0)) / (length or 1.0)
        along = np.clip(along, 0.0, 1.0)
        away = np.hypot(self._x - x0 - along * (x1 - x0), self._y - y0 - along * (y1 - y0))
        self._ink[away <= REACH] = not erase

    def _changed(self) -> None:
        self.refresh()
        self.drawn.emit()

    # What it says of itself

    def describe(self) -> str:
        """Return how much is drawn, in words."""
        if not self._ink.any():
            return "Nothing is drawn yet."
        rows, columns = np.flatnonzero(self._ink.any(axis=1)), np.flatnonzero(self._ink.any(axis=0))
        return (
            f"Ink on {100 * self._ink.mean():.0f} % of the pad, {len(columns)} wide and"
            f" {rows[-1] + 1 - rows[0]} high, of {SIDE}."
        )

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return a column for each column of the pad, 1 where there is ink."""
        return [str(k) for k in range(SIDE)], list(self._ink.astype(int).T)

    # Size and painting

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(128, 128 + int(self.title_height()))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(88, 88 + int(self.title_height()))

    def _area(self) -> QRectF:
        top = self.title_height()
        side = max(min(self.width() - 2.0, self.height() - top - 2.0), 1.0)
        return QRectF(1.0, top + 1.0, side, side)

    def draw(self, painter: QPainter) -> None:
        """Paint the ink, the frame, and the pen that the keys move."""
        area = self._area()
        painter.fillRect(area, QColor(self.theme.paper))
        shades = np.ascontiguousarray(self._ink.astype(np.uint8) * 255)
        mask = QImage(shades.data, SIDE, SIDE, SIDE, QImage.Format.Format_Alpha8)
        ink = QImage(SIDE, SIDE, QImage.Format.Format_ARGB32_Premultiplied)
        ink.fill(QColor(self.theme.text))
        with QPainter(ink) as inner:
            inner.setCompositionMode(QPainter.CompositionMode.CompositionMode_DestinationIn)
            inner.drawImage(0, 0, mask)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform, True)
        painter.drawImage(area, ink)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(self.theme.border))
        painter.drawRect(area)
        if not self._ink.any():
            self.write(painter, area, "draw a digit", self.theme.muted)
        if self.hasFocus():
            scale = area.width() / SIDE
            at = QPointF(area.left() + scale * self._pen[0], area.top() + scale * self._pen[1])
            painter.setPen(QPen(QColor(self.theme.accent), 3.0 if self._down else 1.5))
            painter.drawEllipse(at, REACH * scale, REACH * scale)

    # Mouse and keys

    def _place(self, event: QMouseEvent) -> tuple[float, float]:
        area, at = self._area(), event.position()
        scale = SIDE / area.width()
        return (at.x() - area.left()) * scale, (at.y() - area.top()) * scale

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        self._last = self._place(event)
        self.mouseMoveEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Go on with a stroke: ink with the left button, none with the right one."""
        both = Qt.MouseButton.LeftButton | Qt.MouseButton.RightButton
        if self._last is None or not event.buttons() & both:
            return
        place = self._place(event)
        self._line(self._last, place, bool(event.buttons() & Qt.MouseButton.RightButton))
        self._last = self._pen = place
        self._changed()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End a stroke."""
        self._last = None

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """Open the context menu by the keyboard alone: the right button rubs out."""
        if event.reason() != QContextMenuEvent.Reason.Mouse:
            super().contextMenuEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the pen, put it down or take it up, or clear."""
        key = Qt.Key(event.key())
        if key in _ARROWS:
            dx, dy = _ARROWS[key]
            before = self._pen
            x, y = before[0] + dx, before[1] + dy
            self._pen = (min(max(x, 0.0), float(SIDE)), min(max(y, 0.0), float(SIDE)))
            if self._down:
                self._line(before, self._pen, erase=False)
                self._changed()
            self.update()
        elif key == Qt.Key.Key_Space:
            self._down = not self._down
            if self._down:
                self._line(self._pen, self._pen, erase=False)
                self._changed()
            self.update()
        elif key == Qt.Key.Key_Delete:
            self._down = False
            self.clear()
        else:
            super().keyPressEvent(event)
