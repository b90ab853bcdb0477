"""The arrays that an inspector shows: the recorded batch's, or those of one sample outside it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from core.explain import sample_of
from core.explain.context import activations_of
from core.network.activations import ACTIVATIONS
from core.record import Arrays, TurnRecord

if TYPE_CHECKING:
    from mlloop_gui.inspector.moment import Moment


@dataclass(frozen=True, eq=False)
class Shown:
    """Rows to look at, each array (rows, units).

    Attributes
    ----------
    rows : ndarray of int
        Rows of the data.
    names : list of str
        Places in the batch, counted from 1; for a sample outside it, its row of the data.
    chosen : int or None
        Which of them is the sample in hand.
    outside : bool
        Whether they are one sample that has no vote in this update.
    vote : ndarray of shape (rows,)
        Each sample's weight in the batch's mean.
    delta : tuple of ndarray
        Derivatives of each sample's OWN loss by z, its vote not in them, as explanations have it.
    """

    rows: np.ndarray
    names: list[str]
    chosen: int | None
    outside: bool
    x: np.ndarray
    y: np.ndarray
    vote: np.ndarray
    z: Arrays
    hidden: Arrays
    a: Arrays
    mask: Arrays
    delta: Arrays
    price: np.ndarray | None

    @staticmethod
    def of(moment: Moment) -> Shown:
        """Return what a moment has to show."""
        record = moment.turn
        if moment.place is None:
            return Shown._alone(moment, record)
        return Shown(
            rows=record.rows,
            names=[str(place + 1) for place in range(len(record.rows))],
            chosen=moment.place,
            outside=False,
            x=record.x,
            y=record.y,
            vote=record.vote,
            z=record.z,
            hidden=record.hidden,
            a=record.a,
            mask=record.mask,
            delta=tuple(delta / record.vote[:, None] for delta in record.delta),
            price=record.price,
        )

    @staticmethod
    def _alone(moment: Moment, record: TurnRecord) -> Shown:
        own = sample_of(moment.context, moment.sample)

        def row(arrays: Arrays) -> Arrays:
            return tuple(array[None, :] for array in arrays)

        return Shown(
            rows=np.array([moment.sample]),
            names=[f"row {own.source_row}"],
            chosen=0,
            outside=True,
            x=own.x[None, :],
            y=own.y[None, :],
            vote=np.zeros(1, own.x.dtype),
            z=row(own.z),
            hidden=row(own.hidden),
            a=row(own.a),
            mask=(),
            delta=row(own.delta),
            price=np.array([own.loss], own.x.dtype),
        )

    @property
    def scores(self) -> np.ndarray:
        """The last layer's output."""
        return self.a[-1]

    def input_of(self, layer: int) -> np.ndarray:
        """What a layer is given."""
        return self.a[layer - 1] if layer else self.x

    def slope(self, record: TurnRecord, layer: int) -> np.ndarray:
        """Return the derivative of a hidden layer's activation at its z, without dropout."""
        z, found = self.z[layer], np.empty_like(self.z[layer])
        name = activations_of(record)[layer]
        with np.errstate(all="ignore"):
            ACTIVATIONS[name].slope(z, self.hidden[layer], found, np.empty_like(z))
        return found
