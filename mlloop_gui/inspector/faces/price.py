"""Stage 4 as a price: what a miss of one class costs, live, and what follows on validation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import QSignalBlocker, Qt, Slot
from PySide6.QtWidgets import QComboBox, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.inspector.base import Choice
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.price_control import PriceControl
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.price_bars import Pair, PriceBars
from mlloop_gui.theme import Theme, font_px

if TYPE_CHECKING:
    from mlloop_gui.frames import Frame
    from mlloop_gui.session import Session

FIELD = "loss.class_weights"
UPDATES = 200
NO_CLASSES = (
    "This model predicts a number: it has no classes, so there are no misses and no false alarms "
    "to set a price for. Choose data with classes, such as “circle” or “iris”."
)


class PriceFace(Face):
    """A slider for the price of a miss, and the counts of the confusion matrix before and now."""

    stage: ClassVar[Stage] = Stage.LOSS
    key: ClassVar[str] = "price"
    title: ClassVar[str] = "Price of a miss"
    tip: ClassVar[str] = "Say what a miss costs: the boundary walks, the data stay the same"

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(session, choice, parent)
        self._seen: Frame | None = None
        self._before: Counts | None = None
        self._class = 1
        self._wanted: float | None = None
        self._dragging = False
        self._own = 0
        session.frame_changed.connect(self._follow)

    def ready(self, moment: Moment) -> bool:
        """Return True: a price can be set before the first turn."""
        return True

    def build(self) -> None:
        """Make the slider, the sentence and the bars."""
        self.control = PriceControl()
        self.control.changed.connect(self._set_price)
        self.control.moved.connect(self._drag)
        self.classes = QComboBox()
        self.classes.setObjectName("price.class")
        self.classes.setAccessibleName("class whose misses have a price")
        self.classes.setToolTip("A sample of this class taken for another is a miss")
        self.classes.currentIndexChanged.connect(self._choose_class)
        self.run_on = QPushButton(f"Run {UPDATES} updates")
        self.run_on.setObjectName("price.run")
        self.run_on.setToolTip("Let the loop run on with this price, and pause again")
        self.run_on.clicked.connect(self._run)
        self.note = QLabel()
        self.note.setWordWrap(True)
        self.note.setObjectName("price.note")
        self.bars = PriceBars()
        self._none = QLabel(NO_CLASSES)
        self._none.setWordWrap(True)
        self._none.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._none.setObjectName("price.none")
        self._lay_out()
        self.register(self.control, self.bars)

    def _lay_out(self) -> None:
        self._left, first = QWidget(), QHBoxLayout()
        column = QVBoxLayout(self._left)
        for layout in (column, first):
            layout.setContentsMargins(0, 0, 0, 0)
        first.addWidget(QLabel("A miss of"))
        first.addWidget(self.classes, 1)
        first.addWidget(QLabel("costs as much as"))
        column.addLayout(first)
        column.addWidget(self.control)
        column.addWidget(self.note)
        column.addStretch(1)
        last = QHBoxLayout()
        last.addWidget(self.run_on)
        last.addStretch(1)
        column.addLayout(last)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        row.addWidget(self._left, 2)
        row.addWidget(self.bars, 3)
        row.addWidget(self._none, 5)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the price in force and what the model's mistakes cost at it."""
        names = moment.problem.dataset.class_names
        there = bool(moment.problem.classes)
        self._left.setVisible(there)
        self.bars.setVisible(there)
        self._none.setVisible(not there)
        if not there:
            return
        self._remember(moment.frame)
        found, price, plain = reading(self.session.experiment.loss.class_weights, self._class)
        self._class = min(found, len(names) - 1)
        shown = [self.classes.itemText(k) for k in range(self.classes.count())]
        with QSignalBlocker(self.classes):
            if shown != list(names):
                self.classes.clear()
                self.classes.addItems(list(names))
            self.classes.setCurrentIndex(self._class)
        self.control.set_price(price)
        self._plain = plain
        self._show(moment.frame, price)

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        super().set_theme(theme)
        if self._built:
            style = f"color: {theme.muted}; font-size: {font_px('small')}px;"
            self.note.setStyleSheet(style)

    # What was before

    @Slot()
    def _follow(self) -> None:
        """Keep the counts of the moment at which the price was changed; a drag goes on."""
        frame = self.session.frame
        if frame is not None:
            self._remember(frame)
            self._send_wanted()

    def _remember(self, frame: Frame) -> None:
        last, self._seen = self._seen, frame
        if last is None or last is frame or not frame.problem.classes:
            return
        parents = [run.parent for run in frame.runs if run.number == frame.run]
        if frame.run != last.run and last.run not in parents:
            self._before = None
            return
        old, new = last.settings.loss.class_weights, frame.settings.loss.class_weights
        if old != new and frame.command > self._own:
            self._before = Counts.of(last)
        elif self._before is not None and frame.turn < self._before.update:
            self._before = None

    # Showing

    def _show(self, frame: Frame, price: float) -> None:
        now, before = Counts.of(frame), self._before
        when = ("before", "now")
        if before is not None:
            when = (f"update {numbers.count(before.update)}", f"update {numbers.count(now.update)}")
        self.bars.set_title(f"Mistakes on {now.part}")
        name = frame.problem.dataset.class_names[self._class]
        self.bars.set_pairs(pairs(now, before, self._class, name, price), when)
        self.note.setText(self._sentence(frame, price, now, before))

    def _sentence(self, frame: Frame, price: float, now: Counts, before: Counts | None) -> str:
        if not self._plain:
            weights = self.session.experiment.loss.class_weights or ()
            listed = ", ".join(numbers.short(weight) for weight in weights)
            return f"The classes' weights now are {listed}. Moving the slider sets the others to 1."
        if price == 1.0 and before is None:
            return "A miss and a false alarm cost the same. Move the slider, then let the loop run."
        said = "The data did not change, only the price of a miss: "
        if before is None or now.update <= before.update:
            return said + "the boundary walks when the loop runs on."
        done = now.update - before.update
        return said + f"the boundary has walked for {numbers.count(done)} updates."

    # Changing

    @Slot(float)
    def _drag(self, price: float) -> None:
        """Follow the hand: the price is in force while it is dragged, one change at a time."""
        if self.moment is None or not self.moment.problem.classes:
            return
        self._wanted = price
        self._send_wanted()
        self._show(self.moment.frame, price)

    def _send_wanted(self) -> None:
        """Send the price last dragged to, once what was sent before has been answered."""
        frame = self.session.frame
        if self._wanted is None or frame is None or frame.command < self.session.sent:
            return
        price, self._wanted = self._wanted, None
        self._send(price, self._dragging)
        self._dragging = True

    @Slot(float)
    def _set_price(self, price: float) -> None:
        self._wanted = None
        self._send(price, self._dragging)
        self._dragging = False

    def _send(self, price: float, continued: bool) -> None:
        """Put a price into force; a drag is one change, and is compared with what was before it."""
        frame = self.session.frame
        if self.moment is None or frame is None:
            return
        weights = weights_of(self.moment.problem.classes, self._class, price)
        if weights != self.session.experiment.loss.class_weights:
            if not continued:
                self._before = Counts.of(frame)
            self.session.set(FIELD, None if weights is None else list(weights), continued)
            self._own = self.session.sent

    @Slot(int)
    def _choose_class(self, index: int) -> None:
        """The price goes over to the class chosen."""
        self._class = index
        if self.control.price() != 1.0:
            self._set_price(self.control.price())
        elif self.moment is not None:
            self._show(self.moment.frame, 1.0)

    @Slot()
    def _run(self) -> None:
        self.session.run(updates=UPDATES)


@dataclass(frozen=True, eq=False)
class Counts:
    """The confusion matrix of a moment.

    Attributes
    ----------
    update : int
    matrix : ndarray of int, shape (classes, classes)
        Rows are the true classes.
    part : str
        ``"validation"``, or ``"training data"`` where nothing is held back.
    """

    update: int
    matrix: np.ndarray
    part: str

    @staticmethod
    def of(frame: Frame) -> Counts:
        """Return the counts of a frame's check."""
        check = frame.check
        held = bool(check.validation.rows)
        look = check.validation if held else check.train
        classes = frame.problem.classes
        matrix = look.confusion if look.confusion is not None else np.zeros((classes, classes), int)
        return Counts(check.update, matrix, "validation" if held else "training data")

    def misses(self, kind: int) -> int:
        """Return how many of a class were taken for another."""
        return int(self.matrix[kind].sum() - self.matrix[kind, kind])

    def alarms(self, kind: int) -> int:
        """Return how many others were taken for the class."""
        return int(self.matrix[:, kind].sum() - self.matrix[kind, kind])

    @property
    def total(self) -> int:
        return int(self.matrix.sum())

    @property
    def right(self) -> int:
        return int(np.trace(self.matrix))

    def others(self, kind: int) -> int:
        """Return how many mistakes the class has no part in."""
        return self.total - self.right - self.misses(kind) - self.alarms(kind)

    def cost(self, kind: int, price: float) -> float:
        """Return what all mistakes cost in false alarms, a miss of the class ``price``."""
        return price * self.misses(kind) + self.alarms(kind) + self.others(kind)


def pairs(now: Counts, before: Counts | None, kind: int, name: str, price: float) -> list[Pair]:
    """Return the rows of the picture; both moments at the same price."""
    looks = [look for look in (before, now) if look is not None]
    most = float(max(n for k in looks for n in (k.misses(kind), k.alarms(kind), k.others(kind))))
    most = most or 1.0
    dearest = max(look.cost(kind, price) for look in looks) or 1.0

    def pair(words: str, value, total: float, text: str = "count") -> Pair:
        return Pair(words, None if before is None else value(before), value(now), total, text)

    rows = [
        pair(f"misses of {name}", lambda look: float(look.misses(kind)), most),
        pair(f"false alarms for {name}", lambda look: float(look.alarms(kind)), most),
    ]
    if len(now.matrix) > 2:
        rows.append(pair("other mistakes", lambda look: float(look.others(kind)), most))
    at = numbers.short(price) if price % 1 else numbers.count(int(price))
    rows.append(pair(f"cost at {at} a miss", lambda look: look.cost(kind, price), dearest, "cost"))
    rows.append(pair("accuracy", lambda look: look.right / max(look.total, 1), 1.0, "percent"))
    return rows


def weights_of(classes: int, kind: int, price: float) -> tuple[float, ...] | None:
    """Return the weights of the classes for a price: 1 but for one class; None when all are 1."""
    if price == 1.0:
        return None
    return tuple(price if at == kind else 1.0 for at in range(classes))


def reading(weights: tuple[float, ...] | None, kind: int) -> tuple[int, float, bool]:
    """Return class and price that weights mean, and whether they mean just one price.

    Weights mean a price when all but one are 1 and that one is more; other weights keep the
    class ``kind`` in hand, at its weight over the least.
    """
    if weights is None or all(weight == 1.0 for weight in weights):
        return kind, 1.0, True
    dear = [at for at, weight in enumerate(weights) if weight != 1.0]
    if len(dear) == 1 and weights[dear[0]] > 1.0:
        return dear[0], float(weights[dear[0]]), True
    return kind, max(float(weights[min(kind, len(weights) - 1)] / min(weights)), 1.0), False
