"""Stage 2: each layer's product, sum and activation, and one unit's sum term by term."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.explain.context import activations_of
from core.network.activations import ACTIVATIONS
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment, layer_name
from mlloop_gui.inspector.numbers_table import Column, NumbersTable
from mlloop_gui.inspector.parameter_field import ParameterField
from mlloop_gui.plots import cells, numbers


class TransformInspector(Inspector):
    """x W + b = z, and a; the picked unit's sum term by term."""

    stage: ClassVar[Stage] = Stage.TRANSFORM
    by_unit: ClassVar[bool] = True
    text_width: ClassVar[tuple[float, int, int]] = (0.22, 240, 340)
    side_width: tuple[float, int, int] = (0.175, 236, 280)

    def build(self) -> None:
        """Make the layer's arrays and the table of one unit's terms."""
        self.input = self.strip.table("x")
        self.weights = self.strip.table("W", "·")
        self.bias = self.strip.table_below(self.weights, "+ b")
        self.z = self.strip.table("z", "=")
        self.dropout = self.strip.table("mask", "⊙")
        self.a = self.strip.table("a", "→")
        self.add(self.strip, 1)
        self.terms = NumbersTable("the unit's sum, term by term")
        self.total = Facts()
        self.field = ParameterField(self.session)
        self.add_side(self.terms, self.total, self.field)
        for table in (self.z, self.a, self.dropout):
            table.cell_clicked.connect(self._pick_both)
        self.input.cell_clicked.connect(self._pick_sample)
        self.weights.cell_clicked.connect(self._pick_weight)
        self.bias.cell_clicked.connect(self._pick_bias)
        self.terms.row_chosen.connect(self._pick_term)
        self.terms.setToolTip("Input, weight and their product; with the bias they add up to z")

    def fill(self, moment: Moment) -> None:
        """Show the layer in hand."""
        record, shown = moment.turn, moment.shown
        layer, unit = self.place(moment)
        last = layer == record.layout.layers - 1
        weight = record.layout.weight(record.theta, layer)
        bias = record.layout.bias(record.theta, layer)
        given = shown.input_of(layer)
        at = shown.chosen
        self.input.set_array(
            given, layer_name("a", layer - 1) if layer else "x", rows=shown.names,
            selected=(at, None),
        )  # fmt: skip
        self.weights.set_array(weight, layer_name("W", layer), selected=(None, unit))
        self.bias.set_array(bias, f"+ {layer_name('b', layer)}", selected=(None, unit))
        self.z.set_array(shown.z[layer], layer_name("z", layer), selected=(at, unit))
        self.strip.show_table(self.a, not last)
        dropped = bool(shown.mask) and not last
        self.strip.show_table(self.dropout, dropped)
        if not last:
            name = ACTIVATIONS[activations_of(record)[layer]].label
            self.a.set_array(
                shown.a[layer], f"{layer_name('a', layer)} = {name}", selected=(at, unit)
            )
        if dropped:
            self.dropout.set_array(shown.mask[layer], "dropout", selected=(at, unit))
        self._fill_terms(moment, layer, unit)
        self._fill_field(moment, layer, unit)

    def _fill_field(self, moment: Moment, layer: int, unit: int) -> None:
        """Offer the parameter in hand: until one is chosen, the bias of the unit in hand."""
        layout = moment.turn.layout
        index, row = self.choice.parameter, None
        if index is None or index >= layout.parameters:
            index = layout.index("bias", layer, (unit,))
        else:
            into, at, column = layout.place(index)
            row = at if (into, column) == (layer, unit) else None
        self.terms.set_chosen(row)
        self.field.set_parameter(layout.name(index), float(moment.frame.theta[index]))

    def _fill_terms(self, moment: Moment, layer: int, unit: int) -> None:
        record, shown = moment.turn, moment.shown
        at = shown.chosen or 0
        x = shown.input_of(layer)[at]
        w = record.layout.weight(record.theta, layer)[:, unit]
        b = record.layout.bias(record.theta, layer)[unit]
        features = moment.problem.representation.feature_names
        names = [f"unit {k + 1}" for k in range(len(x))] if layer else list(features)
        one = np.ones(1, x.dtype)
        terms = np.append(x * w, b)
        z = float(shown.z[layer][at, unit])
        form = cells.format_for(np.append(terms, z).astype(np.float64), 4)
        self.terms.set_numbers(
            [*names, "bias"],
            [
                Column("input", np.append(x, one), "What it is given; 1 for the bias", 4),
                Column("weight", np.append(w, b), "Its weight, and its bias", 4, signed=True),
                Column("product", terms, "Input times weight", signed=True, form=form),
            ],
        )
        power = f" × {numbers.power(form.exponent)}" if form.exponent else ""
        self.total.set_facts(
            [Fact.of(f"sum of the {len(terms)} terms, z", z, form.text(z) + power, strong=True)]
        )

    def _pick_both(self, row: int, column: int) -> None:
        self._pick_unit(row, column)
        self._pick_sample(row, column)

    def _pick_sample(self, row: int, column: int) -> None:
        if self.moment is not None:
            self.pick(self.moment.shown.rows, row)

    def _pick_unit(self, row: int, column: int) -> None:
        if self.moment is not None:
            self.choice.choose(self.place(self.moment)[0], column)

    def _pick_weight(self, row: int, column: int) -> None:
        self._pick_parameter("weight", (row, column))

    def _pick_bias(self, row: int, column: int) -> None:
        self._pick_parameter("bias", (column,))

    def _pick_term(self, row: int) -> None:
        if self.moment is not None:
            layer, unit = self.place(self.moment)
            inputs = self.moment.turn.layout.sizes[layer]
            if row == inputs:
                self._pick_parameter("bias", (unit,))
            else:
                self._pick_parameter("weight", (row, unit))

    def _pick_parameter(self, kind: str, at: tuple[int, ...]) -> None:
        """Choose a weight or bias of the layer in hand, and the unit that it leads into."""
        if self.moment is None:
            return
        layer = self.place(self.moment)[0]
        self.choice.choose_parameter(self.moment.turn.layout.index(kind, layer, at))
        self.choice.choose(layer, at[-1])
