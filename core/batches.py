"""Which rows come when: the shuffled order of each epoch, and where epochs end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.experiment import Experiment
from core.seeds import stream, words


@dataclass(frozen=True)
class Cursor:
    """The loop's counters, saved with every checkpoint.

    Attributes
    ----------
    update, epoch : int
        Updates made, epochs finished.
    place : int
        Samples of this epoch that are done.
    checked : int
        The update of the last stage 9.
    shuffled : bool
        Whether this epoch's order was shuffled when it was drawn.
    """

    update: int = 0
    epoch: int = 0
    place: int = 0
    checked: int = 0
    shuffled: bool = True

    def after_batch(self, rows: int, size: int, shuffle: bool, updates: int = 0) -> Cursor:
        """Past `rows` more samples of an epoch of `size`; a new epoch draws its order anew."""
        if self.place + rows < size:
            return replace(self, update=self.update + updates, place=self.place + rows)
        return Cursor(self.update + updates, self.epoch + 1, 0, self.checked, shuffle)


class BatchOrder:
    """The order of the training rows in the epoch at hand.

    Parameters
    ----------
    rows : ndarray of int
        The training part.
    seed : int
        Each epoch's shuffle depends on the seed and the epoch alone.

    Attributes
    ----------
    words : ndarray of uint64
        What the shuffles are seeded with, before the epoch.
    """

    def __init__(self, rows: np.ndarray, seed: int) -> None:
        self.rows = rows
        self.seed = seed
        self.words = words(seed, "shuffle")
        self._drawn: tuple[int, bool] | None = None
        self._order = rows

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, cursor: Cursor) -> np.ndarray:
        """The order of the cursor's epoch, read-only."""
        key = (cursor.epoch, cursor.shuffled)
        if self._drawn != key:
            order = self.rows
            if cursor.shuffled:
                order = stream(self.seed, "shuffle", cursor.epoch).permutation(order)
                order.setflags(write=False)
            self._order, self._drawn = order, key
        return self._order

    def batch(self, cursor: Cursor, size: int) -> np.ndarray:
        """The next batch's rows."""
        return self.of(cursor)[cursor.place : cursor.place + size]

    def epoch_end(self, epoch: int, experiment: Experiment) -> int:
        """The update that finishes the `epoch`-th epoch (counted from 1); 0 for 0.

        Live changes of the batch size are taken into account.
        """
        if epoch <= 0:
            return 0
        events: Iterable[tuple[int, int]] = (
            (c.update, c.value) for c in experiment.change if c.field == "optimizer.batch_size"
        )
        size, n = experiment.optimizer.batch_size, len(self.rows)
        update = done = place = 0
        for at, new_size in (*events, (None, 0)):
            first, each = -(-(n - place) // size), -(-n // size)
            end = update + first + each * (epoch - done - 1)
            if at is None or end <= at:
                return end
            left = at - update
            if left < first:
                place += left * size
            else:
                whole, batches = divmod(left - first, each)
                done, place = done + 1 + whole, batches * size
            update, size = at, new_size
        raise AssertionError("the last event has no end")


def with_check(cursor: Cursor) -> Cursor:
    """The same place, looked at by stage 9."""
    return replace(cursor, checked=cursor.update)
