"""Which rows come when: the shuffled order of each epoch, and where epochs end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

import numpy as np

from core.experiment import Experiment
from core.seeds import stream

KEPT = 2**18  # rows of orders that are drawn and may come again


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
    """

    def __init__(self, rows: np.ndarray, seed: int) -> None:
        self.rows = rows
        self.seed = seed
        self._drawn: dict[int, np.ndarray] = {}

    def __len__(self) -> int:
        return len(self.rows)

    def of(self, cursor: Cursor) -> np.ndarray:
        """The order of the cursor's epoch, read-only."""
        return self._of(cursor.epoch, cursor.shuffled)

    def _of(self, epoch: int, shuffled: bool) -> np.ndarray:
        if not shuffled:
            return self.rows
        if epoch not in self._drawn:
            while len(self._drawn) * len(self.rows) > KEPT:
                del self._drawn[next(iter(self._drawn))]
            order = stream(self.seed, "shuffle", epoch).permutation(self.rows)
            order.setflags(write=False)
            self._drawn[epoch] = order
        return self._drawn[epoch]

    def several(self, cursor: Cursor, epochs: int, shuffle: bool) -> np.ndarray:
        """The orders of the cursor's epoch and those after it, (epochs, rows).

        `shuffle` says whether those after it are shuffled; there are fewer than asked for where
        they would take much memory.
        """
        epochs = max(1, min(epochs, KEPT // len(self.rows)))
        if epochs == 1:
            return self.of(cursor)[None]
        following = (self._of(cursor.epoch + k, shuffle) for k in range(1, epochs))
        return np.stack([self.of(cursor), *following])

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
