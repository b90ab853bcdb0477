"""Stage 9 as a promise: does what is called 70 % sure come true seven times in ten?"""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.unseen import looked_at, no_classes
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.reliability import ReliabilityPlot
from mlloop_gui.theme import current_scale, font_px

_SIDE = 320
_NO_CHANCE = (
    "The loss in force ({}) makes scores that are no probabilities, so there is no promise to"
    " hold it to. Choose a cross-entropy to see calibration."
)


class CalibrationFace(Face):
    """The reliability curve with its counts, two numbers for it, and one sentence."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "calibration"
    title: ClassVar[str] = "Calibration"
    tip: ClassVar[str] = "Whether what the model calls likely comes true as often"
    lens: ClassVar[str] = "calibration"

    def unfit(self, moment: Moment) -> str:
        """Return why this task has no calibration."""
        if moment.problem.classes and moment.problem.loss.link is None:
            return _NO_CHANCE.format(moment.problem.loss.label)
        return no_classes(moment, "probability that could come true")

    def build(self) -> None:
        """Make the curve, the numbers and the sentence."""
        self.plot = ReliabilityPlot()
        self.facts = Facts()
        self.words = QLabel()
        self.words.setObjectName("face.calibration.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        row.addWidget(self.plot, 1)
        side = QVBoxLayout()
        side.addWidget(self.facts)
        self._scrolled = Scrolled(self.words)
        side.addWidget(self._scrolled, 1)
        row.addLayout(side)
        self.register(self.plot, self.facts)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the reliability at the parameters as they are."""
        if "counts" not in arrays:
            return  # of the loss before; the next frame has what fits
        names = moment.problem.dataset.class_names
        two = int(arrays["classes"]) == 2
        about = f"of “{names[1]}”" if two else "of the likeliest class"
        self.plot.set_title(f"Reliability {about}")
        columns = ("left", "right", "counts", "said", "came_true", "low", "high")
        self.plot.set_bins(*(arrays[name] for name in columns))
        self.facts.set_facts(account(arrays))
        self.words.setText(sentence(arrays))
        self.words.setToolTip(self.words.text())

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self._scrolled.setFixedWidth(round(_SIDE * current_scale()))
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px()}px;")


def account(arrays: Arrays) -> list[Fact]:
    """Return the calibration error, the Brier score and the two shares."""
    if "brier" not in arrays:
        return []
    gap, brier = float(arrays["calibration_error"]), float(arrays["brier"])
    sure, right = float(arrays["sure"]), float(arrays["right_share"])
    return [
        Fact.of("calibration error (ECE)", gap, numbers.fixed(gap, 3), strong=True),
        Fact.of("Brier score", brier, numbers.fixed(brier, 3)),
        Fact.of("how sure it is, on average", sure, numbers.percent(sure)),
        Fact.of("how often it is right", right, numbers.percent(right)),
    ]


def sentence(arrays: Arrays) -> str:
    """Return whether the model is over- or underconfident, as far as the samples can tell."""
    if "brier" not in arrays:
        return "There is nothing to look at: the part is empty, or no probability is finite."
    sure, right = float(arrays["sure"]), float(arrays["right_share"])
    low, high = arrays["right_interval"].tolist()
    shares = f"{numbers.percent(sure, 0)} sure on average and right {numbers.percent(right, 0)}"
    said = f"On {looked_at(arrays)} it is {shares} of the time: "
    if sure > high:
        said += "it is overconfident. Training on and on makes large weights, which sound sure."
    elif sure < low:
        said += "it is underconfident. More training, or less regularization, makes it surer."
    else:
        said += (
            "neither over- nor underconfident, as far as so many samples can tell"
            f" ({numbers.percent(low, 0)} to {numbers.percent(high, 0)})."
        )
    return said
