"""What the landscape is asked for: which plane, how far, how fine; draw and cancel."""

from __future__ import annotations

from typing import NamedTuple

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QValidator
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from core.errors import InputError
from core.experiment import weight_place
from core.landscape import Kind
from core.network.layout import Layout

KINDS: tuple[tuple[Kind, str, str], ...] = (
    ("parameters", "Two parameters", "The exact slice over two parameters; all others are held."),
    (
        "random",
        "Two random directions",
        "Each unit's incoming weights move at random, as far as they are long; biases stand still"
        " (Li et al. 2018).",
    ),
    (
        "trajectory",
        "The run's own directions",
        "The two directions in which the run has moved most (its principal directions).",
    ),
)
REACHES: dict[Kind, tuple[tuple[float, str], ...]] = {
    "parameters": ((0.3, "± 0.3"), (1.0, "± 1"), (3.0, "± 3"), (10.0, "± 10"), (30.0, "± 30")),
    "random": (
        (0.1, "± 0.1 lengths"),
        (0.3, "± 0.3 lengths"),
        (1.0, "± 1 length"),
        (2.0, "± 2 lengths"),
    ),
    "trajectory": ((0.2, "0.2 × the way"), (1.0, "the whole way"), (2.0, "2 × the way"),
                   (5.0, "5 × the way")),
}  # fmt: skip
USUAL: dict[Kind, float] = {"parameters": 3.0, "random": 1.0, "trajectory": 1.0}
FINENESS = (21, 41, 81)


class Choice(NamedTuple):
    """What is chosen; see `core.landscape.Request`."""

    kind: Kind
    parameters: tuple[int, int]
    reach: float
    points: int
    seed: int


class ParameterBox(QSpinBox):
    """One parameter of the network by its name; typed, or stepped through with the arrow keys."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        # A range within the parameters from the first: Qt asks for the names of its ends.
        self.set_layout(Layout((1, 1)))
        self.setAccelerated(True)
        self.setWrapping(True)
        self.setMinimumWidth(90)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)

    def set_layout(self, layout: Layout) -> None:
        """Take another network's parameters."""
        self._layout = layout
        self.setRange(0, layout.parameters - 1)
        self.setValue(min(self.value(), layout.parameters - 1))

    def _index(self, text: str) -> int | None:
        place = weight_place(text.replace(" ", ""))
        if place is None:
            return None
        try:
            return self._layout.index(*place)
        except InputError:
            return None

    def textFromValue(self, value: int) -> str:
        """Return the parameter's name."""
        return self._layout.name(value)

    def valueFromText(self, text: str) -> int:
        """Return where a name stands; the present place for what is none."""
        index = self._index(text)
        return self.value() if index is None else index

    def validate(self, text: str, position: int) -> tuple[QValidator.State, str, int]:
        """Let anything be typed; only a name is taken."""
        state = QValidator.State
        known = self._index(text) is not None
        return (state.Acceptable if known else state.Intermediate), text, position


def _named(widget: QWidget, name: str, accessible: str, tip: str) -> None:
    widget.setObjectName(f"landscape.{name}")
    widget.setAccessibleName(accessible)
    widget.setToolTip(tip)


class LandscapeControls(QWidget):
    """A compact column: five rows.

    Signals
    -------
    changed
        Something else is chosen.
    draw, cancel
        A person asks for it.
    """

    changed = Signal()
    draw = Signal()
    cancel = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._layout: Layout | None = None
        self._build_choices()
        self._build_doing()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(4)
        column.addWidget(self.kind)
        column.addWidget(self._which)
        row = QHBoxLayout()
        row.setSpacing(4)
        row.addWidget(self.reach, 3)
        row.addWidget(self.points, 2)
        column.addLayout(row)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.draw_button, 1)
        row.addWidget(self.auto)
        column.addLayout(row)
        column.addWidget(self._below)
        column.addStretch(1)
        self._kind_chosen()

    def _build_choices(self) -> None:
        self.kind = QComboBox()
        _named(self.kind, "kind", "Plane of the landscape", "Which two directions to look along")
        for kind, label, tip in KINDS:
            self.kind.addItem(label, kind)
            self.kind.setItemData(self.kind.count() - 1, tip, Qt.ItemDataRole.ToolTipRole)
        self.first, self.second = ParameterBox(), ParameterBox()
        for box, name, axis in ((self.first, "first", "across"), (self.second, "second", "up")):
            tip = f"The parameter {axis}: type its name, or step through all with Up and Down"
            _named(box, name, f"Parameter {axis}", tip)
            box.valueChanged.connect(self.changed)
        self.seed = QSpinBox()
        self.seed.setRange(0, 9999)
        self.seed.setPrefix("draw ")
        _named(self.seed, "seed", "Number of the random draw", "Another number: two others")
        self.seed.valueChanged.connect(self.changed)
        self._hint = QLabel()
        self._hint.setProperty("role", "muted")
        self._which = QStackedWidget()
        pair = QWidget()
        row = QHBoxLayout(pair)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.first)
        row.addWidget(self.second)
        for page in (pair, self.seed, self._hint):
            self._which.addWidget(page)
        self._which.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.reach, self.points = QComboBox(), QComboBox()
        _named(self.reach, "reach", "Range", "How far to look to each side of the present place")
        _named(self.points, "points", "Fineness", "How many losses are computed, across and up")
        for menu in (self.kind, self.reach, self.points):
            menu.setSizeAdjustPolicy(
                QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon
            )
            menu.setMinimumContentsLength(5)
        for count in FINENESS:
            self.points.addItem(f"{count} × {count}", count)
        self.points.setCurrentIndex(FINENESS.index(41))
        self.kind.currentIndexChanged.connect(self._kind_chosen)
        self.reach.currentIndexChanged.connect(self.changed)
        self.points.currentIndexChanged.connect(self.changed)

    def _build_doing(self) -> None:
        self.draw_button = QPushButton("Draw")
        self.draw_button.setProperty("primary", True)
        tip = "Compute the losses round the present place"
        _named(self.draw_button, "draw", "Draw the landscape", tip)
        self.draw_button.clicked.connect(self.draw)
        self.auto = QCheckBox("auto")
        tip = "Draw by itself whenever the run stands still at another place"
        _named(self.auto, "auto", "Draw by itself", tip)
        self.auto.toggled.connect(self.changed)
        self.status = QLabel()
        self.status.setObjectName("landscape.status")
        self.status.setProperty("role", "muted")
        self.status.setWordWrap(True)
        self.status.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.progress = QProgressBar()
        self.progress.setRange(0, 100)
        _named(self.progress, "progress", "Progress of the landscape", "How much is computed")
        self.cancel_button = QPushButton("Cancel")
        _named(self.cancel_button, "cancel", "Cancel the landscape", "Give up computing")
        self.cancel_button.clicked.connect(self.cancel)
        working = QWidget()
        grid = QGridLayout(working)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.addWidget(self.progress, 0, 0)
        grid.addWidget(self.cancel_button, 0, 1)
        grid.setRowStretch(1, 1)
        self._below = QStackedWidget()
        self._below.addWidget(self.status)
        self._below.addWidget(working)

    # -- what is chosen ------------------------------------------------------------------------

    def choice(self) -> Choice:
        """Return what is chosen."""
        return Choice(
            self.kind.currentData(),
            (self.first.value(), self.second.value()),
            self.reach.currentData(),
            self.points.currentData(),
            self.seed.value(),
        )

    def set_layout(self, layout: Layout) -> None:
        """Offer another network's parameters; at first the first unit's first two weights."""
        if layout == self._layout:
            return
        self._layout = layout
        with QSignalBlocker(self.first), QSignalBlocker(self.second):
            for box, index in ((self.first, 0), (self.second, layout.sizes[1])):
                box.set_layout(layout)
                box.setValue(min(index, layout.parameters - 1))

    def _kind_chosen(self) -> None:
        kind: Kind = self.kind.currentData()
        self._which.setCurrentIndex([name for name, _, _ in KINDS].index(kind))
        self.kind.setToolTip(next(tip for name, _, tip in KINDS if name == kind))
        with QSignalBlocker(self.reach):
            self.reach.clear()
            for value, text in REACHES[kind]:
                self.reach.addItem(text, value)
            self.reach.setCurrentIndex(self.reach.findData(USUAL[kind]))
        self.changed.emit()

    def set_places(self, count: int) -> None:
        """Say how many places of the run are known."""
        self._hint.setText(f"{count} places of the run are kept" if count else "")

    # -- what is going on ----------------------------------------------------------------------

    def show_progress(self, share: float | None) -> None:
        """Show how much is done; None when nothing is going on."""
        working = share is not None
        self._below.setCurrentIndex(int(working))
        if share is not None:
            self.progress.setValue(int(100 * share))
        if self.draw_button.isEnabled() == working:
            held = self.draw_button if working else self.cancel_button
            had_focus = held.hasFocus()
            self.draw_button.setEnabled(not working)
            if had_focus:
                (self.cancel_button if working else self.draw_button).setFocus()

    def say(self, text: str) -> None:
        """Show a line under the buttons."""
        self.status.setText(text)
        self.status.setAccessibleName(text)
        self.status.setToolTip(text)
