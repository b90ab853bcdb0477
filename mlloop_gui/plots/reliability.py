"""How often the model is right when it says how sure it is."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.graph import Floats, Graph, GraphLine, draw_mark
from mlloop_gui.style_sheet import mix

_HIGHEST = 0.32  # of the frame, that the fullest bin's column takes


class ReliabilityPlot(Graph):
    """The share that came true against the probability given; a column a bin says how many.

    Each point has its 95 % interval; on the dashed diagonal what is said comes true.
    """

    def __init__(self, title: str = "Reliability", parent: QWidget | None = None) -> None:
        self._left: Floats = np.empty(0)
        self._right: Floats = np.empty(0)
        self._counts: Floats = np.empty(0)
        self._low: Floats = np.empty(0)
        self._high: Floats = np.empty(0)
        super().__init__(title, "probability given", "share that came true", parent)
        self.setObjectName("plot.reliability")
        self.refresh()

    def set_bins(
        self,
        left: ArrayLike,
        right: ArrayLike,
        counts: ArrayLike,
        said: ArrayLike,
        came_true: ArrayLike,
        low: ArrayLike,
        high: ArrayLike,
    ) -> None:
        """Show the bins that have samples.

        Parameters
        ----------
        left, right : arrays, shape (b,)
            Edges of each bin, rising.
        counts : array of int, shape (b,)
        said, came_true : arrays, shape (b,)
            Mean probability in a bin, and the share that came true.
        low, high : arrays, shape (b,)
            Ends of the share's interval.
        """
        given = [
            np.asarray(v, np.float64) for v in (left, right, counts, said, came_true, low, high)
        ]
        if len({values.shape for values in given}) > 1:
            raise ValueError("the columns of the bins have different lengths")
        self._left, self._right, self._counts, x, y, self._low, self._high = given
        ends = np.array([0.0, 1.0])
        lines = [
            GraphLine("the model", x, y),
            GraphLine("as it says", ends, ends, "muted", (4.0, 3.0)),
        ]
        self.set_content(lines if len(x) else [], (), (0.0, 1.0), (0.0, 1.0))

    def describe(self) -> str:
        """Return the bins in words."""
        said = super().describe()
        for at in range(len(self._counts)):
            said += f" {self._words(at)}."
        return said

    def _words(self, at: int) -> str:
        given, came = float(self.lines[0].x[at]), float(self.lines[0].y[at])
        many = numbers.count(int(self._counts[at]))
        return (
            f"{many} samples given {numbers.percent(given, 0)} on average:"
            f" {numbers.percent(came, 0)} came true"
        )

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the bins."""
        headers = ["from", "to", "samples", "probability given", "came true", "low", "high"]
        x, y = (self.lines[0].x, self.lines[0].y) if self.lines else (np.empty(0), np.empty(0))
        return headers, [self._left, self._right, self._counts, x, y, self._low, self._high]

    def bin_at(self, at: QPointF) -> int | None:
        """Return the bin under a pixel; None where no sample is in it."""
        if not self.lines or not self.area().contains(at):
            return None
        x = self.x_at(at)
        found = np.flatnonzero((self._left <= x) & (x <= self._right))
        return int(found[0]) if len(found) else None

    def tip(self, at: QPointF) -> str:
        """Return the bin under the cursor."""
        place = self.bin_at(at)
        return "" if place is None else self._words(place)

    def draw_under(self, painter: QPainter, area: QRectF) -> None:
        """Paint the columns of the counts, and the intervals."""
        painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        most = float(self._counts.max(initial=0.0)) or 1.0
        fill = QColor(mix(self.theme.paper, self.theme.muted, 0.22))
        line = self.line_height()
        for at, count in enumerate(self._counts.tolist()):
            left = self.pixel(float(self._left[at]), 0.0)
            width = self.pixel(float(self._right[at]), 0.0).x() - left.x() - 2.0
            height = max(count / most * _HIGHEST * area.height(), 2.0)
            painter.fillRect(QRectF(left.x() + 1.0, left.y() - height, width, height), fill)
            text = numbers.count(int(count))
            if self.text_width(text) <= width:
                box = QRectF(left.x() + 1.0, left.y() - line, width, line)
                self.write(painter, box, text, self.theme.muted)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for at in range(len(self._counts)):
            x = float(self.lines[0].x[at])
            self.paint_interval(painter, x, float(self._low[at]), float(self._high[at]))

    def draw(self, painter: QPainter) -> None:
        """Paint the points over the line."""
        super().draw(painter)
        if self.nothing():
            return
        for at in range(len(self._counts)):
            x, y = float(self.lines[0].x[at]), float(self.lines[0].y[at])
            draw_mark(painter, self.pixel(x, y), "disc", self.theme, 3.6)
