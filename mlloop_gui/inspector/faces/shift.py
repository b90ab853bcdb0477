"""Stage 9 on a world that has moved: the opened test part, shifted by hand in three ways."""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.evaluation.lenses.shift import KINDS
from core.explain.case import Asked
from core.settings.shift import ShiftSettings
from core.stages import Stage
from mlloop_gui.inspector.base import Choice, Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.slider_field import SliderField
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.shifted_bars import ShiftedBar, ShiftedBars, interval_text
from mlloop_gui.theme import font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session

#: What is said of each kind of shift.
HEADINGS = {
    "covariate": ("Covariate shift", "other inputs come"),
    "label": ("Label shift", "the classes come in other shares"),
    "concept": ("Concept shift", "inputs mean something else"),
}
#: By setting: name, what it is, lowest and highest value, unit.
SLIDERS = {
    "move": ("move", "how far the numbers move, in their spreads", -3.0, 3.0, ""),
    "turn": ("turn", "by how much the plane of the first two numbers turns", -180.0, 180.0, "°"),
    "scale": ("scale", "how far the numbers are stretched about their mean", 0.1, 3.0, "×"),
    "noise": ("noise", "noise added to the numbers, in their spreads", 0.0, 3.0, ""),
    "concept": ("turned", "share of the samples whose class becomes the next", 0.0, 1.0, ""),
    "concept_angle": ("side", "on which side those samples lie", -180.0, 180.0, "°"),
    "label_flips": ("flips", "share of the labels replaced at random", 0.0, 1.0, ""),
}
REST = {"scale": 1.0}
MOST_OFTEN = 10.0
_SEALED = (
    "A shift is tried on a copy of the test part, and that part is still sealed: nothing that was"
    " chosen so far has seen it. Opening it is counted."
)
_NO_PART = "There is no test part: nothing was kept aside (see “Evaluation” among the settings)."


class ShiftFace(Face):
    """Sliders for three kinds of shift, and what each does to the model that is there."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "shift"
    title: ClassVar[str] = "Shift"
    tip: ClassVar[str] = "Move the world under the trained model: on a copy of the test part"
    lens: ClassVar[str] = "shift"

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(session, choice, parent)
        self._often: dict[int, float] = {}

    def unfit(self, moment: Moment) -> str:
        """Return that there is no test part, where there is none."""
        return "" if len(moment.problem.parts.test) else _NO_PART

    def build(self) -> None:
        """Make the sealed page, the sliders, the bars and the sentence."""
        self.open = QPushButton("Open the test part")
        self.open.setObjectName("face.shift.open")
        self.open.setToolTip("Look at the sealed test part; each look is counted")
        self.open.clicked.connect(self._open)
        self.sealed, self.sliding = QWidget(), QWidget()
        said = QLabel(_SEALED)
        said.setWordWrap(True)
        said.setObjectName("face.shift.sealed")
        column = QVBoxLayout(self.sealed)
        column.setContentsMargins(0, 0, 0, 0)
        column.addWidget(said)
        column.addWidget(self.open, 0, Qt.AlignmentFlag.AlignLeft)
        column.addStretch(1)
        self.sliders: dict[str, SliderField] = {}
        self._notes: list[QLabel] = []
        row = QHBoxLayout(self.sliding)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(10)
        for kind in KINDS:
            row.addWidget(self._kind(kind), 2)
        row.addWidget(self._result(), 3)
        outer = QHBoxLayout(self.body)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self.sealed)
        outer.addWidget(self.sliding)
        self.register(self.bars)

    def _kind(self, kind: str) -> QWidget:
        """The controls of one kind of shift, under its heading."""
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        heading, note = HEADINGS[kind]
        head, under = QLabel(f"<b>{heading}</b>"), QLabel(note)
        under.setWordWrap(True)
        self._notes.append(under)
        column.addWidget(head)
        column.addWidget(under)
        if kind == "label":
            self._add_shares(column)
        for name in (name for name in SLIDERS if name in KINDS[kind]):
            text, what, low, high, unit = SLIDERS[name]
            slider = SliderField(text, what, f"face.shift.{name}", low, high,
                                 0 if unit == "°" else 2, unit)  # fmt: skip
            slider.set_number(REST.get(name, 0.0))
            slider.changed.connect(self._moved)
            self.sliders[name] = slider
            column.addWidget(slider)
        column.addStretch(1)
        if kind == "label":
            self.back = QPushButton("No shift")
            self.back.setObjectName("face.shift.back")
            self.back.setToolTip("Put every slider back to where nothing is shifted")
            self.back.clicked.connect(self._reset)
            column.addWidget(self.back, 0, Qt.AlignmentFlag.AlignLeft)
        return made

    def _add_shares(self, column: QVBoxLayout) -> None:
        self.kinds = QComboBox()
        self.kinds.setObjectName("face.shift.class")
        self.kinds.setAccessibleName("class that comes more or less often")
        self.kinds.setToolTip("The class that comes more or less often")
        self.kinds.setMinimumContentsLength(6)
        self.kinds.setSizeAdjustPolicy(
            QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
        )
        self.kinds.currentIndexChanged.connect(self._show_often)
        self.often = SliderField("comes", "how many times as often as it does the class comes",
                                 "face.shift.often", 0.0, MOST_OFTEN, 1, "×")  # fmt: skip
        self.often.set_number(1.0)
        self.often.changed.connect(self._change_often)
        column.addWidget(self.kinds)
        column.addWidget(self.often)

    def _result(self) -> QWidget:
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        self.bars = ShiftedBars()
        self.words = QLabel()
        self.words.setObjectName("face.shift.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        column.addWidget(self.bars)
        column.addWidget(Scrolled(self.words), 1)
        return made

    # Showing

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show what the shifts do to the model as it is, once the part has been opened."""
        opened = self.session.test_openings > 0
        self.sealed.setVisible(not opened)
        self.sliding.setVisible(opened)
        self._name_classes(moment.problem.dataset.class_names)
        self._ask(self.settings() if opened else None)
        if not opened or not bool(arrays["opened"]):
            return
        classes, unit = bool(moment.problem.classes), moment.problem.dataset.target_unit
        bars = rows(arrays, classes, unit)
        known = [bar.value for bar in bars if bar.value is not None]
        self.bars.set_title("Accuracy on the test part" if classes else "Typical miss (RMSE)")
        self.bars.set_bars(bars, 1.0 if classes else 1.05 * max(known, default=1.0))
        self.words.setText(sentence(arrays, classes))
        self.words.setToolTip(self.words.text())

    def _name_classes(self, names: tuple[str, ...]) -> None:
        """Offer the classes of these data; of numbers neither shares nor flips can be had."""
        for widget in (self.kinds, self.often, self.sliders["label_flips"]):
            widget.setEnabled(bool(names))
        if [self.kinds.itemText(k) for k in range(self.kinds.count())] == list(names):
            return
        self._often = {}
        with QSignalBlocker(self.kinds):
            self.kinds.clear()
            self.kinds.addItems(list(names))
        self.often.set_number(1.0)
        if not names:
            self.sliders["label_flips"].set_number(0.0)

    def settings(self) -> ShiftSettings:
        """Return the shift that the sliders stand for."""
        at = {name: slider.number() for name, slider in self.sliders.items()}
        return ShiftSettings(
            move=(at["move"],),
            turn=at["turn"],
            scale=at["scale"],
            noise=at["noise"],
            class_shares=self._shares(),
            label_flips=at["label_flips"],
            concept=at["concept"],
            concept_angle=at["concept_angle"],
        )

    def _shares(self) -> tuple[float, ...] | None:
        """How often each class comes; None where no class was changed, or none would be left."""
        if self.moment is None or all(often == 1.0 for often in self._often.values()):
            return None
        problem = self.moment.problem
        truth = problem.dataset.target[problem.parts.test]
        counts = np.bincount(truth, minlength=problem.classes).astype(np.float64)
        for kind, often in self._often.items():
            counts[kind] *= often
        return tuple(counts.tolist()) if counts.any() else None

    # Changing

    @Slot()
    def _open(self) -> None:
        self.session.open_test()
        if self.moment is not None:
            self.fill(self.moment, self.arrays)

    @Slot(float)
    def _moved(self) -> None:
        self._ask(self.settings())

    @Slot(int)
    def _show_often(self, kind: int) -> None:
        self.often.set_number(self._often.get(kind, 1.0))

    @Slot(float)
    def _change_often(self, often: float) -> None:
        self._often[self.kinds.currentIndex()] = often
        self._moved()

    @Slot()
    def _reset(self) -> None:
        self._often = {}
        self.often.set_number(1.0)
        for name, slider in self.sliders.items():
            slider.set_number(REST.get(name, 0.0))
        self._moved()

    def _ask(self, shift: ShiftSettings | None) -> None:
        """Have the lens shift the part so; None seals it."""
        self.session.show(asked=Asked(self.session.view.asked.kind, shift))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            small = f"color: {self.theme.muted}; font-size: {font_px('small')}px;"
            for note in self._notes:
                note.setStyleSheet(small)
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px('small')}px;")


_NAMES = ("as it is", *(f"{kind} shift" for kind in KINDS), "all together")


def rows(arrays: Arrays, classes: bool, unit: str) -> list[ShiftedBar]:
    """Return a row for the part as it is and for each shift that is on."""
    found = []
    for at, kind in enumerate(arrays["kinds"].tolist()):
        value = float(arrays["share"][at])
        if value < 0.0:
            why = "does not fit the data" if arrays["refused"][at] else "not finite"
            found.append(ShiftedBar(_NAMES[kind], None, None, None, why))
        elif classes:
            low, high = float(arrays["low"][at]), float(arrays["high"][at])
            text = interval_text(value, low, high)
            found.append(ShiftedBar(_NAMES[kind], value, low, high, text))
        else:
            text = f"{numbers.short(value)} {unit}".strip()
            found.append(ShiftedBar(_NAMES[kind], value, None, None, text))
    return found


def sentence(arrays: Arrays, classes: bool) -> str:
    """Return what the shift in hand does, and what would help against it."""
    looked, size = int(arrays["looked"]), int(arrays["size"])
    of = f"{numbers.count(looked)} test samples"
    if looked < size:
        of += f" (a fixed choice of {numbers.count(size)})"
    if len(arrays["kinds"]) == 1:
        return f"Measured on {of}. Move a slider: the model stays, the world moves under it."
    before, after = float(arrays["share"][0]), float(arrays["share"][-1])
    if min(before, after) < 0.0:
        return f"Measured on {of}. This shift does not fit these data."
    what = numbers.percent if classes else numbers.short
    said = f"On {of} the {'accuracy' if classes else 'typical miss'} goes from {what(before)}"
    said += f" to {what(after)}. "
    if classes and float(arrays["low"][0]) <= after <= float(arrays["high"][0]):
        said += "That is within what chance explains. "
    kinds = set(arrays["kinds"].tolist())
    if 3 in kinds:
        return said + "Against another concept only new labels help: the old ones are wrong now."
    if 1 in kinds:
        return said + "Training data from where the inputs now come would help."
    return said + "Only the mixture has changed: each class does as well as before."
