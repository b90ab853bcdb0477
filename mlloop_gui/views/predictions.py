"""More turns, in the first minute: 1, 10, 100, 1000, each after a prediction."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from PySide6.QtCore import QEvent, Signal, Slot
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QRadioButton,
    QVBoxLayout,
    QWidget,
)

from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots import numbers
from mlloop_gui.plots.keys import ARROWS, keeps
from mlloop_gui.session import Session
from mlloop_gui.views.card import light

TURNS = (1, 10, 100, 1000)
#: So many seconds does a stretch of turns take, where the machine keeps up.
SECONDS = 3.0
#: A loss that moves less than this share of itself is about the same.
SAME = 0.01
#: From so many turns on there is something to be asked of the whole boundary.
WHOLE = 100
EACH_STEP = "Will each single step make it better?"
CLOSES = "Will the boundary close round the inner disc?"
ALL_RIGHT = "Will every training sample be guessed right?"
ANSWERS = ("lower", "about the same", "higher")
YES_NO = ("yes", "no")


class _Choice(QRadioButton):
    """A choice that keeps the arrow keys, which elsewhere step the loop."""

    def event(self, event: QEvent) -> bool:
        """Take the arrows before they are shortcuts."""
        return keeps(event, ARROWS) or super().event(event)


class Question(QWidget):
    """A question and its answers, one of which can be chosen.

    Signals
    -------
    chosen
    """

    chosen = Signal()

    def __init__(self, name: str, answers: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName(name)
        self.text = QLabel()
        self.text.setWordWrap(True)
        self._group = QButtonGroup(self)
        row = QHBoxLayout()
        row.setSpacing(14)
        self.buttons: dict[str, QRadioButton] = {}
        for number, answer in enumerate(answers):
            button = _Choice(answer)
            button.setObjectName(f"{name}.{answer.split()[-1]}")
            self._group.addButton(button, number)
            self.buttons[answer] = button
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.text)
        column.addLayout(row)
        self._group.idClicked.connect(self.chosen)

    @property
    def answer(self) -> str:
        """What was chosen; empty before."""
        button = self._group.checkedButton()
        return button.text() if button is not None else ""

    def ask(self, text: str) -> None:
        """Set the question's words; what was chosen stays."""
        if text == self.text.text():
            return
        self.text.setText(text)
        self.setAccessibleName(text)
        for answer, button in self.buttons.items():
            button.setAccessibleName(f"{text} {answer}")
            button.setToolTip(f"Predict: {answer}")

    def clear(self) -> None:
        """Take the choice back."""
        self._group.setExclusive(False)
        for button in self.buttons.values():
            button.setChecked(False)
        self._group.setExclusive(True)


class Predictions(QWidget):
    """Four buttons for more and more turns; each is lit once its question is answered.

    Parameters
    ----------
    session : Session

    Attributes
    ----------
    step : int
        How many of `TURNS` have been made.

    Signals
    -------
    made
        One of the stretches has been made; `step` counts them.
    """

    made = Signal()

    def __init__(self, session: Session, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.step = 0
        self._goal: int | None = None
        self._before: Frame | None = None
        self._speed = session.speed
        self._offered = False
        self.said = QLabel()
        self.said.setObjectName("turns.answer")
        self.said.setAccessibleName("What came of it")
        self.said.setWordWrap(True)
        self.loss = Question("turns.prediction", ANSWERS)
        self.more = Question("turns.more", YES_NO)
        self.buttons: dict[int, QPushButton] = {}
        row = QHBoxLayout()
        row.setSpacing(6)
        for turns in TURNS:
            button = QPushButton(f"×{turns}")
            button.setObjectName(f"turns.{turns}")
            button.setAutoDefault(True)  # Enter presses it
            button.clicked.connect(self._begin)
            self.buttons[turns] = button
            row.addWidget(button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(12)
        column.addWidget(self.said)
        column.addWidget(self.loss)
        column.addWidget(self.more)
        column.addLayout(row)
        for question in (self.loss, self.more):
            question.chosen.connect(self._light)
        session.run_started.connect(self.begin_anew)
        session.frame_changed.connect(self._follow)
        self.begin_anew()

    @Slot()
    def begin_anew(self) -> None:
        """Forget what was made and said."""
        self._give_up()
        self.step, self._offered = 0, False
        self._tell("")
        self._ask()

    @property
    def offered(self) -> bool:
        """Whether it has been offered to go on."""
        return self._offered

    def offer(self) -> None:
        """Ask what comes next, with the numbers of the moment."""
        self._offered = True
        self._ask()

    # -- asking --------------------------------------------------------------------------------

    def _ask(self) -> None:
        over = self.step == len(TURNS)
        for question in (self.loss, self.more):
            question.clear()
        self.loss.setVisible(not over)
        frame = self._session.frame
        self._write(frame)
        self.more.setVisible(not over and bool(self.more.text.text()))
        self._light()

    def _write(self, frame: Frame | None) -> None:
        """Put the numbers of a moment into the questions."""
        if self.step == len(TURNS) or frame is None:
            return
        turns = TURNS[self.step]
        ahead = "1 more turn" if turns == 1 else f"{numbers.count(turns)} more turns"
        now = numbers.short(frame.check.train.loss)
        self.loss.ask(f"After {ahead} the training loss, now {now}, will be:")
        self.more.ask(self._second(turns, frame))

    def _second(self, turns: int, frame: Frame) -> str:
        """A second question, where what it asks about has not come yet."""
        if turns == 1:
            return EACH_STEP
        if turns < WHOLE:
            return ""
        if has_disc(frame) and frame.map is not None and not closes(frame.map.values):
            return CLOSES
        return ALL_RIGHT if frame.problem.classes else ""

    @Slot()
    def _light(self) -> None:
        """Light the button whose turn it is, once all that is asked has been answered."""
        questions = [q for q in (self.loss, self.more) if not q.isHidden()]
        ready = self._goal is None and all(question.answer for question in questions)
        for at, (turns, button) in enumerate(self.buttons.items()):
            lit = at == self.step and ready
            done = at < self.step
            button.setText(f"✓ ×{turns}" if done else f"×{turns}")
            times = "once more" if turns == 1 else f"{numbers.count(turns)} more times"
            state = "done" if done else "" if at == self.step else "comes later"
            waits = state or ("" if ready else "predict first")
            said = f"Turn the loop {times}"
            button.setToolTip(f"{said} ({waits})" if waits else said)
            button.setAccessibleName(said)
            button.setAccessibleDescription(waits)
            button.setEnabled(lit)
            light(button, lit)

    # -- running -------------------------------------------------------------------------------

    @Slot()
    def _begin(self) -> None:
        session, frame = self._session, self._session.frame
        if frame is None or self._goal is not None or frame.state is RunState.FAILED:
            return
        turns = TURNS[self.step]
        self._goal = frame.position.update + turns
        self._before, self._speed = frame, session.speed
        session.set_speed(max(self._speed, turns / SECONDS) if self._speed else 0)
        for question in (self.loss, self.more):
            question.setEnabled(False)
        self._light()
        self._tell("…")
        session.run(updates=turns)

    def _give_up(self) -> None:
        if self._goal is not None:
            self._goal = None
            self._session.set_speed(self._speed)
        for question in (self.loss, self.more):
            question.setEnabled(True)

    @Slot()
    def _follow(self) -> None:
        frame = self._session.frame
        if frame is None or (not self.isVisible() and self._goal is None):
            return
        if self._goal is None:
            if frame.state is not RunState.RUNNING:
                self._write(frame)
            return
        if frame.state is RunState.RUNNING:
            return
        made, goal = frame.position.update, self._goal
        self._give_up()
        if frame.state is RunState.FAILED:
            self._tell("The loss is no number any more: the steps were too long.")
        elif made < goal:
            self._tell(f"Stopped {numbers.count(goal - made)} turns early. Once more:")
        else:
            self._tell(self._answer(frame))
            self.step += 1
            self.made.emit()
        self._ask()
        if self.step < len(TURNS):
            self.loss.buttons[ANSWERS[0]].setFocus()

    def _answer(self, frame: Frame) -> str:
        assert self._before is not None
        before, after = self._before.check.train.loss, frame.check.train.loss
        said = told_loss(before, after, self.loss.answer)
        asked, answer = self.more.text.text(), self.more.answer
        if asked == EACH_STEP:
            size = frame.settings.optimizer.batch_size
            said += " " + told_step(before, after, size, len(frame.problem.parts.train))
        elif asked == CLOSES and frame.map is not None:
            said += " " + told_disc(closes(frame.map.values), answer)
        elif asked == ALL_RIGHT and frame.check.train.correct is not None:
            said += " " + told_right(frame.check.train.correct, frame.check.train.rows, answer)
        return said

    def _tell(self, text: str) -> None:
        self.said.setText(text)
        self.said.setVisible(bool(text))


def outcome(before: float, after: float) -> str:
    """Which of `ANSWERS` came true."""
    if abs(after - before) <= SAME * abs(before):
        return ANSWERS[1]
    return ANSWERS[0] if after < before else ANSWERS[2]


def told_loss(before: float, after: float, predicted: str) -> str:
    """What became of the loss, and of the prediction, e.g. ``0.698 → 0.682: lower, as you said``.

    Parameters
    ----------
    before, after : float
    predicted : str
        One of `ANSWERS`.
    """
    came = outcome(before, after)
    change = 100.0 * (after - before) / before if before else 0.0
    sign = "+" if change > 0 else ""
    share = f" ({sign}{numbers.fixed(change, 2)} %)" if came == ANSWERS[1] else ""
    verdict = "as you said" if came == predicted else f"you said {predicted}"
    moved = f"{numbers.short(before)} → {numbers.short(after)}"
    return f"{moved}: {came}{share}, {verdict}."


def told_step(before: float, after: float, batch: int, train: int) -> str:
    """What one step says of every step."""
    if after > before:
        return (
            "This one step made the whole training loss worse: “each step improves” is a trend,"
            " not a law."
        )
    return (
        f"This step improved it; but each step follows its own {batch} samples, not all"
        f" {numbers.count(train)}: “each step improves” is a trend, not a law."
    )


def told_disc(closed: bool, predicted: str) -> str:
    """Whether the boundary closed, and what had been said."""
    verdict = "as you said" if closed == (predicted == "yes") else f"you said {predicted}"
    if closed:
        return f"The boundary closed round the inner disc, {verdict}. No single step drew it."
    return f"The boundary did not close round the inner disc, {verdict}."


def told_right(right: int, rows: int, predicted: str) -> str:
    """How many training samples are right, and what had been said."""
    verdict = "as you said" if (right == rows) == (predicted == "yes") else f"you said {predicted}"
    count = f"{numbers.count(right)} of {numbers.count(rows)}"
    return f"{count} training samples are right, {verdict}."


def has_disc(frame: Frame) -> bool:
    """Whether the data is a disc inside a ring, drawn as a plane of one probability."""
    found = frame.map
    there = found is not None and found.values is not None and found.values.ndim == 2
    return there and frame.settings.data.source == "circle" and frame.problem.classes == 2


def closes(values: np.ndarray | None) -> bool:
    """Whether a region stands in the middle that the edge of the plane nowhere touches.

    Parameters
    ----------
    values : ndarray of shape (h, w)
        Probability of class 1.
    """
    if values is None:
        return False
    first = values > 0.5
    middle = first[first.shape[0] // 2, first.shape[1] // 2]
    edge = np.concatenate([first[0], first[-1], first[:, 0], first[:, -1]])
    return bool((edge != middle).all())
