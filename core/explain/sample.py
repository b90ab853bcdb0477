"""One sample's way through a turn, whether it is in the batch or not."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import chain

import numpy as np

from core.data.dataset import Dataset
from core.errors import InputError
from core.explain.context import Context, activations_of, kernel_of
from core.metrics import predicted_classes
from core.network.activations import ACTIVATIONS
from core.network.kernel import Op
from core.record import Arrays, TurnRecord, frozen
from core.stages import Stage


@dataclass(frozen=True, eq=False)
class Sample:
    """One sample's own numbers in a turn.

    Attributes
    ----------
    row : int
        Its place in the data's arrays.
    source_row : int
        Its 0-based row in the source.
    place : int or None
        Its place in the batch; None outside, then there is no mask and no vote.
    x, y : ndarray of shape (features,), (outputs,)
    vote : float
        Its weight in the batch's mean.
    z, hidden, a, slope, blame, delta : tuple of ndarray, each (units,)
        By layer: pre-activation, activation before and after dropout, the activation's
        derivative (with dropout's factor), and the derivative of the sample's OWN loss by a and
        by z. The last layer's slope is 1.
    mask : tuple of ndarray
        Dropout's factors of the hidden layers; empty without dropout.
    loss : float
    prediction, truth : ndarray of shape ()
        A class's number, or a number in the target's own unit.
    probabilities : ndarray of shape (classes,) or None
    """

    row: int
    source_row: int
    place: int | None
    x: np.ndarray
    y: np.ndarray
    vote: float
    z: Arrays
    hidden: Arrays
    a: Arrays
    mask: Arrays
    slope: Arrays
    blame: Arrays
    delta: Arrays
    loss: float
    prediction: np.ndarray
    truth: np.ndarray
    probabilities: np.ndarray | None

    @property
    def in_batch(self) -> bool:
        return self.place is not None

    @property
    def scores(self) -> np.ndarray:
        """The last layer's output, (outputs,)."""
        return self.a[-1]

    def input_of(self, layer: int) -> np.ndarray:
        """What a layer is given, (inputs,)."""
        return self.a[layer - 1] if layer else self.x


def sample_of(context: Context, row: int) -> Sample:
    """A sample of the batch from the record, any other by a pass of its own.

    Parameters
    ----------
    row : int
        Its place in the data's arrays (see `sample_index` for rows of the source).

    Raises
    ------
    InputError
        If there is no such row.
    """
    record, problem = context.record, context.problem
    problem.part_of(row)
    at = np.flatnonzero(record.rows == row)
    place = int(at[0]) if len(at) else None
    found = _Walk.of(context, row, place)
    scores = found.a[-1][None, :]
    with np.errstate(all="ignore"):
        probabilities = problem.loss.probabilities(scores) if problem.classes else None
        if problem.classes:
            guess = predicted_classes(scores)
        else:
            guess = problem.representation.inverse_target(scores[0, :1])
    return Sample(
        row=row,
        source_row=int(problem.dataset.rows[row]),
        place=place,
        x=found.x,
        y=found.y,
        vote=0.0 if place is None else float(record.vote[place]),
        z=found.z,
        hidden=found.hidden,
        a=found.a,
        mask=found.mask,
        slope=_slopes(record, found),
        blame=_blame(record, found.delta),
        delta=found.delta,
        loss=found.loss,
        prediction=frozen(guess.reshape(())),
        truth=frozen(problem.dataset.target[row]),
        probabilities=None if probabilities is None else frozen(probabilities[0]),
    )


@dataclass(frozen=True, eq=False)
class _Walk:
    """What the kernel makes of one sample; arrays (units,) by layer."""

    x: np.ndarray
    y: np.ndarray
    z: Arrays
    hidden: Arrays
    a: Arrays
    mask: Arrays
    delta: Arrays
    loss: float

    @classmethod
    def of(cls, context: Context, row: int, place: int | None) -> _Walk:
        """From the record as far as it goes, the rest by a pass of its own."""
        record, problem = context.record, context.problem
        if place is None:
            return cls.alone(context, problem.x[row, :-1], problem.y[row], ())
        mask = tuple(m[place] for m in record.mask)
        if record.done < Stage.GRADIENTS:
            rest = cls.alone(context, record.x[place], record.y[place], mask)
        else:
            assert record.price is not None
            delta = tuple(frozen(d[place] / record.vote[place]) for d in record.delta)
            loss = float(record.price[place])
            rest = cls(record.x[place], record.y[place], (), (), (), mask, delta, loss)
        known = len(record.z)
        return cls(
            rest.x,
            rest.y,
            (*(z[place] for z in record.z), *rest.z[known:]),
            (*(h[place] for h in record.hidden), *rest.hidden[known:]),
            (*(a[place] for a in record.a), *rest.a[known:]),
            mask,
            rest.delta,
            rest.loss if record.price is None else float(record.price[place]),
        )

    @classmethod
    def alone(cls, context: Context, x: np.ndarray, y: np.ndarray, mask: Arrays) -> _Walk:
        """One pass forwards and backwards at the turn's parameters."""
        tape = kernel_of(context, context.record.theta.dtype.name, bool(mask)).tape(1)
        tape.x[0, :-1], tape.y[0] = x, y
        for buffer, factors in zip(tape.mask, mask, strict=True):
            buffer[:, 0] = factors
        with np.errstate(all="ignore"):
            for operation in chain.from_iterable(tape.forward):
                operation()
            z = tuple(frozen(z[:, 0]) for z in tape.z)
            hidden = (*(frozen(h[:, 0]) for h in tape.hidden), z[-1])
            a = (*(frozen(a[:-1, 0]) for a in tape.a), z[-1])
            backward: list[Op] = [*tape.measure, *chain.from_iterable(reversed(tape.backward))]
            for op in backward:
                op()
        delta = tuple(frozen(d[:, 0]) for d in tape.delta)
        return cls(frozen(x), frozen(y), z, hidden, a, mask, delta, float(tape.price[0]))


def _slopes(record: TurnRecord, walk: _Walk) -> Arrays:
    """By layer, how a changes with z, dropout's factor included."""
    found = []
    for i, name in enumerate(activations_of(record)):
        z, slope = walk.z[i], np.empty_like(walk.z[i])
        with np.errstate(all="ignore"):
            ACTIVATIONS[name].slope(z, walk.hidden[i], slope, np.empty_like(z))
        found.append(frozen(slope * walk.mask[i] if walk.mask else slope))
    return (*found, frozen(np.ones_like(walk.z[-1])))


def _blame(record: TurnRecord, delta: Arrays) -> Arrays:
    """By layer, the derivative of the sample's own loss by a."""
    weights = [record.layout.weight(record.theta, i) for i in range(1, len(delta))]
    with np.errstate(all="ignore"):
        above = [frozen(w @ d) for w, d in zip(weights, delta[1:], strict=True)]
    return (*above, delta[-1])


def sample_index(dataset: Dataset, source_row: int) -> int:
    """Where a 0-based row of the source stands in the data's arrays; raises `InputError`."""
    found = np.flatnonzero(dataset.rows == source_row)
    if len(found):
        return int(found[0])
    last = int(dataset.rows.max())
    problem = "has no target" if 0 <= source_row <= last else "no such row"
    raise InputError(problem, field="sample", value=source_row, allowed=f"a row from 0 to {last}")
