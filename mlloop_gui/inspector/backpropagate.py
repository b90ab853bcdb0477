"""Stage 6: blame handed back layer by layer, and whether one pass found what nudging finds."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from core.explain.context import activations_of
from core.network.activations import ACTIVATIONS
from core.record import TurnRecord
from core.stages import Stage
from mlloop_gui.inspector.base import Inspector
from mlloop_gui.inspector.facts import Fact, Facts
from mlloop_gui.inspector.moment import Moment, layer_name
from mlloop_gui.inspector.nudges import COMPARED, Comparison
from mlloop_gui.inspector.parameters import parameter_name
from mlloop_gui.plots import cells, numbers

#: How many layers of a deep network are written out.
_MOST_LAYERS = 4


class BackpropagateInspector(Inspector):
    """δ of the layer above, the weights between, the local slope, and their product δ."""

    stage: ClassVar[Stage] = Stage.BACKPROPAGATE
    by_unit: ClassVar[bool] = True
    text_width: ClassVar[tuple[float, int, int]] = (0.23, 240, 370)
    side_width: tuple[float, int, int] = (0.2, 240, 300)

    def build(self) -> None:
        """Make the arrays of a hidden layer and of the output, and the check."""
        self.above = self.strip.table("δ")
        self.weights = self.strip.table("Wᵀ", "·")
        self.slope = self.strip.table("slope", "⊙")
        self.dropout = self.strip.table("dropout", "⊙")
        self.guess = self.strip.table("p")
        self.target = self.strip.table("y", "−")
        self.delta = self.strip.table("δ", "=")
        self.vote = self.strip.table("vote", "·", signed=False)
        self.add(self.strip, 1)
        self.check = Facts("Is the gradient right?")
        self.add_side(self.check)
        for table in (self.slope, self.dropout, self.delta):
            table.cell_clicked.connect(self._pick_both)
        for table in (self.above, self.guess, self.target, self.vote):
            table.cell_clicked.connect(self._pick_sample)
        self.weights.cell_clicked.connect(self._pick_unit)

    def fill(self, moment: Moment) -> None:
        """Show the layer in hand; δ is of each sample's own loss, its vote stands beside it."""
        record, shown = moment.turn, moment.shown
        layer, unit = self.place(moment)
        last = layer == record.layout.layers - 1
        for table in (self.above, self.weights, self.slope):
            self.strip.show_table(table, not last)
        for table in (self.guess, self.target):
            self.strip.show_table(table, last)
        self.strip.show_table(self.dropout, bool(shown.mask) and not last)
        if last:
            self._fill_output(moment, unit)
        else:
            self._fill_hidden(moment, layer, unit)
        self.delta.set_array(
            shown.delta[layer], layer_name("δ", layer), selected=(shown.chosen, unit)
        )
        self.strip.show_table(self.vote, not shown.outside)
        if not shown.outside:
            name = f"vote 1/{len(shown.vote)}" if _even(shown.vote) else "vote"
            self.vote.set_array(shown.vote[:, None], name, selected=(shown.chosen, None))
        self.check.set_facts(*self._check(moment, layer, unit))

    def _fill_hidden(self, moment: Moment, layer: int, unit: int) -> None:
        record, shown = moment.turn, moment.shown
        act = ACTIVATIONS[activations_of(record)[layer]]
        row = (shown.chosen, None)
        weight = record.layout.weight(record.theta, layer + 1)
        self.above.set_array(
            shown.delta[layer + 1], layer_name("δ", layer + 1), rows=shown.names, selected=row
        )
        name = layer_name("W", layer + 1)
        self.weights.set_array(weight.T, f"{name}ᵀ", selected=(None, unit))
        slope = shown.slope(record, layer)
        name = f"slope of {act.label}"
        self.slope.set_array(slope, name, selected=(shown.chosen, unit))
        if shown.mask:
            self.dropout.set_array(shown.mask[layer], selected=(shown.chosen, unit))

    def _fill_output(self, moment: Moment, unit: int) -> None:
        shown, loss = moment.shown, moment.loss
        shares = loss.probabilities(shown.scores) if moment.problem.classes else None
        single = shown.scores.shape[1] == 1
        if shares is not None and single:
            shares = shares[:, 1:]
        exact = shares is not None and (loss.link == "softmax" or single)
        chosen = (shown.chosen, unit)
        self.guess.set_array(
            shown.scores if shares is None else shares,
            "s" if shares is None else "p",
            rows=shown.names,
            selected=chosen,
        )
        self.target.set_array(shown.y, selected=chosen)
        # Only for the cross-entropies is δ just the difference of the two.
        self.strip.set_sign(self.target, "−" if exact else ",")
        self.strip.set_sign(self.delta, "=" if exact else "→")

    def _check(self, moment: Moment, layer: int, unit: int) -> tuple[list[Fact], str]:
        """One incoming parameter of the unit, by both ways."""
        record = moment.turn
        nudges = Comparison.of(moment.frame.explanations.get(Stage.GRADIENTS), record)
        if nudges is None:
            count = numbers.count(record.layout.parameters)
            facts = [Fact("found in one pass", f"{count} slopes"), _by_layer(moment)]
            return [*facts, _vote(moment), *_voted(moment, layer, unit)], ""
        at = self._compared(nudges, record, layer, unit)
        pair = np.array([nudges.backward[at], nudges.nudged[at]], np.float64)
        form = cells.format_for(pair, COMPARED)
        power = f" × {numbers.power(form.exponent)}" if form.exponent else ""
        name = parameter_name(record.layout, int(nudges.indices[at]))
        facts = [
            Fact("parameter", name),
            Fact.of("backpropagation", pair[0], form.text(pair[0]) + power),
            Fact.of(f"nudge ± {small_power(nudges.size)}", pair[1], form.text(pair[1]) + power),
            nudges.verdict(at),
            Fact("passes for all", f"1 instead of {numbers.count(nudges.all_passes)}"),
            _by_layer(moment),
            _vote(moment),
            *_voted(moment, layer, unit),
        ]
        return facts, ""

    def _compared(self, nudges: Comparison, record: TurnRecord, layer: int, unit: int) -> int:
        """Return which nudge is shown: the chosen parameter's, else one into the unit in hand."""
        chosen = np.flatnonzero(nudges.indices == self.choice.parameter)
        if len(chosen):
            return int(chosen[0])
        into = np.arange(record.layout.sizes[layer] + 1) * record.layout.sizes[layer + 1]
        known = np.isin(nudges.indices, record.layout.offsets[layer] + into + unit)
        places = np.flatnonzero(known) if known.any() else np.arange(len(nudges.indices))
        return int(places[np.abs(np.nan_to_num(nudges.backward[places])).argmax()])

    def _pick_both(self, row: int, column: int) -> None:
        self._pick_unit(row, column)
        self._pick_sample(row, column)

    def _pick_sample(self, row: int, column: int) -> None:
        if self.moment is not None:
            self.pick(self.moment.shown.rows, row)

    def _pick_unit(self, row: int, column: int) -> None:
        if self.moment is not None:
            self.choice.choose(self.place(self.moment)[0], column)


def small_power(value: float) -> str:
    """Return a power of ten as one: 10⁻⁵."""
    exponent = round(float(np.log10(value)))
    return numbers.power(exponent) if np.isclose(value, 10.0**exponent) else numbers.short(value)


def _by_layer(moment: Moment) -> Fact:
    """How long the sample's own δ is in each layer, in the order of the backward pass."""
    shown = moment.shown
    at = shown.chosen or 0
    lengths = [float(np.linalg.norm(delta[at].astype(np.float64))) for delta in shown.delta[::-1]]
    text = " → ".join(numbers.short(length, 2) for length in lengths[:_MOST_LAYERS])
    more = " …" if len(lengths) > _MOST_LAYERS else ""
    exact = ", ".join(repr(length) for length in lengths)
    return Fact("|δ|, last layer first", text + more, exact)


def _even(vote: np.ndarray) -> bool:
    return bool(len(vote)) and bool(np.allclose(vote, 1.0 / len(vote), rtol=1e-6))


def _vote(moment: Moment) -> Fact:
    """What each δ is multiplied with in the batch's mean."""
    shown = moment.shown
    if shown.outside:
        return Fact("vote of this sample", "none")
    vote = float(shown.vote[shown.chosen or 0])
    text = f"1/{len(shown.vote)}" if _even(shown.vote) else numbers.short(vote)
    return Fact.of("vote of this sample", vote, text)


def _voted(moment: Moment, layer: int, unit: int) -> list[Fact]:
    """Return what is left of the δ in hand in the batch's mean; nothing outside the batch."""
    shown = moment.shown
    if shown.outside:
        return []
    at = shown.chosen or 0
    value = float(shown.delta[layer][at, unit] * shown.vote[at])
    return [Fact.of("vote · δ", value, numbers.short(value))]
