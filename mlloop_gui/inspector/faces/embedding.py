"""Stage 3: the last hidden layer in two numbers, beside the answer for the sample in hand."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout, QWidget

from core.stages import Stage
from mlloop_gui.inspector.answer import show_answer
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.warp import crowd_of, plane_of
from mlloop_gui.inspector.facts import Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.bars import ProbabilityBars
from mlloop_gui.plots.planes import PlanePanels
from mlloop_gui.theme import current_scale, font_px

_SIDE_WIDTH = 360


class EmbeddingFace(Face):
    """What the output layer is given, as a picture, and what it makes of one sample."""

    stage: ClassVar[Stage] = Stage.PREDICT
    key: ClassVar[str] = "embedding"
    title: ClassVar[str] = "Embedding"
    tip: ClassVar[str] = "The last hidden layer in two numbers a sample, and the answer beside it"
    #: Its last layer is the embedding.
    lens: ClassVar[str] = "warp"

    def build(self) -> None:
        """Make the answer and, beside it, the scatter."""
        self.scatter = PlanePanels("embedding of the samples", shape=4.5)
        self.scatter.setObjectName("face.embedding.scatter")
        self.scatter.picked.connect(self._pick)
        self.bars = ProbabilityBars("the sample's answer")
        self.bars.setObjectName("face.embedding.bars")
        self.facts = Facts("The sample's answer")
        self.words = QLabel()
        self.words.setObjectName("face.embedding.words")
        self.words.setAccessibleName("what the embedding is")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        inside = QWidget()
        side = QVBoxLayout(inside)
        side.setContentsMargins(0, 0, 0, 0)
        side.setSpacing(6)
        for widget in (self.bars, self.facts, self.words):
            side.addWidget(widget)
        side.addStretch(1)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        self.side = Scrolled(inside)
        row.addWidget(self.side)
        row.addWidget(self.scatter, 1)
        self.register(self.scatter, self.bars, self.facts)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the last layer before the output, and the answer."""
        layer = len(arrays["widths"]) - 1
        crowd = crowd_of(moment, arrays)
        self.scatter.set_planes([plane_of(moment, arrays, layer)], crowd)
        show_answer(moment, self.bars, self.facts)
        self.words.setText(_told(layer, 0 if crowd.wrong is None else int(crowd.wrong.sum())))

    def _pick(self, at: int) -> None:
        self.pick(self.arrays["rows"], at)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            wide = round(_SIDE_WIDTH * current_scale())
            self.words.setStyleSheet(f"color: {self.theme.muted}; font-size: {font_px('small')}px;")
            self.side.setFixedWidth(wide)


def _told(layer: int, wrong: int) -> str:
    whose = f"Layer {layer}" if layer else "The inputs (there is no hidden layer)"
    told = f"{whose}: all that the output is given of a sample. What lies close gets like answers."
    return told + (f" Crossed: the {numbers.count(wrong)} that it gets wrong." if wrong else "")
