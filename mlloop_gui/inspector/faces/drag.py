"""Stage 5: one parameter dragged by hand, the loss and the accuracy as it goes."""

from __future__ import annotations

from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QButtonGroup,
    QHBoxLayout,
    QLabel,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.explain.objective import total_gradient
from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.parameter_chooser import ParameterChooser
from mlloop_gui.plots import numbers
from mlloop_gui.plots.slice import Slice, SlicePlot
from mlloop_gui.theme import current_scale, font_px

_LEFT_WIDTH = 200
#: Share of the width that the numbers take, and its limits in pixels.
_SIDE_WIDTH = (0.29, 250, 345)
BATCH, WHOLE = "batch", "whole"


class DragFace(Face):
    """The loss as a curve over one parameter, with its tangent, a handle, and the accuracy."""

    stage: ClassVar[Stage] = Stage.GRADIENTS
    key: ClassVar[str] = "drag"
    title: ClassVar[str] = "Drag a parameter"
    tip: ClassVar[str] = "The loss and the accuracy as one parameter moves, and where to set it"
    lens: ClassVar[str] = "slice"

    def build(self) -> None:
        """Make the line of controls, the plot, and what is read off it."""
        self.chooser = ParameterChooser()
        self.chooser.chosen.connect(self.choice.choose_parameter)
        self.plot = SlicePlot()
        self.plot.setObjectName("face.drag.plot")
        self.plot.moved.connect(self._read_off)
        self.facts = Facts("the parameter at the handle")
        self.facts.setObjectName("face.drag.facts")
        self.words = QLabel()
        self.words.setObjectName("face.drag.words")
        self.words.setAccessibleName("why the model is trained on loss")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.controls = self._controls()
        inside = QWidget()
        side = QVBoxLayout(inside)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(4)
        side.addWidget(self.facts)
        side.addWidget(self.words)
        side.addStretch(1)
        self.side = Scrolled(inside)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.controls)
        row.addWidget(self.plot, 1)
        row.addWidget(self.side)
        self.register(self.chooser, self.plot, self.facts)

    def _controls(self) -> QWidget:
        """What is dragged, over what, and what is done with it: beside the plot, which is low."""
        made = QWidget()
        column = QVBoxLayout(made)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        column.addWidget(self.chooser)
        self._group = QButtonGroup(self)
        self.parts: dict[str, QToolButton] = {}
        among = QHBoxLayout()
        among.setSpacing(0)
        for key, text, tip, place in (
            (BATCH, "Batch", "The objective of the turn's batch, which its gradient is of",
             "first"),
            (WHOLE, "Training part", "The mean loss of the training part, without dropout or"
             " penalty", "last"),
        ):  # fmt: skip
            button = QToolButton()
            button.setCheckable(True)
            button.setText(text)
            button.setObjectName(f"face.drag.{key}")
            button.setAccessibleName(f"loss of: {text}")
            button.setToolTip(tip)
            button.setProperty("segment", place)
            self._group.addButton(button)
            self.parts[key] = button
            among.addWidget(button)
        self.parts[BATCH].setChecked(True)
        self._group.buttonClicked.connect(self._draw)
        among.addStretch(1)
        column.addLayout(among)
        self.set_button = self._button("Set it here", "set", self._set)
        self.set_button.setToolTip(
            "Give the parameter this value, as an event of the run; undo takes it back"
        )
        self.back = self._button("Back", "back", self._go_back)
        self.back.setToolTip("Take the handle back to the value that the parameter has")
        buttons = QHBoxLayout()
        buttons.setSpacing(6)
        buttons.addWidget(self.set_button, 1)
        buttons.addWidget(self.back)
        column.addLayout(buttons)
        column.addStretch(1)
        return made

    @staticmethod
    def _button(text: str, key: str, slot: object) -> QPushButton:
        button = QPushButton(text)
        button.setObjectName(f"face.drag.{key}")
        button.setAccessibleName(text)
        button.clicked.connect(slot)
        return button

    # Showing

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the slice; the handle stays where it was while the parameter is the same."""
        layout, wanted = moment.turn.layout, self.choice.parameter
        index = int(arrays["parameter"])
        if wanted is not None and wanted < layout.parameters and wanted != index:
            return  # the slice of the parameter just chosen comes with the next frame
        self.chooser.set_parameters(layout, total_gradient(moment.turn), index)
        self._draw()

    def _draw(self) -> None:
        assert self.moment is not None
        arrays, before = self.arrays, self.plot.shown
        whole = self.parts[WHOLE].isChecked()
        kept = None
        name = self.moment.turn.layout.name(int(arrays["parameter"]))
        if before is not None and before.name == name:
            same = np.array_equal(before.values, arrays["values"])
            kept = self.plot.index if same else None
        h, value = float(arrays["nudge"]), float(arrays["value"])
        made = Slice(
            name=name,
            values=arrays["values"],
            at=int(arrays["at"]),
            loss=arrays["train_loss" if whole else "objective"],
            accuracy=arrays["train_accuracy" if whole else "accuracy"],
            tangent=None if whole else arrays["tangent"],
            nudges=()
            if whole
            else (
                (value - h, float(arrays["nudge_down"])),
                (value + h, float(arrays["nudge_up"])),
            ),
            whose="training part" if whole else "batch",
        )
        self.plot.set_slice(made, kept)
        self._read_off()

    def _read_off(self) -> None:
        """Say what the handle is at."""
        made, index = self.plot.shown, self.plot.index
        assert made is not None
        at_home = index == made.at
        self.set_button.setEnabled(not at_home and self.session.frame is not None)
        self.back.setEnabled(not at_home)
        loss = float(made.loss[index])
        self.facts.set_heading(f"{made.name} = {numbers.short(float(made.values[index]))}")
        facts = [Fact.of("loss", loss, numbers.short(loss, 5), strong=True)]
        if at_home:
            facts += self._slopes_here(made)
        else:
            change, slope = loss - float(made.loss[made.at]), made.slope(index)
            facts.append(Fact.of("change of loss", change, numbers.change(change)))
            facts.append(Fact.of("slope there", slope, f"≈ {numbers.change(slope)}"))
        if made.has_accuracy:
            share = float(made.accuracy[index])
            facts.append(Fact.of("accuracy", share, numbers.percent(share)))
        live = self._live_value()
        if live is not None:
            facts.append(Fact.of("value by now", live, numbers.short(live)))
        self.facts.set_facts(facts)
        self.words.setText(why_loss(made))

    def _slopes_here(self, made: Slice) -> list[Fact]:
        """The slope where the parameter is, by the backward pass and by the nudges."""
        if made.tangent is None:
            slope = made.slope(made.at)
            return [Fact.of("slope here", slope, f"≈ {numbers.change(slope)}")]
        slope, nudged = float(self.arrays["slope"]), float(self.arrays["nudged_slope"])
        h = numbers.short(float(self.arrays["nudge"]), 1)
        return [
            Fact.of("slope, backward pass", slope, numbers.change(slope, 5)),
            Fact.of(f"nudged by ±{h}", nudged, numbers.change(nudged, 5)),
        ]

    def _live_value(self) -> float | None:
        """The parameter's value after later turns, where it has moved on."""
        assert self.moment is not None
        theta, index = self.moment.frame.theta, int(self.arrays["parameter"])
        if index >= len(theta) or float(theta[index]) == float(self.arrays["value"]):
            return None
        return float(theta[index])

    # Doing

    def _set(self) -> None:
        """Give the parameter the value under the handle."""
        made, index = self.plot.shown, int(self.arrays["parameter"])
        if made is None or self.plot.index == made.at:
            return
        value = float(made.values[self.plot.index])
        if self.choice.parameter != index:
            # Without a choice the next turn would show another parameter, the largest of its own.
            self.choice.choose_parameter(index)
        self.session.edit_parameter(made.name, value)

    def _go_back(self) -> None:
        made = self.plot.shown
        if made is not None:
            self.plot.move_to(made.at)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.controls.setFixedWidth(round(_LEFT_WIDTH * current_scale()))
            self._share_width()
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px('small')}px;")

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Share the new width."""
        super().resizeEvent(event)
        if self._built:
            self._share_width()

    def _share_width(self) -> None:
        share, least, most = _SIDE_WIDTH
        scale = current_scale()
        self.side.setFixedWidth(round(min(max(share * self.width(), least * scale), most * scale)))


def flat_stretch(made: Slice) -> tuple[int, int]:
    """Return the first and last place round the present one with the same accuracy."""
    level = made.accuracy == made.accuracy[made.at]
    breaks = np.flatnonzero(~level)
    below, above = breaks[breaks < made.at], breaks[breaks > made.at]
    low = int(below[-1]) + 1 if len(below) else 0
    high = int(above[0]) - 1 if len(above) else len(level) - 1
    return low, high


def why_loss(made: Slice) -> str:
    """Return why the model is trained on the loss, with the numbers of this slice."""
    if not made.has_accuracy:
        return "The slope says which way to go: against it, the loss falls."
    low, high = flat_stretch(made)
    part = made.loss[low : high + 1]
    moved = float(part.max() - part.min()) if np.isfinite(part).all() else float("nan")
    ends = f"{numbers.short(float(made.values[low]))} to {numbers.short(float(made.values[high]))}"
    return (
        f"From {ends} the accuracy stands still at"
        f" {numbers.percent(float(made.accuracy[made.at]))} while the loss moves by"
        f" {numbers.short(moved)}: only the loss has a slope, so the model is trained on it and"
        " never sees accuracy."
    )
