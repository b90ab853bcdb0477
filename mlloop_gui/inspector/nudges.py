"""Gradients from nudges beside those of the backward pass, as an explanation brings them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from core.explain import StageExplanation
from core.record import TurnRecord
from mlloop_gui.inspector.facts import CROSS, TICK, Fact
from mlloop_gui.plots import numbers

#: Significant digits at which the two are compared by eye.
COMPARED = 7
#: Up to this relative difference the gradient is called right, by the run's number format.
TOLERANCE = {"float64": 1e-6, "float32": 1e-3}


@dataclass(frozen=True, eq=False)
class Comparison:
    """Both gradients of some parameters.

    Attributes
    ----------
    indices : ndarray of int, shape (n,)
        Places in the flat vector, rising.
    backward, nudged : ndarray of shape (n,)
        Of the objective, penalty included.
    passes, all_passes : int
        Forward passes made, and those that nudging every parameter takes.
    seconds : float
        What all of them take here.
    size : float
        How far a parameter was nudged, each way.
    tolerance : float
    """

    indices: np.ndarray
    backward: np.ndarray
    nudged: np.ndarray
    passes: int
    all_passes: int
    seconds: float
    size: float
    tolerance: float

    @staticmethod
    def of(told: StageExplanation | None, record: TurnRecord) -> Comparison | None:
        """Return what an explanation of stage 5 has of a record; None of another turn's."""
        if told is None or "nudged_gradient" not in told.arrays:
            return None
        arrays = told.arrays
        indices, backward = arrays["nudged_parameters"], arrays["backprop_gradient"]
        if len(indices) and indices[-1] >= record.layout.parameters:
            return None
        return Comparison(
            indices=indices,
            backward=backward,
            nudged=arrays["nudged_gradient"],
            passes=int(arrays["passes"]),
            all_passes=int(arrays["passes_for_all"]),
            seconds=float(arrays["seconds_for_all"]),
            size=float(arrays["nudge"]),
            tolerance=TOLERANCE[record.theta.dtype.name],
        )

    @property
    def difference(self) -> np.ndarray:
        return self.nudged - self.backward

    @property
    def largest(self) -> int | None:
        """Which of them has the largest gradient."""
        return int(np.abs(np.nan_to_num(self.backward)).argmax()) if len(self.backward) else None

    def relative(self, at: int | None = None) -> float:
        """Length of the difference over length of the gradient, of one of them or of all."""
        part = slice(None) if at is None else slice(at, at + 1)
        missed = float(np.linalg.norm(self.difference[part]))
        length = max(float(np.linalg.norm(a[part])) for a in (self.backward, self.nudged))
        return missed / length if length else missed

    def verdict(self, at: int | None = None) -> Fact:
        """Return the relative difference, with a tick where it is small."""
        value = self.relative(at)
        sign = TICK if value <= self.tolerance else CROSS
        return Fact.of("relative difference", value, f"{small(value)} {sign}", strong=True)


def small(value: float) -> str:
    """Return a number near 0 with one digit and its power of ten: 2 × 10⁻⁸."""
    if not np.isfinite(value) or value == 0.0 or value >= 0.01:
        return numbers.short(value, 2)
    exponent = int(np.floor(np.log10(value)))
    digit = round(value / 10.0**exponent)
    if digit == 10:
        digit, exponent = 1, exponent + 1
    return f"{digit} × {numbers.power(exponent)}"
