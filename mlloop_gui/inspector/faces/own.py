"""Stage 1: an object of one's own, what it becomes, and what the model makes of it."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from core.explain.trial import Trial
from core.problem import Problem
from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.own_editors import Editor, editor_for
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.represent import telling_order
from mlloop_gui.plots import numbers
from mlloop_gui.plots.bars import ProbabilityBars
from mlloop_gui.theme import current_scale

_SIDE = 240


class OwnFace(Face):
    """A picture to draw, a sentence to type or values to set; its vector; the present answer."""

    stage: ClassVar[Stage] = Stage.REPRESENT
    key: ClassVar[str] = "own"
    title: ClassVar[str] = "Your own"
    tip: ClassVar[str] = "Draw, type or set an object: what it becomes and what is predicted"

    def build(self) -> None:
        """Make room for the editor, the vector and the answer."""
        self._problem: Problem | None = None
        self.editor: Editor | None = None
        self._room = QStackedWidget()
        self.again = QPushButton("As the sample")
        self.again.setObjectName("face.own.again")
        self.again.setToolTip("Begin with the values of the sample in hand")
        self.again.clicked.connect(self._begin)
        self.vector = NumbersTable("the vector that it becomes")
        self.vector.setObjectName("face.own.vector")
        self.bars = ProbabilityBars("The model's answer")
        self.bars.setObjectName("face.own.bars")
        self.answer = Facts("The model's answer")
        self.answer.setObjectName("face.own.answer")
        self.said = QLabel()
        self.said.setObjectName("face.own.said")
        self.said.setWordWrap(True)
        left = QVBoxLayout()
        left.setContentsMargins(0, 0, 0, 0)
        left.addWidget(self._room, 1)
        left.addWidget(self.again)
        inside = QWidget()
        side = QVBoxLayout(inside)
        side.setContentsMargins(0, 0, 0, 0)
        # The sentence first: of ten bars the longest may have to be scrolled to.
        for widget in (self.said, self.bars, self.answer):
            side.addWidget(widget)
        side.addStretch(1)
        right = Scrolled(inside)
        right.setFixedWidth(round(_SIDE * current_scale()))
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 2)
        row.addWidget(self.vector, 3)
        row.addWidget(right)
        self.register(self.vector, self.bars, self.answer)

    def ready(self, moment: Moment) -> bool:
        """Return that an object can be tried before the first turn."""
        return True

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the answer to the object in hand; of other data, begin anew."""
        if self._problem is None or moment.problem.dataset is not self._problem.dataset:
            self._offer(moment.problem)
        self._problem = moment.problem
        trial = moment.frame.own
        if trial is None or self.editor is None or trial.values != self.editor.values():
            return  # the answer comes with the next frame
        self._show(moment.problem, trial)

    def _offer(self, problem: Problem) -> None:
        """Put the editor that suits the data into its place, with the sample in hand in it."""
        if self.editor is not None:
            self._room.removeWidget(self.editor)
            self.editor.deleteLater()
        self.editor = editor_for(problem.dataset)
        self.editor.setObjectName("face.own.editor")
        self.editor.changed.connect(self._ask)
        self.editor.set_theme(self.theme)
        self._room.addWidget(self.editor)
        self._problem = problem
        self._begin()

    def _begin(self) -> None:
        frame = self.session.frame
        if frame is None or self.editor is None:
            return
        self.editor.begin(frame.problem.dataset, frame.sample)
        self._ask()

    def _ask(self) -> None:
        """Have the worker represent the object and predict."""
        assert self.editor is not None
        self.session.show(own=self.editor.values())

    def _show(self, problem: Problem, trial: Trial) -> None:
        order = telling_order(problem, trial.x)
        features = [problem.representation.features[k] for k in order]
        self.vector.set_numbers(
            [feature.name for feature in features],
            [
                Column("x", trial.x[order], "What the model gets", signed=True),
                Column("how", [numbers.signed(feature.formula) for feature in features],
                       "How the number is made, as fitted on the training part"),
            ],
        )  # fmt: skip
        classes, dataset = bool(problem.classes), problem.dataset
        self.bars.setVisible(classes)
        self.answer.setVisible(not classes)
        if classes:
            shares = trial.shares
            values = trial.scores if shares is None else shares
            if shares is None and len(values) == 1:
                values = np.array([-values[0], values[0]])
            self.bars.set_values(dataset.class_names, values, scores=shares is None)
        else:
            unit = f" {dataset.target_unit}".rstrip()
            text = numbers.short(trial.guess, 4) + unit
            self.answer.set_facts([Fact.of(dataset.target_name, trial.guess, text, strong=True)])
        self.said.setText(self._sentence(problem, trial))

    def _sentence(self, problem: Problem, trial: Trial) -> str:
        texts = [value for value in trial.values if isinstance(value, str)]
        unknown = _unknown(problem, texts)
        nothing = not np.any(trial.x)
        said = f"Predicted: {problem.dataset.target_text(trial.guess)}."
        if unknown:
            said += f" Never seen in training: {', '.join(unknown[:8])}."
        if nothing:
            said += " Its vector is all zeros: the model sees nothing of it."
        return said

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built and self.editor is not None:
            self.editor.set_theme(self.theme)


def _unknown(problem: Problem, texts: list[str]) -> tuple[str, ...]:
    """The words that the representation of the texts does not know."""
    found: list[str] = []
    for piece in problem.representation.pieces:
        vectors = getattr(piece, "vectors", None)
        if vectors is not None:
            found += [word for text in texts for word in vectors.unknown(text)]
    return tuple(dict.fromkeys(found))
