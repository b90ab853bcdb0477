"""A gauge with a line that should not be crossed."""

from __future__ import annotations

import math
from typing import Any

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.canvas import Canvas
from mlloop_gui.style_sheet import mix
from mlloop_gui.theme import font

_END = 4.0


class Gauge(Canvas):
    """A bar from 0 to twice the line, stable before it and unstable (hatched) beyond."""

    def __init__(self, name: str, line: float, parent: QWidget | None = None) -> None:
        self._line, self._value = line, float("nan")
        self._own: tuple[str, float] | None = None
        self._pale = False
        super().__init__("", parent)
        self.setAccessibleName(name)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.refresh()

    def set_value(
        self, value: float | None, own: tuple[str, float] | None = None, pale: bool = False
    ) -> None:
        """Show a number; None shows none.

        Parameters
        ----------
        value : float or None
        own : tuple of (str, float), optional
            A second line, dashed, with its name.
        pale : bool
        """
        self._value = float("nan") if value is None else float(value)
        self._own, self._pale = own, pale
        self.refresh()

    def value(self) -> float:
        """Return the number shown; nan if there is none."""
        return self._value

    def describe(self) -> str:
        """Return the number in words."""
        if math.isnan(self._value):
            return "No number yet."
        side = "under" if self._value < self._line else "at or over"
        return f"{numbers.short(self._value)}, {side} the line at {self._line:g}."

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the number and the lines."""
        own = [] if self._own is None else [self._own[1]]
        return ["value", "line", "own line"], [[self._value], [self._line], own]

    def tip(self, at: QPointF) -> str:
        """Return the number at full precision."""
        return "" if math.isnan(self._value) else repr(self._value)

    def sizeHint(self) -> QSize:
        """Return the room for the bar, its needle and its numbers."""
        return QSize(220, int(2.0 * self.line_height()) + 24)

    def minimumSizeHint(self) -> QSize:
        """Return the least width."""
        return QSize(140, self.sizeHint().height())

    def draw(self, painter: QPainter) -> None:
        """Paint bar, lines, needle and numbers."""
        line, muted = self.line_height(), self.theme.muted
        end = max(_END, 1.1 * self._own[1] if self._own else 0.0)
        bar = QRectF(8.5, line + 4.5, self.width() - 17.0, 12.0)

        def at(value: float) -> float:
            return bar.left() + min(max(value / end, 0.0), 1.0) * bar.width()

        painter.fillRect(bar, QColor(mix(self.theme.paper, self.theme.accent, 0.14)))
        beyond = QRectF(at(self._line), bar.top(), bar.right() - at(self._line), bar.height())
        painter.fillRect(beyond, QColor(mix(self.theme.paper, self.theme.error, 0.16)))
        painter.save()
        painter.setClipRect(beyond)
        painter.setPen(QPen(QColor(mix(self.theme.paper, self.theme.error, 0.6)), 1.0))
        for k in range(int(beyond.width() / 6.0) + 3):
            x = beyond.left() + 6.0 * k
            painter.drawLine(QPointF(x - 12.0, beyond.bottom()), QPointF(x, beyond.top()))
        painter.restore()
        painter.setPen(QColor(self.theme.border))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawRect(bar)
        for value in range(int(end) + 1):
            box = QRectF(at(value) - 12.0, bar.bottom() + 2.0, 24.0, line)
            face = font("small", bold=value == self._line)
            self.write(painter, box, str(value), muted, face=face)
        self._upright(painter, bar, at(self._line), Qt.PenStyle.SolidLine)
        if self._own is not None:
            self._upright(painter, bar, at(self._own[1]), Qt.PenStyle.DashLine)
        if not math.isnan(self._value):
            self._needle(painter, bar, at(self._value), end)

    def _upright(self, p: QPainter, bar: QRectF, x: float, style: Qt.PenStyle) -> None:
        p.setPen(QPen(QColor(self.theme.text), 1.6, style))
        p.drawLine(QPointF(x, bar.top() - 4.0), QPointF(x, bar.bottom() + 2.0))

    def _needle(self, p: QPainter, bar: QRectF, x: float, end: float) -> None:
        line = self.line_height()
        ink = QColor(self.theme.muted if self._pale else self.theme.accent)
        p.setRenderHint(QPainter.RenderHint.Antialiasing)
        p.setBrush(ink)
        p.setPen(QPen(QColor(self.theme.panel), 1.0))
        ends = ((0.0, 0.0), (-6.0, -15.0), (6.0, -15.0))
        tip = QPointF(x, bar.bottom() - 1.0)
        p.drawPolygon(QPolygonF([tip + QPointF(*at) for at in ends]))
        text = numbers.short(self._value) + (" ▸" if self._value > end else "")
        width = self.text_width(text, bold=True) + 4.0
        left = min(max(x - width / 2.0, 0.0), self.width() - width)
        box = QRectF(left, 0.0, width, line)
        color = self.theme.muted if self._pale else self.theme.text
        self.write(p, box, text, color, face=font("small", bold=True))
