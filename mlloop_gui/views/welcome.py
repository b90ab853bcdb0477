"""The first minute: one question, one lit button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mlloop_gui.frames import Frame, RunState
from mlloop_gui.plots import numbers
from mlloop_gui.session import Session
from mlloop_gui.views.card import Card, light
from mlloop_gui.views.predictions import TURNS, Predictions
from mlloop_gui.views.turn_once import TurnOnce


class WelcomeCard(Card):
    """The question beside the boundary, more turns with predictions, the way to the whole window.

    Attributes
    ----------
    predictions : Predictions
        Seen once the loop has gone round.
    show_everything : QPushButton
    """

    def __init__(self, session: Session, travel: TurnOnce, parent: QWidget | None = None) -> None:
        super().__init__(parent=parent)
        self._session, self._travel = session, travel
        self.setMaximumWidth(460)
        self.body.setContentsMargins(16, 16, 16, 16)
        self.body.setSpacing(14)
        self._question = QLabel()
        self._question.setProperty("role", "heading")
        self._question.setWordWrap(True)
        self._hint = QLabel(
            "Each time round, the loop looks at a few points, guesses, measures how wrong it was,"
            " finds which numbers are to blame, and changes each of them a little."
        )
        self._hint.setWordWrap(True)
        self._stage, self._said = QLabel(), QLabel()
        self._stage.setProperty("role", "title")
        self._stage.setWordWrap(True)
        self._said.setObjectName("welcome.sentence")
        self._said.setWordWrap(True)
        self.predictions = Predictions(session)
        self.predictions.hide()
        self._turn_once: QPushButton | None = None
        self.show_everything = QPushButton("Show everything")
        self.show_everything.setObjectName("show_everything")
        self.show_everything.setAccessibleName("Show everything")
        self.show_everything.setToolTip("Open the full window: settings, curves and inspectors")
        self.body.addStretch(1)
        self.body.addWidget(self._question)
        self.body.addWidget(self._hint)
        self.body.addSpacing(12)
        self.body.addWidget(self._stage)
        self.body.addWidget(self._said)
        self.body.addWidget(self.predictions)
        self.body.addStretch(1)
        self.body.addWidget(self.show_everything, 0, Qt.AlignmentFlag.AlignLeft)
        session.run_started.connect(self._ask)
        session.frame_changed.connect(self._tell)
        travel.started.connect(self._set_out)
        travel.finished.connect(self._sum_up)
        self.predictions.made.connect(self._count)

    def take_button(self, button: QPushButton) -> None:
        """Have the lit button stand under the question."""
        self._turn_once = button
        self.body.insertWidget(3, button, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def _ask(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        self._show_predictions(False)
        self._say("", "")
        self._write_question(frame)

    def _write_question(self, frame: Frame) -> None:
        """Ask; where the numbers come from is said only while they are as they were drawn."""
        drawn, made = "", "make"
        if not frame.position.update:
            biases = sum(frame.layout.sizes[1:])
            weights = frame.parameters - biases
            drawn = f", {weights:,} weights drawn at random and {biases:,} biases at 0,"
            made = "made"
        self._question.setText(
            f"These {frame.parameters:,} numbers{drawn} {made} this guess."
            " How should they change to do better on unseen data?"
        )

    @Slot()
    def _tell(self) -> None:
        """While the sample travels: the stage, its question and its sentence."""
        frame = self._session.frame
        if frame is None or not self._travel.active or not self.isVisible():
            return
        stage = self._session.inspected
        found = frame.explanations.get(stage)
        self._say(f"{int(stage)} {stage.label} · {stage.question}", found.sentence if found else "")

    @Slot()
    def _set_out(self) -> None:
        if self.isVisible():
            self._show_predictions(False)

    @Slot()
    def _sum_up(self) -> None:
        """After a turn: more of them, each with a prediction first."""
        frame = self._session.frame
        if frame is None or not frame.position.update or not self.isVisible():
            return
        if frame.in_turn or frame.state is RunState.RUNNING:
            self._say("", "")
            # What was offered before is offered again.
            self._show_predictions(self.predictions.offered)
            return
        self._say(
            "That was one turn of the loop.", f"All {frame.parameters:,} numbers moved a little."
        )
        self._show_predictions(True)

    @Slot()
    def _count(self) -> None:
        frame = self._session.frame
        assert frame is not None
        turns = numbers.count(frame.position.update)
        if self.predictions.step < len(TURNS):
            self._say(f"{turns} turns of the loop so far.", "")
            return
        self._say(
            "That is all there is to it.",
            f"{turns} times the same turn of the loop; nobody drew the boundary.",
        )
        light(self.show_everything, True)
        self.show_everything.setFocus()

    def _say(self, heading: str, text: str) -> None:
        for label, said in ((self._stage, heading), (self._said, text)):
            label.setText(said)
            label.setVisible(bool(said))

    def _show_predictions(self, on: bool) -> None:
        """Show the predictions in the place of the first hint, or the hint again."""
        self.predictions.setVisible(on)
        self._hint.setVisible(not on)
        light(self.show_everything, False)
        if self._turn_once is not None:
            light(self._turn_once, not on)
        frame = self._session.frame
        if frame is not None:
            self._write_question(frame)
        if on:
            self.predictions.offer()
