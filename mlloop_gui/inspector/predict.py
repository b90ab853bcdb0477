"""Stage 3: the guess for each sample of the batch, beside the truth."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.metrics import predicted_classes
from core.stages import Stage
from mlloop_gui.inspector.answer import show_answer
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.facts import CROSS, TICK, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable, truth_column
from mlloop_gui.inspector.strip import MOST_COLUMNS
from mlloop_gui.plots import cells
from mlloop_gui.plots.bars import ProbabilityBars


class PredictInspector(Inspector):
    """Scores, what is made of them, and the picked sample's answer as bars."""

    stage: ClassVar[Stage] = Stage.PREDICT
    text_width: ClassVar[tuple[float, int, int]] = (0.27, 260, 400)
    side_width: tuple[float, int, int] = (0.22, 240, 340)

    def build(self) -> None:
        """Make the batch's scores, its guesses, and the sample's bars."""
        self.scores = self.strip.table("scores s")
        self.shares = self.strip.table("p", "→", signed=False)
        self.scores.cell_clicked.connect(self._pick)
        self.shares.cell_clicked.connect(self._pick)
        self.add(self.strip, 3)
        self.guesses = NumbersTable("guesses of the batch")
        self.guesses.row_chosen.connect(self._pick)
        self.add(self.guesses, 2)
        self.bars = ProbabilityBars("the sample's answer")
        self.numbers = Facts("The sample's answer")
        self.add_side(self.bars, self.numbers)

    def fill(self, moment: Moment) -> None:
        """Show guesses and truths."""
        problem, shown = moment.problem, moment.shown
        scores = shown.scores
        selected = (shown.chosen, None)
        wide = scores.shape[1] > MOST_COLUMNS
        names = () if wide else problem.output_names
        self.scores.set_title("scores s" if problem.classes else "output s")
        self.scores.set_array(scores, rows=shown.names, columns=names, selected=selected)
        shares = moment.loss.probabilities(scores) if problem.classes else None
        self.strip.show_table(self.shares, shares is not None)
        if shares is not None:
            names = () if wide else problem.dataset.class_names
            self.shares.set_array(shares, columns=names, selected=selected)
        show_answer(moment, self.bars, self.numbers)
        if problem.classes:
            self._fill_classes(moment)
        else:
            self._fill_numbers(moment)

    def _fill_classes(self, moment: Moment) -> None:
        problem, shown = moment.problem, moment.shown
        guess = predicted_classes(shown.scores)
        truth = problem.dataset.target[shown.rows]
        right = [f"{TICK} right" if same else f"{CROSS} wrong" for same in guess == truth]
        self.guesses.set_numbers(
            shown.names,
            [
                Column("guess", [problem.dataset.class_names[k] for k in guess.tolist()],
                       "The class of the largest score"),
                truth_column(problem, shown.rows),
                Column("verdict", right, "Whether the guess is the truth"),
            ],
            shown.chosen,
        )  # fmt: skip

    def _fill_numbers(self, moment: Moment) -> None:
        problem, shown = moment.problem, moment.shown
        scaled = shown.scores[:, 0]
        guess = np.asarray(problem.representation.inverse_target(scaled), np.float64)
        truth = problem.dataset.target[shown.rows]
        # One number of decimals for all three, so that the eye can subtract.
        form = cells.format_for(np.concatenate([guess, truth]), 5)
        self.guesses.set_numbers(
            shown.names,
            [
                Column("guess", guess, "The output in the target's own unit", form=form),
                Column("truth", truth, "The target in the data", form=form),
                Column("miss", guess - truth, "Guess minus truth", signed=True, form=form),
            ],
            shown.chosen,
        )

    def _pick(self, row: int) -> None:
        if self.moment is not None:
            self.pick(self.moment.shown.rows, row)
