"""Stage 9 for numbers: what is left between truth and prediction, and whether it is noise."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.unseen import looked_at, no_numbers
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.histogram import HistogramPlot
from mlloop_gui.plots.residual_plot import ResidualPlot, level, slope
from mlloop_gui.theme import current_scale, font_px

_SIDE = 270
_BINS = 31
#: From here on the mean is worth a word, in standard errors of it.
_LEANS = 3.0
#: Below this the points of a normal law are hardly ever, with as many samples as there are here.
_STRAIGHT = 0.98


class ResidualsFace(Face):
    """Residual against prediction, how they are spread, and beside the normal law."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "residuals"
    title: ClassVar[str] = "Residuals"
    tip: ClassVar[str] = "Truth minus prediction: against the prediction, and how it is spread"
    lens: ClassVar[str] = "residuals"

    def unfit(self, moment: Moment) -> str:
        """Return why classes have no residuals."""
        return no_numbers(moment)

    def build(self) -> None:
        """Make the three pictures, the numbers and the sentence."""
        self.plot = ResidualPlot("Residual against prediction")
        self.plot.picked.connect(self._pick)
        self.histogram = HistogramPlot("How they are spread", "residual")
        self.law = ResidualPlot("Beside the normal law", "standard deviations", "residual")
        self.law.setObjectName("plot.normal_law")
        self.law.picked.connect(self._pick_ordered)
        self.facts = Facts()
        self.words = QLabel()
        self.words.setObjectName("face.residuals.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(14)
        row.addWidget(self.plot, 5)
        row.addWidget(self.histogram, 4)
        row.addWidget(self.law, 4)
        side = QVBoxLayout()
        side.addWidget(self.facts)
        self._scrolled = Scrolled(self.words)
        side.addWidget(self._scrolled, 1)
        row.addLayout(side)
        self.register(self.plot, self.histogram, self.law, self.facts)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the residuals at the parameters as they are."""
        x, y, rows = arrays["predicted"], arrays["residual"], arrays["rows"]
        names = [numbers.count(row) for row in arrays["source_rows"].tolist()]
        at = np.flatnonzero(rows == moment.sample)
        chosen = int(at[0]) if len(at) else None
        lines = [level(0.0, x)]
        if "rmse" in arrays:
            rmse = float(arrays["rmse"])
            lines += [level(rmse, x, "± RMSE", True), level(-rmse, x, "", True)]
        self.plot.set_residuals(x, y, names, chosen, lines)
        self.histogram.set_values(y, _BINS)
        self._order = np.argsort(y, kind="stable")
        if "normal" in arrays:
            line = slope(float(arrays["intercept"]), float(arrays["slope"]), arrays["normal"],
                         "normal law")  # fmt: skip
            ranked = None if chosen is None else int(np.flatnonzero(self._order == chosen)[0])
            ordered = [names[place] for place in self._order.tolist()]
            self.law.set_residuals(arrays["normal"], arrays["ordered"], ordered, ranked, [line])
        else:
            self.law.set_residuals([], [], [], None, [])
        unit = moment.problem.dataset.target_unit
        self.facts.set_facts(account(arrays, unit))
        self.words.setText(sentence(arrays))
        self.words.setToolTip(self.words.text())

    @Slot(int)
    def _pick(self, place: int) -> None:
        self.pick(self.arrays["rows"], place)

    @Slot(int)
    def _pick_ordered(self, place: int) -> None:
        self.pick(self.arrays["rows"], int(self._order[place]))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self._scrolled.setFixedWidth(round(_SIDE * current_scale()))
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px('small')}px;")


def account(arrays: Arrays, unit: str) -> list[Fact]:
    """Return the typical miss, the lean and the share explained."""
    told = (
        ("typical miss (RMSE)", "rmse", unit, True),
        ("mean residual", "mean", unit, False),
        ("R²", "r2", "", False),
        ("fit to the normal law", "correlation", "", False),
    )
    facts = []
    for name, key, of, strong in told:
        if key in arrays:
            value = float(arrays[key])
            facts.append(Fact.of(name, value, f"{numbers.short(value)} {of}".strip(), strong))
    return facts


def sentence(arrays: Arrays) -> str:
    """Return what the residuals have in them that the model could still learn."""
    if "rmse" not in arrays:
        return "There is nothing to look at: the part is empty, or no prediction is finite."
    said = f"Looked at: {looked_at(arrays)}. "
    if "deviation" not in arrays:
        return said + "Too few to tell noise from structure, or all alike."
    mean, deviation = float(arrays["mean"]), float(arrays["deviation"])
    leans = abs(mean) > _LEANS * deviation / np.sqrt(len(arrays["residual"]))
    straight = float(arrays["correlation"]) >= _STRAIGHT
    if leans:
        side = "below" if mean > 0.0 else "above"
        said += f"Predictions lie {side} the truth on average, which a bias could mend. "
    said += "The residuals are spread like normal noise. " if straight else (
        "The residuals are not spread like normal noise: a few large ones, or a lean. "
    )  # fmt: skip
    return said + "A bow or a funnel in the left picture is structure that the model has missed."
