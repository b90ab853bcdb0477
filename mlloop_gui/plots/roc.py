"""ROC, precision-recall and cost: one threshold on three curves."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtCore import QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers
from mlloop_gui.plots.graph import Floats, Graph, GraphLine, GraphMark, covering, nearest

NOW, CHEAPEST, CHANCE = "now", "cheapest", "chance"
_MOVES = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class RateCurve(Graph):
    """One rate against another as the threshold moves: now a disc, least cost a diamond.

    Signals
    -------
    picked : float
        The threshold of the point that was clicked, or stepped to with Left and Right.
    """

    own_keys = _MOVES

    picked = Signal(float)

    def __init__(self, title: str, x_name: str, y_name: str, parent: QWidget | None = None) -> None:
        self._thresholds: Floats = np.empty(0)
        self._area, self._name = float("nan"), ""
        super().__init__(title, x_name, y_name, parent)
        self.refresh()

    def set_curve(
        self,
        x: ArrayLike,
        y: ArrayLike,
        thresholds: ArrayLike,
        chance: tuple[float, float],
        area: float,
        name: str,
    ) -> None:
        """Show a curve.

        Parameters
        ----------
        x, y, thresholds : arrays, shape (n,)
            Rates at each threshold, from the highest threshold to the lowest.
        chance : tuple of float
            What guessing reaches at the left and right end.
        area : float
            Under the curve.
        name : str
            What the area is called.
        """
        self._thresholds = np.asarray(thresholds, np.float64)
        across, up = np.asarray(x, np.float64), np.asarray(y, np.float64)
        if not across.shape == up.shape == self._thresholds.shape:
            raise ValueError("rates and thresholds have different lengths")
        self._area, self._name = area, name
        lines = []
        if len(across):
            lines = [
                GraphLine("", across, up),
                GraphLine(CHANCE, np.array([0.0, 1.0]), np.array(chance), "muted", (4.0, 3.0)),
            ]
        self.set_content(lines, self.marks, (0.0, 1.0), (0.0, 1.0))

    def title_text(self) -> str:
        """Return the title and the area under the curve."""
        if not np.isfinite(self._area):
            return self._title
        return f"{self._title}, {self._name} {numbers.fixed(self._area, 3)}"

    def nothing(self) -> str:
        """Return that both kinds of samples are needed."""
        return "" if self.lines else "needs samples of both kinds"

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return thresholds and rates."""
        headers, columns = super().as_table()
        return ["threshold", *headers[:2]], [self._thresholds, *columns[:2]]

    def place_at(self, at: QPointF) -> int | None:
        """Return the point of the curve nearest to a pixel."""
        if not self.lines:
            return None
        return nearest(self.pixels(self.lines[0].x, self.lines[0].y), at, 40.0)

    def tip(self, at: QPointF) -> str:
        """Return the point under the cursor with its threshold."""
        place = self.place_at(at)
        if place is None:
            return ""
        line = self.lines[0]
        x, y, t = (float(values[place]) for values in (line.x, line.y, self._thresholds))
        return (
            f"threshold {numbers.short(t)}: {self.x_name} {numbers.short(x)},"
            f" {self.y_name} {numbers.short(y)}"
        )

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the threshold of the point under the cursor."""
        place = self.place_at(event.position())
        if place is None or event.button() != Qt.MouseButton.LeftButton:
            super().mousePressEvent(event)
            return
        self._pick(place)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Step to the next point of the curve with Left and Right."""
        key = Qt.Key(event.key())
        now = next((mark for mark in self.marks if mark.name == NOW), None)
        if key not in _MOVES or now is None or not self.lines:
            super().keyPressEvent(event)
            return
        line = self.lines[0]
        here = np.hypot(line.x - now.x, line.y - now.y)
        # Of points in one place, the last one is left to the right and the first to the left.
        forward = _MOVES[key] > 0
        place = len(here) - 1 - int(here[::-1].argmin()) if forward else int(here.argmin())
        self._pick(min(max(place + _MOVES[key], 0), len(here) - 1))

    def _pick(self, place: int) -> None:
        if np.isfinite(self._thresholds[place]):
            self.picked.emit(float(self._thresholds[place]))


def roc_plot(parent: QWidget | None = None) -> RateCurve:
    """Return the plot of found ones against false alarms."""
    made = RateCurve("ROC", "false alarm rate", "found", parent)
    made.setObjectName("plot.roc")
    return made


def precision_recall_plot(parent: QWidget | None = None) -> RateCurve:
    """Return the plot of precision against recall."""
    made = RateCurve("Precision", "found (recall)", "precision", parent)
    made.setObjectName("plot.precision_recall")
    return made


class CostCurvePlot(Graph):
    """What mistakes cost at each threshold; a click takes a threshold.

    Signals
    -------
    picked : float
    """

    picked = Signal(float)

    def __init__(self, title: str = "Cost", parent: QWidget | None = None) -> None:
        super().__init__(title, "threshold", "cost a sample", parent)
        self.setObjectName("plot.cost")
        self.refresh()

    def set_costs(self, thresholds: ArrayLike, costs: ArrayLike, span: tuple[float, float]) -> None:
        """Show costs (n,) at rising thresholds (n,), over the range that the slider has."""
        x, y = np.asarray(thresholds, np.float64), np.asarray(costs, np.float64)
        lines = [GraphLine("", x, y)] if len(x) else []
        high = covering(y, 0.15)[1] if len(x) else 1.0
        self.set_content(lines, self.marks, span, (0.0, high if high > 0.0 else 1.0))

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Take the threshold under the cursor."""
        if event.button() != Qt.MouseButton.LeftButton or not self.lines:
            super().mousePressEvent(event)
            return
        if self.area().adjusted(-4.0, 0.0, 4.0, 0.0).contains(event.position()):
            self.picked.emit(self.x_at(event.position()))


def marks_at(
    now: tuple[float, float] | None, cheapest: tuple[float, float] | None
) -> list[GraphMark]:
    """Return the two marks of a curve."""
    marks = [] if now is None else [GraphMark(NOW, *now)]
    return marks if cheapest is None else [*marks, GraphMark(CHEAPEST, *cheapest, "diamond")]
