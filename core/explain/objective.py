"""The batch's objective on a float64 copy, with the turn's own mask: nudges and deliveries."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain
from time import perf_counter

import numpy as np

from core.explain.context import Context, kernel_of
from core.network.kernel import Op
from core.record import TurnRecord

NUDGE = 1e-5
BUDGET = 0.05
LARGEST = 20


@dataclass(frozen=True, eq=False)
class Nudges:
    """Central differences of the batch's objective.

    Attributes
    ----------
    indices : ndarray of int, shape (nudged,)
        Which parameters, in the flat vector.
    up, down : ndarray of shape (nudged,)
        The objective with one parameter made larger and smaller by `size`.
    gradient : ndarray of shape (nudged,)
        (up - down) / (2 size).
    passes, all_passes : int
        Forward passes made, and those that all parameters take.
    seconds : float
        What all parameters cost here, estimated from one pass.
    """

    indices: np.ndarray
    up: np.ndarray
    down: np.ndarray
    gradient: np.ndarray
    size: float
    passes: int
    all_passes: int
    seconds: float


class Objective:
    """Data loss and penalty of a turn's batch as a function of the parameters, in float64."""

    def __init__(self, context: Context) -> None:
        self.record = record = context.record
        self._kernel = kernel_of(context, "float64", bool(record.mask))
        tape = self._tape = self._kernel.tape(len(record.rows))
        tape.x[:, :-1], tape.y[:] = record.x, record.y
        tape.vote[:] = record.vote
        if record.vote.dtype != np.float64:
            tape.vote /= tape.vote.sum()
        for buffer, mask in zip(tape.mask, record.mask, strict=True):
            buffer[:] = mask.T
        self._forward: list[Op] = [*chain.from_iterable(tape.forward), *tape.measure]
        self.start = record.theta.astype(np.float64)

    def at(self, theta: np.ndarray) -> tuple[float, float]:
        """The data loss and the penalty at some parameters (parameters,)."""
        self._kernel.theta[:] = theta
        return self._data(), self._penalty()

    def _data(self) -> float:
        for op in self._forward:
            op()
        return float(self._tape.vote.dot(self._tape.price))

    def _penalty(self) -> float:
        loss = self.record.settings.loss
        return self._kernel.penalty(loss.l1, loss.l2) if loss.l1 or loss.l2 else 0.0

    def nudged(self, indices: np.ndarray, size: float = NUDGE) -> Nudges:
        """Nudge some parameters both ways, one after the other."""
        theta, start = self._kernel.theta, self.start
        up, down = np.empty(len(indices)), np.empty(len(indices))
        with np.errstate(all="ignore"):
            theta[:] = start
            began = perf_counter()
            self._data()
            self._penalty()
            seconds = perf_counter() - began
            for k, index in enumerate(indices):
                theta[index] = start[index] + size
                up[k] = self._data() + self._penalty()
                theta[index] = start[index] - size
                down[k] = self._data() + self._penalty()
                theta[index] = start[index]
            gradient = (up - down) / (2.0 * size)
        everything = 2 * len(start)
        return Nudges(
            np.asarray(indices), up, down, gradient, size, 2 * len(indices), everything,
            seconds * everything,
        )  # fmt: skip

    def chosen(self, parameter: int | None = None) -> np.ndarray:
        """All parameters while that takes under 50 ms, else one and those of largest gradient."""
        with np.errstate(all="ignore"):
            self.at(self.start)
            began = perf_counter()
            self.at(self.start)
            seconds = perf_counter() - began
        count = len(self.start)
        if 2 * count * seconds < BUDGET or count <= LARGEST:
            return np.arange(count)
        size = np.abs(total_gradient(self.record))
        largest = np.argpartition(size, -LARGEST)[-LARGEST:]
        wanted = largest if parameter is None else np.append(largest, parameter)
        return np.unique(wanted)


def nudged_gradient(
    context: Context, indices: np.ndarray | None = None, size: float = NUDGE
) -> Nudges:
    """Central differences of a turn's objective by some parameters, by default by all."""
    if indices is None:
        indices = np.arange(len(context.record.theta))
    return Objective(context).nudged(indices, size)


def total_gradient(record: TurnRecord) -> np.ndarray:
    """The gradient of data loss and penalty together (parameters,), before any clipping."""
    assert record.gradient is not None
    assert record.penalty_gradient is not None
    return record.gradient + record.penalty_gradient


@dataclass(frozen=True)
class Effect:
    """What a step did to its own batch's objective, and what the gradient had promised."""

    before: float
    after: float
    promised: float

    @property
    def delivered(self) -> float:
        return self.after - self.before


def step_effect(context: Context) -> Effect:
    """Promise (gradient times step) and delivery of a turn's update, same batch and mask."""
    record = context.record
    assert record.step is not None
    assert record.theta_after is not None
    objective = Objective(context)
    with np.errstate(all="ignore"):
        before = sum(objective.at(objective.start))
        after = sum(objective.at(record.theta_after.astype(np.float64)))
        gradient = total_gradient(record).astype(np.float64)
        promised = float(gradient.dot(record.step.astype(np.float64)))
    return Effect(before, after, promised)
