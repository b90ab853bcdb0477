"""What is left between truth and prediction: against the prediction, and against the normal law."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtCore import QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPen
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.graph import Floats, Graph, GraphLine, covering, nearest

_REACH = 14.0
_MOST = 2000
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}
_KEYS = (*_MOVES, Qt.Key.Key_Home, Qt.Key.Key_End)


class ResidualPlot(Graph):
    """A dot a sample, a line at 0, dashed ones one RMSE above and below; the one in hand ringed.

    Signals
    -------
    picked : int
        A place in the arrays.
    """

    own_keys = _KEYS

    picked = Signal(int)

    def __init__(
        self,
        title: str = "Residuals",
        x_name: str = "prediction",
        y_name: str = "truth − prediction",
        parent: QWidget | None = None,
    ) -> None:
        self._x: Floats = np.empty(0)
        self._y: Floats = np.empty(0)
        self._names: Sequence[str] = ()
        self._chosen: int | None = None
        self._shown: NDArray[np.intp] = np.empty(0, np.intp)
        super().__init__(title, x_name, y_name, parent)
        self.setObjectName("plot.residuals")
        self.refresh()

    def set_residuals(
        self,
        x: ArrayLike,
        y: ArrayLike,
        names: Sequence[str],
        chosen: int | None,
        lines: Sequence[GraphLine],
    ) -> None:
        """Show dots.

        Parameters
        ----------
        x, y : arrays, shape (n,)
        names : sequence of str
            What each sample is called.
        chosen : int or None
            The place of the sample in hand.
        lines : sequence of GraphLine
            Their y belongs to the picture; see `level` and `slope`.
        """
        self._x, self._y = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if not len(self._x) == len(self._y) == len(names):
            raise ValueError("predictions, residuals and names have different lengths")
        self._names, self._chosen = names, chosen
        good = np.flatnonzero(np.isfinite(self._x) & np.isfinite(self._y))
        if len(good) > _MOST:
            # The largest are what the eye looks for; of the rest an even choice.
            order = good[np.argsort(-np.abs(self._y[good]), kind="stable")]
            rest = order[_MOST // 2 :]
            good = np.concatenate([order[: _MOST // 2], rest[:: -(-len(rest) // (_MOST // 2))]])
        self._shown = good
        across = covering(self._x[good])
        up = covering(np.concatenate([self._y[good], *(line.y for line in lines)]), 0.12)
        self.set_content(lines, (), across, up)

    def nothing(self) -> str:
        """Return that there are no residuals."""
        return "" if len(self._shown) else "no finite predictions"

    def describe(self) -> str:
        """Return the dots in words."""
        said = f"{self.title_text()}: {self.y_name} against {self.x_name}."
        if self.nothing():
            return f"{said} {self.nothing()}."
        y = self._y[self._shown]
        low, high = numbers.short(float(y.min())), numbers.short(float(y.max()))
        said += f" {numbers.count(len(self._x))} samples, from {low} to {high}."
        if len(self._shown) < len(self._x):
            said += f" {numbers.count(len(self._shown))} of them are drawn."
        return said if self._chosen is None else f"{said} In hand: {self._words(self._chosen)}."

    def _words(self, at: int) -> str:
        x, y = numbers.short(float(self._x[at])), numbers.short(float(self._y[at]))
        return f"sample {self._names[at]}: {self.x_name} {x}, {self.y_name} {y}"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return both coordinates."""
        return [self.x_name, self.y_name], [self._x, self._y]

    def row_names(self) -> list[str] | None:
        """Return the samples' names."""
        return list(self._names)

    def tip(self, at: QPointF) -> str:
        """Return the sample under the cursor."""
        place = self.place_at(at)
        return "" if place is None else self._words(place)

    def place_at(self, at: QPointF) -> int | None:
        """Return the sample nearest to a pixel, None if none is within reach."""
        shown = self._shown
        found = nearest(self.pixels(self._x[shown], self._y[shown]), at, _REACH)
        return None if found is None else int(shown[found])

    def draw_under(self, painter: QPainter, area: QRectF) -> None:
        """Paint the dots."""
        shown = self._shown
        size = 2.6 if len(shown) <= 300 else 1.7
        painter.setPen(QPen(QColor(self.theme.paper), 0.6))
        color = QColor(self.theme.text)
        color.setAlpha(190 if len(shown) <= 300 else 120)
        painter.setBrush(color)
        for x, y in self.pixels(self._x[shown], self._y[shown]).tolist():
            painter.drawEllipse(QPointF(x, y), size, size)
        at = self._chosen
        if at is not None and np.isfinite([self._x[at], self._y[at]]).all():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(QColor(self.theme.accent), 2.2))
            painter.drawEllipse(self.pixel(float(self._x[at]), float(self._y[at])), 6.5, 6.5)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Pick the sample under the cursor."""
        place = self.place_at(event.position())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self.picked.emit(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Pick the next sample to the left or right, the ends with Home and End."""
        key = Qt.Key(event.key())
        if not len(self._shown) or key not in _KEYS:
            super().keyPressEvent(event)
            return
        order = self._shown[np.argsort(self._x[self._shown], kind="stable")]
        if key in _MOVES:
            now = np.flatnonzero(order == self._chosen)
            place = int(now[0]) + _MOVES[key] if len(now) else 0
        else:
            place = 0 if key == Qt.Key.Key_Home else len(order) - 1
        self.picked.emit(int(order[min(max(place, 0), len(order) - 1)]))


def level(y: float, x: ArrayLike, name: str = "", dashed: bool = False) -> GraphLine:
    """Return a level line under all of x."""
    across = np.array(covering(x))
    dashes = (5.0, 3.0) if dashed else ()
    return GraphLine(name, across, np.full(2, float(y)), "accent" if dashed else "muted", dashes)


def slope(center: float, steepness: float, x: ArrayLike, name: str = "") -> GraphLine:
    """Return the line center + steepness x under all of x, dashed."""
    across = np.array(covering(x))
    return GraphLine(name, across, center + steepness * across, "accent", (5.0, 3.0))
