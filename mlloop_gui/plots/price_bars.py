"""Counts before and now, as pairs of bars: mistakes of each kind and what they cost together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import font


@dataclass(frozen=True)
class Pair:
    """One row: a number before and now.

    Attributes
    ----------
    name : str
    before, now : float or None
    total : float
        The length of a full bar.
    text : str
        How a number is written: ``"count"``, ``"cost"`` or ``"percent"``.
    """

    name: str
    before: float | None
    now: float
    total: float
    text: str = "count"

    def written(self, value: float) -> str:
        """Return one of its numbers as it is written."""
        if self.text == "percent":
            return numbers.percent(value)
        return numbers.count(int(value)) if float(value).is_integer() else numbers.short(value)


class PriceBars(Canvas):
    """A row a number: above what it was, hollow, under it what it is, filled."""

    def __init__(self, title: str = "On validation", parent: QWidget | None = None) -> None:
        self._pairs: tuple[Pair, ...] = ()
        self._when = ("before", "now")
        super().__init__(title, parent)
        self.setObjectName("plot.price")
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.refresh()

    def set_pairs(self, pairs: Sequence[Pair], when: tuple[str, str] = ("before", "now")) -> None:
        """Show rows; ``when`` says which moments the two bars are of."""
        self._pairs, self._when = tuple(pairs), when
        self.refresh()

    def describe(self) -> str:
        """Return the numbers in words."""
        parts = []
        for pair in self._pairs:
            said = f"{pair.name} {pair.written(pair.now)}"
            if pair.before is not None:
                said += f" (before: {pair.written(pair.before)})"
            parts.append(said)
        return f"{self.title_text()}: {', '.join(parts)}." if parts else "No counts yet."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the names and both numbers."""
        return ["", self._when[0], self._when[1]], [
            [pair.name for pair in self._pairs],
            ["" if pair.before is None else pair.before for pair in self._pairs],
            [pair.now for pair in self._pairs],
        ]

    def text_of(self, name: str) -> tuple[str, str]:
        """Return what is written of a row, before and now; KeyError if there is none."""
        pair = {pair.name: pair for pair in self._pairs}[name]
        before = "–" if pair.before is None else pair.written(pair.before)
        return before, pair.written(pair.now)

    def sizeHint(self) -> QSize:
        """Return the room for all rows."""
        rows = max(len(self._pairs), 4)
        return QSize(460, int(self.title_height() + self.line_height() + rows * 30.0))

    def minimumSizeHint(self) -> QSize:
        """Return the least size."""
        return QSize(300, 90)

    def row_height(self) -> float:
        """Return the height of a row, with room for two thin bars."""
        room = self.height() - self.title_height() - self.line_height() - 4.0
        return min(max(room / max(len(self._pairs), 1), self.line_height() + 2.0), 44.0)

    def draw(self, painter: QPainter) -> None:
        """Paint names, bars and numbers."""
        if not self._pairs:
            box = QRectF(0.0, self.title_height(), self.width(), self.line_height())
            self.write(painter, box, "no counts yet", self.theme.muted, Qt.AlignmentFlag.AlignLeft)
            return
        bold = font("mono", bold=True)
        widest = max(self.text_width(pair.name) for pair in self._pairs)
        left = min(widest, 0.42 * self.width()) + 10.0
        texts = [pair.written(v) for pair in self._pairs for v in (pair.before, pair.now) if v]
        heads = max(self.text_width(text) for text in self._when)
        column = max([heads, *(self.text_width(text, "mono", True) for text in texts)]) + 10.0
        room = max(self.width() - left - 2.0 * column - 8.0, 20.0)
        y, line = self.title_height(), self.line_height()
        right, where = Qt.AlignmentFlag.AlignRight, Qt.AlignmentFlag.AlignLeft
        ends = [left + room + (k + 1) * column for k in range(2)]
        for end, text in zip(ends, self._when, strict=True):
            box = QRectF(end - column, y, column, line)
            self.write(painter, box, text, self.theme.muted, right)
        y += line + 2.0
        height = self.row_height()
        for pair in self._pairs:
            self.write(
                painter, QRectF(0.0, y, left - 8.0, height), pair.name, self.theme.text, where
            )
            self._paint_bars(painter, pair, QRectF(left, y, room, height))
            before = "–" if pair.before is None else pair.written(pair.before)
            cells = (
                (before, self.theme.muted, font("mono")),
                (pair.written(pair.now), self.theme.text, bold),
            )
            for end, (text, color, face) in zip(ends, cells, strict=True):
                self.write(
                    painter, QRectF(end - column, y, column, height), text, color, right, face
                )
            y += height

    def _paint_bars(self, painter: QPainter, pair: Pair, box: QRectF) -> None:
        thick = min(box.height() * 0.3, 9.0)
        middle, total = box.center().y(), pair.total or 1.0
        painter.setPen(QColor(self.theme.grid))
        painter.drawLine(QPointF(box.left(), middle), QPointF(box.right(), middle))
        if pair.before is not None:
            width = min(max(pair.before / total, 0.0), 1.0) * box.width()
            painter.setPen(QPen(QColor(self.theme.muted), 1.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(QRectF(box.left(), middle - thick - 1.0, width, thick - 1.0))
        width = min(max(pair.now / total, 0.0), 1.0) * box.width()
        fill = QColor(mix(self.theme.text, self.theme.panel, 0.25))
        painter.fillRect(QRectF(box.left(), middle + 1.0, width, thick), fill)
