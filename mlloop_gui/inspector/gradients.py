"""Stage 5: how the objective changes with each parameter, found by nudging one after the other."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.explain.objective import total_gradient
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.nudges import COMPARED, Comparison
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.parameters import ParameterNames
from mlloop_gui.plots import cells, numbers


class GradientsInspector(Inspector):
    """Every parameter's gradient beside its nudged one, data and penalty apart."""

    stage: ClassVar[Stage] = Stage.GRADIENTS
    text_width: ClassVar[tuple[float, int, int]] = (0.26, 250, 400)
    side_width: tuple[float, int, int] = (0.19, 240, 300)

    def build(self) -> None:
        """Make the table of parameters and the account of the passes."""
        self.parameters = NumbersTable("gradient of each parameter")
        self.parameters.setToolTip("A click or the arrow keys pick the parameter in hand")
        self.parameters.row_chosen.connect(self._pick_parameter)
        self._indices = np.empty(0, dtype=np.int64)
        self.add(self.parameters, 1)
        self.account = Facts("What nudging costs")
        self.add_side(self.account)

    def fill(self, moment: Moment) -> None:
        """Show the gradients; the nudged ones come with the explanation."""
        record = moment.turn
        nudges = Comparison.of(moment.explanation, record)
        indices = np.arange(record.layout.parameters) if nudges is None else nudges.indices
        self._indices = indices
        assert record.gradient is not None
        assert record.penalty_gradient is not None
        data, penalty = record.gradient[indices], record.penalty_gradient[indices]
        total = total_gradient(record)[indices]
        form = cells.format_for(total.astype(np.float64), COMPARED)
        columns = [Column("w", record.theta[indices], "The parameter's value in this turn")]
        settings = record.settings.loss
        if settings.l1 or settings.l2:
            columns += [
                Column("of data", data, "Gradient of the batch's data loss", signed=True),
                Column("of penalty", penalty, "Gradient of the penalty", signed=True),
            ]
        told = "Change of the objective with the parameter, from one backward pass"
        columns.append(Column("gradient", total, told, signed=True, form=form))
        if nudges is not None:
            told = "The same from two forward passes: (L(w + h) − L(w − h)) / 2h"
            columns.append(Column("nudged", nudges.nudged, told, signed=True, form=form))
            told = "Nudged minus backward pass"
            columns.append(Column("difference", nudges.difference, told, digits=2))
        names = ParameterNames(record.layout, indices)
        self.parameters.set_numbers(names, columns, self._chosen(nudges))
        self.account.set_facts(*self._account(moment, nudges))

    def _chosen(self, nudges: Comparison | None) -> int | None:
        """Return the row of the parameter in hand: the chosen one, else the largest."""
        found = np.flatnonzero(self._indices == self.choice.parameter)
        if len(found):
            return int(found[0])
        return nudges.largest if nudges is not None and self.choice.parameter is None else None

    def _pick_parameter(self, row: int) -> None:
        if 0 <= row < len(self._indices):
            self.choice.choose_parameter(int(self._indices[row]))

    @staticmethod
    def _account(moment: Moment, nudges: Comparison | None) -> tuple[list[Fact], str]:
        record = moment.turn
        norm = Fact.of("length of the gradient", record.gradient_norm,
                       numbers.short(record.gradient_norm, 4))  # fmt: skip
        count = record.layout.parameters
        if nudges is None:
            return [Fact("parameters", numbers.count(count)), norm], ""
        facts = [
            Fact("parameters", numbers.count(count)),
            Fact("forward passes", numbers.count(nudges.all_passes), strong=True),
            Fact.of("time for all", nudges.seconds, _seconds(nudges.seconds)),
            norm,
            nudges.verdict(),
        ]
        if len(nudges.indices) < count:
            made = _some(nudges.passes, "forward pass")
            return facts, f"Nudged here: the {len(nudges.indices)} largest, {made}."
        return facts, ""


def _some(value: int, noun: str) -> str:
    ending = "" if value == 1 else "es" if noun.endswith("s") else "s"
    return f"{numbers.count(value)} {noun}{ending}"


def _seconds(value: float) -> str:
    return f"{numbers.short(1e3 * value, 2)} ms" if value < 1.0 else f"{numbers.short(value, 2)} s"
