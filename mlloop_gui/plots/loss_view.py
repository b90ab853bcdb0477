"""The loss of one sample against the prediction: where the sample stands on the curve."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from PySide6.QtWidgets import QWidget

from mlloop_gui.plots import numbers, ranges
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.header import Entry


class LossCurveView(CurvePlot):
    """Loss against prediction for the sample's truth, the sample's point marked."""

    def __init__(self, title: str = "Loss of one sample", parent: QWidget | None = None) -> None:
        self._point: tuple[float, float] | None = None
        super().__init__(title, x_label="prediction", y_label="loss", parent=parent)

    def set_curve(
        self, prediction: ArrayLike, loss: ArrayLike, x_label: str = "prediction"
    ) -> None:
        """Show the loss (n,) at predictions (n,), which rise."""
        self._x_name = x_label
        self.x_axis.end_text = x_label
        self._range_x = self._range_y = None
        self.set_series("loss", prediction, loss, "train")
        self.x_axis.redraw()

    def set_sample(self, prediction: float, loss: float, text: str = "") -> None:
        """Mark the sample at its prediction and loss."""
        self._point = (float(prediction), float(loss))
        self.set_dots([(prediction, loss, text or f"loss {numbers.short(loss)}")])
        self.announce()

    def _entries(self) -> list[Entry]:
        return []

    def x_limits(self) -> ranges.Range:
        """Return the range of the predictions."""
        line = self._series.get("loss")
        x = line.x if line is not None else np.empty(0)
        finite = x[np.abs(x) <= ranges.FARTHEST]
        if not len(finite) or finite.min() == finite.max():
            return 0.0, 1.0
        return float(finite.min()), float(finite.max())

    def describe(self) -> str:
        """Return the curve and the sample's point in words."""
        line = self._series.get("loss")
        said = f"{self.title()}: loss against {self._x_name}."
        if line is not None and len(line.x):
            ends = [
                f"{numbers.short(float(line.y[at]))} at {numbers.short(float(line.x[at]))}"
                for at in (0, -1)
            ]
            said += f" From {ends[0]} to {ends[1]}."
        if self._point is not None:
            x, y = (numbers.short(value) for value in self._point)
            said += f" The sample is at {x} with loss {y}."
        return said
