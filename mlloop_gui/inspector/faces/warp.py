"""Stage 2: the plane as each layer bends it, until a straight line can tell the classes apart."""

from __future__ import annotations

from dataclasses import replace
from typing import ClassVar

import numpy as np
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QScrollArea

from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.planes import Crowd, Plane, PlanePanels
from mlloop_gui.theme import Theme, current_scale, font_px

_WORDS_WIDTH = 230


class WarpFace(Face):
    """A panel a layer: bent grid, samples, and how well a straight line does there."""

    stage: ClassVar[Stage] = Stage.TRANSFORM
    key: ClassVar[str] = "warp"
    title: ClassVar[str] = "Warped plane"
    tip: ClassVar[str] = "The samples as each layer sees them, and what a straight line could do"
    lens: ClassVar[str] = "warp"

    def build(self) -> None:
        """Make the words and the row of panels."""
        self.words = QLabel()
        self.words.setObjectName("face.warp.words")
        self.words.setAccessibleName("what the layers do")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self.panels = PlanePanels("samples at each layer")
        self.panels.setObjectName("face.warp.panels")
        self.panels.picked.connect(self._pick)
        self.across = QScrollArea()
        self.across.setFrameShape(QFrame.Shape.NoFrame)
        self.across.setWidgetResizable(True)
        self.across.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.across.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.panels.setProperty("scrolled", True)
        self.across.setWidget(self.panels)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(16)
        row.addWidget(self.words)
        row.addWidget(self.across, 1)
        self.register(self.panels)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the layers of a turn."""
        # Crosses on the samples it gets wrong would hide how the classes lie.
        crowd = replace(crowd_of(moment, arrays), wrong=None)
        classes = moment.problem.classes
        count = len(arrays["widths"])
        planes = [
            plane_of(moment, arrays, i, probe_words(float(arrays[f"probe_{i}"]), bool(classes)))
            for i in range(count)
        ]
        self.panels.set_planes(planes, crowd)
        probes = [float(arrays[f"probe_{i}"]) for i in range(count)]
        self.words.setText(_told(probes, arrays, bool(classes)))

    def _pick(self, at: int) -> None:
        self.pick(self.arrays["rows"], at)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            theme: Theme = self.theme
            self.words.setFixedWidth(round(_WORDS_WIDTH * current_scale()))
            self.words.setStyleSheet(f"color: {theme.text}; font-size: {font_px()}px;")


def crowd_of(moment: Moment, arrays: Arrays) -> Crowd:
    """Return who the points of the lens ``warp`` are."""
    kinds = arrays["classes"]
    return Crowd(
        kinds=kinds,
        source_rows=arrays["source_rows"],
        wrong=arrays.get("wrong"),
        chosen=int(arrays["chosen"]),
        names=moment.problem.dataset.class_names if moment.problem.classes else (),
    )


def plane_of(moment: Moment, arrays: Arrays, layer: int, told: str = "") -> Plane:
    """Return one panel of the lens ``warp``; layer 0 are the inputs."""
    width, kept = int(arrays["widths"][layer]), float(arrays[f"explained_{layer}"])
    note = f"{width} unit{'' if width == 1 else 's'}"
    labels = ("unit 1", "unit 2" if width > 1 else "nothing")
    if not layer:
        names = moment.problem.representation.feature_names
        note = f"{width} number{'' if width == 1 else 's'}"
        labels = (names[0], names[1] if width > 1 else "nothing")
    if width > 2:
        labels = ("PC1", "PC2")
        note += f", {numbers.percent(kept, 0)} of variance kept"
    return Plane(
        title=f"layer {layer}" if layer else "inputs",
        note=note,
        points=arrays[f"points_{layer}"].astype(np.float64),
        labels=labels,
        grid=arrays.get(f"grid_{layer}"),
        told=told,
    )


def probe_words(value: float, classes: bool) -> str:
    """Return how well a linear probe does at a layer."""
    if classes:
        return f"a straight line tells {numbers.percent(value, 0)} apart here"
    return f"a straight line explains R² = {numbers.short(value, 2)} here"


def _told(probes: list[float], arrays: Arrays, classes: bool) -> str:
    """Return what the layers do to the samples, and how the line was found."""

    def said(value: float) -> str:
        return numbers.percent(value, 0) if classes else f"R² {numbers.short(value, 2)}"

    unseen = "unseen " if bool(arrays["probe_validation"]) else "the same "
    how = (
        f"The line (a linear probe) is fitted on {numbers.count(int(arrays['probe_rows']))}"
        f" training samples and asked {unseen}{numbers.count(int(arrays['probe_tested']))}."
    )
    if len(probes) == 1:
        return f"No hidden layer: nothing is bent, and a straight line is all the model has. {how}"
    best = int(np.nan_to_num(np.array(probes), nan=-np.inf).argmax())
    where = "in the inputs" if not best else f"after layer {best}"
    told = (
        f"Each layer bends the plane. One straight line gets from {said(probes[0])} in the inputs"
        f" to {said(probes[-1])} after layer {len(probes) - 1}"
    )
    if best not in (0, len(probes) - 1):
        told += f"; it does best {where}, {said(probes[best])}"
    return f"{told}. {how}"
