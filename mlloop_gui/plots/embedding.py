"""Samples at two numbers the model made of them, such as the last hidden layer's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.samples import Samples

_REACH = 14.0


class ScatterEmbedding(Canvas):
    """A small scatter of samples, class by colour and shape, the chosen one ringed."""

    sample_clicked = Signal(int)

    def __init__(self, title: str = "Embedding", parent: QWidget | None = None) -> None:
        self._samples = Samples.none()
        self._names: tuple[str, ...] = ()
        self._labels = ("first", "second")
        self._selected: int | None = None
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_points(
        self,
        xy: ArrayLike,
        classes: ArrayLike,
        part: ArrayLike | None = None,
        wrong: ArrayLike | None = None,
        ids: ArrayLike | None = None,
        names: Sequence[str] = (),
        labels: tuple[str, str] = ("first", "second"),
    ) -> None:
        """Show samples; the arrays are those of `BoundaryPlot.set_points`."""
        length = len(np.asarray(classes))
        part = np.zeros(length, dtype=np.int64) if part is None else part
        self._samples = Samples.of(xy, classes, part, wrong, ids)
        self._names, self._labels = tuple(names), labels
        self.refresh()

    def set_selected(self, sample: int | None) -> None:
        """Ring the sample with this id."""
        if sample != self._selected:
            self._selected = sample
            self.refresh()

    def describe(self) -> str:
        """Return the picture in words."""
        if not len(self._samples):
            return f"{self._title}: no samples yet."
        x, y = self._limits()
        said = f"{self._title}: {numbers.count(len(self._samples))} samples; "
        for label, (low, high) in zip(self._labels, (x, y), strict=True):
            said += f"{label} from {numbers.short(low)} to {numbers.short(high)}, "
        said = said.rstrip(", ") + "."
        row = self._samples.row_of(self._selected)
        return said if row is None else f"{said} Chosen: {self._words(row)}."

    def _words(self, row: int) -> str:
        x, y = (numbers.short(float(value)) for value in self._samples.xy[row])
        return f"{self._samples.words(row, 'classes', self._names)} at {x}, {y}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the samples as columns."""
        return self._samples.as_table(self._labels, self._names, "classes")

    def tip(self, at: QPointF) -> str:
        """Return the sample under the cursor in words."""
        row = self.nearest(at)
        return "" if row is None else self._words(row)

    # Geometry

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(220, 190)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(140, 130)

    def _limits(self) -> tuple[tuple[float, float], tuple[float, float]]:
        low, high = self._samples.xy.min(axis=0), self._samples.xy.max(axis=0)
        pad = np.where(high > low, 0.06 * (high - low), 0.5)
        (x0, y0), (x1, y1) = (low - pad).tolist(), (high + pad).tolist()
        return (x0, x1), (y0, y1)

    def _area(self) -> QRectF:
        line = self.line_height()
        top = self.title_height() + line
        return QRectF(1.0, top, self.width() - 2.0, self.height() - top - line - 4.0)

    def _pixels(self) -> np.ndarray:
        area, ((x0, x1), (y0, y1)) = self._area(), self._limits()
        share = (self._samples.xy - (x0, y0)) / (x1 - x0, y1 - y0)
        share[:, 1] = 1.0 - share[:, 1]
        return share * (area.width(), area.height()) + (area.left(), area.top())

    def nearest(self, at: QPointF) -> int | None:
        """Return the row of the sample nearest to a pixel, None if none is within reach."""
        if not len(self._samples):
            return None
        distance = np.hypot(*(self._pixels() - (at.x(), at.y())).T)
        row = int(np.argmin(distance))
        return row if distance[row] <= _REACH else None

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint frame, limits, samples and ring."""
        area, muted = self._area(), self.theme.muted
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.paper))
        painter.drawRect(area)
        if not len(self._samples):
            self.write(painter, area, "no samples yet", muted)
            return
        self._write_limits(painter, area)
        pixels = self._pixels()
        ratio = self.devicePixelRatioF()
        kinds = self._samples.kinds.astype(np.int64)
        markers.draw_stamps(painter, pixels, kinds, self._samples.part, "class", self.theme, ratio)
        for row in np.flatnonzero(self._samples.wrong).tolist():
            markers.draw_cross(painter, QPointF(*pixels[row]), self.theme)
        chosen = self._samples.row_of(self._selected)
        if chosen is not None:
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2.5))
            painter.drawEllipse(QPointF(*pixels[chosen]), 10.0, 10.0)

    def _write_limits(self, painter: QPainter, area: QRectF) -> None:
        muted, line = self.theme.muted, self.line_height()
        left, right = Qt.AlignmentFlag.AlignLeft, Qt.AlignmentFlag.AlignRight
        (x0, x1), (y0, y1) = self._limits()
        under = QRectF(area.left(), area.bottom() + 2.0, area.width(), line)
        self.write(painter, under, numbers.short(x0, 2), muted, left)
        self.write(painter, under, f"{self._labels[0]} {numbers.short(x1, 2)}", muted, right)
        over = QRectF(area.left(), area.top() - line, area.width(), line)
        span = f"{self._labels[1]} {numbers.short(y0, 2)} to {numbers.short(y1, 2)} ↑"
        self.write(painter, over, span, muted, left)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the sample under the cursor."""
        row = self.nearest(event.position())
        if row is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.sample_clicked.emit(int(self._samples.ids[row]))
