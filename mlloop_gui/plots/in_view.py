"""What a plot's layers have in common: each covers just the part of the data in view."""

from __future__ import annotations

import pyqtgraph as pg
from PySide6.QtCore import QRectF


class InView(pg.GraphicsObject):
    """A layer that is as large as what is in view, and paints itself in device pixels."""

    def __init__(self) -> None:
        super().__init__()
        self._rect = QRectF(0.0, 0.0, 1.0, 1.0)

    def set_rect(self, rect: QRectF) -> None:
        """Say which part of the data is in view."""
        if rect != self._rect:
            self.prepareGeometryChange()
            self._rect = rect

    def boundingRect(self) -> QRectF:
        """Return what is in view."""
        return self._rect
