"""Stage 6 as a task: be the neuron, and find δ and one gradient from what it is told."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Slot
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from core.explain.case import Case
from core.stages import Stage
from mlloop_gui.frames import RunState
from mlloop_gui.inspector.faces.answers import Blame, Verdict, judge_delta, judge_gradient, parse
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.facts import CROSS, TICK
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.neuron import Above, NeuronPicture, NeuronView
from mlloop_gui.theme import Theme, font_px

#: More units above than this are summed up in one line.
MOST = 4
TASK = (
    "You are this neuron. You know the δ of the units above, the weights to them, your own slope "
    "and your input: no more. Two significant digits are enough."
)


class NeuronFace(Face):
    """All is hidden but what the neuron is told; two products are typed and checked."""

    stage: ClassVar[Stage] = Stage.BACKPROPAGATE
    key: ClassVar[str] = "neuron"
    title: ClassVar[str] = "Be the neuron"
    tip: ClassVar[str] = "Find δ and a gradient yourself from what one neuron is told"
    lens: ClassVar[str] = "neuron"
    by_unit: ClassVar[bool] = True

    def build(self) -> None:
        """Make the picture, the two fields and the buttons."""
        self._key: tuple[object, ...] | None = None
        self._known, self._off = [False, False], 0.0
        self.right, self.asked = 0, 0
        self.picture = NeuronPicture()
        self.task = QLabel(TASK)
        self.task.setWordWrap(True)
        self.fields, self.said = [], []
        for name, told in (
            ("delta", "δ = sum of (δ above · weight) · slope"),
            ("gradient", "gradient of the weight = δ · input"),
        ):
            field = QLineEdit()
            field.setObjectName(f"neuron.{name}")
            field.setAccessibleName(told)
            field.setToolTip(f"{told}; Enter checks it")
            field.setMaxLength(24)
            said = QLabel()
            said.setObjectName(f"neuron.{name}.said")
            said.setWordWrap(True)
            self.fields.append(field)
            self.said.append(said)
        self.fields[0].returnPressed.connect(self._check_delta)
        self.fields[1].returnPressed.connect(self._check_gradient)
        self.another, self.show_me = QPushButton("Another unit"), QPushButton("Show me")
        self.another.setObjectName("neuron.another")
        self.another.setToolTip("Go to the next unit; after the last of a layer, one layer back")
        self.another.clicked.connect(self._next_unit)
        self.show_me.setObjectName("neuron.show")
        self.show_me.setToolTip("Show the next hidden number; it does not count as right")
        self.show_me.clicked.connect(self._show_next)
        self.score = QLabel()
        self.score.setObjectName("neuron.score")
        self._lay_out()
        self.register(self.picture)

    def _lay_out(self) -> None:
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        self._names = [QLabel("δ ="), QLabel("gradient =")]
        for row, (name, field, said) in enumerate(
            zip(self._names, self.fields, self.said, strict=True)
        ):
            field.setFixedWidth(110)
            grid.addWidget(name, row, 0)
            grid.addWidget(field, row, 1)
            grid.addWidget(said, row, 2)
        grid.setColumnStretch(2, 1)
        buttons = QHBoxLayout()
        for widget in (self.another, self.show_me, self.score):
            buttons.addWidget(widget)
        buttons.addStretch(1)
        column = QVBoxLayout()
        column.setSpacing(4)
        column.addWidget(self.task)
        column.addLayout(grid)
        column.addLayout(buttons)
        column.addStretch(1)
        across = QHBoxLayout(self.body)
        across.setContentsMargins(0, 0, 0, 0)
        across.setSpacing(18)
        across.addWidget(self.picture, 5)
        across.addLayout(column, 4)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Ask anew where the question has changed; a run does not take it away."""
        key = (
            moment.frame.run, moment.turn.turn, moment.sample,
            *(float(arrays[name]) for name in ("layer", "unit", "input_index", "delta")),
        )  # fmt: skip
        running = moment.frame.state is RunState.RUNNING
        if key != self._key and not (running and self._key is not None):
            self._key, self._known = key, [False, False]
            self._asked, self._moment = arrays, moment
            for field, said in zip(self.fields, self.said, strict=True):
                field.clear()
                said.clear()
        self._show()

    def set_theme(self, theme: Theme) -> None:
        """Take the colours and text sizes of ``theme``."""
        super().set_theme(theme)
        if self._built:
            small = f"font-size: {font_px('small')}px; color: {theme.muted};"
            self.task.setStyleSheet(small)
            self.score.setStyleSheet(small)

    # The question

    @property
    def blame(self) -> Blame:
        """What comes from above, as much of it as is listed."""
        arrays = self._asked
        deltas, weights = arrays["delta_above"], arrays["weights_above"]
        if not len(deltas):
            return Blame((), (), given=float(arrays["blame"]))
        order = self._listed()
        rest = np.delete(deltas * weights, order)
        return Blame(
            tuple(deltas[order].tolist()), tuple(weights[order].tolist()), float(rest.sum())
        )

    def _listed(self) -> np.ndarray:
        """Which units above are listed: all, or those whose products are largest."""
        products = np.abs(np.nan_to_num(self._asked["delta_above"] * self._asked["weights_above"]))
        if len(products) <= MOST:
            return np.arange(len(products))
        return np.sort(np.argsort(-products, kind="stable")[: MOST - 1])

    @property
    def given(self) -> float:
        """The input that is asked for."""
        return float(self._asked["input"][int(self._asked["input_index"])])

    def _number(self, name: str) -> float:
        return float(self._asked[name])

    # Showing

    def _show(self) -> None:
        arrays, moment = self._asked, self._moment
        case = Case(moment.context, moment.sample)
        layer, unit = int(arrays["layer"]), int(arrays["unit"])
        delta, gradient = self._number("delta"), self._number("delta") * self.given
        vote = self._number("vote")
        words, share = "no vote: outside the batch", ""
        if not moment.shown.outside:
            count = len(moment.turn.rows)
            even = np.isclose(vote, 1.0 / count, rtol=1e-6)
            words = f"· vote {f'1/{count}' if even else numbers.short(vote)}"
            found = numbers.short(gradient * vote) if self._known[1] else "?"
            share = f"= {found} in the batch’s mean"
        name = case.unit_name(layer, unit)
        self.picture.set_neuron(
            NeuronView(
                name=name[0].upper() + name[1:],
                input_name=case.input_name(layer, int(arrays["input_index"])),
                above=self._above(case, layer),
                loss_slope=None if len(arrays["delta_above"]) else self._number("blame"),
                slope=self._number("slope"),
                given=self.given,
                delta=delta if self._known[0] else None,
                gradient=gradient if self._known[1] else None,
                vote=words,
                share=share,
            )
        )
        self.fields[0].setReadOnly(self._known[0])
        self.fields[1].setReadOnly(self._known[1])
        self.fields[1].setEnabled(self._known[0])
        self.show_me.setEnabled(not all(self._known))
        self.score.setText(f"Right: {self.right} of {self.asked}" if self.asked else "")

    def _above(self, case: Case, layer: int) -> tuple[Above, ...]:
        blame = self.blame
        if blame.given is not None:
            return ()
        listed = self._listed()
        rows = [
            Above(short_name(case, layer + 1, int(at)), delta, weight)
            for at, delta, weight in zip(listed, blame.deltas, blame.weights, strict=True)
        ]
        others = len(self._asked["delta_above"]) - len(rows)
        if others:
            rows.append(Above(f"δ · w of {others} others", None, None, blame.rest))
        return tuple(rows)

    def _tell(self, at: int, verdict: Verdict) -> None:
        sign = TICK if verdict.right else CROSS
        color = self.theme.ok if verdict.right else self.theme.error
        self.said[at].setText(f"{sign} {verdict.text}")
        self.said[at].setStyleSheet(f"color: {color}; font-size: {font_px('small')}px;")

    # Answers

    @Slot()
    def _check_delta(self) -> None:
        answer = self._read(0)
        if answer is None:
            return
        self._off = answer - self._number("delta")
        slope, vote = self._number("slope"), self._number("vote")
        self._take(0, judge_delta(answer, self.blame, slope, vote))

    @Slot()
    def _check_gradient(self) -> None:
        answer = self._read(1)
        if answer is None:
            return
        delta, blame, vote = (self._number(name) for name in ("delta", "blame", "vote"))
        self._take(1, judge_gradient(answer, delta, self.given, blame, vote, self._off))

    def _read(self, at: int) -> float | None:
        """What was typed; None for no number, or where the answer is known already."""
        answer = None if self._known[at] else parse(self.fields[at].text())
        if answer is None and not self._known[at]:
            self._tell(at, Verdict(False, "That is no number."))
        return answer

    def _take(self, at: int, verdict: Verdict) -> None:
        self._tell(at, verdict)
        if verdict.right:
            self.right += 1
            self._reveal(at)

    @Slot()
    def _show_next(self) -> None:
        at = 1 if self._known[0] else 0
        self._off = 0.0
        value = self._number("delta") * (self.given if at else 1.0)
        self.fields[at].setText(numbers.short(value))
        said = "δ · input" if at else "the blame · slope"
        self.said[at].setText(f"Shown: {said}.")
        self.said[at].setStyleSheet(f"color: {self.theme.muted}; font-size: {font_px('small')}px;")
        self._reveal(at)

    def _reveal(self, at: int) -> None:
        """A number is known; on with the next one."""
        self.asked += 1
        self._known[at] = True
        self._show()
        (self.another if at else self.fields[1]).setFocus()

    @Slot()
    def _next_unit(self) -> None:
        sizes = self._moment.turn.layout.sizes
        layer, unit = int(self._asked["layer"]), int(self._asked["unit"]) + 1
        if unit >= sizes[layer + 1]:
            layer, unit = (layer - 1) % (len(sizes) - 1), 0
        self.choice.choose(layer, unit)
        self.fields[0].setFocus()


def short_name(case: Case, layer: int, unit: int) -> str:
    """Return what a unit is called beside its δ."""
    if layer < case.last:
        return f"unit {unit + 1}"
    names = case.problem.output_names
    return "output" if len(names) == 1 else names[unit]
