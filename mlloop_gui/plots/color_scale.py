"""The scale of colours beside a map of numbers."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QLinearGradient, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.theme import Theme, current, diverging_lut, font


class ColorScale(QWidget):
    """An upright bar from purple over paper to green, with round numbers beside it."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._limits = (-1.0, 1.0)
        self._theme = current()
        self.setAccessibleName("colour scale")
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def limits(self) -> tuple[float, float]:
        """Return the values at the lower and upper end."""
        return self._limits

    def set_limits(self, low: float, high: float) -> None:
        """Set the values at the two ends."""
        self._limits = (float(low), float(high))
        self.setAccessibleDescription(
            f"colours run from {numbers.short(low)} (purple) to {numbers.short(high)} (green)"
        )
        self.update()

    def sizeHint(self) -> QSize:
        """Return the room for the bar and its numbers."""
        return QSize(int(QFontMetricsF(font("small")).horizontalAdvance("0.0000")) + 28, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the bar and its numbers."""
        painter = QPainter(self)
        painter.fillRect(event.rect(), QColor(self._theme.panel))
        bar = QRectF(0.5, 0.5, 12.0, self.height() - 1.0)
        gradient = QLinearGradient(bar.bottomLeft(), bar.topLeft())
        lut = diverging_lut(self._theme)
        for row in range(0, 256, 15):
            gradient.setColorAt(row / 255.0, QColor(*(int(part) for part in lut[row][:3])))
        painter.setPen(QColor(self._theme.border))
        painter.setBrush(gradient)
        painter.drawRect(bar)
        painter.setFont(font("small"))
        painter.setPen(QColor(self._theme.muted))
        self._paint_numbers(painter)
        painter.end()

    def _paint_numbers(self, painter: QPainter) -> None:
        low, high = self._limits
        height = QFontMetricsF(painter.font()).height()
        parts = max(1, int(self.height() / (3.0 * height)))
        step, values = numbers.ticks(low, high, parts)
        for value, text in zip(values, numbers.tick_texts(values, step), strict=True):
            share = (value - low) / ((high - low) or 1.0)
            middle = (1.0 - share) * self.height()
            top = min(max(middle - height / 2, 0.0), self.height() - height)
            painter.drawLine(QPointF(12.0, middle), QPointF(15.0, middle))
            box = QRectF(18.0, top, self.width() - 18.0, height)
            painter.drawText(box, Qt.AlignmentFlag.AlignLeft, text)
