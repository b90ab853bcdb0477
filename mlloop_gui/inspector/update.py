"""Stage 7: the step of every parameter, and what it promised and delivered."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.explain.objective import total_gradient
from core.optimizers import OPTIMIZERS
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.parameter_field import ParameterField
from mlloop_gui.inspector.parameters import ParameterNames
from mlloop_gui.plots import cells, numbers


class UpdateInspector(Inspector):
    """w, gradient, optimizer's memory, step and new w, a row each parameter; one can be edited."""

    stage: ClassVar[Stage] = Stage.UPDATE
    text_width: ClassVar[tuple[float, int, int]] = (0.26, 250, 380)
    side_width: tuple[float, int, int] = (0.2, 245, 300)

    def build(self) -> None:
        """Make the table of parameters and the account of the step."""
        self.parameters = NumbersTable("step of each parameter")
        self.add(self.parameters, 1)
        self.parameters.row_chosen.connect(self.choice.choose_parameter)
        self.field = ParameterField(self.session)
        self.account = Facts("What the step did to the loss")
        self.add_side(self.field, self.account)

    def fill(self, moment: Moment) -> None:
        """Show every parameter's step."""
        record = moment.turn
        assert record.step is not None
        assert record.slots_after is not None
        gradient, settings = total_gradient(record), record.settings
        optimizer = OPTIMIZERS[settings.optimizer.name]
        step = cells.format_for(record.step.astype(np.float64))
        # Where it can be, old, step and new have the same decimals, so that the eye can add.
        form = None if step.exponent else step
        columns = [
            Column("w", record.theta, "The parameter before the step", digits=5, form=form),
            Column("gradient", gradient, "Of the objective, penalty included", signed=True),
        ]
        if settings.loss.l1 or settings.loss.l2:
            told = "The penalty's part of the gradient"
            columns.append(Column("of penalty", record.penalty_gradient, told, signed=True))
        if record.clip_factor < 1.0:
            told = f"The gradient times {record.clip_factor!r}"
            clipped = gradient * record.clip_factor
            columns.append(Column("clipped", clipped, told, signed=True))
        for name, slot in zip(optimizer.slots, record.slots_after, strict=True):
            signed = bool((slot < 0).any())
            columns.append(Column(name, slot, f"{optimizer.label}'s memory now", signed=signed))
        told = f"What {optimizer.label} adds"
        columns += [
            Column("step", record.step, told, signed=True, form=step),
            Column("w new", record.theta_after, "The parameter after it", digits=5, form=form),
        ]
        chosen = self.chosen(moment)
        self.parameters.set_numbers(ParameterNames(record.layout), columns, chosen)
        live = moment.frame.theta
        self.field.set_parameter(record.layout.name(chosen), float(live[chosen]))
        self.account.set_facts(*self._account(moment))

    def chosen(self, moment: Moment) -> int:
        """Return the parameter in hand: until one is chosen, that of the largest gradient."""
        index = self.choice.parameter
        if index is not None and index < moment.turn.layout.parameters:
            return index
        return int(np.abs(np.nan_to_num(total_gradient(moment.turn))).argmax())

    @staticmethod
    def _account(moment: Moment) -> tuple[list[Fact], str]:
        record, frame = moment.turn, moment.frame
        facts = [Fact.of("learning rate", record.rate, numbers.short(record.rate))]
        if record.settings.optimizer.clip_norm is not None:
            factor = numbers.short(record.clip_factor)
            facts.append(Fact.of("clip factor", record.clip_factor, factor))
        arrays = moment.explanation.arrays if moment.explanation is not None else {}
        for name, key in (("promised: g · step", "promised"), ("delivered", "delivered")):
            if key in arrays:
                value = float(arrays[key])
                facts.append(Fact.of(name, value, numbers.change(value), strong=key == "delivered"))
        if "train_loss_before" in arrays:
            change = float(arrays["train_loss_after"]) - float(arrays["train_loss_before"])
            facts.append(Fact.of("whole training loss", change, numbers.change(change)))
        if not frame.stepped:
            return facts, ""
        return facts, f"{frame.worsened} of {frame.stepped} stepped turns made the whole worse."
