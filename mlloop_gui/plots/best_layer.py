"""The boundary or curve that is best possible, dashed over the model's own."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

from mlloop_gui.plots.in_view import InView
from mlloop_gui.theme import Theme, current, current_scale

Extent = tuple[float, float, float, float]
DASHES = (3.0, 2.5)  # pen widths


def best_pen(theme: Theme) -> QPen:
    """Return the pen of what is best possible: the accent, dashed."""
    pen = QPen(QColor(theme.accent), 2.2 * current_scale())
    pen.setDashPattern(list(DASHES))
    pen.setCapStyle(Qt.PenCapStyle.FlatCap)
    return pen


class BestLayer(InView):
    """Lines in the plane's own coordinates."""

    def __init__(self) -> None:
        super().__init__()
        self._x: NDArray[np.float64] = np.empty(0)
        self._y: NDArray[np.float64] = np.empty(0)
        self._theme = current()
        self.setZValue(6)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_lines(self, extent: Extent, x: NDArray[np.float64], y: NDArray[np.float64]) -> None:
        """Show lines.

        Parameters
        ----------
        extent : tuple of float
            x0, x1, y0, y1 of what they lie in.
        x, y : arrays of one length
            Points along the lines, NaN between one line and the next.
        """
        self._x, self._y = x, y
        self.set_rect(QRectF(extent[0], extent[2], extent[1] - extent[0], extent[3] - extent[2]))
        self.update()

    def clear(self) -> None:
        """Show none."""
        self._x = self._y = np.empty(0)
        self.update()

    @property
    def shown(self) -> int:
        """How many points the lines have."""
        return len(self._x)

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the lines over a backing of the paper's colour."""
        if not len(self._x):
            return
        transform = p.worldTransform()
        x = self._x * transform.m11() + transform.dx()
        y = self._y * transform.m22() + transform.dy()
        path = arrayToQPath(x, y, connect="finite")
        p.resetTransform()
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        pen = best_pen(self._theme)
        p.setPen(QPen(QColor(self._theme.paper), 1.9 * pen.widthF()))
        p.drawPath(path)
        p.setPen(pen)
        p.drawPath(path)
