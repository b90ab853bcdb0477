"""Lines, marks and points over two axes, painted by hand: what the pictures of stage 9 share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.series import thin
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import current_scale

Floats = NDArray[np.float64]
Range = tuple[float, float]

_SAMPLE = 20.0  # width of a line's sample in the legend
_GAP = 10.0
_UP = 4  # most parts of the upright axis


@dataclass(frozen=True, eq=False)
class GraphLine:
    """One line.

    Parameters
    ----------
    name : str
        As the legend has it; empty for a line that needs no name.
    x, y : arrays, shape (n,)
        Values that are not finite leave gaps.
    role : str
        The name of a colour of the theme.
    dashes : tuple of float
        Empty for a solid line.
    """

    name: str
    x: Floats
    y: Floats
    role: str = "text"
    dashes: tuple[float, ...] = ()

    def pen(self, theme: Any) -> QPen:
        """Return the pen that draws it."""
        pen = QPen(QColor(getattr(theme, self.role)), 1.5)
        if self.dashes:
            pen.setDashPattern(list(self.dashes))
            pen.setCapStyle(Qt.PenCapStyle.FlatCap)
        return pen


@dataclass(frozen=True)
class GraphMark:
    """One point that is told apart by its shape: ``"disc"``, ``"diamond"`` or ``"square"``."""

    name: str
    x: float
    y: float
    shape: str = "disc"


def draw_mark(painter: QPainter, at: QPointF, shape: str, theme: Any, size: float = 4.5) -> None:
    """Draw a mark: a disc is filled, the others are outlines on paper."""
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    size *= current_scale()
    if shape == "disc":
        painter.setPen(QPen(QColor(theme.panel), 1.5))
        painter.setBrush(QColor(theme.accent))
        painter.drawEllipse(at, size, size)
    else:
        painter.setPen(QPen(QColor(theme.text), 1.6))
        painter.setBrush(QColor(theme.panel))
        if shape == "diamond":
            reach = 1.3 * size
            ways = ((reach, 0.0), (0.0, reach), (-reach, 0.0), (0.0, -reach))
            painter.drawPolygon(QPolygonF([at + QPointF(x, y) for x, y in ways]))
        else:
            painter.drawRect(QRectF(at.x() - size, at.y() - size, 2.0 * size, 2.0 * size))
    painter.restore()


class Graph(Canvas):
    """A frame with ticks, a legend, lines and marks; subclasses say what they are.

    Parameters
    ----------
    title, x_name, y_name : str
    """

    def __init__(self, title: str, x_name: str, y_name: str, parent: QWidget | None = None) -> None:
        self.x_name, self.y_name = x_name, y_name
        self.lines: tuple[GraphLine, ...] = ()
        self.marks: tuple[GraphMark, ...] = ()
        self.x_range: Range = (0.0, 1.0)
        self.y_range: Range = (0.0, 1.0)
        super().__init__(title, parent)
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)

    def set_content(
        self,
        lines: Sequence[GraphLine],
        marks: Sequence[GraphMark] = (),
        x_range: Range | None = None,
        y_range: Range | None = None,
    ) -> None:
        """Show lines and marks; a range that is not given stays."""
        self.lines, self.marks = tuple(lines), tuple(marks)
        self.x_range, self.y_range = x_range or self.x_range, y_range or self.y_range
        self.refresh()

    def set_marks(self, marks: Sequence[GraphMark]) -> None:
        """Show other marks on the same lines."""
        self.marks = tuple(marks)
        self.refresh()

    def nothing(self) -> str:
        """Return what is said in place of the picture while there is nothing to show."""
        return "" if self.lines else "nothing to show yet"

    def describe(self) -> str:
        """Return the marks in words."""
        said = f"{self.title_text()}: {self.y_name} against {self.x_name}."
        if self.nothing():
            return f"{said} {self.nothing()}."
        for mark in self.marks:
            x, y = numbers.short(mark.x), numbers.short(mark.y)
            said += f" {mark.name}: {self.x_name} {x}, {self.y_name} {y}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return two columns a line."""
        headers: list[str] = []
        columns: list[Any] = []
        for line in self.lines:
            name = f"{line.name}: " if line.name else ""
            headers += [f"{name}{self.x_name}", f"{name}{self.y_name}"]
            columns += [line.x, line.y]
        return headers, columns

    def tip(self, at: QPointF) -> str:
        """Return the values at the point of the first line that is nearest to the cursor."""
        if not self.lines or not self.area().contains(at):
            return ""
        line = self.lines[0]
        place = nearest(self.pixels(line.x, line.y), at, 24.0)
        if place is None:
            return ""
        x, y = numbers.short(float(line.x[place])), numbers.short(float(line.y[place]))
        return f"{self.x_name} {x}, {self.y_name} {y}"

    # Size and geometry

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(230, 170)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(round(116 * current_scale()), 110)

    def entries(self) -> list[tuple[GraphLine | GraphMark, str]]:
        """Return what the legend names."""
        shown: list[GraphLine | GraphMark] = [*self.marks, *self.lines]
        return [(each, each.name) for each in shown if each.name]

    def _entry_width(self, text: str) -> float:
        return _SAMPLE * current_scale() + 4.0 + self.text_width(text)

    def _legend_width(self) -> float:
        widths = [self._entry_width(text) for _, text in self.entries()]
        return sum(widths) + _GAP * max(len(widths) - 1, 0)

    def _beside_title(self) -> bool:
        room = self.width() - self.text_width(self.title_text()) - 12.0
        return self._legend_width() <= room

    def area(self) -> QRectF:
        """Return where the data are drawn."""
        line = self.line_height()
        top = self.title_height() + 0.5 * line
        if self.entries() and not self._beside_title():
            top += line
        left = max(self.text_width(text) for text in self._ticks(self.y_range, _UP)[1]) + 8.0
        return QRectF(left, top, self.width() - left - 6.0, self.height() - top - line - 5.0)

    @staticmethod
    def _ticks(span: Range, parts: int) -> tuple[list[float], list[str]]:
        step, values = numbers.ticks(*span, parts)
        return values, numbers.tick_texts(values, step) or [""]

    def pixels(self, x: ArrayLike, y: ArrayLike) -> Floats:
        """Return pixels (n, 2) of data coordinates."""
        area, (x0, x1), (y0, y1) = self.area(), self.x_range, self.y_range
        across = (np.asarray(x, np.float64) - x0) / ((x1 - x0) or 1.0)
        up = (np.asarray(y, np.float64) - y0) / ((y1 - y0) or 1.0)
        return np.column_stack(
            [area.left() + across * area.width(), area.bottom() - up * area.height()]
        )

    def pixel(self, x: float, y: float) -> QPointF:
        """Return the pixel of a point."""
        return QPointF(*self.pixels([x], [y])[0].tolist())

    def x_at(self, at: QPointF) -> float:
        """Return the x of a pixel, kept within the range."""
        area, (low, high) = self.area(), self.x_range
        share = (at.x() - area.left()) / max(area.width(), 1.0)
        return low + min(max(share, 0.0), 1.0) * (high - low)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint frame, ticks, lines, marks and legend."""
        if self.nothing():
            box = QRectF(0.0, self.title_height(), self.width(), self.line_height())
            self.write(painter, box, self.nothing(), self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            return
        area = self.area()
        self._paint_axes(painter, area)
        painter.save()
        painter.setClipRect(area.adjusted(-1.0, -1.0, 1.0, 1.0))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        self.draw_under(painter, area)
        for line in self.lines:
            self._paint_line(painter, line)
        painter.restore()
        for mark in reversed(self.marks):  # the first one on top
            if np.isfinite([mark.x, mark.y]).all():
                draw_mark(painter, self.pixel(mark.x, mark.y), mark.shape, self.theme)
        self._paint_y_name(painter, area)
        self._paint_legend(painter)

    def _paint_y_name(self, painter: QPainter, area: QRectF) -> None:
        """The name of the axis in its corner, legible over a line."""
        text = f"↑ {self.y_name}"
        width = min(self.text_width(text), area.width() - 6.0)
        box = QRectF(area.left() + 3.0, area.top() + 1.0, width, self.line_height())
        backdrop = QColor(self.theme.paper)
        backdrop.setAlpha(200)
        painter.fillRect(box, backdrop)
        self.write(painter, box, text, self.theme.muted, Qt.AlignmentFlag.AlignLeft)

    def draw_under(self, painter: QPainter, area: QRectF) -> None:
        """Paint what lies under the lines."""

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        line, muted = self.line_height(), self.theme.muted
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.paper))
        painter.drawRect(area)
        values, texts = self._ticks(self.y_range, _UP)
        for (_, y), text in zip(
            self.pixels(np.full(len(values), self.x_range[0]), values).tolist(), texts, strict=False
        ):
            painter.setPen(QColor(self.theme.grid))
            painter.drawLine(QLineF(area.left() + 1.0, y, area.right() - 1.0, y))
            box = QRectF(0.0, y - line / 2.0, area.left() - 5.0, line)
            self.write(painter, box, text, muted, Qt.AlignmentFlag.AlignRight)
        self._paint_x_ticks(painter, area, line)

    def _paint_x_ticks(self, painter: QPainter, area: QRectF, line: float) -> None:
        """The numbers under the frame, and the axis's name in the room that they leave."""
        muted, under = self.theme.muted, area.bottom() + 3.0
        name = f"{self.x_name} →"
        ends = area.right() - self.text_width(name)
        values, texts = self._ticks(self.x_range, 2 if area.width() < 200.0 else 4)
        places = self.pixels(values, np.full(len(values), self.y_range[0]))[:, 0].tolist()
        for x, text in zip(places, texts, strict=False):
            painter.setPen(QColor(self.theme.grid))
            painter.drawLine(QLineF(x, area.top() + 1.0, x, area.bottom() - 1.0))
            width = self.text_width(text) + 2.0
            if x + width / 2.0 < ends - 4.0:
                box = QRectF(max(x - width / 2.0, 0.0), under, width, line)
                self.write(painter, box, text, muted)
        box = QRectF(area.left(), under, area.width(), line)
        self.write(painter, box, name, muted, Qt.AlignmentFlag.AlignRight)

    def _paint_line(self, painter: QPainter, line: GraphLine) -> None:
        x, y = thin(line.x, line.y)
        painter.setPen(line.pen(self.theme))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        good = np.isfinite(x) & np.isfinite(y)
        # What leaves the frame far out is no place that Qt could paint at.
        places = np.clip(self.pixels(np.where(good, x, 0.0), np.where(good, y, 0.0)), -1e5, 1e5)
        for stretch in np.split(np.arange(len(x)), np.flatnonzero(~good)):
            kept = stretch[good[stretch]]
            if len(kept):
                painter.drawPolyline(QPolygonF([QPointF(*at) for at in places[kept].tolist()]))

    def _paint_legend(self, painter: QPainter) -> None:
        """What lines and marks are; as many as there is room for, the first ones first."""
        entries, line = self.entries(), self.line_height()
        if not entries:
            return
        beside = self._beside_title()
        top = 0.0 if beside else self.title_height()
        left = self.width() - self._legend_width() if beside else 0.0
        for each, text in entries:
            width = self._entry_width(text)
            if left + width > self.width() + 1.0:
                return
            half = _SAMPLE * current_scale() / 2.0
            middle = QPointF(left + half, top + line / 2.0)
            if isinstance(each, GraphLine):
                painter.setPen(each.pen(self.theme))
                painter.drawLine(QLineF(middle.x() - half, middle.y(), middle.x() + half - 2.0,
                                        middle.y()))  # fmt: skip
            else:
                draw_mark(painter, middle, each.shape, self.theme, 3.8)
            box = QRectF(left + 2.0 * half + 2.0, top, width - 2.0 * half, line)
            self.write(painter, box, text, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            left += width + _GAP

    def paint_interval(
        self, painter: QPainter, x: float, low: float, high: float, cap: float = 3.0
    ) -> None:
        """Paint an upright interval with caps."""
        painter.setPen(QPen(QColor(mix(self.theme.text, self.theme.panel, 0.25)), 1.2))
        below, above = self.pixel(x, low), self.pixel(x, high)
        painter.drawLine(below, above)
        for end in (below, above):
            painter.drawLine(end - QPointF(cap, 0.0), end + QPointF(cap, 0.0))


def nearest(pixels: Floats, at: QPointF, reach: float) -> int | None:
    """Return which of some pixels (n, 2) is nearest to another, None if none is within reach."""
    if not len(pixels):
        return None
    distance = np.hypot(*(pixels - (at.x(), at.y())).T)
    distance = np.where(np.isnan(distance), np.inf, distance)
    best = int(distance.argmin())
    return best if distance[best] <= reach else None


def covering(values: ArrayLike, room: float = 0.06) -> Range:
    """Return a range that shows every finite value, with some room; (0, 1) where there is none."""
    given = np.asarray(values, np.float64)
    given = given[np.isfinite(given) & (np.abs(given) < 1e150)]
    if not len(given):
        return 0.0, 1.0
    low, high = float(given.min()), float(given.max())
    pad = room * ((high - low) or abs(high) or 1.0)
    return low - pad, high + pad
