"""Stage 7 as a question: why not take a thousand small steps as one?"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

import numpy as np
from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.leap import NAME, STEPS, Leap
from core.stages import Stage
from mlloop_gui.inspector.base import Choice, Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.leap_curve import LeapCurve
from mlloop_gui.plots.outcomes import Outcome, Outcomes
from mlloop_gui.theme import current_scale, font_px

if TYPE_CHECKING:
    from mlloop_gui.session import Session

REACHES = (10, 100, 1000)
#: Where the promise is still seen to hold, and then no more.
REACH = 100
_SIDE = 400
QUESTION = (
    "The gradient says which way is down. Then why not go a thousand times as far at once, and be "
    "done? Guess what the loss will be, then try it: the long step is made in a run of its own."
)
MORAL = "The gradient is only true nearby: follow it a little way, then ask again."


class LeapFace(Face):
    """One button makes the long step in a fork, and the 1,000 small ones beside it."""

    stage: ClassVar[Stage] = Stage.UPDATE
    key: ClassVar[str] = "leap"
    title: ClassVar[str] = "Why not in one step?"
    tip: ClassVar[str] = "A thousand small steps taken as one, in a run of its own"
    lens: ClassVar[str] = "leap"

    def __init__(self, session: Session, choice: Choice, parent: QWidget | None = None) -> None:
        super().__init__(session, choice, parent)
        self._asked: int | None = None

    def build(self) -> None:
        """Make the question, the button, the outcomes and the curve."""
        self.words = QLabel()
        self.words.setObjectName("face.leap.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.button = QPushButton()
        self.button.setObjectName("face.leap.go")
        self.button.setToolTip(
            f"Make this turn again with {STEPS:,} times the learning rate, in a run of its own"
            f" named “{NAME}”, then the {STEPS:,} small steps here; you stay where you are"
        )
        self.button.clicked.connect(self._go)
        self.outcomes = Outcomes()
        self.curve = LeapCurve()
        self.curve.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        inside = QWidget()
        column = QVBoxLayout(inside)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(5)
        line = QHBoxLayout()
        line.addWidget(self.button)
        line.addStretch(1)
        column.addLayout(line)
        column.addWidget(self.outcomes)
        column.addWidget(self.words)
        column.addStretch(1)
        self.side = Scrolled(inside)
        self.side.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.side.setAccessibleName("the leap and what came of it")
        right = QVBoxLayout()
        right.setContentsMargins(0, 0, 0, 0)
        right.setSpacing(0)
        right.addLayout(self._reaches())
        right.addWidget(self.curve, 1)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(20)
        row.addWidget(self.side)
        row.addLayout(right, 1)
        self.register(self.outcomes, self.curve)

    def _reaches(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self._name = QLabel("Look as far as ")
        row.addWidget(self._name)
        self._group = QButtonGroup(self)
        self.reaches: dict[int, QToolButton] = {}
        for reach, place in zip(REACHES, ("first", "middle", "last"), strict=True):
            button = QToolButton()
            button.setCheckable(True)
            button.setText(f"{numbers.count(reach)} steps")
            button.setObjectName(f"face.leap.reach.{reach}")
            button.setAccessibleName(f"look as far as {reach} steps")
            button.setToolTip(f"Show the loss up to {numbers.count(reach)} times the step")
            button.setProperty("segment", place)
            self._group.addButton(button)
            self.reaches[reach] = button
            row.addWidget(button)
        self.reaches[REACH].setChecked(True)
        self._group.buttonClicked.connect(self._draw)
        row.addStretch(1)
        return row

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the curve, and what came of the leap if this turn's has been tried."""
        self._draw()
        frame, turn = moment.frame, moment.turn.turn
        if self._asked is not None and frame.command >= self._asked:
            self._asked = None
        leap = leap_of(moment)
        busy = self._asked is not None
        self.button.setText("Trying …" if busy else f"Take {numbers.count(STEPS)} steps at once")
        made = turn <= frame.head and frame.failure is None
        self.button.setEnabled(leap is None and made and not busy)
        self.outcomes.setVisible(leap is not None)
        if leap is None:
            self.words.setText(QUESTION)
            return
        self.outcomes.set_outcomes(outcomes(leap))
        self.words.setText(verdict(leap))

    @property
    def reach(self) -> int:
        """How many steps far the curve is shown."""
        return next(reach for reach, button in self.reaches.items() if button.isChecked())

    def _draw(self) -> None:
        arrays = self.arrays
        assert self.moment is not None
        rows, size = int(arrays["train_rows"]), len(self.moment.problem.parts.train)
        part = f"{numbers.count(rows)} training samples" if rows < size else ""
        self.curve.set_title("Loss along this step", part)
        self.curve.set_curves(
            arrays["scale"],
            arrays["objective"],
            arrays["promise"],
            arrays["train_loss"],
            self.reach,
        )

    @Slot()
    def _go(self) -> None:
        if self.moment is None or self.moment.record is None:
            return
        self._asked = self.session.leap(self.moment.record.turn)
        self.button.setEnabled(False)
        self.button.setText("Trying …")

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.side.setFixedWidth(round(_SIDE * current_scale()))
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px()}px;")
            self._name.setStyleSheet(f"color: {self.theme.muted}; font-size: {font_px('small')}px;")


def leap_of(moment: Moment) -> Leap | None:
    """Return what came of this turn's leap; None until it has been tried."""
    found = (made for made in moment.frame.leaps if made.turn == moment.turn.turn)
    return next(found, None)


def outcomes(leap: Leap) -> list[Outcome]:
    """Return the three losses."""
    return [
        Outcome(f"before turn {numbers.count(leap.turn)}", leap.before),
        Outcome(f"one step, × {numbers.short(leap.factor)}" if leap.factor != STEPS
                else f"one step, {numbers.count(STEPS)} times as long",
                leap.after_leap, strong=True),
        Outcome(f"{numbers.count(leap.steps)} small steps", leap.after_steps, strong=True),
    ]  # fmt: skip


def verdict(leap: Leap) -> str:
    """Return what came of it in words."""
    one, many = leap.after_leap, leap.after_steps
    said = ""
    if leap.factor < STEPS * (1.0 - 1e-9):
        said = f"The rate ends at its bound of {numbers.short(leap.long_rate)}. "
    if np.isnan(many):
        said += f"The small steps broke off after {numbers.count(leap.steps)}. "
    elif np.isnan(one) or one > leap.before:
        said += "The same way, all at once, made it worse than before; asking again each time "
        said += "found the way down. " if many < leap.before else "did no better here. "
    elif one > many:
        said += "All at once helped, but far less than asking again each time. "
    else:
        said += "Here the long step was lucky: the slope keeps its direction for long. "
    return (
        f"{said}{MORAL} The fork is in the list of runs as “{NAME}”; the small steps are this run's"
        f" own, and the bar below leads to them."
    )
