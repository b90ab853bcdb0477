"""A place whose content is laid out within it, without the window round it."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QSize
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QWidget


class Calm(QWidget):
    """Holds one widget; what is round it is laid out anew only where that needs more room.

    Every label that gets another text asks for a layout, and each layout passes the request on to
    the next one out: with every frame the whole window would be laid out.

    Parameters
    ----------
    inside : QWidget
    """

    def __init__(self, inside: QWidget, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._inside = inside
        self._height = -1
        inside.setParent(self)
        self.setSizePolicy(inside.sizePolicy())

    def sizeHint(self) -> QSize:
        """Return the size that the widget in it would like."""
        return self._inside.sizeHint()

    def minimumSizeHint(self) -> QSize:
        """Return the least size of the widget in it."""
        return self._inside.minimumSizeHint()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Give the widget in it all the room."""
        super().resizeEvent(event)
        self._inside.setGeometry(self.rect())

    def event(self, event: QEvent) -> bool:
        """Pass a request for a layout on where the room has become too small, or too high."""
        if event.type() == QEvent.Type.LayoutRequest:
            least, height = self.minimumSizeHint(), self.sizeHint().height()
            small = least.width() > self.width() or least.height() > self.height()
            if small or height != self._height:
                self._height = height
                self.updateGeometry()
        return super().event(event)
