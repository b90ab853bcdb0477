"""One question to be explained: a turn, a sample, a unit, a parameter; and what they are called."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np

from core.explain.context import Context
from core.explain.numbers import count, plural
from core.explain.objective import total_gradient
from core.explain.sample import Sample, sample_of
from core.problem import Problem
from core.record import Arrays, TurnRecord, frozen
from core.settings.shift import ShiftSettings
from core.stages import Stage

Unit = tuple[int, int]
ArrayTable = dict[str, np.ndarray]


@dataclass(frozen=True, eq=False)
class StageExplanation:
    """What a stage did, in words and in numbers.

    Parameters
    ----------
    stage : Stage
    sentence : str
        With the sample's real numbers.
    arrays : dict of str to ndarray
        At full precision, read-only; layers count from 0.
    formula : str
        The stage's rule.
    worked : str
        The rule with this sample's numbers in it.
    """

    stage: Stage
    sentence: str
    arrays: ArrayTable = field(repr=False)
    formula: str = ""
    worked: str = ""


@dataclass(frozen=True)
class Asked:
    """What a person has set in a view of a stage, beside sample, unit and parameter.

    Attributes
    ----------
    kind : int, optional
        The class in hand, by its number.
    shift : ShiftSettings, optional
        How a copy of the test part is to be changed; None as long as that part is sealed.
    """

    kind: int | None = None
    shift: ShiftSettings | None = None


NOTHING_ASKED = Asked()


class Case:
    """A turn seen from one sample.

    Parameters
    ----------
    context : Context
    row : int
        The sample's place in the data's arrays.
    unit : tuple of (int, int), optional
        Layer and unit, from 0; by default the unit of the last hidden layer that weighs most in
        the sample's score.
    parameter : int, optional
        Place in the flat vector; by default the one with the largest gradient.
    asked : Asked, optional
    """

    def __init__(
        self,
        context: Context,
        row: int,
        unit: Unit | None = None,
        parameter: int | None = None,
        asked: Asked = NOTHING_ASKED,
    ) -> None:
        self.context, self.asked = context, asked
        self.sample: Sample = sample_of(context, row)
        self._unit, self._parameter = unit, parameter

    @property
    def record(self) -> TurnRecord:
        return self.context.record

    @property
    def problem(self) -> Problem:
        return self.context.problem

    @property
    def last(self) -> int:
        """The output layer."""
        return self.record.layout.layers - 1

    @cached_property
    def output(self) -> int:
        """The output that speaks for the truth."""
        return int(self.sample.truth) if self.problem.classes and self.problem.outputs > 1 else 0

    @cached_property
    def unit(self) -> Unit:
        if self._unit is not None:
            return self._unit
        if not self.last:
            return 0, self.output
        weight = self.record.layout.weight(self.record.theta, self.last)[:, self.output]
        pull = np.abs(np.nan_to_num(self.sample.a[self.last - 1] * weight))
        return self.last - 1, int(pull.argmax())

    @cached_property
    def parameter(self) -> int:
        if self._parameter is not None:
            return self._parameter
        return int(np.abs(np.nan_to_num(total_gradient(self.record))).argmax())

    # -- names ---------------------------------------------------------------------------------

    @property
    def name(self) -> str:
        return f"sample {count(self.sample.source_row)}"

    @property
    def mark(self) -> str:
        """What a sentence says of a sample outside the batch."""
        return "" if self.sample.in_batch else f" ({self.name} has no vote in this update)"

    def class_name(self, index: int) -> str:
        return f"“{self.problem.dataset.class_names[index]}”"

    def unit_name(self, layer: int, unit: int) -> str:
        """``unit 3 of layer 1``, or the output's name; people count from 1."""
        if layer == self.last:
            names = self.problem.output_names
            return "the output" if len(names) == 1 else f"the output for “{names[unit]}”"
        return f"unit {unit + 1} of layer {layer + 1}"

    def input_name(self, layer: int, index: int) -> str:
        """What stands at one place of a layer's input."""
        if layer:
            return self.unit_name(layer - 1, index)
        return self.problem.representation.feature_names[index]

    def parameter_name(self, index: int) -> tuple[str, str]:
        """A parameter by its short name, and in words."""
        layout = self.record.layout
        name, (layer, row, column) = layout.name(index), layout.place(index)
        to = self.unit_name(layer, column)
        if row == layout.sizes[layer]:
            return name, f"the bias of {to}"
        return name, f"the weight from {self.input_name(layer, row)} to {to}"

    @property
    def batch_size(self) -> str:
        return plural(len(self.record.rows), "sample")

    # -- arrays --------------------------------------------------------------------------------

    def parameters(self, kind: str, flat: np.ndarray, after: str = "") -> ArrayTable:
        """A flat vector as ``KIND_weight_0``, ``KIND_bias_0``, ... (views)."""
        layout, found = self.record.layout, {}
        start = f"{kind}_" if kind else ""
        for i in range(layout.layers):
            found[f"{start}weight{after}_{i}"] = layout.weight(flat, i)
            found[f"{start}bias{after}_{i}"] = layout.bias(flat, i)
        return found

    def gradient_arrays(self) -> ArrayTable:
        """The batch's gradient; its two parts too where there is a penalty."""
        record, loss = self.record, self.record.settings.loss
        found = self.parameters("gradient", frozen(total_gradient(record)))
        if loss.l1 or loss.l2:
            assert record.gradient is not None
            assert record.penalty_gradient is not None
            found |= self.parameters("data_gradient", record.gradient)
            found |= self.parameters("penalty_gradient", record.penalty_gradient)
        return found


def by_layer(name: str, arrays: Arrays) -> ArrayTable:
    """``NAME_0``, ``NAME_1``, ..."""
    return {f"{name}_{i}": array for i, array in enumerate(arrays)}


def scalar(value: float) -> np.ndarray:
    """A number as a read-only array of shape ()."""
    return frozen(np.asarray(value))
