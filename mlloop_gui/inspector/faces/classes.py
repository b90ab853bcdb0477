"""Stage 9 class by class: what the model finds and what it mistakes, the worst class on top."""

from __future__ import annotations

from typing import ClassVar

from PySide6.QtCore import Qt, Slot
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.stages import Stage
from mlloop_gui.inspector.base import Scrolled
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.faces.unseen import looked_at, no_classes
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.plots import numbers
from mlloop_gui.plots.class_table import ClassTable
from mlloop_gui.theme import current_scale, font_px

_SIDE = 300


class ClassesFace(Face):
    """Precision, recall and F1 as bars; a click picks a sample of the class that was wrong."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "classes"
    title: ClassVar[str] = "Classes"
    tip: ClassVar[str] = "Precision, recall and F1 of each class, the worst first"
    lens: ClassVar[str] = "classes"

    def unfit(self, moment: Moment) -> str:
        """Return why numbers have no classes."""
        return no_classes(moment, "class to do well or badly on")

    def build(self) -> None:
        """Make the table, the means and the sentence."""
        self._chosen: int | None = None
        self._example = -1
        self.table = ClassTable()
        self.table.picked.connect(self._pick_class)
        self.means = Facts("Over the classes")
        self.words = QLabel()
        self.words.setObjectName("face.classes.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        column = QVBoxLayout()
        column.addWidget(Scrolled(self.table), 1)
        row.addLayout(column, 1)
        side = QVBoxLayout()
        side.addWidget(self.means)
        self._scrolled = Scrolled(self.words)
        side.addWidget(self._scrolled, 1)
        row.addLayout(side)
        self.register(self.table, self.means)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the classes at the parameters as they are."""
        names = moment.problem.dataset.class_names
        if self._chosen is not None and self._chosen >= len(names):
            self._chosen = None
        self.table.set_classes(
            names, arrays["precision"], arrays["recall"], arrays["f1"], arrays["support"],
            arrays["order"], self._chosen,
        )  # fmt: skip
        self.means.set_facts(means(arrays))
        self._say_words(moment)

    def _say_words(self, moment: Moment) -> None:
        names, arrays = moment.problem.dataset.class_names, self.arrays
        said = sentence(arrays, names)
        if self._chosen is not None:
            said = picked(arrays, names, self._chosen, self._example)
        self.words.setText(said)
        self.words.setToolTip(said)

    @Slot(int)
    def _pick_class(self, kind: int) -> None:
        """Pick the class's dearest mistake, at a further click the next one."""
        if self.moment is None:
            return
        rows = self.arrays["examples"][kind]
        there = int((rows >= 0).sum())
        at = (self._example + 1) % there if there and kind == self._chosen else 0
        self._chosen, self._example = kind, at
        moment, arrays = self.moment, self.arrays
        if there:
            self.pick(rows, at)
        if self.arrays is arrays:
            self.fill(moment, arrays)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self._scrolled.setFixedWidth(round(_SIDE * current_scale()))
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px()}px;")


def means(arrays: Arrays) -> list[Fact]:
    """Return the accuracy and the means of F1."""
    found = [("accuracy", float(arrays["accuracy"]), True),
             ("F1, classes alike", float(arrays["macro"][2]), False),
             ("F1, by samples", float(arrays["weighted"][2]), False)]  # fmt: skip
    return [Fact.of(name, value, numbers.percent(value), strong) for name, value, strong in found]


def sentence(arrays: Arrays, names: tuple[str, ...]) -> str:
    """Return which class is worst, and in which of the two ways."""
    looked = looked_at(arrays)
    if not int(arrays["looked"]):
        return "There is nothing to look at: the part is empty."
    worst = int(arrays["order"][0])
    if float(arrays["f1"][arrays["support"] > 0].min()) == 1.0:
        return f"Every class is found whole and never mistaken, on {looked}."
    precision, recall = float(arrays["precision"][worst]), float(arrays["recall"][worst])
    missing = recall < precision
    way = "it is missed" if missing else "others are taken for it"
    share = numbers.percent(1.0 - (recall if missing else precision), 0)
    of = "of its samples" if missing else "of those called so"
    return (
        f"On {looked} the model does worst on “{names[worst]}”: mostly {way} ({share} {of})."
        " Click a class to look at a sample that was wrong."
    )


def picked(arrays: Arrays, names: tuple[str, ...], kind: int, at: int) -> str:
    """Return what the sample in hand is an example of."""
    there = int((arrays["examples"][kind] >= 0).sum())
    if not there:
        return f"No sample is wrong where “{names[kind]}” is concerned."
    at = min(at, there - 1)
    what = "is one, but taken for another" if arrays["missed"][kind][at] else "is wrongly called so"
    listed = f"{numbers.count(at + 1)} of {numbers.count(there)}"
    return (
        f"“{names[kind]}”, mistake {listed}, the dearest first: the sample in hand {what}. Every"
        " view follows it; click again for the next."
    )
