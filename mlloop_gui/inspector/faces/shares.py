"""Stage 5: which parameters the loss is most sensitive to, and which samples say so."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.parameters import ParameterNames
from mlloop_gui.plots import numbers
from mlloop_gui.plots.ranking import RankingBars, RankingList
from mlloop_gui.plots.samples import class_name
from mlloop_gui.theme import font_px

DEAD = "dead unit: gradient 0, and may still be the culprit"
DEAD_BUT_PENALTY = "dead unit: only the penalty moves it"
_MOST_NAMED = 3


class SharesFace(Face):
    """Parameters by the size of their gradient; the chosen one's gradient sample by sample."""

    stage: ClassVar[Stage] = Stage.GRADIENTS
    key: ClassVar[str] = "shares"
    title: ClassVar[str] = "Who is to blame"
    tip: ClassVar[str] = "Parameters by how sensitive the loss is to them, and each sample's share"
    lens: ClassVar[str] = "shares"

    def build(self) -> None:
        """Make the two lists, each under its heading."""
        self.parameters = RankingBars("parameters, largest gradient first",
                                      ("parameter", "gradient"))  # fmt: skip
        self.parameters.setObjectName("face.shares.parameters")
        self.parameters.setToolTip("A click or the arrow keys pick the parameter in hand")
        self.samples = RankingBars("shares of the samples, largest first", ("sample", "share"))
        self.samples.setObjectName("face.shares.samples")
        self.samples.setToolTip("A click or the arrow keys pick the sample in hand")
        self.lists = RankingList(self.parameters), RankingList(self.samples)
        self.headings = QLabel(), QLabel()
        self.notes = QLabel(), QLabel()
        self.parameters.row_chosen.connect(self._pick_parameter)
        self.samples.row_chosen.connect(self._pick_sample)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(24)
        for heading, scroll, note in zip(self.headings, self.lists, self.notes, strict=True):
            column = QVBoxLayout()
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            for label in (heading, note):
                label.setTextFormat(Qt.TextFormat.PlainText)
                label.setWordWrap(True)
            column.addWidget(heading)
            column.addWidget(scroll, 1)
            column.addWidget(note)
            row.addLayout(column, 1)
        self.register(*self.lists)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show both lists."""
        layout, wanted = moment.turn.layout, self.choice.parameter
        index = int(arrays["parameter"])
        if wanted is not None and wanted < layout.parameters and wanted != index:
            return  # the shares of the parameter just chosen come with the next frame
        self._fill_parameters(moment, arrays, index)
        self._fill_samples(moment, arrays, index)

    def _fill_parameters(self, moment: Moment, arrays: Arrays, index: int) -> None:
        layout, order, gradient = moment.turn.layout, arrays["order"], arrays["sorted_gradient"]
        notes = [
            "" if not dead else DEAD if value == 0.0 else DEAD_BUT_PENALTY
            for dead, value in zip(arrays["dead_parameters"], gradient.tolist(), strict=True)
        ]
        before = self.parameters.chosen
        found = np.flatnonzero(order == index)
        self.parameters.set_rows(
            list(ParameterNames(layout, order)),
            gradient,
            int(found[0]) if len(found) else None,
            notes,
        )
        if self.parameters.chosen != before:
            self.lists[0].show_chosen()
        some = len(order) < layout.parameters
        count = numbers.count(layout.parameters)
        of = f"{len(order)} of {count}" if some else f"all {count}"
        self.headings[0].setText(f"Largest gradients first ({of})")
        self._note(0, _dead_words(arrays["dead_units"], moment))

    def _fill_samples(self, moment: Moment, arrays: Arrays, index: int) -> None:
        shares, rows = arrays["sample_share"], arrays["rows"]
        self._order = np.argsort(-np.abs(np.nan_to_num(shares, nan=np.inf)), kind="stable")
        place = moment.place
        found = np.flatnonzero(self._order == (-1 if place is None else place))
        before = self.samples.chosen
        self.samples.set_rows(
            [_sample_name(moment, int(at), int(rows[at])) for at in self._order.tolist()],
            shares[self._order],
            int(found[0]) if len(found) else None,
        )
        if self.samples.chosen != before:
            self.lists[1].show_chosen()
        name = moment.turn.layout.name(index)
        rank = numbers.count(int(arrays["rank"]))
        self.headings[1].setText(f"Each sample's share in {name}, number {rank} by size")
        total, penalty = float(arrays["total"]), float(arrays["penalty_share"])
        said = f"The {numbers.count(len(rows))} shares add up to"
        if penalty:
            said += f" {numbers.short(float(shares.sum()), 4)}, the penalty's is"
            said += f" {numbers.short(penalty, 4)}: gradient {numbers.short(total, 4)}"
        else:
            said += f" its gradient, {numbers.short(total, 4)}"
        should = " should fall" if total > 0.0 else " should grow" if total < 0.0 else " may stay"
        self._note(1, f"{said}; the parameter{should}.")

    def _note(self, side: int, text: str) -> None:
        self.notes[side].setText(text)
        self.notes[side].setVisible(bool(text))

    def _pick_parameter(self, row: int) -> None:
        order = self.arrays["order"]
        if 0 <= row < len(order):
            self.choice.choose_parameter(int(order[row]))

    def _pick_sample(self, row: int) -> None:
        if 0 <= row < len(self._order):
            self.pick(self.arrays["rows"], int(self._order[row]))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            theme = self.theme
            for heading in self.headings:
                heading.setStyleSheet(
                    f"font-weight: bold; color: {theme.text}; font-size: {font_px()}px;"
                )
            for note in self.notes:
                note.setStyleSheet(f"color: {theme.text}; font-size: {font_px('small')}px;")


def _sample_name(moment: Moment, place: int, row: int) -> str:
    """Return a sample of the batch as a person finds it: its place, and what it is."""
    dataset = moment.problem.dataset
    target = dataset.target[row]
    if moment.problem.classes:
        return f"sample {place + 1}, {class_name(dataset.class_names, int(target))}"
    return f"sample {place + 1}, {dataset.target_name} {numbers.short(float(target))}"


def _dead_words(units: np.ndarray, moment: Moment) -> str:
    """Return which units are dead, and that a gradient of 0 does not acquit them."""
    if not len(units):
        return ""
    sizes = moment.turn.layout.sizes
    into = sum(sizes[layer] + 1 for layer, _ in units.tolist())
    named, others = units[:_MOST_NAMED].tolist(), len(units) - _MOST_NAMED
    names = [f"unit {unit + 1} of layer {layer + 1}" for layer, unit in named]
    more = f" and {numbers.count(others)} more" if others > 0 else ""
    one = len(units) == 1
    return (
        f"Dead for this whole batch: {', '.join(names)}{more}. The {numbers.count(into)} parameters"
        f" into {'it' if one else 'them'} have gradient 0 and may still be the culprit: blame does"
        " not get through."
    )
