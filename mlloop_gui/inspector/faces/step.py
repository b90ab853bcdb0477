"""Stage 7, link by link: one parameter's step in numbers, and the steps of all as pictures."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.chain import Chain, links
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.parameter_chooser import ParameterChooser
from mlloop_gui.inspector.parameters import ParameterNames
from mlloop_gui.plots import numbers
from mlloop_gui.plots.parameter_map import ParameterMap
from mlloop_gui.plots.step_scatter import StepScatter
from mlloop_gui.theme import font_px


class StepFace(Face):
    """w, gradient, memory, rate, step and new w as a chain; every step against its gradient."""

    stage: ClassVar[Stage] = Stage.UPDATE
    key: ClassVar[str] = "step"
    title: ClassVar[str] = "Step by step"
    tip: ClassVar[str] = "One parameter's whole arithmetic, and every parameter's step as a picture"
    lens: ClassVar[str] = "step"

    def build(self) -> None:
        """Make the chooser, the account, the chain and the two pictures."""
        self.chooser = ParameterChooser()
        self.account = QLabel()
        self.account.setObjectName("face.step.account")
        self.account.setWordWrap(True)
        self.chain = Chain()
        self.map = ParameterMap("Step of every parameter")
        self.scatter = StepScatter()
        for part in (self.map, self.scatter):
            part.picked.connect(self.choice.choose_parameter)
        self.chooser.chosen.connect(self.choice.choose_parameter)
        left = QVBoxLayout()
        left.setSpacing(3)
        left.addWidget(self.chooser)
        scroll = Scrolled(self.chain)
        # The keyboard must reach the links that are scrolled out of sight.
        scroll.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        scroll.setAccessibleName("the step, link by link")
        left.addWidget(scroll, 1)
        left.addWidget(self.account)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addLayout(left, 12)
        row.addWidget(self.scatter, 5)
        row.addWidget(self.map, 5)
        self.register(self.chooser, self.chain, self.map, self.scatter)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the step of the parameter in hand, and those of all."""
        record, at = moment.turn, int(arrays["parameter"])
        wanted, layout = self.choice.parameter, record.layout
        if wanted is not None and wanted < layout.parameters and wanted != at:
            return  # the chain of the parameter just chosen comes with the next frame
        name = record.settings.optimizer.name
        self.chooser.set_parameters(layout, arrays["gradient"], at)
        self.chain.set_links(links(arrays, name))
        names = ParameterNames(layout)
        self.map.set_values(layout.sizes, arrays["step"], names, at, "step")
        slope = -float(arrays["rate"]) * min(float(arrays["clip_factor"]), 1.0)
        self.scatter.set_steps(
            arrays["gradient"],
            arrays["step"],
            layout.is_weight == 0.0,
            names,
            at,
            slope,
            line_label(name, slope),
        )
        self.account.setText(account(moment))

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.account.setStyleSheet(
                f"color: {self.theme.text}; font-size: {font_px('small')}px;"
            )


def line_label(optimizer: str, slope: float) -> str:
    """Return what the line of a slope is."""
    rule = f"{numbers.signed(f'{slope:.3g}')} · gradient"
    return f"one line: {rule}" if optimizer == "sgd" else f"SGD would: {rule}"


def account(moment: Moment) -> str:
    """Return promise and delivery of the step, and how often a step made the whole worse."""
    arrays = moment.explanation.arrays if moment.explanation is not None else {}
    said = []
    if "promised" in arrays:
        both = (float(arrays[key]) for key in ("promised", "delivered"))
        promised, delivered = map(numbers.change, both)
        said.append(f"Promised to this batch, g · step: {promised}; delivered: {delivered}.")
    frame = moment.frame
    if frame.stepped:
        share = numbers.percent(frame.worsened / frame.stepped, 0)
        said.append(
            f"{numbers.count(frame.worsened)} of {numbers.count(frame.stepped)} stepped turns"
            f" ({share}) made the whole training loss worse."
        )
    return " ".join(said)
