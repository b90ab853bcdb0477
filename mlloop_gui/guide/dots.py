"""How far a chapter is: a dot a step, done, at hand or to come."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from mlloop_gui.theme import Theme, current

_STEP, _RADIUS = 13.0, 4.0


class Dots(QWidget):
    """Filled for what is done, ringed twice for the step at hand, hollow for what is to come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("guide.dots")
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self._count, self._at, self._reached = 0, 0, 0
        self._theme = current()

    def set_progress(self, count: int, at: int, reached: int) -> None:
        """Show step `at` of `count`, of which `reached` are done."""
        self._count, self._at, self._reached = count, at, reached
        said = f"step {at + 1} of {count}, {reached} done"
        self.setAccessibleName(said)
        self.setToolTip(said.capitalize())
        self.updateGeometry()
        self.update()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def sizeHint(self) -> QSize:
        """Return room for all dots."""
        return QSize(int(_STEP * self._count) + 4, 16)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the dots."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        accent, muted = QColor(self._theme.accent), QColor(self._theme.muted)
        middle = self.height() / 2
        for k in range(self._count):
            done, here = k < self._reached, k == self._at
            painter.setPen(QPen(accent if done or here else muted, 1.2))
            painter.setBrush(accent if done else Qt.BrushStyle.NoBrush)
            centre = QPointF(2 + _STEP * (k + 0.5), middle)
            painter.drawEllipse(centre, _RADIUS - 1, _RADIUS - 1)
            if here:
                painter.setBrush(Qt.BrushStyle.NoBrush)
                painter.drawEllipse(centre, _RADIUS + 2, _RADIUS + 2)
        painter.end()
