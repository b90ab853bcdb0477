"""Where points were and where they went, as arrows that may be drawn longer than they are."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QLineF, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.plots.epoch_strip import target_steps

_REACH = 14.0
_HEAD = 5.0
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class Movement(Canvas):
    """A sample a point, class by colour and shape; an arrow from before to after.

    Those of the batch have a heavier arrow, the one in hand a ring.

    Signals
    -------
    picked : int
        A place in the arrays.
    """

    own_keys = _MOVES

    picked = Signal(int)

    def __init__(self, title: str = "Hidden units", parent: QWidget | None = None) -> None:
        self._before: NDArray[np.float64] = np.empty((0, 2))
        self._after: NDArray[np.float64] = np.empty((0, 2))
        self._distance: NDArray[np.float64] = np.empty(0)
        self._kinds: NDArray[Any] = np.empty(0, np.int64)
        self._ids: NDArray[Any] = np.empty(0, np.int64)
        self._in_batch: NDArray[np.bool_] = np.empty(0, bool)
        self._names: tuple[str, ...] = ()
        self._chosen, self._factor = 0, 1.0
        super().__init__(title, parent)
        self.setObjectName("plot.movement")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_points(
        self,
        before: ArrayLike,
        after: ArrayLike,
        distance: ArrayLike,
        kinds: ArrayLike,
        ids: ArrayLike,
        in_batch: ArrayLike,
        names: Sequence[str],
        chosen: int,
    ) -> None:
        """Show points (n, 2) before and after, and how far each went in truth (n,)."""
        self._before, self._after = np.asarray(before, float), np.asarray(after, float)
        self._distance, self._kinds = np.asarray(distance, float), np.asarray(kinds)
        self._ids, self._in_batch = np.asarray(ids), np.asarray(in_batch, bool)
        self._names, self._chosen = tuple(names), int(chosen)
        self.refresh()

    def set_factor(self, factor: float) -> None:
        """Draw arrows so many times as long as the points went."""
        self._factor = float(factor)
        self.refresh()

    def ends(self) -> NDArray[np.float64]:
        """Return where the arrows end (n, 2), with the factor in them."""
        return self._before + self._factor * (self._after - self._before)

    def title_text(self) -> str:
        """Return the title, and how much longer the arrows are than the truth."""
        longer = f"arrows {numbers.place(self._factor)} times as long"
        return self._title if self._factor == 1.0 else f"{self._title}; {longer}"

    def describe(self) -> str:
        """Return the movement in words."""
        if not len(self._before):
            return "Nothing has moved yet."
        said = f"{self.title_text()}: {numbers.count(len(self._before))} samples moved by up to"
        said += f" {numbers.short(float(np.nanmax(self._distance)))}."
        return f"{said} In hand: {self._words(self._chosen)}."

    def _words(self, at: int) -> str:
        kind = self._kinds[at]
        what = self._names[int(kind)] if self._names else numbers.short(float(kind))
        voted = "in the batch" if self._in_batch[at] else "not in the batch"
        moved = numbers.short(float(self._distance[at]))
        return f"sample {int(self._ids[at])}, {what}, {voted}, moved by {moved}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the samples, where they were and where they went."""
        headers = ["sample", "before, first", "before, second", "after, first", "after, second",
                   "moved by", "in the batch"]  # fmt: skip
        return headers, [
            self._ids, *self._before.T, *self._after.T, self._distance, self._in_batch
        ]  # fmt: skip

    def tip(self, at: QPointF) -> str:
        """Return the sample under the cursor."""
        place = self.nearest(at)
        return "" if place is None else self._words(place)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(420, 160)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(200, 96)

    # Geometry

    def area(self) -> QRectF:
        """Return where the points are."""
        top = self.title_height() + 1.0
        bottom = self.height() - self.line_height() - 4.0
        return QRectF(1.0, top, self.width() - 2.0, max(bottom - top, 20.0))

    def _limits(self) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        both = np.concatenate([self._before, self._after])
        both = both[np.isfinite(both).all(axis=1)]
        if not len(both):
            return np.zeros(2), np.ones(2)
        low, high = both.min(axis=0), both.max(axis=0)
        pad = np.where(high > low, 0.06 * (high - low), 0.5)
        return low - pad, high + pad

    def pixels(self, points: NDArray[np.float64]) -> NDArray[np.float64]:
        """Return points (n, 2) in pixels."""
        area, (low, high) = self.area(), self._limits()
        share = (points - low) / (high - low)
        share[:, 1] = 1.0 - share[:, 1]
        return share * (area.width(), area.height()) + (area.left(), area.top())

    def nearest(self, at: QPointF) -> int | None:
        """Return the sample nearest to a pixel, None if none is within reach."""
        if not len(self._before):
            return None
        distance = np.hypot(*(self.pixels(self._before) - (at.x(), at.y())).T)
        distance[np.isnan(distance)] = np.inf
        place = int(distance.argmin())
        return place if distance[place] <= _REACH else None

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint frame, points and arrows."""
        area = self.area()
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(QColor(self.theme.paper))
        painter.drawRect(area)
        if not len(self._before):
            return
        low, high = self._limits()
        under = QRectF(area.left(), area.bottom() + 2.0, area.width(), self.line_height())
        span = " to ".join(numbers.short(float(end), 2) for end in (low[0], high[0]))
        up = " to ".join(numbers.short(float(end), 2) for end in (low[1], high[1]))
        said = f"across {span}, up {up}; heavy arrows: this batch"
        self.write(painter, under, said, self.theme.muted, Qt.AlignmentFlag.AlignLeft)
        start, end = self.pixels(self._before), self.pixels(self.ends())
        painter.save()
        painter.setClipRect(area)
        kinds = self._kinds if self._names else target_steps(self._kinds)
        markers.draw_stamps(
            painter, start, kinds.astype(np.int64), np.zeros(len(kinds), np.int64),
            "class" if self._names else "target", self.theme, self.devicePixelRatioF(), 0.62,
        )  # fmt: skip
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for heavy in (False, True):
            color = QColor(self.theme.text if heavy else self.theme.muted)
            painter.setPen(QPen(color, 1.6 if heavy else 0.9))
            painter.setBrush(color)
            for at in np.flatnonzero(self._in_batch == heavy).tolist():
                if np.isfinite([start[at], end[at]]).all() and np.abs(end[at]).max() < 1e5:
                    _arrow(painter, QPointF(*start[at]), QPointF(*end[at]))
        if np.isfinite(start[self._chosen]).all():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2.2))
            painter.drawEllipse(QPointF(*start[self._chosen]), 9.0, 9.0)
        painter.restore()

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the sample under the cursor."""
        place = self.nearest(event.position())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the next that moved farther or less far with Left and Right."""
        key = Qt.Key(event.key())
        if not len(self._before) or key not in _MOVES:
            super().keyPressEvent(event)
            return
        order = np.argsort(-np.nan_to_num(self._distance), kind="stable")
        at = int(np.flatnonzero(order == self._chosen)[0]) + _MOVES[key]
        self.picked.emit(int(order[min(max(at, 0), len(order) - 1)]))


def _arrow(painter: QPainter, start: QPointF, end: QPointF) -> None:
    """A line with a head; only a line where it is shorter than its head."""
    line = QLineF(start, end)
    length = line.length()
    painter.drawLine(line)
    if length < 1.5 * _HEAD:
        return
    along = (end - start) / length
    aside = QPointF(-along.y(), along.x())
    foot = end - along * _HEAD
    painter.drawPolygon(QPolygonF([end, foot + aside * 0.5 * _HEAD, foot - aside * 0.5 * _HEAD]))
