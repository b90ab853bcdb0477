"""What the slice plot is painted from: loss, tangent, nudges, the accuracy's steps, the handle."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF, QTransform

from mlloop_gui.theme import Theme, current, current_scale

if TYPE_CHECKING:
    from mlloop_gui.plots.slice import Slice

_FARTHEST = 1e5


def loss_pen(theme: Theme) -> QPen:
    """Return the pen of the loss: ink."""
    return QPen(QColor(theme.text), 1.6)


def tangent_pen(theme: Theme) -> QPen:
    """Return the pen of the tangent: dashes."""
    return QPen(QColor(theme.accent), 1.4, Qt.PenStyle.DashLine)


def accuracy_pen(theme: Theme) -> QPen:
    """Return the pen of the accuracy: dots and dashes, muted."""
    return QPen(QColor(theme.muted), 1.4, Qt.PenStyle.DashDotLine)


class SliceLayer(pg.GraphicsObject):
    """Paints a `Slice` in device pixels, so that no stroke is stretched."""

    def __init__(self) -> None:
        super().__init__()
        self._slice: Slice | None = None
        self._ends = (0.0, 1.0)
        self._rect = QRectF(0.0, 0.0, 1.0, 1.0)
        self._index = 0
        self._focused = False
        self._theme = current()
        self.setZValue(5)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_slice(self, made: Slice, ends: tuple[float, float], view: tuple[float, float]) -> None:
        """Show a slice; 0 and 100 % accuracy stand at the two ``ends`` of the loss."""
        self.prepareGeometryChange()
        self._slice, self._ends = made, ends
        left, right = float(made.values[0]), float(made.values[-1])
        self._rect = QRectF(left, view[0], right - left, view[1] - view[0])
        self.update()

    def set_handle(self, index: int) -> None:
        """Put the handle at one of the values."""
        self._index = index
        self.update()

    def set_focused(self, focused: bool) -> None:
        """Say whether the keys move the handle."""
        self._focused = focused
        self.update()

    def boundingRect(self) -> QRectF:
        """Return what is in view."""
        return self._rect

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the lines, then what lies on them."""
        made, theme = self._slice, self._theme
        if made is None:
            return
        transform = p.worldTransform()
        area = transform.mapRect(self._rect)
        p.resetTransform()
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(Qt.BrushStyle.NoBrush)
        if made.has_accuracy:
            p.setPen(accuracy_pen(theme))
            self._line(p, transform, *self._stairs(made))
        if made.tangent is not None:
            p.setPen(tangent_pen(theme))
            self._line(p, transform, made.values, made.tangent)
        p.setPen(loss_pen(theme))
        self._line(p, transform, made.values, made.loss)
        self._paint_marks(p, transform, area, made)

    def _paint_marks(self, p: QPainter, transform: QTransform, area: QRectF, made: Slice) -> None:
        theme, scale = self._theme, current_scale()
        now = self._place(transform, made.values[made.at], made.loss[made.at])
        if now is not None:
            if made.nudges:
                self.draw_nudges(p, now, theme, scale)
            p.setPen(QPen(QColor(theme.panel), 1.0))
            p.setBrush(QColor(theme.text))
            p.drawEllipse(now, 3.5 * scale, 3.5 * scale)
        at = self._place(transform, made.values[self._index], made.loss[self._index])
        x = transform.map(QPointF(float(made.values[self._index]), 0.0)).x()
        p.setPen(QPen(QColor(theme.accent), 2.0 if self._focused else 1.2))
        p.drawLine(QPointF(x, area.top()), QPointF(x, area.bottom()))
        # A grip at the foot says that it can be taken.
        grip = QRectF(x - 5.0 * scale, area.bottom() - 13.0 * scale, 10.0 * scale, 12.0 * scale)
        p.setBrush(QColor(theme.accent))
        p.setPen(QPen(QColor(theme.panel), 1.0))
        p.drawRoundedRect(grip, 2.0, 2.0)
        if at is not None and self._index != made.at:
            p.drawEllipse(at, 5.0 * scale, 5.0 * scale)

    @staticmethod
    def draw_nudges(p: QPainter, middle: QPointF, theme: Theme, scale: float) -> None:
        """Draw two arrowheads whose tips are at the nudged places: they are that close."""
        p.setPen(QPen(QColor(theme.panel), 1.0))
        p.setBrush(QColor(theme.accent))
        for side in (-1.0, 1.0):
            tip = middle + QPointF(side * 3.5 * scale, 0.0)
            back = tip + QPointF(side * 7.0 * scale, 0.0)
            half = QPointF(0.0, 4.5 * scale)
            p.drawPolygon(QPolygonF([tip, back - half, back + half]))

    def _stairs(self, made: Slice) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Return the accuracy as steps, each half-way between two values."""
        low, high = self._ends
        between = (made.values[:-1] + made.values[1:]) / 2.0
        edges = np.concatenate([made.values[:1], np.repeat(between, 2), made.values[-1:]])
        return edges, low + np.repeat(made.accuracy, 2) * (high - low)

    @staticmethod
    def _line(
        p: QPainter, transform: QTransform, x: NDArray[np.float64], y: NDArray[np.float64]
    ) -> None:
        across = x * transform.m11() + transform.dx()
        up = y * transform.m22() + transform.dy()
        run: list[QPointF] = []
        for at, (px, py) in enumerate(zip(across.tolist(), up.tolist(), strict=True)):
            if np.isfinite(py):
                run.append(QPointF(px, min(max(py, -_FARTHEST), _FARTHEST)))
            if run and (not np.isfinite(py) or at == len(across) - 1):
                p.drawPolyline(QPolygonF(run))
                run = []

    @staticmethod
    def _place(transform: QTransform, x: float, y: float) -> QPointF | None:
        return transform.map(QPointF(float(x), float(y))) if np.isfinite(y) else None
