"""What a turn in the slow gear leaves behind for a person to look at."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from core.network.layout import Layout
from core.stages import Stage

Arrays = tuple[np.ndarray, ...]


@dataclass(frozen=True, eq=False)
class TurnRecord:
    """One turn's arrays, filled stage by stage; read-only, in batch order.

    Attributes
    ----------
    turn, epoch : int
        Epochs count from 0.
    place, size : int
        Samples of the epoch drawn before this batch, and in all.
    rows : ndarray of int, shape (batch,)
        The batch's rows of the data.
    x : ndarray of shape (batch, features)
    y : ndarray of shape (batch, outputs)
        Targets as the loss wants them.
    vote : ndarray of shape (batch,)
        Each sample's weight in the mean.
    theta, slots : ndarray
        Parameters and optimizer memory before the update.
    z, hidden, mask, a : tuple of ndarray, each (batch, units)
        By layer; `hidden` is the activation before dropout, `a` after; the last `a` are the
        scores. `mask` is empty without dropout.
    price : ndarray of shape (batch,)
        Each sample's loss; `loss` is their mean by vote, `penalty` stands apart.
    delta : tuple of ndarray, each (batch, units)
        Derivative of the batch's data loss by each z, votes included.
    gradient, penalty_gradient : ndarray of shape (parameters,)
        Of the data loss alone, and of the penalty alone.
    clip_factor, rate : float
    step : ndarray of shape (parameters,)
        What the update added.
    theta_after, slots_after : ndarray
    next_rows : ndarray of int
        The batch that comes next.
    """

    turn: int
    epoch: int
    place: int
    size: int
    layout: Layout
    settings: Any
    done: Stage
    rows: np.ndarray
    x: np.ndarray
    y: np.ndarray
    vote: np.ndarray
    theta: np.ndarray
    slots: np.ndarray
    count: int
    mask: Arrays = ()
    z: Arrays = ()
    hidden: Arrays = ()
    a: Arrays = ()
    prediction: np.ndarray | None = None
    price: np.ndarray | None = None
    loss: float = float("nan")
    penalty: float = 0.0
    delta: Arrays = ()
    gradient: np.ndarray | None = None
    penalty_gradient: np.ndarray | None = None
    gradient_norm: float = float("nan")
    clip_factor: float = 1.0
    rate: float = float("nan")
    step: np.ndarray | None = None
    theta_after: np.ndarray | None = None
    slots_after: np.ndarray | None = None
    next_epoch: int = 0
    next_place: int = 0
    next_rows: np.ndarray | None = None

    @property
    def scores(self) -> np.ndarray:
        """The last layer's output, (batch, outputs)."""
        return self.a[-1]

    def with_stage(self, stage: Stage, **arrays: Any) -> TurnRecord:
        """The same record once another stage is done."""
        return replace(self, done=stage, **arrays)


def frozen(array: np.ndarray, transpose: bool = False) -> np.ndarray:
    """A read-only copy that nobody else writes; row-major, (rows, units) when transposed."""
    copy = np.array(array.T if transpose else array, order="C")
    copy.setflags(write=False)
    return copy


class NonFiniteError(ArithmeticError):
    """A turn in the slow gear met a number that is not finite.

    Attributes
    ----------
    tensor : str
        The first that went bad, e.g. ``"z of layer 2"``.
    stage : Stage
        Where it was made.
    count, size : int
        How many of its numbers are bad, of how many.
    record : TurnRecord
        The turn up to there.
    """

    def __init__(self, tensor: str, stage: Stage, array: np.ndarray, record: TurnRecord) -> None:
        self.tensor, self.stage, self.record = tensor, stage, record
        self.count, self.size = int((~np.isfinite(array)).sum()), array.size
        super().__init__(
            f"{tensor} has {self.count} of {self.size} numbers that are not finite,"
            f" in stage {int(stage)} of turn {record.turn}"
        )
