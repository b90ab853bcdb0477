"""Stage 1: the object as a person knows it, beside the numbers that the model gets."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.problem import Problem
from core.representation.objects import ObjectView, object_view
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.strip import MOST_COLUMNS
from mlloop_gui.plots import numbers
from mlloop_gui.plots.picture import PictureView

#: A feature of more columns than this says how many there are.
MOST_SOURCES = 3


class RepresentInspector(Inspector):
    """The picked object's columns and its vector; the batch as a matrix."""

    stage: ClassVar[Stage] = Stage.REPRESENT

    def build(self) -> None:
        """Make picture, object table and the batch's arrays."""
        self.picture = PictureView("as a picture")
        self.object = NumbersTable("the object and its numbers")
        self.object.setToolTip("What each column says of the object, and the number made of it")
        self.add(self.picture)
        self.add(self.object, 3)
        self.batch = self.strip.table("batch X")
        self.truths = self.strip.table("targets y")
        self.add(self.strip, 4)
        self.batch.cell_clicked.connect(self._pick)
        self.truths.cell_clicked.connect(self._pick)

    def fill(self, moment: Moment) -> None:
        """Show the object in hand and the batch that it is in, if it is."""
        problem, shown = moment.problem, moment.shown
        view = object_view(problem.dataset, moment.sample)
        self.picture.setVisible(view.picture is not None)
        if view.picture is not None:
            self.picture.set_picture(view.picture)
        self._fill_object(moment, view, shown.x[shown.chosen or 0])
        record = moment.turn
        names = [str(place + 1) for place in range(len(record.rows))]
        selected = (moment.place, None)
        features = problem.representation.feature_names
        columns = features if len(features) <= MOST_COLUMNS else ()
        self.batch.set_array(record.x, rows=names, columns=columns, selected=selected)
        outputs = problem.output_names if record.y.shape[1] <= MOST_COLUMNS else ()
        self.truths.set_array(record.y, columns=outputs, selected=selected)

    def _fill_object(self, moment: Moment, view: ObjectView, x: np.ndarray) -> None:
        order = telling_order(moment.problem, x)
        features, x = [moment.problem.representation.features[k] for k in order], x[order]
        kinds = {column.name: column.kind for column in moment.problem.dataset.columns}
        said = {
            value.name: f"{_signed(value.text, kinds[value.name])} {value.unit}".strip()
            for value in view.values
        }
        target = view.target
        sources = [_source(feature.columns, said) for feature in features]
        if only_texts(moment.problem):
            # The sentence itself stands beside the table.
            sources = ["in the text" if value else "" for value in x.tolist()]
        self.object.set_numbers(
            [feature.name for feature in features],
            [
                Column("the object", sources, "What the data say, with the unit"),
                Column("x", x, "What the model gets", signed=True),
                Column("how", [numbers.signed(feature.formula) if feature.category is None
                                else feature.formula for feature in features],
                       "How the number is made, as fitted on the training part"),
            ],
        )  # fmt: skip
        truth = f"{target.name}: {target.text} {target.unit}".strip()
        self.object.setAccessibleDescription(
            f"{len(features)} features; {truth}; batch of {len(moment.turn.rows)}"
        )

    def _pick(self, row: int, column: int) -> None:
        if self.moment is not None and self.moment.record is not None:
            self.pick(self.moment.record.rows, row)


def only_texts(problem: Problem) -> bool:
    """Whether all that is known of an object is written in words."""
    return all(column.kind == "text" for column in problem.dataset.columns)


def telling_order(problem: Problem, x: np.ndarray) -> np.ndarray:
    """The features in the order that they are listed: of texts those first that the text has."""
    return np.argsort(x == 0, kind="stable") if only_texts(problem) else np.arange(len(x))


def _source(columns: tuple[str, ...], said: dict[str, str]) -> str:
    """What the object has in the columns that a feature is made of."""
    if len(columns) == 1:
        return said[columns[0]]
    if len(columns) > MOST_SOURCES:
        return f"{len(columns)} columns"
    return ", ".join(f"{name} {said[name]}" for name in columns)


def _signed(text: str, kind: str) -> str:
    return numbers.signed(text) if kind == "number" else text
