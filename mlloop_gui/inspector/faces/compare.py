"""Stage 4 by its curves: the sample on the chosen loss beside others, and the batch's worst."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout

from core.losses import LOSSES
from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.loss_compare import LossCompare, LossKeys, LossLine
from mlloop_gui.plots.sorted_losses import SortedLosses


class CompareFace(Face):
    """Every loss that fits the target against one score; the batch's losses, worst first."""

    stage: ClassVar[Stage] = Stage.LOSS
    key: ClassVar[str] = "compare"
    title: ClassVar[str] = "Loss curves"
    tip: ClassVar[str] = "The sample on the loss's curve beside other losses; the batch's worst"
    lens: ClassVar[str] = "losses"

    def build(self) -> None:
        """Make the curves, their prices and the sorted batch."""
        self.curves = LossCompare()
        self.keys = LossKeys()
        self.sorted = SortedLosses()
        self.sorted.picked.connect(self._pick)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.curves, 5)
        row.addWidget(self.keys)
        row.addWidget(self.sorted, 5)
        self.register(self.curves, self.keys, self.sorted)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the sample's prices and the batch's."""
        lines = loss_lines(arrays, moment.loss.name)
        classes = moment.problem.classes
        name = moment.problem.dataset.target_name
        label = "score" if classes else f"prediction of {name}, scaled"
        if classes and moment.problem.outputs > 1:
            label = "score of the true class"
        self.curves.set_lines(arrays["score"], lines, float(arrays["sample_score"]), label)
        slope = numbers.short(float(arrays["slope"]))
        self.keys.set_lines(lines, f"Slope here: {slope}.\nIt is what goes back.")
        places = arrays["sorted_places"]
        chosen = np.flatnonzero(arrays["sorted_rows"] == moment.sample)
        self.sorted.set_losses(
            arrays["sorted_prices"],
            arrays["cumulative_share"],
            [str(place + 1) for place in places.tolist()],
            arrays.get("sorted_right"),
            int(chosen[0]) if len(chosen) else None,
        )

    def _pick(self, place: int) -> None:
        self.pick(self.arrays["sorted_rows"], place)


def loss_lines(arrays: Arrays, chosen: str) -> list[LossLine]:
    """Return the curves of a lens, the loss in force first."""
    names = [key.removeprefix("curve_") for key in arrays if key.startswith("curve_")]
    names.sort(key=lambda name: name != chosen)
    return [
        LossLine(
            LOSSES[name].label,
            arrays[f"curve_{name}"],
            float(arrays[f"price_{name}"]),
            name == chosen,
        )
        for name in names
    ]
