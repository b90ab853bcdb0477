"""The first minute: one question, one lit button."""

from __future__ import annotations

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QLabel, QPushButton, QWidget

from mlloop_gui.session import Session
from mlloop_gui.views.card import Card
from mlloop_gui.views.turn_once import TurnOnce


class WelcomeCard(Card):
    """The question beside the boundary, and the way to the whole window.

    Attributes
    ----------
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
        self._said.setObjectName("welcome.sentence")
        self._said.setWordWrap(True)
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
        self.body.addStretch(1)
        self.body.addWidget(self.show_everything, 0, Qt.AlignmentFlag.AlignLeft)
        session.run_started.connect(self._ask)
        session.frame_changed.connect(self._tell)
        travel.finished.connect(self._sum_up)

    def take_button(self, button: QPushButton) -> None:
        """Have the lit button stand under the question."""
        self.body.insertWidget(3, button, 0, Qt.AlignmentFlag.AlignLeft)

    @Slot()
    def _ask(self) -> None:
        frame = self._session.frame
        if frame is None:
            return
        biases = sum(frame.layout.sizes[1:])
        weights = frame.parameters - biases
        self._question.setText(
            f"These {frame.parameters:,} numbers, {weights:,} weights drawn at random and"
            f" {biases:,} biases at 0, made this guess. How should they change to do better on"
            " unseen data?"
        )

    @Slot()
    def _tell(self) -> None:
        """While the sample travels: the stage, its question and its sentence."""
        frame = self._session.frame
        if frame is None or not self._travel.active or not self.isVisible():
            return
        stage = self._session.inspected
        found = frame.explanations.get(stage)
        self._stage.setText(f"{int(stage)} {stage.label} · {stage.question}")
        self._said.setText(found.sentence if found else "")

    @Slot()
    def _sum_up(self) -> None:
        frame = self._session.frame
        if frame is None or not frame.position.update or frame.in_turn:
            return
        self._stage.setText("That was one turn of the loop.")
        self._said.setText(
            f"All {frame.parameters:,} numbers moved a little. Press Run, and watch the boundary"
            " while the loop turns again and again."
        )
