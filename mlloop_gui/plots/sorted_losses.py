"""What each sample of the batch costs, worst first, and what share the worst ones make."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import markers, numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix

#: Bars narrower than this have a tick instead of a cross, and no number under them.
_WIDE = 9.0
_KEYS = (Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Home, Qt.Key.Key_End)
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class SortedLosses(Canvas):
    """A bar a sample, the dearest at the left; a line of what they cost together, from 0 to 100 %.

    The wrong ones are crossed, the sample in hand has a heavy outline.

    Signals
    -------
    picked : int
        A place in the sorted order.
    """

    own_keys = _KEYS

    picked = Signal(int)

    def __init__(self, title: str = "Worst first", parent: QWidget | None = None) -> None:
        self._prices: NDArray[np.float64] = np.empty(0)
        self._shares: NDArray[np.float64] = np.empty(0)
        self._right: NDArray[np.bool_] | None = None
        self._names: tuple[str, ...] = ()
        self._chosen: int | None = None
        super().__init__(title, parent)
        self.setObjectName("plot.sorted_losses")
        self.setToolTip("")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_losses(
        self,
        prices: ArrayLike,
        shares: ArrayLike,
        names: Sequence[str],
        right: ArrayLike | None = None,
        chosen: int | None = None,
    ) -> None:
        """Show losses.

        Parameters
        ----------
        prices : array, shape (n,)
            Falling.
        shares : array, shape (n,)
            What the first ones cost together, of all; the last is 1.
        names : sequence of str
            What each sample is called under its bar.
        right : array of bool, shape (n,), optional
            Which are right; None where there is no right or wrong.
        chosen : int, optional
            The place of the sample in hand.
        """
        self._prices = np.asarray(prices, np.float64)
        self._shares = np.asarray(shares, np.float64)
        self._names = tuple(names)
        self._right = None if right is None else np.asarray(right, bool)
        self._chosen = chosen
        if not len(self._prices) == len(self._shares) == len(self._names):
            raise ValueError("losses, shares and names have different lengths")
        self.refresh()

    def half(self) -> int | None:
        """Return how many of the worst make at least half of the loss; None if that is unknown."""
        if not len(self._shares) or not np.isfinite(self._shares).all():
            return None
        return int(np.searchsorted(self._shares, 0.5 - 1e-12)) + 1

    def title_text(self) -> str:
        """Return the title, and how few make half of the loss."""
        worst = self.half()
        if worst is None:
            return self._title
        share = numbers.percent(float(self._shares[worst - 1]), 0)
        whole = len(self._shares)
        return f"{self._title}: {worst} of {whole} make {share} of the loss"

    def describe(self) -> str:
        """Return the losses in words."""
        if not len(self._prices):
            return "No losses yet."
        ends = [numbers.short(float(self._prices[at])) for at in (0, -1)]
        said = f"{self.title_text()}. From {ends[0]} to {ends[1]}."
        if self._right is not None:
            said += f" {int((~self._right).sum())} are wrong."
        if self._chosen is not None:
            at = self._chosen
            said += f" In hand: {self._words(at)}."
        return said

    def _words(self, at: int) -> str:
        said = f"sample {self._names[at]}, loss {numbers.short(float(self._prices[at]))}"
        if self._right is not None:
            said += ", right" if self._right[at] else ", wrong"
        return f"{said}; up to here {numbers.percent(float(self._shares[at]), 0)} of the loss"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return samples, losses, shares and which are right."""
        headers = ["sample", "loss", "share up to here"]
        columns: list[Any] = [list(self._names), self._prices, self._shares]
        if self._right is not None:
            headers.append("right")
            columns.append(self._right)
        return headers, columns

    def tip(self, at: QPointF) -> str:
        """Return the sample under the cursor."""
        place = self.place_at(at)
        return "" if place is None else self._words(place)

    def sizeHint(self) -> QSize:
        """Return a comfortable size."""
        return QSize(360, 150)

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(220, 96)

    # Geometry

    def _top(self) -> float:
        finite = self._prices[np.isfinite(self._prices)]
        return float(finite.max(initial=0.0)) or 1.0

    def area(self) -> QRectF:
        """Return where the bars are."""
        line = self.line_height()
        step, values = numbers.ticks(0.0, self._top(), 3)
        left = max(self.text_width(text) for text in numbers.tick_texts(values, step)) + 8.0
        right = self.text_width(f"100{numbers.THIN_SPACE}%") + 8.0
        top = self.title_height() + 0.5 * line + 2.0
        return QRectF(left, top, self.width() - left - right, self.height() - top - line - 4.0)

    def bar(self, place: int) -> QRectF:
        """Return the bar of a sample; what is not finite reaches the top."""
        area, top = self.area(), self._top()
        width = area.width() / max(len(self._prices), 1)
        price = float(self._prices[place])
        share = min(price / top, 1.0) if np.isfinite(price) else 1.0
        height = max(share, 0.0) * area.height()
        gap = 0.12 * width if width >= 4.0 else 0.0
        left = area.left() + place * width + gap
        return QRectF(left, area.bottom() - height, width - 2.0 * gap, height)

    def place_at(self, at: QPointF) -> int | None:
        """Return the place of the bar at a pixel, whatever its height."""
        area = self.area()
        count = len(self._prices)
        if not count or not area.left() <= at.x() < area.right() or at.y() < area.top() - 4.0:
            return None
        return min(int((at.x() - area.left()) / area.width() * count), count - 1)

    # Painting

    def draw(self, painter: QPainter) -> None:
        """Paint axes, bars, crosses and the line of the shares."""
        if not len(self._prices):
            box = QRectF(0.0, self.title_height(), self.width(), self.line_height())
            self.write(painter, box, "no losses yet", self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            return
        area = self.area()
        self._paint_axes(painter, area)
        wide = area.width() / len(self._prices) >= _WIDE
        fill = QColor(mix(self.theme.muted, self.theme.panel, 0.45))
        wrong = QColor(mix(self.theme.muted, self.theme.panel, 0.1))
        for at in range(len(self._prices)):
            bar = self.bar(at)
            failed = self._right is not None and not self._right[at]
            painter.fillRect(bar, wrong if failed else fill)
            if failed:
                self._paint_wrong(painter, bar, area, wide)
            if at == self._chosen:
                painter.setPen(QPen(QColor(self.theme.accent), 2.0))
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawRect(bar.adjusted(0.0, 0.0, 0.0, 0.0))
        self._paint_names(painter, area)
        self._paint_shares(painter, area)

    def _paint_axes(self, painter: QPainter, area: QRectF) -> None:
        line, muted, top = self.line_height(), self.theme.muted, self._top()
        step, values = numbers.ticks(0.0, top, 3)
        right = Qt.AlignmentFlag.AlignRight
        for value, text in zip(values, numbers.tick_texts(values, step), strict=True):
            y = area.bottom() - value / top * area.height()
            painter.setPen(QColor(self.theme.grid))
            painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
            box = QRectF(0.0, y - line / 2.0, area.left() - 5.0, line)
            self.write(painter, box, text, muted, right)
        for share in (0.5, 1.0):
            y = area.bottom() - share * area.height()
            box = QRectF(
                area.right() + 4.0, y - line / 2.0, self.width() - area.right() - 4.0, line
            )
            self.write(painter, box, numbers.percent(share, 0), muted, Qt.AlignmentFlag.AlignLeft)

    def _paint_wrong(self, painter: QPainter, bar: QRectF, area: QRectF, wide: bool) -> None:
        middle = bar.center().x()
        if wide:
            y = max(bar.top(), area.top() + 5.0) + 6.0
            at = QPointF(middle, min(y, area.bottom() - 6.0))
            markers.draw_cross(painter, at, self.theme, 0.75)
        else:
            painter.setPen(QPen(QColor(self.theme.text), 1.0))
            painter.drawLine(
                QPointF(middle, area.bottom() + 1.0), QPointF(middle, area.bottom() + 5.0)
            )

    def _paint_names(self, painter: QPainter, area: QRectF) -> None:
        width = area.width() / len(self._prices)
        box = QRectF(area.left(), area.bottom() + 3.0, area.width(), self.line_height())
        if max(self.text_width(name) for name in self._names) + 4.0 <= width:
            for at, name in enumerate(self._names):
                box = QRectF(
                    area.left() + at * width, area.bottom() + 3.0, width, self.line_height()
                )
                color = self.theme.text if at == self._chosen else self.theme.muted
                self.write(painter, box, name, color)
            return
        said = "the batch's samples"
        if self._right is not None and width < _WIDE:
            said += "; a tick under the wrong ones"
        self.write(painter, box, said, self.theme.muted)

    def _paint_shares(self, painter: QPainter, area: QRectF) -> None:
        if not np.isfinite(self._shares).all():
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        width = area.width() / len(self._shares)
        line = QPolygonF([area.bottomLeft()])
        for at, share in enumerate(self._shares.tolist()):
            y = area.bottom() - min(max(share, 0.0), 1.0) * area.height()
            line.append(QPointF(area.left() + (at + 1) * width, y))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(QColor(self.theme.panel), 4.0))
        painter.drawPolyline(line)
        painter.setPen(QPen(QColor(self.theme.text), 1.5, Qt.PenStyle.DashLine))
        painter.drawPolyline(line)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)

    # Mouse and keys

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the sample under the cursor."""
        place = self.place_at(event.position())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the next dearer or cheaper one with Left and Right, the ends with Home and End."""
        last, key = len(self._prices) - 1, Qt.Key(event.key())
        if last < 0 or key not in _KEYS:
            super().keyPressEvent(event)
            return
        if key in _MOVES:
            now = -1 if self._chosen is None else self._chosen
            place = min(max(now + _MOVES[key], 0), last)
        else:
            place = 0 if key == Qt.Key.Key_Home else last
        self.picked.emit(place)
