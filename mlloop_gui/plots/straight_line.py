"""Points of two classes and the straight lines that are to part them."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import current_scale

Floats = NDArray[np.float64]


def half_plane(corners: Floats, w: Floats) -> Floats:
    """Return what of a polygon lies where w1 x1 + w2 x2 + b > 0.

    Parameters
    ----------
    corners : array, shape (m, 2)
        In order.
    w : array, shape (3,)
        (w1, w2, b).

    Returns
    -------
    array, shape (k, 2)
        In the same order; empty where nothing does.
    """
    scores = corners @ w[:2] + w[2]
    kept: list[Floats] = []
    for index, (corner, score) in enumerate(zip(corners, scores, strict=True)):
        before, last = corners[index - 1], scores[index - 1]
        if (score > 0.0) != (last > 0.0):
            kept.append(before + (corner - before) * (last / (last - score)))
        if score > 0.0:
            kept.append(corner)
    return np.array(kept).reshape(-1, 2)


class StraightLine(Canvas):
    """A scatter with a line in ink, the side of class 1 tinted, and perhaps a second line."""

    def __init__(self, title: str = "Points", parent: QWidget | None = None) -> None:
        self._x: Floats = np.empty((0, 2))
        self._y: NDArray[np.int64] = np.empty(0, dtype=np.int64)
        self._w: Floats = np.zeros(3)
        self._other: tuple[Floats, str] | None = None
        super().__init__(title, parent)
        self.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_points(self, x: ArrayLike, y: ArrayLike) -> None:
        """Show points (n, 2) of classes (n,) 0 and 1."""
        self._x, self._y = np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.int64)
        self.refresh()

    def set_line(self, w: ArrayLike) -> None:
        """Draw the line w1 x1 + w2 x2 + b = 0."""
        self._w = np.asarray(w, dtype=np.float64)
        self.refresh()

    def set_other(self, w: ArrayLike | None, name: str = "") -> None:
        """Draw a second, dashed line with its name, or none."""
        self._other = None if w is None else (np.asarray(w, dtype=np.float64), name)
        self.refresh()

    # Words

    def wrong(self) -> NDArray[np.bool_]:
        """Return which points lie on the other class's side."""
        return (self._x @ self._w[:2] + self._w[2] > 0.0) != (self._y == 1)

    def title_text(self) -> str:
        """Return how many points lie on the right side."""
        count = len(self._y)
        return f"{count - int(self.wrong().sum())} of {count} right" if count else self._title

    def describe(self) -> str:
        """Return the picture in words."""
        w1, w2, b = (numbers.fixed(float(value), 2) for value in self._w)
        said = f"{self._title}: {self.title_text()}. The line is {w1} x1 + {w2} x2 + {b} = 0."
        if self._other is not None:
            w1, w2, b = (numbers.fixed(float(value), 2) for value in self._other[0])
            said += f" {self._other[1]}: {w1} x1 + {w2} x2 + {b} = 0."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the points."""
        scores = self._x @ self._w[:2] + self._w[2]
        return ["x1", "x2", "class", "score"], [self._x[:, 0], self._x[:, 1], self._y, scores]

    def tip(self, at: QPointF) -> str:
        """Return the point under the cursor."""
        if not len(self._x):
            return ""
        distance = np.hypot(*(self._pixels() - (at.x(), at.y())).T)
        row = int(distance.argmin())
        if distance[row] > 12.0:
            return ""
        x1, x2 = (numbers.short(float(value)) for value in self._x[row])
        return f"point {row}, class {self._y[row]}: x1 = {x1}, x2 = {x2}"

    # Geometry

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(260, 170)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(150, 100)

    def _area(self) -> QRectF:
        line, top = self.line_height(), self.title_height()
        return QRectF(0.5, top + 0.5, self.width() - 1.0, self.height() - top - line - 3.0)

    def _limits(self) -> tuple[Floats, Floats]:
        """The corners of what is shown."""
        if not len(self._x):
            return np.array([-1.0, -1.0]), np.array([1.0, 1.0])
        low, high = self._x.min(axis=0), self._x.max(axis=0)
        pad = np.maximum(0.06 * (high - low), 1e-6)
        return low - pad, high + pad

    def _to_pixels(self, places: Floats) -> Floats:
        area, (low, high) = self._area(), self._limits()
        share = (places - low) / (high - low)
        return np.column_stack(
            [
                area.left() + share[:, 0] * area.width(),
                area.bottom() - share[:, 1] * area.height(),
            ]
        )

    def _pixels(self) -> Floats:
        return self._to_pixels(self._x)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint the tinted side, the points, the lines and the limits."""
        theme, area = self.theme, self._area()
        painter.fillRect(area, QColor(theme.paper))
        (x0, y0), (x1, y1) = self._limits()
        corners = np.array([[x0, y0], [x1, y0], [x1, y1], [x0, y1]])
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        side = half_plane(corners, self._w)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor(mix(theme.panel, theme.class_colors[1], 0.16)))
        painter.drawPolygon(self._polygon(side))
        scale = 0.8 * current_scale()
        part = np.zeros(len(self._y), dtype=np.int64)
        ratio = self.devicePixelRatioF()
        markers.draw_stamps(painter, self._pixels(), self._y, part, "class", theme, ratio, scale)
        if self._other is not None:
            self._line(painter, corners, self._other[0], theme.accent, Qt.PenStyle.DashLine)
        self._line(painter, corners, self._w, theme.text, Qt.PenStyle.SolidLine)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.border))
        painter.drawRect(area)
        self._write_limits(painter, area)
        self._write_legend(painter)

    def _write_legend(self, painter: QPainter) -> None:
        """Beside the title, what the two shapes are; in few letters where there is little room."""
        line, glyph = self.line_height(), 14.0 * current_scale()
        room = self.width() - self.text_width(self.title_text()) - 8.0
        for names in (("class 0", "class 1"), ("0", "1")):
            widths = [glyph + self.text_width(name) + 8.0 for name in names]
            if sum(widths) <= room:
                break
        else:
            return
        x = self.width() - sum(widths)
        for kind, (name, width) in enumerate(zip(names, widths, strict=True)):
            middle = QPointF(x + 0.5 * glyph, 0.5 * line)
            markers.sample_glyph("class", kind)(painter, middle, self.theme)
            box = QRectF(x + glyph + 1.0, 0.0, width - glyph, line)
            self.write(painter, box, name, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            x += width

    def _polygon(self, places: Floats) -> QPolygonF:
        if not len(places):
            return QPolygonF()
        return QPolygonF([QPointF(x, y) for x, y in self._to_pixels(places).tolist()])

    def _line(
        self, painter: QPainter, corners: Floats, w: Floats, color: str, style: Qt.PenStyle
    ) -> None:
        side = half_plane(corners, w)
        edge = np.abs(side @ w[:2] + w[2]) < 1e-9 * max(1.0, float(np.abs(w).max()))
        ends = self._to_pixels(side[edge]) if edge.sum() >= 2 else None
        if ends is not None:
            painter.setPen(QPen(QColor(color), 2.0, style))
            painter.drawLine(QPointF(*ends[0].tolist()), QPointF(*ends[1].tolist()))

    def _write_limits(self, painter: QPainter, area: QRectF) -> None:
        muted, line = self.theme.muted, self.line_height()
        (x0, y0), (x1, y1) = self._limits()
        under = QRectF(area.left(), area.bottom() + 1.0, area.width(), line)
        across = f"x1 {numbers.short(float(x0), 2)} to {numbers.short(float(x1), 2)} →"
        up = f"x2 {numbers.short(float(y0), 2)} to {numbers.short(float(y1), 2)} ↑"
        if self.text_width(f"{across}   {up}") > under.width():
            across, up = "x1 →", "x2 ↑"
        self.write(painter, under, across, muted, Qt.AlignmentFlag.AlignRight)
        self.write(painter, under, up, muted, Qt.AlignmentFlag.AlignLeft)
