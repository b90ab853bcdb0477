"""The axis of every plot: few round ticks, its label beside the last one."""

from __future__ import annotations

from typing import Any

import pyqtgraph as pg
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from mlloop_gui.plots import numbers
from mlloop_gui.plots.in_view import InView
from mlloop_gui.theme import Theme, font


class Axis(pg.AxisItem):
    """An axis with our ticks; its data may be exponents of ten (``log``) or shares (``percent``).

    Parameters
    ----------
    side : str
        ``"left"`` or ``"bottom"``.
    """

    def __init__(self, side: str) -> None:
        super().__init__(side)
        self.log = False
        self.percent = False
        self.end_text = ""
        self._muted = QColor("black")
        # Painted anew when ticks change, not whenever the plot beside it does.
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)
        self.enableAutoSIPrefix(False)
        self.setStyle(tickLength=-4, tickTextOffset=5, autoExpandTextSpace=False)
        self.setStyle(hideOverlappingLabels=False, maxTickLevel=0)

    def restyle(self, theme: Theme, grid: bool) -> None:
        """Take the colours and fonts of ``theme``; with a ``grid`` no ticks stand out."""
        face = font("small")
        self._muted = QColor(theme.muted)
        self.setTickFont(face)
        self.setTextPen(theme.muted)
        self.setPen(theme.border)
        self.setTickPen(theme.border)
        self.setStyle(tickLength=0 if grid else -4)
        metrics = QFontMetricsF(face)
        if self.orientation in ("bottom", "top"):
            self.setHeight(int(metrics.height()) + 6)
        else:
            self.setWidth(int(metrics.horizontalAdvance("0.0000")) + 4)

    def set_log(self, log: bool) -> None:
        """Read the values as exponents of ten."""
        self.log = log
        self.redraw()

    def redraw(self) -> None:
        """Draw anew at the next paint."""
        self.picture = None
        self.update()

    def tickValues(
        self, minVal: float, maxVal: float, size: float
    ) -> list[tuple[float, list[float]]]:
        """Return the one level of ticks between two values on an axis ``size`` pixels long."""
        if size <= 0 or not maxVal > minVal:
            return []
        metrics = QFontMetricsF(self.style["tickFont"] or font("small"))
        if self.orientation in ("bottom", "top"):
            widest = max(len(numbers.short(end, 2)) for end in (minVal, maxVal))
            apart = metrics.horizontalAdvance("0") * (widest + 3.0)
        else:
            apart = metrics.height() * (1.35 if size < 10.0 * metrics.height() else 2.2)
        parts = max(1, int(size / apart))
        if self.log:
            return [(1.0, numbers.log_ticks(minVal, maxVal, parts))]
        step, values = numbers.ticks(minVal, maxVal, parts)
        return [(step, values)]

    def tickStrings(self, values: list[float], scale: float, spacing: float) -> list[str]:
        """Return the text of each tick, empty where it would run into the axis label."""
        if self.log:
            texts = numbers.log_tick_texts(values)
        elif self.percent:
            texts = [f"{text}{numbers.THIN_SPACE}%" for text in self._percents(values, spacing)]
        else:
            texts = numbers.tick_texts(values, spacing)
        return self._beside_label(values, texts)

    def _beside_label(self, values: list[float], texts: list[str]) -> list[str]:
        if not self.end_text:
            return texts
        low, high = self.range
        metrics = QFontMetricsF(self.style["tickFont"] or font("small"))
        flat = self.orientation in ("bottom", "top")
        length = self.geometry().width() if flat else self.geometry().height()
        taken = metrics.horizontalAdvance(self.end_text) + 8.0 if flat else metrics.height() * 0.9
        kept = []
        for value, text in zip(values, texts, strict=True):
            half = metrics.horizontalAdvance(text) / 2 if flat else metrics.height() / 2
            end = (value - low) / (high - low) * length + half
            kept.append(text if end < length - taken else "")
        return kept

    @staticmethod
    def _percents(values: list[float], spacing: float) -> list[str]:
        return numbers.tick_texts(values, spacing, 100.0)

    def paint(self, p: QPainter, opt: Any, widget: Any) -> None:
        """Paint ticks and numbers, then the axis label at the end of the same line."""
        super().paint(p, opt, widget)
        if not self.end_text:
            return
        p.setFont(self.style["tickFont"] or font("small"))
        p.setPen(self._muted)
        size = self.geometry().size()
        box = QRectF(0.0, 0.0, size.width(), size.height() - 1.0)
        if self.orientation in ("bottom", "top"):
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom
        else:
            box.setWidth(size.width() - 8.0)
            where = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop
        p.drawText(box, where, self.end_text)


class Grid(InView):
    """Lines across a plot at the ticks of its two axes, under everything else."""

    def __init__(self, x_axis: Axis, y_axis: Axis) -> None:
        super().__init__()
        self._x_axis, self._y_axis = x_axis, y_axis
        self._pen = QPen()
        self.setZValue(-100)
        self.setCacheMode(self.CacheMode.DeviceCoordinateCache)

    def set_theme(self, theme: Theme) -> None:
        """Take the colour of ``theme``."""
        self._pen = QPen(QColor(theme.grid), 1.0)
        self.update()

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the lines, each on whole pixels."""
        transform = p.worldTransform()
        area = transform.mapRect(self._rect)
        p.resetTransform()
        p.setPen(self._pen)
        view = self._rect
        for _, values in self._x_axis.tickValues(view.left(), view.right(), area.width()):
            for value in values:
                at = round(transform.map(QPointF(value, 0.0)).x()) + 0.5
                p.drawLine(QPointF(at, area.top()), QPointF(at, area.bottom()))
        for _, values in self._y_axis.tickValues(view.top(), view.bottom(), area.height()):
            for value in values:
                at = round(transform.map(QPointF(0.0, value)).y()) + 0.5
                p.drawLine(QPointF(area.left(), at), QPointF(area.right(), at))
