"""Stage 9 as a decision: from which score on the answer is yes, and what its errors cost."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QDoubleSpinBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QVBoxLayout,
)

from core.evaluation.threshold import CostCurve, Counts, cost_curve, counts_at
from core.explain.case import Asked
from core.stages import Stage
from mlloop_gui.inspector.base import Choice, Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.slider_field import SliderField
from mlloop_gui.inspector.faces.unseen import looked_at, no_classes
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.graph import covering
from mlloop_gui.plots.roc import CostCurvePlot, marks_at, precision_recall_plot, roc_plot
from mlloop_gui.theme import current_scale, font_px

if TYPE_CHECKING:
    from PySide6.QtWidgets import QWidget

    from mlloop_gui.session import Session

MOST_COST = 1000.0
_SIDE, _FIELD = (190, 290), 84


class ThresholdFace(Face):
    """ROC, precision-recall and cost of one class against the rest, at a threshold in hand."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "threshold"
    title: ClassVar[str] = "Threshold"
    tip: ClassVar[str] = "From which score on the answer is yes: ROC, precision, recall and costs"
    lens: ClassVar[str] = "threshold"

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(session, choice, parent)
        self._chosen: float | None = None
        self._chance: bool | None = None
        self.counts: Counts | None = None
        self.costs: CostCurve | None = None

    def unfit(self, moment: Moment) -> str:
        """Return why numbers have no threshold."""
        return no_classes(moment, "threshold to choose")

    def build(self) -> None:
        """Make the curves, the slider, the costs, the counts and the sentence."""
        self.roc, self.precision = roc_plot(), precision_recall_plot()
        self.cost = CostCurvePlot()
        for plot in (self.roc, self.precision, self.cost):
            plot.picked.connect(self._choose)
        self.slider = SliderField("", "threshold: from here on the answer is yes",
                                  "face.threshold.threshold", decimals=3)  # fmt: skip
        self.slider.changed.connect(self._choose)
        self.kinds = QComboBox()
        self.kinds.setObjectName("face.threshold.class")
        self.kinds.setAccessibleName("class looked for")
        self.kinds.setToolTip("The class that is looked for, against all the others")
        self.kinds.setMinimumContentsLength(6)
        self.kinds.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kinds.currentIndexChanged.connect(self._ask)
        self.alarm = self._cost_field("alarm", "what a false alarm costs")
        self.miss = self._cost_field("miss", "what a miss costs")
        self.take = QPushButton("Take the cheapest")
        self.take.setObjectName("face.threshold.take")
        self.take.setToolTip("Put the threshold where mistakes cost least on these samples")
        self.take.clicked.connect(self._take_cheapest)
        self.facts = Facts()
        self.words = QLabel()
        self.words.setObjectName("face.threshold.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._lay_out()
        self.register(self.roc, self.precision, self.cost, self.facts)

    def _cost_field(self, key: str, what: str) -> QDoubleSpinBox:
        field = QDoubleSpinBox()
        field.setObjectName(f"face.threshold.{key}")
        field.setAccessibleName(what)
        field.setToolTip(f"{what[0].upper()}{what[1:]}, in any unit")
        field.setRange(0.0, MOST_COST)
        field.setDecimals(1)
        field.setValue(1.0)
        field.setMaximumWidth(round(_FIELD * current_scale()))
        field.setKeyboardTracking(False)
        field.valueChanged.connect(self._show)
        return field

    def _lay_out(self) -> None:
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(9)
        row.addWidget(self.roc, 4)
        row.addWidget(self.precision, 4)
        middle = QVBoxLayout()
        middle.setSpacing(2)
        middle.addWidget(self.cost, 1)
        middle.addWidget(self.slider)
        row.addLayout(middle, 5)
        grid = QGridLayout()
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(3)
        self._labels = []
        for line, (text, field) in enumerate(
            (("Look for", self.kinds), ("A false alarm costs", self.alarm),
             ("A miss costs", self.miss))
        ):  # fmt: skip
            label = QLabel(text)
            label.setBuddy(field)
            self._labels.append(label)
            grid.addWidget(label, line, 0)
            grid.addWidget(field, line, 1)
        grid.addWidget(self.take, 3, 0, 1, 2)
        grid.setRowStretch(4, 1)
        grid.setColumnStretch(1, 1)
        row.addLayout(grid)
        side = QVBoxLayout()
        side.setSpacing(4)
        side.addWidget(self.facts)
        self._scrolled = Scrolled(self.words)
        side.addWidget(self._scrolled, 1)
        row.addLayout(side)

    # Showing

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the curves of the class in hand at the parameters as they are."""
        names, kind = moment.problem.dataset.class_names, int(arrays["kind"])
        with QSignalBlocker(self.kinds):
            if [self.kinds.itemText(k) for k in range(self.kinds.count())] != list(names):
                self.kinds.clear()
                self.kinds.addItems(list(names))
                self.ask(None)
            if self.session.view.asked.kind in (None, kind):
                self.kinds.setCurrentIndex(kind)
        chance = bool(arrays["chance"])
        if chance is not self._chance:
            self._chance, self._chosen = chance, None
        threshold = self.threshold()
        ends = (0.0, 1.0)
        if not chance:
            ends = covering(np.append(arrays["scores"], [threshold, 0.0]), 0.02)
        self.slider.set_range(*ends)
        both = "roc_area" in arrays
        nothing, none = np.empty(0), float("nan")
        base = float(arrays["positive"].mean()) if both else 0.0
        self.roc.set_curve(
            arrays.get("false_alarm_rate", nothing), arrays.get("found_rate", nothing),
            arrays.get("roc_thresholds", nothing), (0.0, 1.0),
            float(arrays.get("roc_area", none)), "area",
        )  # fmt: skip
        self.precision.set_curve(
            arrays.get("recall", nothing), arrays.get("precision", nothing),
            arrays.get("recall_thresholds", nothing), (base, base),
            float(arrays.get("average_precision", none)), "mean",
        )  # fmt: skip
        self._show()

    def threshold(self) -> float:
        """Return the threshold in hand: the model's own until another is chosen."""
        return float(self.arrays["present"]) if self._chosen is None else self._chosen

    def _show(self) -> None:
        """Show counts and costs at the threshold in hand; nothing here needs the model."""
        if self.moment is None or "scores" not in self.arrays:
            return
        arrays, threshold = self.arrays, self.threshold()
        scores, positive = arrays["scores"], arrays["positive"]
        self.slider.set_number(threshold)
        self.counts, self.costs = counts_at(positive, scores, threshold), None
        alarm, miss = self.alarm.value(), self.miss.value()
        if len(scores) and alarm + miss > 0.0:
            self.costs = cost_curve(positive, scores, alarm, miss)
        self._mark(threshold)
        self.take.setEnabled(self.costs is not None)
        name = self.moment.problem.dataset.class_names[int(arrays["kind"])]
        self.facts.set_facts(account(self.counts, self.costs, alarm, miss))
        self.words.setText(sentence(arrays, name, self.counts, self.costs, threshold))
        self.words.setToolTip(self.words.text())

    def _mark(self, threshold: float) -> None:
        """Mark now and the cheapest on all three curves."""
        counts, costs = self.counts, self.costs
        best = None if costs is None else costs.counts
        for plot, place in ((self.roc, rates), (self.precision, precision_at)):
            now = None if counts is None else place(counts)
            plot.set_marks(marks_at(now, None if best is None else place(best)))
        if costs is None or counts is None:
            self.cost.set_costs([], [], (0.0, 1.0))
            return
        ends = self.slider.ends()
        x, y = steps(costs, ends)
        self.cost.set_costs(x, y, ends)
        cost = counts.cost(self.alarm.value(), self.miss.value())
        self.cost.set_marks(marks_at((threshold, cost), (min(costs.best, ends[1]), costs.least)))

    # Changing

    @Slot(float)
    def _choose(self, threshold: float) -> None:
        self._chosen = threshold
        self._show()

    @Slot()
    def _take_cheapest(self) -> None:
        if self.costs is not None:
            # Nothing called positive is a threshold too: just above every score.
            above = float(np.nextafter(self.arrays["scores"][0], np.inf))
            self._choose(min(self.costs.best, above))

    @Slot(int)
    def _ask(self, kind: int) -> None:
        """Ask for another class; a threshold of scores does not carry over to it."""
        if not self._chance:
            self._chosen = None
        self.ask(kind)

    def ask(self, kind: int | None) -> None:
        """Have the lens look for a class."""
        self.session.show(asked=Asked(kind, self.session.view.asked.shift))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        if self._built:
            self._share_width()

    def _share_width(self) -> None:
        """Give the words their share of the width; in a narrow window they are scrolled."""
        least, most = (round(end * current_scale()) for end in _SIDE)
        self._scrolled.setFixedWidth(min(max(round(0.24 * self.width()), least), most))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            small = f"color: {self.theme.muted}; font-size: {font_px('small')}px;"
            for label in self._labels:
                label.setStyleSheet(small)
            self._share_width()
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px('small')}px;")


def rates(counts: Counts) -> tuple[float, float]:
    """Return the point of the ROC curve."""
    wrong, right = counts.false_positives, counts.true_positives
    others, own = wrong + counts.true_negatives, right + counts.false_negatives
    return (wrong / others if others else np.nan, right / own if own else np.nan)


def precision_at(counts: Counts) -> tuple[float, float]:
    """Return recall and precision; calling nothing positive makes no mistake."""
    right, called = counts.true_positives, counts.true_positives + counts.false_positives
    own = right + counts.false_negatives
    return (right / own if own else np.nan, right / called if called else 1.0)


def steps(costs: CostCurve, ends: tuple[float, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return the curve of the cost from the lowest threshold to the highest, level between scores.

    A threshold between two scores calls as many positive as the upper one of them.
    """
    x, y = costs.thresholds[:0:-1], costs.costs[::-1]
    low, high = min(ends[0], float(x[0])), max(ends[1], float(x[-1]))
    return np.concatenate([[low], np.repeat(x, 2), [high]]), np.repeat(y, 2)


def account(counts: Counts, costs: CostCurve | None, alarm: float, miss: float) -> list[Fact]:
    """Return the four counts, the cost and the least cost."""
    facts = [
        Fact("found, missed", pair(counts.true_positives, counts.false_negatives)),
        Fact("false alarms, rest", pair(counts.false_positives, counts.true_negatives)),
    ]
    if costs is None:
        return facts
    now = counts.cost(alarm, miss)
    at = "never saying so" if np.isinf(costs.best) else f"at {numbers.short(costs.best)}"
    return [
        *facts,
        Fact.of("cost a sample", now, numbers.short(now), strong=True),
        Fact.of("the least", costs.least, f"{numbers.short(costs.least)} {at}"),
    ]


def pair(first: int, second: int) -> str:
    """Return two counts as one text."""
    return f"{numbers.count(first)}, {numbers.count(second)}"


def sentence(
    arrays: Arrays, name: str, counts: Counts, costs: CostCurve | None, threshold: float
) -> str:
    """Return what the threshold means, and where it would be better."""
    if not counts.rows:
        return "There is nothing to look at: the part is empty, or no score is finite."
    at, looked = numbers.short(threshold), looked_at(arrays)
    what = f"a probability of {at}" if bool(arrays["chance"]) else f"a score of {at}"
    called = counts.true_positives + counts.false_positives
    said = (
        f"From {what} on the answer is “{name}”: {numbers.count(called)} of {looked} are called so."
    )
    if not 0 < arrays["positive"].sum() < counts.rows:
        kinds = "none of them is" if not arrays["positive"].any() else "all of them are"
        return f"{said} There is no curve: {kinds} “{name}”."
    if costs is None:
        return f"{said} Errors that cost nothing need no threshold."
    if bool(arrays["chance"]):
        said += f" Were the probabilities true, {numbers.short(costs.theoretical)} would be best."
    return f"{said} The cheapest here looks a little better on these samples than on new ones."
