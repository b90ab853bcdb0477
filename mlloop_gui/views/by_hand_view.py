"""Be the optimizer: three numbers, a dial, a mark to get below; then the gradient does the same."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
from PySide6.QtCore import Qt, QTimer, Slot
from PySide6.QtGui import QHideEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QVBoxLayout,
    QWidget,
)

from core.by_hand import RATE, REACH, by_hand
from mlloop_gui.plots import numbers
from mlloop_gui.plots.curves import CurvePlot
from mlloop_gui.plots.dial import LossDial
from mlloop_gui.plots.straight_line import StraightLine
from mlloop_gui.session import Session
from mlloop_gui.theme import Theme
from mlloop_gui.views.number_slider import NumberSlider

STEP_MILLISECONDS = 150
GRADIENT = "gradient"
_NAMES = (("w1", "weight of x1"), ("w2", "weight of x2"), ("b", "bias"))
_USUAL = 17  # the parameters of the default network, named where there is no larger one


def _counted(count: int, noun: str) -> str:
    return f"{numbers.count(count)} {noun}" if count == 1 else f"{numbers.count(count)} {noun}s"


def _loss(value: float) -> str:
    return numbers.fixed(value, 2)


class ByHandView(QWidget):
    """A 2-1 model in a person's hands, and the gradient's way from the same start.

    Parameters
    ----------
    session : Session
        Told apart from: nothing here changes the run. It says how many numbers its model has.

    Attributes
    ----------
    moves : int
        Moves made since the start.
    tries : list of float
        The loss at the start and after each move.
    path : ndarray, shape (steps + 1, 3), or None
        The gradient's way, once it has been asked for.
    shown : int
        The step of it that is on screen.
    """

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("by_hand")
        self.setAccessibleName("Be the optimizer")
        self.setProperty("sheet", True)
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._session = session
        self._game = by_hand()
        self._seed = 0
        self.tries: list[float] = []
        self.path: np.ndarray | None = None
        self._path_losses = np.empty(0)
        self.shown = 0
        self._reached_at: int | None = None
        self._timer = QTimer(self)
        self._timer.setInterval(STEP_MILLISECONDS)
        self._timer.timeout.connect(self._step)
        self._build()
        self._begin()

    # -- building ------------------------------------------------------------------------------

    def _build(self) -> None:
        self.sentence = QLabel()
        self.sentence.setObjectName("by_hand.sentence")
        self.sentence.setAccessibleName("what to do, and how it went")
        self.sentence.setWordWrap(True)
        self.counted = QLabel()
        self.counted.setObjectName("by_hand.moves")
        self.counted.setAccessibleName("moves and best loss")
        # A longer text moves nothing beside it.
        for label in (self.sentence, self.counted):
            label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.sliders = tuple(NumberSlider(name, what, REACH, "by_hand", self)
                             for name, what in _NAMES)  # fmt: skip
        self.dial = LossDial("Loss now")
        self.dial.setObjectName("by_hand.dial")
        self.dial.set_range(self._game.lowest, self._game.highest, self._game.mark)
        self.points = StraightLine("Points")
        self.points.setObjectName("by_hand.points")
        self.points.set_points(self._game.x, self._game.y)
        self.curve = CurvePlot("Loss", x_label="move or step", y_label="loss", log_y=True,
                               guides=[(self._game.mark, "mark")])  # fmt: skip
        self.curve.setObjectName("by_hand.curve")
        self.curve.setMinimumSize(150, 90)
        hands = QGridLayout()
        hands.setHorizontalSpacing(8)
        hands.setVerticalSpacing(2)
        for row, slider in enumerate(self.sliders):
            slider.changed.connect(self._follow)
            slider.moved.connect(self._count)
            for column, widget in enumerate((slider.label, slider.slider, slider.field)):
                hands.addWidget(widget, row, column)
        hands.addWidget(self.counted, 3, 0, 1, 3)
        hands.setRowStretch(4, 1)
        hands.setColumnStretch(1, 1)
        across = QHBoxLayout()
        across.setSpacing(14)
        across.addLayout(hands, 10)
        across.addWidget(self.dial, 9)
        across.addWidget(self.points, 9)
        across.addWidget(self.curve, 10)
        above = QHBoxLayout()
        above.setSpacing(6)
        above.addWidget(self.sentence, 1)
        for button in self._buttons():
            above.addWidget(button)
        page = QVBoxLayout(self)
        page.setContentsMargins(10, 4, 10, 2)
        page.setSpacing(2)
        page.addLayout(above)
        page.addLayout(across, 1)
        order: list[QWidget] = [part for each in self.sliders for part in (each.slider, each.field)]
        order += [self.let, self.skip, self.again, self.new_start]
        for first, second in pairwise(order):
            QWidget.setTabOrder(first, second)

    def _buttons(self) -> tuple[QPushButton, ...]:
        self.let = QPushButton("Let the gradient do it")
        self.skip = QPushButton("Skip")
        self.again = QPushButton("Again")
        self.new_start = QPushButton("New start")
        made = (
            (self.let, "gradient", self.let_gradient,
             f"Gradient descent from the same start, at rate {RATE:g}, until it is below the mark"),
            (self.skip, "skip", self.skip_to_end, "Show the end of the gradient's way at once"),
            (self.again, "again", self._begin, "Back to this start; the moves count from 0"),
            (self.new_start, "new_start", self.draw_start, "Another place to start at"),
        )  # fmt: skip
        for button, name, slot, tip in made:
            button.setObjectName(f"by_hand.{name}")
            button.setAccessibleName(button.text())
            button.setToolTip(tip)
            button.setAutoDefault(True)
            button.clicked.connect(slot)
        self.let.setProperty("primary", True)
        return tuple(button for button, *_ in made)

    # -- the person ----------------------------------------------------------------------------

    @property
    def w(self) -> np.ndarray:
        """The three numbers in hand."""
        return np.array([slider.value for slider in self.sliders])

    @property
    def moves(self) -> int:
        """How many moves have been made."""
        return len(self.tries) - 1

    @property
    def best(self) -> float:
        """The lowest loss that the person has had after a move."""
        return min(self.tries)

    @property
    def start(self) -> np.ndarray:
        """Where it began."""
        return self._game.start(self._seed)

    @Slot()
    def draw_start(self) -> None:
        """Begin at another place."""
        self._seed += 1
        self._begin()

    @Slot()
    def _begin(self) -> None:
        self._timer.stop()
        for slider, value in zip(self.sliders, self.start.tolist(), strict=True):
            slider.set_value(value)
        self.tries = [self._game.loss(self.start)]
        self.path, self.shown = None, 0
        self._reached_at = None
        self.curve.clear_series()
        self._follow()
        self._tell()

    @Slot()
    def _follow(self) -> None:
        """Show the loss of the numbers in hand, also in the midst of a drag."""
        self.dial.set_value(self._game.loss(self.w))
        self.points.set_line(self.w)

    @Slot()
    def _count(self) -> None:
        loss = self._game.loss(self.w)
        self.tries.append(loss)
        if self._reached_at is None and loss < self._game.mark:
            self._reached_at = self.moves
        self._tell()

    # -- the gradient --------------------------------------------------------------------------

    @Slot()
    def let_gradient(self) -> None:
        """Walk the gradient's way from the same start, a step at a time."""
        self.path = self._game.descend_below(self.start, self._game.mark)
        self._path_losses = self._game.losses(self.path)
        self.shown = 0
        self._timer.start()
        self._tell()

    @Slot()
    def skip_to_end(self) -> None:
        """Show the end of the gradient's way at once."""
        if self.path is not None:
            self._timer.stop()
            self.shown = len(self.path) - 1
            self._tell()

    @Slot()
    def _step(self) -> None:
        if self.path is None or self.shown >= len(self.path) - 1:
            self._timer.stop()
        else:
            self.shown += 1
            if self.shown == len(self.path) - 1:
                self._timer.stop()
        self._tell()

    @property
    def walking(self) -> bool:
        """Whether the gradient's way is being shown."""
        return self._timer.isActive()

    @property
    def done(self) -> bool:
        """Whether the gradient's way has been shown to its end."""
        return self.path is not None and self.shown == len(self.path) - 1

    def hideEvent(self, event: QHideEvent) -> None:
        """Let nothing go on unseen: the gradient's way ends at once."""
        if self.walking:
            self.skip_to_end()
        super().hideEvent(event)

    # -- showing -------------------------------------------------------------------------------

    def _tell(self) -> None:
        self.sentence.setText(self._sentence())
        self.counted.setText(f"<b>{_counted(self.moves, 'move')}</b> · best {_loss(self.best)}")
        self.skip.setEnabled(self.walking)
        self.let.setEnabled(not self.walking)
        self.curve.set_series("you", np.arange(len(self.tries)), self.tries, "train")
        if self.path is None:
            self.dial.set_other(None)
            self.points.set_other(None)
        else:
            steps = np.arange(self.shown + 1)
            self.curve.set_series(
                GRADIENT, steps, self._path_losses[: self.shown + 1], "validation"
            )
            self.dial.set_other(float(self._path_losses[self.shown]), GRADIENT)
            self.points.set_other(self.path[self.shown], GRADIENT)
        self.setAccessibleDescription(self.describe())

    def _sentence(self) -> str:
        mark = _loss(self._game.mark)
        if self.done:
            return self._verdict()
        if self.walking:
            here = _loss(float(self._path_losses[self.shown]))
            return (
                f"Gradient step {self.shown}: {here}. Each step knows the direction of all three"
                " numbers at once."
            )
        if self._reached_at is not None:
            return (
                f"Below {mark} after {_counted(self._reached_at, 'move')}."
                " Now let the gradient do it, from the same start."
            )
        return (
            f"You are the optimizer: get the loss below {mark} in as few moves as you can. A drag,"
            " a key press or a number typed is one move. Your run is not touched."
        )

    def _verdict(self) -> str:
        mine = "You have not moved yet"
        if self.moves:
            mine = f"You took {_counted(self.moves, 'move')} and got {_loss(self.best)}"
        steps = _counted(len(self.path) - 1 if self.path is not None else 0, "gradient step")
        return (
            f"{mine}; {steps} got {_loss(float(self._path_losses[-1]))}. With 3 numbers you can"
            f" still feel your way. With {self._many()}, or a billion, only the gradient tells"
            " every number its direction at once."
        )

    def _many(self) -> str:
        frame = self._session.frame
        return numbers.count(max(_USUAL, frame.parameters if frame is not None else 0))

    def describe(self) -> str:
        """Return the state of the game in words."""
        w1, w2, b = (numbers.fixed(float(value), 2) for value in self.w)
        return (
            f"{self._sentence()} w1 {w1}, w2 {w2}, b {b}; {self.dial.describe()}"
            f" {_counted(self.moves, 'move')}, best {_loss(self.best)}."
        )

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        for part in (self.dial, self.points, self.curve):
            part.set_theme(theme)
