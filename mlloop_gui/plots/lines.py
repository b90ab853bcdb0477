"""The lines of a curve plot: all in one item, painted in device pixels, one pixel wide and smooth.

An item for each line would ask for its bounds, its pixels and its pen whenever anything moves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pyqtgraph.functions import arrayToQPath
from PySide6.QtGui import QPainter, QPen

from mlloop_gui.plots.in_view import InView

Floats = NDArray[np.float64]
_EMPTY: Floats = np.empty(0)
#: Pixels; a diverged run's values lie further off than Qt's painter can count.
FARTHEST = 1e6


class Line:
    """One line: its points, its pen (in `opts`), and how far to the front it lies."""

    def __init__(self, changed: Callable[[], None]) -> None:
        self._changed = changed
        self._x = self._y = _EMPTY
        self.finite = True
        self.front = 0.0
        self.opts: dict[str, Any] = {"pen": QPen()}

    def setData(self, x: Floats, y: Floats) -> None:
        """Take other points; a value that is not finite leaves a gap."""
        self._x, self._y = x, y
        self.finite = bool(np.isfinite(y).all())
        self._changed()

    def getData(self) -> tuple[Floats, Floats]:
        """Return the points."""
        return self._x, self._y

    def setPen(self, pen: QPen) -> None:
        """Take another pen."""
        self.opts["pen"] = pen
        self._changed()

    def setZValue(self, front: float) -> None:
        """Lie over lines of a lesser value."""
        self.front = front
        self._changed()


class Lines(InView):
    """Lines of points in the coordinates of the box."""

    def __init__(self) -> None:
        super().__init__()
        self._lines: list[Line] = []
        self.setZValue(5)

    def add(self) -> Line:
        """Return a new line, without points yet."""
        line = Line(self.update)
        self._lines.append(line)
        return line

    def remove(self, line: Line) -> None:
        """Take a line away."""
        self._lines.remove(line)
        self.update()

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the lines, those in front last."""
        to = p.worldTransform()
        p.resetTransform()
        p.setRenderHint(QPainter.RenderHint.Antialiasing, True)
        for line in sorted(self._lines, key=lambda each: each.front):
            x, y = line.getData()
            if not len(x):
                continue
            p.setPen(line.opts["pen"])
            across = x * to.m11() + to.dx()
            with np.errstate(all="ignore"):
                up = np.clip(y * to.m22() + to.dy(), -FARTHEST, FARTHEST)
            connect = "all" if line.finite else "finite"
            p.drawPath(arrayToQPath(across, up, connect=connect, finiteCheck=False))
