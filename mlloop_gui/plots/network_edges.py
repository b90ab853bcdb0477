"""The edges of a network's picture: which are drawn, how, and which lies under the cursor."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, Qt
from PySide6.QtGui import QColor, QPainter, QPainterPath, QPen

from mlloop_gui import theme as themes
from mlloop_gui.plots.network_layout import NetworkLayout
from mlloop_gui.theme import Theme

Values: TypeAlias = Sequence[NDArray[np.floating] | None]

#: Above this many edges only the strongest of each layer are drawn.
MOST_EDGES = 400
#: Above this many they are straight lines in a few widths, which paint ten times as fast.
MOST_CURVES = 64
_STEPS = np.array([0.12, 0.35, 0.65])
# A smooth line of one pixel paints four times as fast as a wider one, and most are weak.
_WIDTHS = (1.0, 1.0, 2.0, 3.2)
_FADE = (0.35, 0.7, 0.9, 1.0)
_SAMPLES = np.linspace(0.0, 1.0, 17)


class Edges:
    """The edges between the shown units of a layout.

    Values are arrays (inputs, outputs), one a layer; None in place of one draws that layer pale.
    """

    def __init__(self, layout: NetworkLayout) -> None:
        self._layout = layout
        count = len(layout.sizes) - 1
        self.shape = [(layout.shown(k), layout.shown(k + 1)) for k in range(count)]
        self.total = sum(layout.sizes[k] * layout.sizes[k + 1] for k in range(count))
        self.between_shown = sum(a * b for a, b in self.shape)
        self.curved = self.between_shown <= MOST_CURVES
        self._quota = MOST_EDGES // max(count, 1) if self.between_shown > MOST_EDGES else None
        self._lines: list[list[QLineF]] = []
        self._paths: list[list[QPainterPath]] = []
        self._points: list[NDArray[np.float64]] | None = None
        for layer, (a, b) in enumerate(self.shape):
            ends = [layout.ends(layer, i, j) for i in range(a) for j in range(b)]
            self._lines.append([QLineF(*pair) for pair in ends])
            self._paths.append([_curve(*pair) for pair in ends] if self.curved else [])

    def drawn_count(self) -> int:
        """Return how many edges are drawn."""
        if self._quota is None:
            return self.between_shown
        return sum(min(a * b, self._quota) for a, b in self.shape)

    def chosen(self, layer: int, values: NDArray[np.floating]) -> NDArray[np.intp]:
        """Return the flat indices, within the shown units, of the edges drawn in a layer."""
        a, b = self.shape[layer]
        if self._quota is None or a * b <= self._quota:
            return np.arange(a * b)
        strength = np.abs(values[:a, :b]).ravel()
        strength = np.where(np.isfinite(strength), strength, np.inf)
        return np.argpartition(strength, -self._quota)[-self._quota :]

    def paint(
        self,
        painter: QPainter,
        theme: Theme,
        values: Values,
        weights: Sequence[NDArray[np.floating]],
    ) -> None:
        """Draw every layer: width by magnitude, colour by sign, dashed where negative."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        largest = self._largest(values)
        batches: dict[tuple[int, bool], list[QLineF]] = {}
        for layer, (a, b) in enumerate(self.shape):
            shown = values[layer]
            flat = self.chosen(layer, weights[layer] if shown is None else shown)
            if shown is None or largest == 0.0:
                self._paint_pale(painter, theme, layer, flat)
                continue
            part = np.asarray(shown[:a, :b], dtype=np.float64).ravel()[flat] / largest
            if self.curved:
                self._paint_curves(painter, theme, layer, flat, part)
            else:
                self._collect(batches, layer, flat, part)
        for (step, negative), lines in sorted(batches.items()):
            painter.setPen(_step_pen(theme, step, negative))
            painter.drawLines(lines)

    def _largest(self, values: Values) -> float:
        """Return the largest finite magnitude between shown units."""
        largest = 0.0
        for (a, b), array in zip(self.shape, values, strict=True):
            if array is not None and a * b:
                part = np.abs(array[:a, :b])
                largest = max(largest, float(np.max(part, initial=0.0, where=np.isfinite(part))))
        return largest

    def _paint_pale(
        self, painter: QPainter, theme: Theme, layer: int, flat: NDArray[np.intp]
    ) -> None:
        painter.setPen(QPen(QColor(theme.border), 1.2 if self.curved else 0.8))
        if self.curved:
            for index in flat.tolist():
                painter.drawPath(self._paths[layer][index])
        elif len(flat):
            painter.drawLines([self._lines[layer][index] for index in flat.tolist()])

    def _paint_curves(
        self,
        painter: QPainter,
        theme: Theme,
        layer: int,
        flat: NDArray[np.intp],
        relative: NDArray[np.float64],
    ) -> None:
        paths = self._paths[layer]
        order = np.argsort(np.nan_to_num(np.abs(relative), nan=2.0))
        for at in order.tolist():
            painter.setPen(edge_pen(theme, float(relative[at])))
            painter.drawPath(paths[int(flat[at])])

    def _collect(
        self,
        batches: dict[tuple[int, bool], list[QLineF]],
        layer: int,
        flat: NDArray[np.intp],
        relative: NDArray[np.float64],
    ) -> None:
        """Sort a layer's lines into batches of one pen, for one call of the painter each."""
        lines = self._lines[layer]
        level = np.digitize(np.abs(relative), _STEPS)
        level[~np.isfinite(relative)] = len(_WIDTHS)
        steps = zip(flat.tolist(), level.tolist(), (relative < 0).tolist(), strict=True)
        for index, step, negative in steps:
            batches.setdefault((step, negative), []).append(lines[index])

    # Under the cursor

    def _sampled(self) -> list[NDArray[np.float64]]:
        """Return points along the edges, an array (edges, 17, 2) a layer, in pixels."""
        if self._points is None:
            t = _SAMPLES[None, :]
            # The same curve as `_curve`: both handles at half way, level with the ends.
            bend = 3 * t**2 * (1 - t) + t**3 if self.curved else t
            along = 1.5 * t * (1 - t) ** 2 + 1.5 * t**2 * (1 - t) + t**3 if self.curved else t
            self._points = []
            for lines in self._lines:
                ends = np.array([(q.x1(), q.y1(), q.x2(), q.y2()) for q in lines]).reshape(-1, 4)
                x = ends[:, 0:1] + (ends[:, 2:3] - ends[:, 0:1]) * along
                y = ends[:, 1:2] + (ends[:, 3:4] - ends[:, 1:2]) * bend
                self._points.append(np.stack([x, y], axis=-1))
        return self._points

    def edge_at(
        self, at: QPointF, values: Sequence[NDArray[np.floating]], reach: float = 5.0
    ) -> tuple[int, int, int] | None:
        """Return layer, input unit and output unit of the drawn edge nearest to a point."""
        best, found = reach, None
        where = np.array([at.x(), at.y()])
        for layer, points in enumerate(self._sampled()):
            if not len(points):
                continue
            flat = self.chosen(layer, values[layer])
            start, step = points[flat, :-1], np.diff(points[flat], axis=1)
            length = np.maximum((step**2).sum(-1), 1e-9)
            part = np.clip(((where - start) * step).sum(-1) / length, 0.0, 1.0)
            gap = np.sqrt(((start + part[..., None] * step - where) ** 2).sum(-1)).min(axis=1)
            nearest = int(np.argmin(gap))
            if gap[nearest] < best:
                best = float(gap[nearest])
                found = (layer, *divmod(int(flat[nearest]), self.shape[layer][1]))
        return found

    def point_on(self, layer: int, i: int, j: int, part: float) -> QPointF:
        """Return the point at a share of the way along an edge."""
        points = self._sampled()[layer][i * self.shape[layer][1] + j]
        x, y = points[round(part * (len(points) - 1))]
        return QPointF(float(x), float(y))


def edge_pen(theme: Theme, relative: float) -> QPen:
    """Return the pen of an edge whose value is ``relative`` (-1 to 1) to the largest."""
    if not np.isfinite(relative):
        return _pen(theme.error, 2.0, False)
    if relative == 0.0:
        return _pen(theme.border, 1.0, False)
    size = abs(relative)
    color = themes.mix(theme.panel, theme.positive if relative > 0 else theme.negative,
                       min(1.0, 0.5 + size))  # fmt: skip
    return _pen(color, 1.0 + 4.5 * size, relative < 0)


def _step_pen(theme: Theme, step: int, negative: bool) -> QPen:
    """Return the pen of a batch of lines; the step past the last one is for not-finite values."""
    if step >= len(_WIDTHS):
        return _pen(theme.error, 2.0, False)
    color = theme.negative if negative else theme.positive
    return _pen(themes.mix(theme.panel, color, _FADE[step]), _WIDTHS[step], negative)


def _pen(color: str, width: float, dashed: bool) -> QPen:
    pen = QPen(QColor(color), width)
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    if dashed:
        pen.setDashPattern([max(5.0, 1.5 * width) / width, max(3.5, 0.9 * width) / width])
    return pen


def _curve(start: QPointF, end: QPointF) -> QPainterPath:
    middle = (start.x() + end.x()) / 2.0
    path = QPainterPath(start)
    path.cubicTo(middle, start.y(), middle, end.y(), end.x(), end.y())
    return path
