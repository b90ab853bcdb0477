"""The plane that points are drawn on: it shows them, and says where the hand or a key is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QEnterEvent, QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.markers import draw_stamps
from mlloop_gui.plots.samples import class_name

HALF_WIDTH = 1.2  # of the plane, where no point lies outside
STEP, FINE_STEP = 0.05, 0.01  # of the plane's width, for each arrow key
_MOVES = {
    Qt.Key.Key_Left: (-1, 0),
    Qt.Key.Key_Right: (1, 0),
    Qt.Key.Key_Up: (0, 1),
    Qt.Key.Key_Down: (0, -1),
}
_ACTS = (Qt.Key.Key_Space, Qt.Key.Key_Return, Qt.Key.Key_Enter)


class DrawingSheet(Canvas):
    """Points by class, under a brush.

    ``pressed``, ``dragged`` and ``released`` carry places in data units, from the mouse or from
    the keyboard: arrows move the brush, Space presses, and releases when ``holds`` says that a
    press is to last.
    """

    pressed = Signal(float, float)
    dragged = Signal(float, float)
    released = Signal()
    own_keys = (*_MOVES, *_ACTS)

    def __init__(self, title: str = "", parent: QWidget | None = None) -> None:
        self._xy: NDArray[np.float64] = np.empty((0, 2))
        self._kinds: NDArray[np.int64] = np.empty(0, np.int64)
        self._names: tuple[str, ...] = ()
        self._low, self._high = np.full(2, -HALF_WIDTH), np.full(2, HALF_WIDTH)
        self._cursor: QPointF | None = None
        self._held = False
        self.brush = 0.0
        self.holds = False
        super().__init__(title, parent)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.CrossCursor)

    # -- what is shown -------------------------------------------------------------------------

    def set_points(
        self, xy: NDArray[np.float64], kinds: NDArray[np.int64], names: tuple[str, ...]
    ) -> None:
        """Show points (n, 2) of classes (n,)."""
        self._xy, self._kinds, self._names = xy, kinds, names
        self.refresh()

    def set_brush(self, pixels: float) -> None:
        """Show a ring of this radius at the cursor; 0 shows a cross."""
        self.brush = pixels
        self.update()

    def fit(self, xy: NDArray[np.float64]) -> None:
        """Show a plane that all these points lie in."""
        self._low, self._high = np.full(2, -HALF_WIDTH), np.full(2, HALF_WIDTH)
        if len(xy) and np.abs(xy).max() > HALF_WIDTH:
            low, high = xy.min(axis=0), xy.max(axis=0)
            margin = 0.1 * np.maximum(high - low, 1e-3 * np.maximum(np.abs(high), 1.0))
            self._low, self._high = low - margin, high + margin
        self.refresh()

    def describe(self) -> str:
        """Return how many points there are of each class."""
        counts = np.bincount(self._kinds) if len(self._kinds) else np.zeros(0, np.int64)
        said = [f"{n} of {class_name(self._names, k)}" for k, n in enumerate(counts) if n]
        return f"{len(self._xy)} points{': ' if said else ''}{', '.join(said)}."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the points."""
        kinds = [class_name(self._names, int(kind)) for kind in self._kinds]
        return ["x1", "x2", "class"], [self._xy[:, 0], self._xy[:, 1], kinds]

    def tip(self, at: QPointF) -> str:
        """Return the point under the cursor."""
        rows = self.near(at, 10.0)
        if not len(rows):
            return ""
        x, y = self._xy[rows[0]]
        return f"{class_name(self._names, int(self._kinds[rows[0]]))}: x1 {x!r}, x2 {y!r}"

    # -- places --------------------------------------------------------------------------------

    def area(self) -> QRectF:
        """Return the plane in pixels."""
        left = 6.0 * self.text_width("0") + 6.0
        top, bottom = self.title_height() + 4.0, self.line_height() + 6.0
        width, height = self.width() - left - 6.0, self.height() - top - bottom
        return QRectF(left, top, max(width, 1.0), max(height, 1.0))

    def to_pixels(self, xy: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return places in pixels, (n, 2)."""
        area = self.area()
        share = (np.asarray(xy).reshape(-1, 2) - self._low) / (self._high - self._low)
        return np.column_stack(
            [area.left() + share[:, 0] * area.width(), area.bottom() - share[:, 1] * area.height()]
        )

    def to_data(self, at: QPointF) -> tuple[float, float]:
        """Return the place of a pixel, within the plane."""
        area = self.area()
        share = np.clip(
            [(at.x() - area.left()) / area.width(), (area.bottom() - at.y()) / area.height()], 0, 1
        )
        x, y = (self._low + share * (self._high - self._low)).tolist()
        return x, y

    def reach(self, pixels: float) -> tuple[float, float]:
        """Return a distance in pixels along both axes, in data units."""
        area, size = self.area(), self._high - self._low
        return pixels / area.width() * float(size[0]), pixels / area.height() * float(size[1])

    def near(self, at: QPointF, pixels: float) -> NDArray[np.intp]:
        """Return the points within a distance of a pixel, nearest first, later ones before."""
        if not len(self._xy):
            return np.empty(0, np.intp)
        away = np.hypot(*(self.to_pixels(self._xy) - (at.x(), at.y())).T)
        order = np.argsort(away[::-1], kind="stable")
        order = len(away) - 1 - order
        return order[away[order] <= pixels]

    def pixel(self, x: float, y: float) -> QPointF:
        """Return the pixel of a place."""
        ((px, py),) = self.to_pixels(np.array([[x, y]]))
        return QPointF(px, py)

    # -- painting ------------------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(560, 520)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(240, 220)

    def draw(self, painter: QPainter) -> None:
        """Paint plane, points and brush."""
        area = self.area()
        painter.fillRect(area, QColor(self.theme.paper))
        self._draw_axes(painter, area)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.save()
        painter.setClipRect(area.adjusted(-8, -8, 8, 8))
        parts = np.zeros(len(self._kinds), np.int64)
        pixels = self.to_pixels(self._xy)
        ratio = self.devicePixelRatioF()
        draw_stamps(painter, pixels, self._kinds, parts, "class", self.theme, ratio)
        painter.restore()
        if self._cursor is not None:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.text), 1.2))
            reach = max(self.brush, 5.0)
            if self.brush:
                painter.drawEllipse(self._cursor, reach, reach)
            elif self.hasFocus():
                for dx, dy in ((reach, 0.0), (0.0, reach)):
                    painter.drawLine(self._cursor - QPointF(dx, dy), self._cursor + QPointF(dx, dy))

    def _draw_axes(self, painter: QPainter, area: QRectF) -> None:
        painter.setPen(QPen(QColor(self.theme.grid), 1.0))
        marks: list[tuple[int, float, str]] = []
        for axis in (0, 1):
            low, high = float(self._low[axis]), float(self._high[axis])
            step, values = numbers.ticks(low, high, 5)
            for value, text in zip(values, numbers.tick_texts(values, step), strict=True):
                share = (value - low) / (high - low)
                if axis == 0:
                    place = area.left() + share * area.width()
                    painter.drawLine(QPointF(place, area.top()), QPointF(place, area.bottom()))
                else:
                    place = area.bottom() - share * area.height()
                    painter.drawLine(QPointF(area.left(), place), QPointF(area.right(), place))
                marks.append((axis, place, text))
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(area)
        high = self.line_height()
        for axis, place, text in marks:
            if axis == 0:
                box = QRectF(place - 30.0, area.bottom() + 2.0, 60.0, high)
                self.write(painter, box, text, self.theme.muted)
            else:
                box = QRectF(0.0, place - high / 2, area.left() - 4.0, high)
                self.write(painter, box, text, self.theme.muted, Qt.AlignmentFlag.AlignRight)
        corner = QRectF(area.right() - 26.0, area.bottom() - high - 2.0, 22.0, high)
        self.write(painter, corner, "x1", self.theme.muted, Qt.AlignmentFlag.AlignRight)
        corner = QRectF(area.left() + 4.0, area.top() + 2.0, 22.0, high)
        self.write(painter, corner, "x2", self.theme.muted, Qt.AlignmentFlag.AlignLeft)

    # -- hand and keys -------------------------------------------------------------------------

    @property
    def cursor_place(self) -> QPointF:
        """The pixel that the brush is at; the middle until it has been moved."""
        return self._cursor if self._cursor is not None else self.area().center()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Begin a stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()
            self._cursor, self._held = event.position(), True
            self.pressed.emit(*self.to_data(event.position()))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Carry the brush, and a stroke with it."""
        self._cursor = event.position()
        if self._held and event.buttons() & Qt.MouseButton.LeftButton:
            self.dragged.emit(*self.to_data(event.position()))
        self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """End the stroke."""
        if event.button() == Qt.MouseButton.LeftButton:
            self.let_go()

    def leaveEvent(self, event: Any) -> None:
        """Take the brush away with the mouse."""
        if not self.hasFocus():
            self._cursor = None
        self.update()
        super().leaveEvent(event)

    def enterEvent(self, event: QEnterEvent) -> None:
        """Bring the brush with the mouse."""
        self._cursor = event.position()
        super().enterEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """End a stroke that the keyboard leaves."""
        self.let_go()
        super().focusOutEvent(event)

    def let_go(self) -> None:
        """End the stroke, if there is one."""
        if self._held:
            self._held = False
            self.released.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Move the brush with the arrows; press, and release, with Space."""
        key = Qt.Key(event.key())
        if key in _MOVES:
            fine = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            share, (dx, dy) = FINE_STEP if fine else STEP, _MOVES[key]
            area, at = self.area(), self.cursor_place
            x = at.x() + dx * share * area.width()
            y = at.y() - dy * share * area.height()
            self._cursor = QPointF(
                min(max(x, area.left()), area.right()), min(max(y, area.top()), area.bottom())
            )
            if self._held:
                self.dragged.emit(*self.to_data(self._cursor))
            self.update()
        elif key in _ACTS and not event.isAutoRepeat():
            self._cursor = self.cursor_place
            if self._held:
                self.let_go()
                return
            self._held = True
            self.pressed.emit(*self.to_data(self._cursor))
            if not self.holds:
                self.let_go()
        else:
            super().keyPressEvent(event)
