"""Every parameter's step against its gradient: for plain SGD one straight line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas

_REACH = 14.0
_MOST = 3000
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class StepScatter(Canvas):
    """Weights as dots, biases as squares, the chosen one ringed; a line of plain SGD's slope.

    Signals
    -------
    picked : int
        A place in the arrays.
    """

    own_keys = _MOVES

    picked = Signal(int)

    def __init__(self, title: str = "Step against gradient", parent: QWidget | None = None) -> None:
        self._x: NDArray[np.float64] = np.empty(0)
        self._y: NDArray[np.float64] = np.empty(0)
        self._bias: NDArray[np.bool_] = np.empty(0, bool)
        self._names: Sequence[str] = ()
        self._chosen: int | None = None
        self._slope, self._label = 0.0, ""
        self._shown: NDArray[np.intp] = np.empty(0, np.intp)
        super().__init__(title, parent)
        self.setObjectName("plot.step_scatter")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_steps(
        self,
        gradient: ArrayLike,
        step: ArrayLike,
        is_bias: ArrayLike,
        names: Sequence[str],
        chosen: int | None,
        slope: float,
        label: str,
    ) -> None:
        """Show steps.

        Parameters
        ----------
        gradient, step : array, shape (n,)
        is_bias : array of bool, shape (n,)
        names : sequence of str
        chosen : int or None
            The one ringed.
        slope : float
            Of the line through 0.
        label : str
            What the line is, written under the title.
        """
        self._x, self._y = np.asarray(gradient, np.float64), np.asarray(step, np.float64)
        self._bias, self._names = np.asarray(is_bias, bool), names
        if not len(self._x) == len(self._y) == len(self._bias) == len(names):
            raise ValueError("gradients, steps, biases and names have different lengths")
        self._chosen, self._slope, self._label = chosen, float(slope), label
        good = np.flatnonzero(np.isfinite(self._x) & np.isfinite(self._y))
        if len(good) > _MOST:
            # The largest are what the eye sees; of the rest an even choice.
            order = good[np.argsort(-np.abs(self._x[good]), kind="stable")]
            rest = order[_MOST // 2 :]
            good = np.concatenate([order[: _MOST // 2], rest[:: -(-len(rest) // (_MOST // 2))]])
        self._shown = good
        self.refresh()

    def on_line(self) -> bool:
        """Return whether every finite point lies on the line, but for rounding."""
        x, y = self._x[self._shown], self._y[self._shown]
        size = float(np.abs(y).max(initial=0.0))
        return bool((np.abs(y - self._slope * x) <= 1e-5 * size).all())

    def describe(self) -> str:
        """Return the points in words."""
        if not len(self._x):
            return "No steps yet."
        said = f"{self.title_text()}: {numbers.count(len(self._x))} parameters. {self._label}."
        said += " All points lie on the line." if self.on_line() else " They leave the line."
        if len(self._shown) < len(self._x):
            said += f" {numbers.count(len(self._shown))} of them are drawn."
        return said if self._chosen is None else f"{said} In hand: {self._words(self._chosen)}."

    def _words(self, at: int) -> str:
        gradient, step = numbers.short(float(self._x[at])), numbers.short(float(self._y[at]))
        return f"{self._names[at]}: gradient {gradient}, step {step}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return gradients and steps."""
        return ["gradient", "step"], [self._x, self._y]

    def row_names(self) -> list[str] | None:
        """Return the parameters' names."""
        return list(self._names)

    def tip(self, at: QPointF) -> str:
        """Return the parameter under the cursor."""
        index = self.nearest(at)
        return "" if index is None else self._words(index)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(250, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(160, 96)

    # Geometry

    def limits(self) -> tuple[float, float]:
        """Return the largest gradient and the largest step in view."""
        found = []
        for values in (self._x[self._shown], self._y[self._shown]):
            found.append(1.12 * (float(np.abs(values).max(initial=0.0)) or 1.0))
        return found[0], found[1]

    def area(self) -> QRectF:
        """Return where the points are."""
        line = self.line_height()
        top = self.title_height() + line + 2.0
        return QRectF(1.0, top, self.width() - 2.0, max(self.height() - top - line - 3.0, 20.0))

    def _pixels(self, at: NDArray[np.intp]) -> NDArray[np.float64]:
        area, (across, up) = self.area(), self.limits()
        x = area.center().x() + self._x[at] / across * area.width() / 2.0
        y = area.center().y() - self._y[at] / up * area.height() / 2.0
        return np.column_stack([x, y])

    def pixel(self, index: int) -> QPointF:
        """Return where a parameter's point is."""
        x, y = self._pixels(np.array([index]))[0].tolist()
        return QPointF(x, y)

    def nearest(self, at: QPointF) -> int | None:
        """Return the parameter nearest to a pixel, None if none is within reach."""
        if not len(self._shown):
            return None
        distance = np.hypot(*(self._pixels(self._shown) - (at.x(), at.y())).T)
        best = int(distance.argmin())
        return int(self._shown[best]) if distance[best] <= _REACH else None

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint frame, axes, line and points."""
        if not len(self._x):
            return
        area, line, muted = self.area(), self.line_height(), self.theme.muted
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        over = QRectF(0.0, self.title_height(), self.width(), line)
        self.write(painter, over, self._label, self.theme.text, left)
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.paper))
        painter.drawRect(area)
        middle = area.center()
        painter.setPen(QColor(self.theme.grid))
        painter.drawLine(QLineF(area.left(), middle.y(), area.right(), middle.y()))
        painter.drawLine(QLineF(middle.x(), area.top(), middle.x(), area.bottom()))
        across, up = self.limits()
        under = QRectF(area.left(), area.bottom() + 1.0, area.width(), line)
        self.write(painter, under, numbers.short(-across, 2), muted, left)
        self.write(painter, under, f"gradient {numbers.short(across, 2)}", muted, right)
        corner = area.adjusted(4.0, 1.0, -4.0, 0.0)
        corner.setHeight(line)
        self.write(painter, corner, f"↑ step {numbers.short(up, 2)}", muted, right)
        painter.save()
        painter.setClipRect(area)
        self._paint_line(painter, area, across, up)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self._paint_points(painter)
        painter.restore()

    def _paint_line(self, painter: QPainter, area: QRectF, across: float, up: float) -> None:
        if not np.isfinite(self._slope):
            return
        reach = min(max(self._slope * across / up, -100.0), 100.0) * area.height() / 2.0
        middle = area.center()
        pen = QPen(QColor(self.theme.accent), 1.3)
        if not self.on_line():
            pen.setStyle(Qt.PenStyle.DashLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(pen)
        painter.drawLine(QLineF(area.left(), middle.y() + reach, area.right(), middle.y() - reach))

    def _paint_points(self, painter: QPainter) -> None:
        size = 3.4 if len(self._shown) <= 200 else 2.0
        painter.setPen(QPen(QColor(self.theme.paper), 0.8))
        painter.setBrush(QColor(self.theme.text))
        for index, (x, y) in zip(
            self._shown.tolist(), self._pixels(self._shown).tolist(), strict=True
        ):
            if self._bias[index]:
                painter.drawRect(QRectF(x - size, y - size, 2.0 * size, 2.0 * size))
            else:
                painter.drawEllipse(QPointF(x, y), size, size)
        if self._chosen is not None and np.isfinite([self._x[self._chosen],
                                                     self._y[self._chosen]]).all():  # fmt: skip
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2.2))
            painter.drawEllipse(self.pixel(self._chosen), 7.5, 7.5)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the parameter under the cursor."""
        index = self.nearest(event.position())
        if index is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(index)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the next smaller or larger gradient with Left and Right, the ends with Home, End."""
        key = Qt.Key(event.key())
        if not len(self._shown) or key not in (*_MOVES, Qt.Key.Key_Home, Qt.Key.Key_End):
            super().keyPressEvent(event)
            return
        order = self._shown[np.argsort(self._x[self._shown], kind="stable")]
        if key in _MOVES:
            now = np.flatnonzero(order == self._chosen)
            place = int(now[0]) + _MOVES[key] if len(now) else 0
        else:
            place = 0 if key == Qt.Key.Key_Home else len(order) - 1
        self.picked.emit(int(order[min(max(place, 0), len(order) - 1)]))
