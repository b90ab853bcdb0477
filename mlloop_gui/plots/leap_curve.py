"""The loss along one step's direction, and the straight line that its gradient promised."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers, ranges
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.header import Entry

BATCH, PROMISE, WHOLE = "batch", "promised", "training part"


class LeapCurve(CurvePlot):
    """The truth solid, the promise in the accent, the training part dashed.

    The truth sets the range; a promise that falls out of it leaves at the bottom.
    """

    def __init__(self, title: str = "The way of one step", parent: QWidget | None = None) -> None:
        self._reach = 1000.0
        self._truth: NDArray[np.float64] = np.empty((0, 2))
        super().__init__(title, x_label="length in steps", y_label="loss", parent=parent)
        self.setObjectName("plot.leap")

    def set_curves(
        self,
        scale: ArrayLike,
        batch: ArrayLike,
        promise: ArrayLike,
        whole: ArrayLike,
        reach: float,
    ) -> None:
        """Show losses (points,) at ``scale`` times the step, as far as ``reach``."""
        s = np.asarray(scale, np.float64)
        self._reach = float(reach)
        self._truth = np.column_stack([s, np.asarray(batch, np.float64), whole])
        self._range_x = self._range_y = None
        with self.together():
            self.set_series(BATCH, s, batch, "train")
            self.set_series(WHOLE, s, whole, "validation")
            self.set_series(PROMISE, s, promise, "accent")
            self._dots = ((0.0, float(self._truth[0, 1]), ""),)

    def x_limits(self) -> ranges.Range:
        """Return the range of lengths."""
        return 0.0, self._reach

    def _fit(self) -> None:
        if not len(self._truth):
            super()._fit()
            return
        seen = self._truth[self._truth[:, 0] <= self._reach * (1.0 + 1e-9), 1:]
        seen = seen[np.isfinite(seen) & (np.abs(seen) < ranges.FARTHEST)]
        low, high = (float(seen.min()), float(seen.max())) if len(seen) else (0.0, 1.0)
        room = 0.12 * ((high - low) or abs(high) or 1.0)
        across, up = self.x_limits(), (low - 2.0 * room, high + room)
        if (across, up) != (self._range_x, self._range_y) and self._overlay is not None:
            self._range_x, self._range_y = across, up
            self.set_view(across, up)
            self._overlay.set_rect(self.box.viewRect())

    def _entries(self) -> list[Entry]:
        # The values at the far end say nothing of the stretch in view.
        return [replace(entry, value="") for entry in super()._entries()]

    def describe(self) -> str:
        """Return the curves in words."""
        if not len(self._truth):
            return f"{self.title()}: nothing yet."
        promise = self._series[PROMISE].y
        said = f"{self.title()}: the batch's loss at so many times the step, and its promise."
        for at in (0, 1, len(self._truth) - 1):
            steps = numbers.place(float(self._truth[at, 0]))
            truth, told, whole = (
                numbers.short(float(value))
                for value in (self._truth[at, 1], promise[at], self._truth[at, 2])
            )
            said += f" {steps} steps: {truth}, promised {told}, training part {whole}."
        return said

    def as_table(self) -> tuple[list[str], list[Any]]:
        """Return one row a length."""
        return ["steps", BATCH, PROMISE, WHOLE], [
            self._truth[:, 0], self._truth[:, 1], self._series[PROMISE].y, self._truth[:, 2]
        ] if len(self._truth) else [[], [], [], []]  # fmt: skip
