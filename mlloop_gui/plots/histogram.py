"""How many values lie where: the histogram of gradients or weights."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyqtgraph as pg
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QColor, QPainter
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.base import Plot
from mlloop_gui.plots.header import Entry
from mlloop_gui.theme import Theme, current


class BarLayer(pg.GraphicsObject):
    """Bars between edges, those below 0 purple and those above green."""

    def __init__(self) -> None:
        super().__init__()
        self._edges: NDArray[np.float64] = np.array([0.0, 1.0])
        self._counts: NDArray[np.float64] = np.zeros(1)
        self._theme = current()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours of ``theme``."""
        self._theme = theme
        self.update()

    def set_bars(self, edges: NDArray[np.float64], counts: NDArray[np.float64]) -> None:
        """Show ``counts`` (n,) between ``edges`` (n + 1,)."""
        self.prepareGeometryChange()
        self._edges, self._counts = edges, counts
        self.update()

    def boundingRect(self) -> QRectF:
        """Return the extent of the bars."""
        top = max(float(self._counts.max(initial=0.0)), 1.0)
        return QRectF(self._edges[0], 0.0, self._edges[-1] - self._edges[0], top)

    def paint(self, p: QPainter, *args: Any) -> None:
        """Paint the bars on whole pixels, a pixel apart where there is room."""
        transform = p.worldTransform()
        p.resetTransform()
        base = round(transform.map(QPointF(0.0, 0.0)).y())
        lefts = (self._edges * transform.m11() + transform.dx()).round()
        tops = (self._counts * transform.m22() + transform.dy()).round()
        gap = 1.0 if len(lefts) > 1 and lefts[1] - lefts[0] >= 4.0 else 0.0
        middles = (self._edges[:-1] + self._edges[1:]) / 2.0
        for left, right, top, middle in zip(
            lefts[:-1].tolist(), lefts[1:].tolist(), tops.tolist(), middles.tolist(), strict=True
        ):
            color = self._theme.positive_fill if middle >= 0.0 else self._theme.negative_fill
            height = base - top
            if height > 0.0:
                p.fillRect(QRectF(left, top, max(right - left - gap, 1.0), height), QColor(color))


class HistogramPlot(Plot):
    """Counts of values in bins of equal width."""

    def __init__(
        self,
        title: str = "Gradient histogram",
        x_label: str = "gradient",
        parent: QWidget | None = None,
    ) -> None:
        self._edges: NDArray[np.float64] = np.array([0.0, 1.0])
        self._counts: NDArray[np.float64] = np.zeros(1)
        self._left_out = 0
        self._bars: BarLayer | None = None
        self._view = (1.0, 1.0)
        super().__init__(title, x_label=x_label, parent=parent)
        self._x_name = x_label
        self._bars = BarLayer()
        self.addItem(self._bars, ignoreBounds=True)
        self.setMinimumSize(200, 96)
        self._restyle()
        self._show()

    def set_values(self, values: ArrayLike, bins: int = 41) -> None:
        """Count values, shape (n,), in ``bins`` bins about 0; what is not finite is left out."""
        given = np.asarray(values, dtype=np.float64).ravel()
        finite = given[np.isfinite(given)]
        self._left_out = len(given) - len(finite)
        limit = float(np.abs(finite).max(initial=0.0)) or 1.0
        counts, edges = np.histogram(finite, bins=bins, range=(-limit, limit))
        self.set_counts(edges, counts)

    def set_counts(self, edges: ArrayLike, counts: ArrayLike) -> None:
        """Show ``counts`` (n,) of values between ``edges`` (n + 1,)."""
        self._edges = np.asarray(edges, dtype=np.float64)
        self._counts = np.asarray(counts, dtype=np.float64)
        if self._edges.shape != (len(self._counts) + 1,):
            raise ValueError(f"{len(self._edges)} edges for {len(self._counts)} counts")
        self._show()

    def _show(self) -> None:
        if self._bars is None or self.header is None:
            return
        self._bars.set_bars(self._edges, self._counts)
        limit = float(np.abs(self._edges).max()) or 1.0
        top = max(float(self._counts.max(initial=0.0)), 1.0)
        # The view changes by steps, so that bars move and the axes stand still.
        view = (_stepped(limit, self._view[0]), _stepped(top, self._view[1]))
        self._view = view
        low = -view[0] if self._edges[0] < 0.0 else 0.0
        self.set_view((low, view[0]), (0.0, view[1]))
        total = numbers.count(int(self._counts.sum()))
        self.header.set_entries([Entry(f"{total} values")])
        self.announce()

    def describe(self) -> str:
        """Return the histogram in words."""
        total = int(self._counts.sum())
        said = f"{self.title()}: {numbers.count(total)} values"
        if not total:
            return said + "."
        best = int(np.argmax(self._counts))
        low, high = (numbers.short(float(self._edges[at])) for at in (0, -1))
        here = [numbers.short(float(edge)) for edge in self._edges[best : best + 2]]
        said += f" from {low} to {high}; most ({numbers.count(int(self._counts[best]))})"
        said += f" between {here[0]} and {here[1]}."
        if self._left_out:
            said += f" {numbers.count(self._left_out)} are not finite."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return the edges and counts of the bins."""
        return ["from", "to", "count"], [self._edges[:-1], self._edges[1:], self._counts]

    def hover(self, at: QPointF) -> None:
        """Read out the bin under the cursor."""
        where = self.to_data(at)
        row = -1 if where is None else int(np.searchsorted(self._edges, where.x(), "right")) - 1
        if not 0 <= row < len(self._counts):
            self.unhover()
            return
        low, high = (numbers.short(float(edge), 2) for edge in self._edges[row : row + 2])
        count = numbers.count(int(self._counts[row]))
        self.set_readout(f"{low} to {high}: {count}")

    def _restyle(self) -> None:
        if self._bars is not None:
            self._bars.set_theme(self.theme)
        super()._restyle()


def _stepped(need: float, now: float) -> float:
    """Return a round limit of at least ``need``; ``now`` while that fills more than half of it."""
    if 0.5 * now <= need <= now:
        return now
    step = numbers.nice_step(need * 1.05, 5)
    return float(np.ceil(need * 1.02 / step - 1e-9) * step)
