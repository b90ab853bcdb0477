"""Stage 9 by its mistakes: the samples that the model gets wrong, the dearest first."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import ClassVar

import numpy as np
from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QImage
from PySide6.QtWidgets import QHBoxLayout, QLabel, QVBoxLayout

from core.data.dataset import Dataset
from core.representation.objects import object_view
from core.stages import Stage
from mlloop_gui.inspector.faces.base import Arrays, Face
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.plots import numbers
from mlloop_gui.plots.layers import to_image
from mlloop_gui.theme import current_scale, font_px, rgb

_MOST_VALUES = 4
_PICTURE = 26
_SIDE = 380
_PAIRS = 4


class WrongFace(Face):
    """A row a mistake: the object, the truth, the guess, its probability and its loss."""

    stage: ClassVar[Stage] = Stage.EVALUATE
    key: ClassVar[str] = "wrong"
    title: ClassVar[str] = "What it gets wrong"
    tip: ClassVar[str] = "Samples that the model has not learned from and gets wrong, worst first"
    lens: ClassVar[str] = "wrong"

    def build(self) -> None:
        """Make the table and the sentence."""
        self.table = NumbersTable("what it gets wrong, worst first")
        self.table.setObjectName("face.wrong.table")
        self.table.row_chosen.connect(self._pick)
        self.words = QLabel()
        self.words.setObjectName("face.wrong.words")
        self.words.setWordWrap(True)
        self.words.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self.pairs = Facts()
        side = QVBoxLayout()
        side.addWidget(self.pairs)  # above the words, which a low window cuts
        side.addWidget(self.words, 1)
        row = QHBoxLayout(self.body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(18)
        column = QVBoxLayout()
        column.addWidget(self.table, 1)
        column.addStretch(0)
        row.addLayout(column, 1)
        row.addLayout(side)
        row.addStretch(0)
        self.register(self.table, self.pairs)

    def fill(self, moment: Moment, arrays: Arrays) -> None:
        """Show the mistakes at the parameters as they are."""
        problem, rows = moment.problem, arrays["rows"]
        dataset, classes = problem.dataset, bool(problem.classes)
        self.words.setText(sentence(arrays, classes))
        self.words.setToolTip(self.words.text())
        self.pairs.set_facts(confusions(arrays, dataset.class_names) if classes else [])
        self.table.setVisible(len(rows) > 0)
        columns = [self._objects(dataset, rows)]
        if classes:
            for key, tip in (("truth", "The class in the data"), ("guess", "What the model says")):
                names = [dataset.class_names[k] for k in arrays[key].tolist()]
                columns.append(Column(key, names, tip))
            if np.isfinite(arrays["probability"]).any():
                shares = arrays["probability"].tolist()
                columns.append(
                    Column("how sure", [numbers.percent(share) for share in shares],
                           "The probability that the model gives its guess",
                           exact=[repr(share) for share in shares])
                )  # fmt: skip
        else:
            unit = f", {dataset.target_unit}" if dataset.target_unit else ""
            missed = arrays["guess"] - arrays["truth"]
            columns += [
                Column(f"truth{unit}", arrays["truth"], "The target in the data", digits=4),
                Column("guess", arrays["guess"], "What the model says", digits=4),
                Column("off by", missed, "Guess minus truth", digits=4, signed=True),
            ]
        columns.append(Column("loss", arrays["price"], "What the guess costs", digits=4))
        at = np.flatnonzero(rows == moment.sample)
        names = [numbers.count(int(row)) for row in arrays["source_rows"].tolist()]
        self.table.set_numbers(names, columns, int(at[0]) if len(at) else None)
        self.table.set_row_height(round(_PICTURE * current_scale()) if dataset.picture_shape else 0)

    def _objects(self, dataset: Dataset, rows: np.ndarray) -> Column:
        """The object itself: a picture, or its first few values."""
        if dataset.picture_shape:
            images = [self._picture(dataset, int(row)) for row in rows.tolist()]
            shape = "picture of {} × {}".format(*dataset.picture_shape)
            return Column("object", [""] * len(rows), "The sample as a picture", pictures=images,
                          exact=[shape] * len(rows))  # fmt: skip
        texts = []
        for row in rows.tolist():
            values = object_view(dataset, int(row)).values
            said = ", ".join(f"{v.name} {_signed(v.text)} {v.unit}".strip()
                             for v in values[:_MOST_VALUES])  # fmt: skip
            texts.append(said + (" …" if len(values) > _MOST_VALUES else ""))
        return Column("object", texts, "The sample as it stands in the data")

    def _picture(self, dataset: Dataset, row: int) -> QImage:
        values = object_view(dataset, row).picture
        assert values is not None
        low, high = float(values.min()), float(values.max())
        share = ((values - low) / ((high - low) or 1.0))[..., None]
        colors = (1.0 - share) * rgb(self.theme.paper) + share * rgb(self.theme.text)
        side = round((_PICTURE - 3) * current_scale())
        made = to_image(np.rint(colors[::-1]).astype(np.uint8), None)
        return made.scaled(QSize(side, side))

    def _pick(self, place: int) -> None:
        self.pick(self.arrays["rows"], place)

    def _apply_theme(self) -> None:
        super()._apply_theme()
        if self._built:
            self.words.setFixedWidth(round(_SIDE * current_scale()))
            self.words.setStyleSheet(f"color: {self.theme.text}; font-size: {font_px()}px;")


def confusions(arrays: Arrays, names: Sequence[str]) -> list[Fact]:
    """Return which class is most often taken for which, among the mistakes listed."""
    pairs = Counter(zip(arrays["truth"].tolist(), arrays["guess"].tolist(), strict=True))
    return [
        Fact(f"{names[truth]} taken for {names[guess]}", _times(count))
        for (truth, guess), count in pairs.most_common(_PAIRS)
    ]


def _times(count: int) -> str:
    return "once" if count == 1 else f"{numbers.count(count)} times"


def sentence(arrays: Arrays, classes: bool) -> str:
    """Return how many are wrong, of what, and what to look for in them."""
    looked, count, size = (int(arrays[key]) for key in ("looked", "count", "size"))
    part = "validation samples" if bool(arrays["validation"]) else "training samples"
    of = f"{numbers.count(looked)} {part}"
    if looked < size:
        of += f" (a fixed choice of {numbers.count(size)})"
    if not looked:
        return "There is nothing to look at: the part is empty."
    if not classes:
        return (
            f"The largest misses among {of}. A number is hardly ever hit exactly; look for what"
            " the worst have in common."
        )
    if not count:
        return f"All {of} are right."
    share = numbers.percent(count / looked)
    said = f"{numbers.count(count)} of {of} are wrong ({share})"
    if count > len(arrays["rows"]):
        said += f"; the {len(arrays['rows'])} dearest are listed"
    unseen = "It has never learned from these. " if bool(arrays["validation"]) else ""
    return (
        f"{said}. {unseen}Worst first: those it was surest of cost most. What do they have in"
        " common: noise, the boundary, a class with few examples?"
    )


def _signed(text: str) -> str:
    """A typographic minus before a number."""
    return numbers.signed(text) if text[:1] == "-" else text
