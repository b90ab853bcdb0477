"""Stage 8 as movement: the hidden representation before and after the step."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QButtonGroup, QHBoxLayout, QLabel, QToolButton, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.plots import numbers
from mlloop_gui.plots.movement import Movement
from mlloop_gui.theme import current_scale, font_px

FACTORS = (1, 10, 100)
SHOWN = 20
_TABLE, _FACTS = 250, 250
#: The most that a typical arrow may take of the picture's diagonal.
_FAR = 0.15


class MovedFace(Face):
    """An arrow a sample, the largest movers, and how far the parameters are from their start."""

    stage: ClassVar[Stage] = Stage.ITERATE
    key: ClassVar[str] = "moved"
    title: ClassVar[str] = "What moved"
    tip: ClassVar[str] = "Where the last hidden layer puts the samples, before and after the step"
    lens: ClassVar[str] = "moved"

    def build(self) -> None:
        """Make the picture, the choice of its arrows' length, the movers and the facts."""
        self.picture = Movement()
        self.movers = NumbersTable("the samples that moved most")
        self.facts = Facts("What the step moved")
        self.picture.picked.connect(self._pick_point)
        self.movers.row_chosen.connect(self._pick_mover)
        left = QVBoxLayout()
        left.setSpacing(2)
        left.addLayout(self._factors())
        left.addWidget(self.picture, 1)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 1)
        column = QVBoxLayout()
        column.addWidget(self.movers, 1)
        column.addStretch(0)
        row.addLayout(column)
        row.addWidget(self.facts, 0, Qt.AlignmentFlag.AlignTop)
        self.register(self.picture, self.movers, self.facts)

    def _factors(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(0)
        self._name = QLabel("Draw the arrows ")
        row.addWidget(self._name)
        self._group = QButtonGroup(self)
        self.factors: dict[int, QToolButton] = {}
        for factor, place in zip(FACTORS, ("first", "middle", "last"), strict=True):
            button = QToolButton()
            button.setCheckable(True)
            button.setText(f"×{factor}")
            button.setObjectName(f"face.moved.factor.{factor}")
            button.setAccessibleName(f"arrows {factor} times as long")
            told = "as long as they are" if factor == 1 else f"{factor} times as long as they are"
            button.setToolTip(f"Draw the arrows {told}")
            button.setProperty("segment", place)
            self._group.addButton(button)
            self.factors[factor] = button
            row.addWidget(button)
        self.factors[1].setChecked(True)
        self._fitted = False
        self._group.buttonClicked.connect(self._stretch)
        row.addStretch(1)
        return row

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the movement of the recorded turn's step."""
        names = moment.problem.dataset.class_names if moment.problem.classes else ()
        self.picture.set_title(where(arrays, moment))
        self.picture.set_points(
            arrays["before"], arrays["after"], arrays["distance"], arrays["classes"],
            arrays["source_rows"], arrays["in_batch"], names, int(arrays["chosen"]),
        )  # fmt: skip
        if not self._fitted:
            self._fitted = True
            self.factors[fitting(arrays)].setChecked(True)
        self._stretch()
        self.order = movers(arrays)
        at = np.flatnonzero(self.order == int(arrays["chosen"]))
        batch = ["yes" if there else "" for there in arrays["in_batch"][self.order].tolist()]
        self.movers.set_numbers(
            [str(place + 1) for place in range(len(self.order))],
            [
                Column("sample", arrays["source_rows"][self.order], "Row of the data"),
                Column("moved by", arrays["distance"][self.order],
                       "Distance in all units of the layer"),
                Column("in batch", batch, "Whether it had a vote in this update"),
            ],
            int(at[0]) if len(at) else None,
        )  # fmt: skip
        self.facts.set_facts(*account(moment, arrays))

    def _stretch(self) -> None:
        factor = next(factor for factor, button in self.factors.items() if button.isChecked())
        self.picture.set_factor(factor)

    def _pick_point(self, place: int) -> None:
        self.pick(self.arrays["rows"], place)

    def _pick_mover(self, row: int) -> None:
        self.pick(self.arrays["rows"], int(self.order[row]))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.facts.setFixedWidth(round(_FACTS * current_scale()))
            self.movers.setMinimumWidth(round(0.8 * _TABLE * current_scale()))
            self._name.setStyleSheet(f"color: {self.theme.muted}; font-size: {font_px('small')}px;")


def movers(arrays: Arrays) -> np.ndarray:
    """Return the places of the samples that moved most, the farthest first."""
    distance = np.where(np.isnan(arrays["distance"]), np.inf, arrays["distance"])
    return np.argsort(-distance, kind="stable")[:SHOWN]


def fitting(arrays: Arrays) -> int:
    """Return the factor at which arrows can be seen and do not fill the picture."""
    moved = np.hypot(*(arrays["after"] - arrays["before"]).T)
    spread = float(np.hypot(*np.ptp(arrays["before"], axis=0)))
    share = float(np.median(moved)) / spread if spread > 0.0 else np.nan
    return max([factor for factor in FACTORS if factor * share <= _FAR], default=1)


def where(arrays: Arrays, moment: Moment) -> str:
    """Return what the two directions of the picture are."""
    width = int(arrays["width"])
    layer = "Last hidden layer" if moment.turn.layout.layers > 1 else "Scores"
    if width <= 2:
        return layer if width == 2 else f"{layer}: its one unit"
    share = numbers.percent(float(arrays["explained"]), 0)
    return f"{layer}: {share} of the spread of its {width} units"


def account(moment: Moment, arrays: Arrays) -> tuple[list[Fact], str]:
    """Return how far samples and parameters moved."""
    distance, voted = arrays["distance"], arrays["in_batch"]
    facts = []
    for name, part in (("mean, in the batch", voted), ("mean, others", ~voted)):
        if part.any():
            value = float(distance[part].mean())
            facts.append(Fact.of(name, value, numbers.short(value, 4)))
    told = moment.explanation.arrays if moment.explanation is not None else {}
    for name, key in (("length of the step", "moved"), ("way from the start", "distance")):
        if key in told:
            value = float(told[key])
            facts.append(Fact.of(name, value, numbers.short(value, 4), key == "distance"))
    note = (
        "The batch asked for the step, but all samples share the parameters: the others move too."
    )
    return facts, note
